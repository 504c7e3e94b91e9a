package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentsForProgramsBeginWithTheirVersion runs every command that prints JSON.
func TestDocumentsForProgramsBeginWithTheirVersion(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS("examples", os.DirFS(examples)); err != nil {
		t.Fatal(err)
	}
	const site = "examples/quickstart/site.yaml"
	must := func(line string) []byte {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := run(strings.Fields(line), strings.NewReader(""), &out, &errOut); code != exitDone && code != exitDiffers {
			t.Fatalf("arcwright %s: code %d: %s", line, code, &errOut)
		}
		return out.Bytes()
	}
	must("plan " + site + " --out plan.yaml")
	must("apply plan.yaml --on sim --speed max --yes --progress plain --state s")
	for _, line := range []string{
		"check " + site + " -o json", "addresses " + site + " -o json", "capacity " + site + " -o json", "capacity " + site + " --cost -o json", "plan " + site + " -o json",
		"diff plan.yaml examples/baseline/site.yaml -o json", "explain host-tpm -o json", "version -o json", "status --state s -o json", "status --expiring --state s -o json",
		"lease list plan.yaml --on sim --state s -o json", "discover --on sim --site plan.yaml --state s -o json", "rehearse plan.yaml --state s -o json",
		"apply plan.yaml --on sim --speed max --yes --fresh --progress json --state s",
	} {
		document := must(line)
		// Compared by its tokens, so that the layout does not count.
		d := json.NewDecoder(bytes.NewReader(document))
		var begin []any
		for range 3 {
			token, err := d.Token()
			if err != nil {
				t.Fatalf("arcwright %s: %v", line, err)
			}
			begin = append(begin, token)
		}
		if version, text := begin[2].(string); begin[1] != "version" || !text || !strings.HasPrefix(version, "arcwright.dev/") {
			t.Errorf("arcwright %s begins with %v", line, begin)
		}
	}
}
