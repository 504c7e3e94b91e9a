package planner

import (
	"fmt"
	"net/netip"

	"github.com/arcwright/arcwright/profiles"
)

// single judges the addresses that stand by themselves: gateways, DNS servers, hosts, API
// servers that the site gives, and the ranges that are reserved for others.
func (a *addressing) single() {
	hosts := map[netip.Addr]string{}
	for _, f := range a.planned.Fixed {
		if f.Pool == HostAddresses {
			hosts[f.Address] = f.Purpose
		}
	}
	for _, l := range a.lans {
		l.gateway(hosts)
		for i, at := range l.net.DNS {
			if !at.Is4() {
				a.ipv4(fmt.Sprintf("%s.dns[%d]", l.at, i), "DNS server", at)
			}
		}
		for i, r := range l.net.Reserved {
			if !r.Valid() {
				a.sane("reserved range", fmt.Sprintf("%s.reserved[%d]", l.at, i), r)
			}
		}
		for _, i := range l.clusters {
			if c := a.in.Site.Clusters[i]; c.Control.Address != nil {
				l.apiServer(fmt.Sprintf("site.clusters[%d].controlPlane.address", i), c.Name, *c.Control.Address)
			}
		}
	}
	for i, h := range a.in.Inventory.Hosts {
		a.ipv4(fmt.Sprintf("inventory.hosts[%d].address", i), h.Name, h.Address)
	}
	if at := a.in.Inventory.Cluster.Address; at != nil {
		for _, h := range a.in.Inventory.Hosts {
			if h.Address == *at {
				a.block("inventory-address-conflict", "inventory.failoverCluster.address", fmt.Sprintf("the failover cluster has the address of %s", h.Name), at.String()+" "+h.Name,
					"read the hosts again, and correct whichever is wrong", OwnerNetwork, "")
			}
		}
	}
	a.inUse()
}

// inUse judges the addresses that others are known to use.
func (a *addressing) inUse() {
	by := make(map[netip.Addr]string, len(a.in.Inventory.InUse))
	for i, u := range a.in.Inventory.InUse {
		path := fmt.Sprintf("inventory.inUse[%d].address", i)
		if !u.Address.Is4() {
			a.ipv4(path, u.By, u.Address)
			continue
		}
		if first, again := by[u.Address]; again && first != u.By {
			a.add(Finding{Code: "inventory-address-conflict", Severity: Warn, Path: path, Message: fmt.Sprintf("%s is in use by %s and by %s", u.Address, first, u.By),
				Evidence: fmt.Sprintf("%s %s %s", u.Address, first, u.By), Remedy: "find out which of the two has it, and remove the other entry", Owner: OwnerNetwork})
			continue
		}
		by[u.Address] = u.By
	}
}

// ipv4 reports whether an address is IPv4, and that it is not.
func (a *addressing) ipv4(path, name string, at netip.Addr) bool {
	if !at.IsValid() {
		a.block("address-missing", path, fmt.Sprintf("the address of the %s is missing", name), "none", "give an IPv4 address", OwnerNetwork, "")
	} else if !at.Is4() {
		a.block("address-family", path, fmt.Sprintf("the address %s of the %s is not IPv4", at, name), at.String(), "give an IPv4 address", OwnerNetwork, "")
	}
	return at.Is4()
}

func (l *lan) gateway(hosts map[netip.Addr]string) {
	at, subnet := l.net.Gateway, l.net.Subnet
	host, taken := hosts[at]
	if at.Is4() && subnet.IsValid() && subnet.Addr().Is4() && l.seats(at) && !taken {
		return
	}
	path := l.at + ".gateway"
	if !l.ipv4(path, "gateway", at) || !subnet.IsValid() || !subnet.Addr().Is4() {
		return
	}
	l.inside(path, "gateway", at)
	if taken {
		l.block("address-taken", path, fmt.Sprintf("the gateway has the address of the %s", host), at.String()+" "+host, "correct the gateway, or the inventory", OwnerNetwork, "")
	}
}

// seats reports whether a machine of the subnet can have an address.
func (l *lan) seats(at netip.Addr) bool {
	subnet := l.net.Subnet.Masked()
	all := whole(subnet)
	return subnet.Contains(at) && (subnet.Bits() >= 31 || at != all.Start && at != all.End)
}

// inside judges an address that a machine of the subnet is to have.
func (l *lan) inside(path, name string, at netip.Addr) {
	subnet := l.net.Subnet.Masked()
	all := whole(subnet)
	switch {
	case !subnet.Contains(at):
		l.block("address-outside", path, fmt.Sprintf("the %s %s is not in the subnet %s", name, at, subnet), at.String()+" in "+subnet.String(), "correct the address or the subnet", OwnerNetwork, "")
	case subnet.Bits() < 31 && (at == all.Start || at == all.End):
		l.block("address-outside", path, fmt.Sprintf("the %s %s is the network or the broadcast address of %s", name, at, subnet), at.String()+" in "+subnet.String(), "correct the address or the subnet", OwnerNetwork, "")
	}
}

// apiServer judges an address that the site gives an API server.
func (l *lan) apiServer(path, cluster string, at netip.Addr) {
	rule := l.in.Profile.Addresses.ClusterEndpointSet
	if rule.Space == profiles.VIPPool {
		l.block("address-api-server", path, "this platform chooses the addresses of API servers itself", at.String(), "remove the key", OwnerYou, cite(rule.Source))
		return
	}
	if !l.ipv4(path, "API server of "+cluster, at) || !l.net.Subnet.Addr().Is4() {
		return
	}
	l.inside(path, "API server of "+cluster, at)
	for _, f := range l.planned.Fixed {
		if f.Address == at && f.Purpose != "API server of "+cluster {
			l.block("address-taken", path, fmt.Sprintf("the API server of %s has the address of the %s", cluster, f.Purpose), at.String()+" "+f.Purpose, "give a free address", OwnerNetwork, cite(rule.Source))
		}
	}
	for _, n := range l.lans {
		for _, r := range n.net.Reserved {
			if r.Contains(at) {
				l.block("address-taken", path, fmt.Sprintf("the API server of %s is in the reserved range %s", cluster, r), at.String()+" "+r.String(), "give a free address, or take it out of "+n.at+".reserved", OwnerNetwork, cite(rule.Source))
			}
		}
		if n.leases(Range{at, at}) {
			l.block("address-taken", path, fmt.Sprintf("the API server of %s is in the DHCP scope %s", cluster, n.net.DHCPScope), at.String()+" "+n.net.DHCPScope.String(), "have the address excluded from the scope and give it in "+n.at+".dhcpExclusions, or give another", OwnerNetwork, cite(rule.Source))
		}
	}
	for _, u := range l.in.Inventory.InUse {
		if u.Address == at {
			l.block("address-taken", path, fmt.Sprintf("the API server of %s has the address of %s", cluster, u.By), at.String()+" "+u.By, "give a free address", OwnerNetwork, cite(rule.Source))
		}
	}
}
