package provision

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// questions are what the DNS servers of the site are asked by each host: for the domain's
// controllers, which only the servers of a directory know. Without a domain nothing is asked.
func (i *inspection) questions() inspectParams {
	p := inspectParams{DNSServers: []string{}, DNSQueries: []dnsQuery{}}
	domain := i.in.Site.Directory.Domain
	if domain == "" {
		return p
	}
	for _, server := range i.in.Site.Network.DNS {
		p.DNSServers = append(p.DNSServers, server.String())
	}
	p.DNSQueries = append(p.DNSQueries, dnsQuery{"_ldap._tcp.dc._msdcs." + domain, "SRV"})
	return p
}

// names judges each DNS server by what it has answered all hosts.
func (i *inspection) names() {
	domain := i.in.Site.Directory.Domain
	for n, server := range i.questions().DNSServers {
		var silent, wrong []string
		asked, why, state := 0, "", dnsState("")
		for _, v := range i.read() {
			for _, d := range v.detail.DNS {
				if d.Server != server {
					continue
				}
				asked++
				switch d.State {
				case dnsAnswered:
				case dnsSilent:
					silent = append(silent, shortName(v.host.Name))
				default:
					wrong, why, state = append(wrong, shortName(v.host.Name)), d.Message, d.State
				}
			}
		}
		path := fmt.Sprintf("site.network.dns[%d]", n)
		if len(silent) > 0 {
			f := planner.Finding{
				Code: FindingDNSSilent, Severity: planner.Block, Path: path, Owner: planner.OwnerNetwork, Source: "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)",
				Message: fmt.Sprintf("the DNS server %s answers no host", server), Evidence: "asked by " + strings.Join(silent, ", "),
				Remedy: "correct network.dns, or open port 53 (UDP and TCP) to it",
			}
			if len(silent) < asked {
				f.Message = fmt.Sprintf("the DNS server %s does not answer %s", server, strings.Join(silent, ", "))
			}
			i.add(f)
		}
		if len(wrong) > 0 {
			f := planner.Finding{
				Code: FindingDNSZone, Severity: planner.Block, Path: path, Owner: planner.OwnerDirectory, Source: "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)",
				Message:  fmt.Sprintf("the DNS server %s knows no domain controller of %s", server, domain),
				Evidence: strings.TrimSpace("asked by " + strings.Join(wrong, ", ") + "; " + tidy(why)),
				Remedy:   "name a server of the domain in network.dns, or have the zone forwarded: machines and the cloud agent are found by its names",
			}
			if state != dnsNoName {
				f.Message = fmt.Sprintf("the DNS server %s answers with an error", server)
			}
			i.add(f)
		}
	}
}
