package planner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestRenewKeepsWhatNoHostTells(t *testing.T) {
	subnet := netip.MustParsePrefix("10.0.0.0/24")
	before := Inventory{
		Hosts: []Host{{Name: "a", Rack: "r1", Memory: 1, GPUs: []GPU{{Model: "T4", Count: 1, Memory: 16}}}, {Name: "b", Memory: 2}, {Name: "c", Memory: 3}},
		InUse: []UsedAddress{{By: "printer"}}, Release: "2510", KubernetesVersions: []string{"v1.29.4"}, ResourceBridge: Yes,
		LogicalNetworks: []ExistingNetwork{{Name: "l"}}, NetworkSwitches: []NetworkSwitch{{Name: "tor"}},
		Cluster: FailoverCluster{Name: "clu", Switchless: Yes, Witness: "cloud", Nets: []ClusterNetwork{{Subnet: subnet, VLAN: 7}}},
	}
	now := Inventory{Hosts: []Host{{Name: "d", Memory: 4}, {Name: "C", Memory: 30}, {Name: "a", Memory: 10, GPUs: []GPU{{Model: "T4", Count: 2}}}},
		Cluster: FailoverCluster{Name: "clu", Witness: "none", Nets: []ClusterNetwork{{Subnet: subnet}}}}
	got, kept := Renew(before, now)
	if !slices.Equal(kept, []string{"b"}) {
		t.Errorf("kept %q", kept)
	}
	var names []string
	for _, h := range got.Hosts {
		names = append(names, h.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "C", "d"}) || got.Hosts[1].Memory != 2 || got.Hosts[2].Memory != 30 {
		t.Errorf("hosts %+v", got.Hosts)
	}
	a := got.Hosts[0]
	if a.Rack != "r1" || a.Memory != 10 || a.GPUs[0] != (GPU{Model: "T4", Count: 2, Memory: 16}) {
		t.Errorf("the first host is %+v", a)
	}
	if len(got.InUse) != 1 || got.Release != "2510" || len(got.KubernetesVersions) != 1 || got.ResourceBridge != Yes || len(got.LogicalNetworks) != 1 || len(got.NetworkSwitches) != 1 {
		t.Errorf("the whole is %+v", got)
	}
	if got.Cluster.Switchless != Yes || got.Cluster.Witness != "none" || got.Cluster.Nets[0].VLAN != 7 {
		t.Errorf("the cluster is %+v", got.Cluster)
	}
	now.Cluster.Name = "other"
	if got, _ := Renew(before, now); got.Cluster.Switchless != "" {
		t.Error("another cluster took over what was said of the first")
	}
	if now.Hosts[2].GPUs[0].Memory != 0 || now.Cluster.Nets[0].VLAN != 0 {
		t.Error("what was given has changed")
	}
}

func TestRewritingAnInventoryKeepsItsComments(t *testing.T) {
	const text = `# ours
version: arcwright.dev/v1
kind: Inventory
readAt: 2026-11-20T09:12:44Z
inUse:
  - {address: 10.0.0.9, by: printer} # ask Ann
hosts: []
`
	was, _, findings := DecodeInventory("i", []byte(text))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	same, err := RewriteInventory([]byte(text), was)
	if err != nil || string(same) != text {
		t.Errorf("unchanged it became, %v:\n%s", err, same)
	}
	was.Hosts = []Host{{Name: "a"}}
	out, err := RewriteInventory([]byte(text), was)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# ours", "by: printer} # ask Ann", "name: a"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestRenewKnowsAHostWithoutItsDomainAndKeepsTheClusterOfThoseThatStay(t *testing.T) {
	before := Inventory{Hosts: []Host{{Name: "hv01", Rack: "r1"}, {Name: "hv02"}}, Cluster: FailoverCluster{Name: "clu"}}
	got, kept := Renew(before, Inventory{Hosts: []Host{{Name: "hv01.corp.contoso.com"}, {Name: "hv03"}}})
	if len(got.Hosts) != 3 || got.Hosts[0].Name != "hv01.corp.contoso.com" || got.Hosts[0].Rack != "r1" || !slices.Equal(kept, []string{"hv02"}) || got.Cluster.Name != "clu" {
		t.Errorf("it became %+v, kept %q", got, kept)
	}
	if got, _ := Renew(before, Inventory{Hosts: []Host{{Name: "hv01"}, {Name: "hv02"}}}); got.Cluster.Name != "" {
		t.Error("hosts that were all read and are in no cluster keep one")
	}
	if got, _ := Renew(Inventory{Hosts: []Host{{Name: "a.x"}}}, Inventory{Hosts: []Host{{Name: "a.y"}}}); len(got.Hosts) != 2 {
		t.Error("hosts of two domains are taken for one")
	}
}

func TestACommentStaysWithItsItem(t *testing.T) {
	node := func(text string) *yaml.Node {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		return n.Content[0]
	}
	for before, rows := range map[string][2]string{
		"- name: p1 # bad cable\n- name: p2\n": {"- name: p0\n- name: p1\n  mtu: 9000\n", "- name: p0\n- name: p1 # bad cable\n  mtu: 9000\n"},
		"- 10 # the gateway\n- 20\n":           {"- 5\n- 10\n", "- 5\n- 10 # the gateway\n"},
		"- start: 1 # first\n":                 {"- start: 2\n- start: 3\n", "- start: 2 # first\n- start: 3\n"},
	} {
		got, err := yaml.Marshal(merge(node(before), node(rows[0])))
		if err != nil || string(got) != rows[1] {
			t.Errorf("%q over %q is\n%s%v", rows[0], before, got, err)
		}
	}
}
