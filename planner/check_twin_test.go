package planner

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

// TestEachRequirementHasAHealthyTwin breaks a requirement and meets it, in the same key: the
// one has the finding, the other has not.
func TestEachRequirementHasAHealthyTwin(t *testing.T) {
	const ws, hci, local = "quickstart", "hci-20h2", "worked-azurelocal"
	hosts := func(f func(*Host)) func(*Input) { return fleet(f) }
	scanner := func(drop ...string) func(*Input) {
		return func(in *Input) {
			rules := in.Profile.Hosts
			own := &Antivirus{Processes: slices.Clone(rules.AntivirusProcesses.Value)}
			for _, folder := range rules.AntivirusFolders.Value {
				if strings.HasPrefix(folder, "Modules") {
					own.Folders = append(own.Folders, `C:\Program Files\WindowsPowerShell\`+folder)
				}
			}
			own.Folders = append(own.Folders, `C:\Program Files\AksHci`, `C:\AksHci`)
			own.Processes = slices.DeleteFunc(own.Processes, func(p string) bool { return slices.Contains(drop, p) })
			own.Folders = slices.DeleteFunc(own.Folders, func(f string) bool {
				return slices.ContainsFunc(drop, func(d string) bool { return strings.HasSuffix(f, d) })
			})
			in.Inventory.Antivirus = own
		}
	}
	subscription := func(s Subscription) func(*Input) { return func(in *Input) { in.Inventory.Azure = &s } }
	variables := func(p ProxyVariables) func(*Input) {
		return fleet(func(h *Host) { own := p; h.Proxy = &own })
	}
	inUse := ProxyVariables{HTTP: "http://proxy.corp.contoso.com:3128", HTTPS: "http://proxy.corp.contoso.com:3128", NoProxy: []string{"localhost", "10.0.0.0/8"}}
	siteProxy := func(in *Input) { in.Site.Proxy = &Proxy{HTTP: inUse.HTTP, HTTPS: inUse.HTTPS} }
	ports := func(mtu ...int) func(*Host) {
		return func(h *Host) {
			h.Switches[0].Adapters = []string{"NIC1", "NIC2"}
			for k := range h.Adapters {
				if at := slices.Index(h.Switches[0].Adapters, h.Adapters[k].Name); at >= 0 {
					h.Adapters[k].MTU = mtu[at]
				}
			}
		}
	}
	gpuPool := func(in *Input) {
		in.Site.Clusters[0].NodePools = append(in.Site.Clusters[0].NodePools, NodePool{Name: "gpu", OS: Linux, Count: 1, VMSize: "Standard_NK6"})
	}
	gpus := func(assignable Known) func(*Host) {
		return func(h *Host) { h.GPUs = []GPU{{Model: "NVIDIA T4", Count: 2, Assignable: assignable}} }
	}
	all := func(changes ...func(*Input)) func(*Input) {
		return func(in *Input) {
			for _, change := range changes {
				change(in)
			}
		}
	}
	alone := func(size Bytes) func(*Input) {
		return func(in *Input) {
			in.Inventory.Hosts, in.Inventory.Cluster = in.Inventory.Hosts[:1], FailoverCluster{}
			in.Inventory.Hosts[0].Drives = []Drive{{Role: CapacityDrive, Count: 1, Size: size, Media: "SSD", Bus: "SATA"}}
		}
	}
	second := func(n Network) func(*Input) {
		return func(in *Input) {
			n.Subnet, n.Gateway, n.DNS, n.Addressing = netip.MustParsePrefix("10.77.0.0/24"), netip.MustParseAddr("10.77.0.1"), in.Site.Network.DNS, Static
			in.Site.Networks = []Network{n}
		}
	}
	for _, c := range []struct {
		name, example   string
		broken, healthy func(*Input)
		code            string
		severity        Severity
		path            string
	}{
		{"a region that is not en-US", ws, two(func(h *Host) { h.OS.Region = "de-CH" }), hosts(func(h *Host) { h.OS.Region = "en-us" }), "host-region", Block, "inventory.hosts[1].os.region"},
		{"hyper-threading off", ws, two(func(h *Host) { h.Processor.Logical = h.Processor.Cores }), two(func(h *Host) { h.Processor.Logical = 2 * h.Processor.Cores }), "host-hyper-threading", Note, "inventory.hosts[1].processor.logical"},
		{"a proxy on the host without a list", ws, all(siteProxy, variables(ProxyVariables{HTTP: inUse.HTTP})), all(siteProxy, variables(inUse)), "host-proxy-direct", Block, "inventory.hosts[0].proxy.noProxy"},
		{"no proxy on the host needs no list", ws, all(siteProxy, variables(ProxyVariables{HTTPS: inUse.HTTPS})), variables(ProxyVariables{}), "host-proxy-direct", Block, "inventory.hosts[1].proxy.noProxy"},
		{"a proxy of its own on the second host", ws, all(siteProxy, variables(inUse), two(func(h *Host) { h.Proxy.NoProxy = h.Proxy.NoProxy[:1] })), all(siteProxy, variables(inUse)), "host-proxy-differs", Block, "inventory.hosts[1].proxy"},
		{"a proxy that the site does not name", ws, variables(inUse), all(siteProxy, variables(inUse)), "host-proxy-site", Warn, "inventory.hosts[0].proxy"},
		{"an account in a host's proxy", ws, all(siteProxy, variables(ProxyVariables{HTTP: "http://me:hunter2@proxy:3128", NoProxy: inUse.NoProxy})), all(siteProxy, variables(inUse)), "secret-reference", Block, "inventory.hosts[0].proxy.http"},
		{"another version of Moc", ws, all(hosts(func(h *Host) { h.Modules = []Module{{"Moc", "1.2.4"}} }), two(func(h *Host) { h.Modules = []Module{{"moc", "1.2.3"}} })),
			hosts(func(h *Host) { h.Modules = []Module{{"Moc", "1.2.4"}, {"Kva", "1.2.4"}} }), "host-module-differs", Warn, "inventory.hosts[1].modules[0].version"},
		{"Az.Accounts 2.7", ws, two(func(h *Host) { h.Modules = []Module{{"Az.Accounts", "2.7.4"}} }), two(func(h *Host) { h.Modules = []Module{{"Az.Accounts", "2.6.0"}} }), "host-module-accounts", Warn, "inventory.hosts[1].modules[0].version"},
		{"the PowerShellGet of Windows", ws, two(func(h *Host) { h.Modules = []Module{{"PowerShellGet", "1.0.0.1"}} }), two(func(h *Host) { h.Modules = []Module{{"PowerShellGet", "2.2.5"}} }), "host-module-get", Warn, "inventory.hosts[1].modules[0].version"},
		{"a host without its short service name", ws, two(func(h *Host) { h.ServicePrincipals = []string{"HOST/brhv02", "wsman/" + strings.ToUpper(h.Name)} }),
			two(func(h *Host) { h.ServicePrincipals = []string{"WSMAN/" + shortName(h.Name), "wsman/" + h.Name} }), "host-spn", Warn, "inventory.hosts[1].servicePrincipals"},
		{"delegation left on", ws, two(func(h *Host) { h.CredSSP = Yes }), two(func(h *Host) { h.CredSSP = No }), "host-credssp", Note, "inventory.hosts[1].credSSP"},
		{"nobody has said what the scanner passes over", ws, func(*Input) {}, scanner(), "antivirus-unknown", Note, "inventory.antivirus"},
		{"a scanner that looks at the node agent", ws, scanner("wssdagent"), scanner(), "antivirus-exclusion", Warn, "inventory.antivirus"},
		{"a scanner that looks into a module", ws, scanner(`\Kva`), scanner(), "antivirus-exclusion", Warn, "inventory.antivirus"},
		{"a scanner that looks into the working folder", ws, scanner(`C:\AksHci`), scanner(), "antivirus-exclusion", Warn, "inventory.antivirus"},

		{"private endpoints only", ws, func(in *Input) { in.Site.Azure.PrivateLink = Yes }, func(in *Input) { in.Site.Azure.PrivateLink = No }, "azure-private-link", Block, "site.azure.privateLink"},
		{"private endpoints where the pages differ", local, func(in *Input) { in.Site.Azure.PrivateLink = Yes }, func(in *Input) { in.Site.Azure.PrivateLink = Unknown }, "azure-private-link", Warn, "site.azure.privateLink"},
		{"a provider that is not registered", ws, subscription(Subscription{Providers: []string{"microsoft.kubernetes", "Microsoft.Compute"}}),
			subscription(Subscription{Providers: []string{"Microsoft.Kubernetes", "Microsoft.KubernetesConfiguration"}}), "azure-provider", Block, "inventory.azure.providers"},
		{"an application that may only read", ws, subscription(Subscription{Role: "Reader"}), subscription(Subscription{Role: "contributor"}), "azure-role", Block, "inventory.azure.role"},
		{"a resource group that is not there", ws, subscription(Subscription{ResourceGroup: No}), subscription(Subscription{ResourceGroup: Yes}), "azure-resource-group", Block, "inventory.azure.resourceGroup"},
		{"a resource group elsewhere", ws, subscription(Subscription{ResourceGroupRegion: "brazilsouth"}), func(in *Input) { subscription(Subscription{ResourceGroupRegion: in.Site.Azure.Region})(in) }, "azure-group-region", Warn, "inventory.azure.resourceGroupRegion"},

		{"small packets under the switch", ws, two(ports(1500, 1300)), hosts(ports(1500, 1500)), "adapter-mtu", Warn, "inventory.hosts[1].adapters"},
		{"packets of two sizes", ws, all(hosts(ports(9000, 9000)), two(ports(9000, 1500))), hosts(ports(9000, 9000)), "adapter-mtu", Warn, "inventory.hosts[1].adapters"},
		{"a port without qualification", ws, two(func(h *Host) { h.Adapters[0].Qualification = "none" }), two(func(h *Host) { h.Adapters[0].Qualification = "Premium" }), "adapter-qualification", Warn, "inventory.hosts[1].adapters"},
		{"a further network's VLAN that a switch lacks", ws, all(second(Network{Name: "lab", Switch: "ConvergedSwitch", VLAN: 77}), func(in *Input) { in.Inventory.NetworkSwitches = []NetworkSwitch{{Name: "tor1", VLANs: []int{40}}} }),
			all(second(Network{Name: "lab", Switch: "ConvergedSwitch", VLAN: 77}), func(in *Input) { in.Inventory.NetworkSwitches = []NetworkSwitch{{Name: "tor1", VLANs: []int{40, 77}}} }), "rack-switch-vlan", Block, "inventory.networkSwitches[0].vlans"},
		{"a further network's switch on a dead port", ws, all(second(Network{Name: "lab", Switch: "Lab", VLAN: 77}), hosts(func(h *Host) {
			h.Switches = append(h.Switches, Switch{Name: "Lab", Type: "External", Adapters: []string{"NIC9"}})
		})),
			all(second(Network{Name: "lab", Switch: "Lab", VLAN: 77}), hosts(func(h *Host) {
				h.Switches = append(h.Switches, Switch{Name: "Lab", Type: "External", Adapters: []string{"NIC2"}})
			})), "switch-uplink", Block, "inventory.hosts[0].switches[1].adapters"},
		{"four hosts without a storage switch", "baseline", func(in *Input) { in.Inventory.Cluster.Switchless = Yes }, func(in *Input) { in.Inventory.Cluster.Switchless = No }, "cluster-switchless", Warn, "inventory.failoverCluster.switchless"},
		{"graphics processors of the host", ws, all(gpuPool, hosts(gpus(No))), all(gpuPool, hosts(gpus(Yes))), "gpu-assignable", Warn, "inventory.hosts[0].gpus[0].assignable"},
		{"hosts in another network", "baseline", func(*Input) {}, func(in *Input) {
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Address = netip.AddrFrom4([4]byte{172, 20, 67, byte(200 + i)})
			}
		}, "access-networks", Note, "site.network.subnet"},
		{"time beyond a proxy", ws, siteProxy, func(in *Input) { in.Site.Proxy = nil }, "proxy-time", Note, "site.proxy"},
		{"names on the internet", ws, func(*Input) {}, func(in *Input) { in.Inventory.Hosts = nil }, "access-internet", Note, "site.azure.region"},

		{"drives of less than 128 GB", ws, two(func(h *Host) {
			h.Drives = []Drive{{Role: CapacityDrive, Count: 1, Size: 120e9, Media: "SSD", Bus: "SATA"}}
		}), func(*Input) {}, "storage-least", Block, "inventory.hosts[1].drives"},
		{"a single host with little", ws, alone(480e9), alone(500e9), "storage-least", Warn, "inventory.hosts[0].drives"},
		{"several paths to drives on Azure Stack HCI", hci, two(func(h *Host) { h.Features = append(h.Features, "Multipath-IO") }), func(*Input) {}, "drive-multipath", Block, "inventory.hosts[1].features"},
		{"several paths to a storage network", hci, two(func(h *Host) { h.Features = append(h.Features, "multipath-io") }), func(in *Input) {
			in.Profile = exampleInput(t, ws).Profile
			two(func(h *Host) { h.Features = append(h.Features, "Multipath-IO") })(in)
		}, "drive-multipath", Block, "inventory.hosts[1].features"},
		{"a platform that two pages differ on", ws, func(in *Input) { in.Profile = platform(t, "windows-server-2025") }, func(*Input) {}, "platform-contested", Note, "site.platform"},
		{"a version that went before the installed release", ws, func(in *Input) { in.Inventory.Release, in.Site.Clusters[0].Kubernetes = "1.3.0.10605", "v1.25.6" },
			func(in *Input) { in.Inventory.Release = "1.3.0.10605" }, "lifecycle-kubernetes", Block, "site.clusters[0].kubernetes"},
		{"a version older than the newest three", ws, func(in *Input) { in.Inventory.Release, in.Site.Clusters[0].Kubernetes = "1.0.23.10605", "v1.26.10" },
			func(in *Input) { in.Inventory.Release, in.Site.Clusters[0].Kubernetes = "1.0.23.10605", "v1.28.5" }, "lifecycle-kubernetes", Warn, "site.clusters[0].kubernetes"},
		{"a pool of large nodes beyond all processors", ws, func(in *Input) {
			in.Site.Clusters[0].NodePools[0].Count, in.Site.Clusters[0].NodePools[0].VMSize = 150, "Standard_D32s_v3"
		}, func(in *Input) { in.Site.Clusters[0].NodePools[0].VMSize = "Standard_D16s_v3" }, "limit-host-vcpus", Block, "site.clusters"},
		{"a pool of drives that volumes cannot use", ws, hosts(func(h *Host) { h.Drives[1].Count, h.Drives[1].Size = 400, 30e12 }), func(*Input) {}, "storage-volumes-limit", Warn, "inventory.hosts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			healthy := exampleInput(t, c.example)
			c.healthy(&healthy)
			for _, f := range Make(healthy).Findings {
				if f.Code == c.code && f.Path == c.path {
					t.Errorf("the healthy twin has it: %s (%s)", f.Message, f.Evidence)
				}
			}
			broken := exampleInput(t, c.example)
			c.broken(&broken)
			expect(t, Make(broken).Findings, c.code, c.severity, c.path)
		})
	}
}

// platform is a profile.
func platform(t *testing.T, name string) profiles.Profile {
	t.Helper()
	p, err := profiles.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnAccountInAProxyOfAHostIsNotPlanned(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Inventory.Hosts[1].Proxy = &ProxyVariables{HTTP: "http://me:hunter2@proxy:3128", NoProxy: []string{"localhost"}}
	text, err := Encode(Make(in))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hunter2") {
		t.Error("the plan holds the secret")
	}
	if in.Inventory.Hosts[1].Proxy.HTTP != "http://me:hunter2@proxy:3128" {
		t.Error("the inventory that was given was changed")
	}
}

func TestVolumesThatAreProposedCanBeMade(t *testing.T) {
	in := exampleInput(t, "quickstart")
	fleet(func(h *Host) { h.Drives[1].Count, h.Drives[1].Size = 400, 30e12 })(&in)
	room, rules := Make(in).Storage, in.Profile.Storage
	if room.Volumes > rules.VolumesMax.Value || room.Volumes%len(in.Inventory.Hosts) != 0 || room.VolumeSize > rules.VolumeMax.Value {
		t.Errorf("%d volumes of %s, at most %d of %s can be made", room.Volumes, room.VolumeSize, rules.VolumesMax.Value, rules.VolumeMax.Value)
	}
}

func TestAFolderIsCoveredByItselfAndByTheOneAbove(t *testing.T) {
	for _, c := range []struct {
		folder, want string
		covered      bool
	}{
		{`C:\Program Files\WindowsPowerShell\Modules\Kva`, `Modules\Kva`, true},
		{`c:\program files\windowspowershell\modules\kva\*`, `Modules\Kva`, true},
		{`C:\Program Files\WindowsPowerShell\Modules\`, `Modules\Kva`, true},
		{`C:\Program Files\WindowsPowerShell\Modules\Moc`, `Modules\Kva`, false},
		{`C:\OtherModules\Kva2`, `Modules\Kva`, false},
		{`C:\OtherModules`, `Modules\Kva`, false},
		{`%ProgramFiles%\AksHci`, `Program Files\AksHci`, true},
		{`C:\AksHci`, `Program Files\AksHci`, false},
		{`%SystemDrive%\AksHci\`, `:\AksHci`, true},
		{`C:\Program Files\AksHci`, `:\AksHci`, false},
		{`C:\`, `:\AksHci`, true},
		{``, `:\AksHci`, false},
	} {
		if got := covers(c.folder, c.want); got != c.covered {
			t.Errorf("%s covers %s: %v", c.folder, c.want, got)
		}
	}
}
