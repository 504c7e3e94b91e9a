package planner

import (
	"fmt"
	"net/netip"

	"github.com/arcwright/arcwright/profiles"
)

// single judges the addresses that stand by themselves: gateway, DNS servers, hosts, API
// servers that the site gives, and the ranges that are reserved for others.
func (a *addressing) single() {
	a.gateway()
	for i, at := range a.net.DNS {
		a.ipv4(fmt.Sprintf("site.network.dns[%d]", i), "DNS server", at)
	}
	for i, h := range a.in.Inventory.Hosts {
		a.ipv4(fmt.Sprintf("inventory.hosts[%d].address", i), h.Name, h.Address)
	}
	for i, r := range a.net.Reserved {
		a.sane("reserved range", fmt.Sprintf("site.network.reserved[%d]", i), r)
	}
	for i, c := range a.in.Site.Clusters {
		if c.Control.Address != nil {
			a.apiServer(fmt.Sprintf("site.clusters[%d].controlPlane.address", i), c.Name, *c.Control.Address)
		}
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

func (a *addressing) gateway() {
	const path = "site.network.gateway"
	at, subnet := a.net.Gateway, a.net.Subnet
	if !a.ipv4(path, "gateway", at) || !subnet.IsValid() || !subnet.Addr().Is4() {
		return
	}
	a.inside(path, "gateway", at)
	for _, f := range a.planned.Fixed {
		if f.Address == at && f.Pool == HostAddresses {
			a.block("address-taken", path, fmt.Sprintf("the gateway has the address of the %s", f.Purpose), at.String()+" "+f.Purpose, "correct the gateway, or the inventory", OwnerNetwork, "")
		}
	}
}

// inside judges whether a machine of the subnet can have an address.
func (a *addressing) inside(path, name string, at netip.Addr) {
	subnet := a.net.Subnet.Masked()
	all := whole(subnet)
	switch {
	case !subnet.Contains(at):
		a.block("address-outside", path, fmt.Sprintf("the %s %s is not in the subnet %s", name, at, subnet), at.String()+" in "+subnet.String(), "correct the address or the subnet", OwnerNetwork, "")
	case subnet.Bits() < 31 && (at == all.Start || at == all.End):
		a.block("address-outside", path, fmt.Sprintf("the %s %s is the network or the broadcast address of %s", name, at, subnet), at.String()+" in "+subnet.String(), "correct the address or the subnet", OwnerNetwork, "")
	}
}

// apiServer judges an address that the site gives an API server.
func (a *addressing) apiServer(path, cluster string, at netip.Addr) {
	rule := a.in.Profile.Addresses.ClusterEndpointSet
	if rule.Space == profiles.VIPPool {
		a.block("address-api-server", path, "this platform chooses the addresses of API servers itself", at.String(), "remove the key", OwnerYou, cite(rule.Source))
		return
	}
	if !a.ipv4(path, "API server of "+cluster, at) || !a.net.Subnet.IsValid() || !a.net.Subnet.Addr().Is4() {
		return
	}
	a.inside(path, "API server of "+cluster, at)
	for _, f := range a.planned.Fixed {
		if f.Address == at && f.Purpose != "API server of "+cluster {
			a.block("address-taken", path, fmt.Sprintf("the API server of %s has the address of the %s", cluster, f.Purpose), at.String()+" "+f.Purpose, "give a free address", OwnerNetwork, cite(rule.Source))
		}
	}
}
