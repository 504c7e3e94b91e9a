package profiles

import "time"

// Need is how strongly a platform asks for a property of a host.
type Need string

// The strengths: a host without a required property is refused, without an advised one it
// is noted.
const (
	Required Need = "required"
	Advised  Need = "advised"
)

// HostRules is what a platform asks of each physical host.
type HostRules struct {
	MemoryMin         Size  `yaml:"memoryMin"`
	MemoryRecommended Size  `yaml:"memoryRecommended"`
	CoresMin          Limit `yaml:"coresMin"`
	CoresRecommended  Limit `yaml:"coresRecommended"`
	// SingleMemoryRecommended and SingleCoresRecommended are for a platform of one host.
	SingleMemoryRecommended Size  `yaml:"singleMemoryRecommended"`
	SingleCoresRecommended  Limit `yaml:"singleCoresRecommended"`
	// BootDriveMin is the size of the boot drive; see BootDrive for its strength.
	BootDriveMin Size `yaml:"bootDriveMin"`
	// BootDriveLarge is advised for hosts with more memory than BootDriveLargeMemory.
	BootDriveLarge       Size `yaml:"bootDriveLarge"`
	BootDriveLargeMemory Size `yaml:"bootDriveLargeMemory"`
	// DrivesMin is capacity drives in a host, DriveSizeMin the size of each.
	DrivesMin    Limit `yaml:"drivesMin"`
	DriveSizeMin Size  `yaml:"driveSizeMin"`
	// DriveBuses are the buses that Storage Spaces Direct accepts.
	DriveBuses Words `yaml:"driveBuses"`
	// SANBuses are buses of storage networks, where they are allowed beside Storage Spaces Direct.
	SANBuses Words `yaml:"sanBuses"`
	// CacheDriveMin is the size of a cache drive.
	CacheDriveMin Size `yaml:"cacheDriveMin"`
	// ProcessorMHzMin is the clock of a processor in megahertz.
	ProcessorMHzMin Limit `yaml:"processorMHzMin"`
	// StorageMin is what the capacity drives of one host hold together.
	StorageMin Size `yaml:"storageMin"`
	// AntivirusProcesses and AntivirusFolders are what a virus scanner on the hosts must pass
	// over. A folder is the end of its path.
	AntivirusProcesses Words `yaml:"antivirusProcesses"`
	AntivirusFolders   Words `yaml:"antivirusFolders"`
	// GPUMemoryMax is the memory of a host's graphics processors together.
	GPUMemoryMax Size `yaml:"gpuMemoryMax"`
	// AdaptersMin is physical network ports in a host.
	AdaptersMin Limit `yaml:"adaptersMin"`
	// TimeSkewMax is the largest difference between any two hosts, or a host and its
	// domain controller.
	TimeSkewMax Figure[time.Duration] `yaml:"timeSkewMax"`
	// Language is the only language and region that is supported.
	Language Figure[string] `yaml:"language"`

	BootDrive      Figure[Need] `yaml:"bootDrive"`
	SecureBoot     Figure[Need] `yaml:"secureBoot"`
	TPM            Figure[Need] `yaml:"tpm"` // version 2.0
	UEFI           Figure[Need] `yaml:"uefi"`
	SLAT           Figure[Need] `yaml:"slat"`
	Virtualization Figure[Need] `yaml:"virtualization"`
	SameModel      Figure[Need] `yaml:"sameModel"`  // one maker and model on all hosts
	SameDrives     Figure[Need] `yaml:"sameDrives"` // the same drive types and counts on all hosts
	SameProcessors Figure[Need] `yaml:"sameProcessors"`
	SameAdapters   Figure[Need] `yaml:"sameAdapters"`
	ECC            Figure[Need] `yaml:"ecc"` // memory with error correction; unstated where the pages ask for none
	VBS            Figure[Need] `yaml:"vbs"` // virtualisation-based security, running
}

// Reserve is capacity that is not for workloads.
type Reserve struct {
	// Percent of the capacity that is kept free whatever the number of hosts, 0 to 100.
	Percent Limit `yaml:"percent"`
	// Memory and Cores are what the operating system of each host keeps.
	Memory HostMemory `yaml:"memory"`
	Cores  HostCores  `yaml:"cores"`
	// VCPUPerCore is how many virtual processors share one physical core.
	VCPUPerCore Limit `yaml:"vcpuPerCore"`
	// Appliance is the platform's own machine where it is no virtual machine of [VMSize];
	// once for the platform, zero where there is none.
	Appliance Appliance `yaml:"appliance"`
	// ControlPlanesApart is how strongly a cluster's control planes are kept on hosts of their own:
	// advised where the platform does so while there are hosts enough, and lets them share one after that.
	ControlPlanesApart Figure[Need] `yaml:"controlPlanesApart"`
	// GPUMachines is what becomes of machines with GPUs when their host is lost.
	GPUMachines Figure[Failover] `yaml:"gpuMachines"`
	// RepairDrivesMax is how many capacity drives are kept free for repair: one a host, up
	// to this number.
	RepairDrivesMax Limit `yaml:"repairDrivesMax"`
}

// Failover is what becomes of a machine when its host is lost.
type Failover string

// A machine restarts on another host, or stays down until its host is back or somebody
// makes it anew.
const (
	Restarts Failover = "restarts"
	StaysOff Failover = "stays-off"
)

// HostMemory is the larger of Base + PerCacheTB for each terabyte of cache drives and
// Percent of the host's memory.
type HostMemory struct {
	Base       Bytes  `yaml:"base"`
	PerCacheTB Bytes  `yaml:"perCacheTB"`
	Percent    int    `yaml:"percent"`
	Source     Source `yaml:",inline"`
}

// HostCores is the larger of Min and Percent of the host's cores, rounded up.
type HostCores struct {
	Min     int    `yaml:"min"`
	Percent int    `yaml:"percent"`
	Source  Source `yaml:",inline"`
}

// Appliance is the machine that a platform runs for itself.
type Appliance struct {
	Name   string `yaml:"name,omitempty"`
	VCPU   int    `yaml:"vcpu"`
	Memory Bytes  `yaml:"memory,omitempty"`
	Source Source `yaml:",inline"`
}
