package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
	"github.com/google/go-cmp/cmp"
)

// What plan --transcript says a step will send is what the simulated hosts receive.
func TestATranscriptIsWhatTheHostsReceive(t *testing.T) {
	dir := t.TempDir()
	site := filepath.Join("..", "..", "examples", "quickstart", "site.yaml")
	do := func(args ...string) []byte {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := run(append(args, "--state", filepath.Join(dir, "state")), strings.NewReader(""), &out, &errOut); code != exitDone {
			t.Fatalf("%v ends with %d: %s", args, code, errOut.String())
		}
		return out.Bytes()
	}
	var told provision.Transcript
	if err := json.Unmarshal(do("plan", site, "--transcript", "-o", "json"), &told); err != nil {
		t.Fatal(err)
	}
	plan := filepath.Join(dir, "plan.yaml")
	do("plan", site, "--out", plan)
	do("apply", plan, "--on", "sim", "--yes", "--progress", "plain", "--speed", "max", "--seed", "5")

	type sent struct{ Host, Script, Params string }
	want, got := map[string]sent{}, map[string]sent{}
	for _, s := range told.Steps {
		if s.Script != nil && s.Script.Kind == provision.ScriptTask {
			want[s.Step] = sent{s.Host, s.Script.Name, s.Script.Params}
		}
	}
	lines, err := os.ReadFile(filepath.Join(dir, "state", "worlds", "quickstart", "transcript.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(lines) {
		var e sim.Effect
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		if e.Script != "" {
			got[e.Step] = sent{e.Host, e.Script, e.Params}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 4 {
		t.Errorf("a run sends something else (-transcript +received):\n%s", diff)
	}
}

func TestATranscriptFitsAPage(t *testing.T) {
	var out, errOut bytes.Buffer
	for _, name := range []string{"quickstart", "baseline", "worked-akshci", "worked-azurelocal"} {
		out.Reset()
		run([]string{"plan", filepath.Join("..", "..", "examples", name, "site.yaml"), "--transcript"}, strings.NewReader(""), &out, &errOut)
		if out.Len() == 0 {
			t.Fatalf("%s prints nothing: %s", name, errOut.String())
		}
		for line := range strings.Lines(out.String()) {
			if len([]rune(strings.TrimSpace(line))) > transcriptWidth || len([]rune(line)) > transcriptWidth+1 && len(strings.Fields(line)) > 2 {
				t.Errorf("%s: a line is too long: %s", name, line)
			}
		}
	}
}
