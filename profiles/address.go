package profiles

import "net/netip"

// Space is a set of addresses that a platform hands out from.
type Space string

// The spaces.
const (
	NodePool   Space = "node-pool"   // the range for node machines
	VIPPool    Space = "vip-pool"    // the range for virtual addresses
	HostSubnet Space = "host-subnet" // the subnet of the physical hosts
	NodeSubnet Space = "node-subnet" // the subnet of the node pool, outside the pool
)

// AddressRule says how many addresses a thing takes and where. Count 0 means none.
type AddressRule struct {
	Count  int    `yaml:"count"`
	Space  Space  `yaml:"space"`
	Source Source `yaml:",inline"`
}

// AddressRules is how a platform counts addresses.
type AddressRules struct {
	// Once for a platform.
	ManagementNode     AddressRule `yaml:"managementNode"`
	ManagementUpgrade  AddressRule `yaml:"managementUpgrade"`
	ManagementEndpoint AddressRule `yaml:"managementEndpoint"`
	CloudAgent         AddressRule `yaml:"cloudAgent"`
	// Infrastructure is consecutive addresses for the platform's own services.
	Infrastructure AddressRule `yaml:"infrastructure"`
	// For each control plane node and each worker, counted at the most the pool may grow to.
	Node AddressRule `yaml:"node"`
	// For each cluster.
	ClusterUpgrade      AddressRule `yaml:"clusterUpgrade"`
	ClusterLoadBalancer AddressRule `yaml:"clusterLoadBalancer"` // with a load balancer machine
	ClusterEndpoint     AddressRule `yaml:"clusterEndpoint"`     // the API server, address chosen by the platform
	ClusterEndpointSet  AddressRule `yaml:"clusterEndpointSet"`  // the same, address chosen by the operator
	// For each service of type LoadBalancer.
	Service AddressRule `yaml:"service"`

	// AdvisedMinimum is addresses to set aside whatever the count.
	AdvisedMinimum Limit `yaml:"advisedMinimum"`
	// EdgesForbidden is how many addresses next to the network address and next to the
	// broadcast address no pool may touch.
	EdgesForbidden Limit `yaml:"edgesForbidden"`
}

// An AddressCount is one way in which a page of the vendor counts the addresses of a pool:
// so many for each thing. Pages contradict each other.
type AddressCount struct {
	// Name says which way it is, for people.
	Name  string `yaml:"name"`
	Space Space  `yaml:"space"`
	// Used marks the way that the rules of AddressRules follow; there is one for each space.
	Used bool `yaml:"used,omitempty"`
	// Once for a platform; Cluster for each cluster, Endpoint for each API server whose
	// address the platform chooses, Balancer for each load balancer machine.
	Once         int    `yaml:"once,omitempty"`
	Cluster      int    `yaml:"cluster,omitempty"`
	Endpoint     int    `yaml:"endpoint,omitempty"`
	Balancer     int    `yaml:"balancer,omitempty"`
	ControlPlane int    `yaml:"controlPlane,omitempty"`
	Worker       int    `yaml:"worker,omitempty"`
	Service      int    `yaml:"service,omitempty"`
	Source       Source `yaml:",inline"`
}

// Permanent is a setting that cannot be changed once the platform, or a cluster, is there.
type Permanent struct {
	// Setting is its key in a site, such as network.vipPool.
	Setting string `yaml:"setting"`
	// Rule says what is fixed, and what is left to do for who wants another.
	Rule   string `yaml:"rule"`
	Source Source `yaml:",inline"`
}

// Addressing is how node machines get their addresses.
type Addressing string

// The ways of addressing.
const (
	Static Addressing = "static"
	DHCP   Addressing = "dhcp"
)

// NetworkRules is what a platform asks of its networks.
type NetworkRules struct {
	Addressing Figure[[]Addressing] `yaml:"addressing"`
	// Pods and Services are the ranges inside the clusters; nothing outside may use them.
	Pods     InnerRange `yaml:"pods"`
	Services InnerRange `yaml:"services"`
	DNSMin   Limit      `yaml:"dnsMin"`
	DNSMax   Limit      `yaml:"dnsMax"`
	VLANMax  Limit      `yaml:"vlanMax"`
	// NoProxy is what a proxy is not used for when the operator gives no list.
	NoProxy Words `yaml:"noProxy"`
	// TimeServer is where the machines of the clusters get the time, by NTP (UDP 123).
	TimeServer Figure[string] `yaml:"timeServer"`
	// Balancers are what may answer for services of type LoadBalancer: haproxy, metallb or none.
	Balancers Words `yaml:"balancers"`
}

// InnerRange is a range of addresses inside the clusters.
type InnerRange struct {
	Prefix netip.Prefix `yaml:"prefix"`
	// Configurable is whether a cluster may be created with another.
	Configurable bool `yaml:"configurable"`
	// PerNode is the prefix length of the slice that each node takes; 0 where nodes take none.
	PerNode int    `yaml:"perNode,omitempty"`
	Source  Source `yaml:",inline"`
}

// Place is one end of a connection.
type Place string

// The places.
const (
	PlaceHosts       Place = "hosts"            // the physical hosts
	PlaceNodes       Place = "nodes"            // the machines of the clusters
	PlaceCloudAgent  Place = "cloud-agent"      // the cloud agent's address
	PlaceManagement  Place = "management"       // the operator's side: administration machines
	PlaceManagedPool Place = "management-pool"  // the address pool of the platform's own services
	PlaceDirectory   Place = "directory"        // domain controllers
	PlaceTime        Place = "time-server"      // NTP
	PlaceClusterIP   Place = "failover-cluster" // the failover cluster's address
)

// A Port is a connection that must be possible inside the site.
type Port struct {
	Number int `yaml:"number"`
	// Protocol is tcp or udp.
	Protocol string `yaml:"protocol"`
	From     Place  `yaml:"from"`
	To       Place  `yaml:"to"`
	Use      string `yaml:"use"`
	// CrossVLAN is true when a firewall between the hosts' and the nodes' networks must
	// let it through.
	CrossVLAN bool `yaml:"crossVLAN,omitempty"`
	// When is the condition under which the port is needed; empty for always.
	When   string `yaml:"when,omitempty"`
	Source Source `yaml:",inline"`
}

// An Endpoint is a name on the internet that hosts and nodes must reach.
type Endpoint struct {
	// Host may start with *. for any name below, and hold <region> for the Azure region.
	Host   string `yaml:"host"`
	Port   int    `yaml:"port"`
	Use    string `yaml:"use"`
	Source Source `yaml:",inline"`
}
