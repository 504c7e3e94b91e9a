package provision

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// wayParams are the parameters of probe-network.
type wayParams struct {
	Endpoints []endpointQuery `json:"endpoints"`
	Paths     []pathQuery     `json:"paths"`
	Gateways  []string        `json:"gateways"`
}

// endpointQuery is one request. Proxy is what takes it, empty for none.
type endpointQuery struct {
	URL   string `json:"url"`
	Proxy string `json:"proxy"`
}

// pathQuery is one port of another host.
type pathQuery struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

// networkReply is what probe-network tells.
type networkReply struct {
	Endpoints list[endpointReply] `json:"endpoints"`
	Paths     list[pathReply]     `json:"paths"`
	Packets   list[packetReply]   `json:"packets"`
}

// endpointReply is what became of one request.
type endpointReply struct {
	URL     string    `json:"url"`
	State   pathState `json:"state"`
	Code    number    `json:"code"`    // of HTTP, 0 when there was no answer
	Address string    `json:"address"` // that the name has there, empty when it has none
	Issuer  string    `json:"issuer"`  // of the certificate, empty without one
	Message string    `json:"message"`
}

// pathReply is what became of one connection.
type pathReply struct {
	Host  string    `json:"host"`
	Port  number    `json:"port"`
	State pathState `json:"state"`
}

// pathState is how far a connection went. Those that are not named here are failures of other kinds.
type pathState string

const (
	pathAnswered   pathState = "answered"
	pathOpen       pathState = "open"
	pathSilent     pathState = "silent"
	pathRefused    pathState = "refused"
	pathUnresolved pathState = "unresolved"
	pathUntrusted  pathState = "untrusted" // the certificate
	pathNoProxy    pathState = "no-proxy"  // the proxy's name is not known
)

// hostPorts are what the hosts must reach on each other before anything is installed: the module
// works by WinRM, and shared volumes by SMB.
var hostPorts = []int{445, 5985}

// authorities are in the names of those who issue the certificates of Azure's endpoints
// (AMD:articles/security/fundamentals/azure-certificate-authority-details.md, read 2026-11-23). Another
// issuer is a gateway that opens the traffic.
var authorities = []string{"Microsoft", "DigiCert", "GlobalSign", "Entrust", "Baltimore"}

// destinations are the endpoints of the platform that can be asked: a name with a star stands
// for many, and one of a region needs the region.
func destinations(in planner.Input) []endpointQuery {
	out := []endpointQuery{}
	for _, e := range in.Profile.Endpoints {
		host := e.Host
		if strings.Contains(host, "<region>") {
			if in.Site.Azure.Region == "" {
				continue
			}
			host = strings.ReplaceAll(host, "<region>", in.Site.Azure.Region)
		}
		if strings.Contains(host, "*") {
			continue
		}
		name := host
		scheme, usual := "https", 443
		if e.Port == 80 {
			scheme, usual = "http", 80
		}
		if e.Port != usual {
			host += ":" + strconv.Itoa(e.Port)
		}
		q := endpointQuery{URL: scheme + "://" + host + "/"}
		if p := in.Site.Proxy; p != nil && !bypassed(name, p.NoProxy) {
			q.Proxy = p.HTTPS
			if scheme == "http" {
				q.Proxy = p.HTTP
			}
		}
		out = append(out, q)
	}
	return out
}

// bypassed reports whether a name is reached without the proxy.
func bypassed(host string, noProxy []string) bool {
	return slices.ContainsFunc(noProxy, func(entry string) bool {
		entry = strings.ToLower(strings.TrimPrefix(entry, "*"))
		return entry == host || strings.HasPrefix(entry, ".") && strings.HasSuffix(host, entry)
	})
}

// ways are the questions to one host.
func (i *inspection) ways(v *visit) wayParams {
	p := wayParams{Endpoints: destinations(i.in), Paths: []pathQuery{}, Gateways: gateways(i.in.Site)}
	for _, other := range i.in.Inventory.Hosts {
		if other.Name == v.host.Name {
			continue
		}
		for _, port := range hostPorts {
			p.Paths = append(p.Paths, pathQuery{Host: other.Name, Port: port})
		}
	}
	return p
}

// hitch is one thing that went wrong with an endpoint or a host, and who saw it.
type hitch struct {
	kind, what, why string
	hosts           []string
}

// hitches gathers the same hitch of several hosts.
type hitches []*hitch

func (t *hitches) add(kind, what, why, host string) {
	for _, known := range *t {
		if known.kind == kind && known.what == what {
			known.hosts = append(known.hosts, host)
			known.why = cmp.Or(known.why, why)
			return
		}
	}
	*t = append(*t, &hitch{kind, what, why, []string{host}})
}

// outward judges the ways to the internet.
func (i *inspection) outward() {
	var found hitches
	for _, v := range i.read() {
		if v.blind != nil {
			i.add(planner.Finding{
				Code: FindingPart, Severity: planner.Warn, Path: hostPath(v.index), Owner: planner.OwnerYou, Evidence: tidy(v.blind.Error()),
				Message: "how " + v.host.Name + " reaches the internet and the other hosts could not be tried", Remedy: "look at the evidence, and try by hand: Test-NetConnection NAME -Port 443",
			})
		}
		for _, e := range v.network.Endpoints {
			host := shortName(v.host.Name)
			u, err := url.Parse(e.URL)
			if err != nil {
				continue
			}
			switch e.State {
			case pathAnswered:
				// Behind a proxy nobody sees who answers: the proxy refuses with such codes as well.
				proxied := i.in.Site.Proxy != nil && u.Scheme == "https" && (e.Code == 403 || e.Code >= 502 && e.Code <= 504)
				switch {
				case proxied:
					found.add(unsureProxy, u.Host, fmt.Sprintf("the answer is %d, which a proxy that lets nobody through says, too", e.Code), host)
				case e.Code == 407:
					found.add(FindingEgressProxy, u.Host, "the proxy asks who is there (407)", host)
				case e.Code >= 500:
					found.add(FindingEgressService, u.Host, fmt.Sprintf("it answers %d", e.Code), host)
				case e.Issuer != "" && !slices.ContainsFunc(authorities, func(a string) bool { return strings.Contains(e.Issuer, a) }):
					found.add(FindingEgressOpened, u.Host, "its certificate is issued by "+e.Issuer, host)
				case private(e.Address) && i.in.Site.Proxy == nil:
					found.add(FindingEgressPrivate, u.Host, "it is at "+e.Address, host)
				}
			case pathUntrusted:
				found.add(FindingEgressOpened, u.Host, cmp.Or(e.Issuer, tidy(e.Message)), host)
			case pathNoProxy:
				found.add(FindingEgressProxy, u.Host, "the proxy's name is not known", host)
			case pathUnresolved:
				found.add(FindingEgress, u.Host, "its name is not known", host)
			case pathSilent:
				found.add(FindingEgress, u.Host, "no answer", host)
			case pathRefused:
				found.add(FindingEgress, u.Host, "the connection is refused", host)
			default:
				found.add(FindingEgress, u.Host, tidy(e.Message), host)
			}
		}
	}
	i.report(found)
}

// private reports whether an address is one that is not of the internet.
func private(address string) bool {
	at, err := netip.ParseAddr(address)
	return err == nil && at.IsPrivate()
}

// unsureProxy is a hitch that may be the proxy's, and may be the endpoint's own.
const unsureProxy = "unsure-proxy"

// egressFindings are those of the ways to the internet, without what was seen, by the kind of hitch.
func egressFindings() []planner.Finding {
	return []planner.Finding{
		{Code: FindingEgress, Severity: planner.Block, Path: "site.azure", Owner: planner.OwnerNetwork, Message: "endpoints that the platform needs cannot be reached",
			Remedy: "open the way in the firewall, or name the proxy under proxy; test again from the host: Test-NetConnection NAME -Port 443",
			Source: "ASD:AKS-Hybrid/includes/data-allow-table.md (read 2026-11-22)"},
		{Code: FindingEgressProxy, Severity: planner.Block, Path: "site.proxy", Owner: planner.OwnerNetwork, Message: "endpoints cannot be reached through the proxy",
			Remedy: "correct proxy.http and proxy.https, or let the hosts through without a name and password",
			Source: "ASD:AKS-Hybrid/set-proxy-settings.md (read 2026-11-22)"},
		{Code: FindingEgressOpened, Severity: planner.Block, Path: "site.azure", Owner: planner.OwnerNetwork, Message: "traffic to endpoints is opened on its way",
			Remedy: "exempt these names from inspection: machines of the clusters do not trust the gateway's certificate",
			Source: "ASD:azure-local/concepts/firewall-requirements.md (read 2026-11-22)"},
		{Code: FindingEgressService, Severity: planner.Warn, Path: "site.azure", Owner: planner.OwnerAzure, Message: "endpoints answer that they are out of order",
			Remedy: "wait and check again before the change: see https://azure.status.microsoft",
			Source: "ASD:AKS-Hybrid/includes/data-allow-table.md (read 2026-11-22)"},
		{Code: FindingEgressPrivate, Severity: planner.Block, Path: "site.azure", Owner: planner.OwnerAzure, Message: "endpoints of Azure have private addresses",
			Remedy: "have the public names resolved for the hosts and the machines: Azure Private Link is not supported here",
			Source: "ASD:AKS-Hybrid/connect-to-arc.md (read 2026-11-22)"},
	}
}

// report makes one finding of each kind of hitch, with the endpoints that have it.
func (i *inspection) report(found hitches) {
	all := egressFindings()
	for n, f := range append(all, all[1]) {
		kind := f.Code
		if n == len(all) {
			kind, f.Severity, f.Message = unsureProxy, planner.Warn, "endpoints may be kept off by the proxy"
			f.Remedy = "try one from a host by hand: Invoke-WebRequest -Proxy ADDRESS https://NAME; if the page that comes is the proxy's, have the names let through"
		}
		var evidence []string
		for _, t := range found {
			if t.kind == kind {
				evidence = append(evidence, fmt.Sprintf("%s from %s: %s", t.what, strings.Join(t.hosts, ", "), t.why))
			}
		}
		if len(evidence) == 0 {
			continue
		}
		f.Message += fmt.Sprintf(": %d", len(evidence))
		f.Evidence = strings.Join(evidence[:min(len(evidence), listed)], "; ")
		if more := len(evidence) - listed; more > 0 {
			f.Evidence += fmt.Sprintf("; and %d more", more)
		}
		i.add(f)
	}
}

// between judges the ways from host to host.
func (i *inspection) between() {
	var found hitches
	for _, v := range i.read() {
		for _, p := range v.network.Paths {
			from := shortName(v.host.Name)
			switch p.State {
			case pathOpen:
			case pathUnresolved:
				found.add(FindingHostName, p.Host, "", from)
			default:
				found.add(FindingHostPath, fmt.Sprintf("%s:%d", p.Host, p.Port), string(p.State), from)
			}
		}
	}
	for _, t := range found {
		host, port, _ := strings.Cut(t.what, ":")
		at := slices.IndexFunc(i.in.Inventory.Hosts, func(h planner.Host) bool { return h.Name == host })
		if at < 0 {
			continue
		}
		slices.Sort(t.hosts)
		from := strings.Join(slices.Compact(t.hosts), ", ")
		f := planner.Finding{
			Code: FindingHostName, Severity: planner.Block, Path: hostPath(at) + ".name", Owner: planner.OwnerNetwork,
			Evidence: "asked by " + from, Message: from + " cannot resolve the name " + host,
			Remedy: "add the host to the DNS zone that the hosts ask: they work on each other by name", Source: "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)",
		}
		if t.kind == FindingHostPath {
			f = planner.Finding{
				Code: FindingHostPath, Severity: planner.Block, Path: hostPath(at), Owner: planner.OwnerNetwork,
				Evidence: fmt.Sprintf("%s from %s: %s", t.what, from, t.why), Message: fmt.Sprintf("%s cannot reach port %s of %s", from, port, host),
				Remedy: "open the port between the hosts in the firewall of Windows and of the network: 5985 is WinRM, 445 is SMB", Source: "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)",
			}
		}
		i.add(f)
	}
}
