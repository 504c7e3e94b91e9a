// Mutate breaks the planner's rules one at a time and asks the tests. A rule that can be
// broken without a test noticing is not tested.
//
//	go run ./test/mutate -seed 7 -count 20
//
// The files are not touched: the compiler is given the broken text in place of the file.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	seed := flag.Uint64("seed", 1, "which rules are drawn")
	count := flag.Int("count", 20, "how many are drawn")
	only := flag.String("only", "", "draw from the files whose name holds this")
	flag.Parse()
	if err := run(*seed, *count, *only); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(seed uint64, count int, only string) error {
	all, err := mutants("planner", only)
	if err != nil {
		return err
	}
	harmless, err := readEquivalent(filepath.Join("test", "mutate", "equivalent.txt"))
	if err != nil {
		return err
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d places to break in the planner; seed %d draws %d\n", len(all), seed, count)
	tried, survived, equal := 0, 0, 0
	began := time.Now()
	for _, m := range all {
		if tried == count {
			break
		}
		if harmless[m.key()] {
			equal++
			continue
		}
		noticed, err := m.noticed(dir)
		if errors.Is(err, errNoProgram) {
			continue
		}
		if err != nil {
			return err
		}
		tried++
		if !noticed {
			survived++
			fmt.Printf("NOT NOTICED  %s\n", m)
		} else {
			fmt.Printf("noticed      %s\n", m)
		}
	}
	fmt.Printf("%d broken, %d noticed, %d not; %d more are listed as without effect; %s\n", tried, tried-survived, survived, equal, time.Since(began).Round(time.Second))
	if survived > 0 {
		return fmt.Errorf("%d broken rules were not noticed by any test", survived)
	}
	return nil
}

// errNoProgram says that the broken file does not compile, which is no test of the tests.
var errNoProgram = errors.New("the broken file does not compile")

// noticed reports whether a test fails with the broken file.
func (m mutant) noticed(dir string) (bool, error) {
	broken := filepath.Join(dir, "broken.go")
	if err := os.WriteFile(broken, m.text(), 0o600); err != nil {
		return false, err
	}
	file, err := filepath.Abs(m.file)
	if err != nil {
		return false, err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: broken}})
	if err != nil {
		return false, err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return false, err
	}
	// What the planner's own tests let pass may still be seen by the scripts of the commands.
	for _, args := range [][]string{{"./planner/..."}, {"./cmd/arcwright", "-run", "TestScripts/(plan|check|addresses|capacity|diff|badinput|waiver|explain|editedplan)|TestGenerated|Schema"}} {
		test := exec.Command("go", append([]string{"test", "-failfast", "-timeout", "90s", "-overlay", list}, args...)...)
		out, err := test.CombinedOutput()
		if err != nil {
			if strings.Contains(string(out), "[build failed]") {
				return false, errNoProgram
			}
			return true, nil
		}
	}
	return false, nil
}
