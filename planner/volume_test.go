package planner

import (
	"fmt"
	"slices"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

func TestVolumesAndThePool(t *testing.T) {
	const ws, local = "windows-server-2022", "azure-local"
	judged := func(in Input) []Finding { _, findings := storeOf(in); return findings }
	// start replaces the example by the one of storage.
	start := func(platform string, changes ...func(*Input)) func(*Input) {
		return func(in *Input) {
			*in = stocked(t, platform)
			in.Site.Storage.Images = `C:\ClusterStorage\V1\Images`
			and(changes...)(in)
		}
	}
	hosts := func(n int) func(*Input) {
		return func(in *Input) { in.Inventory.Hosts = slices.Repeat(in.Inventory.Hosts[:1], n) }
	}
	volumes := func(n int, size, free Bytes) func(*Input) {
		return func(in *Input) {
			in.Inventory.Cluster.Volumes = nil
			for i := range n {
				in.Inventory.Cluster.Volumes = append(in.Inventory.Cluster.Volumes, Volume{Path: fmt.Sprintf(`C:\ClusterStorage\V%d`, i+1), Size: size, Free: free})
			}
		}
	}
	first := func(free Bytes) func(*Input) { return func(in *Input) { in.Inventory.Cluster.Volumes[0].Free = free } }
	promised := func(more Bytes) func(*Input) {
		return func(in *Input) { room, _ := storeOf(*in); volumes(1, room.Usable+more, 0)(in) }
	}
	kept := func(size Bytes) func(*Input) { return func(in *Input) { in.Site.Storage.Kept = size } }
	wanted := func(in *Input) Bytes { return in.Profile.Storage.VolumeWanted.Value }
	drives := func(list ...Drive) func(*Input) {
		return func(in *Input) {
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Drives = list
			}
		}
	}
	set := func(role DriveRole, media string) Drive {
		return Drive{Role: role, Count: 4, Media: media, Size: terabyte}
	}
	class := func(capacity Bytes) func(*Input) {
		return and(volumes(4, 2*terabyte, terabyte), func(in *Input) {
			in.Site.Storage.Classes = []StorageClass{{Name: "x", Capacity: capacity, Volume: `C:\ClusterStorage\V1`}}
		})
	}
	// needed makes the needs so much on the drives, within a copy of a MiB.
	needed := func(f func(StorageRoom) Bytes) func(*Input) {
		return func(in *Input) {
			room, _ := storeOf(*in)
			in.Site.Storage.Kept = data(f(room), profiles.Resiliency{Data: 1, Total: 3})
		}
	}
	copyOf := 3 * profiles.MiB
	holdBy(t, judged, []rule{
		{"volumes are as many for each host", "quickstart", "storage-volumes-count", start(ws, volumes(8, terabyte, terabyte)), start(ws, volumes(6, terabyte, terabyte))},
		{"one host leads them all", "quickstart", "storage-volumes-count", start(ws, hosts(1), volumes(3, terabyte, terabyte)), start(ws, hosts(2), volumes(3, terabyte, terabyte))},
		{"volumes promise what there is", "quickstart", "storage-volumes-promise", start(ws, promised(0)), start(ws, promised(profiles.MiB))},
		{"a volume of less than nothing promises nothing", "quickstart", "storage-volumes-promise",
			start(ws, promised(0), func(in *Input) {
				in.Inventory.Cluster.Volumes = append(in.Inventory.Cluster.Volumes, Volume{Path: "x", Size: -terabyte, Free: -terabyte})
			}),
			start(ws, promised(profiles.GiB), func(in *Input) {
				in.Inventory.Cluster.Volumes = append(in.Inventory.Cluster.Volumes, Volume{Path: "x", Size: -terabyte, Free: -terabyte})
			})},
		{"without drives nothing is promised", "quickstart", "storage-volumes-promise", start(ws, drives(), volumes(4, terabyte, terabyte)), start(ws, promised(profiles.GiB))},
		{"what is new fits into the volumes", "quickstart", "storage-volumes-free", start(ws, kept(3*terabyte), volumes(3, terabyte, terabyte)), start(ws, kept(3*terabyte+1), volumes(3, terabyte, terabyte))},
		{"the volume of the images holds them and the machines", "quickstart", "storage-volume-free", start(ws, kept(terabyte), volumes(3, 2*terabyte, 2*terabyte), first(terabyte)), start(ws, kept(terabyte), volumes(3, 2*terabyte, 2*terabyte), first(terabyte-1))},
		{"a pool that is too small is another matter", "quickstart", "storage-volumes-free", start(ws, kept(300*terabyte), volumes(3, terabyte, terabyte)), start(ws, kept(4*terabyte), volumes(3, terabyte, terabyte))},
		{"the volume of the images has its size", "quickstart", "storage-volume-size",
			start(ws, func(in *Input) { volumes(4, wanted(in), terabyte)(in) }), start(ws, func(in *Input) { volumes(4, wanted(in)-1, terabyte)(in) })},
		{"one host wants a smaller volume", "quickstart", "storage-volume-size",
			start(ws, hosts(1), func(in *Input) { volumes(1, in.Profile.Storage.SingleWanted.Value, terabyte)(in) }),
			start(ws, hosts(1), func(in *Input) { volumes(1, in.Profile.Storage.SingleWanted.Value-1, terabyte)(in) })},
		{"another volume may be small", "quickstart", "storage-volume-size",
			start(ws, func(in *Input) {
				volumes(4, 1, terabyte)(in)
				in.Inventory.Cluster.Volumes[0].Size = wanted(in)
			}),
			start(ws, volumes(4, 1, terabyte))},
		{"a volume has room for its class", "quickstart", "storage-class-fit", start(ws, class(terabyte)), start(ws, class(terabyte+1))},
		{"a pool holds what is needed", "quickstart", "storage-fit",
			start(ws, needed(func(r StorageRoom) Bytes { return r.Raw - r.Repair })), start(ws, needed(func(r StorageRoom) Bytes { return r.Raw - r.Repair + 2*copyOf }))},
		{"Windows complains of a pool that is nearly full", "quickstart", "storage-alert",
			start(ws, func(in *Input) {
				needed(func(r StorageRoom) Bytes { return share(r.Raw, in.Profile.Storage.AlertPercent.Value) })(in)
			}),
			start(ws, func(in *Input) {
				needed(func(r StorageRoom) Bytes { return share(r.Raw, in.Profile.Storage.AlertPercent.Value) + 2*copyOf })(in)
			})},
		{"hard disks have a cache", "quickstart", "storage-cache", start(ws, drives(set(CapacityDrive, "HDD"), set(CapacityDrive, "SSD"), set(CacheDrive, "NVMe"))), start(ws, drives(set(CapacityDrive, "HDD"), set(CapacityDrive, "SSD")))},
		{"hard disks alone are judged elsewhere", "quickstart", "storage-cache", start(ws, drives(set(CapacityDrive, "HDD"))), start(ws, drives(set(CapacityDrive, "hdd"), set(CapacityDrive, "SSD")))},
		{"flash alone needs no cache", "quickstart", "storage-cache", start(ws, drives(set(CapacityDrive, "NVMe"), set(CapacityDrive, "SSD"))), start(ws, drives(set(CapacityDrive, "HDD"), set(CapacityDrive, "SSD")))},
		{"the boot drive is no capacity", "quickstart", "storage-cache", start(ws, drives(set(BootDrive, "HDD"), set(CapacityDrive, "SSD"))), start(ws, drives(set(CapacityDrive, "HDD"), set(CapacityDrive, "SSD")))},
		{"one machine of Azure Local is judged elsewhere", "quickstart", "storage-cache", start(local, hosts(1), drives(set(CapacityDrive, "HDD"), set(CapacityDrive, "SSD"))), start(local, hosts(2), drives(set(CapacityDrive, "HDD"), set(CapacityDrive, "SSD")))},
		{"one host of AksHci wants a cache too", "quickstart", "storage-cache", start(ws, hosts(1)), start(ws, hosts(1), drives(set(CapacityDrive, "HDD"), set(CapacityDrive, "SSD")))},
		{"nothing is no negative amount", "quickstart", "storage-amount", start(ws, kept(0)), start(ws, kept(-1))},
	})
}

func TestAmountsForReading(t *testing.T) {
	for _, c := range []struct {
		size Bytes
		want string
	}{
		{profiles.TiB, "1.0TiB"},
		{profiles.TiB * 3 / 2, "1.5TiB"},
		{profiles.TiB - profiles.GiB, "1023.0GiB"},
		{profiles.GiB, "1.0GiB"},
		{profiles.GiB - profiles.MiB, "1023MiB"},
	} {
		if got := about(c.size); got != c.want {
			t.Errorf("%d: %s, want %s", c.size, got, c.want)
		}
	}
}
