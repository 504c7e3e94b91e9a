package planner

import "time"

// HardwareClass is what a system of Azure Local was bought as.
type HardwareClass string

// The classes. Standard is judged with where none is given.
const (
	StandardClass    HardwareClass = "standard"
	LowCapacityClass HardwareClass = "low-capacity"
)

// An Instance is the Azure Local instance that clusters are made on, or are to be.
type Instance struct {
	// Deployed is whether it is there already; one that is not has more to ask for.
	Deployed Known         `yaml:"deployed,omitempty" json:"deployed,omitempty"`
	Class    HardwareClass `yaml:"class,omitempty" json:"class,omitempty"`
	// Region and CustomLocation are those that it is registered with.
	Region         string `yaml:"region,omitempty" json:"region,omitempty"`
	CustomLocation string `yaml:"customLocation,omitempty" json:"customLocation,omitempty"`
	// ManagementPool are the consecutive addresses of its own services, in the hosts' subnet.
	ManagementPool *Range `yaml:"managementPool,omitempty" json:"managementPool,omitempty"`
	// GatewayAnswers is whether the hosts' gateway answers a ping from that pool.
	GatewayAnswers Known `yaml:"gatewayAnswers,omitempty" json:"gatewayAnswers,omitempty"`
	// DNSInside is whether a DNS server of the hosts is a machine on the instance itself.
	DNSInside Known `yaml:"dnsInside,omitempty" json:"dnsInside,omitempty"`
	// StorageAutoIP is whether it gives its storage ports their addresses by itself, as it
	// does unless it is told otherwise.
	StorageAutoIP Known `yaml:"storageAutoIP,omitempty" json:"storageAutoIP,omitempty"`
	// Intents are the groups of ports that Network ATC configures alike.
	Intents []Intent `yaml:"intents,omitempty" json:"intents,omitempty"`
	// Bridge is its Azure Arc resource bridge, Racks what connects the two racks of a
	// rack-aware cluster.
	Bridge *Bridge   `yaml:"bridge,omitempty" json:"bridge,omitempty"`
	Racks  *RackLink `yaml:"racks,omitempty" json:"racks,omitempty"`
}

// Traffic is what a group of ports carries.
type Traffic string

// The kinds of traffic.
const (
	ManagementTraffic Traffic = "management"
	ComputeTraffic    Traffic = "compute"
	StorageTraffic    Traffic = "storage"
)

// An Intent is a group of ports with what they carry.
type Intent struct {
	Name    string    `yaml:"name" json:"name"`
	Traffic []Traffic `yaml:"traffic" json:"traffic"`
	// Adapters are names of ports, the same on every host.
	Adapters []string `yaml:"adapters" json:"adapters"`
}

// Bridge is the state of an Azure Arc resource bridge.
type Bridge struct {
	// State is such as Running or Offline, as Azure shows it.
	State string `yaml:"state,omitempty" json:"state,omitempty"`
	// LastContact is the last day that it reached Azure, Updated the day of its last update.
	LastContact Date `yaml:"lastContact,omitempty" json:"lastContact,omitempty"`
	Updated     Date `yaml:"updated,omitempty" json:"updated,omitempty"`
}

// RackLink is what connects two racks for storage.
type RackLink struct {
	// Latency is that of a round trip, 0 when nobody measured it.
	Latency time.Duration `yaml:"latency,omitempty" json:"latency,omitempty"`
	// Gbps is what it carries in gigabits a second, 0 when it is not known.
	Gbps float64 `yaml:"gbps,omitempty" json:"gbps,omitempty"`
}

// PreparedDirectory is what was done in Active Directory beforehand.
type PreparedDirectory struct {
	// Prepared is whether the vendor's preparation has run for the organisational unit.
	Prepared Known `yaml:"prepared,omitempty" json:"prepared,omitempty"`
	// InheritanceBlocked is whether group policies from above the unit are kept out,
	// EnforcedPolicies whether some are enforced all the same.
	InheritanceBlocked Known `yaml:"inheritanceBlocked,omitempty" json:"inheritanceBlocked,omitempty"`
	EnforcedPolicies   Known `yaml:"enforcedPolicies,omitempty" json:"enforcedPolicies,omitempty"`
	// DynamicUpdates is whether the zone lets the failover cluster write its DNS records.
	DynamicUpdates Known `yaml:"dynamicUpdates,omitempty" json:"dynamicUpdates,omitempty"`
}
