package planner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCompareNamesWhatChanged(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*Input)
		want []string // "subject key change", among the changes
		says string   // in the consequence of the first
	}{
		{"a pool with more workers", func(in *Input) { in.Site.Clusters[0].NodePools[0].Count += 2 },
			[]string{"node pool shop/linux count changed", "pool of nodes addresses range changed", "address-proposed at site.network.nodePool evidence changed", "addresses total changed", "all hosts free changed", "cost amount changed", "machines steady changed", "step create-cluster/shop params.nodePool.count changed"}, "scale it first"},
		{"a cluster more", func(in *Input) {
			more := in.Site.Clusters[0]
			more.Name = "back"
			in.Site.Clusters = append(slices.Clone(in.Site.Clusters), more)
		}, []string{"cluster back  added", "step create-cluster/back  added", "step apply-storage/back  added"}, "apply creates it"},
		{"a cluster less", func(in *Input) { in.Site.Clusters = nil },
			[]string{"cluster shop  removed", "step create-cluster/shop  removed"}, "apply removes nothing"},
		{"another version of Kubernetes", func(in *Input) { in.Site.Clusters[0].Kubernetes = "v1.27.3" },
			[]string{"cluster shop kubernetes changed", "step create-cluster/shop params.kubernetes changed"}, "upgraded"},
		{"another gateway", func(in *Input) { in.Site.Network.Gateway = in.Site.Network.Gateway.Next() },
			[]string{"site network.gateway changed", "step configure params.network.gateway changed"}, "Uninstall-AksHci"},
		{"a backup", func(in *Input) { in.Site.Clusters[0].Backup = &Backup{StorageAccount: "backup1", Container: "velero"} },
			[]string{"cluster shop backup.container added"}, "no step of a plan makes it"},
		{"another way to sign in", func(in *Input) { in.Site.Clusters[0].Identity = &Identity{Mode: KubernetesIdentity} },
			[]string{"cluster shop identity.mode added"}, "created anew"},
		{"a workspace", func(in *Input) { in.Site.Azure.Resources = []AzureResource{{Kind: LogAnalytics, Name: "law1"}} },
			[]string{"site azure.resources[0] added"}, "no step of a plan makes it"},
		{"a host less", func(in *Input) { in.Inventory.Hosts = in.Inventory.Hosts[:1] },
			[]string{"host brhv02.corp.contoso.com  removed", "without brhv01  removed", "step prepare-host/brhv02  removed", "step configure needs changed"}, "need room on the others"},
		{"less memory in a host", func(in *Input) { in.Inventory.Hosts[1].Memory /= 4 },
			[]string{"host brhv02.corp.contoso.com memory changed", "without brhv01 verdict changed", "the loss of a host verdict changed"}, ""},
		{"clusters in another order", func(in *Input) {
			more := in.Site.Clusters[0]
			more.Name = "back"
			in.Site.Clusters = []Cluster{more, in.Site.Clusters[0]}
		}, []string{"cluster back  added"}, "apply creates it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			older, in := Make(exampleInput(t, "quickstart")), exampleInput(t, "quickstart")
			test.edit(&in)
			found := Compare(older, Make(in)).Changes
			var got []string
			for _, c := range found {
				got = append(got, strings.Join([]string{c.Subject, c.Key, string(c.Change)}, " "))
			}
			for _, want := range test.want {
				if !slices.Contains(got, want) {
					t.Errorf("no %q in:\n%s", want, strings.Join(got, "\n"))
				}
			}
			if len(found) == 0 || !strings.Contains(found[0].Consequence, test.says) {
				t.Errorf("first change %+v, want a consequence with %q", found[0], test.says)
			}
		})
	}
}

func TestCompareNamesPoolsOfFurtherNetworks(t *testing.T) {
	in := worked(t, "windows-server-2022")
	net := second(&in)
	older := Make(in)
	net.NodePool = span("10.9.0.10", "10.9.0.45")
	c := &comparer{}
	c.addresses(older.Addresses, Make(in).Addresses)
	want := []string{"pool of nodes addresses of net2 range it grew: every address it had is still in it", "pool of nodes addresses of net2 free "}
	var got []string
	for _, change := range c.list {
		got = append(got, change.Subject+" "+change.Key+" "+change.Consequence)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestTheOrderOfNamedThingsIsNoDifference(t *testing.T) {
	in := exampleInput(t, "baseline")
	older := in.Site
	newer := in.Site
	newer.Clusters = slices.Clone(in.Site.Clusters)
	slices.Reverse(newer.Clusters)
	c := &comparer{}
	c.wanted(older, newer)
	if len(c.list) != 0 {
		t.Errorf("changes %+v", c.list)
	}
}

func TestEqualPlansHaveNoChanges(t *testing.T) {
	for _, name := range examples {
		if found := Compare(Make(exampleInput(t, name)), Make(exampleInput(t, name))).Changes; len(found) != 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// TestCompareIsTheSameFromBothSides swaps the plans: what was added is then removed.
func TestCompareIsTheSameFromBothSides(t *testing.T) {
	base := exampleInput(t, "worked-akshci")
	rapid.Check(t, func(t *rapid.T) {
		in := base
		in.Site.Clusters = slices.Clone(base.Site.Clusters)
		for i := range in.Site.Clusters {
			c := &in.Site.Clusters[i]
			c.NodePools = slices.Clone(c.NodePools)
			c.Services = rapid.IntRange(0, 9).Draw(t, "services")
			c.Control.Count = rapid.SampledFrom([]int{1, 3, 5}).Draw(t, "control planes")
			for j := range c.NodePools {
				c.NodePools[j].Count = rapid.IntRange(1, 9).Draw(t, "workers")
			}
		}
		in.Site.Clusters = in.Site.Clusters[:rapid.IntRange(0, len(in.Site.Clusters)).Draw(t, "clusters")]
		in.Inventory.Hosts = in.Inventory.Hosts[:rapid.IntRange(1, len(in.Inventory.Hosts)).Draw(t, "hosts")]
		a, b := Make(base), Make(in)
		there, back := changeSet(Compare(a, b), false), changeSet(Compare(b, a), true)
		if diff := cmp.Diff(there, back); diff != "" {
			t.Fatalf("there (-), back (+):\n%s", diff)
		}
	})
}

// changeSet is a comparison of named things as a sorted list, turned round if asked.
func changeSet(c Comparison, turned bool) []string {
	var list []string
	for _, change := range c.Changes {
		if strings.Contains(change.Key, "[") {
			continue // entries of lists without names are matched by likeness, which depends on the side
		}
		if turned {
			change.Is, change.Was = change.Was, change.Is
			switch change.Change {
			case Added:
				change.Change = Removed
			case Removed:
				change.Change = Added
			}
		}
		list = append(list, strings.Join([]string{change.Subject, change.Key, string(change.Change), change.Is, change.Was}, "|"))
	}
	slices.Sort(list)
	return list
}

// Switches are compared by name, each list of VLANs by itself, however many there are.
func TestManySwitchesAreComparedByName(t *testing.T) {
	list := func() Plan {
		var p Plan
		for i := range 200 {
			s := NetworkSwitch{Name: fmt.Sprintf("sw%03d", i)}
			for v := range 300 {
				s.VLANs = append(s.VLANs, v+1)
			}
			p.Inventory.NetworkSwitches = append(p.Inventory.NetworkSwitches, s)
		}
		return p
	}
	older, newer := list(), list()
	slices.Reverse(newer.Inventory.NetworkSwitches)
	if found := Compare(older, newer).Changes; len(found) > 0 {
		t.Fatalf("another order is no change: %+v", found[0])
	}
	for i := range newer.Inventory.NetworkSwitches {
		s := &newer.Inventory.NetworkSwitches[i]
		s.VLANs = slices.Delete(s.VLANs, 7, 8)
	}
	newer.Inventory.NetworkSwitches = newer.Inventory.NetworkSwitches[1:]
	found := Compare(older, newer).Changes
	first, last := PlanChange{Part: HostsPart, Subject: "network switch sw198", Change: Removed, Key: "vlans[7]", Was: "8"},
		PlanChange{Part: HostsPart, Subject: "network switch sw199", Change: Removed, Was: "0 standards, 300 VLANs"}
	for _, want := range []PlanChange{first, last} {
		if i := slices.IndexFunc(found, func(c PlanChange) bool { return c.Subject == want.Subject }); len(found) != 200 || i < 0 ||
			found[i].Change != want.Change || found[i].Key != want.Key || found[i].Was != want.Was {
			t.Errorf("%d changes, want one for each switch, and of them %+v", len(found), want)
		}
	}
}
