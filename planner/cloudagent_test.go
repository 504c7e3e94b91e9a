package planner

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCloudAgent(t *testing.T) {
	given := func(text string) func(*Input) {
		return func(in *Input) { in.Site.Network.CloudAgent = new(netip.MustParsePrefix(text)) }
	}
	for _, test := range []struct {
		name   string
		change func(*Input)
		at     string // in the plan
		want   []string
	}{
		{"is proposed above the hosts and the failover cluster, with the length of their network", func(*Input) {}, "10.2.0.21/24", []string{"address-proposed site.network.cloudAgent"}},
		{"is proposed below them when nothing is free above", func(in *Input) {
			in.Site.Network.Reserved = []Range{*span("10.2.0.21", "10.2.0.254")}
		}, "10.2.0.2/24", []string{"address-proposed site.network.cloudAgent"}},
		{"keeps off the pools of the same subnet", func(in *Input) {
			in.Inventory.Cluster.Nets[1].Subnet = netip.MustParsePrefix("10.0.0.0/14")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.10", "10.1.0.60"), span("10.1.0.61", "10.1.0.80")
		}, "10.2.0.21/14", []string{"address-proposed site.network.cloudAgent"}},
		{"has no proposal without a network for clients", func(in *Input) { in.Inventory.Cluster.Nets[1].Role = "Cluster" }, "", []string{"cloud-agent-network site.network.cloudAgent"}},
		{"is proposed in the site's subnet before there is a failover cluster", func(in *Input) {
			in.Inventory.Cluster = FailoverCluster{}
			in.Site.Network.Subnet, in.Site.Network.Gateway = netip.MustParsePrefix("10.2.0.0/24"), ip("10.2.0.1")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.2.0.60", "10.2.0.99"), span("10.2.0.100", "10.2.0.120")
		}, "10.2.0.15/24", []string{"address-proposed site.network.cloudAgent"}},
		{"stands where the site says", given("10.2.0.30/24"), "10.2.0.30/24", nil},
		{"must be in the hosts' network", given("10.1.0.30/24"), "10.1.0.30/24", []string{"cloud-agent-network site.network.cloudAgent"}},
		{"must have its prefix length", given("10.2.0.30/16"), "10.2.0.30/16", []string{"cloud-agent-network site.network.cloudAgent"}},
		{"must not be a host's", given("10.2.0.12/24"), "10.2.0.12/24", []string{"address-taken site.network.cloudAgent"}},
		{"must not be the failover cluster's", given("10.2.0.20/24"), "10.2.0.20/24", []string{"address-taken site.network.cloudAgent"}},
		{"must not be a broadcast address", given("10.2.0.255/24"), "10.2.0.255/24", []string{"address-taken site.network.cloudAgent"}},
		{"must be IPv4", given("fd00::1/64"), "fd00::1/64", []string{"address-family site.network.cloudAgent"}},
		{"must not stand in a pool", func(in *Input) {
			in.Site.Network.Subnet, in.Site.Network.Gateway = netip.MustParsePrefix("10.2.0.0/24"), ip("10.2.0.1")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.2.0.25", "10.2.0.80"), span("10.2.0.100", "10.2.0.120")
			given("10.2.0.30/24")(in)
		}, "10.2.0.30/24", []string{"address-taken site.network.nodePool"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, "windows-server-2022")
			in.Site.Network.NodePool, in.Site.Network.VIPPool = span("10.1.0.60", "10.1.0.99"), span("10.1.0.100", "10.1.0.120")
			test.change(&in)
			got, findings := Addresses(in)
			if at := ""; got.CloudAgent != nil {
				if at = got.CloudAgent.String(); at != test.at {
					t.Errorf("stands at %s, want %s", at, test.at)
				}
			} else if test.at != "" {
				t.Errorf("has no address, want %s", test.at)
			}
			if diff := cmp.Diff(test.want, codes(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAzureLocalTakesNoCloudAgent(t *testing.T) {
	in := worked(t, "azure-local")
	in.Site.Network.CloudAgent = new(netip.MustParsePrefix("10.2.0.30/24"))
	got, findings := Addresses(in)
	if got.CloudAgent != nil {
		t.Errorf("plans a cloud agent at %s", got.CloudAgent)
	}
	if !slices.Contains(codes(findings), "cloud-agent-unused site.network.cloudAgent") {
		t.Errorf("does not say that the key is unused: %v", codes(findings))
	}
}
