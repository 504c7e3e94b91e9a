package planner

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

// worked is the vendor's worked example: a cluster of 3 control planes and 5 workers, one
// of 1 and 3, and 3 services, on four hosts.
func worked(tb testing.TB, platform string) Input {
	tb.Helper()
	profile, err := profiles.Load(platform)
	if err != nil {
		tb.Fatal(err)
	}
	balancer := LoadBalancer{Kind: HAProxy, VMSize: "Standard_A4_v2"}
	if profile.Generation == profiles.AzureLocal {
		balancer = LoadBalancer{Kind: MetalLB}
	}
	in := Input{Profile: profile, Scripts: "5c21"}
	in.Site = Site{Version: SiteVersion, Kind: "Site", Name: "worked", Platform: platform, PlannedFor: date(tb, "2026-12-12"),
		Network: Network{Name: "net1", Switch: "Compute", Addressing: Static, Subnet: netip.MustParsePrefix("10.1.0.0/24"),
			Gateway: ip("10.1.0.1"), DNS: []netip.Addr{ip("10.2.0.5")}},
		Clusters: []Cluster{
			{Name: "a", Kubernetes: "v1.29.4", Control: ControlPlane{Count: 3, VMSize: "Standard_A4_v2"}, Balancer: balancer, Services: 3,
				NodePools: []NodePool{{Name: "front", OS: Linux, Count: 5, VMSize: "Standard_D4s_v3"}}},
			{Name: "b", Kubernetes: "v1.29.4", Control: ControlPlane{Count: 1, VMSize: "Standard_A4_v2"}, Balancer: balancer,
				NodePools: []NodePool{{Name: "data", OS: Linux, Count: 3, VMSize: "Standard_D8s_v3"}}},
		}}
	in.Inventory = Inventory{Version: SiteVersion, Kind: "Inventory", Cluster: FailoverCluster{Name: "clu", Address: new(ip("10.2.0.20")),
		Nets: []ClusterNetwork{{Name: "Storage", Subnet: netip.MustParsePrefix("10.3.0.0/24"), Role: "Cluster"}, {Name: "Management", Subnet: netip.MustParsePrefix("10.2.0.0/24"), Role: "ClusterAndClient"}}}}
	system := profile.Systems[0]
	for i := range 4 {
		in.Inventory.Hosts = append(in.Inventory.Hosts, Host{Name: fmt.Sprintf("hv%02d.corp.example", i+1), Address: ip(fmt.Sprintf("10.2.0.%d", 11+i)),
			Memory: 256 * profiles.GiB, Processor: Processor{Cores: 32, Logical: 64, SLAT: Yes, Virtualization: Yes},
			Firmware: Firmware{UEFI: Yes, SecureBoot: Yes, TPM: "2.0"},
			OS:       OS{Product: system.Product + " Datacenter", Edition: "Datacenter", Build: system.Build, Language: "en-US"}})
	}
	return in
}

func ip(text string) netip.Addr { return netip.MustParseAddr(text) }

func span(from, to string) *Range { return &Range{ip(from), ip(to)} }

func date(tb testing.TB, text string) Date {
	tb.Helper()
	d, err := profiles.ParseDate(text)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// codes lists the codes of findings with their paths, such as address-taken site.network.nodePool.
func codes(list []Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Code+" "+f.Path)
	}
	return out
}

func everyCluster(s Site) []int {
	list := make([]int, len(s.Clusters))
	for i := range list {
		list[i] = i
	}
	return list
}
