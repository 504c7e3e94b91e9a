package planner

import (
	"net/netip"
	"strings"
	"testing"
)

func TestSites(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	site := func(change func(*Site)) func(*Input) { return func(in *Input) { change(&in.Site) } }
	path := func(images, working string) func(*Input) {
		return site(func(s *Site) { s.Storage.Images, s.Storage.Working = images, working })
	}
	alone := func(in *Input) { in.Inventory.Hosts = in.Inventory.Hosts[:1] }
	port := func(gbps float64, rdma bool) func(*Input) {
		return func(in *Input) {
			a := in.Inventory.Hosts[0].Adapters
			for i := range a {
				a[i].RDMA = false
			}
			a[0].Gbps, a[0].RDMA = gbps, rdma
		}
	}
	name := func(i int, c func(*Cluster)) func(*Input) { return site(func(s *Site) { c(&s.Clusters[i]) }) }
	cluster := func(text string) func(*Input) { return name(0, func(c *Cluster) { c.Name = text }) }
	pool := func(change func(*NodePool)) func(*Input) {
		return name(0, func(c *Cluster) { change(&c.NodePools[0]) })
	}
	const good = `C:\ClusterStorage\Volume01\a`
	hold(t, []rule{
		{"the name of a resource group has ninety letters", ws, "azure-resource-group", site(func(s *Site) { s.Azure.ResourceGroup = strings.Repeat("ä", 90) }), site(func(s *Site) { s.Azure.ResourceGroup = strings.Repeat("ä", 91) })},
		{"the name of a resource group ends in no dot", ws, "azure-resource-group", site(func(s *Site) { s.Azure.ResourceGroup = "a.b" }), site(func(s *Site) { s.Azure.ResourceGroup = "a." })},
		{"two identifiers of none are not the same", ws, "azure-identifier", func(*Input) {}, site(func(s *Site) { s.Azure.Subscription = strings.ToUpper(s.Azure.Tenant) })},
		{"Azure Local has a custom location", local, "azure-custom-location", func(*Input) {}, site(func(s *Site) { s.Azure.CustomLocation = "" })},
		{"AksHci has no custom location", ws, "azure-custom-location", site(func(s *Site) { s.Azure.CustomLocation = "" }), func(in *Input) { in.Profile.Generation = "azurelocal" }},
		{"images may be on a share", ws, "storage-path-shared", path(`\\files\share\a`, good), path(`D:\a`, good)},
		{"the working folder is on no share", ws, "storage-path-share", path(`\\files\share\a`, good), path(good, `\\files\share\a`)},
		{"one host alone keeps its files anywhere", ws, "storage-path-shared", and(path(`D:\a`, good), alone), path(`D:\a`, good)},
		{"a path on a volume is below it", ws, "storage-path-shared", path(`c:\clusterstorage\volume01`, good), path(`C:\ClusterStorage\Volume011`, good)},
		{"storage has RDMA of 10 Gb/s", ws, "adapter-storage", port(10, true), port(9, true)},
		{"a fast port without RDMA is not for storage", ws, "adapter-storage", port(25, true), port(25, false)},
		{"one host alone forms no cluster", ws, "cluster-missing", and(alone, func(in *Input) { in.Inventory.Cluster = FailoverCluster{} }), func(in *Input) { in.Inventory.Cluster = FailoverCluster{} }},
		{"a host has the least number of ports", ws, "adapter-count", func(in *Input) {
			in.Inventory.Hosts[0].Adapters = in.Inventory.Hosts[0].Adapters[:in.Profile.Hosts.AdaptersMin.Value]
		}, func(in *Input) {
			in.Inventory.Hosts[0].Adapters = in.Inventory.Hosts[0].Adapters[:in.Profile.Hosts.AdaptersMin.Value-1]
		}},
		{"a cluster's name has two letters", ws, "cluster-name", cluster("ab"), cluster("a")},
		{"a cluster's name has 63 letters", ws, "cluster-name", cluster(strings.Repeat("a", 63)), cluster(strings.Repeat("a", 64))},
		{"a pool's name has 63 letters", ws, "pool-name", pool(func(p *NodePool) { p.Name = strings.Repeat("a", 63) }), pool(func(p *NodePool) { p.Name = strings.Repeat("a", 64) })},
		{"a pool has a node", ws, "pool-count", pool(func(p *NodePool) { p.Count = 1 }), pool(func(p *NodePool) { p.Count = 0 })},
		{"a pool may grow to what it has", ws, "pool-growth", pool(func(p *NodePool) { p.Count, p.MaxCount = 3, 3 }), pool(func(p *NodePool) { p.Count, p.MaxCount = 3, 2 })},
		{"a pool of Linux without a node is none", ws, "pool-linux", func(*Input) {}, pool(func(p *NodePool) { p.Count = 0 })},
		{"only scaling lowers the number of clusters", ws, "limit-clusters", func(in *Input) {
			in.Profile.Limits.ClustersMaxAutoscaler.Unstated, in.Profile.Limits.ClustersMaxAutoscaler.Value = false, 0
		}, and(func(in *Input) {
			in.Profile.Limits.ClustersMaxAutoscaler.Unstated, in.Profile.Limits.ClustersMaxAutoscaler.Value = false, 0
		}, pool(func(p *NodePool) { p.MaxCount = 9 }))},
	})
}

func TestEachSwitchIsJudgedOnce(t *testing.T) {
	in := exampleInput(t, "quickstart")
	more := in.Site.Network
	more.Name, more.Subnet = "more", netip.MustParsePrefix("10.99.0.0/24")
	other := more
	other.Name, other.Switch = "other", "Other"
	in.Site.Networks = []Network{more, other, other}
	in.Inventory.Hosts[0].Switches[0].Name = "Wrong"
	n := map[string]int{}
	for _, f := range Check(in) {
		if f.Code == "switch-missing" {
			n[f.Path]++
		}
	}
	if n["inventory.hosts[0].switches"] != 2 || n["inventory.hosts[1].switches"] != 1 {
		t.Errorf("findings %v, want two of the first host and one of the second", n)
	}
}

func TestASizeComesWithARelease(t *testing.T) {
	for _, c := range []struct {
		name, since, installed string
		later                  bool
	}{
		{"of the month that is installed", "2411", "2411", false},
		{"of the month after", "2411", "2410", true},
		{"of a month before", "2411", "2412", false},
		{"of no month that is known", "", "2410", false},
		{"on a release that is not known", "2411", "", false},
	} {
		j := &judge{in: Input{Inventory: Inventory{Release: c.installed}}}
		if got := j.laterThanInstalled(c.since); got != c.later {
			t.Errorf("a size %s: later %v", c.name, got)
		}
	}
}
