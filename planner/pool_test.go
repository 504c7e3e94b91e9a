package planner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressFindings(t *testing.T) {
	prefix := func(text string) *netip.Prefix { return new(netip.MustParsePrefix(text)) }
	const akshci, local = "windows-server-2022", "azure-local"
	for _, test := range []struct {
		name     string
		platform string
		change   func(*Input)
		want     []string
		says     string // in the message of the first finding
	}{
		{"good pools have no finding", akshci, func(in *Input) {
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, nil, ""},
		{"a pool may begin at .0 or end at .255 inside a larger subnet", akshci, func(in *Input) {
			in.Site.Network.Subnet, in.Site.Network.Gateway = netip.MustParsePrefix("172.16.0.0/16"), ip("172.16.0.1")
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("172.16.10.0", "172.16.10.255"), span("172.16.255.0", "172.16.255.253"), prefix("10.2.0.30/24")
		}, nil, ""},
		{"a pool must not begin at the first address after the network's", akshci, func(in *Input) {
			in.Site.Network.Gateway = ip("10.1.0.250")
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.1", "10.1.0.60"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-pool-edge site.network.nodePool"}, "must not start below 10.1.0.2"},
		{"a pool must not end at the last address before the broadcast's", akshci, func(in *Input) {
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.254"), prefix("10.2.0.30/24")
		}, []string{"address-pool-edge site.network.vipPool"}, "must not end above 10.1.0.253"},
		{"a pool outside the subnet", akshci, func(in *Input) {
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.200", "10.1.1.60"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-pool-outside site.network.nodePool"}, "not inside the subnet 10.1.0.0/24"},
		{"a reversed pool", akshci, func(in *Input) {
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.60", "10.1.0.10"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-range-reversed site.network.nodePool"}, "above its end"},
		{"an IPv6 pool", akshci, func(in *Input) {
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("fd00::10", "fd00::60"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-family site.network.nodePool"}, "not IPv4"},
		{"pools that overlap", akshci, func(in *Input) {
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.10", "10.1.0.60"), span("10.1.0.60", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-pool-overlap site.network.vipPool"}, "share addresses"},
		{"a pool that is too small says how many are missing", akshci, func(in *Input) {
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.10", "10.1.0.29"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-pool-small site.network.nodePool"}, "has 20 addresses and 27 are needed: 7 are missing"},
		{"a pool that holds the gateway, a host and a reserved range names all three", akshci, func(in *Input) {
			in.Site.Network.Gateway, in.Inventory.Cluster.Nets, in.Site.Network.Reserved = ip("10.1.0.20"), nil, []Range{*span("10.1.0.40", "10.1.0.41")}
			in.Inventory.Hosts[0].Address = ip("10.1.0.30")
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-taken site.network.nodePool"}, "gateway 10.1.0.20, host hv01.corp.example 10.1.0.30, reserved range 10.1.0.40-10.1.0.41"},
		{"an IPv6 subnet", akshci, func(in *Input) {
			in.Site.Network.Subnet, in.Site.Network.CloudAgent = netip.MustParsePrefix("fd00::/64"), prefix("10.2.0.30/24")
		}, []string{"address-family site.network.subnet"}, "IPv6"},
		{"a subnet of two addresses", akshci, func(in *Input) {
			in.Site.Network.Subnet, in.Site.Network.Gateway, in.Site.Network.CloudAgent = netip.MustParsePrefix("10.1.0.0/31"), ip("10.1.0.1"), prefix("10.2.0.30/24")
		}, []string{"address-subnet site.network.subnet"}, "no room"},
		{"a subnet written with an address of a host", akshci, func(in *Input) {
			in.Site.Network.Subnet, in.Site.Network.CloudAgent = netip.MustParsePrefix("10.1.0.7/24"), prefix("10.2.0.30/24")
		}, []string{"address-subnet site.network.subnet"}, "inside the subnet 10.1.0.0/24"},
		{"fewer than 256 addresses are warned of", akshci, func(in *Input) {
			in.Site.Network.Subnet = netip.MustParsePrefix("10.1.0.0/25")
		}, []string{"address-advised site.network.subnet", "address-proposed site.network.cloudAgent", "address-proposed site.network.nodePool", "address-proposed site.network.vipPool"}, "128 addresses, 256 are advised"},
		{"Azure Local advises no number", local, func(in *Input) {
			in.Site.Network.Subnet = netip.MustParsePrefix("10.1.0.0/25")
		}, []string{"address-proposed site.network.nodePool", "address-proposed site.network.vipPool"}, ""},
		{"a subnet without room says so", akshci, func(in *Input) {
			in.Site.Network.Subnet, in.Site.Network.CloudAgent = netip.MustParsePrefix("10.1.0.0/27"), prefix("10.2.0.30/24")
		}, []string{"address-advised site.network.subnet", "address-no-room site.network.nodePool", "address-no-room site.network.vipPool"}, ""},
		{"of two pools of which one alone is too large, only that one is named", akshci, func(in *Input) {
			in.Site.Network.CloudAgent, in.Site.Clusters[0].Services = prefix("10.2.0.30/24"), 300
		}, []string{"address-no-room site.network.vipPool"}, "303 unbroken addresses are needed"},
		{"a gateway outside the subnet", akshci, func(in *Input) {
			in.Site.Network.Gateway, in.Site.Network.CloudAgent = ip("10.9.0.1"), prefix("10.2.0.30/24")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
		}, []string{"address-outside site.network.gateway"}, "not in the subnet"},
		{"a gateway at the broadcast address", akshci, func(in *Input) {
			in.Site.Network.Gateway, in.Site.Network.CloudAgent = ip("10.1.0.255"), prefix("10.2.0.30/24")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
		}, []string{"address-outside site.network.gateway"}, "broadcast"},
		{"a gateway that is a host", akshci, func(in *Input) {
			in.Inventory.Hosts[0].Address, in.Inventory.Cluster.Nets, in.Site.Network.CloudAgent = ip("10.1.0.1"), nil, prefix("10.2.0.30/24")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
		}, []string{"address-taken site.network.gateway"}, "host hv01.corp.example"},
		{"two API servers at one address", local, func(in *Input) {
			in.Site.Clusters[0].Control.Address, in.Site.Clusters[1].Control.Address = new(ip("10.1.0.200")), new(ip("10.1.0.200"))
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
		}, []string{"address-taken site.clusters[0].controlPlane.address", "address-taken site.clusters[1].controlPlane.address"}, "has the address of the API server of b"},
		{"a pool that holds many addresses in use names some and counts the others", akshci, func(in *Input) {
			for i := range 30 {
				in.Inventory.InUse = append(in.Inventory.InUse, UsedAddress{address(number(ip("10.1.0.20")) + uint64(i)), "printer"})
			}
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-taken site.network.nodePool"}, "printer 10.1.0.27 and 22 more"},
		{"an inventory that contradicts itself", akshci, func(in *Input) {
			in.Inventory.InUse = []UsedAddress{{ip("10.1.0.200"), "printer"}, {ip("10.1.0.200"), "camera"}, {ip("fd00::1"), "camera"}}
			in.Inventory.Cluster.Address = new(in.Inventory.Hosts[1].Address)
			in.Site.Network.NodePool, in.Site.Network.VIPPool, in.Site.Network.CloudAgent = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120"), prefix("10.2.0.30/24")
		}, []string{"address-family inventory.inUse[2].address", "inventory-address-conflict inventory.failoverCluster.address", "inventory-address-conflict inventory.inUse[1].address"}, "has the address of hv02"},
		{"an API server at an address in use", local, func(in *Input) {
			in.Inventory.InUse = []UsedAddress{{ip("10.1.0.200"), "printer"}}
			in.Site.Clusters[0].Control.Address = new(ip("10.1.0.200"))
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
		}, []string{"address-taken site.clusters[0].controlPlane.address"}, "has the address of printer"},
		{"DNS by IPv6", akshci, func(in *Input) {
			in.Site.Network.DNS, in.Site.Network.CloudAgent = []netip.Addr{ip("10.2.0.5"), ip("fd00::5")}, prefix("10.2.0.30/24")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
		}, []string{"address-family site.network.dns[1]"}, "not IPv4"},
		{"AksHci chooses the API server's address itself", akshci, func(in *Input) {
			in.Site.Clusters[0].Control.Address, in.Site.Network.CloudAgent = new(ip("10.1.0.99")), prefix("10.2.0.30/24")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
		}, []string{"address-api-server site.clusters[0].controlPlane.address"}, "chooses"},
		{"on Azure Local an API server's address must be outside the pool", local, func(in *Input) {
			in.Site.Clusters[0].Control.Address = new(ip("10.1.0.20"))
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.100", "10.1.0.120")
		}, []string{"address-taken site.network.nodePool"}, "API server of a 10.1.0.20"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, test.platform)
			test.change(&in)
			_, findings := Addresses(in)
			got := codes(findings)
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Fatalf("findings (-want +got):\n%s", diff)
			}
			if len(findings) > 0 && !strings.Contains(findings[0].Message, test.says) {
				t.Errorf("says %q, want %q in it", findings[0].Message, test.says)
			}
			for _, f := range findings {
				if f.Evidence == "" || f.Remedy == "" || f.Owner == "" {
					t.Errorf("incomplete finding %+v", f)
				}
			}
		})
	}
}

func TestDHCP(t *testing.T) {
	dhcp := func(change func(*Network)) func(*Input) {
		return func(in *Input) {
			n := &in.Site.Network
			n.Addressing, n.DHCPScope, n.VIPPool = DHCP, span("10.1.0.20", "10.1.0.120"), span("10.1.0.130", "10.1.0.160")
			n.CloudAgent = new(netip.MustParsePrefix("10.2.0.30/24"))
			if change != nil {
				change(n)
			}
		}
	}
	for _, test := range []struct {
		name   string
		change func(*Network)
		want   []string
		says   string
	}{
		{"a scope that holds the nodes, with the virtual pool beside it", nil, nil, ""},
		{"the scope must be given", func(n *Network) { n.DHCPScope = nil }, []string{"address-dhcp-scope site.network.dhcpScope"}, "it must hold 27 addresses"},
		{"a node pool must not be given", func(n *Network) { n.NodePool = span("10.1.0.170", "10.1.0.199") }, []string{"address-dhcp-pool site.network.nodePool"}, "lease"},
		{"the scope must be large enough", func(n *Network) { n.DHCPScope = span("10.1.0.20", "10.1.0.39") }, []string{"address-pool-small site.network.dhcpScope"}, "7 are missing"},
		{"what stands in the scope is not counted", func(n *Network) {
			n.DHCPScope, n.Reserved = span("10.1.0.20", "10.1.0.48"), []Range{*span("10.1.0.20", "10.1.0.22")}
		}, []string{"address-pool-small site.network.dhcpScope"}, "can lease 26 addresses and 27 are needed: 1 are missing"},
		{"the virtual pool must be outside the scope", func(n *Network) { n.VIPPool = span("10.1.0.110", "10.1.0.140") }, []string{"address-taken site.network.vipPool"}, "DHCP scope"},
		{"a scope outside the subnet", func(n *Network) { n.DHCPScope = span("10.9.0.20", "10.9.0.120") }, []string{"address-pool-outside site.network.dhcpScope"}, ""},
		{"a virtual pool is proposed outside the scope", func(n *Network) { n.VIPPool = nil }, []string{"address-proposed site.network.vipPool"}, "10.1.0.2-10.1.0.10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			dhcp(test.change)(&in)
			_, findings := Addresses(in)
			if diff := cmp.Diff(test.want, codes(findings)); diff != "" {
				t.Fatalf("findings (-want +got):\n%s", diff)
			}
			if len(findings) > 0 && !strings.Contains(findings[0].Message, test.says) {
				t.Errorf("says %q, want %q in it", findings[0].Message, test.says)
			}
		})
	}
}
