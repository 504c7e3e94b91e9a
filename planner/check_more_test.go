package planner

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/profiles"
)

// fleet sets something on every host.
func fleet(f func(*Host)) func(*Input) {
	return func(in *Input) {
		for i := range in.Inventory.Hosts {
			f(&in.Inventory.Hosts[i])
		}
	}
}

// two sets something on the second host only.
func two(f func(*Host)) func(*Input) { return func(in *Input) { f(&in.Inventory.Hosts[1]) } }

func addOns(names ...string) func(*Input) {
	return func(in *Input) { in.Site.Clusters[0].AddOns = names }
}

func TestEachRequirementIsAFinding(t *testing.T) {
	const ws, hci, local = "quickstart", "hci-20h2", "worked-azurelocal"
	gpus := func(n int) func(*Input) {
		return fleet(func(h *Host) { h.GPUs = []GPU{{Model: "NVIDIA T4", Count: n}} })
	}
	pool := func(p NodePool) func(*Input) {
		return func(in *Input) { in.Site.Clusters[0].NodePools = append(in.Site.Clusters[0].NodePools, p) }
	}
	all := func(changes ...func(*Input)) func(*Input) {
		return func(in *Input) {
			for _, change := range changes {
				change(in)
			}
		}
	}
	for _, c := range []struct {
		name, example string
		change        func(*Input)
		code          string
		severity      Severity
		path          string
	}{
		{"a server of no known certified family", ws, fleet(func(h *Host) { h.Model = "PowerEdge R750" }), "host-catalogue", Note, "inventory.hosts[0].model"},
		{"processors that are not x64", ws, two(func(h *Host) { h.Processor.Architecture = "ARM64" }), "host-architecture", Block, "inventory.hosts[1].processor.architecture"},
		{"processors before Nehalem", ws, fleet(func(h *Host) { h.Processor.Name = "Intel(R) Xeon(R) CPU E5440 @ 2.83GHz" }), "host-processor-old", Block, "inventory.hosts[0].processor.name"},
		{"processors before EPYC", ws, fleet(func(h *Host) { h.Processor.Name = "AMD Opteron(tm) Processor 6376" }), "host-processor-old", Block, "inventory.hosts[0].processor.name"},
		{"processors below 1.4 GHz", ws, two(func(h *Host) { h.Processor.MHz = 1200 }), "host-processor-slow", Block, "inventory.hosts[1].processor.mhz"},
		{"data execution prevention off", ws, two(func(h *Host) { h.Processor.DEP = No }), "host-dep", Block, "inventory.hosts[1].processor.dep"},
		{"memory without error correction", local, two(func(h *Host) { h.ECC = No }), "host-ecc", Block, "inventory.hosts[1].ecc"},
		{"other processors on Azure Local", local, two(func(h *Host) { h.Processor.Cores = 32 }), "host-processor-differs", Block, "inventory.hosts[1].processor"},
		{"another firmware", ws, all(fleet(func(h *Host) { h.Firmware.Version = "1.8.2" }), two(func(h *Host) { h.Firmware.Version = "1.6.5" })), "host-bios-differs", Warn, "inventory.hosts[1].firmware.version"},
		{"virtualisation-based security off", ws, two(func(h *Host) { h.Firmware.VBS = No }), "host-vbs", Warn, "inventory.hosts[1].firmware.vbs"},
		{"a TPM that is locked", ws, two(func(h *Host) { h.Firmware.TPMReady = No }), "host-tpm-ready", Warn, "inventory.hosts[1].firmware.tpmReady"},
		{"a TPM that is locked on Azure Local", local, two(func(h *Host) { h.Firmware.TPMReady = No }), "host-tpm-ready", Block, "inventory.hosts[1].firmware.tpmReady"},
		{"memory short for its cache drives", ws, two(func(h *Host) {
			h.Memory = 40 * profiles.GiB
			h.Drives = append(h.Drives, Drive{Role: CacheDrive, Count: 2, Size: 2e12, Media: "NVMe", Bus: "NVMe"})
		}), "host-memory-short", Block, "inventory.hosts[1].memory"},
		{"a short name", ws, two(func(h *Host) { h.Name = "brhv02" }), "host-name", Warn, "inventory.hosts[1].name"},
		{"a name that Windows does not take", ws, two(func(h *Host) { h.Name = "branch-hypervisor-02.corp.contoso.com" }), "host-name", Warn, "inventory.hosts[1].name"},
		{"clocks that are apart", ws, all(fleet(func(h *Host) { h.Skew = 70 * time.Second }), two(func(h *Host) { h.Skew = -70 * time.Second })), "host-clock", Block, "inventory.hosts"},
		{"a clock that Kerberos refuses", local, two(func(h *Host) { h.Skew = 6 * time.Minute }), "host-clock", Warn, "inventory.hosts[1].skew"},
		{"another time zone", ws, all(fleet(func(h *Host) { h.TimeZone = "UTC" }), two(func(h *Host) { h.TimeZone = "W. Europe Standard Time" })), "host-time-zone", Warn, "inventory.hosts[1].timeZone"},
		{"other updates", ws, all(fleet(func(h *Host) { h.OS.Patch = 2762 }), two(func(h *Host) { h.OS.Patch = 2655 })), "host-patch-differs", Warn, "inventory.hosts[1].os.patch"},
		{"Windows PowerShell 5.0", ws, two(func(h *Host) { h.PowerShell = "5.0" }), "host-powershell", Block, "inventory.hosts[1].powerShell"},
		{"a restart that is due", ws, two(func(h *Host) { h.RestartPending = Yes }), "host-restart", Warn, "inventory.hosts[1].restartPending"},
		{"no Hyper-V", ws, two(func(h *Host) { h.Features = h.Features[1:] }), "host-feature", Warn, "inventory.hosts[1].features"},
		{"no Hyper-V on Azure Local", local, two(func(h *Host) { h.Features = h.Features[1:] }), "host-feature", Block, "inventory.hosts[1].features"},
		{"a resource bridge under AksHci", ws, func(in *Input) { in.Inventory.ResourceBridge = Yes }, "host-other-product", Warn, "inventory.resourceBridge"},
		{"a domain controller", ws, two(func(h *Host) { h.DomainController = Yes }), "host-domain-controller", Block, "inventory.hosts[1].domainController"},
		{"two racks", ws, all(fleet(func(h *Host) { h.Rack = "a" }), two(func(h *Host) { h.Rack = "b" })), "host-racks", Note, "inventory.hosts"},
		{"zones of one and three", local, all(fleet(func(h *Host) { h.Rack = "a" }), two(func(h *Host) { h.Rack = "b" })), "rack-zones", Block, "inventory.hosts"},
		{"hard disks in a rack-aware cluster", local, func(in *Input) {
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Rack = []string{"a", "b"}[i%2]
			}
			in.Inventory.Hosts[0].Drives[1].Media = "HDD"
		}, "rack-flash", Block, "inventory.hosts[0].drives"},
		{"a control plane that one rack holds", local, func(in *Input) {
			for i := range in.Inventory.Hosts {
				in.Inventory.Hosts[i].Rack = []string{"a", "b"}[i%2]
			}
		}, "rack-control-plane", Warn, "site.clusters[1].controlPlane.count"},
		{"small machines", local, func(in *Input) {
			in.Inventory.Hosts = in.Inventory.Hosts[:2]
			fleet(func(h *Host) { h.Processor.Cores, h.Memory = 12, 128*profiles.GiB })(in)
		}, "host-low-capacity", Note, "inventory.hosts"},

		{"no graphics processor", ws, pool(NodePool{Name: "gpu", OS: Linux, Count: 1, VMSize: "Standard_NK6"}), "gpu-missing", Block, "site.clusters[0].nodePools[1].vmSize"},
		{"another model than the size has", ws, all(fleet(func(h *Host) { h.GPUs = []GPU{{Model: "NVIDIA A2", Count: 4}} }), pool(NodePool{Name: "gpu", OS: Linux, Count: 1, VMSize: "Standard_NK6"})), "gpu-missing", Block, "site.clusters[0].nodePools[1].vmSize"},
		{"pairs that no host has", ws, all(gpus(1), pool(NodePool{Name: "gpu", OS: Linux, Count: 1, VMSize: "Standard_NK12"})), "gpu-packing", Block, "site.clusters[0].nodePools[1].vmSize"},
		{"no graphics processor to spare", ws, all(gpus(1), pool(NodePool{Name: "gpu", OS: Linux, Count: 2, VMSize: "Standard_NK6"})), "gpu-spare", Warn, "site.clusters[0].nodePools[1].vmSize"},
		{"two pools that share", ws, all(gpus(2), pool(NodePool{Name: "one", OS: Linux, Count: 1, VMSize: "Standard_NK6"}), pool(NodePool{Name: "pair", OS: Linux, Count: 2, VMSize: "Standard_NK12"})), "gpu-missing", Block, "site.clusters[0].nodePools[1].vmSize"},
		{"nodes that do not move", ws, all(gpus(4), pool(NodePool{Name: "gpu", OS: Linux, Count: 1, VMSize: "Standard_NK6"})), "gpu-failover", Note, "site.clusters[0].nodePools[1].vmSize"},
		{"Windows with graphics processors", ws, pool(NodePool{Name: "gpu", OS: Windows2022, Count: 1, VMSize: "Standard_NK6"}), "size-gpu-os", Block, "site.clusters[0].nodePools[1].os"},
		{"other graphics processors", ws, all(gpus(4), two(func(h *Host) { h.GPUs = nil }), pool(NodePool{Name: "gpu", OS: Linux, Count: 1, VMSize: "Standard_NK6"})), "gpu-differs", Warn, "inventory.hosts[1].gpus"},
		{"more graphics memory than is supported", local, two(func(h *Host) { h.GPUs = []GPU{{Model: "L40S", Count: 5, Memory: 48 * profiles.GiB}} }), "gpu-memory", Warn, "inventory.hosts[1].gpus"},

		{"hard disks only", ws, fleet(func(h *Host) { h.Drives[1].Media = "HDD" }), "drive-flash", Block, "inventory.hosts[0].drives"},
		{"several kinds of drives on Azure Local", local, fleet(func(h *Host) {
			h.Drives = append(h.Drives, Drive{Role: CacheDrive, Count: 2, Size: 800e9, Media: "SSD", Bus: "SAS"})
		}), "drive-hybrid", Warn, "inventory.hosts[0].drives"},
		{"several kinds of drives on one machine", local, func(in *Input) {
			in.Inventory.Hosts = in.Inventory.Hosts[:1]
			in.Inventory.Hosts[0].Drives = append(in.Inventory.Hosts[0].Drives, Drive{Role: CapacityDrive, Count: 2, Size: 800e9, Media: "SSD", Bus: "SAS"})
		}, "drive-hybrid", Block, "inventory.hosts[0].drives"},
		{"a small cache", local, two(func(h *Host) {
			h.Drives = append(h.Drives, Drive{Role: CacheDrive, Count: 2, Size: 16e9, Media: "SSD", Bus: "SAS"})
		}), "drive-cache-small", Block, "inventory.hosts[1].drives[2].size"},
		{"flash without power-loss protection", ws, two(func(h *Host) { h.Drives[1].PowerLossProtection = No }), "drive-power-loss", Warn, "inventory.hosts[1].drives[1].powerLossProtection"},
		{"a failing drive", ws, two(func(h *Host) { h.Drives[1].Health = "Warning" }), "drive-health", Block, "inventory.hosts[1].drives[1].health"},
		{"a storage network on Windows Server", ws, fleet(func(h *Host) { h.Drives[1].Bus = "Fibre Channel" }), "drive-san", Warn, "inventory.hosts[0].drives[1].bus"},
		{"a storage network on Azure Stack HCI", hci, fleet(func(h *Host) { h.Drives[1].Bus = "iSCSI" }), "drive-bus", Block, "inventory.hosts[0].drives[1].bus"},
		{"a small boot drive for much memory", local, fleet(func(h *Host) { h.Memory, h.Drives[0].Size = profiles.TiB, 240e9 }), "drive-boot-dump", Warn, "inventory.hosts[0].drives[0].size"},
		{"one data drive on a single machine", local, func(in *Input) {
			in.Inventory.Hosts = in.Inventory.Hosts[:1]
			in.Inventory.Hosts[0].Drives[1].Count = 1
		}, "drive-count", Block, "inventory.hosts[0].drives"},
		{"a volume in the clear", ws, func(in *Input) { in.Inventory.Cluster.Volumes[0].Encrypted = No }, "volume-encryption", Note, "inventory.failoverCluster.volumes[0].encrypted"},

		{"other ports", ws, two(func(h *Host) { h.Adapters = h.Adapters[:3] }), "adapter-differs", Warn, "inventory.hosts[1].adapters"},
		{"other ports on Azure Local", local, two(func(h *Host) { h.Adapters[0].Gbps = 25 }), "adapter-differs", Block, "inventory.hosts[1].adapters"},
		{"another driver", ws, all(fleet(func(h *Host) { h.Adapters[0].Driver = "2.70" }), two(func(h *Host) { h.Adapters[0].Driver = "2.60" })), "adapter-driver-differs", Warn, "inventory.hosts[1].adapters[0].driver"},
		{"two technologies of RDMA", ws, all(fleet(func(h *Host) { h.Adapters[0].Technology = "RoCEv2" }), two(func(h *Host) { h.Adapters[0].Technology = "iWARP" })), "adapter-rdma-mixed", Block, "inventory.hosts"},
		{"RoCE without DCB", ws, fleet(func(h *Host) { h.Adapters[0].Technology = "RoCEv2" }), "adapter-dcb", Warn, "inventory.hosts[0].features"},
		{"IPv6", ws, two(func(h *Host) { h.Adapters[2].IPv6 = Yes }), "adapter-ipv6", Warn, "inventory.hosts[1].adapters"},
		{"a port without link", ws, two(func(h *Host) { h.Adapters[2].Gbps = 0 }), "adapter-down", Note, "inventory.hosts[1].adapters"},
		{"an LBFO team", ws, two(func(h *Host) { h.Switches[0].Teaming = "LBFO" }), "switch-team", Block, "inventory.hosts[1].switches[0].teaming"},
		{"a switch on a dead port", ws, two(func(h *Host) { h.Adapters[2].Gbps, h.Switches[0].Adapters = 0, []string{"NIC1"} }), "switch-uplink", Block, "inventory.hosts[1].switches[0].adapters"},
		{"a team of unlike ports", ws, two(func(h *Host) { h.Adapters[2].Gbps, h.Switches[0].Adapters = 10, []string{"NIC1", "NIC2"} }), "switch-asymmetric", Warn, "inventory.hosts[1].switches[0].adapters"},
		{"a switch of the rack without flow control", ws, func(in *Input) {
			in.Inventory.NetworkSwitches = []NetworkSwitch{{Name: "tor1", Standards: []string{"802.1q", "IEEE 802.1Qaz", "802.1AB"}}}
		}, "rack-switch-standards", Warn, "inventory.networkSwitches[0].standards"},
		{"a switch of the rack without the VLAN", ws, func(in *Input) { in.Inventory.NetworkSwitches = []NetworkSwitch{{Name: "tor1", VLANs: []int{1, 711}}} }, "rack-switch-vlan", Block, "inventory.networkSwitches[0].vlans"},

		{"a stretched cluster", ws, func(in *Input) { in.Inventory.Cluster.Stretched = Yes }, "cluster-stretched", Block, "inventory.failoverCluster.stretched"},
		{"four machines without a switch", local, func(in *Input) { in.Inventory.Cluster.Switchless = Yes }, "cluster-switchless", Block, "inventory.failoverCluster.switchless"},
		{"two hosts without a witness", ws, func(in *Input) { in.Inventory.Cluster.Witness = "none" }, "cluster-witness", Warn, "inventory.failoverCluster.witness"},
		{"the pre-staged role without a deployment", "baseline", func(in *Input) { in.Inventory.Cluster.Groups = []ClusterGroup{{"CA-DCAKS", "Offline"}} }, "cluster-leftover", Block, "inventory.failoverCluster.groups[0].name"},
		{"no contact for too long", hci, func(in *Input) { in.Inventory.Cluster.LastContact = day("2026-11-01") }, "cluster-contact", Block, "inventory.failoverCluster.lastContact"},
		{"two storage networks in one subnet", ws, func(in *Input) { in.Inventory.Cluster.Nets[2].Subnet = in.Inventory.Cluster.Nets[1].Subnet }, "cluster-network-overlap", Block, "inventory.failoverCluster.networks[2].subnet"},
		{"two networks in one VLAN", ws, func(in *Input) { in.Inventory.Cluster.Nets[1].VLAN, in.Inventory.Cluster.Nets[2].VLAN = 711, 711 }, "cluster-network-vlan", Warn, "inventory.failoverCluster.networks[2].vlan"},
		{"a storage network within another", ws, func(in *Input) {
			in.Inventory.Cluster.Nets[1].Subnet, in.Inventory.Cluster.Nets[2].Subnet = netip.MustParsePrefix("172.20.1.0/24"), netip.MustParsePrefix("172.20.0.0/16")
		}, "cluster-network-overlap", Block, "inventory.failoverCluster.networks[2].subnet"},
		{"a pool without a size", ws, func(in *Input) { in.Site.Clusters[0].NodePools[0].VMSize = "" }, "size-default", Note, "site.clusters[0].nodePools[0]"},
		{"planned for a day before the hosts were read", ws, func(in *Input) { in.Site.PlannedFor = day("2025-12-05") }, "inventory-newer", Warn, "site.plannedFor"},
		{"storage in the range of services", ws, func(in *Input) { in.Inventory.Cluster.Nets[1].Subnet = netip.MustParsePrefix("10.96.1.0/24") }, "address-inner-overlap", Block, "inventory.failoverCluster.networks[1].subnet"},
		{"machines in a storage VLAN", ws, func(in *Input) { in.Inventory.Cluster.Nets[1].VLAN = 40 }, "network-vlan-storage", Warn, "site.network.vlan"},
		{"machines in Azure Local's own storage VLAN", local, func(in *Input) { in.Site.Network.VLAN = 711 }, "network-vlan-storage", Warn, "site.network.vlan"},

		{"no VLAN", ws, func(in *Input) { in.Site.Network.VLAN = 0 }, "network-vlan-untagged", Note, "site.network.vlan"},
		{"another logical network of the name", local, func(in *Input) {
			in.Inventory.LogicalNetworks = []ExistingNetwork{{Name: "akslnet", Region: "eastus", Addressing: DHCP, Subnet: in.Site.Network.Subnet, VLAN: 132, Pool: in.Site.Network.NodePool}}
		}, "logical-network-differs", Block, "inventory.logicalNetworks[0]"},
		{"too few addresses for pods", local, func(in *Input) { in.Site.Network.Pods = new(netip.MustParsePrefix("10.50.0.0/23")) }, "address-inner-small", Block, "site.network.pods"},
		{"a computer object whose address nobody gives", "baseline", func(in *Input) { in.Site.Network.CloudAgent = nil }, "cloud-agent-record", Warn, "site.network.cloudAgent"},

		{"no domain for two hosts", ws, all(fleet(func(h *Host) { h.Domain = "" }), func(in *Input) { in.Site.Directory.Domain = "" }), "directory-missing", Block, "site.directory.domain"},
		{"a domain of one label", ws, func(in *Input) { in.Site.Directory.Domain = "corp" }, "directory-domain", Warn, "site.directory.domain"},
		{"a domain in .local under AksHci", ws, func(in *Input) { in.Site.Directory.Domain = "corp.local" }, "directory-local", Note, "site.directory.domain"},
		{"a unit that is no distinguished name", ws, func(in *Input) { in.Site.Directory.OU = "corp.contoso.com/Hosts" }, "directory-ou", Block, "site.directory.ou"},
		{"a domain controller by a scheme", ws, func(in *Input) { in.Site.Directory.Server = "ldaps://dc1.corp.contoso.com" }, "directory-server", Block, "site.directory.server"},
		{"a domain controller by its short name", ws, func(in *Input) { in.Site.Directory.Server = "dc1" }, "directory-server", Block, "site.directory.server"},
		{"LDAP without TLS", ws, func(in *Input) { in.Site.Directory.Server = "dc1.corp.contoso.com:389" }, "directory-server", Block, "site.directory.server"},
		{"a port that is none", ws, func(in *Input) { in.Site.Directory.Server = "dc1.corp.contoso.com:0" }, "directory-server", Block, "site.directory.server"},
		{"a pin that is none", ws, func(in *Input) { in.Site.Directory.Pin = "abc" }, "directory-server", Block, "site.directory.pin"},
		{"a group that cannot be", ws, func(in *Input) { in.Site.Directory.Groups = []string{"Admins", "a/b"} }, "directory-group", Block, "site.directory.groups[1]"},
		{"a failover cluster of a long name", ws, func(in *Input) { in.Site.Directory.ClusterName = "a-very-long-name" }, "directory-cluster-name", Block, "site.directory.clusterName"},
		{"a unit of another domain", ws, func(in *Input) { in.Site.Directory.ServicesOU = "OU=AKS,DC=fabrikam,DC=com" }, "directory-ou", Block, "site.directory.servicesOU"},
		{"a unit with a forbidden character", local, func(in *Input) { in.Site.Directory.OU = "OU=R&D,DC=corp,DC=fabrikam,DC=com" }, "directory-ou", Block, "site.directory.ou"},
		{"no unit", ws, func(in *Input) { in.Site.Directory.OU = "" }, "directory-ou-missing", Note, "site.directory.ou"},
		{"no unit on Azure Local", local, func(in *Input) { in.Site.Directory.OU = "" }, "directory-ou-missing", Warn, "site.directory.ou"},
		{"one unit for both", ws, func(in *Input) { in.Site.Directory.ServicesOU = in.Site.Directory.OU }, "directory-ou-same", Note, "site.directory.servicesOU"},
		{"a computer object with a dot", ws, func(in *Input) { in.Site.Directory.CloudAgentRole = "ca.agent" }, "directory-role-name", Block, "site.directory.cloudAgentRole"},
		{"a computer object named like a host", ws, func(in *Input) { in.Site.Directory.CloudAgentRole = "BRHV01" }, "directory-role-name", Block, "site.directory.cloudAgentRole"},

		{"one identifier twice", ws, func(in *Input) { in.Site.Azure.Subscription = in.Site.Azure.Tenant }, "azure-identifier", Block, "site.azure.subscription"},
		{"an identifier of zeros", ws, func(in *Input) { in.Site.Azure.Tenant = "00000000-0000-0000-0000-000000000000" }, "azure-identifier", Block, "site.azure.tenant"},
		{"a resource group that Azure refuses", ws, func(in *Input) { in.Site.Azure.ResourceGroup = "rg aks" }, "azure-resource-group", Block, "site.azure.resourceGroup"},
		{"a path with forward slashes", ws, func(in *Input) { in.Site.Storage.Images = "C:/ClusterStorage/Volume01/Images" }, "storage-path-form", Block, "site.storage.images"},

		{"one control plane node", ws, func(in *Input) { in.Site.Clusters[0].Control.Count = 1 }, "control-plane-single", Note, "site.clusters[0].controlPlane.count"},
		{"many pods on a node", ws, func(in *Input) { in.Site.Clusters[0].NodePools[0].MaxPods = 200 }, "pool-pods-advised", Note, "site.clusters[0].nodePools[0].maxPods"},
		{"a pool with a hyphen on Azure Local", local, func(in *Input) { in.Site.Clusters[0].NodePools[0].Name = "front-end" }, "pool-name", Block, "site.clusters[0].nodePools[0].name"},
		{"a long pool name on Azure Local", local, func(in *Input) { in.Site.Clusters[0].NodePools[0].Name = "frontendpool1" }, "pool-name-advised", Warn, "site.clusters[0].nodePools[0].name"},
		{"seventy nodes in the first pool", local, func(in *Input) { in.Site.Clusters[0].NodePools[0].Count = 70 }, "limit-pool-nodes", Warn, "site.clusters[0].nodePools[0].count"},
		{"too many nodes in the first pool", local, func(in *Input) { in.Site.Clusters[0].NodePools[0].Count = 201 }, "limit-pool-nodes", Block, "site.clusters[0].nodePools[0].count"},
		{"seventy nodes in the second pool", local, pool(NodePool{Name: "big", OS: Linux, Count: 70}), "limit-pool-nodes", Block, "site.clusters[0].nodePools[1].count"},
		{"a size of a later release", local, func(in *Input) {
			in.Inventory.Release, in.Site.Clusters[0].NodePools[0].VMSize = "2411", "Standard_D16s_v3"
		}, "size-release", Block, "site.clusters[0].nodePools[0].vmSize"},

		{"an add-on nobody knows", ws, addOns("azure-polisy"), "addon-unknown", Warn, "site.clusters[0].addOns[0]"},
		{"an add-on of the other generation", ws, addOns("azure-rbac"), "addon-unsupported", Block, "site.clusters[0].addOns[0]"},
		{"an add-on for Windows Server", hci, addOns("gmsa"), "addon-unsupported", Block, "site.clusters[0].addOns[0]"},
		{"an add-on in preview", ws, addOns("defender"), "addon-preview", Note, "site.clusters[0].addOns[0]"},
		{"add-ons that exclude each other", ws, addOns("key-vault", "secret-store"), "addon-conflict", Block, "site.clusters[0].addOns[1]"},
		{"an add-on for later versions", ws, all(addOns("azure-policy"), func(in *Input) { in.Site.Clusters[0].Kubernetes = "v1.26.3" }), "addon-kubernetes", Block, "site.clusters[0].addOns[0]"},
		{"an add-on with a service behind it", ws, addOns("azure-monitor-metrics"), "addon-region", Note, "site.azure.region"},
		{"an add-on that passes Windows over", hci, addOns("velero"), "addon-windows", Note, "site.clusters[0].addOns[0]"},
		{"an old release of AksHci", ws, func(in *Input) { in.Inventory.Release = "1.0.22.10209"; in.Site.Clusters[0].Kubernetes = "v1.27.3" }, "lifecycle-release", Warn, "inventory.release"},
		{"an add-on that no step installs", ws, addOns("istio"), "step-missing", Note, "site.clusters[0].addOns"},
		{"a retired add-on", ws, addOns("ingress-nginx"), "lifecycle-addon", Block, "site.clusters[0].addOns[0]"},
		{"an add-on that will be retired", ws, all(addOns("open-service-mesh"), func(in *Input) { in.Site.PlannedFor = day("2027-06-01") }), "lifecycle-addon", Warn, "site.clusters[0].addOns[0]"},

		{"a release out of support", local, func(in *Input) { in.Inventory.Release = "12.2512.1002.16" }, "lifecycle-release", Block, "inventory.release"},
		{"a release whose support soon ends", local, func(in *Input) { in.Inventory.Release = "2610" }, "lifecycle-release", Warn, "inventory.release"},
		{"a release nobody knows", ws, func(in *Input) { in.Inventory.Release = "9.9" }, "release-unknown", Note, "inventory.release"},
		{"a version that the release does not have", local, func(in *Input) { in.Inventory.Release = "2510"; in.Site.Clusters[0].Kubernetes = "1.29.13" }, "kubernetes-release", Block, "site.clusters[0].kubernetes"},
		{"a version that the module no longer installs", ws, func(in *Input) { in.Site.Clusters[0].Kubernetes = "v1.25.6" }, "lifecycle-kubernetes", Block, "site.clusters[0].kubernetes"},
		{"a version that went with its last release", local, func(in *Input) { in.Site.Clusters[0].Kubernetes = "1.30.14" }, "lifecycle-kubernetes", Block, "site.clusters[0].kubernetes"},

		{"too much memory", ws, fleet(func(h *Host) { h.Memory = 25 * profiles.TiB }), "limit-host-memory", Block, "inventory.hosts[0].memory"},
		{"too many processors", ws, fleet(func(h *Host) { h.Processor.Logical = 640 }), "limit-host-processors", Block, "inventory.hosts[0].processor.logical"},
		{"too many drives", ws, fleet(func(h *Host) { h.Drives[1].Count, h.Drives[1].Size = 24, 30e12 }), "limit-host-storage", Block, "inventory.hosts[0].drives"},
		{"too many drives together", "baseline", fleet(func(h *Host) { h.Drives[1].Count, h.Drives[1].Size = 20, 30e12 }), "limit-storage", Block, "inventory.hosts"},
		{"too many volumes", ws, func(in *Input) { in.Inventory.Cluster.Volumes = slices.Repeat(in.Inventory.Cluster.Volumes, 65) }, "limit-volumes", Block, "inventory.failoverCluster.volumes"},
		{"too large a volume", ws, func(in *Input) { in.Inventory.Cluster.Volumes[0].Size = 65e12 }, "limit-volume-size", Block, "inventory.failoverCluster.volumes[0].size"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := exampleInput(t, c.example)
			for _, f := range Check(in) {
				if f.Code == c.code && f.Path == c.path && f.Severity == c.severity {
					t.Fatalf("the example itself has it: %s", f.Message)
				}
			}
			c.change(&in)
			expect(t, Check(in), c.code, c.severity, c.path)
		})
	}
}

func TestWhatIsNotKnownIsNotWrong(t *testing.T) {
	for _, name := range examples {
		for _, f := range Check(exampleInput(t, name)) {
			for _, key := range []string{"vbs", "tpmReady", "ecc", "dep", "mhz", "patch", "timeZone", "powerShell", "release", "witness", "registered", "rack"} {
				if strings.HasSuffix(f.Path, "."+key) {
					t.Errorf("%s: %s at %s, which nobody gave", name, f.Code, f.Path)
				}
			}
		}
	}
}

func TestASingleHostNeedsNoDirectory(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Inventory.Hosts = in.Inventory.Hosts[:1]
	in.Inventory.Hosts[0].Domain, in.Inventory.Hosts[0].Name = "", "brhv01"
	in.Site.Directory = Directory{}
	in.Inventory.Cluster = FailoverCluster{}
	for _, f := range Check(in) {
		if strings.HasPrefix(f.Code, "directory-") || f.Code == "host-domain" || f.Code == "host-name" || f.Code == "host-feature" {
			t.Errorf("%s: %s", f.Code, f.Message)
		}
	}
}

func TestVersionsThatThePlatformOffersAreTaken(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Site.Clusters[0].Kubernetes = "v1.31.4"
	expect(t, Check(in), "kubernetes-minor", Warn, "site.clusters[0].kubernetes")
	in.Inventory.KubernetesVersions = []string{"v1.30.2", "1.31.4"}
	for _, f := range Check(in) {
		if strings.HasPrefix(f.Code, "kubernetes-") {
			t.Errorf("%s: %s", f.Code, f.Message)
		}
	}
}

func TestMonthlyReleases(t *testing.T) {
	for text, want := range map[string]string{"2510": "2025-10-31", "12.2510.1002.88": "2025-10-31", "2311.2": "2023-11-30", "2412": "2024-12-31", "2402": "2024-02-29"} {
		m, ok := month(text)
		if got := lastDayOf(m).String(); !ok || got != want {
			t.Errorf("%s is of the month that ends on %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "1.0.24.11029", "1.3.0.10605", "2513", "25101", "latest"} {
		if _, ok := month(text); ok {
			t.Errorf("%q passes for a monthly release", text)
		}
	}
}

func TestOldProcessorsAreToldByTheirNames(t *testing.T) {
	for name, old := range map[string]bool{
		"Intel(R) Xeon(R) CPU           E5440  @ 2.83GHz": true,
		"Intel(R) Xeon(R) CPU 5160 @ 3.00GHz":             true,
		"AMD Opteron(tm) Processor 6376":                  true,
		"Intel(R) Core(TM)2 Quad CPU Q9550":               true,
		"Intel(R) Xeon(R) CPU X5570 @ 2.93GHz":            false,
		"Intel(R) Xeon(R) CPU E5-2650 v4 @ 2.20GHz":       false,
		"Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz":       false,
		"Intel(R) Xeon(R) Silver 4316 CPU @ 2.30GHz":      false,
		"Intel(R) Xeon(R) Platinum 8380 CPU @ 2.30GHz":    false,
		"INTEL(R) XEON(R) GOLD 5415+":                     false,
		"AMD EPYC 7443 24-Core Processor":                 false,
		"Intel(R) Xeon(R) D-2183IT CPU @ 2.20GHz":         false,
		"Intel(R) Xeon(R) W-3345 CPU @ 3.00GHz":           false,
		"Intel(R) Xeon(R) 6740P":                          false,
	} {
		if got := oldProcessor.MatchString(name); got != old {
			t.Errorf("%s is old: %v", name, got)
		}
	}
}

func TestEveryCodeTellsAllOfItself(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Codes() {
		if c.Meaning == "" || c.Why == "" || c.Remedy == "" || c.Severity == "" || c.Owner == "" || c.Area == "" {
			t.Errorf("%+v", c)
		}
		for _, text := range []string{c.Meaning, c.Why, c.Remedy} {
			if !strings.HasSuffix(text, ".") && !strings.Contains(text, ": ") && !strings.HasSuffix(text, "Set-ClusterQuorum") {
				t.Errorf("%s: %q ends without a point", c.Name, text)
			}
		}
		if strings.ToLower(c.Name) != c.Name || !strings.Contains(c.Name, "-") || seen[c.Name] {
			t.Errorf("%q is no name of a code, or stands twice", c.Name)
		}
		seen[c.Name] = true
	}
	if len(seen) != len(declared) || len(seen) < 200 {
		t.Errorf("%d codes, %d of them by name", len(seen), len(declared))
	}
}

func TestASearchFindsTheCode(t *testing.T) {
	for text, want := range map[string]string{
		"BLOCK address-pool-edge  the node pool starts at 10.0.0.1":     "address-pool-edge",
		"Could not create the failover cluster generic role":            "cloud-agent-network",
		"hv01 is itself a virtual machine":                              "host-nested",
		"CloudAgentConnectivityError":                                   "directory-local",
		"a host has RoCE adapters and no Data-Center-Bridging":          "adapter-dcb",
		"the clock of hv03 is 3m0s off":                                 "host-clock",
		"which witness does an even number of hosts need for majority?": "cluster-witness",
	} {
		got := SearchCodes(text)
		if len(got) == 0 || got[0].Code.Name != want {
			var names []string
			for _, m := range got {
				names = append(names, fmt.Sprintf("%s %.1f", m.Code.Name, m.Score))
			}
			t.Errorf("%q finds %v, want %s", text, names, want)
		}
	}
	for _, text := range []string{"", "the and of", "zebra marmalade", "the moon is made of green cheese"} {
		if got := SearchCodes(text); len(got) > 0 {
			t.Errorf("%q finds %s", text, got[0].Code.Name)
		}
	}
}

// TestOneFactIsOneFinding: of the findings that could tell a thing, a plan has one.
func TestOneFactIsOneFinding(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	sight := func(in *Input) {
		fleet(func(h *Host) { h.GPUs = []GPU{{Model: "NVIDIA T4", Count: 4}} })(in)
		in.Site.Clusters[0].NodePools = append(in.Site.Clusters[0].NodePools, NodePool{Name: "gpu", OS: Linux, Count: 1, VMSize: "Standard_NK6"})
	}
	mixed := func(h *Host) {
		h.Drives = append(h.Drives, Drive{Role: CapacityDrive, Count: 2, Size: 4e12, Media: "HDD", Bus: "SAS"})
	}
	for _, test := range []struct {
		name, example string
		change        func(*Input)
		among         []string // the beginnings of the codes
		want          []string
	}{
		{"a small load balancer machine", ws, func(in *Input) {
			in.Site.Clusters[0].Services, in.Site.Clusters[0].Balancer.VMSize = 45, "Standard_A4_v2"
		},
			[]string{"balancer-"}, []string{"balancer-size site.clusters[0].loadBalancer.vmSize"}},
		{"more services than any machine bears", ws, func(in *Input) { in.Site.Clusters[0].Services = 200 }, []string{"balancer-"}, []string{"balancer-services site.clusters[0].services"}},
		{"hard disks alone", ws, two(func(h *Host) { h.Drives[1].Media = "HDD" }), []string{"drive-flash", "drive-hybrid", "storage-media", "storage-cache"}, []string{"drive-flash inventory.hosts[1].drives"}},
		{"hard disks without a cache", ws, two(mixed), []string{"drive-flash", "drive-hybrid", "storage-cache"}, []string{"storage-cache inventory.hosts[1].drives"}},
		{"hard disks on a single machine", local, func(in *Input) {
			in.Inventory.Hosts = in.Inventory.Hosts[:1]
			mixed(&in.Inventory.Hosts[0])
		}, []string{"drive-flash", "drive-hybrid", "storage-cache"}, []string{"drive-hybrid inventory.hosts[0].drives"}},
		{"too many drives", ws, two(func(h *Host) { h.Drives[1].Count, h.Drives[1].Size = 24, 30e12 }), []string{"limit-host-storage", "storage-host"}, []string{"limit-host-storage inventory.hosts[1].drives"}},
		{"too large a volume", ws, func(in *Input) { in.Inventory.Cluster.Volumes[0].Size = 65e12 }, []string{"limit-volume", "storage-volume-"}, []string{"limit-volume-size inventory.failoverCluster.volumes[0].size"}},
		{"graphics processors that stay with their host", ws, sight, []string{"gpu-", "headroom-gpu"}, []string{"gpu-failover site.clusters[0].nodePools[1].vmSize"}},
		{"graphics processors that restart elsewhere", local, sight, []string{"gpu-", "headroom-gpu"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := exampleInput(t, test.example)
			test.change(&in)
			var got []string
			for _, f := range Make(in).Findings {
				if slices.ContainsFunc(test.among, func(begin string) bool { return strings.HasPrefix(f.Code, begin) }) {
					got = append(got, f.Code+" "+f.Path)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("findings %q, want %q", got, test.want)
			}
		})
	}
}

func TestAbsurdAmountsAreJudgedWithoutOverflow(t *testing.T) {
	in := exampleInput(t, "quickstart")
	for i := range in.Inventory.Hosts {
		h := &in.Inventory.Hosts[i]
		h.Drives = []Drive{{Role: CapacityDrive, Count: 1 << 40, Size: 1 << 62, Media: "SSD", Bus: "SAS"}, {Role: CacheDrive, Count: 1 << 40, Size: 1 << 62, Media: "NVMe", Bus: "NVMe"}}
		h.GPUs = []GPU{{Model: "T4", Count: 1 << 60, Memory: 1 << 60}}
	}
	findings := Check(in)
	expect(t, findings, "limit-host-storage", Block, "inventory.hosts[0].drives")
	expect(t, findings, "limit-storage", Block, "inventory.hosts")
	expect(t, findings, "host-memory-short", Block, "inventory.hosts[0].memory")
}

// TestOverlapsAreTheFirst compares with trying all pairs.
func TestOverlapsAreTheFirst(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		o := overlaps{own: map[netip.Prefix]int{}, wider: map[netip.Prefix]int{}}
		var list []netip.Prefix
		for i := range 12 {
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(source.IntN(8) << 5), byte(source.IntN(256)), 1}), 8+source.IntN(17))
			want := slices.IndexFunc(list, p.Overlaps)
			if got := o.add(p, i); got != want {
				t.Fatalf("%s overlaps %d of %v, want %d", p, got, list, want)
			}
			list = append(list, p)
		}
	}
}

func TestPortsAreComparedWithoutTheirNumber(t *testing.T) {
	for description, want := range map[string]string{
		"Mellanox ConnectX-6 Dx Adapter #2": "Mellanox ConnectX-6 Dx Adapter",
		"Intel X710#\t12":                   "Intel X710",
		"Intel X710":                        "Intel X710",
		"Team # 1 # 2":                      "Team # 1",
		"Port #":                            "Port #",
		"Port 2":                            "Port 2",
		"#7":                                "",
	} {
		if got := unnumbered(description); got != want {
			t.Errorf("%q is %q without its number, want %q", description, got, want)
		}
	}
}
