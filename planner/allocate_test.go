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
		need := demands(&in.Site, newWording(&in.Profile.Addresses), everyCluster(in.Site), true)
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

// anySite draws a site of several networks, some of them in one subnet, with DHCP scopes,
// reservations and addresses in use.
func anySite(t *rapid.T, base Input) Input {
	in := base
	in.Site.Network, in.Inventory = anyNetwork(t)
	in.Site.Network.Name = "n0"
	for i := range rapid.IntRange(0, 3).Draw(t, "further") {
		n, _ := anyNetwork(t)
		n.Name, n.VLAN = fmt.Sprint("n", i+1), i+1
		if rapid.Bool().Draw(t, "same") {
			n.Subnet, n.VLAN, n.Gateway = in.Site.Network.Subnet, 0, in.Site.Network.Gateway
		} else {
			n.Subnet = netip.PrefixFrom(address(number(ip("10.64.0.0"))+uint64(i)<<16), n.Subnet.Bits())
			n.Gateway, n.DNS, n.Reserved = address(number(n.Subnet.Addr())+9), nil, nil
		}
		in.Site.Networks = append(in.Site.Networks, n)
	}
	every := append([]*Network{&in.Site.Network}, pointers(in.Site.Networks)...)
	for i, n := range every {
		all := whole(n.Subnet)
		within := func(label string) netip.Addr {
			return address(rapid.Uint64Range(number(all.Start), number(all.End)).Draw(t, fmt.Sprint(label, i)))
		}
		part := func(label string) Range {
			from := within(label)
			return Range{from, address(min(number(from)+rapid.Uint64Range(0, 300).Draw(t, label+"length"), number(all.End)))}
		}
		if rapid.Bool().Draw(t, "scope") {
			n.DHCPScope = new(part("scope"))
			n.DHCPExclusions = []Range{part("exclusion")}
			n.DHCPReservations = []netip.Addr{within("reservation")}
			if rapid.Bool().Draw(t, "dhcp") {
				n.Addressing = DHCP
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "given") == 0 {
			n.VIPPool = new(part("vip"))
		}
		for range rapid.IntRange(0, 20).Draw(t, "used") {
			in.Inventory.InUse = append(in.Inventory.InUse, UsedAddress{within("used"), "printer"})
		}
	}
	in.Site.Clusters = append([]Cluster{}, base.Site.Clusters...)
	for i := range in.Site.Clusters {
		in.Site.Clusters[i].Network = every[rapid.IntRange(0, len(every)-1).Draw(t, "home")].Name
		in.Site.Clusters[i].Services = rapid.IntRange(0, 30).Draw(t, "services")
	}
	return in
}

func pointers(list []Network) []*Network {
	out := make([]*Network, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

func TestProposalsOfSeveralNetworksKeepTheRules(t *testing.T) {
	base := worked(t, "windows-server-2022")
	rapid.Check(t, func(t *rapid.T) { checkProposals(t, anySite(t, base)) })
}

// checkProposals holds every pool that is proposed against everything that is known to be
// in use, address by address where that is few, and every count against the demands.
func checkProposals(t interface{ Fatalf(string, ...any) }, in Input) {
	book, findings := Addresses(in)
	networks := append([]Network{in.Site.Network}, in.Site.Networks...)
	maps := []NetworkMap{{Pools: book.Pools, Demands: book.Demands}}
	maps = append(maps, book.Networks...)
	if len(maps) != len(networks) {
		t.Fatalf("%d networks have %d maps", len(networks), len(maps))
	}
	var others []Range
	for i, m := range maps {
		n := networks[i]
		for _, p := range m.Pools {
			need := 0
			for _, d := range m.Demands {
				if d.Pool == p.Kind {
					need += d.Count
				}
			}
			if p.Needed != need || p.Free != p.Size-p.Needed {
				t.Fatalf("%s: %+v does not agree with the demands, %d", n.Name, p, need)
			}
			if p.Kind == NodeAddresses && n.Addressing == DHCP {
				continue
			}
			if p.Size != p.Range.Size() {
				t.Fatalf("%s: %+v has another size than its range", n.Name, p)
			}
			if !p.Proposed {
				others = append(others, p.Range)
				continue
			}
			low, high := number(whole(n.Subnet).Start)+1, number(whole(n.Subnet).End)-1
			if number(p.Range.Start) <= low || number(p.Range.End) >= high || p.Free < 0 {
				t.Fatalf("%s: the proposed %s touches an edge of %s, or is too small", n.Name, p.Range, n.Subnet)
			}
			for _, f := range book.Fixed {
				if p.Range.Contains(f.Address) {
					t.Fatalf("%s: the proposed %s holds the %s %s", n.Name, p.Range, f.Purpose, f.Address)
				}
			}
			for _, u := range in.Inventory.InUse {
				if p.Range.Contains(u.Address) {
					t.Fatalf("%s: the proposed %s holds %s, which is in use", n.Name, p.Range, u.Address)
				}
			}
			for _, o := range networks {
				for _, r := range o.Reserved {
					if p.Range.Overlaps(r) {
						t.Fatalf("%s: the proposed %s overlaps the reserved %s", n.Name, p.Range, r)
					}
				}
				for _, at := range o.DHCPReservations {
					if p.Range.Contains(at) {
						t.Fatalf("%s: the proposed %s holds the DHCP reservation %s", n.Name, p.Range, at)
					}
				}
				if leasesAny(o, p.Range) {
					t.Fatalf("%s: the proposed %s holds addresses that DHCP leases in %s", n.Name, p.Range, o.Name)
				}
			}
			for _, o := range others {
				if p.Range.Overlaps(o) {
					t.Fatalf("%s: the proposed %s overlaps the pool %s", n.Name, p.Range, o)
				}
			}
			others = append(others, p.Range)
		}
		if len(m.Pools) < 2 && len(m.Demands) > 0 && len(findings) == 0 {
			t.Fatalf("%s has %d pools and no finding says why", n.Name, len(m.Pools))
		}
	}
}

// leasesAny tries every address: in the scope, and in no exclusion.
func leasesAny(n Network, r Range) bool {
	if n.DHCPScope == nil || !n.DHCPScope.Valid() {
		return false
	}
	for at := number(r.Start); at <= number(r.End); at++ {
		leased := n.DHCPScope.Contains(address(at))
		for _, e := range n.DHCPExclusions {
			leased = leased && !e.Contains(address(at))
		}
		if leased {
			return true
		}
	}
	return false
}

// FuzzAddresses plans sites of raw numbers: nothing panics, and what is proposed keeps the
// rules.
func FuzzAddresses(f *testing.F) {
	base := worked(f, "windows-server-2022")
	f.Add([]byte{10, 1, 0, 0, 24, 10, 1, 0, 1})
	f.Add([]byte{10, 1, 0, 0, 31, 10, 1, 0, 1, 10, 1, 0, 9, 10, 1, 0, 2, 3, 1})
	f.Add([]byte{255, 255, 255, 0, 24, 255, 255, 255, 255, 255, 255, 255, 250, 255, 255, 255, 255, 7, 200, 1, 0, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		next := func() byte {
			if len(data) == 0 {
				return 0
			}
			b := data[0]
			data = data[1:]
			return b
		}
		at := func() netip.Addr {
			if b := [4]byte{next(), next(), next(), next()}; b != [4]byte{9, 9, 9, 9} {
				return netip.AddrFrom4(b)
			}
			return netip.IPv6Unspecified()
		}
		in := base
		in.Site.Clusters = append([]Cluster{}, base.Site.Clusters...)
		network := func(name string) Network {
			n := Network{Name: name, Addressing: Static, VLAN: int(next())}
			from := at()
			n.Subnet, n.Gateway = netip.PrefixFrom(from, int(next())%34), at()
			for range next() % 4 {
				n.Reserved = append(n.Reserved, Range{at(), at()})
			}
			switch next() % 4 {
			case 1:
				n.VIPPool = &Range{at(), at()}
			case 2:
				n.NodePool = &Range{at(), at()}
			case 3:
				n.Addressing, n.DHCPScope = DHCP, &Range{at(), at()}
				n.DHCPExclusions, n.DHCPReservations = []Range{{at(), at()}}, []netip.Addr{at()}
			}
			return n
		}
		in.Site.Network = network("n0")
		for i := range next() % 4 {
			in.Site.Networks = append(in.Site.Networks, network(fmt.Sprint("n", i+1)))
			in.Site.Clusters[1].Network = "n1"
		}
		for range next() % 8 {
			in.Inventory.InUse = append(in.Inventory.InUse, UsedAddress{at(), "x"})
		}
		for i := range in.Site.Clusters {
			in.Site.Clusters[i].Services = int(next()) << (next() % 32)
		}
		book, _ := Addresses(in)
		for _, n := range append([]NetworkMap{{Pools: book.Pools}}, book.Networks...) {
			for _, p := range n.Pools {
				if p.Proposed && p.Size > 1<<12 {
					return // too many to try one by one
				}
			}
		}
		checkProposals(t, in)
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
