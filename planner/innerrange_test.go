package planner

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInnerRanges(t *testing.T) {
	prefix := func(text string) *netip.Prefix { return new(netip.MustParsePrefix(text)) }
	for _, test := range []struct {
		name, platform string
		change         func(*Input)
		want           []string
	}{
		{"a DNS server in the service range, beyond its first /16", "windows-server-2022", func(in *Input) { in.Site.Network.DNS = []netip.Addr{ip("10.104.0.5")} }, []string{"address-inner-overlap site.network.services"}},
		{"the cloud agent in the pod range", "windows-server-2022", func(in *Input) {
			in.Inventory.Cluster.Nets, in.Site.Network.CloudAgent = nil, prefix("10.244.9.5/24")
		}, []string{"address-inner-overlap site.network.pods"}},
		{"the subnet in the pod range", "azure-local", func(in *Input) {
			in.Site.Network.Subnet, in.Site.Network.Gateway = netip.MustParsePrefix("10.244.7.0/24"), ip("10.244.7.1")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.244.7.10", "10.244.7.60"), span("10.244.7.61", "10.244.7.80")
		}, []string{"address-inner-overlap site.network.pods"}},
		{"on Azure Local the pods may move out of the way", "azure-local", func(in *Input) {
			in.Site.Network.Subnet, in.Site.Network.Gateway, in.Site.Network.Pods = netip.MustParsePrefix("10.244.7.0/24"), ip("10.244.7.1"), prefix("10.200.0.0/16")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.244.7.10", "10.244.7.60"), span("10.244.7.61", "10.244.7.80")
		}, nil},
		{"but not into the service range", "azure-local", func(in *Input) { in.Site.Network.Pods = prefix("10.100.0.0/16") }, []string{"address-inner-overlap site.network.pods"}},
		{"AksHci's pod range is fixed", "windows-server-2022", func(in *Input) { in.Site.Network.Pods = prefix("10.200.0.0/16") }, []string{"address-inner-fixed site.network.pods"}},
		{"an IPv6 pod range", "azure-local", func(in *Input) { in.Site.Network.Pods = prefix("fd00::/64") }, []string{"address-family site.network.pods"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, test.platform)
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.61", "10.1.0.80")
			if test.platform != "azure-local" {
				in.Site.Network.CloudAgent = prefix("10.2.0.30/24")
			}
			test.change(&in)
			_, findings := Addresses(in)
			if diff := cmp.Diff(test.want, codes(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
