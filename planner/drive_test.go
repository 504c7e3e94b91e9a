package planner

import (
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

func TestDrives(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	drive := func(role DriveRole, change func(in *Input, d *Drive)) func(*Input) {
		return func(in *Input) {
			h := &in.Inventory.Hosts[0]
			h.Drives = append([]Drive{{Role: CacheDrive, Count: 2, Size: 800e9, Media: "NVMe", Bus: "NVMe"}}, h.Drives...)
			for i := range h.Drives {
				if h.Drives[i].Role == role {
					change(in, &h.Drives[i])
				}
			}
		}
	}
	boot := func(less Bytes) func(*Input) {
		return drive(BootDrive, func(in *Input, d *Drive) { d.Size = in.Profile.Hosts.BootDriveMin.Value - less })
	}
	dump := func(less, memory Bytes) func(*Input) {
		return drive(BootDrive, func(in *Input, d *Drive) {
			in.Inventory.Hosts[0].Memory = in.Profile.Hosts.BootDriveLargeMemory.Value + memory
			d.Size = in.Profile.Hosts.BootDriveLarge.Value - less
		})
	}
	capacity := func(less Bytes) func(*Input) {
		return drive(CapacityDrive, func(in *Input, d *Drive) {
			in.Profile.Hosts.DriveSizeMin.Value, in.Profile.Hosts.DriveSizeMin.Unstated = profiles.TiB, false
			d.Size = profiles.TiB - less
		})
	}
	count := func(hosts, less int) func(*Input) {
		return drive(CapacityDrive, func(in *Input, d *Drive) {
			d.Count = in.Profile.Hosts.DrivesMin.Value - less
			in.Inventory.Hosts = in.Inventory.Hosts[:hosts]
		})
	}
	cache := func(role DriveRole, less Bytes) func(*Input) {
		return drive(role, func(in *Input, d *Drive) {
			in.Profile.Hosts.CacheDriveMin.Value, in.Profile.Hosts.CacheDriveMin.Unstated = 32e9, false
			d.Size = 32e9 - less
		})
	}
	hold(t, []rule{
		{"a boot drive has a least size", ws, "drive-boot", boot(0), boot(1)},
		{"other drives are no boot drives", ws, "drive-boot", drive(CapacityDrive, func(_ *Input, d *Drive) { d.Size = 1e9 }), boot(1)},
		{"much memory wants a large boot drive", local, "drive-boot-dump", dump(0, 1), dump(1, 1)},
		{"a large boot drive is for much memory", local, "drive-boot-dump", dump(1, 0), dump(1, 1)},
		{"the dump goes to the boot drive", local, "drive-boot-dump", and(dump(0, 1), drive(CapacityDrive, func(_ *Input, d *Drive) { d.Size = 300e9 })), dump(1, 1)},
		{"a page that says nothing of a large boot drive asks for none", local, "drive-boot-dump", and(dump(1, 1), func(in *Input) { in.Profile.Hosts.BootDriveLarge.Unstated = true }), dump(1, 1)},
		{"a capacity drive has a least size", ws, "drive-size", capacity(0), capacity(1)},
		{"a cache drive has a least size", local, "drive-cache-small", cache(CacheDrive, 0), cache(CacheDrive, 1)},
		{"a capacity drive is no cache", local, "drive-cache-small", cache(CapacityDrive, 1), cache(CacheDrive, 1)},
		{"a page that says nothing of caches asks for none", local, "drive-cache-small", and(cache(CacheDrive, 1), func(in *Input) { in.Profile.Hosts.CacheDriveMin.Unstated = true }), cache(CacheDrive, 1)},
		{"several hosts have a least number of drives", ws, "drive-count", count(2, 0), count(2, 1)},
		{"one host of AksHci has no least number", ws, "drive-count", count(1, 1), count(2, 1)},
		{"one machine of Azure Local has a least number", local, "drive-count", count(1, 0), count(1, 1)},
		{"a drive of no size is none", ws, "drive-invalid", drive(BootDrive, func(_ *Input, d *Drive) { d.Size = 1 }), drive(BootDrive, func(_ *Input, d *Drive) { d.Size = 0 })},
		{"no drive is none", ws, "drive-invalid", drive(BootDrive, func(_ *Input, d *Drive) { d.Count = 1 }), drive(BootDrive, func(_ *Input, d *Drive) { d.Count = 0 })},
	})
}

func TestHosts(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	first := func(change func(in *Input, h *Host)) func(*Input) {
		return func(in *Input) { change(in, &in.Inventory.Hosts[0]) }
	}
	memory := func(f func(in *Input) Bytes) func(*Input) {
		return first(func(in *Input, h *Host) { h.Memory = f(in) })
	}
	cores := func(f func(in *Input) int) func(*Input) {
		return first(func(in *Input, h *Host) { h.Processor.Cores = Cores(f(in)) })
	}
	alone := func(in *Input) { in.Inventory.Hosts = in.Inventory.Hosts[:1] }
	count := func(n int) func(*Input) { return likeHosts(n, func(int, *Host) {}) }
	bios := func(a, b string) func(*Input) {
		return func(in *Input) {
			in.Inventory.Hosts[0].Firmware.Version, in.Inventory.Hosts[1].Firmware.Version = a, b
		}
	}
	hold(t, []rule{
		{"a platform has a least number of hosts", ws, "limit-hosts", and(count(2), func(in *Input) { in.Profile.Limits.HostsMin.Value = 2 }), and(count(2), func(in *Input) { in.Profile.Limits.HostsMin.Value = 3 })},
		{"a platform has a largest number of hosts", ws, "limit-hosts", and(count(3), func(in *Input) { in.Profile.Limits.HostsMax.Value = 3 }), and(count(3), func(in *Input) { in.Profile.Limits.HostsMax.Value = 2 })},
		{"one host alone is noted", ws, "host-single", count(2), count(1)},
		{"one host alone is enough where the platform says so", ws, "host-single", and(alone, func(in *Input) { in.Profile.Limits.HostsForHA.Value = 1 }), alone},
		{"a host has the least memory", ws, "host-memory-short", memory(func(in *Input) Bytes { return in.Profile.Hosts.MemoryMin.Value }), memory(func(in *Input) Bytes { return in.Profile.Hosts.MemoryMin.Value - 1 })},
		{"a host has the memory that is advised", ws, "host-memory-advised", memory(func(in *Input) Bytes { return in.Profile.Hosts.MemoryRecommended.Value }), memory(func(in *Input) Bytes { return in.Profile.Hosts.MemoryRecommended.Value - 1 })},
		{"one host alone is advised less memory", ws, "host-memory-advised", and(alone, memory(func(in *Input) Bytes {
			in.Profile.Hosts.SingleMemoryRecommended = profiles.Size{Value: 64 * profiles.GiB}
			return 64 * profiles.GiB
		})), memory(func(in *Input) Bytes {
			in.Profile.Hosts.SingleMemoryRecommended = profiles.Size{Value: 64 * profiles.GiB}
			return 64 * profiles.GiB
		})},
		{"one host alone is advised as much where nothing else is said", ws, "host-memory-advised", and(alone, func(in *Input) { in.Profile.Hosts.SingleMemoryRecommended.Unstated = true }), and(alone, memory(func(in *Input) Bytes {
			in.Profile.Hosts.SingleMemoryRecommended.Unstated = true
			return in.Profile.Hosts.MemoryRecommended.Value - 1
		}))},
		{"a host has the least cores", ws, "host-cores-short", cores(func(in *Input) int { return in.Profile.Hosts.CoresMin.Value }), cores(func(in *Input) int { return in.Profile.Hosts.CoresMin.Value - 1 })},
		{"a host has the cores that are advised", ws, "host-cores-advised", cores(func(in *Input) int { return in.Profile.Hosts.CoresRecommended.Value }), cores(func(in *Input) int { return in.Profile.Hosts.CoresRecommended.Value - 1 })},
		{"cores that nobody advises are not missed", local, "host-cores-advised", cores(func(in *Input) int {
			in.Profile.Hosts.CoresRecommended.Unstated = true
			return in.Profile.Hosts.CoresMin.Value
		}), cores(func(in *Input) int {
			in.Profile.Hosts.CoresRecommended = profiles.Limit{Value: 100}
			return 99
		})},
		{"one version of firmware does not differ", ws, "host-bios-differs", bios("1", "1"), bios("1", "2")},
		{"a version that nobody read does not differ", ws, "host-bios-differs", bios("1", ""), bios("1", "2")},
		{"a version that nobody read on the first host does not differ", ws, "host-bios-differs", bios("", "1"), bios("1", "2")},
		{"another model has other firmware", ws, "host-bios-differs", and(bios("1", "2"), func(in *Input) { in.Inventory.Hosts[1].Model = "AX-750" }), bios("1", "2")},
		{"a slow processor is one whose clock is known", ws, "host-processor-slow", first(func(in *Input, h *Host) { h.Processor.MHz = in.Profile.Hosts.ProcessorMHzMin.Value }), first(func(in *Input, h *Host) { h.Processor.MHz = in.Profile.Hosts.ProcessorMHzMin.Value - 1 })},
	})
}

func TestACacheTakesMemory(t *testing.T) {
	in := exampleInput(t, "quickstart")
	least := in.Profile.Hosts.MemoryMin.Value
	drives := func(list ...Drive) Host { return Host{Drives: list} }
	terabyte := Drive{Role: CacheDrive, Count: 2, Size: 500e9}
	one := in.Profile.Reserve.Memory.PerCacheTB
	for _, c := range []struct {
		name string
		host Host
		want Bytes
	}{
		{"no cache takes none", drives(Drive{Role: CapacityDrive, Count: 9, Size: 9e12}), least},
		{"a terabyte takes its share", drives(terabyte), least + roundUp(one, profiles.GiB)},
		{"several sets take theirs together", drives(terabyte, terabyte, terabyte), least + roundUp(one*3, profiles.GiB)},
		{"what cannot be counted takes none", drives(Drive{Role: CacheDrive, Count: -9, Size: 9e12}), least},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, why := memoryNeeded(c.host, in.Profile)
			if got != c.want || (why == "") != (c.want == least) {
				t.Errorf("%s%s, want %s", got, why, c.want)
			}
		})
	}
}
