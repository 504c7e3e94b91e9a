package tui

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
)

// The set-up's own site, and the plan that was handed out, stay as they are.
func TestEditsReachNothingButTheDraft(t *testing.T) {
	s := example(t, "quickstart")
	before, err := planner.EncodeSite(s.Site)
	if err != nil {
		t.Fatal(err)
	}
	m := in(t, s, stageCapacity, 80, 24)
	plan := m.desk.draft.plan
	press(m, "+")
	m.desk.draft.edit(func(s *planner.Site) {
		s.Clusters[0].Name = "other"
		s.Network.DNS[0] = s.Network.DNS[1]
	})
	if plan.Site.Clusters[0].NodePools[0].Count != 3 || plan.Site.Clusters[0].Name != "shop" || planner.Digest(plan) != plan.Digest {
		t.Error("the plan that was made before the edit has changed")
	}
	after, err := planner.EncodeSite(s.Site)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(before), string(after)); diff != "" {
		t.Error("the set-up's site has changed:\n" + diff)
	}
}

func TestTheHostsTellThePlatform(t *testing.T) {
	for name, want := range map[string]string{"quickstart": "windows-server-2022", "worked-azurelocal": "azure-local", "hci-20h2": "azure-stack-hci-20h2"} {
		s := example(t, name)
		s.Site.Platform = ""
		if got := guided(t, s, 80, 24).desk.draft.site.Platform; got != want {
			t.Errorf("%s: the platform is %s, want %s", name, got, want)
		}
	}
}

// A set-up may begin with nothing but hosts; its site can be read again.
func TestASiteFromNothing(t *testing.T) {
	s := example(t, "quickstart")
	s.Site = planner.Site{}
	m := guided(t, s, 80, 24)
	m.enter(stageClusters)
	press(m, "a")
	write(m, "web")
	press(m, "esc")
	c := m.desk.draft.site.Clusters
	if len(c) != 1 || c[0].Name != "web" || c[0].Control.Count != 3 || c[0].Balancer.Kind != planner.HAProxy || len(c[0].NodePools) != 1 {
		t.Fatalf("the clusters are %+v", c)
	}
	for _, f := range m.desk.draft.below("site.clusters[0]") {
		if f.Stops() {
			t.Errorf("a new cluster is blocked: %s", f.Message)
		}
	}
	data, err := planner.EncodeSite(m.desk.draft.site)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, findings := planner.DecodeSite("site.yaml", data); len(findings) > 0 {
		t.Errorf("the site cannot be read again: %v", findings)
	}
	press(m, "d")
	m.Update(key("y"))
	if n := len(m.desk.draft.site.Clusters); n != 0 {
		t.Errorf("%d clusters are left", n)
	}
}

func TestPoolsComeAndGo(t *testing.T) {
	m := in(t, example(t, "baseline"), stageClusters, 80, 24)
	press(m, "e", "ctrl+a")
	write(m, "gpu")
	press(m, "tab", "tab")
	write(m, "2")
	pools := m.desk.draft.site.Clusters[0].NodePools
	if len(pools) != 3 || pools[2].Name != "gpu" || pools[2].Count != 2 {
		t.Fatalf("the pools are %+v", pools)
	}
	press(m, "up", "up", "up", "ctrl+d") // the last field of the pool above
	pools = m.desk.draft.site.Clusters[0].NodePools
	if len(pools) != 2 || pools[0].Name != "linux" || pools[1].Name != "gpu" {
		t.Fatalf("the pools are %+v", pools)
	}
}

// Every finding of every example, and of the broken set-up, leads to its page and, when
// it is about one key, to its field.
func TestFindingsLeadToTheirFields(t *testing.T) {
	s := broken(t)
	s.Site.Name, s.Site.Azure.Tenant, s.Site.Storage.Images, s.Site.Network.DNS, s.Site.Clusters[0].NodePools[0].Name = "A", "x", "C:\\a b", nil, ""
	m := in(t, s, stageFindings, 80, 24)
	led := 0
	for i, f := range m.desk.draft.plan.Findings {
		on, ok := mendedOn(f.Path)
		if !ok {
			continue
		}
		m.enter(stageFindings)
		m.page().(*findingsPage).at = i
		press(m, "g")
		if m.stage != on {
			t.Errorf("%s leads to %s, not to %s", f.Path, m.stage, on)
		}
		var at *field
		switch p := m.page().(type) {
		case *clustersPage:
			at = p.editor.form.fields[p.editor.form.at]
		case interface{ current() *field }:
			at = p.current()
		}
		if at != nil {
			led++
			if at.path != f.Path {
				t.Errorf("%s leads to the field of %s", f.Path, at.path)
			}
		}
	}
	if led < 7 {
		t.Errorf("only %d findings led to a field", led)
	}
}
