package directory

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// Wanted is what a site needs in the directory. Path is always where the site or the
// inventory asks for it.
type Wanted struct {
	Site, Domain string
	Units        []Unit
	Computers    []Computer
	Groups       []Group
	Records      []Record
	Rights       []Right
	// Skew is how far clocks may be apart.
	Skew time.Duration
}

// A Unit is an organisational unit, by its distinguished name.
type Unit struct {
	Path, Name string
	// Dedicated is whether group policies of the units above must stay out.
	Dedicated bool
}

// Role is what a computer object or a record stands for.
type Role string

// The roles.
const (
	RoleHost    Role = "host"
	RoleCluster Role = "failover cluster"
	RoleAgent   Role = "cloud agent"
)

// A Computer is a computer object.
type Computer struct {
	Path string
	Role Role
	// Name is short, DNSName full.
	Name, DNSName string
	// Unit is where it belongs; empty is anywhere.
	Unit string
	// SPNs are service principal names that it must have.
	SPNs []string
	// Exists is whether what it stands for exists: its object is then the one that Windows
	// made, and no other can be made in its place.
	Exists bool
}

// account is the object's name for signing in: the first 15 characters of its name.
func (c Computer) account() string {
	const most = 15
	return strings.ToUpper(c.Name[:min(len(c.Name), most)]) + "$"
}

// A Group is a global security group.
type Group struct{ Path, Name, Unit string }

// A Record is the address of a name.
type Record struct {
	Path    string
	Role    Role
	Name    string // full
	Address netip.Addr
}

// RightKind is what an account may do.
type RightKind string

// The kinds of rights.
const (
	// MakeComputers is creating computer objects in a unit.
	MakeComputers RightKind = "create computer objects in"
	// ControlOne is everything, with one object.
	ControlOne RightKind = "fully control"
	// ControlAll is everything, with a unit and what is below it.
	ControlAll RightKind = "fully control all of"
)

// A Right is what one account needs to be allowed. Exactly one of Unit, Computer and Record
// is set.
type Right struct {
	Path     string
	Severity planner.Severity
	// Account is a name for signing in, such as CLUSTER$.
	Account  string
	Kind     RightKind
	Unit     string
	Computer string // an account
	Record   string // a full name
	Source   string
}

const (
	rightsPage   = "ASD:AKS-Hybrid/known-issues-security.yml (read 2026-11-22)"
	prestagePage = "ASD:AKS-Hybrid/prestage-cluster-service-host-create.md (read 2026-11-22)"
	makingPage   = "ASD:AKS-Hybrid/known-issues-installation.yml (read 2026-11-22)"
	systemPage   = "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)"
	localPage    = "ASD:azure-local/deploy/deployment-prep-active-directory.md (read 2026-11-22)"
	kubectlPage  = "ASD:AKS-Hybrid/ad-sso.md (read 2026-11-22)"
)

// Want is what a site needs, by its plan. Of Azure Local that is the unit alone: its own
// deployment makes the objects, of machines that must not have joined before.
func Want(in planner.Input, plan planner.Plan) Wanted {
	d := in.Site.Directory
	w := Wanted{Site: in.Site.Name, Domain: strings.ToLower(strings.TrimSuffix(d.Domain, ".")), Skew: kerberosSkew}
	if most := in.Profile.Hosts.TimeSkewMax; !most.Unstated && most.Value > 0 {
		w.Skew = most.Value
	}
	local := in.Profile.Generation == profiles.AzureLocal
	services, servicesPath := d.OU, "site.directory.ou"
	if d.OU != "" {
		w.Units = append(w.Units, Unit{"site.directory.ou", d.OU, local})
	}
	if d.ServicesOU != "" {
		services, servicesPath = d.ServicesOU, "site.directory.servicesOU"
		if !sameDN(d.OU, d.ServicesOU) {
			w.Units = append(w.Units, Unit{servicesPath, d.ServicesOU, local})
		}
	}
	for i, name := range d.Groups {
		w.Groups = append(w.Groups, Group{fmt.Sprintf("site.directory.groups[%d]", i), name, services})
	}
	if w.Domain == "" || local {
		return w
	}
	w.hosts(in)
	w.cluster(in, plan, services)
	return w
}

// full is the name of a computer in the domain.
func (w *Wanted) full(name string) string {
	if strings.Contains(name, ".") {
		return strings.ToLower(name)
	}
	return strings.ToLower(name) + "." + w.Domain
}

func short(name string) string {
	name, _, _ = strings.Cut(name, ".")
	return name
}

func (w *Wanted) hosts(in planner.Input) {
	for i, h := range in.Inventory.Hosts {
		path := fmt.Sprintf("inventory.hosts[%d]", i)
		c := Computer{
			Path: path, Role: RoleHost, Name: short(h.Name), DNSName: w.full(h.Name), Unit: in.Site.Directory.OU,
			Exists: strings.EqualFold(h.Domain, w.Domain),
		}
		for _, service := range []string{"HOST", "WSMAN"} {
			c.SPNs = append(c.SPNs, service+"/"+strings.ToUpper(c.Name), service+"/"+c.DNSName)
		}
		w.Computers = append(w.Computers, c)
		if h.Address.IsValid() {
			w.Records = append(w.Records, Record{path, RoleHost, c.DNSName, h.Address})
		}
	}
}

// cluster is what the failover cluster and the cloud agent need.
func (w *Wanted) cluster(in planner.Input, plan planner.Plan, services string) {
	d, existing := in.Site.Directory, in.Inventory.Cluster
	user := ""
	if name := in.Site.Access.User; domainUser(name, w.Domain) {
		user = account(name)
	}
	if user != "" && d.OU != "" {
		w.Rights = append(w.Rights, Right{Path: "site.access.user", Severity: planner.Warn, Account: user, Kind: ControlAll, Unit: d.OU, Source: rightsPage})
	}
	object := Computer{Path: "inventory.failoverCluster", Role: RoleCluster, Name: short(existing.Name), Unit: d.OU, Exists: true}
	if existing.Name == "" {
		object = Computer{Path: "site.directory.clusterName", Role: RoleCluster, Name: d.ClusterName, Unit: d.OU}
	}
	if object.Name == "" {
		return
	}
	object.DNSName = w.full(object.Name)
	w.Computers = append(w.Computers, object)
	if existing.Address != nil {
		w.Records = append(w.Records, Record{object.Path, RoleCluster, object.DNSName, *existing.Address})
	}
	if !object.Exists && user != "" {
		w.Rights = append(w.Rights, Right{Path: object.Path, Severity: planner.Block, Account: user, Kind: ControlOne, Computer: object.account(), Source: rightsPage})
	}
	if d.CloudAgentRole == "" {
		if d.OU != "" {
			w.Rights = append(w.Rights, Right{Path: "site.directory.ou", Severity: planner.Block, Account: object.account(), Kind: MakeComputers, Unit: d.OU, Source: makingPage})
		}
		return
	}
	agent := Computer{Path: "site.directory.cloudAgentRole", Role: RoleAgent, Name: d.CloudAgentRole, Unit: services, DNSName: w.full(d.CloudAgentRole)}
	w.Computers = append(w.Computers, agent)
	w.Rights = append(w.Rights, Right{Path: agent.Path, Severity: planner.Block, Account: object.account(), Kind: ControlOne, Computer: agent.account(), Source: prestagePage})
	if at := plan.Addresses.CloudAgent; at != nil {
		w.Records = append(w.Records, Record{agent.Path, RoleAgent, agent.DNSName, at.Addr()})
		w.Rights = append(w.Rights, Right{Path: agent.Path, Severity: planner.Warn, Account: object.account(), Kind: ControlOne, Record: agent.DNSName, Source: prestagePage})
	}
}

// domainUser reports whether a user is one of the domain and not of a host. Of the short
// form only the beginning of the domain's name can be compared.
func domainUser(user, domain string) bool {
	if _, at, found := strings.Cut(user, "@"); found {
		return strings.EqualFold(at, domain)
	}
	before, _, found := strings.Cut(user, `\`)
	return found && strings.EqualFold(before, short(domain))
}

// account is the name of a user without its domain.
func account(user string) string {
	if _, name, found := strings.Cut(user, `\`); found {
		return name
	}
	name, _, _ := strings.Cut(user, "@")
	return name
}
