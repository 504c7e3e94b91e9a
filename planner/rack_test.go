package planner

import (
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

// racks puts so many hosts into each of some racks.
func racks(sizes ...int) func(*Input) {
	all := 0
	for _, n := range sizes {
		all += n
	}
	return likeHosts(all, func(i int, h *Host) {
		rack := 0
		for n := sizes[0]; i >= n; n += sizes[rack] {
			rack++
		}
		h.Rack = "rack" + string(rune('a'+rack))
	})
}

func TestRacks(t *testing.T) {
	const local = "worked-azurelocal"
	control := func(n int) func(*Input) {
		return func(in *Input) {
			for i := range in.Site.Clusters {
				in.Site.Clusters[i].Control.Count = n
			}
		}
	}
	small := func(n int, cores Cores, memory Bytes) func(*Input) {
		return likeHosts(n, func(_ int, h *Host) { h.Processor.Cores, h.Memory = cores, memory })
	}
	boot := func(media string, at int) func(*Input) {
		return func(in *Input) { in.Inventory.Hosts[0].Drives[at].Media = media }
	}
	hold(t, []rule{
		{"a zone has four machines at most", local, "rack-zones", racks(4, 4), racks(5, 5)},
		{"there are two zones", local, "rack-zones", racks(2, 2), racks(2, 2, 2)},
		{"the zones have the same number", local, "rack-zones", racks(3, 3), racks(3, 2)},
		{"one rack is no zone", local, "rack-zones", racks(5), racks(5, 1)},
		{"a host without a rack leaves all without", local, "rack-zones", and(racks(3, 2), func(in *Input) { in.Inventory.Hosts[0].Rack = "" }), racks(3, 2)},
		{"control planes are more than one rack holds", local, "rack-control-plane", and(racks(2, 2), control(3)), and(racks(3, 3), control(3))},
		{"only the boot drive of a rack-aware cluster may be a hard disk", local, "rack-flash", and(racks(2, 2), boot("HDD", 0)), and(racks(2, 2), boot("hdd", 1))},
		{"AksHci is advised to have one rack", "quickstart", "host-racks", racks(2), racks(1, 1)},
		{"the small class has fourteen cores", local, "host-low-capacity", small(2, 15, 128*profiles.GiB), small(2, 14, 128*profiles.GiB)},
		{"the small class has 128 GiB", local, "host-low-capacity", small(2, 14, 129*profiles.GiB), small(2, 14, 128*profiles.GiB)},
		{"the small class has three machines", local, "host-low-capacity", small(4, 14, 128*profiles.GiB), small(3, 14, 128*profiles.GiB)},
		{"one large machine makes it another class", local, "host-low-capacity", and(small(2, 14, 64*profiles.GiB), func(in *Input) { in.Inventory.Hosts[1].Processor.Cores = 32 }), small(2, 14, 64*profiles.GiB)},
		{"no machine is of no class", local, "host-low-capacity", likeHosts(0, nil), small(1, 14, 64*profiles.GiB)},
		{"AksHci knows no small class", local, "host-low-capacity", and(small(2, 14, 64*profiles.GiB), func(in *Input) { in.Profile.Generation = profiles.AksHci }), small(2, 14, 64*profiles.GiB)},
	})
}
