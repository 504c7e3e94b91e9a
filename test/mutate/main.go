// Mutate breaks the planner's rules one at a time and asks the tests. A rule that can be
// broken without a test noticing is not tested.
//
//	go run ./test/mutate -seed 7 -count 20
//	go run ./test/mutate -seed all
//
// The files are not touched: the compiler is given the broken text in place of the file.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.seed, "seed", "1", "a number, which says what rules are drawn, or all")
	flag.IntVar(&o.count, "count", 20, "how many are drawn by a number")
	flag.StringVar(&o.only, "only", "", "draw from the files whose name holds this")
	flag.BoolVar(&o.list, "list", false, "list the places, and break none")
	flag.Parse()
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

type options struct {
	seed  string
	count int
	only  string
	list  bool
}

// draw is the mutants in the order in which they are tried, and how many of them are
// wanted.
func (o options) draw(all []*mutant) ([]*mutant, int, error) {
	drawn := slices.DeleteFunc(slices.Clone(all), func(m *mutant) bool { return !m.in(o.only) })
	if o.seed == "all" {
		return drawn, len(drawn), nil
	}
	seed, err := strconv.ParseUint(o.seed, 10, 64)
	if err != nil {
		return nil, 0, fmt.Errorf("read the seed: %w", err)
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	return drawn, o.count, nil
}

func run(o options, out io.Writer) error {
	files, err := readPackages("./planner/...")
	if err != nil {
		return err
	}
	all := mutants(files)
	drawn, wanted, err := o.draw(all)
	if err != nil {
		return err
	}
	harmless, err := readEquivalent(filepath.Join("test", "mutate", "equivalent.txt"))
	if err != nil {
		return err
	}
	if o.list {
		for _, m := range drawn {
			fmt.Fprintln(out, m)
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	fmt.Fprintf(out, "%d places to break in the planner; seed %s draws %d\n", len(all), o.seed, min(wanted, len(drawn)))
	j, err := newJury(dir, benches(), files, all)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d tests pass on the whole rules; %s\n", len(j.trials), time.Since(began).Round(time.Second))
	tried, survived, equal := 0, 0, 0
	for _, m := range drawn {
		if tried == wanted {
			break
		}
		if harmless[m.key()] {
			equal++
			continue
		}
		noticed, err := j.notices(m)
		if errors.Is(err, errNoProgram) {
			continue
		}
		if err != nil {
			return err
		}
		tried++
		switch {
		case !noticed:
			survived++
			fmt.Fprintf(out, "NOT NOTICED  %s\n", m)
		case o.seed != "all":
			fmt.Fprintf(out, "noticed      %s\n", m)
		}
	}
	fmt.Fprintf(out, "%d broken, %d noticed, %d not; %d more are listed as without effect; %s\n", tried, tried-survived, survived, equal, time.Since(began).Round(time.Second))
	if survived > 0 {
		return fmt.Errorf("%d broken rules were not noticed by any test", survived)
	}
	return nil
}
