package main

import (
	"cmp"
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
	dir     string
	benches []*bench
	trials  []*trial // the fast ones first
	// noticed are the tests that noticed mutants of a file, the latest first.
	noticed map[*file][]*trial
}

// A trial is one test: what processor time it takes with the rules whole, and what mutants
// it comes by.
type trial struct {
	bench   *bench
	test    string
	takes   time.Duration
	reaches map[int]bool
}

func (j *jury) control() string { return filepath.Join(j.dir, "control") }
func (j *jury) reached() string { return filepath.Join(j.dir, "reached") }

// newJury compiles the tests with all mutants in them, and runs each test with none.
func newJury(dir string, benches []*bench, files []*file, all []*mutant) (*jury, error) {
	j := &jury{dir: dir, benches: benches, noticed: map[*file][]*trial{}}
	instead := map[string][]byte{}
	for _, f := range files {
		instead[f.path()] = switched(f, all)
		instead[filepath.Join(f.pkg.dir, "mutant_switches.go")] = switches(f.pkg.name, j.control(), j.reached(), all)
	}
	list, err := j.overlay("all", instead)
	if err != nil {
		return nil, err
	}
	for _, b := range benches {
		if out, err := compile(list, j.program("all", b), b); err != nil {
			return nil, fmt.Errorf("compile all changes beside each other: %w\n%s", err, out)
		}
		if err := j.record(b); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(j.trials, func(a, b *trial) int { return cmp.Compare(a.takes, b.takes) })
	return j, nil
}

// overlay writes the list of texts that the compiler takes in place of files.
func (j *jury) overlay(name string, instead map[string][]byte) (string, error) {
	replace := map[string]string{}
	for file, text := range instead {
		broken := filepath.Join(j.dir, fmt.Sprintf("%s-%d.go", name, len(replace)))
		if err := os.WriteFile(broken, text, 0o600); err != nil {
			return "", err
		}
		replace[file] = broken
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(j.dir, name+".json")
	return list, os.WriteFile(list, overlay, 0o600)
}

func compile(overlay, program string, b *bench) ([]byte, error) {
	return exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", program, b.pkg).CombinedOutput()
}

func (j *jury) program(name string, b *bench) string {
	return filepath.Join(j.dir, name+"-"+strings.ReplaceAll(strings.TrimPrefix(b.pkg, "./"), "/", "-")+".test")
}

// record runs each test of a bench with the rules whole, and notes what it comes by.
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
	if err := j.throw(-1); err != nil {
		return err
	}
	for _, test := range b.tests(strings.Fields(string(out))) {
		out, took, failed := j.try("all", b, []string{test}, time.Minute)
		if failed {
			return fmt.Errorf("%s %s fails with the rules whole:\n%s", b.pkg, test, out)
		}
		t := &trial{bench: b, test: test, takes: took}
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
	if m.edits == nil {
		return j.noticesAlone(m)
	}
	if err := j.throw(m.number); err != nil {
		return false, err
	}
	// What noticed a change of the file before is likely to notice this one.
	trials := slices.Concat(j.noticed[m.file], slices.DeleteFunc(slices.Clone(j.trials), func(t *trial) bool { return slices.Contains(j.noticed[m.file], t) }))
	trials = slices.DeleteFunc(trials, func(t *trial) bool { return !t.reaches[m.number] })
	// A start of the program costs as much as a fast test: one at first, then more.
	for few := 1; len(trials) > 0; few *= 2 {
		n := min(few, len(trials))
		for _, b := range j.benches {
			if out, failed := j.anyFails("all", b, trials[:n]); failed {
				j.remember(m.file, trials[:n], out)
				return true, nil
			}
		}
		trials = trials[n:]
	}
	return false, nil
}

var failure = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// remember puts the test that failed before the others for changes of the file.
func (j *jury) remember(f *file, trials []*trial, out []byte) {
	for _, name := range failure.FindAllStringSubmatch(string(out), -1) {
		for _, t := range trials {
			if t.test == name[1] {
				j.noticed[f] = append([]*trial{t}, slices.DeleteFunc(j.noticed[f], func(o *trial) bool { return o == t })...)
			}
		}
	}
}

// noticesAlone asks all tests about a mutant that is compiled by itself.
func (j *jury) noticesAlone(m *mutant) (bool, error) {
	list, err := j.overlay("alone", map[string][]byte{m.file.path(): m.text()})
	if err != nil {
		return false, err
	}
	for _, b := range j.benches {
		if _, err := compile(list, j.program("alone", b), b); err != nil {
			return false, errNoProgram
		}
		if _, failed := j.anyFails("alone", b, j.trials); failed {
			return true, nil
		}
	}
	return false, nil
}

// anyFails runs those of the trials that belong to a bench.
func (j *jury) anyFails(name string, b *bench, trials []*trial) ([]byte, bool) {
	var tests []string
	var takes time.Duration
	for _, t := range trials {
		if t.bench == b {
			tests, takes = append(tests, t.test), takes+t.takes
		}
	}
	out, _, failed := j.try(name, b, tests, takes)
	return out, failed
}

// try runs tests and reports whether one fails. A test that needs far more time or memory
// than it should fails too: it is the mark of an endless loop.
func (j *jury) try(name string, b *bench, tests []string, takes time.Duration) (out []byte, took time.Duration, failed bool) {
	var tops, patterns []string
	for _, test := range tests {
		if top, sub, ok := strings.Cut(test, "/"); ok {
			patterns = append(patterns, exactly(top)+"/"+exactly(sub))
		} else {
			tops = append(tops, test)
		}
	}
	if len(tops) > 0 {
		patterns = append(patterns, exactly(tops...))
	}
	for _, pattern := range patterns {
		if out, took, failed = j.start(name, b, pattern, takes); failed {
			break
		}
	}
	return out, took, failed
}

func exactly(names ...string) string {
	for i := range names {
		names[i] = regexp.QuoteMeta(names[i])
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

const mostMemory = 4 << 20 // in KiB

// start runs the tests of a pattern, and says what processor time that took.
func (j *jury) start(name string, b *bench, pattern string, takes time.Duration) (out []byte, took time.Duration, failed bool) {
	seconds := int(math.Ceil(10*takes.Seconds())) + 3
	// The limit is on the processor's time, so that a busy machine fails no test.
	limits := fmt.Sprintf(`ulimit -t %d && ulimit -v %d && exec "$@"`, seconds, mostMemory)
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	args := append([]string{"-c", limits, "sh", j.program(name, b), "-test.failfast", "-test.run", pattern}, b.flags...)
	test := exec.CommandContext(ctx, "sh", args...)
	test.Dir = b.pkg
	out, err := test.CombinedOutput()
	if state := test.ProcessState; state != nil {
		took = state.UserTime() + state.SystemTime()
	}
	return out, took, err != nil
}
