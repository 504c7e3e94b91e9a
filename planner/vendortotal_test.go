package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/profiles"
)

// The worked example, as the vendor's pages count it: they do not agree.
func TestVendorTotalsStandSideBySide(t *testing.T) {
	type line struct {
		Pool  PoolKind
		Count int
		Used  bool
	}
	for platform, want := range map[string][]line{
		"windows-server-2022": {{NodeAddresses, 27, true}, {NodeAddresses, 18, false}, {VirtualAddresses, 5, false}, {VirtualAddresses, 6, true}, {VirtualAddresses, 9, false}},
		"azure-local":         {{NodeAddresses, 16, true}, {NodeAddresses, 12, false}, {NodeAddresses, 19, false}, {VirtualAddresses, 3, true}},
	} {
		book, _ := Addresses(worked(t, platform))
		var got []line
		for _, v := range book.VendorTotals {
			if v.Reason.Rule == "" || v.Reason.Source == "" {
				t.Errorf("%s: %+v does not say where it is from", platform, v)
			}
			got = append(got, line{v.Pool, v.Count, v.Used})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", platform, diff)
		}
	}
}

// The way of counting that is marked as used is the one that the demands follow.
func TestTheUsedCountIsThePlans(t *testing.T) {
	for _, platform := range profiles.Names() {
		base := worked(t, platform)
		rapid.Check(t, func(t *rapid.T) {
			in := base
			in.Site.Clusters = nil
			for range rapid.IntRange(0, 5).Draw(t, "clusters") {
				c := Cluster{Name: "c", Control: ControlPlane{Count: rapid.IntRange(0, 5).Draw(t, "control")}, Services: rapid.IntRange(-1, 9).Draw(t, "services"),
					Balancer: LoadBalancer{Kind: rapid.SampledFrom([]BalancerKind{HAProxy, NoBalancer, MetalLB}).Draw(t, "kind")}}
				if base.Profile.Generation == profiles.AzureLocal {
					c.Balancer.Kind = MetalLB
					if rapid.Bool().Draw(t, "given") {
						c.Control.Address = new(ip("10.1.0.200"))
					}
				}
				for range rapid.IntRange(0, 3).Draw(t, "pools") {
					c.NodePools = append(c.NodePools, NodePool{Count: rapid.IntRange(-1, 20).Draw(t, "count"), MaxCount: rapid.IntRange(0, 30).Draw(t, "max")})
				}
				in.Site.Clusters = append(in.Site.Clusters, c)
			}
			tally := demands(&in.Site, newWording(&in.Profile.Addresses), everyCluster(in.Site), true)
			for _, v := range vendorTotals(in.Site, in.Profile) {
				if v.Used && v.Count != tally.need(v.Pool) {
					t.Fatalf("%s: %s is counted as %d (%s), the demands come to %d", platform, v.Pool, v.Count, v.Reason.Rule, tally.need(v.Pool))
				}
			}
		})
	}
}

// A profile names only settings that a plan can show.
func TestPermanentSettingsAreKnown(t *testing.T) {
	for _, platform := range profiles.Names() {
		in := worked(t, platform)
		book, _ := Addresses(in)
		if len(book.Permanent) == 0 {
			t.Errorf("%s: nothing is permanent", platform)
		}
		for _, p := range book.Permanent {
			if p.Value == "" || p.Rule == "" || p.Source == "" {
				t.Errorf("%s: %+v is not complete", platform, p)
			}
		}
	}
}

// Room is exact: so many services more fit a given pool, and one more does not.
func TestRoomIsExact(t *testing.T) {
	for _, platform := range []string{"windows-server-2022", "azure-local"} {
		base := worked(t, platform)
		rapid.Check(t, func(t *rapid.T) {
			in := base
			in.Site.Network.NodePool = span("10.1.0.10", "10.1.0.99")
			in.Site.Network.VIPPool = &Range{ip("10.1.0.100"), address(number(ip("10.1.0.109")) + rapid.Uint64Range(0, 60).Draw(t, "more"))}
			book, _ := Addresses(in)
			for _, grow := range []struct {
				what string
				n    int
				by   func(*Cluster, int)
			}{
				{"services", book.Room.Services, func(c *Cluster, n int) { c.Services += n }},
				{"nodes", book.Room.Nodes, func(c *Cluster, n int) {
					c.NodePools = append([]NodePool{}, c.NodePools...)
					c.NodePools[0].Count += n
				}},
			} {
				for _, over := range []int{0, 1} {
					more := in
					more.Site.Clusters = append([]Cluster{}, in.Site.Clusters...)
					grow.by(&more.Site.Clusters[0], grow.n+over)
					_, findings := Addresses(more)
					small := 0
					for _, f := range findings {
						if f.Code == "address-pool-small" {
							small++
						}
					}
					if small != over {
						t.Fatalf("%s: with %d %s more (room for %d) there are %d pools too small", platform, grow.n+over, grow.what, grow.n, small)
					}
				}
			}
			more := in
			smallest := Cluster{Name: "x", Control: ControlPlane{Count: 1}, Balancer: in.Site.Clusters[0].Balancer, NodePools: []NodePool{{Name: "p", OS: Linux, Count: 1}}}
			for i := range book.Room.Clusters + 1 {
				_, findings := Addresses(more)
				for _, f := range findings {
					if f.Code == "address-pool-small" {
						t.Fatalf("%s: %d clusters more do not fit, there is said to be room for %d", platform, i, book.Room.Clusters)
					}
				}
				more.Site.Clusters = append(append([]Cluster{}, more.Site.Clusters...), smallest)
			}
			if _, findings := Addresses(more); !hasCode(findings, "address-pool-small") {
				t.Fatalf("%s: %d clusters more fit still", platform, book.Room.Clusters+1)
			}
		})
	}
}

func hasCode(list []Finding, code string) bool {
	for _, f := range list {
		if f.Code == code {
			return true
		}
	}
	return false
}
