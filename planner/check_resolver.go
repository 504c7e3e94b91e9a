package planner

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// resolvers judges where hosts ask for names, and their ways out.
func (j *judge) resolvers() {
	hosts := j.in.Inventory.Hosts
	for i, h := range hosts {
		if len(h.Gateways) > 1 {
			j.add(Finding{Code: "host-gateways", Severity: j.forGeneration(Warn), Path: hostPath(i, "gateways"), Evidence: joined(h.Gateways), Message: fmt.Sprintf("%s has %d default gateways", h.Name, len(h.Gateways))})
		}
		if first := hosts[0]; len(h.DNS) > 0 && len(first.DNS) > 0 && !slices.Equal(h.DNS, first.DNS) {
			j.add(Finding{Code: "host-dns-differs", Severity: j.forGeneration(Warn), Path: hostPath(i, "dns"), Evidence: joined(h.DNS) + "; " + shortName(first.Name) + " has " + joined(first.DNS),
				Message: h.Name + " asks other DNS servers than the first host"})
		}
		j.innerServers(i, h)
	}
}

// innerServers: what a host asks or goes through must not mean something else inside the
// clusters.
func (j *judge) innerServers(i int, h Host) {
	inner := []netip.Prefix{given(j.in.Site.Network.Pods, j.rules.Network.Pods.Prefix), given(j.in.Site.Network.Services, j.rules.Network.Services.Prefix)}
	for _, list := range []struct {
		key, what string
		at        []netip.Addr
	}{{"dns", "DNS server", h.DNS}, {"gateways", "gateway", h.Gateways}} {
		for _, at := range list.at {
			for _, p := range inner {
				if p.IsValid() && p.Contains(at) {
					j.add(Finding{Code: "address-inner-overlap", Path: hostPath(i, list.key), Evidence: p.String() + ": " + at.String(),
						Message: fmt.Sprintf("the %s %s of %s lies in %s, which means something else inside the clusters", list.what, at, h.Name, p)})
				}
			}
		}
	}
}

func joined(list []netip.Addr) string {
	var words []string
	for _, at := range list {
		words = append(words, at.String())
	}
	return strings.Join(words, ", ")
}
