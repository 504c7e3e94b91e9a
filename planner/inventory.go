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
	Skew   time.Duration `yaml:"skew" json:"skew"`
	Drives []Drive       `yaml:"drives" json:"drives"`
	// GPUs that are given to machines whole; left out where there are none.
	GPUs     []HostGPU `yaml:"gpus,omitempty" json:"gpus,omitempty"`
	Adapters []Adapter `yaml:"adapters" json:"adapters"`
	Switches []Switch  `yaml:"switches" json:"switches"`
	// Module is the version of the AksHci PowerShell module, empty when absent.
	Module string `yaml:"aksHciModule,omitempty" json:"aksHciModule,omitempty"`
	// Prepared is whether Initialize-AksHciNode has run.
	Prepared bool `yaml:"prepared,omitempty" json:"prepared,omitempty"`
	// Features that are installed, such as Hyper-V and Failover-Clustering.
	Features []string `yaml:"features" json:"features"`
}

// Processor is a host's processors taken together.
type Processor struct {
	Name           string `yaml:"name" json:"name"`
	Sockets        int    `yaml:"sockets" json:"sockets"`
	Cores          Cores  `yaml:"cores" json:"cores"`
	Logical        Cores  `yaml:"logical" json:"logical"`
	SLAT           Known  `yaml:"slat" json:"slat"`
	Virtualization Known  `yaml:"virtualization" json:"virtualization"`
}

// Firmware is the platform security of a host.
type Firmware struct {
	UEFI       Known `yaml:"uefi" json:"uefi"`
	SecureBoot Known `yaml:"secureBoot" json:"secureBoot"`
	// TPM is the specification version, such as 2.0; empty when there is none, "unknown" when it could not be read.
	TPM string `yaml:"tpm" json:"tpm"`
}

// OS is a host's operating system.
type OS struct {
	Product  string `yaml:"product" json:"product"`
	Edition  string `yaml:"edition" json:"edition"`
	Build    int    `yaml:"build" json:"build"`
	Language string `yaml:"language" json:"language"`
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
}

// HostGPU is a set of like graphics processors in one host.
type HostGPU struct {
	// Model is such as T4 or NVIDIA A16; its last word is the model of the platform's catalogue.
	Model string `yaml:"model" json:"model"`
	Count int    `yaml:"count" json:"count"`
}

// Adapter is one physical network port.
type Adapter struct {
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description" json:"description"`
	// Gbps is the link speed in gigabits a second.
	Gbps float64 `yaml:"gbps" json:"gbps"`
	RDMA bool    `yaml:"rdma" json:"rdma"`
}

// Switch is a virtual switch on a host.
type Switch struct {
	Name string `yaml:"name" json:"name"`
	// Type is External, Internal or Private.
	Type string `yaml:"type" json:"type"`
}

// FailoverCluster is the Windows cluster that the hosts form; a single host has none.
type FailoverCluster struct {
	Name    string           `yaml:"name,omitempty" json:"name,omitempty"`
	Address *netip.Addr      `yaml:"address,omitempty" json:"address,omitempty"`
	Volumes []Volume         `yaml:"volumes,omitempty" json:"volumes,omitempty"`
	Nets    []ClusterNetwork `yaml:"networks,omitempty" json:"networks,omitempty"`
}

// Volume is a cluster shared volume.
type Volume struct {
	Path string `yaml:"path" json:"path"`
	Size Bytes  `yaml:"size" json:"size"`
	Free Bytes  `yaml:"free" json:"free"`
}

// ClusterNetwork is a network as the failover cluster sees it.
type ClusterNetwork struct {
	Name   string       `yaml:"name" json:"name"`
	Subnet netip.Prefix `yaml:"subnet" json:"subnet"`
	// Role is ClusterAndClient, Cluster or None.
	Role string `yaml:"role" json:"role"`
}
