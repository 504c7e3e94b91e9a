package planner

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write the goldens anew")

// examples are the sites that users start from.
var examples = []string{"quickstart", "worked-akshci", "worked-azurelocal", "hci-20h2", "baseline"}

// small is a plan that can be read whole: one host, one cluster.
func small(tb testing.TB) Input {
	in := worked(tb, "windows-server-2022")
	in.Inventory.Hosts = in.Inventory.Hosts[:1]
	in.Inventory.Hosts[0].Memory *= 2
	in.Site.Clusters = in.Site.Clusters[1:]
	return in
}

func TestPlanFile(t *testing.T) {
	in := small(t)
	plan := Make(in)
	plan.Findings = slices.DeleteFunc(plan.Findings, func(f Finding) bool { return f.Path != "site.network.nodePool" })
	got, err := Encode(plan)
	if err != nil {
		t.Fatal(err)
	}
	// digests and marks change with every word of a rule: their place is held, their value is not
	got = regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAll(got, []byte("DIGEST"))
	got = regexp.MustCompile(`(?s)seal: \|\n.*`).ReplaceAll(got, []byte("seal: |\n  MARKS\n"))
	golden := filepath.Join("testdata", "small-plan.yaml")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("plan (-want +got), write it anew with -update:\n%s", diff)
	}
}

func TestTheSameInputMakesTheSameBytes(t *testing.T) {
	for _, name := range examples {
		first, err := Encode(Make(exampleInput(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Encode(Make(exampleInput(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Errorf("%s: two plans of the same input differ", name)
		}
	}
}

func TestPlansComeBackAsTheyWere(t *testing.T) {
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			want := Make(exampleInput(t, name))
			data, err := Encode(want)
			if err != nil {
				t.Fatal(err)
			}
			got, findings := DecodePlan("plan.yaml", data)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			again, err := Encode(got)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(data, again) {
				t.Error("the plan that was read is written differently")
			}
		})
	}
}

func TestCommentsAndLayoutAreFree(t *testing.T) {
	data, err := Encode(Make(small(t)))
	if err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`(?m)^ *#.*\n|  ?#.*$`).ReplaceAll(data, nil)
	var doc yaml.Node
	if err := yaml.Unmarshal(bare, &doc); err != nil {
		t.Fatal(err)
	}
	laid, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(laid, data) {
		t.Fatal("the layout is the same: the test proves nothing")
	}
	if _, findings := DecodePlan("plan.yaml", laid); len(findings) > 0 {
		t.Error(findings)
	}
}

// TestJSONSaysWhatTheFileSays holds the two forms against each other, key by key.
func TestJSONSaysWhatTheFileSays(t *testing.T) {
	for _, name := range examples {
		plan := Make(exampleInput(t, name))
		data, err := Encode(plan)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]any
		if err := yaml.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		delete(file, "seal")
		text, err := plan.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "{\n  \"version\": \""+PlanVersion+"\",\n") {
			t.Errorf("%s: the version is not the first line", name)
		}
		var machine map[string]any
		if err := json.Unmarshal(text, &machine); err != nil {
			t.Fatal(err)
		}
		if len(file) < 10 {
			t.Fatalf("%s: the file has only %d parts", name, len(file))
		}
		if diff := cmp.Diff(asText(file), asText(machine)); diff != "" {
			t.Errorf("%s: file and JSON differ (-file +JSON):\n%s", name, diff)
		}
	}
}

// asText turns every scalar into its text, so that two formats can be compared.
func asText(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, item := range x {
			out[k] = asText(item)
		}
		return out
	case []any:
		out := []any{}
		for _, item := range x {
			out = append(out, asText(item))
		}
		return out
	}
	n := document(v)
	return strings.TrimSuffix(n.Value, "T00:00:00Z")
}
