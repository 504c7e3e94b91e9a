package planner

import "net/netip"

// SiteVersion is the version of the site files that this program reads and writes.
const SiteVersion = "arcwright.dev/v1"

// A Site is what the operator wants. It is the one file a person edits, and all that
// the guided set-up produces.
type Site struct {
	// Version is always SiteVersion, Kind always Site.
	Version string `yaml:"version" json:"version"`
	Kind    string `yaml:"kind" json:"kind"`
	// Name names the deployment, its run folders and its simulated world: lower-case
	// letters, digits and inner hyphens, at most 40.
	Name string `yaml:"name" json:"name"`
	// PlannedFor is the day of the change. Lifecycle is judged on this day.
	PlannedFor Date `yaml:"plannedFor" json:"plannedFor"`
	// Platform is the name of a profile, such as windows-server-2022.
	Platform string `yaml:"platform" json:"platform"`
	// Inventory is the file that describes the hosts, relative to the site file.
	Inventory string    `yaml:"inventory,omitempty" json:"inventory,omitempty"`
	Access    Access    `yaml:"access" json:"access"`
	Directory Directory `yaml:"directory" json:"directory"`
	Azure     Azure     `yaml:"azure" json:"azure"`
	Storage   Storage   `yaml:"storage" json:"storage"`
	Network   Network   `yaml:"network" json:"network"`
	// Networks are further networks, each for the clusters that name it.
	Networks []Network `yaml:"networks,omitempty" json:"networks,omitempty"`
	// Proxy is what the hosts and the clusters' machines reach the internet through; nil
	// when they need none.
	Proxy      *Proxy     `yaml:"proxy,omitempty" json:"proxy,omitempty"`
	Management Management `yaml:"management" json:"management"`
	Clusters   []Cluster  `yaml:"clusters" json:"clusters"`
	Reserve    Reserve    `yaml:"reserve,omitempty" json:"reserve,omitempty"`
	Waivers    []Waiver   `yaml:"waivers,omitempty" json:"waivers,omitempty"`
}

// AuthMethod is how arcwright signs in to a host.
type AuthMethod string

// The ways to sign in.
const (
	AuthNTLM        AuthMethod = "ntlm"
	AuthKerberos    AuthMethod = "kerberos"
	AuthBasic       AuthMethod = "basic"
	AuthCertificate AuthMethod = "certificate"
)

// A SecretRef says where a secret is kept, never what it is: env:NAME, file:PATH,
// keyring:SERVICE/NAME or prompt.
type SecretRef string

// Access is how the hosts are reached over WinRM.
type Access struct {
	// User is DOMAIN\name or name@domain, a local administrator on every host.
	User     string     `yaml:"user" json:"user"`
	Password SecretRef  `yaml:"password" json:"password"`
	Auth     AuthMethod `yaml:"auth,omitempty" json:"auth,omitempty"`
	// Port of the HTTPS listener, 5986 when 0.
	Port int `yaml:"port,omitempty" json:"port,omitempty"`
	// CA is a PEM file with the authority of the listeners' certificates. This and all other
	// files are relative to the site file.
	CA string `yaml:"ca,omitempty" json:"ca,omitempty"`
	// Pins are the keys that the certificates of hosts must hold besides, by the host's name:
	// the SHA-256 of the SubjectPublicKeyInfo in hexadecimal digits.
	Pins map[string]string `yaml:"pins,omitempty" json:"pins,omitempty"`
	// Kerberos is used when Auth is kerberos.
	Kerberos *Kerberos `yaml:"kerberos,omitempty" json:"kerberos,omitempty"`
	// Certificate and Key are PEM files of the certificate that the hosts map to the account,
	// used when Auth is certificate.
	Certificate string `yaml:"certificate,omitempty" json:"certificate,omitempty"`
	Key         string `yaml:"key,omitempty" json:"key,omitempty"`
	// Proxy stands between here and the hosts; nil for none.
	Proxy *AccessProxy `yaml:"proxy,omitempty" json:"proxy,omitempty"`
}

// Kerberos says where the realm is and what proves the account. All of it may be left out:
// the realm is then that of the user, its KDC has the realm's name in DNS, and the proof is
// the password.
type Kerberos struct {
	// Config is a krb5.conf; KRB5_CONFIG or /etc/krb5.conf, if there is one, when left out.
	Config string `yaml:"config,omitempty" json:"config,omitempty"`
	// Realm is that of an account without one, such as DOMAIN\name.
	Realm string `yaml:"realm,omitempty" json:"realm,omitempty"`
	// KDCs are names with or without a port.
	KDCs []string `yaml:"kdcs,omitempty" json:"kdcs,omitempty"`
	// Keytab is a file with the account's key.
	Keytab string `yaml:"keytab,omitempty" json:"keytab,omitempty"`
	// CCache is a file of tickets that kinit has got.
	CCache string `yaml:"ccache,omitempty" json:"ccache,omitempty"`
}

// AccessProxy is an HTTP proxy that lets WinRM through by CONNECT.
type AccessProxy struct {
	// Address is name:port, or environment for what HTTPS_PROXY and NO_PROXY say.
	Address string `yaml:"address" json:"address"`
	// User and Password sign in to the proxy, where it asks for an account.
	User     string    `yaml:"user,omitempty" json:"user,omitempty"`
	Password SecretRef `yaml:"password,omitempty" json:"password,omitempty"`
	// NoProxy are hosts that are reached without: names, domains with a leading dot,
	// addresses and subnets.
	NoProxy []string `yaml:"noProxy,omitempty" json:"noProxy,omitempty"`
}

// Directory is where the hosts' accounts live.
type Directory struct {
	Domain string `yaml:"domain" json:"domain"`
	// OU is the organisational unit of the host and cluster objects, as a distinguished name.
	OU string `yaml:"ou,omitempty" json:"ou,omitempty"`
	// ServicesOU is the organisational unit of service objects, where it is another.
	ServicesOU string `yaml:"servicesOU,omitempty" json:"servicesOU,omitempty"`
	// CloudAgentRole is the pre-staged computer object of the cloud agent, at most 32 characters.
	CloudAgentRole string `yaml:"cloudAgentRole,omitempty" json:"cloudAgentRole,omitempty"`
	// DeploymentUser is the account that deploys an Azure Local instance.
	DeploymentUser *DeploymentUser `yaml:"deploymentUser,omitempty" json:"deploymentUser,omitempty"`
	// ClusterName is that of a failover cluster which is still to be made: its computer object
	// is pre-staged, disabled. One that exists is in the inventory.
	ClusterName string `yaml:"clusterName,omitempty" json:"clusterName,omitempty"`
	// Groups are the security groups whose members sign on to the clusters, made with the
	// service objects where there are none of these names.
	Groups []string `yaml:"groups,omitempty" json:"groups,omitempty"`
	// Server is a domain controller that is asked by LDAP inside TLS, as NAME or NAME:PORT,
	// port 636 when left out. Without it nobody looks into the directory.
	Server string        `yaml:"server,omitempty" json:"server,omitempty"`
	Auth   DirectoryAuth `yaml:"auth,omitempty" json:"auth,omitempty"`
	// User and Password sign in there: those of Access when left out.
	User     string    `yaml:"user,omitempty" json:"user,omitempty"`
	Password SecretRef `yaml:"password,omitempty" json:"password,omitempty"`
	// CA is a PEM file with the authority of the server's certificate, relative to the site
	// file; that of Access when left out.
	CA string `yaml:"ca,omitempty" json:"ca,omitempty"`
	// Pin is the SHA-256 of the key of the server's certificate, in hexadecimal.
	Pin string `yaml:"pin,omitempty" json:"pin,omitempty"`
}

// DirectoryAuth is how arcwright signs in to a domain controller.
type DirectoryAuth string

// The ways to sign in to a domain controller.
const (
	// DirectorySimple hands over the password, inside TLS; it is the one when none is named.
	DirectorySimple DirectoryAuth = "simple"
	// DirectoryKerberos gets a ticket of the domain controller.
	DirectoryKerberos DirectoryAuth = "kerberos"
)

// Azure is the subscription that the deployment is registered with.
type Azure struct {
	Tenant        string    `yaml:"tenant" json:"tenant"`
	Subscription  string    `yaml:"subscription" json:"subscription"`
	ResourceGroup string    `yaml:"resourceGroup" json:"resourceGroup"`
	Region        string    `yaml:"region" json:"region"`
	Application   string    `yaml:"application,omitempty" json:"application,omitempty"`
	Secret        SecretRef `yaml:"secret,omitempty" json:"secret,omitempty"`
	// ArcGateway is the resource identifier of an Azure Arc gateway that the clusters go through.
	ArcGateway string `yaml:"arcGateway,omitempty" json:"arcGateway,omitempty"`
	// Resources are what add-ons work with in Azure.
	Resources []AzureResource `yaml:"resources,omitempty" json:"resources,omitempty"`
	// HybridBenefit is licences that are to cover the platform's charge.
	HybridBenefit *HybridBenefit `yaml:"hybridBenefit,omitempty" json:"hybridBenefit,omitempty"`
	// CustomLocation is needed on Azure Local only.
	CustomLocation string `yaml:"customLocation,omitempty" json:"customLocation,omitempty"`
	// PrivateLink is whether Azure is reached through private endpoints only.
	PrivateLink Known `yaml:"privateLink,omitempty" json:"privateLink,omitempty"`
}

// Storage is where images and state are kept; on a failover cluster every path is on a
// cluster shared volume, and none contains a space.
type Storage struct {
	Images      string `yaml:"images" json:"images"`
	Working     string `yaml:"working" json:"working"`
	CloudConfig string `yaml:"cloudConfig" json:"cloudConfig"`
	// Resiliency of the volumes, such as three-way-mirror; what the platform takes for
	// that number of hosts when left out.
	Resiliency string `yaml:"resiliency,omitempty" json:"resiliency,omitempty"`
	// MachineDisk is what the disk of one machine grows to. It has to be given where the
	// platform publishes no figure, or the disks are not counted.
	MachineDisk Bytes `yaml:"machineDisk,omitempty" json:"machineDisk,omitempty"`
	// Kept is what else the volumes hold: the images, the working folder and whatever is
	// not of this site.
	Kept Bytes `yaml:"kept,omitempty" json:"kept,omitempty"`
	// Classes are the storage classes, with what is wanted of each.
	Classes []StorageClass `yaml:"classes,omitempty" json:"classes,omitempty"`
}

// A StorageClass is what persistent volumes of one kind take, in all clusters together.
type StorageClass struct {
	// Name is that of the class, as in the clusters' storageClass and the workloads' claims.
	Name string `yaml:"name" json:"name"`
	// Capacity of all claims together, beside those of the workloads.
	Capacity Bytes `yaml:"capacity,omitempty" json:"capacity,omitempty"`
	// Resiliency, if it is another than that of the site.
	Resiliency string `yaml:"resiliency,omitempty" json:"resiliency,omitempty"`
	// Volume is the cluster shared volume that the class is kept on, as the inventory names it.
	Volume string `yaml:"volume,omitempty" json:"volume,omitempty"`
}

// Addressing is how node machines get their addresses.
type Addressing string

// The ways of addressing.
const (
	Static Addressing = "static"
	DHCP   Addressing = "dhcp"
)

// Range is a run of addresses, both ends included. Its text form is 10.0.0.10-10.0.0.60.
type Range struct {
	Start netip.Addr `yaml:"start" json:"start"`
	End   netip.Addr `yaml:"end" json:"end"`
}

// Network is where the clusters' machines live: all of them in the site's own network, but
// for clusters that name another. Of the further networks, the cloud agent and the ranges
// inside the clusters are no part.
type Network struct {
	// Name of the network object: lower-case letters and digits.
	Name string `yaml:"name" json:"name"`
	// Switch is the external virtual switch, of the same name on every host.
	Switch string `yaml:"switch" json:"switch"`
	// VLAN is 1 to 4094, or 0 for untagged.
	VLAN       int          `yaml:"vlan,omitempty" json:"vlan,omitempty"`
	Addressing Addressing   `yaml:"addressing" json:"addressing"`
	Subnet     netip.Prefix `yaml:"subnet" json:"subnet"`
	Gateway    netip.Addr   `yaml:"gateway" json:"gateway"`
	DNS        []netip.Addr `yaml:"dns" json:"dns"`
	// NodePool and VIPPool are proposed by the planner when left out.
	NodePool *Range `yaml:"nodePool,omitempty" json:"nodePool,omitempty"`
	VIPPool  *Range `yaml:"vipPool,omitempty" json:"vipPool,omitempty"`
	// DHCPScope is what the DHCP server may lease, needed with dhcp addressing.
	DHCPScope *Range `yaml:"dhcpScope,omitempty" json:"dhcpScope,omitempty"`
	// DHCPExclusions are parts of the scope that the DHCP server never leases, and
	// DHCPReservations addresses that it keeps for machines it knows by name.
	DHCPExclusions   []Range      `yaml:"dhcpExclusions,omitempty" json:"dhcpExclusions,omitempty"`
	DHCPReservations []netip.Addr `yaml:"dhcpReservations,omitempty" json:"dhcpReservations,omitempty"`
	// Reserved addresses of the subnet are used by others and never handed out.
	Reserved []Range `yaml:"reserved,omitempty" json:"reserved,omitempty"`
	// CloudAgent is the cloud agent's address in the hosts' subnet, with its prefix
	// length; proposed when left out.
	CloudAgent *netip.Prefix `yaml:"cloudAgent,omitempty" json:"cloudAgent,omitempty"`
	// Pods and Services are the ranges inside the clusters; the platform's own when left out.
	Pods     *netip.Prefix `yaml:"pods,omitempty" json:"pods,omitempty"`
	Services *netip.Prefix `yaml:"services,omitempty" json:"services,omitempty"`
}

// Proxy is the way to the internet, and what is reached without it.
type Proxy struct {
	// HTTP and HTTPS say which proxy takes which traffic, such as
	// http://proxy.corp.contoso.com:3128; often both are the same.
	HTTP  string `yaml:"http" json:"http"`
	HTTPS string `yaml:"https" json:"https"`
	// NoProxy is reached without the proxy: names, domains with a leading dot, addresses
	// and subnets; the platform's own list when left out.
	NoProxy []string `yaml:"noProxy,omitempty" json:"noProxy,omitempty"`
}

// Management is the management cluster (the AKS host).
type Management struct {
	VMSize string `yaml:"vmSize,omitempty" json:"vmSize,omitempty"`
}

// A Cluster is one workload cluster.
type Cluster struct {
	// Name: lower-case letters and digits, from 2.
	Name       string `yaml:"name" json:"name"`
	Kubernetes string `yaml:"kubernetes" json:"kubernetes"`
	// Network is the name of the network that the machines live in; the site's own when
	// left out. It cannot be changed once the cluster is made.
	Network  string       `yaml:"network,omitempty" json:"network,omitempty"`
	Control  ControlPlane `yaml:"controlPlane" json:"controlPlane"`
	Balancer LoadBalancer `yaml:"loadBalancer" json:"loadBalancer"`
	// Services is how many virtual addresses the cluster's services of type LoadBalancer need.
	Services int `yaml:"services" json:"services"`
	// NodePools may be left out for workloads that the planner is to size pools for.
	NodePools []NodePool `yaml:"nodePools,omitempty" json:"nodePools,omitempty"`
	// Workloads are what will run. Node pools are held against them, and proposed for those
	// of an operating system that has none.
	Workloads []Workload `yaml:"workloads,omitempty" json:"workloads,omitempty"`
	// Namespace, if given, is created once the nodes are ready.
	Namespace string `yaml:"namespace,omitempty" json:"namespace,omitempty"`
	// StorageClass, if given, is the name of an ext4 class on the platform's disk driver.
	StorageClass string `yaml:"storageClass,omitempty" json:"storageClass,omitempty"`
	// AddOns are what the cluster gets besides, such as azure-policy. They are judged; no
	// step installs them.
	AddOns []string `yaml:"addOns,omitempty" json:"addOns,omitempty"`
	// Identity, Backup, GitOps, Policy and Isolation are judged as the add-ons are; nil when
	// nothing is said of them.
	Identity  *Identity  `yaml:"identity,omitempty" json:"identity,omitempty"`
	Backup    *Backup    `yaml:"backup,omitempty" json:"backup,omitempty"`
	GitOps    *GitOps    `yaml:"gitOps,omitempty" json:"gitOps,omitempty"`
	Policy    *Policy    `yaml:"policy,omitempty" json:"policy,omitempty"`
	Isolation *Isolation `yaml:"isolation,omitempty" json:"isolation,omitempty"`
}

// ControlPlane is the machines that run a cluster's API server and etcd.
type ControlPlane struct {
	// Count is 1, 3 or 5.
	Count  int    `yaml:"count" json:"count"`
	VMSize string `yaml:"vmSize,omitempty" json:"vmSize,omitempty"`
	// Address of the API server; Azure Local only, chosen by the platform when left out.
	Address *netip.Addr `yaml:"address,omitempty" json:"address,omitempty"`
}

// BalancerKind is what answers for services of type LoadBalancer.
type BalancerKind string

// The kinds of load balancer. HAProxy is a machine of its own; with none only the API
// server has a virtual address; MetalLB is Azure Local's.
const (
	HAProxy    BalancerKind = "haproxy"
	NoBalancer BalancerKind = "none"
	MetalLB    BalancerKind = "metallb"
)

// LoadBalancer is a cluster's load balancer.
type LoadBalancer struct {
	Kind   BalancerKind `yaml:"kind" json:"kind"`
	VMSize string       `yaml:"vmSize,omitempty" json:"vmSize,omitempty"`
}

// NodeOS is the operating system of a node pool.
type NodeOS string

// The node operating systems.
const (
	Linux       NodeOS = "linux"
	Windows2019 NodeOS = "windows2019"
	Windows2022 NodeOS = "windows2022"
)

// A NodePool is a set of like worker machines.
type NodePool struct {
	Name   string `yaml:"name" json:"name"`
	OS     NodeOS `yaml:"os" json:"os"`
	Count  int    `yaml:"count" json:"count"`
	VMSize string `yaml:"vmSize,omitempty" json:"vmSize,omitempty"`
	// MaxCount is what autoscaling may grow the pool to; 0 is no autoscaling.
	MaxCount int `yaml:"maxCount,omitempty" json:"maxCount,omitempty"`
	// MaxPods on a node, the platform's default when 0.
	MaxPods int `yaml:"maxPods,omitempty" json:"maxPods,omitempty"`
}

// Spread is how the pods of one workload stand on the nodes.
type Spread string

// The ways to spread. Without one, pods stand wherever there is room.
const (
	// Even lets the numbers of pods on any two nodes differ by no more than one: a topology
	// spread constraint by hostname with a skew of 1.
	Even Spread = "even"
	// Apart gives every pod a node of its own: an anti-affinity by hostname.
	Apart Spread = "apart"
)

// A Workload is a number of like Deployments or StatefulSets.
type Workload struct {
	Name string `yaml:"name" json:"name"`
	// OS of the nodes, linux when left out.
	OS NodeOS `yaml:"os,omitempty" json:"os,omitempty"`
	// Count is how many such Deployments there are, 1 when left out; Replicas is how many
	// pods each has.
	Count    int `yaml:"count,omitempty" json:"count,omitempty"`
	Replicas int `yaml:"replicas" json:"replicas"`
	// CPU, Memory and GPU are what one pod requests.
	CPU    Millicores `yaml:"cpu" json:"cpu"`
	Memory Bytes      `yaml:"memory" json:"memory"`
	GPU    int        `yaml:"gpu,omitempty" json:"gpu,omitempty"`
	Spread Spread     `yaml:"spread,omitempty" json:"spread,omitempty"`
	// Claim is what one pod claims of a persistent volume of the class StorageClass.
	Claim        Bytes  `yaml:"claim,omitempty" json:"claim,omitempty"`
	StorageClass string `yaml:"storageClass,omitempty" json:"storageClass,omitempty"`
}

// Reserve is the room that is kept free. Zero values are the profile's own.
type Reserve struct {
	// Percent of the capacity, 15 by the baseline architecture.
	Percent int `yaml:"percent,omitempty" json:"percent,omitempty"`
	// HostMemory is what the operating system of each host keeps for itself.
	HostMemory Bytes `yaml:"hostMemory,omitempty" json:"hostMemory,omitempty"`
}
