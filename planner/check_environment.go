package planner

import (
	"fmt"
	"slices"
	"strings"
)

// environment judges what is set on the hosts besides their hardware: the proxy of the
// whole machine, PowerShell modules and what signing in needs.
func (j *judge) environment() {
	hosts := j.in.Inventory.Hosts
	for i, h := range hosts {
		j.proxyVariables(i, h, hosts[0])
		j.furtherModules(i, h, hosts[0])
		j.signingIn(i, h)
	}
}

// proxyVariables judges the machine-wide variables, which every program on the host takes
// its proxy from, the installation's too.
func (j *judge) proxyVariables(i int, h, first Host) {
	p := h.Proxy
	if p == nil {
		return
	}
	path := hostPath(i, "proxy")
	for _, one := range []struct{ key, url string }{{".http", p.HTTP}, {".https", p.HTTPS}} {
		j.password(path+one.key, one.url)
	}
	set := p.HTTP+p.HTTPS != ""
	if set && len(p.NoProxy) == 0 {
		j.add(Finding{Code: "host-proxy-direct", Path: path + ".noProxy", Evidence: "a proxy, and no NO_PROXY", Source: proxySource,
			Message: h.Name + " has a machine-wide proxy and no machine-wide list of what is reached without it"})
	}
	if set && j.in.Site.Proxy == nil {
		j.add(Finding{Code: "host-proxy-site", Path: path, Evidence: "a proxy on the host, none in the site", Source: proxySource,
			Message: h.Name + " reaches the internet through a proxy, and the site names none for the machines of the clusters"})
	}
	if other := first.Proxy; other != nil && (p.HTTP != other.HTTP || p.HTTPS != other.HTTPS || !slices.Equal(p.NoProxy, other.NoProxy)) {
		j.add(Finding{Code: "host-proxy-differs", Path: path, Evidence: shown(*p) + "; " + shortName(first.Name) + " has " + shown(*other), Source: proxySource,
			Message: h.Name + " has other machine-wide proxy variables than the first host"})
	}
}

// shown writes proxy variables without an account that they may hold.
func shown(p ProxyVariables) string {
	safe := func(url string) string {
		switch {
		case url == "":
			return "none"
		case strings.Contains(url, "@"):
			return string(withheld)
		}
		return url
	}
	return fmt.Sprintf("HTTP %s, HTTPS %s, direct %s", safe(p.HTTP), safe(p.HTTPS), strings.Join(p.NoProxy, " "))
}

// brokenAccounts begins the versions of Az.Accounts with which a service principal is not
// connected to Azure Arc (ASD:AKS-Hybrid/known-issues-installation.yml).
const brokenAccounts = "2.7."

// furtherModules judges the modules beside AksHci.
func (j *judge) furtherModules(i int, h, first Host) {
	for k, m := range h.Modules {
		path := hostPath(i, fmt.Sprintf("modules[%d].version", k))
		at := slices.IndexFunc(first.Modules, func(o Module) bool { return strings.EqualFold(o.Name, m.Name) })
		if at >= 0 && first.Modules[at].Version != m.Version {
			j.add(Finding{Code: "host-module-differs", Path: path, Evidence: fmt.Sprintf("%s, the first host has %s", m.Version, first.Modules[at].Version),
				Message: fmt.Sprintf("%s has another version of the module %s than the first host", h.Name, m.Name)})
		}
		if strings.EqualFold(m.Name, "Az.Accounts") && strings.HasPrefix(m.Version, brokenAccounts) && j.in.Site.Azure.Application != "" && hasAgent(j.rules) {
			j.add(Finding{Code: "host-module-accounts", Path: path, Evidence: m.Version, Message: fmt.Sprintf("%s has Az.Accounts %s, with which a service principal is not connected to Azure Arc", h.Name, m.Version)})
		}
		if strings.EqualFold(m.Name, "PowerShellGet") && strings.HasPrefix(m.Version, oldPackages) && hasAgent(j.rules) {
			j.add(Finding{Code: "host-module-get", Path: path, Evidence: m.Version, Message: fmt.Sprintf("%s has PowerShellGet %s, which cannot install the modules of AksHci", h.Name, m.Version)})
		}
	}
}

// oldPackages begins the versions of PowerShellGet that do not read the format 2.0 of packages.
const oldPackages = "1."

// signingIn judges the names and the delegation that remoting stands on.
func (j *judge) signingIn(i int, h Host) {
	if len(h.ServicePrincipals) > 0 {
		var missing []string
		for _, name := range slices.Compact([]string{shortName(h.Name), h.Name}) {
			want := "WSMAN/" + name
			if !slices.ContainsFunc(h.ServicePrincipals, func(have string) bool { return strings.EqualFold(have, want) }) {
				missing = append(missing, want)
			}
		}
		if len(missing) > 0 {
			list := strings.Join(missing, ", ")
			j.add(Finding{Code: "host-spn", Path: hostPath(i, "servicePrincipals"), Evidence: "without " + list, Message: fmt.Sprintf("the directory has no %s for %s", list, h.Name),
				Remedy: fmt.Sprintf("setspn -S %s %s, and the same for each; then klist purge on the machines that sign in", missing[0], shortName(h.Name))})
		}
	}
	if h.CredSSP == Yes {
		j.add(Finding{Code: "host-credssp", Path: hostPath(i, "credSSP"), Evidence: "enabled", Message: h.Name + " takes delegated credentials (CredSSP)"})
	}
}
