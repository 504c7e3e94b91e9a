package planner

import "time"

// StepKind names what a step does; provision has one action for each.
type StepKind string

// The kinds of step, in the order they first appear in a plan.
const (
	PrepareHost     StepKind = "prepare-host"     // AksHci module and Initialize-AksHciNode on one host
	Configure       StepKind = "configure"        // network setting, configuration and registration, in one PowerShell process
	Install         StepKind = "install"          // Install-AksHci: the management cluster
	CreateNetwork   StepKind = "create-network"   // New-AksHciClusterNetwork: a further network for clusters
	CreateCluster   StepKind = "create-cluster"   // New-AksHciCluster with its first node pool
	CreateNodePool  StepKind = "create-node-pool" // New-AksHciNodePool for each further pool
	FetchCredential StepKind = "fetch-credential" // Get-AksHciCredential
	WaitNodes       StepKind = "wait-nodes"       // every node of a cluster is Ready
	ApplyNamespace  StepKind = "apply-namespace"  // server-side apply of a namespace
	ApplyStorage    StepKind = "apply-storage"    // server-side apply of a storage class
	LogicalNetwork  StepKind = "logical-network"  // Azure Local: az stack-hci-vm network lnet create
	CreateAksArc    StepKind = "create-aksarc"    // Azure Local: az aksarc create
	AddAksArcPool   StepKind = "add-aksarc-pool"  // Azure Local: az aksarc nodepool add
)

// A Step is data only: what a reviewer reads is what will run.
type Step struct {
	// ID is unique in the plan, such as create-cluster/shop.
	ID   string   `yaml:"id" json:"id"`
	Kind StepKind `yaml:"kind" json:"kind"`
	// Target is what the step works on: host/NAME, site or cluster/NAME. Steps of one
	// target run one after the other.
	Target string `yaml:"target" json:"target"`
	// On is the host the script runs on, by its full name; empty for steps that speak to Kubernetes.
	On string `yaml:"on,omitempty" json:"on,omitempty"`
	// Needs are the ids of steps that must be done before.
	Needs []string `yaml:"needs,omitempty" json:"needs,omitempty"`
	// Params is what the script or the Kubernetes API is given. Secrets are references.
	Params map[string]any `yaml:"params,omitempty" json:"params,omitempty"`
	// Estimate is the usual time.
	Estimate time.Duration `yaml:"estimate" json:"estimate"`
	// Undo says how the step is taken back.
	Undo string `yaml:"undo,omitempty" json:"undo,omitempty"`
}
