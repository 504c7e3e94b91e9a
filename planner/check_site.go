package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/arcwright/arcwright/profiles"
)

var (
	siteName   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	plainName  = regexp.MustCompile(`^[a-z0-9]+$`)
	hyphenName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*[a-z0-9]$`)
	objectName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
	identifier = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)
	// windowsPath is a drive or a share with what may stand below it.
	windowsPath = regexp.MustCompile(`^([A-Za-z]:\\([^\\/:*?"<>|]+\\?)*|\\\\[^\\/:*?"<>|]+(\\[^\\/:*?"<>|]+)+\\?)$`)
	// resourceGroup is by Azure's rules for names. A count in the expression would make ninety
	// copies of all the letters there are.
	resourceGroup = regexp.MustCompile(`^[\pL\pN._()-]+$`)
	secretRef     = regexp.MustCompile(`^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyring:[^/]+/.+|prompt)$`)
)

// mostGroupName is how many characters the name of a resource group may have.
const mostGroupName = 90

// site judges names, accounts, the subscription and the paths.
func (j *judge) site() {
	s := j.in.Site
	if !siteName.MatchString(s.Name) {
		j.add(Finding{Code: "site-name", Severity: Block, Path: "site.name", Owner: OwnerYou, Evidence: s.Name,
			Message: fmt.Sprintf("%q cannot name a site", s.Name), Remedy: "use lower-case letters, digits and inner hyphens, at most 40"})
	}
	j.findings = append(j.findings, References(s)...)
	if user := s.Access.User; !strings.ContainsAny(user, `\@`) {
		j.add(Finding{Code: "access-user", Severity: Block, Path: "site.access.user", Owner: OwnerYou, Evidence: user,
			Message: fmt.Sprintf("%q does not say which domain the account is in", user), Remedy: `write DOMAIN\name or name@domain`})
	}
	if s.Access.Port < 0 || s.Access.Port > 65535 {
		j.add(Finding{Code: "access-port", Severity: Block, Path: "site.access.port", Owner: OwnerYou, Evidence: fmt.Sprint(s.Access.Port),
			Message: fmt.Sprintf("%d is no port", s.Access.Port), Remedy: "leave it out for 5986, or write 1 to 65535"})
	}
	j.azure(s.Azure)
	j.paths(s.Storage)
}

// References judges the references to secrets of a site. What is none may be the secret
// itself: such a site must not be printed, nor planned into a file.
func References(s Site) []Finding {
	j := &judge{}
	j.reference("site.access.password", s.Access.Password, true)
	j.reference("site.azure.secret", s.Azure.Secret, false)
	j.reference("site.directory.password", s.Directory.Password, false)
	if s.Proxy != nil {
		j.password("site.proxy.http", s.Proxy.HTTP)
		j.password("site.proxy.https", s.Proxy.HTTPS)
	}
	return j.findings
}

// reference judges one; it never shows it.
func (j *judge) reference(path string, ref SecretRef, needed bool) {
	switch {
	case ref == "" && !needed, secretRef.MatchString(string(ref)):
	case ref == "":
		j.add(Finding{Code: "secret-reference", Severity: Block, Path: path, Owner: OwnerYou, Message: "no secret is named", Remedy: "write env:NAME, file:PATH, keyring:SERVICE/NAME or prompt"})
	default:
		j.add(Finding{Code: "secret-reference", Severity: Block, Path: path, Owner: OwnerYou, Message: "this is no reference to a secret, and may be the secret itself",
			Remedy: "write env:NAME, file:PATH, keyring:SERVICE/NAME or prompt; if it was a password, change it"})
	}
}

func (j *judge) azure(a Azure) {
	for _, id := range []struct{ key, value string }{{"tenant", a.Tenant}, {"subscription", a.Subscription}, {"application", a.Application}} {
		if id.value == "" && id.key == "application" || identifier.MatchString(id.value) && strings.Trim(id.value, "0-") != "" {
			continue
		}
		j.add(Finding{Code: "azure-identifier", Severity: Block, Path: "site.azure." + id.key, Owner: OwnerAzure, Evidence: id.value,
			Message: fmt.Sprintf("%q is not an identifier", id.value), Remedy: "copy the GUID from `az account show` or the portal"})
	}
	if a.Application == "" && j.rules.Generation == profiles.AksHci {
		j.add(Finding{Code: "azure-application", Severity: Block, Path: "site.azure.application", Owner: OwnerAzure, Evidence: "none", Source: "ASD:AKS-Hybrid/reference/ps/set-akshciregistration.md (read 2026-11-22)",
			Message: "no application is named to register the deployment with", Remedy: "add application, the GUID of a service principal that owns the resource group, and its secret; nobody is there to sign in during a run"})
	}
	if a.Application != "" && a.Secret == "" {
		j.add(Finding{Code: "azure-secret", Severity: Block, Path: "site.azure.secret", Owner: OwnerAzure, Evidence: "application without secret",
			Message: "an application is given to register with, but not its secret", Remedy: "add secret: env:ARCWRIGHT_AZURE_SECRET"})
	}
	switch {
	case a.ResourceGroup == "":
		j.add(Finding{Code: "azure-resource-group", Path: "site.azure.resourceGroup", Message: "no resource group is named", Remedy: "name one that exists in the region"})
	case !resourceGroup.MatchString(a.ResourceGroup) || utf8.RuneCountInString(a.ResourceGroup) > mostGroupName || strings.HasSuffix(a.ResourceGroup, "."):
		j.add(Finding{Code: "azure-resource-group", Path: "site.azure.resourceGroup", Evidence: a.ResourceGroup, Message: fmt.Sprintf("%q cannot name a resource group", a.ResourceGroup),
			Remedy: "correct it: at most 90 letters, digits, dots, hyphens, underscores and parentheses, not ending in a dot"})
	}
	if a.Tenant != "" && strings.EqualFold(a.Tenant, a.Subscription) && identifier.MatchString(a.Tenant) {
		j.add(Finding{Code: "azure-identifier", Path: "site.azure.subscription", Evidence: a.Subscription, Message: "the tenant and the subscription are given by the same identifier"})
	}
	if regions := j.rules.Regions; !regions.Unstated && !slices.Contains(regions.Value, a.Region) {
		j.add(Finding{Code: "azure-region", Severity: Warn, Path: "site.azure.region", Owner: OwnerAzure, Evidence: a.Region, Source: cite(regions.Source),
			Message: fmt.Sprintf("%q is not among the regions that are known to work", a.Region), Remedy: didYouMean(a.Region, regions.Value)})
	}
	if j.rules.Generation == profiles.AzureLocal && a.CustomLocation == "" {
		j.add(Finding{Code: "azure-custom-location", Severity: Block, Path: "site.azure.customLocation", Owner: OwnerAzure, Message: "Azure Local needs the custom location of the instance", Remedy: "add customLocation; `az customlocation list` shows it"})
	}
}

// paths judges where images and state go. A space keeps the cloud agent from starting.
func (j *judge) paths(s Storage) {
	volumes := j.in.Inventory.Cluster.Volumes
	for _, p := range []struct{ key, value string }{{"images", s.Images}, {"working", s.Working}, {"cloudConfig", s.CloudConfig}} {
		path := "site.storage." + p.key
		if p.value != "" && !windowsPath.MatchString(p.value) {
			j.add(Finding{Code: "storage-path-form", Path: path, Evidence: p.value, Message: fmt.Sprintf("%q is no full path of Windows", p.value)})
			continue
		}
		if strings.ContainsAny(p.value, " \t") {
			j.add(Finding{Code: "storage-path-space", Severity: Block, Path: path, Owner: OwnerYou, Evidence: p.value, Source: "ASD:AKS-Hybrid/known-issues-installation.yml (read 2026-11-22)",
				Message: fmt.Sprintf("the path %q holds a space, with which the cloud agent does not start", p.value), Remedy: "use a path without spaces"})
		}
		if len(j.in.Inventory.Hosts) < 2 {
			continue
		}
		if p.key == "working" && strings.HasPrefix(p.value, `\\`) {
			j.add(Finding{Code: "storage-path-share", Severity: Block, Path: path, Owner: OwnerYou, Evidence: p.value,
				Message: fmt.Sprintf("%q is a file share, where the hosts cannot keep the lease and the records of a run", p.value), Remedy: "use a path below " + volumePaths(volumes)})
			continue
		}
		on := slices.ContainsFunc(volumes, func(v Volume) bool { return below(p.value, v.Path) })
		if !on && !strings.HasPrefix(p.value, `\\`) {
			j.add(Finding{Code: "storage-path-shared", Severity: Block, Path: path, Owner: OwnerYou, Evidence: p.value, Source: "ASD:AKS-Hybrid/reference/ps/set-akshciconfig.md (read 2026-11-22)",
				Message: fmt.Sprintf("%q is on no cluster shared volume of the inventory, so only one host sees it", p.value), Remedy: "use a path below " + volumePaths(volumes)})
		}
	}
}

func below(path, volume string) bool {
	path, volume = strings.ToLower(path), strings.ToLower(strings.TrimRight(volume, `\`))
	return path == volume || strings.HasPrefix(path, volume+`\`)
}

func volumePaths(volumes []Volume) string {
	if len(volumes) == 0 {
		return "a cluster shared volume; the inventory lists none"
	}
	var paths []string
	for _, v := range volumes {
		paths = append(paths, v.Path)
	}
	return strings.Join(paths, " or ")
}

// password refuses a proxy's address with an account in it; it never shows it.
func (j *judge) password(path, url string) {
	if strings.Contains(url, "@") {
		j.add(Finding{Code: "secret-reference", Severity: Block, Path: path, Owner: OwnerYou, Message: "the address of the proxy holds an account, and perhaps its password",
			Remedy: "write the address without it, such as http://proxy.corp.contoso.com:3128; proxies that ask for an account are not set up by arcwright"})
	}
}

// networks judges what is said of each network, beside its addresses.
func (j *judge) networks() {
	j.network("site.network", j.in.Site.Network)
	switches := []string{j.in.Site.Network.Switch}
	for i, n := range j.in.Site.Networks {
		j.network(fmt.Sprintf("site.networks[%d]", i), n)
		if !slices.Contains(switches, n.Switch) {
			switches = append(switches, n.Switch)
		}
	}
	for _, name := range switches {
		j.switches(name)
	}
}

func (j *judge) network(at string, n Network) {
	rules := j.rules.Network
	if !plainName.MatchString(n.Name) {
		j.add(Finding{Code: "network-name", Severity: Block, Path: at + ".name", Owner: OwnerYou, Evidence: n.Name, Source: "ASD:AKS-Hybrid/reference/ps/new-akshcinetworksetting.md (read 2026-11-22)",
			Message: fmt.Sprintf("%q cannot name a network", n.Name), Remedy: "use lower-case letters and digits only"})
	}
	if !slices.Contains(rules.Addressing.Value, profiles.Addressing(n.Addressing)) {
		j.add(Finding{Code: "network-addressing", Severity: Block, Path: at + ".addressing", Owner: OwnerNetwork, Evidence: string(n.Addressing), Source: cite(rules.Addressing.Source),
			Message: fmt.Sprintf("%s does not take %s addressing", j.rules.Title, n.Addressing), Remedy: "write addressing: static"})
	}
	if most := rules.VLANMax.Value; n.VLAN < 0 || most > 0 && n.VLAN > most {
		j.add(Finding{Code: "network-vlan", Severity: Block, Path: at + ".vlan", Owner: OwnerNetwork, Evidence: fmt.Sprint(n.VLAN), Source: cite(rules.VLANMax.Source),
			Message: fmt.Sprintf("%d is no VLAN", n.VLAN), Remedy: fmt.Sprintf("write 1 to %d, or leave it out for untagged", most)})
	}
	if least, most := rules.DNSMin, rules.DNSMax; len(n.DNS) < least.Value || !most.Unstated && len(n.DNS) > most.Value {
		j.add(Finding{Code: "network-dns", Severity: Block, Path: at + ".dns", Owner: OwnerNetwork, Evidence: fmt.Sprintf("%d servers", len(n.DNS)), Source: cite(least.Source),
			Message: fmt.Sprintf("%d DNS servers are named", len(n.DNS)), Remedy: fmt.Sprintf("name %d to %d", least.Value, most.Value)})
	}
}

// switches judges the virtual switch, which has to be external and alike on all hosts.
func (j *judge) switches(name string) {
	const source = "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)"
	for i, h := range j.in.Inventory.Hosts {
		at := slices.IndexFunc(h.Switches, func(s Switch) bool { return s.Name == name })
		if at < 0 {
			var have []string
			for _, s := range h.Switches {
				have = append(have, s.Name)
			}
			j.add(Finding{Code: "switch-missing", Severity: Block, Path: hostPath(i, "switches"), Owner: OwnerNetwork, Evidence: "has " + strings.Join(have, ", "), Source: source,
				Message: fmt.Sprintf("%s has no virtual switch %q", h.Name, name), Remedy: "create it under the same name on every host, or correct network.switch in the site"})
			continue
		}
		if !strings.EqualFold(h.Switches[at].Type, "External") {
			j.add(Finding{Code: "switch-type", Severity: Block, Path: hostPath(i, fmt.Sprintf("switches[%d].type", at)), Owner: OwnerNetwork, Evidence: h.Switches[at].Type, Source: source,
				Message: fmt.Sprintf("the switch %q of %s is %s, it must be external", name, h.Name, strings.ToLower(h.Switches[at].Type)), Remedy: "bind the switch to a physical adapter: Set-VMSwitch -NetAdapterName"})
		}
	}
}

// fabric judges the failover cluster.
func (j *judge) fabric() {
	c, hosts := j.in.Inventory.Cluster, j.in.Inventory.Hosts
	if len(hosts) < 2 {
		return
	}
	if c.Name == "" {
		j.add(Finding{Code: "cluster-missing", Severity: Block, Path: "inventory.failoverCluster", Owner: OwnerYou, Evidence: "none", Source: "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)",
			Message: "several hosts must form a failover cluster", Remedy: "create it with New-Cluster and enable Storage Spaces Direct, then read the hosts again"})
		return
	}
	if !slices.ContainsFunc(c.Nets, func(n ClusterNetwork) bool { return n.Role == "ClusterAndClient" }) {
		j.add(Finding{Code: "cluster-network-role", Severity: Block, Path: "inventory.failoverCluster.networks", Owner: OwnerNetwork, Evidence: "no network of role ClusterAndClient", Source: "ASD:AKS-Hybrid/known-issues-installation.yml (read 2026-11-22)",
			Message: "no network of the failover cluster lets clients in, and the cloud agent needs one", Remedy: "set the role of the management network: (Get-ClusterNetwork NAME).Role = 3"})
	}
	for i, h := range hosts {
		if least := j.rules.Hosts.AdaptersMin; !least.Unstated && len(h.Adapters) < least.Value {
			j.add(Finding{Code: "adapter-count", Severity: Block, Path: hostPath(i, "adapters"), Owner: OwnerHardware, Evidence: fmt.Sprintf("%d adapters", len(h.Adapters)), Source: cite(least.Source),
				Message: fmt.Sprintf("%s has %d physical network ports, at least %d are needed", h.Name, len(h.Adapters), least.Value), Remedy: "connect another port"})
		}
		fast := slices.ContainsFunc(h.Adapters, func(a Adapter) bool { return a.RDMA && a.Gbps >= 10 })
		if !fast {
			j.add(Finding{Code: "adapter-storage", Severity: Warn, Path: hostPath(i, "adapters"), Owner: OwnerHardware, Evidence: "no RDMA port of 10 Gb/s or more", Source: "AC:docs/example-scenario/hybrid/aks-network-content.md (read 2026-11-22)",
				Message: h.Name + " has no RDMA port of 10 Gb/s or more for storage", Remedy: "use RDMA adapters for storage and live migration"})
		}
	}
}
