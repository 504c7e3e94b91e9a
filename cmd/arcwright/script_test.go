package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"arcwright": main})
}

var (
	lookedFor = regexp.MustCompile(`(?m)^(! )?(stdout|stderr) .*$`)
	blanks    = regexp.MustCompile(` +\+?`)
)

// unwrapped copies the scripts to where a blank in what is looked for stands for any white space:
// text is wrapped, and where depends on how long the paths in it are.
func unwrapped(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d scripts in %s, %v", len(files), dir, err)
	}
	to := t.TempDir()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = lookedFor.ReplaceAllFunc(text, func(line []byte) []byte {
			command, pattern, quoted := bytes.Cut(line, []byte("'"))
			if !quoted {
				return line
			}
			return slices.Concat(command, []byte("'"), blanks.ReplaceAll(pattern, []byte(`\s+`)))
		})
		if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestScripts runs every script of testdata/script with the real program.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: unwrapped(t, "testdata/script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			e.Setenv("ARCWRIGHT_STATE", filepath.Join(e.WorkDir, "state"))
			e.Setenv("TMPDIR", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"appears":  appears,
			"count":    countLines,
			"append":   appendTo,
			"replace":  replace,
			"exitcode": exitCode,
		},
	})
}

// appears FILE-PATTERN [REGEXP] waits until a file matches the pattern, and holds text
// that matches.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: appears file-pattern [regexp]")
	}
	want := regexp.MustCompile("")
	if len(args) == 2 {
		want = regexp.MustCompile(args[1])
	}
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		files, err := filepath.Glob(ts.MkAbs(args[0]))
		ts.Check(err)
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && want.Match(text) {
				return
			}
		}
		time.Sleep(5 * time.Millisecond) // the next look, not a guess how long it takes
	}
	ts.Fatalf("%v did not appear", args)
}

// countLines NAME FILE-PATTERN REGEXP sets $NAME to how many lines match.
func countLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: count NAME file-pattern regexp")
	}
	files, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("no file matches %s", args[1])
	}
	want, n := regexp.MustCompile(args[2]), 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		ts.Check(err)
		for line := range bytes.Lines(text) {
			if want.Match(line) {
				n++
			}
		}
	}
	ts.Setenv(args[0], strconv.Itoa(n))
}

// appendTo FILE-PATTERN TEXT adds text to the one file, without a newline.
func appendTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append file-pattern text")
	}
	file := one(ts, args[0])
	text, err := os.ReadFile(file)
	ts.Check(err)
	ts.Check(os.WriteFile(file, append(text, args[1]...), 0o600))
}

// replace FILE-PATTERN OLD NEW changes the first OLD in the one file; \n in NEW ends a line.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace file-pattern old new")
	}
	file := one(ts, args[0])
	text, err := os.ReadFile(file)
	ts.Check(err)
	if !strings.Contains(string(text), args[1]) {
		ts.Fatalf("%s does not hold %q", file, args[1])
	}
	with := strings.ReplaceAll(args[2], `\n`, "\n")
	ts.Check(os.WriteFile(file, []byte(strings.Replace(string(text), args[1], with, 1)), 0o600))
}

func one(ts *testscript.TestScript, pattern string) string {
	files, err := filepath.Glob(ts.MkAbs(pattern))
	ts.Check(err)
	if len(files) != 1 {
		ts.Fatalf("%s matches %d files", pattern, len(files))
	}
	return files[0]
}

// exitCode N COMMAND... runs a command that must end with code N.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N command...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var coded interface{ ExitCode() int }
	if err != nil {
		var ok bool
		if coded, ok = err.(interface{ ExitCode() int }); !ok {
			ts.Fatalf("%v", err)
		}
		got = coded.ExitCode()
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}
