package planner

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestProposedPools(t *testing.T) {
	for _, test := range []struct {
		name           string
		change         func(*Input)
		nodes, virtual string
	}{
		{"stand at the lowest place, with half as much again, the virtual pool above the node pool", func(*Input) {}, "10.1.0.2-10.1.0.42", "10.1.0.43-10.1.0.51"},
		{"keep off what is reserved", func(in *Input) { in.Site.Network.Reserved = []Range{*span("10.1.0.1", "10.1.0.99")} }, "10.1.0.100-10.1.0.140", "10.1.0.141-10.1.0.149"},
		{"keep off a pool that is given", func(in *Input) { in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.30") }, "10.1.0.31-10.1.0.71", "10.1.0.10-10.1.0.30"},
		{"grow less where the room is less", func(in *Input) {
			in.Site.Network.Subnet = netip.MustParsePrefix("10.1.0.0/26")
			in.Site.Network.Reserved = []Range{*span("10.1.0.2", "10.1.0.18")}
		}, "10.1.0.19-10.1.0.52", "10.1.0.53-10.1.0.60"},
		{"do not grow where there is none", func(in *Input) {
			in.Site.Network.Subnet = netip.MustParsePrefix("10.1.0.0/26")
			in.Site.Network.Reserved = []Range{*span("10.1.0.2", "10.1.0.28")}
		}, "10.1.0.29-10.1.0.55", "10.1.0.56-10.1.0.61"},
		{"the virtual pool goes below when only there is room", func(in *Input) {
			in.Site.Network.Subnet = netip.MustParsePrefix("10.1.0.0/26")
			in.Site.Network.Reserved = []Range{*span("10.1.0.10", "10.1.0.33")}
		}, "10.1.0.34-10.1.0.60", "10.1.0.2-10.1.0.7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			in.Site.Network.CloudAgent = new(netip.MustParsePrefix("10.2.0.30/24"))
			test.change(&in)
			got, findings := Addresses(in)
			pools := map[PoolKind]string{}
			for _, p := range got.Pools {
				pools[p.Kind] = p.Range.String()
			}
			want := map[PoolKind]string{NodeAddresses: test.nodes, VirtualAddresses: test.virtual}
			if diff := cmp.Diff(want, pools); diff != "" {
				t.Errorf("pools (-want +got):\n%s\nfindings: %v", diff, findings)
			}
		})
	}
}

// anyNetwork draws a subnet with things standing in it.
func anyNetwork(t *rapid.T) (Network, Inventory) {
	bits := rapid.IntRange(20, 29).Draw(t, "bits")
	subnet := netip.PrefixFrom(ip("10.1.16.0"), bits).Masked()
	all := whole(subnet)
	within := func(label string) netip.Addr {
		return address(rapid.Uint64Range(number(all.Start), number(all.End)).Draw(t, label))
	}
	n := Network{Addressing: Static, Subnet: subnet, Gateway: within("gateway"), DNS: []netip.Addr{within("dns")}}
	for i := range rapid.IntRange(0, 4).Draw(t, "reserved") {
		from := within(fmt.Sprint("from", i))
		to := address(min(number(from)+rapid.Uint64Range(0, 40).Draw(t, fmt.Sprint("length", i)), number(all.End)))
		n.Reserved = append(n.Reserved, Range{from, to})
	}
	inventory := Inventory{Cluster: FailoverCluster{Address: new(within("cluster"))}}
	for i := range rapid.IntRange(1, 4).Draw(t, "hosts") {
		inventory.Hosts = append(inventory.Hosts, Host{Name: fmt.Sprint("hv", i), Address: within(fmt.Sprint("host", i))})
	}
	return n, inventory
}

func TestProposalsKeepTheRules(t *testing.T) {
	base := worked(t, "windows-server-2022")
	rapid.Check(t, func(t *rapid.T) {
		in := base
		in.Site.Network, in.Inventory = anyNetwork(t)
		in.Site.Clusters = append([]Cluster{}, base.Site.Clusters...)
		in.Site.Clusters[0].Services = rapid.IntRange(0, 60).Draw(t, "services")
		got, findings := Addresses(in)
		need := demands(in.Site, in.Profile, everyCluster(in.Site), true)
		low, high := number(whole(got.Subnet).Start)+1, number(whole(got.Subnet).End)-1
		for i, p := range got.Pools {
			if p.Size < p.Needed || p.Size != p.Range.Size() || p.Needed != need.need(p.Kind) || p.Free != p.Size-p.Needed {
				t.Fatalf("the counts of %+v do not agree", p)
			}
			if number(p.Range.Start) <= low || number(p.Range.End) >= high {
				t.Fatalf("%s touches an edge of %s", p.Range, got.Subnet)
			}
			for _, f := range got.Fixed {
				if p.Range.Contains(f.Address) {
					t.Fatalf("%s holds the %s %s", p.Range, f.Purpose, f.Address)
				}
			}
			for _, r := range in.Site.Network.Reserved {
				if p.Range.Overlaps(r) {
					t.Fatalf("%s overlaps the reserved %s", p.Range, r)
				}
			}
			for _, o := range got.Pools[:i] {
				if p.Range.Overlaps(o.Range) {
					t.Fatalf("%s overlaps %s", p.Range, o.Range)
				}
			}
		}
		refused := 0
		for _, f := range findings {
			if f.Code == "address-no-room" || f.Code == "address-subnet" {
				refused++
			}
		}
		if len(got.Pools) != 2 && refused == 0 {
			t.Fatalf("%d pools are proposed and no finding says why: %v", len(got.Pools), findings)
		}
	})
}

// place must find room whenever there is any: it is held against trying every pair of
// starting points.
func TestPlaceFindsWhatThereIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var free []Range
		at := uint64(0)
		for range rapid.IntRange(0, 4).Draw(t, "runs") {
			start := at + rapid.Uint64Range(1, 3).Draw(t, "gap")
			at = start + rapid.Uint64Range(1, 9).Draw(t, "length")
			free = append(free, Range{address(start), address(at - 1)})
		}
		n, v := rapid.IntRange(0, 9).Draw(t, "n"), rapid.IntRange(0, 9).Draw(t, "v")
		nodes, virtual, found := place(free, n, v)
		if want := fitsByTrying(free, n, v); found != want {
			t.Fatalf("place(%v, %d, %d) finds %v, trying everything %v", free, n, v, found, want)
		}
		if found && (nodes.Size() != n || virtual.Size() != v || nodes.Overlaps(virtual) || !inOne(free, nodes) || !inOne(free, virtual)) {
			t.Fatalf("place(%v, %d, %d) = %s, %s", free, n, v, nodes, virtual)
		}
	})
}

func fitsByTrying(free []Range, n, v int) bool {
	all := func(size int) []Range {
		if size == 0 {
			return []Range{{}}
		}
		var list []Range
		for _, r := range free {
			for s := number(r.Start); s+uint64(size)-1 <= number(r.End); s++ {
				list = append(list, Range{address(s), address(s + uint64(size) - 1)})
			}
		}
		return list
	}
	for _, a := range all(n) {
		for _, b := range all(v) {
			if !a.Overlaps(b) {
				return true
			}
		}
	}
	return false
}

func inOne(free []Range, r Range) bool {
	for _, f := range free {
		if f.Contains(r.Start) && f.Contains(r.End) {
			return true
		}
	}
	return r == Range{}
}
