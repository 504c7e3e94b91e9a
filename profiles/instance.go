package profiles

import "time"

// InstanceRules is what a platform asks of the instance that clusters are made on: its
// directory account, its addresses and adapters, and its tie to Azure. Platforms that are
// installed on plain hosts state none of it.
type InstanceRules struct {
	// DeploymentUserMax is the most characters in the name of the account that deploys the
	// instance, DeploymentPasswordMin the fewest in its password.
	DeploymentUserMax     Limit `yaml:"deploymentUserMax"`
	DeploymentPasswordMin Limit `yaml:"deploymentPasswordMin"`
	// IntentsMax is how many groups of adapters there may be, IntentPorts how many ports each
	// is to have, StorageGbpsMin what a port for storage runs at in gigabits a second.
	IntentsMax     Limit `yaml:"intentsMax"`
	IntentPorts    Limit `yaml:"intentPorts"`
	StorageGbpsMin Limit `yaml:"storageGbpsMin"`
	// StorageSubnets are taken for storage by the instance itself, unless it is told otherwise.
	StorageSubnets Words `yaml:"storageSubnets"`
	// BridgeOfflineDays is how long the Arc resource bridge may be without Azure,
	// BridgeUpdateDays how old its last update may be.
	BridgeOfflineDays Limit `yaml:"bridgeOfflineDays"`
	BridgeUpdateDays  Limit `yaml:"bridgeUpdateDays"`
	// GatewaysMax is Arc gateways in one subscription.
	GatewaysMax Limit `yaml:"gatewaysMax"`
	// RackLatencyMax is the round trip between the racks of a rack-aware cluster.
	RackLatencyMax Figure[time.Duration] `yaml:"rackLatencyMax"`
	// NewBuildMin is the least build of the hosts' system for an instance that is new.
	NewBuildMin Limit      `yaml:"newBuildMin"`
	LowCapacity ClassRules `yaml:"lowCapacity"`
}

// ClassRules is what a class of hardware asks of its machines where that is not what the
// standard class asks.
type ClassRules struct {
	HostsMax     Limit `yaml:"hostsMax"`
	CoresMax     Limit `yaml:"coresMax"` // physical cores of one host
	MemoryMax    Size  `yaml:"memoryMax"`
	AdaptersMin  Limit `yaml:"adaptersMin"`
	DrivesMin    Limit `yaml:"drivesMin"`
	DriveSizeMin Size  `yaml:"driveSizeMin"`
	// StorageGbpsMin is what the port for storage between several hosts runs at.
	StorageGbpsMin Limit `yaml:"storageGbpsMin"`
}
