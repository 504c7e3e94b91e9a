package planner

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/planner/packing"
	"github.com/arcwright/arcwright/profiles"
)

// drawMachines draws machines of few sizes, so that many are alike.
func drawMachines(t *rapid.T) []Machines {
	size := func() Bytes { return Bytes(rapid.IntRange(1, 3).Draw(t, "memory")) * 8 * profiles.GiB }
	list := []Machines{{Role: Appliance, Count: 1, Memory: size(), VCPUs: 4}, {Role: profiles.Management, Count: 1, Memory: size(), VCPUs: 4}}
	for i := range rapid.IntRange(1, 6).Draw(t, "clusters") {
		name := fmt.Sprint("c", i)
		list = append(list, Machines{Cluster: name, Role: profiles.ControlPlane, Count: rapid.SampledFrom([]int{1, 3, 5}).Draw(t, "control planes"), Memory: size(), VCPUs: 4})
		for range rapid.IntRange(1, 3).Draw(t, "pools") {
			list = append(list, Machines{Cluster: name, Role: profiles.Worker, Count: rapid.IntRange(1, 4).Draw(t, "workers"), Memory: size(), VCPUs: 4})
		}
	}
	return list
}

// told is what of bundles a question sees: their order, what is in them and what they surge by.
func told(list []bundle) (all []packing.Group, arriving []packing.Group) {
	return groups(list, true), surging(list)
}

func TestAPoolExchangedInBundlesIsAPoolExchangedInTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawMachines(t)
		in, of := bundles(list)
		var workers []int
		for i, m := range list {
			if m.Role == profiles.Worker {
				workers = append(workers, i)
			}
		}
		i := rapid.SampledFrom(workers).Draw(t, "pool")
		is := list[i]
		is.Count = rapid.IntRange(0, is.Count).Draw(t, "left")
		is.Memory = Bytes(rapid.IntRange(1, 4).Draw(t, "instead")) * 8 * profiles.GiB
		got, gotArriving := told(exchanged(in, of[i], i, list[i], is))

		list[i] = is
		list = slices.DeleteFunc(list, func(m Machines) bool { return m.Count == 0 })
		all, _ := bundles(list)
		want, wantArriving := told(all)
		if diff := cmp.Diff(want, got) + cmp.Diff(wantArriving, gotArriving); diff != "" {
			t.Fatalf("bundles (-of the list +exchanged):\n%s", diff)
		}
		surging := []packing.Group{}
		for _, m := range surge(list) {
			surging = append(surging, packing.Group{Size: m.size(), Count: m.Count})
		}
		if diff := cmp.Diff(surging, wantArriving); diff != "" {
			t.Fatalf("arriving (-of the list +of bundles):\n%s", diff)
		}
	})
}

// The search for changes asks about so many pools, however many clusters there are.
func TestPoolsThatAreAlikeAreTriedOnce(t *testing.T) {
	for _, clusters := range []int{2, 8, 128} {
		in := manyClusters(t, clusters)
		c := newChanger(in, MachinesOf(in.Site, in.Profile))
		if len(c.pools) > 4 || len(c.bundles) > 8 {
			t.Errorf("%d clusters of two kinds: %d pools in %d bundles are tried", clusters, len(c.pools), len(c.bundles))
		}
	}
}

// manyClusters is the vendor's worked example with so many clusters, of two kinds.
func manyClusters(tb testing.TB, n int) Input {
	in := exampleInput(tb, "worked-akshci")
	kinds := in.Site.Clusters
	in.Site.Clusters = nil
	for i := range n {
		c := kinds[i%len(kinds)]
		c.Name = fmt.Sprint("cluster", i)
		in.Site.Clusters = append(in.Site.Clusters, c)
	}
	return in
}

func TestASearchThatEndsEarlySaysSo(t *testing.T) {
	in := manyClusters(t, 32)
	steady := MachinesOf(in.Site, in.Profile)
	c := newChanger(in, steady)
	c.aim(goals[0])
	c.spare = packing.Vector{1 << 40, 1 << 40, 1 << 40} // nothing is too small in sum
	c.left = 3 * oneChange
	if what := c.smaller(); what != "" || !c.cut {
		t.Errorf("says %q, and that it was cut: %v", what, c.cut)
	}

	in = manyClusters(t, 400)
	if count := countVMs(MachinesOf(in.Site, in.Profile)); count <= mostChanged {
		t.Fatalf("%d machines are not too many", count)
	}
	h := headroomOf(in)
	findings := headroomFindings(h, in.Profile.Reserve)
	const want = "take machines out, choose smaller ones, or add memory or a host (changes are looked for up to 2000 machines on 32 hosts, these are 2801 on 4)"
	if len(findings) == 0 || findings[0].Code != "headroom-fit" || findings[0].Remedy != want || len(h.Changes) > 0 {
		t.Errorf("findings %+v", findings)
	}
}
