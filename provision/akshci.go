package provision

// akshci is what there is of AKS on a site, as read-akshci tells it.
type akshci struct {
	ModuleVersion string            `json:"moduleVersion"`
	Configured    bool              `json:"configured"`
	Config        *akshciConfig     `json:"config"`
	InstallState  installState      `json:"installState"`
	Version       string            `json:"version"`
	Networks      list[networkView] `json:"networks"`
	Clusters      list[clusterView] `json:"clusters"`
	Records       list[record]      `json:"records"`
}

// installState is how far the installation is.
type installState string

const (
	notInstalled  installState = "NotInstalled"
	installing    installState = "Installing"
	installed     installState = "Installed"
	installFailed installState = "Failed"
)

// akshciConfig is what the platform was configured with. A text that the module does not
// tell is empty.
type akshciConfig struct {
	Network          string  `json:"network"`
	Switch           string  `json:"switch"`
	VLAN             *number `json:"vlan"` // null when it is not told
	Subnet           string  `json:"subnet"`
	Gateway          string  `json:"gateway"`
	NodePoolStart    string  `json:"nodePoolStart"`
	NodePoolEnd      string  `json:"nodePoolEnd"`
	VIPPoolStart     string  `json:"vipPoolStart"`
	VIPPoolEnd       string  `json:"vipPoolEnd"`
	Images           string  `json:"images"`
	Working          string  `json:"working"`
	CloudConfig      string  `json:"cloudConfig"`
	CloudAgent       string  `json:"cloudAgent"`
	ManagementVMSize string  `json:"managementVMSize"`
}

// networkView is one network for clusters. A text that the module does not tell is empty.
type networkView struct {
	Name          string  `json:"name"`
	Switch        string  `json:"switch"`
	VLAN          *number `json:"vlan"` // null when it is not told
	Subnet        string  `json:"subnet"`
	Gateway       string  `json:"gateway"`
	NodePoolStart string  `json:"nodePoolStart"`
	NodePoolEnd   string  `json:"nodePoolEnd"`
	VIPPoolStart  string  `json:"vipPoolStart"`
	VIPPoolEnd    string  `json:"vipPoolEnd"`
}

// deployState is how far a cluster or a node pool is.
type deployState string

const (
	creating     deployState = "Creating"
	deployed     deployState = "Deployed"
	deployFailed deployState = "Failed"
)

// clusterView is one workload cluster.
type clusterView struct {
	Name       string      `json:"name"`
	State      deployState `json:"state"`
	Kubernetes string      `json:"kubernetes"`
	Control    struct {
		Count  number `json:"count"`
		VMSize string `json:"vmSize"`
	} `json:"controlPlane"`
	Error     string         `json:"error"`
	NodePools list[poolView] `json:"nodePools"`
}

// poolView is one node pool.
type poolView struct {
	Name   string      `json:"name"`
	OS     string      `json:"os"`
	Count  number      `json:"count"`
	Ready  number      `json:"ready"`
	VMSize string      `json:"vmSize"`
	State  deployState `json:"state"`
	Error  string      `json:"error"`
}

// record says who made a thing. It is written on the site before the thing is made.
type record struct {
	// Kind is host, config, install, network, cluster or node-pool.
	Kind recordKind `json:"kind"`
	// Name is the host's name, config, install, the network's or the cluster's name, or
	// CLUSTER/POOL.
	Name string `json:"name"`
	Site string `json:"site"`
	Plan string `json:"plan"`
	Step string `json:"step"`
	Run  string `json:"run"`
}

// recordKind is what a record is about.
type recordKind string

const (
	hostRecord    recordKind = "host"
	configRecord  recordKind = "config"
	installRecord recordKind = "install"
	networkRecord recordKind = "network"
	clusterRecord recordKind = "cluster"
	poolRecord    recordKind = "node-pool"
)

// cluster is the cluster of that name, nil when there is none.
func (a *akshci) cluster(name string) *clusterView {
	for i := range a.Clusters {
		if a.Clusters[i].Name == name {
			return &a.Clusters[i]
		}
	}
	return nil
}

// network is the network of that name, nil when there is none.
func (a *akshci) network(name string) *networkView {
	for i := range a.Networks {
		if a.Networks[i].Name == name {
			return &a.Networks[i]
		}
	}
	return nil
}

// pool is the node pool of that name, nil when there is none.
func (c *clusterView) pool(name string) *poolView {
	for i := range c.NodePools {
		if c.NodePools[i].Name == name {
			return &c.NodePools[i]
		}
	}
	return nil
}

// owner is the site whose record of a thing there is; empty without one.
func (a *akshci) owner(kind recordKind, name string) string {
	for _, r := range a.Records {
		if r.Kind == kind && r.Name == name {
			return r.Site
		}
	}
	return ""
}
