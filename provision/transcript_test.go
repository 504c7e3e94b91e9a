package provision

import (
	"slices"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/google/go-cmp/cmp"
)

func TestTheTableOfCallsIsThatOfTheScripts(t *testing.T) {
	table, err := loadCalls()
	if err != nil {
		t.Fatal(err)
	}
	scripts := LoadCatalogue().Scripts()
	if len(table) != len(scripts) {
		t.Errorf("the table has %d scripts, the catalogue %d", len(table), len(scripts))
	}
	for _, s := range scripts {
		own := psFunctions(s.Text)
		want := map[string][]string{}
		for _, call := range psCalls(s.Text) {
			if _, mine := own[call.cmdlet]; mine {
				continue
			}
			names := append([]string{}, want[call.cmdlet]...)
			for _, p := range call.parameters {
				if p = strings.ToLower(p); !slices.Contains(names, p) {
					names = append(names, p)
				}
			}
			slices.Sort(names)
			want[call.cmdlet] = names
		}
		got := map[string][]string{}
		for _, call := range table[s.Name] {
			if _, twice := got[call.Cmdlet]; twice {
				t.Errorf("%s: %s is in the table twice", s.Name, call.Cmdlet)
			}
			got[call.Cmdlet] = append([]string{}, call.parameters()...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: scripts/calls.yaml is not what the script calls (-script +table):\n%s", s.Name, diff)
		}
	}
}

// What the table says of a value has to stand in the script: its literal, and the last key
// of its path.
func TestTheValuesOfTheTableStandInTheScripts(t *testing.T) {
	table, err := loadCalls()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range LoadCatalogue().Scripts() {
		for _, call := range table[s.Name] {
			for _, p := range call.With {
				var want []string
				if p.literal != "" && p.literal != "false" {
					want = strings.Split(p.literal, ", ")
				}
				for _, path := range []string{p.path, p.when.path, call.When.path} {
					if path != "" {
						want = append(want, path[strings.LastIndexByte(path, '.')+1:])
					}
				}
				if p.secret != "" {
					want = append(want, "$Secrets."+p.secret)
				}
				for from, to := range p.choices {
					want = append(want, "'"+from+"'", "'"+to+"'")
				}
				for _, text := range want {
					if !strings.Contains(s.Text, text) {
						t.Errorf("%s: %s -%s: the script has no %q", s.Name, call.Cmdlet, p.name, text)
					}
				}
			}
		}
	}
}

func TestValuesFollowTheParameters(t *testing.T) {
	params := map[string]any{
		"name": "shop", "kubernetes": "v1.29.4", "controlPlane": map[string]any{"count": float64(3), "vmSize": "A"},
		"loadBalancer": map[string]any{"kind": "none"},
		"nodePool":     map[string]any{"name": "win", "os": "windows2022", "count": float64(2), "vmSize": "B", "maxPods": float64(0), "maxCount": float64(5)},
	}
	table, err := loadCalls()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]map[string]string{}
	for _, call := range called(table["new-cluster"], params, planner.Site{}) {
		got[call.Cmdlet] = map[string]string{}
		for _, p := range call.Parameters {
			got[call.Cmdlet][p.Name] = p.Value + p.Result
			if p.Switch {
				got[call.Cmdlet][p.Name] = "on"
			}
		}
	}
	want := map[string]string{
		"name": "shop", "kubernetesVersion": "v1.29.4", "controlPlaneNodeCount": "3", "controlPlaneVmSize": "A", "nodePoolName": "win", "nodeCount": "2", "nodeVmSize": "B",
		"osType": "Windows", "osSku": "Windows2022", "loadBalancerSettings": "New-AksHciLoadBalancerSetting", "enableAutoScaler": "on", "autoScalerProfileName": "shopscale",
	}
	if diff := cmp.Diff(want, got["New-AksHciCluster"]); diff != "" {
		t.Errorf("New-AksHciCluster (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"name": "shopscale", "autoScalerProfileConfig": "2..5"}, got["New-AksHciAutoScalerProfile"]); diff != "" {
		t.Errorf("New-AksHciAutoScalerProfile (-want +got):\n%s", diff)
	}
	if _, there := got["Get-AksHciClusterNetwork"]; there {
		t.Error("it asks for a network although the cluster names none")
	}
}

// The table of scripts has to be what the actions do.
func TestTheTranscriptNamesTheScriptsOfTheActions(t *testing.T) {
	plan := planner.Plan{Steps: []planner.Step{
		{ID: "prepare-host/a", Kind: planner.PrepareHost, On: "a", Params: map[string]any{"module": "1"}},
		{ID: "install", Kind: planner.Install, On: "a"},
		{ID: "create-cluster/c", Kind: planner.CreateCluster, On: "a", Params: map[string]any{"name": "c", "kubernetes": "v1",
			"controlPlane": map[string]any{"count": 1, "vmSize": "A"}, "nodePool": map[string]any{"name": "n", "vmSize": "A", "os": "linux", "count": 1}}},
		{ID: "create-node-pool/c/n", Kind: planner.CreateNodePool, On: "a", Params: map[string]any{"cluster": "c", "name": "n", "vmSize": "A", "os": "linux", "count": 1}},
	}}
	told, err := TranscriptOf(plan)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{plan: plan, catalogue: LoadCatalogue(), redactor: &Redactor{}}
	for i, step := range plan.Steps {
		a, err := newAction(step, s)
		if err != nil {
			t.Fatal(err)
		}
		m, ok := a.(discreet).action.(*making)
		if !ok {
			t.Fatalf("%s is a %T", step.ID, a.(discreet).action)
		}
		repair := ""
		if told.Steps[i].Repair != nil {
			repair = told.Steps[i].Repair.Name
		}
		if told.Steps[i].Script.Name != m.script || repair != m.undo {
			t.Errorf("%s: told %s and %q, does %s and %q", step.ID, told.Steps[i].Script.Name, repair, m.script, m.undo)
		}
	}
}
