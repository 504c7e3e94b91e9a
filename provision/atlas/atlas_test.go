package atlas_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/atlas"
	"gopkg.in/yaml.v3"
)

// sample is a text of testdata. Want is the first match, empty for none; Also may be the
// first instead.
type sample struct {
	Want string   `yaml:"want"`
	Also []string `yaml:"also"`
	Text string   `yaml:"text"`
}

func samples(t testing.TB) []sample {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 6 {
		t.Fatalf("the samples are missing: %v", err)
	}
	var all []sample
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var some []sample
		if err := yaml.Unmarshal(text, &some); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, some...)
	}
	return all
}

func finder(t testing.TB) *atlas.Finder {
	t.Helper()
	f, err := atlas.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func ids(found []atlas.Match) []string {
	var all []string
	for _, m := range found {
		all = append(all, m.ID)
	}
	return all
}

func TestEachSampleIsKnownAsWhatItIs(t *testing.T) {
	f := finder(t)
	known, unknown := map[string]bool{}, 0
	for _, s := range samples(t) {
		found := f.Find(s.Text, "")
		if s.Want == "" {
			unknown++
			if len(found) > 0 {
				t.Errorf("of %q nothing is known, and it is taken for %v by %q", s.Text, ids(found), found[0].Seen)
			}
			continue
		}
		known[s.Want] = true
		if len(found) == 0 {
			t.Errorf("%q is not known as %s", s.Text, s.Want)
			continue
		}
		if first := found[0].ID; first != s.Want && !slices.Contains(s.Also, first) {
			t.Errorf("%q is taken for %v by %q, want %s", s.Text, ids(found), found[0].Seen, s.Want)
		}
		if found[0].Line == "" || len(found[0].Seen) == 0 {
			t.Errorf("%s does not say what it saw", found[0].ID)
		}
	}
	for _, failure := range f.Atlas().Failures {
		if !known[failure.ID] {
			t.Errorf("no sample is known as %s", failure.ID)
		}
	}
	if len(known) < 150 || unknown < 40 {
		t.Errorf("%d failures and %d near misses: samples are missing", len(known), unknown)
	}
}

func TestTheOtherGenerationIsLeftOut(t *testing.T) {
	f := finder(t)
	const text = "Kubernetes version 1.22.1 is not ready for use on Linux"
	if got := f.Find(text, profiles.AzureLocal); len(got) == 0 || got[0].ID != "kubernetes-image-not-ready" {
		t.Errorf("on Azure Local: %v", ids(got))
	}
	if got := f.Find(text, profiles.AksHci); len(got) != 0 {
		t.Errorf("on AksHci: %v", ids(got))
	}
}
