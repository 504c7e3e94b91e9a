package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

var (
	distinguished = regexp.MustCompile(`^((OU|CN)=([^,\\]|\\.)+,\s*)+(DC=[^,\s]+)(,\s*DC=[^,\s]+)*$`)
	fullName      = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$`)
	keyDigest     = regexp.MustCompile(`^[0-9A-Fa-f]{64}$`)
	// groupName leaves out what an account name may not have.
	groupName = regexp.MustCompile(`^[^\x00-\x1f"/\\\[\]:;|=,+*?<>@. ]([^\x00-\x1f"/\\\[\]:;|=,+*?<>@]{0,62}[^\x00-\x1f"/\\\[\]:;|=,+*?<>@. ])?$`)
	hostLabel = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)
)

// roleNameMax is how long the name of the cloud agent's computer object may be
// (ASD:AKS-Hybrid/prestage-cluster-service-host-create.md).
const roleNameMax = 32

// clusterNameMax is how long the name of a failover cluster may be, as every NetBIOS name.
const clusterNameMax = 15

// directory judges the domain and the objects in it. A single host needs none.
func (j *judge) directory() {
	d, several := j.in.Site.Directory, len(j.in.Inventory.Hosts) > 1
	switch {
	case d.Domain == "" && several:
		j.add(Finding{Code: "directory-missing", Path: "site.directory.domain", Evidence: "none", Message: "several hosts need a domain, and the site names none"})
	case d.Domain == "":
	case !strings.Contains(d.Domain, "."):
		j.add(Finding{Code: "directory-domain", Path: "site.directory.domain", Evidence: d.Domain,
			Message: "the domain has a single label; no page of the vendor says whether that works"})
	case strings.HasSuffix(strings.ToLower(strings.TrimSuffix(d.Domain, ".")), ".local"):
		j.localDomain(d.Domain)
	}
	j.units(d, several)
	j.agentObject(d, several)
	j.server(d)
}

// server judges how the directory is asked.
func (j *judge) server(d Directory) {
	name, port, found := strings.Cut(d.Server, ":")
	number, err := strconv.ParseUint(port, 10, 16)
	switch {
	case d.Server == "":
	case !fullName.MatchString(name) || found && (err != nil || number == 0):
		j.add(Finding{Code: "directory-server", Path: "site.directory.server", Evidence: d.Server, Message: fmt.Sprintf("%s does not name a domain controller", quoted(d.Server))})
	case port == "389" || port == "3268":
		j.add(Finding{Code: "directory-server", Path: "site.directory.server", Evidence: d.Server, Message: fmt.Sprintf("port %s speaks LDAP without TLS, which would show the password to everybody on the way", port)})
	case d.Domain == "":
		j.add(Finding{Code: "directory-server", Path: "site.directory.domain", Evidence: d.Server, Message: "a domain controller is named, and the domain is not"})
	}
	if d.Pin != "" && !keyDigest.MatchString(d.Pin) {
		j.add(Finding{Code: "directory-server", Path: "site.directory.pin", Evidence: d.Pin, Message: "the pin is no SHA-256 in hexadecimal", Remedy: "write the 64 digits, or leave the pin out"})
	}
	if name := d.ClusterName; name != "" && (!hostLabel.MatchString(name) || len(name) > clusterNameMax) {
		j.add(Finding{Code: "directory-cluster-name", Path: "site.directory.clusterName", Evidence: name, Message: fmt.Sprintf("%s cannot name a failover cluster", quoted(name))})
	}
	for i, name := range d.Groups {
		if !groupName.MatchString(name) {
			j.add(Finding{Code: "directory-group", Path: fmt.Sprintf("site.directory.groups[%d]", i), Evidence: name, Message: fmt.Sprintf("%s cannot name a group", quoted(name))})
		}
	}
}

// localDomain judges a domain that ends in .local.
func (j *judge) localDomain(domain string) {
	f := Finding{Code: "directory-local", Severity: Note, Path: "site.directory.domain", Evidence: domain,
		Message: fmt.Sprintf("the domain %s ends in .local, which some systems do not look up by DNS", domain)}
	if j.rules.Generation == profiles.AzureLocal {
		release := j.in.Inventory.Release
		fault, known := j.fault(profiles.LocalDomain)
		switch {
		case known:
			f.Severity, f.Source, f.Evidence = Block, cite(fault.Source), domain+", release "+release
			f.Message = fmt.Sprintf("the domain %s ends in .local, and in release %s %s", domain, release, fault.What)
			f.Remedy = fault.Instead + " before the change and write the new release into the inventory, or use hosts in a domain with another ending"
		case release == "":
			f.Severity = Warn
			f.Message = fmt.Sprintf("the domain %s ends in .local: in some releases nodes do not look up such names, and the inventory does not say which release is installed", domain)
			f.Remedy = "write the installed release into the inventory (release: 2510), or use hosts in a domain with another ending"
		}
	}
	j.add(f)
}

// units judges the organisational units.
func (j *judge) units(d Directory, several bool) {
	for _, unit := range []struct{ path, name string }{{"site.directory.ou", d.OU}, {"site.directory.servicesOU", d.ServicesOU}} {
		why := ""
		switch {
		case unit.name == "":
			continue
		case !distinguished.MatchString(unit.name):
			why = "is no distinguished name of an organisational unit"
		case j.rules.Generation == profiles.AzureLocal && strings.ContainsAny(unit.name, `&"'<>`):
			why = "has characters that the platform does not take"
		case d.Domain != "" && !strings.EqualFold(domainOf(unit.name), d.Domain):
			why = "is not in the domain " + d.Domain
		default:
			continue
		}
		j.add(Finding{Code: "directory-ou", Path: unit.path, Evidence: unit.name, Message: fmt.Sprintf("%s %s", quoted(unit.name), why)})
	}
	if d.OU == "" && several {
		severity := Note
		if j.rules.Generation == profiles.AzureLocal {
			severity = Warn
		}
		j.add(Finding{Code: "directory-ou-missing", Severity: severity, Path: "site.directory.ou", Evidence: "none", Message: "the site names no organisational unit for the hosts"})
	}
	if d.OU != "" && strings.EqualFold(strings.ReplaceAll(d.OU, " ", ""), strings.ReplaceAll(d.ServicesOU, " ", "")) {
		j.add(Finding{Code: "directory-ou-same", Path: "site.directory.servicesOU", Evidence: d.OU, Message: "servers and services share the organisational unit " + d.OU})
	}
}

// domainOf is the domain that a distinguished name ends in.
func domainOf(name string) string {
	var labels []string
	for part := range strings.SplitSeq(name, ",") {
		if key, value, _ := strings.Cut(strings.TrimSpace(part), "="); strings.EqualFold(key, "DC") {
			labels = append(labels, value)
		}
	}
	return strings.Join(labels, ".")
}

// agentObject judges the cloud agent's computer object.
func (j *judge) agentObject(d Directory, several bool) {
	const path = "site.directory.cloudAgentRole"
	role := d.CloudAgentRole
	if j.rules.Addresses.CloudAgent.Count == 0 {
		return
	}
	switch {
	case role == "":
		if several {
			j.add(Finding{Code: "directory-prestage", Path: path, Evidence: "none", Message: "the cloud agent's computer object is not pre-staged: the failover cluster must be allowed to create it"})
		}
		return
	case len(role) > roleNameMax:
		j.add(Finding{Code: "directory-role-name", Path: path, Evidence: many(len(role), "character"),
			Message: fmt.Sprintf("the name of the cloud agent's computer object is longer than %d characters", roleNameMax)})
	case !hostLabel.MatchString(role):
		j.add(Finding{Code: "directory-role-name", Path: path, Evidence: role, Message: fmt.Sprintf("%s cannot name the cloud agent's computer object", quoted(role))})
	case slices.ContainsFunc(j.in.Inventory.Hosts, func(h Host) bool { return strings.EqualFold(shortName(h.Name), role) }) || strings.EqualFold(j.in.Inventory.Cluster.Name, role):
		j.add(Finding{Code: "directory-role-name", Path: path, Evidence: role, Message: fmt.Sprintf("%s is the name of a host or of the failover cluster already", quoted(role))})
	}
	if j.in.Site.Network.CloudAgent == nil {
		j.add(Finding{Code: "cloud-agent-record", Path: "site.network.cloudAgent", Evidence: role, Message: fmt.Sprintf("%s is pre-staged with a DNS record, and the site does not say for which address", role)})
	}
}
