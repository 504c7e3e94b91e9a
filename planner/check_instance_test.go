package planner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/profiles"
)

// A twin is one requirement, broken and met. Both are given on top of base.
type twin struct {
	name, example   string
	base            func(*Input)
	broken, healthy func(*Input)
	code            string
	severity        Severity
	path            string
}

// twins wants the finding of the broken input, with all that an operator needs, and none of
// its code at that place of the healthy one.
func twins(t *testing.T, list []twin) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			read := func(change func(*Input)) []Finding {
				in := exampleInput(t, c.example)
				if c.base != nil {
					c.base(&in)
				}
				if change != nil {
					change(&in)
				}
				return Make(in).Findings
			}
			for _, f := range read(c.healthy) {
				if f.Code == c.code && f.Path == c.path && f.Severity == c.severity {
					t.Errorf("the healthy twin has it: %s", f.Message)
				}
			}
			expect(t, read(c.broken), c.code, c.severity, c.path)
		})
	}
}

func inst(change func(*Instance)) func(*Input) {
	return func(in *Input) {
		if in.Inventory.Instance == nil {
			in.Inventory.Instance = &Instance{}
		}
		change(in.Inventory.Instance)
	}
}

func ranged(from, to string) *Range {
	return &Range{netip.MustParseAddr(from), netip.MustParseAddr(to)}
}

func TestTheInstanceIsJudged(t *testing.T) {
	const local = "worked-azurelocal"
	pool := func(from, to string) func(*Input) {
		return inst(func(i *Instance) { i.ManagementPool = ranged(from, to) })
	}
	good := pool("10.220.30.40", "10.220.30.45")
	const poolAt = "inventory.instance.managementPool"
	twins(t, []twin{
		{"another region", local, nil, inst(func(i *Instance) { i.Region = "westeurope" }), inst(func(i *Instance) { i.Region = "EastUS" }), "instance-region", Block, "site.azure.region"},
		{"another custom location", local, nil, inst(func(i *Instance) { i.CustomLocation = "azl2" }), inst(func(i *Instance) { i.CustomLocation = "azl-customlocation" }), "instance-custom-location", Block, "site.azure.customLocation"},
		{"a gateway that is silent", local, nil, inst(func(i *Instance) { i.GatewayAnswers = No }), inst(func(i *Instance) { i.GatewayAnswers = Yes }), "instance-gateway", Block, "inventory.instance.gatewayAnswers"},
		{"DNS on the instance", local, nil, inst(func(i *Instance) { i.DNSInside = Yes }), inst(func(i *Instance) { i.DNSInside = No }), "instance-dns", Block, "inventory.instance.dnsInside"},
		{"five addresses", local, nil, pool("10.220.30.40", "10.220.30.44"), good, "instance-pool", Block, poolAt},
		{"a pool of another subnet", local, nil, pool("10.220.31.40", "10.220.31.45"), good, "instance-pool", Block, poolAt},
		{"a pool with a host in it", local, nil, pool("10.220.30.10", "10.220.30.15"), good, "instance-pool", Block, poolAt},
		{"a pool with a DNS server in it", local, nil, pool("10.220.30.2", "10.220.30.7"), good, "instance-pool", Block, poolAt},
		{"a pool backwards", local, nil, pool("10.220.30.45", "10.220.30.40"), good, "instance-pool", Block, poolAt},
		{"a pool that DHCP leases", local, func(in *Input) { in.Site.Network.DHCPScope = ranged("10.220.30.30", "10.220.30.50") }, good, pool("10.220.30.60", "10.220.30.65"), "instance-pool", Block, poolAt},
		{"a pool among the services", local, nil, pool("10.100.0.40", "10.100.0.45"), good, "address-inner-overlap", Block, poolAt},
		{"an instance that is not there", local, nil, inst(func(i *Instance) { i.Deployed = No }), inst(func(i *Instance) { i.Deployed = Unknown }), "instance-missing", Block, "inventory.instance.deployed"},
		{"a machine in no domain", local, fleet(func(h *Host) { h.Domain = "" }), nil, inst(func(i *Instance) { i.Deployed = No }), "host-domain", Block, "inventory.hosts[0].domain"},
		{"a pool that a scan found taken", local, func(in *Input) {
			in.Inventory.InUse = []UsedAddress{{netip.MustParseAddr("10.220.30.41"), "a printer"}}
		}, good,
			all(good, inst(func(i *Instance) { i.Deployed = Yes })), "instance-pool", Block, poolAt},
		{"joined before it is deployed", local, nil, inst(func(i *Instance) { i.Deployed = No }), inst(func(i *Instance) { i.Deployed = Yes }), "instance-joined", Block, "inventory.hosts[0].domain"},
		{"a new instance on an old build", local, fleet(func(h *Host) { h.OS.Build = 25398 }), inst(func(i *Instance) { i.Deployed = No }), inst(func(i *Instance) { i.Deployed = Yes }), "instance-build", Block, "inventory.hosts[0].os.build"},
		{"a pool before it is deployed", local, inst(func(i *Instance) { i.Deployed = No }), func(in *Input) { in.Inventory.Cluster.StorageSpaces = Yes }, func(in *Input) { in.Inventory.Cluster.StorageSpaces = No }, "instance-pool-there", Block, "inventory.failoverCluster.storageSpaces"},
		{"a bridge that does not run", local, nil, inst(func(i *Instance) { i.Bridge = &Bridge{State: "Offline"} }), inst(func(i *Instance) { i.Bridge = &Bridge{State: "Running"} }), "bridge-state", Block, "inventory.instance.bridge.state"},
		{"a bridge without contact", local, nil, inst(func(i *Instance) { i.Bridge = &Bridge{LastContact: day("2026-10-27")} }), inst(func(i *Instance) { i.Bridge = &Bridge{LastContact: day("2026-10-28")} }), "bridge-contact", Block, "inventory.instance.bridge.lastContact"},
		{"a bridge of last year", local, nil, inst(func(i *Instance) { i.Bridge = &Bridge{Updated: day("2025-12-11")} }), inst(func(i *Instance) { i.Bridge = &Bridge{Updated: day("2025-12-12")} }), "bridge-update", Warn, "inventory.instance.bridge.updated"},
	})
}

func TestIntentsAreJudged(t *testing.T) {
	const local = "worked-azurelocal"
	two := []Intent{
		{"compute_management", []Traffic{ManagementTraffic, ComputeTraffic}, []string{"slot4p1", "slot4p2"}},
		{"storage", []Traffic{StorageTraffic}, []string{"ocp1", "ocp2"}},
	}
	set := func(change func([]Intent) []Intent) func(*Input) {
		return inst(func(i *Instance) {
			list := slices.Clone(two)
			for k := range list {
				list[k].Traffic, list[k].Adapters = slices.Clone(list[k].Traffic), slices.Clone(list[k].Adapters)
			}
			i.Intents = change(list)
		})
	}
	good := set(func(l []Intent) []Intent { return l })
	const at = "inventory.instance.intents"
	twins(t, []twin{
		{"four groups", local, nil, set(func(l []Intent) []Intent { return append(l, l...) }), good, "intent-count", Block, at},
		{"no group for storage", local, nil, set(func(l []Intent) []Intent { return l[:1] }), good, "intent-traffic", Block, at},
		{"two groups for management", local, nil, set(func(l []Intent) []Intent { l[1].Traffic = append(l[1].Traffic, ManagementTraffic); return l }), good, "intent-traffic", Block, at + "[1].traffic"},
		{"a port in two groups", local, nil, set(func(l []Intent) []Intent { l[1].Adapters[0] = "slot4p2"; return l }), good, "intent-adapter", Block, at + "[1].adapters"},
		{"a port that no host has", local, nil, set(func(l []Intent) []Intent { l[1].Adapters[0] = "ocp3"; return l }), good, "intent-adapter", Block, at + "[1].adapters"},
		{"one port for storage", local, nil, set(func(l []Intent) []Intent { l[1].Adapters = l[1].Adapters[:1]; return l }), good, "intent-ports", Warn, at + "[1].adapters"},
		{"slow ports for storage", local, fleet(func(h *Host) { h.Adapters[2].Gbps, h.Adapters[3].Gbps = 1, 1 }),
			set(func(l []Intent) []Intent { l[0].Adapters, l[1].Adapters = l[1].Adapters, l[0].Adapters; return l }), good, "intent-speed", Block, at + "[1].adapters"},
		{"a switch of another name", local, nil, set(func(l []Intent) []Intent { l[0].Name = "Compute_Management"; return l }), good, "intent-switch", Warn, "site.network.switch"},
		{"machines in the storage subnet", local, func(in *Input) {
			in.Inventory.Cluster.Nets = in.Inventory.Cluster.Nets[:1]
			in.Site.Network.Subnet = netip.MustParsePrefix("10.71.2.0/24")
		},
			good, inst(func(i *Instance) { i.StorageAutoIP = No }), "intent-storage-subnet", Block, "site.network.subnet"},
	})
}

func TestClassesAndRacksAreJudged(t *testing.T) {
	const local = "worked-azurelocal"
	small := func(in *Input) {
		in.Inventory.Hosts = in.Inventory.Hosts[:3]
		fleet(func(h *Host) {
			h.Processor.Cores, h.Memory, h.Drives[1].Count = 14, 128*profiles.GiB, 1
			h.Adapters = h.Adapters[2:]
		})(in)
		inst(func(i *Instance) { i.Class = LowCapacityClass })(in)
	}
	racks := func(in *Input) {
		for i := range in.Inventory.Hosts {
			in.Inventory.Hosts[i].Rack = []string{"a", "b"}[i%2]
		}
		in.Site.Storage.Resiliency = fourWay
	}
	link := func(latency time.Duration, gbps float64) func(*Input) {
		return inst(func(i *Instance) { i.Racks = &RackLink{latency, gbps} })
	}
	one := func(in *Input) { racks(in); fleet(func(h *Host) { h.Rack = "a" })(in) }
	twins(t, []twin{
		{"too many cores", local, small, two(func(h *Host) { h.Processor.Cores = 16 }), nil, "class-size", Block, "inventory.hosts[1].processor.cores"},
		{"too much memory", local, small, two(func(h *Host) { h.Memory = 256 * profiles.GiB }), nil, "class-size", Block, "inventory.hosts[1].memory"},
		{"a fourth machine", local, small, func(in *Input) { in.Inventory.Hosts = append(in.Inventory.Hosts, in.Inventory.Hosts[0]) }, nil, "class-size", Block, "inventory.hosts"},
		{"a small drive", local, small, two(func(h *Host) { h.Drives[1].Size = 960e9 }), nil, "class-drives", Block, "inventory.hosts[1].drives[1].size"},
		{"a hard disk", local, small, two(func(h *Host) { h.Drives[1].Media = "HDD" }), nil, "class-drives", Block, "inventory.hosts[1].drives[1].media"},
		{"a cache", local, small, two(func(h *Host) { h.Drives[1].Role = CacheDrive }), nil, "class-drives", Block, "inventory.hosts[1].drives[1].role"},
		{"two kinds of flash", local, small, two(func(h *Host) {
			h.Drives = append(h.Drives, Drive{Role: CapacityDrive, Count: 1, Size: 4e12, Media: "SSD", Bus: "SAS"})
		}), nil, "class-drives", Block, "inventory.hosts[1].drives"},
		{"slow ports", local, small, two(func(h *Host) { h.Adapters[0].Gbps, h.Adapters[1].Gbps = 1, 1 }), nil, "class-ports", Block, "inventory.hosts[1].adapters"},
		{"one drive in the standard class", local, small, inst(func(i *Instance) { i.Class = StandardClass }), nil, "drive-count", Block, "inventory.hosts[0].drives"},
		{"ports of the standard class", local, small, inst(func(i *Instance) { i.Class = StandardClass }), nil, "adapter-storage", Warn, "inventory.hosts[0].adapters"},
		{"one port in the standard class", local, all(small, fleet(func(h *Host) { h.Adapters = h.Adapters[:1] })), inst(func(i *Instance) { i.Class = StandardClass }), nil, "adapter-count", Block, "inventory.hosts[0].adapters"},
		{"one port on a single machine", local, func(in *Input) { in.Inventory.Hosts = in.Inventory.Hosts[:1] }, fleet(func(h *Host) { h.Adapters = h.Adapters[:1] }), inst(func(i *Instance) { i.Class = LowCapacityClass }), "adapter-count", Block, "inventory.hosts[0].adapters"},
		{"racks far apart", local, racks, link(1500*time.Microsecond, 0), link(time.Millisecond, 0), "rack-latency", Block, "inventory.instance.racks.latency"},
		{"racks with a thin link", local, racks, link(0, 200), link(0, 400), "rack-bandwidth", Warn, "inventory.instance.racks.gbps"},
		{"a three-way mirror over racks", local, racks, func(in *Input) { in.Site.Storage.Resiliency = "three-way-mirror" }, nil, "rack-resiliency", Block, "site.storage.resiliency"},
		{"no word of the mirror over racks", local, racks, func(in *Input) { in.Site.Storage.Resiliency = "" }, nil, "rack-resiliency", Warn, "site.storage.resiliency"},
		{"a four-way mirror in one rack", local, one, nil, func(in *Input) { in.Site.Storage.Resiliency = "" }, "rack-resiliency", Block, "site.storage.resiliency"},
	})
	in := exampleInput(t, local)
	small(&in)
	for _, f := range Check(in) {
		if strings.HasPrefix(f.Code, "class-") || f.Code == "host-low-capacity" || f.Code == "drive-count" || f.Code == "adapter-count" || f.Code == "adapter-storage" {
			t.Errorf("a sound small machine has %s: %s", f.Code, f.Message)
		}
	}
}

// all makes several changes.
func all(changes ...func(*Input)) func(*Input) {
	return func(in *Input) {
		for _, change := range changes {
			change(in)
		}
	}
}

func TestTheDirectoryIsPrepared(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	directory := func(d PreparedDirectory) func(*Input) {
		return func(in *Input) { in.Inventory.Directory = &d }
	}
	user := func(name string) func(*Input) {
		return func(in *Input) { in.Site.Directory.DeploymentUser = &DeploymentUser{Name: name} }
	}
	const at = "site.directory.deploymentUser"
	twins(t, []twin{
		{"policies are inherited", local, nil, directory(PreparedDirectory{InheritanceBlocked: No}), directory(PreparedDirectory{InheritanceBlocked: Yes}), "directory-inheritance", Block, "inventory.directory.inheritanceBlocked"},
		{"policies are inherited under AksHci", ws, nil, directory(PreparedDirectory{InheritanceBlocked: No}), directory(PreparedDirectory{InheritanceBlocked: Unknown}), "directory-inheritance", Warn, "inventory.directory.inheritanceBlocked"},
		{"policies are enforced", local, nil, directory(PreparedDirectory{EnforcedPolicies: Yes}), directory(PreparedDirectory{EnforcedPolicies: No}), "directory-enforced", Warn, "inventory.directory.enforcedPolicies"},
		{"a zone that is closed", ws, directory(PreparedDirectory{DynamicUpdates: No}), nil, func(in *Input) { in.Site.Directory.CloudAgentRole = "ca-agent" }, "directory-updates", Warn, "inventory.directory.dynamicUpdates"},
		{"a unit that is not prepared", local, nil, directory(PreparedDirectory{Prepared: No}), directory(PreparedDirectory{Prepared: Yes}), "directory-prepared", Block, "inventory.directory.prepared"},
		{"an account with a domain", local, nil, user(`FABRIKAM\lcm`), user("lcm"), "deployment-user", Block, at + ".name"},
		{"an account with a leading digit", local, nil, user("1lcm"), user("lcm1"), "deployment-user", Block, at + ".name"},
		{"an account with a leading hyphen", local, nil, user("-lcm"), user("lcm-azl_01"), "deployment-user", Block, at + ".name"},
		{"an account with a long name", local, nil, user(strings.Repeat("a", 21)), user(strings.Repeat("a", 20)), "deployment-user", Block, at + ".name"},
		{"an account without a name", local, nil, user(""), user("l"), "deployment-user", Block, at + ".name"},
		{"the account of the hosts", local, nil, user("SVC-arcwright"), user("lcm"), "deployment-user", Block, at + ".name"},
		{"a password in the file", local, user("lcm"), func(in *Input) { in.Site.Directory.DeploymentUser.Password = "hunter2" }, func(in *Input) { in.Site.Directory.DeploymentUser.Password = "env:LCM" }, "secret-reference", Block, at + ".password"},
		{"a password that nobody looked at", local, user("lcm"), func(in *Input) { in.Site.Directory.DeploymentUser.Password = "env:LCM" }, nil, "deployment-password", Note, at + ".password"},
		{"an account that nothing uses", ws, nil, user("lcm"), nil, "deployment-user-unused", Warn, at},
	})
}

func TestBandwidthAndPoolsAreJudged(t *testing.T) {
	const ws, local, hci = "quickstart", "worked-azurelocal", "hci-20h2"
	classes := func(c ...TrafficClass) func(*Input) { return fleet(func(h *Host) { h.QoS = c }) }
	storage, beat := TrafficClass{3, 50, true}, TrafficClass{7, 1, false}
	good := classes(storage, beat)
	roce := fleet(func(h *Host) { h.Adapters[0].Technology, h.Adapters[1].Technology = "RoCEv2", "RoCEv2" })
	const at = "inventory.hosts[0].qos"
	servers := func(texts ...string) []netip.Addr {
		var list []netip.Addr
		for _, text := range texts {
			list = append(list, netip.MustParseAddr(text))
		}
		return list
	}
	twins(t, []twin{
		{"no class for storage", local, roce, classes(TrafficClass{5, 50, false}, beat), good, "qos-storage", Warn, at},
		{"storage without flow control", local, roce, classes(TrafficClass{3, 50, false}, beat), good, "qos-storage", Warn, at},
		{"flow control on the heartbeat", local, roce, classes(storage, TrafficClass{7, 1, true}), good, "qos-storage", Warn, at},
		{"a small share for storage", local, roce, classes(TrafficClass{3, 30, true}, beat), good, "qos-share", Warn, at},
		{"no share for the heartbeat", local, roce, classes(storage), good, "qos-heartbeat", Warn, at},
		{"one percent of slow ports", local, fleet(func(h *Host) { h.Adapters[0].Gbps, h.Adapters[1].Gbps = 10, 10 }), good, classes(storage, TrafficClass{7, 2, false}), "qos-heartbeat", Warn, at},
		{"unlike classes", local, good, two(func(h *Host) { h.QoS = []TrafficClass{{4, 50, true}, beat} }), nil, "qos-differs", Warn, "inventory.hosts[1].qos"},
		{"live migration off", ws, nil, two(func(h *Host) { h.LiveMigration = No }), two(func(h *Host) { h.LiveMigration = Yes }), "host-migration", Warn, "inventory.hosts[1].liveMigration"},
		{"compression over fast ports", local, nil, two(func(h *Host) { h.MigrationTransport = "Compression" }), two(func(h *Host) { h.MigrationTransport = "SMB" }), "host-migration-transport", Note, "inventory.hosts[1].migrationTransport"},
		{"SMB over slow ports", local, fleet(func(h *Host) { h.Adapters[0].Gbps, h.Adapters[1].Gbps = 10, 10 }), two(func(h *Host) { h.MigrationTransport = "SMB" }), two(func(h *Host) { h.MigrationTransport = "Compression" }), "host-migration-transport", Note, "inventory.hosts[1].migrationTransport"},
		{"two gateways on Azure Local", local, nil, two(func(h *Host) { h.Gateways = servers("10.220.30.1", "10.220.31.1") }), two(func(h *Host) { h.Gateways = servers("10.220.30.1") }), "host-gateways", Block, "inventory.hosts[1].gateways"},
		{"two gateways", ws, nil, two(func(h *Host) { h.Gateways = servers("10.40.10.1", "10.40.20.1") }), nil, "host-gateways", Warn, "inventory.hosts[1].gateways"},
		{"other DNS servers", local, fleet(func(h *Host) { h.DNS = servers("10.220.30.5", "10.220.30.6") }), two(func(h *Host) { h.DNS = servers("10.220.30.6", "10.220.30.5") }), nil, "host-dns-differs", Block, "inventory.hosts[1].dns"},
		{"a DNS server among the services", local, nil, two(func(h *Host) { h.DNS = servers("10.100.0.5") }), two(func(h *Host) { h.DNS = servers("10.112.0.5") }), "address-inner-overlap", Block, "inventory.hosts[1].dns"},
		{"a slow port under the switch", ws, fleet(func(h *Host) { h.Switches[0].Adapters = []string{h.Adapters[2].Name} }), two(func(h *Host) { h.Adapters[2].Gbps = 0.1 }), two(func(h *Host) { h.Adapters[2].Gbps = 1 }), "adapter-slow", Warn, "inventory.hosts[1].adapters"},
		{"a maker's NVMe driver", local, nil, two(func(h *Host) { h.Drives[1].Driver = "iaStorVD.sys" }), two(func(h *Host) { h.Drives[1].Driver = "stornvme.sys" }), "drive-driver", Warn, "inventory.hosts[1].drives[1].driver"},
		{"sectors of 520 bytes", local, nil, two(func(h *Host) { h.Drives[1].Sector = "520" }), two(func(h *Host) { h.Drives[1].Sector = "4kn" }), "drive-sector", Block, "inventory.hosts[1].drives[1].sector"},
		{"no Storage Spaces Direct", hci, nil, func(in *Input) { in.Inventory.Cluster.StorageSpaces = No }, func(in *Input) { in.Inventory.Cluster.StorageSpaces = Yes }, "cluster-storage-spaces", Block, "inventory.failoverCluster.storageSpaces"},
		{"a pool that is ill", ws, nil, func(in *Input) { in.Inventory.Cluster.PoolHealth = "Warning" }, func(in *Input) { in.Inventory.Cluster.PoolHealth = "Healthy" }, "cluster-pool-health", Block, "inventory.failoverCluster.poolHealth"},
	})
}

func TestProposalsKeepOffTheManagementPool(t *testing.T) {
	in := exampleInput(t, "worked-azurelocal")
	in.Inventory.Hosts = in.Inventory.Hosts[:0:0]
	in.Site.Network.NodePool, in.Site.Network.VIPPool = nil, nil
	free, _ := Addresses(in)
	own := free.Pools[0].Range
	in.Inventory.Instance = &Instance{ManagementPool: &own}
	for _, p := range func() []Pool { book, _ := Addresses(in); return book.Pools }() {
		if p.Range.Overlaps(own) {
			t.Errorf("the pool %s of %s addresses overlaps the management pool %s", p.Range, p.Kind, own)
		}
	}
}
