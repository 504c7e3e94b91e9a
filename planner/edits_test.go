package planner

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// edit replaces one piece of a plan file, which must be in it.
func replaced(tb testing.TB, data []byte, old, new string) []byte {
	tb.Helper()
	if !bytes.Contains(data, []byte(old)) {
		tb.Fatalf("the plan has no %q", old)
	}
	return bytes.Replace(data, []byte(old), []byte(new), 1)
}

func TestEditsAreNamed(t *testing.T) {
	data, err := Encode(Make(exampleInput(t, "quickstart")))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		old, new string
		want     []string // paths, with what the message says after a colon
	}{
		{"a figure of the plan", "size: 23", "size: 99", []string{`plan.addresses.pools[0].size: it is "99" now, it was "23"`}},
		{"a parameter of a step", "count: 3, maxCount: 0", "count: 4, maxCount: 0", []string{`plan.steps[4].params.nodePool.count: it is "4" now, it was "3"`}},
		{"a key that is taken out of a step", "    on: brhv02.corp.contoso.com\n", "", []string{`plan.steps[1].on: removed`}},
		{"a key that is added to a step", "    estimate: 45m0s", "    params: {force: true}\n    estimate: 45m0s", []string{`plan.steps[3].params.force: added after the plan was made: it is "true" now`}},
		{"a need that is taken out", "needs: [prepare-host/brhv01, prepare-host/brhv02]", "needs: [prepare-host/brhv01]", []string{`plan.steps[2].needs[1]: removed`}},
		{"a severity", "severity: note", "severity: warn", []string{`plan.findings[0].severity: it is "warn" now, it was "note"`}},
		{"the site's own value, which cannot be told from the rest", "    vlan: 40\n    addressing", "    vlan: 41\n    addressing", []string{`plan.site.network.vlan: it is "41" now`}},
		{"an optional key of the site taken out", "      namespace: storefront\n", "", []string{`plan.site.clusters[0].namespace: removed`}},
		{"an optional key of the site added", "    vlan: 40\n    addressing", "    vlan: 40\n    cloudAgent: 10.40.10.9/24\n    addressing", []string{`plan.site.network.cloudAgent: added`}},
		{"the memory of a host", "      memory: 256GiB\n      firmware", "      memory: 512GiB\n      firmware", []string{`plan.inventory.hosts[0].memory: it is "512GiB" now`}},
		{"a drive taken out of the inventory", "        - {role: boot, count: 1, model: DELLBOSS VD, media: SSD, bus: SATA, size: 447GiB}\n", "", []string{`plan.inventory.hosts[0].drives: shortened`}},
		{"a whole step taken out", "  - id: prepare-host/brhv02\n    kind: prepare-host\n    target: host/brhv02\n    on: brhv02.corp.contoso.com\n    params: {module: 1.2.16}\n    estimate: 15m0s # the profile's figure for prepare-host, by what it makes\n    undo: 'none: the module and the roles stay on the host'\n", "",
			[]string{"plan.steps[1].needs: ", `plan.steps[1]: removed after the plan was made, it was "prepare-host/brhv02"`}},
		{"a whole step added", "  - id: install\n", "  - {id: more, kind: install, target: site, estimate: 1s}\n  - id: install\n", []string{`plan.steps[3]: added after the plan was made: it is "more" now`}},
		{"a feature of a host", "Failover-Clustering, RSAT-Clustering-PowerShell]", "Failover-Clustering]", []string{`plan.inventory.hosts[0].features: shortened`}},
		{"the digest itself", "digest: ", "digest: 0", []string{`plan.digest: where it was edited cannot be told`}},
		{"the digest of the scripts", "scripts: 5c21", "scripts: 5c22", []string{`plan.inputs.scripts: it is "5c22" now`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			edited := replaced(t, data, test.old, test.new)
			_, findings := DecodePlan("plan.yaml", edited)
			var got []string
			for _, f := range findings {
				if f.Code == "plan-step-order" {
					got = append(got, f.Path)
					continue
				}
				if f.Code != "plan-edited" || f.Severity != Block || f.Line == 0 || f.Column == 0 || f.Remedy != "edit the site file and plan again" {
					t.Errorf("finding %+v", f)
				}
				got = append(got, f.Path)
			}
			var want []string
			for i, w := range test.want {
				path, says, _ := strings.Cut(w, ": ")
				want = append(want, path)
				if i < len(findings) && !strings.Contains(findings[i].Message, says) {
					t.Errorf("says %q, want %q in it", findings[i].Message, says)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("edits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEditIsFoundOnItsLine(t *testing.T) {
	data, err := Encode(Make(exampleInput(t, "quickstart")))
	if err != nil {
		t.Fatal(err)
	}
	edited := replaced(t, data, "estimate: 36m0s", "estimate: 35m0s")
	line := 1 + bytes.Count(edited[:bytes.Index(edited, []byte("estimate: 35m0s"))], []byte("\n"))
	_, findings := DecodePlan("plan.yaml", edited)
	if len(findings) != 1 || findings[0].Line != line || findings[0].Column != 5 || findings[0].File != "plan.yaml" {
		t.Errorf("findings %+v, want one on line %d", findings, line)
	}
}

// TestAnyEditIsNoticed changes any one value of a plan and expects its path among the
// findings, or that the plan is refused as it stands.
func TestAnyEditIsNoticed(t *testing.T) {
	plan := Make(exampleInput(t, "worked-akshci"))
	root := document(plan)
	list := leaves(root)
	sealed := seal(root)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(list)-1).Draw(t, "leaf")
		node := list[at].node
		old := *node
		defer func() { *node = old }()
		node.Value += rapid.StringMatching(`[a-z0-9]{1,6}`).Draw(t, "more")
		marked, _ := unseal(sealed)
		edits := fromMarks(marked, leaves(root), nil)
		// one value in 65,536 has the mark of another
		if len(edits) == 0 && markOf(list[at]) == marked[at] {
			return
		}
		if len(edits) != 1 || edits[0].Path != list[at].path || edits[0].Change != Changed {
			t.Fatalf("%s became %q, and the edits are %+v", list[at].path, node.Value, edits)
		}
	})
}

func TestMarksTellValuesApart(t *testing.T) {
	seen := map[mark]bool{}
	for i := range 1000 {
		seen[markOf(leaf{shape: "summary.vms", node: &node{Tag: "!!int", Value: fmt.Sprint(i)}})] = true
	}
	if len(seen) < 980 {
		t.Errorf("1000 numbers have %d marks", len(seen))
	}
}

func TestManyEditsAreCutShort(t *testing.T) {
	plan := Make(exampleInput(t, "worked-akshci"))
	data, err := Encode(plan)
	if err != nil {
		t.Fatal(err)
	}
	_, findings := DecodePlan("plan.yaml", bytes.ReplaceAll(data, []byte("corp.fabrikam.com"), []byte("corp.example.com")))
	if len(findings) != mostEdits+1 {
		t.Fatalf("%d findings, want %d", len(findings), mostEdits+1)
	}
	if last := findings[mostEdits].Message; !strings.Contains(last, "more keys of the plan were edited") {
		t.Errorf("the last says %q", last)
	}
}

func TestDifferences(t *testing.T) {
	kind := func(s string) byte { return s[0] }
	for _, test := range []struct {
		name, a, b string
		want       string
	}{
		{"nothing differs", "a1 b1", "a1 b1", ""},
		{"one value", "a1 b1 c1", "a1 b2 c1", "1~1"},
		{"one taken out of like ones", "a1 a2 a3", "a1 a3", "1-"},
		{"one put between", "a1 a3", "a1 a2 a3", "+1"},
		{"of a run, those of one kind belong together", "a1 b1 c1", "a2 c2", "0~0 1- 2~1"},
		{"everything gone", "a1 b1", "", "0- 1-"},
		{"everything new", "", "a1 b1", "+0 +1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, d := range differences(strings.Fields(test.a), strings.Fields(test.b), kind) {
				switch {
				case d.b < 0:
					got = append(got, fmt.Sprintf("%d-", d.a))
				case d.a < 0:
					got = append(got, fmt.Sprintf("+%d", d.b))
				default:
					got = append(got, fmt.Sprintf("%d~%d", d.a, d.b))
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}
