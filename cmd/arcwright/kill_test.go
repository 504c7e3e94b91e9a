package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var killStep = flag.Int("kill.step", 12, "kill after every so many lines of the journal")

// TestKilledAtEveryMoment kills the program, engine and world together, after its
// journal has so many lines, resumes, and wants what an undisturbed run has: the same
// effects, each once.
func TestKilledAtEveryMoment(t *testing.T) {
	program := filepath.Join(t.TempDir(), "arcwright")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	plan := filepath.Join(t.TempDir(), "plan.yaml")
	arcwright(t, program, "plan", "../../examples/quickstart/site.yaml", "--out", plan)
	calm := t.TempDir()
	arcwright(t, program, "apply", plan, "--state", calm, "--on", "sim", "--speed", "max", "--seed", "5", "--yes", "--progress", "json")
	want := effects(t, calm)
	if len(want) < 5 {
		t.Fatalf("an undisturbed run has only %d effects", len(want))
	}
	kills := 0
	for n := 1; ; n += *killStep {
		state := t.TempDir()
		if !killedAfter(t, program, plan, state, n) {
			break
		}
		kills++
		run, err := filepath.Glob(filepath.Join(state, "runs", "*"))
		if err != nil || len(run) != 1 {
			t.Fatalf("runs %v, %v", run, err)
		}
		replaceIn(t, filepath.Join(run[0], howFile), `"2000"`, `"max"`)
		arcwright(t, program, "resume", filepath.Base(run[0]), "--state", state, "--progress", "json")
		if got := effects(t, state); !slices.Equal(got, want) {
			t.Errorf("killed after %d lines: effects\n%v\nwant\n%v", n, got, want)
		}
	}
	t.Logf("killed at %d moments", kills)
	if kills < 3 {
		t.Errorf("killed only %d times", kills)
	}
}

// killedAfter applies a plan and kills the program once its journal has n lines; it
// answers false when the run ended first.
func killedAfter(t *testing.T, program, plan, state string, n int) bool {
	t.Helper()
	c := exec.Command(program, "apply", plan, "--state", state, "--on", "sim", "--speed", "2000", "--seed", "5", "--yes", "--progress", "json")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { // the pipe ends with the program
		_, _ = io.Copy(io.Discard, out)
		close(ended)
	}()
	killed := false
	for waiting := true; waiting; {
		select {
		case <-ended:
			waiting = false
		case <-time.After(time.Millisecond): // the next look at the journal
			files, _ := filepath.Glob(filepath.Join(state, "runs", "*", "journal.jsonl"))
			if len(files) == 1 {
				if text, err := os.ReadFile(files[0]); err == nil && bytes.Count(text, []byte("\n")) >= n {
					killed = c.Process.Kill() == nil
					<-ended
					waiting = false
				}
			}
		}
	}
	err = c.Wait()
	return killed && err != nil
}

func arcwright(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("arcwright %v: %v\n%s", args, err, out[max(0, len(out)-3000):])
	}
}

// effects are the changes of the one world of a state folder: what was done where, in
// the order of their names, since lanes are not in step with each other.
func effects(t *testing.T, state string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(state, "worlds", "*", "transcript.jsonl"))
	if err != nil || len(files) != 1 {
		t.Fatalf("transcripts %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range bytes.Lines(text) {
		var e map[string]any
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		delete(e, "time")
		delete(e, "run")
		delete(e, "seq")
		one, _ := json.Marshal(e)
		all = append(all, string(one))
	}
	slices.Sort(all)
	return all
}

func replaceIn(t *testing.T, file, old, with string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%s does not hold %s: %v", file, old, err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte(old), []byte(with), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}
