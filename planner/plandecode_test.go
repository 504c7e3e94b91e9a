package planner

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlansThatAreNotRead(t *testing.T) {
	data, err := Encode(Make(exampleInput(t, "quickstart")))
	if err != nil {
		t.Fatal(err)
	}
	cut := func(old, new string) []byte { return replaced(t, data, old, new) }
	for _, test := range []struct {
		name string
		data []byte
		want string // code and path
		says string
	}{
		{"nothing", nil, "input-syntax plan", "empty"},
		{"no YAML", cut("inputs:\n  site", "inputs:\n\t site"), "input-syntax plan", "not YAML"},
		{"a site", []byte("version: arcwright.dev/v1\nkind: Site\n"), "input-kind plan.kind", "this is a site, where a plan is wanted"},
		{"a plan of a later program", cut("plan/v1", "plan/v2"), "plan-newer plan.version", `has version "arcwright.dev/plan/v2", this program reads arcwright.dev/plan/v1`},
		{"a key that is not known, with what was meant", cut("  clusters: 1", "  clusters: 1\n  clusterz: 1"), "input-unknown-key plan.summary.clusterz", "not a key"},
		{"a key that is missing", cut("  clusters: 1 ", ""), "input-missing-key plan.summary.clusters", "missing"},
		{"a key given twice", cut("  clusters: 1 ", "  clusters: 1\n  clusters: 1\n"), "input-duplicate-key plan.summary.clusters", "twice"},
		{"a value of another type", cut("size: 23", "size: many"), "input-type plan.addresses.pools[0].size", "a whole number is wanted"},
		{"lists without end in a parameter", cut("params: {module: 1.2.16}", "params: {module: "+strings.Repeat("[", 70)+strings.Repeat("]", 70)+"}"), "input-syntax plan", "more than 64 deep"},
		{"a step of a kind this program lacks", cut("kind: install", "kind: teleport"), "plan-step-unknown plan.steps[3].kind", `no step of the kind "teleport"`},
		{"a step that needs what is not before it", cut("needs: [configure]", "needs: [install]"), "plan-step-order plan.steps[3].needs", "not before it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, findings := DecodePlan("plan.yaml", test.data)
			if len(findings) == 0 {
				t.Fatal("is read without a finding")
			}
			f := findings[0]
			if got := f.Code + " " + f.Path; got != test.want || !strings.Contains(f.Message, test.says) {
				t.Errorf("finding %s: %s; want %s: %s", got, f.Message, test.want, test.says)
			}
			if f.Line == 0 || f.File != "plan.yaml" || f.Severity != Block {
				t.Errorf("finding %+v does not say where, or does not block", f)
			}
		})
	}
}

func TestASealThatIsGoneIsNoReasonToReadAnEditedPlan(t *testing.T) {
	data, err := Encode(Make(exampleInput(t, "quickstart")))
	if err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`(?s)seal: \|\n.*`).ReplaceAll(data, nil)
	if _, findings := DecodePlan("plan.yaml", bare); len(findings) != 0 {
		t.Errorf("without its seal an unedited plan is refused: %v", findings)
	}
	_, findings := DecodePlan("plan.yaml", replaced(t, bare, "    vlan: 40\n    addressing", "    vlan: 41\n    addressing"))
	if diff := cmp.Diff([]string{"plan-edited plan.digest"}, codes(findings)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestWhatIsNoReferenceToASecretNeverReachesAPlan(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Site.Access.Password, in.Site.Azure.Secret = "Winter2026!", "s3cr3t-value"
	in.Site.Access.Proxy = &AccessProxy{Address: "ann:pr0xy-word@proxy:3128", Password: "pr0xy-word"}
	plan := Make(in)
	data, err := Encode(plan)
	if err != nil {
		t.Fatal(err)
	}
	text, err := plan.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Winter2026", "s3cr3t", "pr0xy"} {
		if bytes.Contains(data, []byte(secret)) || bytes.Contains(text, []byte(secret)) {
			t.Errorf("the plan holds %q", secret)
		}
	}
	if _, findings := DecodePlan("plan.yaml", data); len(findings) > 0 {
		t.Error(findings)
	}
	if in.Site.Access.Password != "Winter2026!" || in.Site.Access.Proxy.Password != "pr0xy-word" {
		t.Error("the input was changed")
	}
}

func FuzzDecodePlan(f *testing.F) {
	data, err := Encode(Make(small(f)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(replaced(f, data, "count: 3", "count: 9223372036854775807"))
	f.Add(replaced(f, data, "subnet: 10.1.0.0/24", "subnet: 0.0.0.0/0"))
	f.Add(replaced(f, data, "memory: 512GiB", "memory: 8191PiB"))
	f.Add(replaced(f, data, "params: {module: 1.2.16}", "params: {module: [&a 1, *a], 2: {3: !!binary AA==}, 4: 2026-01-01}"))
	f.Add(replaced(f, data, "seal: |\n", "seal: |\n  AAAA"))
	f.Add(replaced(f, data, "seal: |\n", "seal: |\n  "+strings.Repeat("AAAA", 5000)+"\n"))
	f.Add(replaced(f, data, "params: {module: 1.2.16}", "params: {a]b[.c: "+strings.Repeat("[", 40)+strings.Repeat("]", 40)+"}"))
	f.Add(replaced(f, data, "critical: [", "critical: [~, "))
	f.Add([]byte("version: arcwright.dev/plan/v1\nkind: Plan\n? [a, b]\n: c\n"))
	f.Add([]byte("version: arcwright.dev/plan/v99999999999999999999\n"))
	files, err := filepath.Glob(filepath.Join("testdata", "*.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		seed, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, findings := DecodePlan("plan.yaml", data)
		for _, finding := range findings {
			if finding.Code == "" || finding.Severity != Block || !strings.HasPrefix(finding.Path, "plan") {
				t.Errorf("finding %+v", finding)
			}
		}
		if len(findings) > 0 {
			return
		}
		again, err := Encode(plan)
		if err != nil {
			t.Fatal(err)
		}
		if _, findings := DecodePlan("plan.yaml", again); len(findings) > 0 {
			t.Errorf("a plan that is read is refused once it is written again: %v", findings)
		}
	})
}
