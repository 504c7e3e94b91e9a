package provision

import (
	"testing"

	"github.com/arcwright/arcwright/planner"
)

func networkStep() planner.Step {
	return planner.Step{ID: "create-network/farnet", Kind: planner.CreateNetwork, Target: "site", On: testHost, Params: map[string]any{
		"network": map[string]any{"name": "farnet", "switch": "Converged", "vlan": 41, "addressing": "static", "subnet": "10.41.20.0/24", "gateway": "10.41.20.1", "dns": []any{"10.40.10.5"},
			"nodePool": map[string]any{"start": "10.41.20.20", "end": "10.41.20.99"}, "vipPool": map[string]any{"start": "10.41.20.200", "end": "10.41.20.220"}}}}
}

func TestObserveNetwork(t *testing.T) {
	const whole = `{"name": "farnet", "switch": "Converged", "vlan": 41, "subnet": "10.41.20.0/24", "gateway": "10.41.20.1", "nodePoolStart": "10.41.20.20",
		"nodePoolEnd": "10.41.20.99", "vipPoolStart": "10.41.20.200", "vipPoolEnd": "10.41.20.220"}`
	site := func(network, owner string) string {
		records := ""
		if owner != "" {
			records = `{"kind": "network", "name": "farnet", "site": "` + owner + `"}`
		}
		return `{"moduleVersion": "1.2.16", "configured": true, "installState": "Installed", "networks": [` + network + `], "clusters": [], "records": [` + records + `]}`
	}
	observe(t, networkStep(), []observation{
		{name: "no network", akshci: site("", ""), want: StateAbsent},
		{name: "as wanted and ours", akshci: site(whole, testSite), want: StateDone},
		{name: "as wanted and nobody's", akshci: site(whole, ""), want: StateForeign, reason: "without a record"},
		{name: "as wanted and another site's", akshci: site(whole, "other"), want: StateForeign, reason: "belongs to the site other"},
		{name: "a module that tells the name only", akshci: site(`{"name": "farnet", "vlan": null}`, testSite), want: StateDone},
		{name: "on another VLAN", akshci: site(`{"name": "farnet", "vlan": 42}`, testSite), want: StateBroken, reason: "its VLAN is 42, the plan wants 41"},
		{name: "with another pool", akshci: site(`{"name": "farnet", "vlan": 41, "vipPoolEnd": "10.41.20.210"}`, testSite), want: StateBroken, reason: "its virtual pool's end is 10.41.20.210"},
		{name: "the task failed", akshci: site("", testSite), tasks: []aTask{{"new-network", phaseFailed, "", "ScriptFailed", "no such switch"}}, want: StateBroken, reason: "no such switch", retry: true},
		{name: "the name was taken since we looked", akshci: site(whole, ""), tasks: []aTask{{"new-network", phaseFailed, "", "NameTaken", "by somebody else"}}, want: StateForeign},
	})
}

func TestANetworkWantsItsParameters(t *testing.T) {
	step := networkStep()
	step.Params = map[string]any{"network": map[string]any{"name": "farnet", "switch": "Converged"}}
	if _, err := newAction(step, newTestSession(t, &fakeSite{}, edge(step))); err == nil {
		t.Error("a network without a virtual pool is made")
	}
}
