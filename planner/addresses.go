package planner

import (
	"fmt"
	"net/netip"

	"go4.org/netipx"
)

// clusterAndClient is the role of the failover cluster's networks that clients may use.
const clusterAndClient = "ClusterAndClient"

// An addressing is one site's address map in the making, with what is wrong with it.
type addressing struct {
	in       Input
	net      Network
	tally    tally
	edges    int
	planned  AddressMap
	findings []Finding
}

// addresses maps every address of the site: it counts what is needed, judges what the
// site gives and proposes what it leaves out.
func addresses(in Input) (AddressMap, []Finding) {
	a := &addressing{in: in, net: in.Site.Network, tally: demands(in.Site, in.Profile), edges: in.Profile.Addresses.EdgesForbidden.Value}
	a.planned = AddressMap{
		Subnet: a.net.Subnet, Addressing: a.net.Addressing,
		Demands: a.tally.lines, Total: a.tally.total(), VendorCount: a.tally.total() - a.tally.beyond,
		Pods: given(a.net.Pods, in.Profile.Network.Pods.Prefix), Services: given(a.net.Services, in.Profile.Network.Services.Prefix),
	}
	a.fixed()
	usable := a.subnet()
	a.single()
	a.cloudAgent()
	if usable {
		a.pools()
	}
	a.innerRanges()
	return a.planned, a.findings
}

// given is the site's own value, or the platform's when the site gives none.
func given(own *netip.Prefix, platform netip.Prefix) netip.Prefix {
	if own != nil {
		return *own
	}
	return platform
}

// fixed lists the single addresses that are taken already.
func (a *addressing) fixed() {
	add := func(at netip.Addr, pool PoolKind, purpose string) {
		if at.IsValid() {
			a.planned.Fixed = append(a.planned.Fixed, Address{at, pool, purpose})
		}
	}
	add(a.net.Gateway, FixedAddresses, "gateway")
	for _, dns := range a.net.DNS {
		add(dns, FixedAddresses, "DNS server")
	}
	for _, h := range a.in.Inventory.Hosts {
		add(h.Address, HostAddresses, "host "+h.Name)
	}
	if at := a.in.Inventory.Cluster.Address; at != nil {
		add(*at, HostAddresses, "failover cluster "+a.in.Inventory.Cluster.Name)
	}
	for _, c := range a.in.Site.Clusters {
		if c.Control.Address != nil {
			add(*c.Control.Address, FixedAddresses, "API server of "+c.Name)
		}
	}
}

// subnet judges the subnet itself and reports whether pools can be looked for in it.
func (a *addressing) subnet() bool {
	subnet, rules := a.net.Subnet, a.in.Profile.Addresses
	switch {
	case !subnet.IsValid():
		a.block("address-subnet", "site.network.subnet", "the subnet is missing", "",
			"write the subnet of the clusters' machines with its prefix length, such as 10.40.20.0/24", OwnerNetwork, "")
	case !subnet.Addr().Is4():
		a.block("address-family", "site.network.subnet", fmt.Sprintf("the subnet %s is IPv6; the platform uses IPv4 only", subnet), subnet.String(),
			"give an IPv4 subnet", OwnerNetwork, cite(rules.EdgesForbidden.Source))
	case subnet.Masked() != subnet:
		a.block("address-subnet", "site.network.subnet", fmt.Sprintf("%s is an address inside the subnet %s", subnet, subnet.Masked()), subnet.String(),
			fmt.Sprintf("write %s", subnet.Masked()), OwnerYou, "")
	case subnet.Bits() > 30-a.edges:
		a.block("address-subnet", "site.network.subnet", fmt.Sprintf("the subnet %s has no room for a pool", subnet), subnet.String(),
			fmt.Sprintf("give a subnet with at least %d addresses", max(rules.AdvisedMinimum.Value, 8)), OwnerNetwork, cite(rules.AdvisedMinimum.Source))
	default:
		if size := whole(subnet).Size(); size < rules.AdvisedMinimum.Value {
			a.add(Finding{Code: "address-advised", Severity: Warn, Path: "site.network.subnet",
				Message:  fmt.Sprintf("the subnet %s has %d addresses, %d are advised", subnet, size, rules.AdvisedMinimum.Value),
				Evidence: subnet.String(), Remedy: "ask for a larger subnet; a pool cannot be extended later",
				Owner: OwnerNetwork, Source: cite(rules.AdvisedMinimum.Source)})
		}
		return true
	}
	return false
}

func (a *addressing) add(f Finding) { a.findings = append(a.findings, f) }

func (a *addressing) block(code, path, message, evidence, remedy string, owner Owner, source string) {
	a.add(Finding{Code: code, Severity: Block, Path: path, Message: message, Evidence: evidence, Remedy: remedy, Owner: owner, Source: source})
}

// hostNetwork is the network the cloud agent must stand in: the failover cluster's
// network for clients that holds the hosts. Before there is a failover cluster it is the
// site's subnet, if the hosts are in it.
func (a *addressing) hostNetwork() (netip.Prefix, bool) {
	hosts := a.in.Inventory.Hosts
	if len(hosts) == 0 {
		return netip.Prefix{}, false
	}
	holds := func(p netip.Prefix) bool {
		for _, h := range hosts {
			if !p.Contains(h.Address) {
				return false
			}
		}
		return p.IsValid() && p.Addr().Is4()
	}
	for _, n := range a.in.Inventory.Cluster.Nets {
		if n.Role == clusterAndClient && holds(n.Subnet) {
			return n.Subnet.Masked(), true
		}
	}
	if len(a.in.Inventory.Cluster.Nets) == 0 && holds(a.net.Subnet) {
		return a.net.Subnet.Masked(), true
	}
	return netip.Prefix{}, false
}

// free are the addresses of a subnet that nothing is known to use and that a pool may
// begin or end at.
func (a *addressing) free(subnet netip.Prefix) *netipx.IPSetBuilder {
	var b netipx.IPSetBuilder
	all := whole(subnet)
	low, high := number(all.Start)+uint64(a.edges), number(all.End)-uint64(a.edges)
	if low+1 > high-1 || high > number(all.End) {
		return &b
	}
	b.AddRange(netipx.IPRangeFrom(address(low+1), address(high-1)))
	for _, f := range a.planned.Fixed {
		if f.Address.Is4() {
			b.Remove(f.Address)
		}
	}
	for _, r := range a.net.Reserved {
		remove(&b, r)
	}
	return &b
}

func remove(b *netipx.IPSetBuilder, r Range) {
	if r.Valid() {
		b.RemoveRange(netipx.IPRangeFrom(r.Start, r.End))
	}
}

// runs are the unbroken stretches of a set of addresses, from the lowest.
func runs(b *netipx.IPSetBuilder) []Range {
	set, err := b.IPSet()
	if err != nil {
		return nil // not reached: only valid ranges are added and removed
	}
	var out []Range
	for _, r := range set.Ranges() {
		out = append(out, Range{r.From(), r.To()})
	}
	return out
}
