package planner

import (
	"net/netip"
	"time"

	"github.com/arcwright/arcwright/planner/packing"
)

// PlanVersion is the version of the plan files that this program reads and writes.
const PlanVersion = "arcwright.dev/plan/v1"

// A Plan is what will be done, and why it will fit. It carries its inputs, so that a
// reviewer and a rehearsal need nothing else.
type Plan struct {
	Version string `yaml:"version" json:"version"`
	Kind    string `yaml:"kind" json:"kind"`
	// Digest covers everything else in the plan, comments aside.
	Digest  string  `yaml:"digest" json:"digest"`
	Inputs  Inputs  `yaml:"inputs" json:"inputs"`
	Summary Summary `yaml:"summary" json:"summary"`
	// Findings are sorted: blocks, warnings, notes, then by path and code.
	Findings  []Finding  `yaml:"findings" json:"findings"`
	Addresses AddressMap `yaml:"addresses" json:"addresses"`
	Headroom  Headroom   `yaml:"headroom" json:"headroom"`
	// Sizing is there for clusters whose site says what they will run.
	Sizing    []Sizing    `yaml:"sizing,omitempty" json:"sizing,omitempty"`
	Storage   StorageRoom `yaml:"storage" json:"storage"`
	Cost      Cost        `yaml:"cost" json:"cost"`
	Steps     []Step      `yaml:"steps" json:"steps"`
	Site      Site        `yaml:"site" json:"site"`
	Inventory Inventory   `yaml:"inventory" json:"inventory"`
}

// Inputs binds a plan to what it was made of, by SHA-256 digests.
type Inputs struct {
	Site      string `yaml:"site" json:"site"`
	Inventory string `yaml:"inventory" json:"inventory"`
	Profile   string `yaml:"profile" json:"profile"`
	// Scripts is the digest of the script catalogue that will run.
	Scripts string `yaml:"scripts" json:"scripts"`
}

// Summary is the plan in a few numbers.
type Summary struct {
	Platform string `yaml:"platform" json:"platform"`
	Hosts    int    `yaml:"hosts" json:"hosts"`
	Clusters int    `yaml:"clusters" json:"clusters"`
	// VMs are the machines of all clusters, SurgeVMs the same during an upgrade.
	VMs      int           `yaml:"vms" json:"vms"`
	SurgeVMs int           `yaml:"surgeVMs" json:"surgeVMs"`
	Estimate time.Duration `yaml:"estimate" json:"estimate"`
	// Critical is the chain of steps that decides the estimate.
	Critical []string `yaml:"critical" json:"critical"`
}

// Reason says where a number comes from: the rule, the input, and the source page.
type Reason struct {
	Rule   string `yaml:"rule" json:"rule"`
	Source string `yaml:"source,omitempty" json:"source,omitempty"`
}

// PoolKind is what a pool of addresses is for.
type PoolKind string

// The pools.
const (
	NodeAddresses    PoolKind = "nodes"
	VirtualAddresses PoolKind = "virtual"
	HostAddresses    PoolKind = "hosts"
	// FixedAddresses are those the site names one by one, outside every pool.
	FixedAddresses PoolKind = "fixed"
)

// A Pool is a run of addresses and how many of them are spoken for.
type Pool struct {
	Kind   PoolKind `yaml:"kind" json:"kind"`
	Range  Range    `yaml:"range" json:"range"`
	Size   int      `yaml:"size" json:"size"`
	Needed int      `yaml:"needed" json:"needed"`
	// Free is below zero when the pool is too small.
	Free int `yaml:"free" json:"free"`
	// Proposed is set when the planner chose the range.
	Proposed bool   `yaml:"proposed" json:"proposed"`
	Reason   Reason `yaml:"reason" json:"reason"`
}

// Demand is one line of an address count, such as "3 control planes of shop".
type Demand struct {
	Pool    PoolKind `yaml:"pool" json:"pool"`
	Purpose string   `yaml:"purpose" json:"purpose"`
	Owner   string   `yaml:"owner" json:"owner"`
	Count   int      `yaml:"count" json:"count"`
	Reason  Reason   `yaml:"reason" json:"reason"`
}

// Address is one address with its purpose.
type Address struct {
	Address netip.Addr `yaml:"address" json:"address"`
	Pool    PoolKind   `yaml:"pool" json:"pool"`
	// Purpose is such as "gateway" or "host hv01". Those of a pool are chosen by the
	// platform, and are not listed one by one.
	Purpose string `yaml:"purpose" json:"purpose"`
	// Rule says how the address came here, such as "given as site.network.gateway".
	Rule   string `yaml:"rule" json:"rule"`
	Source string `yaml:"source,omitempty" json:"source,omitempty"`
}

// AddressMap is every address of the site, with the rule that asked for it. Pools, demands
// and room are those of the site's own network; the further networks have theirs.
type AddressMap struct {
	Subnet     netip.Prefix `yaml:"subnet" json:"subnet"`
	Addressing Addressing   `yaml:"addressing" json:"addressing"`
	Pools      []Pool       `yaml:"pools" json:"pools"`
	Demands    []Demand     `yaml:"demands" json:"demands"`
	Room       Room         `yaml:"room" json:"room"`
	// Balancers are the parts of the virtual pool that load balancers inside the clusters
	// announce; no two clusters may have one in common.
	Balancers []BalancerRange `yaml:"balancers,omitempty" json:"balancers,omitempty"`
	// Networks are the further networks, in the order of the site.
	Networks []NetworkMap `yaml:"networks,omitempty" json:"networks,omitempty"`
	// VendorCount is the count the vendor's own worked example would give, Total is ours.
	VendorCount int `yaml:"vendorCount" json:"vendorCount"`
	Total       int `yaml:"total" json:"total"`
	// VendorTotals are what the vendor's pages count for the pools of the whole site, side
	// by side; they do not agree.
	VendorTotals []VendorTotal `yaml:"vendorTotals" json:"vendorTotals"`
	// CloudAgent is the cloud agent's address with the prefix length of the hosts' subnet,
	// given or proposed; nil where the platform has none.
	CloudAgent *netip.Prefix `yaml:"cloudAgent,omitempty" json:"cloudAgent,omitempty"`
	// Fixed are the single addresses: hosts, gateway, DNS servers, cloud agent.
	Fixed    []Address    `yaml:"fixed" json:"fixed"`
	Pods     netip.Prefix `yaml:"pods" json:"pods"`
	Services netip.Prefix `yaml:"services" json:"services"`
	// Permanent is what can never be changed after the installation.
	Permanent []Permanent `yaml:"permanent" json:"permanent"`
}

// NetworkMap is the addresses of one further network.
type NetworkMap struct {
	Name string `yaml:"name" json:"name"`
	// VLAN is 0 for untagged.
	VLAN       int          `yaml:"vlan" json:"vlan"`
	Subnet     netip.Prefix `yaml:"subnet" json:"subnet"`
	Addressing Addressing   `yaml:"addressing" json:"addressing"`
	// Clusters are the names of those that live here.
	Clusters []string `yaml:"clusters" json:"clusters"`
	Pools    []Pool   `yaml:"pools" json:"pools"`
	Demands  []Demand `yaml:"demands" json:"demands"`
	Room     Room     `yaml:"room" json:"room"`
	// Balancers are as in AddressMap.
	Balancers []BalancerRange `yaml:"balancers,omitempty" json:"balancers,omitempty"`
}

// BalancerRange is what the MetalLB of one cluster announces.
type BalancerRange struct {
	Cluster string `yaml:"cluster" json:"cluster"`
	Range   Range  `yaml:"range" json:"range"`
}

// Room is how much more a network takes until its pools are full, each by itself: that
// many nodes, or services, or clusters of the smallest kind.
type Room struct {
	Nodes    int    `yaml:"nodes" json:"nodes"`
	Services int    `yaml:"services" json:"services"`
	Clusters int    `yaml:"clusters" json:"clusters"`
	Reason   Reason `yaml:"reason" json:"reason"`
}

// VendorTotal is how many addresses one page of the vendor would set aside for the site.
type VendorTotal struct {
	Pool  PoolKind `yaml:"pool" json:"pool"`
	Count int      `yaml:"count" json:"count"`
	// Used marks the way of counting that the plan uses.
	Used   bool   `yaml:"used,omitempty" json:"used,omitempty"`
	Reason Reason `yaml:"reason" json:"reason"`
}

// Permanent is a setting that cannot be changed after the installation.
type Permanent struct {
	// Key of the site, such as network.vipPool, and the value it has here.
	Key   string `yaml:"key" json:"key"`
	Value string `yaml:"value,omitempty" json:"value,omitempty"`
	// Rule says what is left to do for who wants another.
	Rule   string `yaml:"rule" json:"rule"`
	Source string `yaml:"source" json:"source"`
}

// Verdict answers whether machines fit.
type Verdict = packing.Verdict

// The verdicts on a loss, as packing proves them.
const (
	Guaranteed = packing.Guaranteed
	Possible   = packing.Possible
	Impossible = packing.Impossible
	Undecided  = packing.Undecided
)

// Headroom is what room there is, in steady state, during an upgrade, and after losing hosts.
type Headroom struct {
	Hosts  []HostRoom   `yaml:"hosts" json:"hosts"`
	States []FabricRoom `yaml:"states" json:"states"`
	// Losses are the losses of one and of two hosts, in steady state and during an upgrade,
	// put together where the answer is the same.
	Losses []LossRoom `yaml:"losses" json:"losses"`
	// Changes are the smallest changes found, each by itself enough, that turn an impossible
	// state or loss into a possible one.
	Changes []RoomChange `yaml:"changes,omitempty" json:"changes,omitempty"`
	// Unsearched says which changes were not looked for, on a site too large to look for all;
	// empty when all were.
	Unsearched string `yaml:"unsearched,omitempty" json:"unsearched,omitempty"`
	// ReservePercent is what must stay free, ReserveMemory the same in memory.
	ReservePercent int    `yaml:"reservePercent" json:"reservePercent"`
	ReserveMemory  Bytes  `yaml:"reserveMemory" json:"reserveMemory"`
	Reason         Reason `yaml:"reason" json:"reason"`
}

// HostRoom is one host's room for machines.
type HostRoom struct {
	Name     string `yaml:"name" json:"name"`
	Memory   Bytes  `yaml:"memory" json:"memory"`
	Reserved Bytes  `yaml:"reserved" json:"reserved"`
	Usable   Bytes  `yaml:"usable" json:"usable"`
	Cores    Cores  `yaml:"cores" json:"cores"`
	VCPUs    Cores  `yaml:"vCPUs" json:"vCPUs"`
	// GPUs of the model that the site's machines take.
	GPUs int `yaml:"gpus,omitempty" json:"gpus,omitempty"`
	// Reason says what the operating system keeps, and how cores become virtual processors.
	Reason Reason `yaml:"reason" json:"reason"`
}

// FabricRoom is the room in one state of the fabric.
type FabricRoom struct {
	// State is such as "all hosts", "all hosts, upgrading" or "without host01".
	State  string `yaml:"state" json:"state"`
	Lost   string `yaml:"lost,omitempty" json:"lost,omitempty"`
	Surge  bool   `yaml:"surge,omitempty" json:"surge,omitempty"`
	Usable Bytes  `yaml:"usable" json:"usable"`
	Needed Bytes  `yaml:"needed" json:"needed"`
	// Free is 0 when more is needed than there is.
	Free    Bytes   `yaml:"free" json:"free"`
	VCPUs   Cores   `yaml:"vCPUs" json:"vCPUs"`
	VCPUsIn Cores   `yaml:"vCPUsNeeded" json:"vCPUsNeeded"`
	Verdict Verdict `yaml:"verdict" json:"verdict"`
	// Why explains an impossible verdict: the resource, the amount, or the machine that fits nowhere.
	Why string `yaml:"why,omitempty" json:"why,omitempty"`
	// Short is what alone makes it impossible; empty when no one thing does.
	Short Shortage `yaml:"short,omitempty" json:"short,omitempty"`
	// Placement is one that fits, given when the verdict is possible and no host is lost.
	Placement []HostLoad `yaml:"placement,omitempty" json:"placement,omitempty"`
}

// Shortage is what keeps machines from fitting: with enough of it they would.
type Shortage string

// The shortages. Processors is the number that share a core, and separation the hosts to
// keep a cluster's control planes apart: the fabric runs the machines without either.
const (
	ShortMemory     Shortage = "memory"
	ShortProcessors Shortage = "processors"
	ShortGPUs       Shortage = "gpus"
	ShortSeparation Shortage = "separation"
)

// LossRoom is the answer for some losses of hosts.
type LossRoom struct {
	// Hosts is how many are lost at one time.
	Hosts int  `yaml:"hosts" json:"hosts"`
	Surge bool `yaml:"surge,omitempty" json:"surge,omitempty"`
	// Lost says which, such as "any two hosts", "hv01" or "hv01 with hv02, hv03"; Ways is how
	// many losses that are.
	Lost    []string `yaml:"lost" json:"lost"`
	Ways    int      `yaml:"ways" json:"ways"`
	Verdict Verdict  `yaml:"verdict" json:"verdict"`
	// Why and Short are of the first of the losses, as in FabricRoom.
	Why   string   `yaml:"why,omitempty" json:"why,omitempty"`
	Short Shortage `yaml:"short,omitempty" json:"short,omitempty"`
	// Example is the loss that Placement shows; with possible only.
	Example   string     `yaml:"example,omitempty" json:"example,omitempty"`
	Placement []HostLoad `yaml:"placement,omitempty" json:"placement,omitempty"`
}

// HostLoad is the machines on one host in a placement.
type HostLoad struct {
	Host string `yaml:"host" json:"host"`
	// Machines are such as "6 retail/linux" and "1 retail control plane".
	Machines []string `yaml:"machines" json:"machines"`
}

// RoomChange is one change that is enough for something that is impossible as it is. It was
// proven by asking again with the change made.
type RoomChange struct {
	// For is such as "all hosts", "the loss of a host" or "the loss of two hosts, upgrading".
	For  string `yaml:"for" json:"for"`
	What string `yaml:"what" json:"what"`
}
