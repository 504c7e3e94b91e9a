package planner

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Site)
		want   []string
	}{
		{"the same", func(*Site) {}, nil},
		{"a value", func(s *Site) { s.Network.VLAN = 9 }, []string{"network.vlan changed from 40 to 9"}},
		{"a key put in", func(s *Site) { s.Reserve.Percent = 20 }, []string{"reserve.percent added from  to 20"}},
		{"a key taken out", func(s *Site) { s.Clusters[0].Namespace = "" }, []string{"clusters[0].namespace removed from storefront to "}},
		{"a cluster put before another is one difference", func(s *Site) {
			c := s.Clusters[0]
			c.Name = "new"
			s.Clusters = []Cluster{c, s.Clusters[0]}
		}, []string{"clusters[0] added from  to new"}},
		{"a cluster taken out", func(s *Site) { s.Clusters = s.Clusters[:0] }, []string{"clusters[0] removed from shop to ", "clusters added from  to "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			older := exampleInput(t, "quickstart").Site
			newer := older
			newer.Clusters = slices.Clone(older.Clusters)
			test.change(&newer)
			var got []string
			for _, d := range Diff(older, newer) {
				got = append(got, fmt.Sprintf("%s %s from %s to %s", d.Path, d.Change, d.Was, d.Is))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiffOfPlansNamesWhatFollowsFromAChange(t *testing.T) {
	older := Make(exampleInput(t, "quickstart"))
	in := exampleInput(t, "quickstart")
	in.Site.Clusters[0].NodePools[0].Count++
	differences := Diff(older, Make(in))
	for _, path := range []string{"summary.vms", "addresses.pools[0].needed", "headroom.states[0].needed", "cost.amount", "steps[4].params.nodePool.count", "site.clusters[0].nodePools[0].count"} {
		if !slices.ContainsFunc(differences, func(d Difference) bool { return d.Path == path && d.Change == Changed }) {
			t.Errorf("%s is not among the differences", path)
		}
	}
}
