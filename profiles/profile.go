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

	Limits     Limits           `yaml:"limits"`
	Hosts      HostRules        `yaml:"hosts"`
	Reserve    Reserve          `yaml:"reserve"`
	Sizes      []VMSize         `yaml:"sizes"`
	Defaults   DefaultSizes     `yaml:"defaults"`
	OSDisk     Size             `yaml:"osDisk"`
	Storage    StorageRules     `yaml:"storage"`
	Nodes      NodeRules        `yaml:"nodes"`
	Network    NetworkRules     `yaml:"network"`
	Addresses  AddressRules     `yaml:"addresses"`
	Ports      []Port           `yaml:"ports"`
	Endpoints  []Endpoint       `yaml:"endpoints"`
	Regions    Words            `yaml:"regions"`
	NodeOS     []NodeOS         `yaml:"nodeOS"`
	Retired    []Retirement     `yaml:"retired"`
	Kubernetes KubernetesPolicy `yaml:"kubernetes"`
	Releases   []Release        `yaml:"releases"`
	Minors     []Minor          `yaml:"minors"`
	Modules    []Module         `yaml:"modules"`
	Billing    Billing          `yaml:"billing"`
	Meters     []Meter          `yaml:"meters"`
	Included   []Included       `yaml:"included"`
	Estimates  []Estimate       `yaml:"estimates"`
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
