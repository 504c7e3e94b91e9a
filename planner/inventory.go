package planner

import (
	"net/netip"
	"time"
)

// An Inventory is what exists: observed on the hosts, never wished for.
type Inventory struct {
	// Version is always SiteVersion, Kind always Inventory.
	Version string `yaml:"version" json:"version"`
	Kind    string `yaml:"kind" json:"kind"`
	// ReadAt is when the hosts were read.
	ReadAt  time.Time       `yaml:"readAt" json:"readAt"`
	Hosts   []Host          `yaml:"hosts" json:"hosts"`
	Cluster FailoverCluster `yaml:"failoverCluster,omitempty" json:"failoverCluster,omitempty"`
	// InUse are addresses that others are known to use, such as those of a scan or of an
	// address-management system. arcwright discover does not look for them.
	InUse []UsedAddress `yaml:"inUse,omitempty" json:"inUse,omitempty"`
	// Release is the platform's release that is installed, or that the hosts' module
	// installs, such as 1.0.24.11029 or 2510; empty when nobody looked.
	Release string `yaml:"release,omitempty" json:"release,omitempty"`
	// KubernetesVersions are what the platform itself says it offers, such as v1.29.4; they
	// go before what the profile knows.
	KubernetesVersions []string `yaml:"kubernetesVersions,omitempty" json:"kubernetesVersions,omitempty"`
	// Instance is that of Azure Local, Directory what was prepared for the hosts in Active
	// Directory; nil when nobody looked.
	Instance  *Instance          `yaml:"instance,omitempty" json:"instance,omitempty"`
	Directory *PreparedDirectory `yaml:"directory,omitempty" json:"directory,omitempty"`
	// Egress is what was found when the ways to the internet were tried, Tools are what the
	// machine has that the commands for Azure Local run on.
	Egress *Egress `yaml:"egress,omitempty" json:"egress,omitempty"`
	Tools  []Tool  `yaml:"tools,omitempty" json:"tools,omitempty"`
	// Offered are services by the regions that Azure says they are in; they go before what
	// the profile knows. Gateways is how many Azure Arc gateways the subscription has.
	Offered  []ServiceRegions `yaml:"offered,omitempty" json:"offered,omitempty"`
	Gateways int              `yaml:"arcGateways,omitempty" json:"arcGateways,omitempty"`
	// ResourceBridge is whether an Azure Arc resource bridge runs on the hosts.
	ResourceBridge Known `yaml:"resourceBridge,omitempty" json:"resourceBridge,omitempty"`
	// LogicalNetworks are those that the Azure Local instance has already.
	LogicalNetworks []ExistingNetwork `yaml:"logicalNetworks,omitempty" json:"logicalNetworks,omitempty"`
	// NetworkSwitches are the physical switches that the hosts are connected to, as the
	// network team describes them.
	NetworkSwitches []NetworkSwitch `yaml:"networkSwitches,omitempty" json:"networkSwitches,omitempty"`
	// Antivirus is what the virus scanner passes over on every host; not known when left out.
	Antivirus *Antivirus `yaml:"antivirus,omitempty" json:"antivirus,omitempty"`
	// Azure is what the subscription has.
	Azure *Subscription `yaml:"azure,omitempty" json:"azure,omitempty"`
}

// UsedAddress is an address that is taken.
type UsedAddress struct {
	Address netip.Addr `yaml:"address" json:"address"`
	// By says who has it, such as printer-3.
	By string `yaml:"by" json:"by"`
}

// ServiceRegions are the regions that the service behind an add-on is in.
type ServiceRegions struct {
	// AddOn is such as azure-monitor-containers.
	AddOn   string   `yaml:"addOn" json:"addOn"`
	Regions []string `yaml:"regions" json:"regions"`
}

// Known is an answer that may not be known: without the rights to look, Windows
// answers nothing, and nothing is not no.
type Known string

// The three answers.
const (
	Yes     Known = "yes"
	No      Known = "no"
	Unknown Known = "unknown"
)

// A Host is one physical server.
type Host struct {
	// Name is the fully qualified name the host is reached by.
	Name      string     `yaml:"name" json:"name"`
	Address   netip.Addr `yaml:"address" json:"address"`
	Maker     string     `yaml:"maker" json:"maker"`
	Model     string     `yaml:"model" json:"model"`
	Processor Processor  `yaml:"processor" json:"processor"`
	Memory    Bytes      `yaml:"memory" json:"memory"`
	Firmware  Firmware   `yaml:"firmware" json:"firmware"`
	OS        OS         `yaml:"os" json:"os"`
	Domain    string     `yaml:"domain" json:"domain"`
	// Skew is how far the host's clock is from the domain's.
	Skew     time.Duration `yaml:"skew" json:"skew"`
	Drives   []Drive       `yaml:"drives" json:"drives"`
	Adapters []Adapter     `yaml:"adapters" json:"adapters"`
	Switches []Switch      `yaml:"switches" json:"switches"`
	// Module is the version of the AksHci PowerShell module, empty when absent.
	Module string `yaml:"aksHciModule,omitempty" json:"aksHciModule,omitempty"`
	// Prepared is whether Initialize-AksHciNode has run.
	Prepared bool `yaml:"prepared,omitempty" json:"prepared,omitempty"`
	// Features that are installed, such as Hyper-V and Failover-Clustering.
	Features []string `yaml:"features" json:"features"`
	// DNS are the servers that the host asks, Gateways its default gateways.
	DNS      []netip.Addr `yaml:"dns,omitempty" json:"dns,omitempty"`
	Gateways []netip.Addr `yaml:"gateways,omitempty" json:"gateways,omitempty"`
	// QoS are the traffic classes of its storage ports.
	QoS []TrafficClass `yaml:"qos,omitempty" json:"qos,omitempty"`
	// LiveMigration is whether machines move from and to it while they run,
	// MigrationTransport how: SMB, Compression or TCPIP.
	LiveMigration      Known  `yaml:"liveMigration,omitempty" json:"liveMigration,omitempty"`
	MigrationTransport string `yaml:"migrationTransport,omitempty" json:"migrationTransport,omitempty"`
	// GPUs that are given to machines whole; left out where there are none.
	GPUs []GPU `yaml:"gpus,omitempty" json:"gpus,omitempty"`
	// Rack is where the host stands, such as row3-rack7. All or none of the hosts have it.
	Rack string `yaml:"rack,omitempty" json:"rack,omitempty"`
	// TimeZone is the name Windows has for it, such as W. Europe Standard Time.
	TimeZone string `yaml:"timeZone,omitempty" json:"timeZone,omitempty"`
	// PowerShell is the version of the remoting endpoint, such as 5.1.
	PowerShell string `yaml:"powerShell,omitempty" json:"powerShell,omitempty"`
	// RestartPending is whether Windows waits for a restart.
	RestartPending   Known `yaml:"restartPending,omitempty" json:"restartPending,omitempty"`
	DomainController Known `yaml:"domainController,omitempty" json:"domainController,omitempty"`
	// ClusterState is the host's in the failover cluster: Up, Paused, Down or Joining.
	ClusterState string `yaml:"clusterState,omitempty" json:"clusterState,omitempty"`
	// ECC is whether the memory corrects errors.
	ECC Known `yaml:"ecc,omitempty" json:"ecc,omitempty"`
	// Modules are further PowerShell modules in the newest version that is installed, such
	// as Moc, Kva and Az.Accounts.
	Modules []Module `yaml:"modules,omitempty" json:"modules,omitempty"`
	// Proxy is what the machine-wide variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY say.
	Proxy *ProxyVariables `yaml:"proxy,omitempty" json:"proxy,omitempty"`
	// ServicePrincipals are the names that the directory has for the host's account, such as
	// WSMAN/hv01.corp.contoso.com.
	ServicePrincipals []string `yaml:"servicePrincipals,omitempty" json:"servicePrincipals,omitempty"`
	// CredSSP is whether the host takes delegated credentials.
	CredSSP Known `yaml:"credSSP,omitempty" json:"credSSP,omitempty"`
}

// Module is a PowerShell module on a host.
type Module struct {
	Name    string `yaml:"name" json:"name"`
	Version string `yaml:"version" json:"version"`
}

// ProxyVariables are the machine-wide variables of a host that say where the proxy is. All
// of them are empty where none is set.
type ProxyVariables struct {
	// HTTP and HTTPS hold no account.
	HTTP    string   `yaml:"http,omitempty" json:"http,omitempty"`
	HTTPS   string   `yaml:"https,omitempty" json:"https,omitempty"`
	NoProxy []string `yaml:"noProxy,omitempty" json:"noProxy,omitempty"`
}

// Processor is a host's processors taken together.
type Processor struct {
	Name           string `yaml:"name" json:"name"`
	Sockets        int    `yaml:"sockets" json:"sockets"`
	Cores          Cores  `yaml:"cores" json:"cores"`
	Logical        Cores  `yaml:"logical" json:"logical"`
	SLAT           Known  `yaml:"slat" json:"slat"`
	Virtualization Known  `yaml:"virtualization" json:"virtualization"`
	// MHz is the clock, 0 when it is not known. Architecture is such as x64.
	MHz          int    `yaml:"mhz,omitempty" json:"mhz,omitempty"`
	Architecture string `yaml:"architecture,omitempty" json:"architecture,omitempty"`
	// DEP is data execution prevention, XD or NX.
	DEP Known `yaml:"dep,omitempty" json:"dep,omitempty"`
}

// Firmware is the platform security of a host.
type Firmware struct {
	UEFI       Known `yaml:"uefi" json:"uefi"`
	SecureBoot Known `yaml:"secureBoot" json:"secureBoot"`
	// TPM is the specification version, such as 2.0; empty when there is none, "unknown" when it could not be read.
	TPM string `yaml:"tpm" json:"tpm"`
	// TPMReady is whether it is enabled, activated and not locked.
	TPMReady Known `yaml:"tpmReady,omitempty" json:"tpmReady,omitempty"`
	// VBS is whether virtualisation-based security is running; configured is not running.
	VBS Known `yaml:"vbs,omitempty" json:"vbs,omitempty"`
	// Version of the firmware, as its maker writes it.
	Version string `yaml:"version,omitempty" json:"version,omitempty"`
}

// OS is a host's operating system.
type OS struct {
	Product  string `yaml:"product" json:"product"`
	Edition  string `yaml:"edition" json:"edition"`
	Build    int    `yaml:"build" json:"build"`
	Language string `yaml:"language" json:"language"`
	// Patch is the fourth part of the version number, 0 when it is not known.
	Patch int `yaml:"patch,omitempty" json:"patch,omitempty"`
	// Region is the system's locale, such as en-US.
	Region string `yaml:"region,omitempty" json:"region,omitempty"`
}

// DriveRole is what a drive is used for.
type DriveRole string

// The roles of a drive.
const (
	BootDrive     DriveRole = "boot"
	CacheDrive    DriveRole = "cache"
	CapacityDrive DriveRole = "capacity"
)

// Drive is a set of like drives in one host.
type Drive struct {
	Role  DriveRole `yaml:"role" json:"role"`
	Count int       `yaml:"count" json:"count"`
	Model string    `yaml:"model" json:"model"`
	// Media is NVMe, SSD, HDD or PMem.
	Media string `yaml:"media" json:"media"`
	// Bus is SATA, SAS, NVMe, PMem, RAID or another that Windows names.
	Bus  string `yaml:"bus" json:"bus"`
	Size Bytes  `yaml:"size" json:"size"`
	// PowerLossProtection is whether flash keeps what it confirmed when power fails.
	PowerLossProtection Known `yaml:"powerLossProtection,omitempty" json:"powerLossProtection,omitempty"`
	// Health is what Windows says of the worst of the set, such as Healthy or Warning.
	Health string `yaml:"health,omitempty" json:"health,omitempty"`
	// Driver is the file of the driver, such as stornvme.sys. Sector is the format of the
	// sectors: 512n, 512e or 4Kn.
	Driver string `yaml:"driver,omitempty" json:"driver,omitempty"`
	Sector string `yaml:"sector,omitempty" json:"sector,omitempty"`
}

// GPU is a set of like graphics processors in one host.
type GPU struct {
	// Model is such as T4 or NVIDIA A16; its last word is the model of the platform's catalogue.
	Model  string `yaml:"model" json:"model"`
	Count  int    `yaml:"count" json:"count"`
	Memory Bytes  `yaml:"memory,omitempty" json:"memory,omitempty"`
	// Assignable is whether they are dismounted from the host, so that machines can take them.
	Assignable Known `yaml:"assignable,omitempty" json:"assignable,omitempty"`
}

// Adapter is one physical network port.
type Adapter struct {
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description" json:"description"`
	// Gbps is the link speed in gigabits a second.
	Gbps float64 `yaml:"gbps" json:"gbps"`
	RDMA bool    `yaml:"rdma" json:"rdma"`
	// Technology of RDMA: RoCE, RoCEv2, iWARP or InfiniBand.
	Technology string `yaml:"technology,omitempty" json:"technology,omitempty"`
	// IPv6 is whether it is bound to the port.
	IPv6 Known `yaml:"ipv6,omitempty" json:"ipv6,omitempty"`
	// Driver is the version of the driver.
	Driver string `yaml:"driver,omitempty" json:"driver,omitempty"`
	// MTU is the largest packet in bytes, such as 1500 or 9000; 0 when it is not known.
	MTU int `yaml:"mtu,omitempty" json:"mtu,omitempty"`
	// Qualification is that of the Windows Server catalogue for software-defined data
	// centres: Standard, Premium or none.
	Qualification string `yaml:"qualification,omitempty" json:"qualification,omitempty"`
}

// Switch is a virtual switch on a host.
type Switch struct {
	Name string `yaml:"name" json:"name"`
	// Type is External, Internal or Private.
	Type string `yaml:"type" json:"type"`
	// Adapters are the names of the ports that it is bound to.
	Adapters []string `yaml:"adapters,omitempty" json:"adapters,omitempty"`
	// Teaming is SET, LBFO or none.
	Teaming string `yaml:"teaming,omitempty" json:"teaming,omitempty"`
}

// FailoverCluster is the Windows cluster that the hosts form; a single host has none.
type FailoverCluster struct {
	Name    string           `yaml:"name,omitempty" json:"name,omitempty"`
	Address *netip.Addr      `yaml:"address,omitempty" json:"address,omitempty"`
	Volumes []Volume         `yaml:"volumes,omitempty" json:"volumes,omitempty"`
	Nets    []ClusterNetwork `yaml:"networks,omitempty" json:"networks,omitempty"`
	// Groups are the roles, such as that of a cloud agent, and the core group.
	Groups []ClusterGroup `yaml:"groups,omitempty" json:"groups,omitempty"`
	// Witness is a file share, a disk, a cloud account, or none.
	Witness string `yaml:"witness,omitempty" json:"witness,omitempty"`
	// Stretched is whether it spans two sites, Switchless whether the hosts' storage ports
	// are connected to each other without a switch.
	Stretched  Known `yaml:"stretched,omitempty" json:"stretched,omitempty"`
	Switchless Known `yaml:"switchless,omitempty" json:"switchless,omitempty"`
	// Registered is whether Azure Stack HCI is registered with Azure, LastContact the last
	// day that it reached it.
	Registered  Known `yaml:"registered,omitempty" json:"registered,omitempty"`
	LastContact Date  `yaml:"lastContact,omitempty" json:"lastContact,omitempty"`
	// StorageSpaces is whether Storage Spaces Direct is enabled, PoolHealth what Windows says
	// of its pool, such as Healthy or Warning.
	StorageSpaces Known  `yaml:"storageSpaces,omitempty" json:"storageSpaces,omitempty"`
	PoolHealth    string `yaml:"poolHealth,omitempty" json:"poolHealth,omitempty"`
}

// ClusterGroup is a role of the failover cluster.
type ClusterGroup struct {
	Name string `yaml:"name" json:"name"`
	// State is such as Online, PartialOnline, Offline or Failed.
	State string `yaml:"state" json:"state"`
}

// Volume is a cluster shared volume.
type Volume struct {
	Path string `yaml:"path" json:"path"`
	Size Bytes  `yaml:"size" json:"size"`
	Free Bytes  `yaml:"free" json:"free"`
	// Encrypted is whether BitLocker protects all of it.
	Encrypted Known `yaml:"encrypted,omitempty" json:"encrypted,omitempty"`
}

// ClusterNetwork is a network as the failover cluster sees it.
type ClusterNetwork struct {
	Name   string       `yaml:"name" json:"name"`
	Subnet netip.Prefix `yaml:"subnet" json:"subnet"`
	// Role is ClusterAndClient, Cluster or None.
	Role string `yaml:"role" json:"role"`
	// VLAN is 0 for untagged, or when it is not known.
	VLAN int `yaml:"vlan,omitempty" json:"vlan,omitempty"`
}

// ExistingNetwork is a logical network of Azure Local that is there already.
type ExistingNetwork struct {
	Name   string `yaml:"name" json:"name"`
	Region string `yaml:"region" json:"region"`
	// Addressing is static or dhcp; clusters need static, and a pool.
	Addressing Addressing   `yaml:"addressing" json:"addressing"`
	Subnet     netip.Prefix `yaml:"subnet" json:"subnet"`
	Pool       *Range       `yaml:"pool,omitempty" json:"pool,omitempty"`
	VLAN       int          `yaml:"vlan,omitempty" json:"vlan,omitempty"`
	Switch     string       `yaml:"switch,omitempty" json:"switch,omitempty"`
}

// NetworkSwitch is a physical switch in the rack.
type NetworkSwitch struct {
	Name string `yaml:"name" json:"name"`
	// Standards are those of IEEE that it has, such as 802.1Q and 802.1Qbb.
	Standards []string `yaml:"standards" json:"standards"`
	// VLANs are those trunked to the hosts' ports; not judged when left out.
	VLANs []int `yaml:"vlans,omitempty" json:"vlans,omitempty"`
}
