package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const rules = `package main

import "time"

type bytes int64

type list []string

func (l *list) add(s string) { *l = append(*l, s) }

const most = 2

var widths [3]int

func (b bytes) large(than bytes) bool { return b > than-1 && b != 7 || b >= 3*than }

func (b bytes) name(l *list) {
	if b.large(4) {
		l.add("large")
	} else if n := len(*l); n < most {
		l.add("small")
	}
}

func wait(n int) time.Duration { return time.Duration(n) * time.Second * 5 }

func main() {
	l, seen := new(list(make([]string, 0, 2*most))), make(map[bytes]int, 7)
	for b := range bytes(20) {
		b.name(l)
		seen[b]++
		println(b, len(*l), len(seen), wait(int(b)), len(widths))
	}
}
`

// places are all changes of the rules above.
var places = []string{
	"const most = 2  =>  const most = 3",
	"var widths [3]int  =>  var widths [4]int",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return (b > than-1 && b != 7 && b >= 3*than) }",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return (b > than-1 || b != 7) || b >= 3*than }",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return b >= than-1 && b != 7 || b >= 3*than }",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return b > than+1 && b != 7 || b >= 3*than }",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return b > than-1 && b == 7 || b >= 3*than }",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return b > than-1 && b != 8 || b >= 3*than }",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return b > than-1 && b != 7 || b > 3*than }",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return b > than-1 && b != 7 || b >= 3/than }",
	"return b > than-1 && b != 7 || b >= 3*than }  =>  return b > than-1 && b != 7 || b >= 4*than }",
	"if b.large(4) {  =>  if !(b.large(4)) {",
	"if b.large(4) {  =>  if b.large(5) {",
	`l.add("large")  =>  _ = func() { l.add("large") }`,
	"} else if n := len(*l); n < most {  =>  } else if n := len(*l); n <= most {",
	`l.add("small")  =>  _ = func() { l.add("small") }`,
	"return time.Duration(n) * time.Second * 5 }  =>  return time.Duration(n) * time.Second / 5 }",
	"return time.Duration(n) * time.Second * 5 }  =>  return time.Duration(n) / time.Second * 5 }",
	"return time.Duration(n) * time.Second * 5 }  =>  return time.Duration(n) * time.Second * 6 }",
	"for b := range bytes(20) {  =>  for b := range bytes(21) {",
}

// module makes a module of some files and goes there.
func module(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.com/rules\n\ngo 1.26\n"
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "off")
}

func readPlaces(t *testing.T) ([]*file, []*mutant) {
	t.Helper()
	files, err := readPackages(".")
	if err != nil {
		t.Fatal(err)
	}
	return files, mutants(files)
}

func TestPlacesAreAllThatCanBeBroken(t *testing.T) {
	module(t, map[string]string{"main.go": rules})
	_, all := readPlaces(t)
	var got []string
	for _, m := range all {
		_, change, _ := strings.Cut(m.String(), "  ")
		change = strings.TrimPrefix(change, "func (b bytes) large(than bytes) bool { ")
		change = strings.TrimPrefix(change, "func wait(n int) time.Duration { ")
		change = strings.Replace(change, "  =>  func (b bytes) large(than bytes) bool { ", "  =>  ", 1)
		change = strings.Replace(change, "  =>  func wait(n int) time.Duration { ", "  =>  ", 1)
		got = append(got, change)
		if alone := m.edits == nil; alone != (strings.HasPrefix(change, "const ") || strings.HasPrefix(change, "var ")) {
			t.Errorf("%s: compiled by itself: %v", m, alone)
		}
	}
	if diff := cmp.Diff(places, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// TestASwitchDoesWhatTheChangeDoes compiles each change by itself, and asks the program
// that has them all whether it does the same.
func TestASwitchDoesWhatTheChangeDoes(t *testing.T) {
	module(t, map[string]string{"main.go": rules})
	files, all := readPlaces(t)
	dir := t.TempDir()
	j := &jury{dir: dir}
	build := func(name string, instead map[string][]byte) func() string {
		t.Helper()
		list, err := j.overlay(name, instead)
		if err != nil {
			t.Fatal(err)
		}
		program := filepath.Join(dir, name)
		if out, err := exec.Command("go", "build", "-overlay", list, "-o", program, ".").CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
		return func() string {
			out, err := exec.Command(program).CombinedOutput()
			if err != nil {
				t.Fatalf("run: %v\n%s", err, out)
			}
			return string(out)
		}
	}
	whole := build("whole", nil)()
	together := build("together", map[string][]byte{
		files[0].path(): switched(files[0], all),
		filepath.Join(files[0].pkg.dir, "mutant_switches.go"): switches("main", j.control(), j.reached(), all),
	})
	throw := func(n int) string {
		if err := j.throw(n); err != nil {
			t.Fatal(err)
		}
		return together()
	}
	if diff := cmp.Diff(whole, throw(0)); diff != "" {
		t.Errorf("no switch thrown (-want +got):\n%s", diff)
	}
	for _, m := range all {
		if m.edits == nil {
			continue
		}
		if diff := cmp.Diff(build("alone", map[string][]byte{m.file.path(): m.text()})(), throw(m.number)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", m, diff)
		}
	}
	throw(-1)
	reached, err := j.readReached()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.edits != nil && !reached[m.number] {
			t.Errorf("%s: not seen to be come by", m)
		}
	}
}

func TestWhatTheTestsNotice(t *testing.T) {
	module(t, map[string]string{
		"rules.go": `package rules

const most = 4

func fits(n int) bool { return n <= most }

func fill(n int) (sum int) {
	for sum < n {
		sum += 3 * n
	}
	return sum
}

func unasked(n int) bool { return n > 9 }
`,
		"rules_test.go": `package rules

import "testing"

func TestFits(t *testing.T) {
	if !fits(3) || fits(5) {
		t.Error("fits")
	}
}

func TestFill(t *testing.T) {
	if got := fill(5); got != 15 {
		t.Error(got)
	}
}
`,
	})
	files, all := readPlaces(t)
	j, err := newJury(t.TempDir(), []*bench{{pkg: ".", tests: everyTest}}, files, all)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		got, err := j.notices(m)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(m, got)
		want := map[string]bool{
			"const most = 4 => const most = 5": true,
			"func fits(n int) bool { return n <= most } => func fits(n int) bool { return n < most }": false,
			"for sum < n { => for sum <= n {": false,
			"sum += 3 * n => sum += 3 / n":    true, // without an end
			"sum += 3 * n => sum += 4 * n":    true,
		}[strings.TrimPrefix(m.key(), "rules.go: ")]
		if got != want {
			t.Errorf("%s: noticed %v", m, got)
		}
	}
}

func TestASeedDrawsTheSameEachTime(t *testing.T) {
	var all []*mutant
	for i := range 50 {
		name := "a.go"
		if i >= 20 {
			name = "b.go"
		}
		all = append(all, &mutant{number: i + 1, file: &file{name: name}})
	}
	numbers := func(o options) (list []int) {
		t.Helper()
		drawn, n, err := o.draw(all)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range drawn[:n] {
			list = append(list, m.number)
		}
		return list
	}
	first := numbers(options{seed: "7", count: 10})
	if diff := cmp.Diff(first, numbers(options{seed: "7", count: 10})); diff != "" {
		t.Errorf("the same seed draws others:\n%s", diff)
	}
	if cmp.Equal(first, numbers(options{seed: "8", count: 10})) {
		t.Error("another seed draws the same")
	}
	if got := len(numbers(options{seed: "all", count: 10})); got != 50 {
		t.Errorf("all are %d", got)
	}
	if got := len(numbers(options{seed: "all", only: "b.go"})); got != 30 {
		t.Errorf("all of one file are %d", got)
	}
	if _, _, err := (options{seed: "some"}).draw(all); err == nil {
		t.Error("a seed that is no number draws")
	}
}

func TestAReasonStandsBehindEachEquivalent(t *testing.T) {
	read := func(text string) (map[string]bool, error) {
		name := filepath.Join(t.TempDir(), "equivalent.txt")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return readEquivalent(name)
	}
	list, err := read("# a heading\n\na.go: x < y => x <= y # they are never the same\n")
	if err != nil || !list["a.go: x < y => x <= y"] || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	for _, text := range []string{"a.go: x < y => x <= y\n", "a.go: x < y => x <= y # \n"} {
		if _, err := read(text); err == nil {
			t.Errorf("%q is taken without a reason", text)
		}
	}
}
