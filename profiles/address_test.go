package profiles

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressRules(t *testing.T) {
	akshci := map[string]string{
		"managementNode": "1 node-pool", "managementUpgrade": "2 node-pool", "managementEndpoint": "1 vip-pool", "cloudAgent": "1 host-subnet",
		"infrastructure": "0 host-subnet", "node": "1 node-pool", "clusterUpgrade": "5 node-pool", "clusterLoadBalancer": "1 node-pool",
		"clusterEndpoint": "1 vip-pool", "clusterEndpointSet": "1 vip-pool", "service": "1 vip-pool", "advisedMinimum": "256", "edgesForbidden": "1",
	}
	local := map[string]string{
		"managementNode": "0 node-pool", "managementUpgrade": "0 node-pool", "managementEndpoint": "0 node-pool", "cloudAgent": "0 host-subnet",
		"infrastructure": "6 host-subnet", "node": "1 node-pool", "clusterUpgrade": "1 node-pool", "clusterLoadBalancer": "0 node-pool",
		"clusterEndpoint": "1 node-pool", "clusterEndpointSet": "1 node-subnet", "service": "1 node-subnet", "advisedMinimum": "-", "edgesForbidden": "-",
	}
	for _, name := range Names() {
		a := load1(t, name).Addresses
		rule := func(r AddressRule) string { return fmt.Sprint(r.Count, " ", r.Space) }
		got := map[string]string{
			"managementNode": rule(a.ManagementNode), "managementUpgrade": rule(a.ManagementUpgrade), "managementEndpoint": rule(a.ManagementEndpoint),
			"cloudAgent": rule(a.CloudAgent), "infrastructure": rule(a.Infrastructure), "node": rule(a.Node), "clusterUpgrade": rule(a.ClusterUpgrade),
			"clusterLoadBalancer": rule(a.ClusterLoadBalancer), "clusterEndpoint": rule(a.ClusterEndpoint), "clusterEndpointSet": rule(a.ClusterEndpointSet),
			"service": rule(a.Service), "advisedMinimum": show(a.AdvisedMinimum), "edgesForbidden": show(a.EdgesForbidden),
		}
		want := akshci
		if name == "azure-local" {
			want = local
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestTheVendorsAddressExample adds up the example of both generations from the rules:
// cluster A with 3 + 5 nodes, B with 1 + 3, and 3 services. The vendor counts 27 node and 5
// virtual addresses without the management endpoint, and 16 in the pool with 3 beside it.
func TestTheVendorsAddressExample(t *testing.T) {
	for platform, want := range map[string]map[Space]int{
		"windows-server-2022": {NodePool: 27, VIPPool: 5 + 1, HostSubnet: 1},
		"azure-local":         {NodePool: 16, NodeSubnet: 3, HostSubnet: 6},
	} {
		a := load1(t, platform).Addresses
		got := map[Space]int{}
		add := func(r AddressRule, times int) {
			if r.Count > 0 {
				got[r.Space] += r.Count * times
			}
		}
		for _, r := range []AddressRule{a.ManagementNode, a.ManagementUpgrade, a.ManagementEndpoint, a.CloudAgent, a.Infrastructure} {
			add(r, 1)
		}
		for _, r := range []AddressRule{a.ClusterUpgrade, a.ClusterLoadBalancer, a.ClusterEndpoint} {
			add(r, 2)
		}
		add(a.Node, 3+5+1+3)
		add(a.Service, 3)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", platform, diff)
		}
	}
}

func TestNetworkRules(t *testing.T) {
	for _, name := range Names() {
		n := load1(t, name).Network
		got := fmt.Sprint(show(n.Addressing), " ", n.Pods.Prefix, " ", n.Pods.Configurable, " ", n.Pods.PerNode, " ", n.Services.Prefix, " ", n.Services.Configurable, " ",
			show(n.DNSMin), " ", show(n.DNSMax), " ", show(n.VLANMax), " ", show(n.Balancers))
		want := "[static dhcp] 10.244.0.0/16 false 24 10.96.0.0/12 false 1 3 4094 [haproxy none]"
		if name == "azure-local" {
			want = "[static] 10.244.0.0/16 true 0 10.96.0.0/12 false 1 - 4094 [metallb none]"
		}
		if got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

func TestPortsThroughAFirewallBetweenHostsAndNodes(t *testing.T) {
	for _, name := range Names() {
		var got []string
		for _, o := range load1(t, name).Ports {
			if o.CrossVLAN {
				got = append(got, fmt.Sprint(o.From, ">", o.To, ":", o.Number, "/", o.Protocol))
			}
		}
		want := []string{"hosts>nodes:22/tcp", "hosts>nodes:6443/tcp", "hosts>nodes:46000/tcp", "nodes>cloud-agent:55000/tcp", "nodes>cloud-agent:65000/tcp"}
		if name == "azure-local" {
			want = []string{"management-pool>nodes:22/tcp", "management-pool>nodes:6443/tcp", "nodes>cloud-agent:55000/tcp", "nodes>cloud-agent:65000/tcp", "nodes>failover-cluster:40343/tcp"}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestEndpoints(t *testing.T) {
	for platform, want := range map[string]struct {
		count int
		some  map[string]int
	}{
		"windows-server-2022": {22, map[string]int{"mcr.microsoft.com": 443, "msk8s.b.tlu.dl.delivery.mp.microsoft.com": 80, "<region>.dp.kubernetesconfiguration.azure.com": 443, "*.blob.core.windows.net": 443, "akshci.azurefd.net": 443}},
		"azure-local":         {17, map[string]int{"mcr.microsoft.com": 443, "ocsp.digicert.com": 80, "<region>.obo.arc.azure.com": 8084, "gbl.his.arc.azure.com": 443}},
	} {
		got := map[string]int{}
		for _, e := range load1(t, platform).Endpoints {
			got[e.Host] = e.Port
		}
		if len(got) != want.count {
			t.Errorf("%s has %d endpoints, want %d", platform, len(got), want.count)
		}
		for host, port := range want.some {
			if got[host] != port {
				t.Errorf("%s reaches %s on port %d, want %d", platform, host, got[host], port)
			}
		}
	}
}
