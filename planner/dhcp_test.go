package planner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDHCPScopes(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Network)
		size   int // what the scope can lease
		want   []string
		says   string
	}{
		{"a scope and virtual addresses beside it", func(*Network) {}, 101, nil, ""},
		{"virtual addresses in the scope", func(n *Network) { n.VIPPool = span("10.1.0.100", "10.1.0.110") }, 90, []string{"address-taken site.network.vipPool"}, "DHCP scope 10.1.0.20-10.1.0.120"},
		{"virtual addresses in the scope, excluded from it", func(n *Network) {
			n.VIPPool, n.DHCPExclusions = span("10.1.0.100", "10.1.0.110"), []Range{*span("10.1.0.99", "10.1.0.110")}
		}, 89, nil, ""},
		{"virtual addresses in the scope, not all of them excluded", func(n *Network) {
			n.VIPPool, n.DHCPExclusions = span("10.1.0.100", "10.1.0.110"), []Range{*span("10.1.0.100", "10.1.0.109")}
		}, 90, []string{"address-taken site.network.vipPool"}, "DHCP scope"},
		{"exclusions and reservations make the scope smaller", func(n *Network) {
			n.DHCPExclusions, n.DHCPReservations = []Range{*span("10.1.0.20", "10.1.0.59"), *span("10.1.0.50", "10.1.0.89")}, []netip.Addr{ip("10.1.0.100"), ip("10.1.0.88")}
		}, 30, nil, ""},
		{"and too small in the end", func(n *Network) {
			n.DHCPExclusions, n.DHCPReservations = []Range{*span("10.1.0.20", "10.1.0.93")}, []netip.Addr{ip("10.1.0.100")}
		}, 26, []string{"address-pool-small site.network.dhcpScope"}, "can lease 26 addresses and 27 are needed: 1 are missing"},
		{"an exclusion outside the scope", func(n *Network) { n.DHCPExclusions = []Range{*span("10.1.0.120", "10.1.0.121")} }, 100, []string{"address-dhcp-outside site.network.dhcpExclusions[0]"}, "knows nothing of it"},
		{"a reversed exclusion", func(n *Network) { n.DHCPExclusions = []Range{*span("10.1.0.60", "10.1.0.50")} }, 101, []string{"address-range-reversed site.network.dhcpExclusions[0]"}, "above its end"},
		{"a reservation outside the scope, one twice, one by IPv6", func(n *Network) {
			n.DHCPReservations = []netip.Addr{ip("10.1.0.5"), ip("10.1.0.30"), ip("10.1.0.30"), ip("fd00::1")}
		}, 100, []string{"address-dhcp-outside site.network.dhcpReservations[0]", "address-dhcp-reservation site.network.dhcpReservations[2]", "address-family site.network.dhcpReservations[3]"}, "given twice"},
		{"a reservation in the virtual pool", func(n *Network) { n.DHCPReservations = []netip.Addr{ip("10.1.0.205")} }, 101,
			[]string{"address-dhcp-outside site.network.dhcpReservations[0]", "address-taken site.network.vipPool"}, "DHCP reservation 10.1.0.205"},
		{"exclusions without a scope", func(n *Network) {
			n.DHCPScope, n.DHCPExclusions = nil, []Range{*span("10.1.0.60", "10.1.0.61")}
		}, 0, []string{"address-dhcp-scope site.network.dhcpScope", "address-dhcp-scope site.network.dhcpScope"}, "the scope is not"},
		{"the virtual pool is proposed in the part that is excluded", func(n *Network) {
			n.VIPPool, n.DHCPScope, n.DHCPExclusions = nil, span("10.1.0.2", "10.1.0.253"), []Range{*span("10.1.0.240", "10.1.0.253")}
		}, 238, []string{"address-proposed site.network.vipPool"}, "10.1.0.240-10.1.0.248 is proposed"},
		{"no room beside the scope names a part to exclude", func(n *Network) {
			n.VIPPool, n.DHCPScope = nil, span("10.1.0.2", "10.1.0.253")
		}, 252, []string{"address-no-room site.network.vipPool"}, "no room for the virtual pool"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			n := &in.Site.Network
			n.Addressing, n.DHCPScope, n.VIPPool = DHCP, span("10.1.0.20", "10.1.0.120"), span("10.1.0.200", "10.1.0.220")
			n.CloudAgent = new(netip.MustParsePrefix("10.2.0.30/24"))
			test.change(n)
			got, findings := Addresses(in)
			list := codes(findings)
			slices.Sort(list)
			if diff := cmp.Diff(test.want, list); diff != "" {
				t.Fatalf("findings (-want +got):\n%s", diff)
			}
			if len(findings) > 0 && !slices.ContainsFunc(findings, func(f Finding) bool { return strings.Contains(f.Message, test.says) }) {
				t.Errorf("none says %q: %v", test.says, findings)
			}
			for _, p := range got.Pools {
				if p.Kind == NodeAddresses && p.Size != test.size {
					t.Errorf("the scope leases %d, want %d", p.Size, test.size)
				}
			}
			if test.size == 252 && !strings.Contains(findings[0].Remedy, "such as 10.1.0.248-10.1.0.253, and give it as site.network.dhcpExclusions") {
				t.Errorf("the remedy is %q", findings[0].Remedy)
			}
		})
	}
}

func TestAScopeOfOthersKeepsPoolsOut(t *testing.T) {
	in := worked(t, "windows-server-2022")
	n := &in.Site.Network
	n.DHCPScope, n.NodePool = span("10.1.0.50", "10.1.0.90"), span("10.1.0.20", "10.1.0.60")
	_, findings := Addresses(in)
	if !slices.Contains(codes(findings), "address-taken site.network.nodePool") {
		t.Errorf("a node pool in a DHCP scope is let through: %v", codes(findings))
	}
	n.DHCPExclusions = []Range{*span("10.1.0.50", "10.1.0.60")}
	_, findings = Addresses(in)
	if slices.Contains(codes(findings), "address-taken site.network.nodePool") {
		t.Errorf("a node pool in the excluded part is refused: %v", findings)
	}
}
