package profiles

// Generation names a family of platforms that share their rules.
type Generation string

// The generations.
const (
	// AksHci is the generation installed by the AksHci PowerShell module.
	AksHci Generation = "akshci"
	// AzureLocal is the generation installed through Azure Resource Manager.
	AzureLocal Generation = "azurelocal"
)

// A Profile is what one platform supports. It is read with [Load] and never changed.
type Profile struct {
	// Name is the key a site uses, such as windows-server-2022.
	Name string `yaml:"name"`
	// Title is the vendor's name, for people.
	Title      string     `yaml:"title"`
	Generation Generation `yaml:"generation"`
	// Extends names the file of shared values; empty when there is none.
	Extends string `yaml:"extends,omitempty"`
	// Read is the day of reading for the values of the file that give none of their own.
	Read Date `yaml:"read"`
	// Digest is the SHA-256, in hexadecimal, of the files the profile was read from.
	Digest string `yaml:"-"`

	Systems   []System  `yaml:"systems"`
	Lifecycle Lifecycle `yaml:"lifecycle"`

	Limits    Limits        `yaml:"limits"`
	Hosts     HostRules     `yaml:"hosts"`
	Instance  InstanceRules `yaml:"instance"`
	Reserve   Reserve       `yaml:"reserve"`
	Sizes     []VMSize      `yaml:"sizes"`
	Defaults  DefaultSizes  `yaml:"defaults"`
	OSDisk    Size          `yaml:"osDisk"`
	Storage   StorageRules  `yaml:"storage"`
	Nodes     NodeRules     `yaml:"nodes"`
	Network   NetworkRules  `yaml:"network"`
	Addresses AddressRules  `yaml:"addresses"`
	// AddressCounts are the ways in which the vendor's pages count addresses, and Permanent is
	// what can never be changed.
	AddressCounts []AddressCount   `yaml:"addressCounts"`
	Permanent     []Permanent      `yaml:"permanent"`
	Ports         []Port           `yaml:"ports"`
	Endpoints     []Endpoint       `yaml:"endpoints"`
	Regions       Words            `yaml:"regions"`
	Azure         AzureRules       `yaml:"azure"`
	NodeOS        []NodeOS         `yaml:"nodeOS"`
	Retired       []Retirement     `yaml:"retired"`
	Kubernetes    KubernetesPolicy `yaml:"kubernetes"`
	Releases      []Release        `yaml:"releases"`
	Minors        []Minor          `yaml:"minors"`
	Faults        []Fault          `yaml:"faults"`
	Modules       []Module         `yaml:"modules"`
	AddOns        []AddOn          `yaml:"addOns"`
	Hardware      []Hardware       `yaml:"hardware"`
	Billing       Billing          `yaml:"billing"`
	Meters        []Meter          `yaml:"meters"`
	Included      []Included       `yaml:"included"`
	Estimates     []Estimate       `yaml:"estimates"`
	// EstimateSpread is how far times scatter around the estimates: the standard deviation
	// of the natural logarithm of time over estimate.
	EstimateSpread Figure[float64] `yaml:"estimateSpread"`
	// Expiries are what ends by itself after the installation.
	Expiries []Expiry `yaml:"expiries"`
}

// VMSize looks up a size by its exact name.
func (p Profile) VMSize(name string) (VMSize, bool) {
	for _, s := range p.Sizes {
		if s.Name == name {
			return s, true
		}
	}
	return VMSize{}, false
}

// Estimate looks up the usual time of a kind of step.
func (p Profile) Estimate(step string) (Estimate, bool) {
	for _, e := range p.Estimates {
		if e.Step == step {
			return e, true
		}
	}
	return Estimate{}, false
}

// AddOn looks up an add-on by its name.
func (p Profile) AddOn(name string) (AddOn, bool) {
	for _, a := range p.AddOns {
		if a.Name == name {
			return a, true
		}
	}
	return AddOn{}, false
}

// Release looks up a release by its name.
func (p Profile) Release(name string) (Release, bool) {
	for _, r := range p.Releases {
		if r.Name == name {
			return r, true
		}
	}
	return Release{}, false
}

// Certified finds the family of certified hardware that a server belongs to.
func (p Profile) Certified(maker, model string) (Hardware, bool) {
	for _, h := range p.Hardware {
		if h.holds(maker, model) {
			return h, true
		}
	}
	return Hardware{}, false
}
