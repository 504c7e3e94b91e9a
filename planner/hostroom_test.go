package planner

import (
	"testing"

	"github.com/arcwright/arcwright/profiles"
	"pgregory.net/rapid"
)

// TestAHostKeepsItsShare holds what a host keeps for itself against its rule, counted one by
// one.
func TestAHostKeepsItsShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cores, percent, least := rapid.IntRange(0, 600).Draw(t, "cores"), rapid.IntRange(0, 30).Draw(t, "percent"), rapid.IntRange(0, 8).Draw(t, "least")
		each := rapid.IntRange(1, 4).Draw(t, "vCPUs on a core")
		rules := profiles.Reserve{Cores: profiles.HostCores{Min: least, Percent: percent}}
		rules.VCPUPerCore.Value = each
		kept := least
		for kept*100 < cores*percent {
			kept++
		}
		r := hostRoom(Host{Processor: Processor{Cores: Cores(cores)}}, Reserve{}, rules)
		if want := Cores(max(cores-kept, 0) * each); r.VCPUs != want {
			t.Fatalf("%d vCPUs, want %d", r.VCPUs, want)
		}
	})
}

func TestACacheKeepsMemoryByTheTerabyte(t *testing.T) {
	var rules profiles.Reserve
	rules.Memory.Base, rules.Memory.PerCacheTB = 8*profiles.GiB, 4*profiles.GiB
	for size, want := range map[Bytes]Bytes{0: 8, 1: 12, 1e12: 12, 1e12 + 1: 16, 3e12: 20} {
		h := Host{Memory: profiles.TiB, Drives: []Drive{{Role: CacheDrive, Count: 1, Size: size}, {Role: CapacityDrive, Count: 9, Size: 9e12}}}
		if r := hostRoom(h, Reserve{}, rules); r.Reserved != want*profiles.GiB || r.Usable != profiles.TiB-want*profiles.GiB {
			t.Errorf("%d bytes of cache: %s kept, want %dGiB", size, r.Reserved, want)
		}
	}
}

func TestTheSiteSaysWhatAHostKeeps(t *testing.T) {
	var rules profiles.Reserve
	rules.Memory.Base = 8 * profiles.GiB
	for own, want := range map[Bytes]Bytes{0: 8 * profiles.GiB, 1: 1, profiles.GiB: profiles.GiB, profiles.TiB: 64 * profiles.GiB} {
		if r := hostRoom(Host{Memory: 64 * profiles.GiB}, Reserve{HostMemory: own}, rules); r.Reserved != want {
			t.Errorf("%s given: %s kept, want %s", own, r.Reserved, want)
		}
	}
}

func TestOfHostsWithAsMuchTheFirstCountsItsDrives(t *testing.T) {
	in := stocked(t, "windows-server-2022")
	in.Inventory.Hosts[1].Drives = []Drive{{Role: CapacityDrive, Count: 8, Media: "SSD", Bus: "SAS", Size: 4 * terabyte}}
	if room, _ := storeOf(in); room.Drives != 64 || room.Raw != 128*terabyte {
		t.Errorf("%d drives with %s", room.Drives, room.Raw)
	}
	in.Inventory.Hosts[1].Drives[0].Count = 7
	if room, _ := storeOf(in); room.Drives != 28 || room.Raw != 112*terabyte {
		t.Errorf("%d drives with %s", room.Drives, room.Raw)
	}
}

func TestAnAddressThatIsGivenIsCountedWhereItStands(t *testing.T) {
	pools := func(space profiles.Space, count int) (list []PoolKind) {
		in := exampleInput(t, "worked-azurelocal")
		a := address(number(in.Site.Network.Subnet.Addr()) + 250)
		in.Site.Clusters = in.Site.Clusters[:1]
		in.Site.Clusters[0].Control.Address = &a
		rule := &in.Profile.Addresses.ClusterEndpointSet
		rule.Space, rule.Count = space, count
		for _, d := range demands(&in.Site, newWording(&in.Profile.Addresses), []int{0}, true).lines {
			if d.Purpose == "API server" {
				list = append(list, d.Pool)
			}
		}
		return list
	}
	if got := pools(profiles.NodeSubnet, 1); len(got) != 1 || got[0] != FixedAddresses {
		t.Errorf("in the subnet: %v", got)
	}
	if got := pools(profiles.VIPPool, 1); len(got) != 1 || got[0] == FixedAddresses {
		t.Errorf("in the virtual pool: %v", got)
	}
	if got := pools(profiles.NodeSubnet, 0); len(got) != 0 {
		t.Errorf("where the platform counts none: %v", got)
	}
}
