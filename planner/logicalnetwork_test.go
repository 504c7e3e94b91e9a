package planner

import (
	"net/netip"
	"testing"
)

func TestLogicalNetworksThatAreThere(t *testing.T) {
	const local = "worked-azurelocal"
	there := func(change func(site *Network, n *ExistingNetwork)) func(*Input) {
		return func(in *Input) {
			s := &in.Site.Network
			s.NodePool = &Range{placeIn(s.Subnet, 10), placeIn(s.Subnet, 50)}
			n := ExistingNetwork{Name: s.Name, Region: in.Site.Azure.Region, Addressing: s.Addressing, Subnet: s.Subnet, VLAN: s.VLAN, Switch: s.Switch,
				Pool: &Range{placeIn(s.Subnet, 10), placeIn(s.Subnet, 50)}}
			change(s, &n)
			in.Inventory.LogicalNetworks = []ExistingNetwork{n}
		}
	}
	pool := func(start, end uint64) func(*Input) {
		return there(func(s *Network, n *ExistingNetwork) {
			n.Pool = &Range{placeIn(s.Subnet, start), placeIn(s.Subnet, end)}
		})
	}
	other := there(func(_ *Network, n *ExistingNetwork) { n.VLAN++ })
	hold(t, []rule{
		{"a network like the site's does not differ", local, "logical-network-differs", there(func(*Network, *ExistingNetwork) {}), other},
		{"a network of another name is not judged", local, "logical-network-differs", there(func(_ *Network, n *ExistingNetwork) { n.VLAN, n.Name = n.VLAN+1, "other" }), other},
		{"another subnet differs", local, "logical-network-differs", there(func(*Network, *ExistingNetwork) {}), there(func(_ *Network, n *ExistingNetwork) { n.Subnet = netip.MustParsePrefix("10.99.0.0/24") })},
		{"a switch that nobody named does not differ", local, "logical-network-differs", there(func(_ *Network, n *ExistingNetwork) { n.Switch = "" }), there(func(_ *Network, n *ExistingNetwork) { n.Switch = "other" })},
		{"a larger pool does not differ", local, "logical-network-differs", pool(9, 51), pool(10, 49)},
		{"a pool that begins later differs", local, "logical-network-differs", pool(10, 50), pool(11, 50)},
		{"a network without a pool is another matter", local, "logical-network-differs", there(func(_ *Network, n *ExistingNetwork) { n.Pool = nil }), other},
		{"a site without a pool takes any", local, "logical-network-differs", there(func(s *Network, _ *ExistingNetwork) { s.NodePool = nil }), other},
		{"a network has a pool", local, "logical-network-pool", there(func(*Network, *ExistingNetwork) {}), there(func(_ *Network, n *ExistingNetwork) { n.Pool = nil })},
		{"a network is of the site's region", local, "logical-network-region", there(func(*Network, *ExistingNetwork) {}), there(func(_ *Network, n *ExistingNetwork) { n.Region = "other" })},
	})
}

// placeIn is the address at a place in a subnet.
func placeIn(subnet netip.Prefix, at uint64) netip.Addr { return address(number(subnet.Addr()) + at) }

func TestPodsHaveAddresses(t *testing.T) {
	const local = "worked-azurelocal"
	pods := func(bits, control, nodes, most int) func(*Input) {
		return func(in *Input) {
			p := netip.PrefixFrom(netip.MustParseAddr("10.50.0.0"), bits)
			in.Site.Network.Pods = &p
			c := in.Site.Clusters[0]
			c.Control.Count = control
			c.NodePools = []NodePool{{Name: "a", OS: Linux, Count: nodes, MaxPods: most}}
			in.Site.Clusters = []Cluster{c}
		}
	}
	usual := func(in *Input) int { return in.Profile.Limits.PodsPerNode.Value }
	hold(t, []rule{
		{"a range holds all the pods there may be", local, "address-inner-small",
			func(in *Input) { pods(22, 3, 1, 1024-3*usual(in))(in) }, func(in *Input) { pods(22, 3, 1, 1024-3*usual(in)+1)(in) }},
		{"nodes have the usual number of pods", local, "address-inner-small",
			func(in *Input) { pods(32, 0, 0, 0)(in) }, func(in *Input) { pods(32, 0, 1, 0)(in) }},
	})
}

func TestAnAPIServersAddressIsNotLeased(t *testing.T) {
	at := func(n uint64, scope bool) func(*Input) {
		return func(in *Input) {
			s := &in.Site.Network
			a := placeIn(s.Subnet, n)
			in.Site.Clusters[0].Control.Address = &a
			if scope {
				s.DHCPScope = &Range{placeIn(s.Subnet, 10), placeIn(s.Subnet, 20)}
			}
		}
	}
	hold(t, []rule{
		{"an address beside the scope is not leased", "worked-azurelocal", "address-taken", at(21, true), at(20, true)},
		{"without a scope nothing is leased", "worked-azurelocal", "address-taken", at(20, false), at(20, true)},
	})
}
