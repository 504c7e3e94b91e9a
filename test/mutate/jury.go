package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A jury is the tests that are asked about each mutant.
type jury struct {
	dir    string
	files  []*file
	trials []trial // the fast ones first
}

// A trial is one test: how long it takes with the rules whole, and what mutants it comes
// by.
type trial struct {
	bench   *bench
	test    string
	takes   time.Duration
	reaches map[int]bool
}

// A bench is the tests of one package.
type bench struct {
	pkg, dir string
	// tests are the patterns of the tests: levels are divided by a slash.
	tests func(top []string) []string
	flags []string
}

// What the planner's own tests let pass may still be seen by the scripts of the commands.
var benches = []*bench{
	{pkg: "./planner/packing", tests: own, flags: rapid},
	{pkg: "./planner", tests: own, flags: rapid},
	{pkg: "./cmd/arcwright", tests: scripts},
}

// rapid makes properties try the same values each time, and not look for smaller ones.
var rapid = []string{"-rapid.seed=1", "-rapid.nofailfile", "-rapid.shrinktime=0s"}

func own(top []string) []string { return top }

func scripts(top []string) []string {
	var all []string
	for _, name := range top {
		if name == "TestGenerated" || strings.Contains(name, "Schema") {
			all = append(all, name)
		}
	}
	for _, name := range []string{"plan", "check", "addresses", "capacity", "diff", "badinput", "waiver", "explain", "editedplan"} {
		all = append(all, "TestScripts/"+name)
	}
	return all
}

func (j *jury) control() string { return filepath.Join(j.dir, "control") }
func (j *jury) reached() string { return filepath.Join(j.dir, "reached") }

// newJury compiles the tests with all mutants in them, and runs each test with none.
func newJury(dir string, files []*file, all []*mutant) (*jury, error) {
	j := &jury{dir: dir, files: files}
	instead := map[string][]byte{}
	for _, f := range files {
		instead[filepath.Join(f.pkg.dir, filepath.Base(f.name))] = switched(f, all)
		instead[filepath.Join(f.pkg.dir, "mutant_switches.go")] = switches(f.pkg.name, j.control(), j.reached())
	}
	if out, err := j.compile("all", instead); err != nil {
		return nil, fmt.Errorf("compile all changes beside each other: %w\n%s", err, out)
	}
	for _, b := range benches {
		if err := j.record(b); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(j.trials, func(a, b trial) int { return int(a.takes - b.takes) })
	return j, nil
}

// compile makes the programs of the tests, with other text in place of files.
func (j *jury) compile(name string, instead map[string][]byte) ([]byte, error) {
	replace := map[string]string{}
	for file, text := range instead {
		broken := filepath.Join(j.dir, fmt.Sprintf("%s-%d.go", name, len(replace)))
		if err := os.WriteFile(broken, text, 0o600); err != nil {
			return nil, err
		}
		replace[file] = broken
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return nil, err
	}
	list := filepath.Join(j.dir, name+".json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return nil, err
	}
	for _, b := range benches {
		build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", list, "-o", j.program(name, b), b.pkg)
		if out, err := build.CombinedOutput(); err != nil {
			return out, err
		}
	}
	return nil, nil
}

func (j *jury) program(name string, b *bench) string {
	return filepath.Join(j.dir, name+"-"+strings.ReplaceAll(strings.TrimPrefix(b.pkg, "./"), "/", "-")+".test")
}

// record runs each test of a bench with the rules whole.
func (j *jury) record(b *bench) error {
	if err := j.throw(0); err != nil {
		return err
	}
	list := exec.Command(j.program("all", b), "-test.list", "^(Test|Fuzz|Example)")
	list.Dir = b.pkg
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("list the tests of %s: %w", b.pkg, err)
	}
	for _, test := range b.tests(strings.Fields(string(out))) {
		if err := j.throw(0); err != nil {
			return err
		}
		began := time.Now()
		if out, failed := j.try("all", b, []string{test}, time.Minute); failed {
			return fmt.Errorf("%s %s fails with the rules whole:\n%s", b.pkg, test, out)
		}
		t := trial{bench: b, test: test, takes: time.Since(began)}
		if err := j.throw(-1); err != nil {
			return err
		}
		j.try("all", b, []string{test}, time.Minute)
		if t.reaches, err = j.readReached(); err != nil {
			return err
		}
		j.trials = append(j.trials, t)
	}
	return nil
}

func (j *jury) readReached() (map[int]bool, error) {
	text, err := os.ReadFile(j.reached())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := map[int]bool{}
	for _, word := range strings.Fields(string(text)) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("read what a test comes by: %w", err)
		}
		all[n] = true
	}
	return all, os.Remove(j.reached())
}

// throw says which mutant the programs are to be.
func (j *jury) throw(n int) error {
	return os.WriteFile(j.control(), []byte(strconv.Itoa(n)), 0o600)
}

// errNoProgram says that the broken file does not compile, which is no test of the tests.
var errNoProgram = errors.New("the broken file does not compile")

// notices reports whether a test fails with the mutant.
func (j *jury) notices(m *mutant) (bool, error) {
	name, trials := "all", j.trials
	if m.edits == nil {
		name = "alone"
		if out, err := j.compile(name, map[string][]byte{filepath.Join(m.file.pkg.dir, filepath.Base(m.file.name)): m.text()}); out != nil {
			return false, errNoProgram
		} else if err != nil {
			return false, err
		}
	} else {
		trials = slices.DeleteFunc(slices.Clone(trials), func(t trial) bool { return !t.reaches[m.number] })
		if err := j.throw(m.number); err != nil {
			return false, err
		}
	}
	// A start of the program costs as much as a fast test: a few at first, then more.
	for few := 4; len(trials) > 0; few *= 2 {
		n := min(few, len(trials))
		for _, b := range benches {
			var tests []string
			var takes time.Duration
			for _, t := range trials[:n] {
				if t.bench == b {
					tests, takes = append(tests, t.test), takes+t.takes
				}
			}
			if _, failed := j.try(name, b, tests, takes); failed {
				return true, nil
			}
		}
		trials = trials[n:]
	}
	return false, nil
}

// try runs tests and reports whether one fails. A test that needs far more time or memory
// than it should fails too: it is the mark of an endless loop.
func (j *jury) try(name string, b *bench, tests []string, takes time.Duration) ([]byte, bool) {
	var tops []string
	for _, test := range tests {
		if top, sub, ok := strings.Cut(test, "/"); ok {
			if out, failed := j.start(name, b, exactly(top)+"/"+exactly(sub), takes); failed {
				return out, true
			}
			continue
		}
		tops = append(tops, test)
	}
	if len(tops) == 0 {
		return nil, false
	}
	return j.start(name, b, exactly(tops...), takes)
}

func exactly(names ...string) string {
	for i := range names {
		names[i] = regexp.QuoteMeta(names[i])
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

const mostMemory = 4 << 20 // in KiB

func (j *jury) start(name string, b *bench, pattern string, takes time.Duration) ([]byte, bool) {
	seconds := int(math.Ceil(10*takes.Seconds())) + 3
	// The limit is on the processor's time, so that a busy machine fails no test.
	limits := fmt.Sprintf(`ulimit -t %d && ulimit -v %d && exec "$@"`, seconds, mostMemory)
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	args := append([]string{"-c", limits, "sh", j.program(name, b), "-test.failfast", "-test.run", pattern}, b.flags...)
	test := exec.CommandContext(ctx, "sh", args...)
	test.Dir = b.pkg
	var out bytes.Buffer
	test.Stdout, test.Stderr = &out, &out
	err := test.Run()
	return out.Bytes(), err != nil
}
