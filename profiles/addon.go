package profiles

// Standing is what a platform makes of an add-on.
type Standing string

// The standings.
const (
	Supported   Standing = "supported"
	Preview     Standing = "preview"
	Community   Standing = "community" // works, and nobody but its authors supports it
	Unsupported Standing = "unsupported"
)

// An AddOn is software that a cluster gets besides, by an extension or by hand. When it
// ends stands in [Retirement].
type AddOn struct {
	// Name is such as azure-policy.
	Name     string   `yaml:"name"`
	Standing Standing `yaml:"standing"`
	// Products are parts of the names of the hosts' systems that it is limited to; empty for all.
	Products []string `yaml:"products,omitempty"`
	// Kubernetes is the least minor version it needs, such as 1.27; empty for any.
	Kubernetes string `yaml:"kubernetes,omitempty"`
	// LinuxOnly is whether it passes Windows nodes, or their pods, over.
	LinuxOnly bool `yaml:"linuxOnly,omitempty"`
	// Excludes are add-ons that cannot be beside it.
	Excludes []string `yaml:"excludes,omitempty"`
	// Needs are add-ons that must be beside it, Since the release of the platform it came with.
	Needs []string `yaml:"needs,omitempty"`
	Since string   `yaml:"since,omitempty"`
	// AtCreation is whether it is chosen when a cluster is made, and never after.
	AtCreation bool `yaml:"atCreation,omitempty"`
	// Directory is whether it needs Active Directory, WindowsNodes whether it is for Windows
	// pods only. Balancer is the only kind of load balancer that it goes with.
	Directory    bool   `yaml:"directory,omitempty"`
	WindowsNodes bool   `yaml:"windowsNodes,omitempty"`
	Balancer     string `yaml:"balancer,omitempty"`
	// Namespaces are where it lives: what denies by default must leave them out.
	Namespaces []string `yaml:"namespaces,omitempty"`
	// Providers are resource providers of the subscription, Roles are such that any one of
	// them does, Resources are kinds of what it works with in Azure.
	Providers []string `yaml:"providers,omitempty"`
	Roles     []string `yaml:"roles,omitempty"`
	Resources []string `yaml:"resources,omitempty"`
	// Endpoints are hosts that it must reach; RefusesCA is whether it cannot do so where
	// HTTPS is opened on the way with a certificate of one's own.
	Endpoints []string `yaml:"endpoints,omitempty"`
	RefusesCA bool     `yaml:"refusesCA,omitempty"`
	// Doubt is what two pages of the vendor say differently of it.
	Doubt string `yaml:"doubt,omitempty"`
	// Instead is what to use where it is not supported.
	Instead string `yaml:"instead,omitempty"`
	// Azure is whether a service of an Azure region stands behind it, Regions those that
	// are known to offer it; none are known where it is empty.
	Azure   bool     `yaml:"azure,omitempty"`
	Regions []string `yaml:"regions,omitempty"`
	Source  Source   `yaml:",inline"`
}

// Subject is what a fault of a release concerns.
type Subject string

// The subjects: every plan, or only those with the thing in question.
const (
	AnyPlan     Subject = "any-plan"
	LocalDomain Subject = "local-domain" // a domain that ends in .local
	Volumes     Subject = "volumes"      // several volumes for machines
	Balancers   Subject = "balancers"    // a load balancer on the nodes
)

// A Fault is a defect of one release that is known and that a plan cannot get round.
type Fault struct {
	Release string  `yaml:"release"`
	Subject Subject `yaml:"subject"`
	// What happens, and what to do Instead.
	What    string `yaml:"what"`
	Instead string `yaml:"instead"`
	Source  Source `yaml:",inline"`
}
