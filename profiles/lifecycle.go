package profiles

// An Ending is the last day of something.
type Ending struct {
	// Date is the last day on which it is supported; zero when Unstated.
	Date Date `yaml:"date,omitempty"`
	// Unstated is true where no date is known.
	Unstated bool   `yaml:"unstated,omitempty"`
	Source   Source `yaml:",inline"`
}

// Ended reports whether day is after the last day. An unstated end never has.
func (e Ending) Ended(day Date) bool { return !e.Unstated && day > e.Date }

// Lifecycle is how long a platform is supported.
type Lifecycle struct {
	// Support is the end of support for Kubernetes on these hosts: after it nothing may be
	// installed, upgraded or scaled. The hosts' own end is in [System].
	Support Ending `yaml:"support"`
	// ReleaseMonths is how long one release of the platform is supported.
	ReleaseMonths Limit `yaml:"releaseMonths"`
	// Contested is what another page, or an earlier revision, says of the platform's support;
	// unstated where all agree.
	Contested Figure[string] `yaml:"contested"`
	// Successor is the name of the profile to move to; empty when this one is current.
	Successor string `yaml:"successor,omitempty"`
}

// A NodeOS is an operating system for worker nodes.
type NodeOS struct {
	// Name is linux, windows2019 or windows2022.
	Name string `yaml:"name"`
	// SKU is what the platform calls it.
	SKU  string `yaml:"sku"`
	Ends Ending `yaml:"ends"`
}

// A Retirement is a component that operators may still ask for and that has ended or will.
type Retirement struct {
	Subject string `yaml:"subject"`
	Ends    Ending `yaml:"ends"`
	// Instead is what to use.
	Instead string `yaml:"instead"`
}

// KubernetesPolicy is how long a Kubernetes version is supported.
type KubernetesPolicy struct {
	// MinorsSupported is the newest minor version and those before it, as a count.
	MinorsSupported Limit `yaml:"minorsSupported"`
	// GraceDays is how long a removed version may still be used.
	GraceDays Limit `yaml:"graceDays"`
	// MinorsPerUpgrade is how many minor versions one upgrade may go up.
	MinorsPerUpgrade Limit `yaml:"minorsPerUpgrade"`
}

// A Release is one release of the platform's Kubernetes software.
type Release struct {
	Name string `yaml:"name"`
	// Module is the version of the PowerShell module that belongs to it; empty when unknown.
	Module string `yaml:"module,omitempty"`
	// Minors are the Kubernetes minor versions it offers, Versions the patch versions.
	Minors   []string `yaml:"minors,omitempty"`
	Versions []string `yaml:"versions,omitempty"`
	// Complete is whether Versions is the vendor's whole list. When it is not, a version that
	// is missing here may still exist: ask the platform.
	Complete bool   `yaml:"complete"`
	Source   Source `yaml:",inline"`
}

// A Minor is one Kubernetes minor version of a platform.
type Minor struct {
	// Name is such as 1.29.
	Name string `yaml:"name"`
	// LastRelease is the last platform release with patches for it; empty when unknown.
	LastRelease string `yaml:"lastRelease,omitempty"`
	Ends        Ending `yaml:"ends"`
}

// A Module is software that the operator installs.
type Module struct {
	Name    string `yaml:"name"`
	Version string `yaml:"version"`
	// Where it is installed: every-host or client.
	Where  string `yaml:"where"`
	Source Source `yaml:",inline"`
}
