package planner

import (
	"fmt"
	"net/netip"
)

// innerRanges holds the ranges inside the clusters against everything outside: a host, a
// gateway or a DNS server in one of them cannot be reached from a pod.
func (a *addressing) innerRanges() {
	rules, own := a.in.Profile.Network, a.in.Site.Network
	for _, inner := range []struct {
		name, key string
		given     *netip.Prefix
		standard  netip.Prefix
		movable   bool
		page      string
	}{
		{"pod range", "pods", own.Pods, rules.Pods.Prefix, rules.Pods.Configurable, cite(rules.Pods.Source)},
		{"service range", "services", own.Services, rules.Services.Prefix, rules.Services.Configurable, cite(rules.Services.Source)},
	} {
		path, prefix := "site.network."+inner.key, inner.standard
		if inner.given != nil {
			prefix = *inner.given
			if !inner.movable && prefix.Masked() != inner.standard {
				a.block("address-inner-fixed", path, fmt.Sprintf("the %s of this platform is %s and cannot be changed to %s", inner.name, inner.standard, prefix), prefix.String(),
					"remove the key", OwnerYou, inner.page)
				prefix = inner.standard
			}
		}
		if !prefix.IsValid() || !prefix.Addr().Is4() {
			a.block("address-family", path, fmt.Sprintf("the %s %s is not IPv4", inner.name, prefix), prefix.String(), "give an IPv4 prefix, or leave the key out", OwnerYou, inner.page)
			continue
		}
		if list := a.within(prefix); len(list) > 0 {
			remedy := "renumber what stands there: the platform's range cannot be changed"
			if inner.movable {
				remedy = fmt.Sprintf("give another range as network.%s, or renumber what stands there", inner.key)
			}
			a.block("address-inner-overlap", path, fmt.Sprintf("the %s %s must hold nothing from outside the clusters, and holds: %s", inner.name, prefix, enumerate(list)),
				prefix.String()+": "+enumerate(list), remedy, OwnerNetwork, inner.page)
		}
	}
	if p, s := a.planned.Pods, a.planned.Services; own.Pods != nil && rules.Pods.Configurable && p.IsValid() && s.IsValid() && p.Overlaps(s) {
		a.block("address-inner-overlap", "site.network.pods", fmt.Sprintf("the pod range %s and the service range %s overlap", p, s), p.String()+" "+s.String(),
			"give a pod range outside the service range", OwnerYou, cite(rules.Pods.Source))
	}
}

// within lists what of the site's outside lies in a prefix.
func (a *addressing) within(prefix netip.Prefix) []string {
	var list []string
	for _, l := range a.lans {
		if l.net.Subnet.IsValid() && prefix.Overlaps(l.net.Subnet) {
			list = append(list, "subnet"+l.of+" "+l.net.Subnet.String())
		}
	}
	for _, n := range a.in.Inventory.Cluster.Nets {
		if n.Subnet.IsValid() && prefix.Overlaps(n.Subnet) {
			list = append(list, "hosts' network "+n.Name+" "+n.Subnet.String())
		}
	}
	for _, f := range a.planned.Fixed {
		if prefix.Contains(f.Address) {
			list = append(list, f.Purpose+" "+f.Address.String())
		}
	}
	return list
}
