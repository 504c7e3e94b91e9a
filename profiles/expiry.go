package profiles

// Expiries by name that the simulated datacenter has a model of.
const (
	KubeconfigClient = "kubeconfig-client"
	ManagementLogin  = "management-login"
	KubernetesRoot   = "kubernetes-root"
)

// Begin is what the days of an expiry are counted from.
type Begin string

// The beginnings.
const (
	FromInstall    Begin = "install"    // the installation, or its last update
	FromCluster    Begin = "cluster"    // the creation of a workload cluster
	FromCredential Begin = "credential" // the fetching of a kubeconfig
	FromContact    Begin = "contact"    // the last contact with Azure
)

// An Expiry is something of an installation, such as a certificate or a token, that ends
// after some days unless somebody does something.
type Expiry struct {
	// Name is a key such as management-login, What says for people what ends.
	Name string `yaml:"name"`
	What string `yaml:"what"`
	// Days is how long it lives, from Begin on.
	Days int   `yaml:"days"`
	From Begin `yaml:"from"`
	// MetBy is the kind of step after which it is no matter any more; empty for none.
	MetBy string `yaml:"metBy,omitempty"`
	// Effect is what no longer works then.
	Effect string `yaml:"effect"`
	// Remedy renews it in time, or mends it afterwards.
	Remedy string `yaml:"remedy"`
	Source Source `yaml:",inline"`
}

// Expiry looks up an expiry by its name.
func (p Profile) Expiry(name string) (Expiry, bool) {
	for _, e := range p.Expiries {
		if e.Name == name {
			return e, true
		}
	}
	return Expiry{}, false
}
