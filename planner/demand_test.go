package planner

import "testing"

func TestTheVendorsWorkedExamples(t *testing.T) {
	for _, test := range []struct {
		name, platform        string
		nodes, virtual, hosts int
		vendor, total         int
	}{
		{"AksHci: 32 by the vendor, 27 for nodes and 5 virtual; 34 with the management cluster's virtual address and the cloud agent", "windows-server-2022", 27, 5 + 1, 1, 32, 34},
		{"Azure Local: 16 in the pool and 3 beside it", "azure-local", 16, 3, 0, 19, 19},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, test.platform)
			got, _ := Addresses(in)
			if got.VendorCount != test.vendor || got.Total != test.total {
				t.Errorf("counts %d by the vendor and %d in all, want %d and %d", got.VendorCount, got.Total, test.vendor, test.total)
			}
			tally := demands(&in.Site, newWording(&in.Profile.Addresses), everyCluster(in.Site), true)
			if n, v, h := tally.need(NodeAddresses), tally.need(VirtualAddresses), tally.need(HostAddresses); n != test.nodes || v != test.virtual || h != test.hosts {
				t.Errorf("needs %d for nodes, %d virtual and %d of the hosts, want %d, %d and %d", n, v, h, test.nodes, test.virtual, test.hosts)
			}
		})
	}
}

func TestDemandsFollowTheRules(t *testing.T) {
	for _, test := range []struct {
		name           string
		platform       string
		change         func(*Site)
		nodes, virtual int
		fixed          int
	}{
		{"without clusters the management cluster alone is counted", "windows-server-2022", func(s *Site) { s.Clusters = nil }, 3, 1, 0},
		{"a pool that grows is counted at its most", "windows-server-2022", func(s *Site) { s.Clusters[0].NodePools[0].MaxCount = 9 }, 31, 6, 0},
		{"a most below the count counts for nothing", "windows-server-2022", func(s *Site) { s.Clusters[0].NodePools[0].MaxCount = 2 }, 27, 6, 0},
		{"without a load balancer machine its address is not needed", "windows-server-2022", func(s *Site) { s.Clusters[0].Balancer.Kind = NoBalancer }, 26, 6, 0},
		{"a second pool adds its workers", "windows-server-2022", func(s *Site) {
			s.Clusters[1].NodePools = append(s.Clusters[1].NodePools, NodePool{Name: "win", OS: Windows2022, Count: 2})
		}, 29, 6, 0},
		{"counts below zero count for nothing", "windows-server-2022", func(s *Site) {
			s.Clusters[1].Control.Count, s.Clusters[1].Services = -3, -1
		}, 26, 6, 0},
		{"on Azure Local an API server's own address stands outside the pool", "azure-local", func(s *Site) {
			s.Clusters[0].Control.Address = new(ip("10.1.0.250"))
		}, 15, 3, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, test.platform)
			test.change(&in.Site)
			tally := demands(&in.Site, newWording(&in.Profile.Addresses), everyCluster(in.Site), true)
			if n, v, f := tally.need(NodeAddresses), tally.need(VirtualAddresses), tally.need(FixedAddresses); n != test.nodes || v != test.virtual || f != test.fixed {
				t.Errorf("needs %d for nodes, %d virtual, %d fixed; want %d, %d, %d", n, v, f, test.nodes, test.virtual, test.fixed)
			}
		})
	}
}

func TestEveryDemandNamesRuleAndSource(t *testing.T) {
	for _, platform := range []string{"windows-server-2022", "azure-local"} {
		in := worked(t, platform)
		for _, d := range demands(&in.Site, newWording(&in.Profile.Addresses), everyCluster(in.Site), true).lines {
			if d.Reason.Rule == "" || d.Reason.Source == "" || d.Purpose == "" || d.Owner == "" || d.Count <= 0 {
				t.Errorf("%s: incomplete line %+v", platform, d)
			}
		}
	}
}
