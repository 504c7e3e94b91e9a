package planner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// second is a further network, with cluster b of the worked example in it.
func second(in *Input) *Network {
	in.Site.Networks = []Network{{Name: "net2", Switch: "Compute", VLAN: 2, Addressing: Static, Subnet: netip.MustParsePrefix("10.9.0.0/24"),
		Gateway: ip("10.9.0.1"), DNS: []netip.Addr{ip("10.2.0.5")}, NodePool: span("10.9.0.10", "10.9.0.40"), VIPPool: span("10.9.0.50", "10.9.0.60")}}
	in.Site.Clusters[1].Network = "net2"
	return &in.Site.Networks[0]
}

func TestNetworksBesideEachOther(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Input, *Network)
		want   []string
		says   string
	}{
		{"two that have nothing in common", func(*Input, *Network) {}, nil, ""},
		{"a cluster in a network that is misspelt", func(in *Input, _ *Network) { in.Site.Clusters[0].Network = "nett2" },
			[]string{"cluster-network site.clusters[0].network"}, "names the network \"nett2\""},
		{"two of one name", func(in *Input, n *Network) { n.Name = "net1"; in.Site.Clusters[1].Network = "" },
			[]string{"network-duplicate site.networks[0].name", "network-unused site.networks[0]"}, "used twice"},
		{"one that no cluster lives in", func(in *Input, _ *Network) { in.Site.Clusters[1].Network = "" },
			[]string{"network-unused site.networks[0]"}, "no cluster lives"},
		{"keys of the whole site", func(_ *Input, n *Network) {
			n.CloudAgent, n.Pods = new(netip.MustParsePrefix("10.2.0.99/24")), new(netip.MustParsePrefix("10.200.0.0/16"))
		}, []string{"network-key site.networks[0].cloudAgent", "network-key site.networks[0].pods"}, "one for the whole site"},
		{"one subnet on two VLANs", func(_ *Input, n *Network) {
			n.Subnet, n.Gateway, n.NodePool, n.VIPPool = netip.MustParsePrefix("10.1.0.0/24"), ip("10.1.0.1"), span("10.1.0.130", "10.1.0.160"), span("10.1.0.170", "10.1.0.180")
		}, []string{"network-overlap site.networks[0].vlan"}, "is on two VLANs: untagged in net1, VLAN 2 in net2"},
		{"one subnet with two gateways", func(_ *Input, n *Network) {
			n.VLAN, n.Subnet, n.Gateway, n.NodePool, n.VIPPool = 0, netip.MustParsePrefix("10.1.0.0/24"), ip("10.1.0.2"), span("10.1.0.130", "10.1.0.160"), span("10.1.0.170", "10.1.0.180")
		}, []string{"network-overlap site.networks[0].gateway"}, "two gateways"},
		{"one subnet in all, with pools apart", func(_ *Input, n *Network) {
			n.VLAN, n.Subnet, n.Gateway, n.NodePool, n.VIPPool = 0, netip.MustParsePrefix("10.1.0.0/24"), ip("10.1.0.1"), span("10.1.0.130", "10.1.0.160"), span("10.1.0.170", "10.1.0.180")
		}, nil, ""},
		{"one subnet in all, with pools that overlap", func(_ *Input, n *Network) {
			n.VLAN, n.Subnet, n.Gateway, n.NodePool, n.VIPPool = 0, netip.MustParsePrefix("10.1.0.0/24"), ip("10.1.0.1"), span("10.1.0.110", "10.1.0.160"), span("10.1.0.170", "10.1.0.180")
		}, []string{"address-pool-overlap site.networks[0].nodePool"}, "node pool of net2 10.1.0.110-10.1.0.160 and the virtual pool 10.1.0.100-10.1.0.120"},
		{"a pool that reaches over two others of its subnet", func(in *Input, n *Network) {
			n.VLAN, n.Subnet, n.Gateway, n.NodePool, n.VIPPool = 0, netip.MustParsePrefix("10.1.0.0/24"), ip("10.1.0.1"), span("10.1.0.5", "10.1.0.200"), span("10.1.0.210", "10.1.0.220")
		}, []string{"address-pool-overlap site.networks[0].nodePool", "address-pool-overlap site.networks[0].nodePool"}, "share addresses"},
		{"a subnet in a subnet", func(_ *Input, n *Network) {
			n.Subnet, n.Gateway, n.NodePool, n.VIPPool = netip.MustParsePrefix("10.1.0.128/25"), ip("10.1.0.129"), span("10.1.0.140", "10.1.0.160"), span("10.1.0.170", "10.1.0.180")
		}, []string{"address-advised site.networks[0].subnet", "network-overlap site.networks[0].subnet"}, "the subnets 10.1.0.128/25 of net2 and 10.1.0.0/24 of net1 overlap"},
		{"two subnets on one VLAN", func(_ *Input, n *Network) { n.VLAN = 0 }, []string{"network-vlan-shared site.networks[0].vlan"}, "different subnets on one VLAN"},
		{"the storage network", func(_ *Input, n *Network) {
			n.Subnet, n.Gateway, n.NodePool, n.VIPPool = netip.MustParsePrefix("10.3.0.0/24"), ip("10.3.0.1"), span("10.3.0.10", "10.3.0.40"), span("10.3.0.50", "10.3.0.60")
		}, []string{"network-storage site.networks[0].subnet"}, "keeps for itself"},
		{"a reversed pool, a /31 and an IPv6 gateway have the paths of their network", func(_ *Input, n *Network) {
			n.Subnet, n.Gateway = netip.MustParsePrefix("10.9.0.0/31"), ip("fd00::1")
		}, []string{"address-family site.networks[0].gateway", "address-subnet site.networks[0].subnet"}, "no room"},
		{"a pool that is too small for its clusters", func(_ *Input, n *Network) { n.NodePool = span("10.9.0.10", "10.9.0.18") },
			[]string{"address-pool-small site.networks[0].nodePool"}, "has 9 addresses and 10 are needed"},
		{"pools that are left out are proposed", func(_ *Input, n *Network) { n.NodePool, n.VIPPool = nil, nil },
			[]string{"address-proposed site.networks[0].nodePool", "address-proposed site.networks[0].vipPool"}, "10.9.0.2-10.9.0.16 is proposed for the node pool of net2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
			in.Site.Network.CloudAgent = new(netip.MustParsePrefix("10.2.0.30/24"))
			test.change(&in, second(&in))
			_, findings := Addresses(in)
			got := codes(findings)
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Fatalf("findings (-want +got):\n%s", diff)
			}
			if len(findings) > 0 && !slices.ContainsFunc(findings, func(f Finding) bool { return strings.Contains(f.Message, test.says) && f.Remedy != "" }) {
				t.Errorf("none says %q with a remedy: %v", test.says, findings)
			}
		})
	}
}

func TestEachNetworkCountsItsOwnClusters(t *testing.T) {
	in := worked(t, "windows-server-2022")
	second(&in)
	got, _ := Addresses(in)
	type count struct{ nodes, virtual int }
	sum := func(pools []Pool) (c count) {
		for _, p := range pools {
			if p.Kind == NodeAddresses {
				c.nodes = p.Needed
			} else {
				c.virtual = p.Needed
			}
		}
		return c
	}
	// 3 of the management cluster and 3+5+1+5 of a; 1+3+1+5 of b.
	if own, further := sum(got.Pools), sum(got.Networks[0].Pools); own != (count{17, 5}) || further != (count{10, 1}) {
		t.Errorf("the site's network needs %v, the further one %v", own, further)
	}
	if got.Total != 34 || !slices.Equal(got.Networks[0].Clusters, []string{"b"}) {
		t.Errorf("counts %d in all, and %v in net2", got.Total, got.Networks[0].Clusters)
	}
}

func TestClustersOfOneNetworkMayShareAnAddress(t *testing.T) {
	in := worked(t, "windows-server-2022")
	in.Site.Clusters[1].Services = 2
	_, findings := Addresses(in)
	if !slices.Contains(codes(findings), "network-shared site.network") {
		t.Errorf("nothing is said of two load balancers in one network: %v", codes(findings))
	}
	second(&in)
	_, findings = Addresses(in)
	if slices.Contains(codes(findings), "network-shared site.network") {
		t.Errorf("it is still said when each has a network of its own: %v", codes(findings))
	}
}

func TestMetalLBRangesAreApart(t *testing.T) {
	in := worked(t, "azure-local")
	in.Site.Clusters[1].Services = 2
	in.Site.Network.VIPPool = span("10.1.0.47", "10.1.0.60")
	got, _ := Addresses(in)
	want := []BalancerRange{{"a", *span("10.1.0.47", "10.1.0.49")}, {"b", *span("10.1.0.50", "10.1.0.51")}}
	if diff := cmp.Diff(want, got.Balancers, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
