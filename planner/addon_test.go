package planner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

func TestAddOns(t *testing.T) {
	with := func(a profiles.AddOn, change func(*Input)) func(*Input) {
		return func(in *Input) {
			a.Name = "x"
			in.Profile.AddOns = []profiles.AddOn{a}
			in.Site.Clusters[0].AddOns = []string{"x"}
			change(in)
		}
	}
	same := func(*Input) {}
	version := func(v string) func(*Input) { return func(in *Input) { in.Site.Clusters[0].Kubernetes = v } }
	region := func(r string) func(*Input) { return func(in *Input) { in.Site.Azure.Region = r } }
	european := profiles.AddOn{Standing: profiles.Supported, Regions: []string{"westeurope"}}
	young := profiles.AddOn{Standing: profiles.Supported, Kubernetes: "1.27"}
	linux := profiles.AddOn{Standing: profiles.Supported, LinuxOnly: true}
	windows := func(in *Input) { in.Site.Clusters[0].NodePools[0].OS = Windows2022 }
	hold(t, []rule{
		{"an add-on is offered in its regions", "quickstart", "addon-region", with(european, region("westeurope")), with(european, region("eastus"))},
		{"an add-on without a service behind it has no regions", "quickstart", "addon-region", with(profiles.AddOn{Standing: profiles.Supported}, same), with(profiles.AddOn{Standing: profiles.Supported, Azure: true}, same)},
		{"an add-on runs on the version it needs", "quickstart", "addon-kubernetes", with(young, version("v1.27.3")), with(young, version("v1.26.6"))},
		{"an add-on that needs no version runs on any", "quickstart", "addon-kubernetes", with(profiles.AddOn{Standing: profiles.Supported}, version("v1.2.3")), with(young, version("v1.2.3"))},
		{"a version that is none is judged elsewhere", "quickstart", "addon-kubernetes", with(young, version("none")), with(young, version("v1.26.6"))},
		{"an add-on for Linux passes Windows over", "quickstart", "addon-windows", with(linux, same), with(linux, windows)},
		{"an add-on for both passes nothing over", "quickstart", "addon-windows", with(profiles.AddOn{Standing: profiles.Supported}, windows), with(linux, windows)},
	})
}

func TestWhatToUseInsteadOfAnAddOn(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Profile.AddOns = []profiles.AddOn{{Name: "x", Standing: profiles.Unsupported, Instead: "y"}}
	in.Site.Clusters[0].AddOns = []string{"x"}
	if !slices.ContainsFunc(Check(in), func(f Finding) bool { return f.Code == "addon-unsupported" && f.Remedy == "use y" }) {
		t.Error("the remedy does not name it")
	}
}

func TestMinorVersionsInOrder(t *testing.T) {
	for _, c := range []struct {
		a, b   string
		before bool
	}{
		{"1.9", "1.27", true},
		{"1.27", "1.9", false},
		{"1.27", "1.27", false},
		{"1.99", "2.0", true},
		{"2.0", "1.99", false},
	} {
		if got := minorBefore(c.a, c.b); got != c.before {
			t.Errorf("%s before %s: %v", c.a, c.b, got)
		}
	}
}

func TestPoolsHaveTheirLargestNumberOfNodes(t *testing.T) {
	second := func(more int) func(*Input) {
		return func(in *Input) {
			c := &in.Site.Clusters[0]
			c.NodePools = []NodePool{{Name: "a", OS: Linux, Count: 1}, {Name: "b", OS: Linux, Count: in.Profile.Limits.NodesPerPool.Value + more}}
		}
	}
	first := func(count func(*Input) int) func(*Input) {
		return func(in *Input) { in.Site.Clusters[0].NodePools[0].Count = count(in) }
	}
	hold(t, []rule{
		{"a further pool has as many as a page says", "worked-azurelocal", "limit-pool-nodes", second(0), second(1)},
		{"the first pool has as many as the lower figure", "worked-azurelocal", "limit-pool-nodes",
			first(func(in *Input) int { return in.Profile.Limits.NodesPerPool.Value }), first(func(in *Input) int { return in.Profile.Limits.NodesPerPool.Value + 1 })},
	})
	for more, want := range map[int]Severity{0: Warn, 1: Block} {
		in := exampleInput(t, "worked-azurelocal")
		in.Site.Clusters[0].NodePools[0].Count = in.Profile.Limits.NodesInFirstPool.Value + more
		expect(t, Check(in), "limit-pool-nodes", want, "site.clusters[0].nodePools[0].count")
	}
}

func TestASizeForTestsIsNotSuggested(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Site.Clusters[0].NodePools[0].VMSize = "Standard_K8S_v"
	for _, f := range Check(in) {
		if f.Code == "size-unknown" && strings.Contains(f.Remedy, "Standard_K8S_v1") {
			t.Errorf("%s", f.Remedy)
		}
	}
}

func TestModelsAreWishedForApart(t *testing.T) {
	other := func(in *Input) {
		size, _ := in.Profile.VMSize("Standard_NK6")
		size.Name, size.GPU.Model = "Standard_A2", "A2"
		in.Profile.Sizes = append(slices.Clone(in.Profile.Sizes), size)
	}
	pools := gpuPools(NodePool{Count: 1, VMSize: "Standard_NK6"}, NodePool{Count: 1, VMSize: "Standard_A2"})
	both := likeHosts(2, func(_ int, h *Host) { h.GPUs = []GPU{{Model: "T4", Count: 1}, {Model: "A2", Count: 1}} })
	hold(t, []rule{{"two of one model are none of another", "quickstart", "gpu-missing", and(other, both, pools), and(other, gpuHosts("T4", 2, 2), pools)}})
}

func TestTheNetworkOfACluster(t *testing.T) {
	own, more := Network{Name: "own", VLAN: 1}, Network{Name: "more", VLAN: 2}
	for _, c := range []struct {
		name    string
		cluster string
		further []Network
		own     bool
	}{
		{"none is named", "", []Network{more, {Name: "", VLAN: 3}}, true},
		{"the site's own", "own", []Network{more}, true},
		{"the site's own goes before a further one of its name", "own", []Network{{Name: "own", VLAN: 3}}, true},
		{"a further one", "more", []Network{{Name: "x"}, more}, false},
		{"one that is not there", "none", []Network{more}, true},
	} {
		n, isOwn := networkOf(Site{Network: own, Networks: c.further}, Cluster{Network: c.cluster})
		if want := map[bool]int{true: 1, false: 2}[c.own]; isOwn != c.own || n.VLAN != want {
			t.Errorf("%s: %+v, %v", c.name, n, isOwn)
		}
	}
}

func TestRoomForGrowthIsRoundedUp(t *testing.T) {
	for _, c := range []struct{ need, percent, want int }{{10, 50, 15}, {9, 50, 14}, {10, 0, 10}, {4, 25, 5}, {5, 25, 7}, {200, 1, 202}, {201, 1, 204}, {400, 50, 600}} {
		if got := grown(c.need, c.percent, true); got != c.want {
			t.Errorf("%d and %d %%: %d, want %d", c.need, c.percent, got, c.want)
		}
	}
	if got := grown(10, 50, false); got != 0 {
		t.Errorf("a pool that is not wanted: %d", got)
	}
}

func TestOneAddressIsFixedOnce(t *testing.T) {
	in := exampleInput(t, "quickstart")
	more := in.Site.Network
	more.Name = "more"
	more.Subnet, more.Gateway = netip.MustParsePrefix("10.99.0.0/24"), ip("10.99.0.1")
	in.Site.Networks = []Network{more}
	in.Site.Proxy = &Proxy{HTTP: "http://" + more.DNS[0].String() + ":80", HTTPS: "http://10.9.9.9:80"}
	in.Inventory.Hosts[1].Address = in.Inventory.Hosts[0].Address
	in.Inventory.Hosts = append(in.Inventory.Hosts, Host{Name: "unread"})
	book, _ := Addresses(in)
	n := map[string]int{}
	for _, f := range book.Fixed {
		if !f.Address.IsValid() {
			t.Errorf("%s has no address", f.Purpose)
		}
		n[string(f.Pool)+f.Address.String()]++
	}
	if n[string(FixedAddresses)+more.DNS[0].String()] != 1 || n[string(HostAddresses)+in.Inventory.Hosts[0].Address.String()] != 2 || n[string(FixedAddresses)+"10.9.9.9"] != 1 {
		t.Errorf("fixed %v", n)
	}
}
