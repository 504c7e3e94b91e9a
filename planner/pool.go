package planner

import (
	"fmt"
	"strings"
)

// A seat is one pool while it is looked for: where it is given, and how much it must hold.
type seat struct {
	kind  PoolKind
	name  string // as a person says it
	path  string
	given *Range
	need  int
}

// pools judges the pools that the site gives and proposes those it leaves out.
func (a *addressing) pools() {
	nodes := seat{NodeAddresses, "node pool", "site.network.nodePool", a.net.NodePool, a.tally.need(NodeAddresses)}
	virtual := seat{VirtualAddresses, "virtual pool", "site.network.vipPool", a.net.VIPPool, a.tally.need(VirtualAddresses)}
	if a.net.Addressing == DHCP {
		if !a.dhcp(&nodes) {
			return
		}
	} else if a.net.DHCPScope != nil {
		a.judgeScope(*a.net.DHCPScope)
	}
	sound := true
	for _, s := range []seat{nodes, virtual} {
		if s.given != nil && !a.judge(s) {
			sound = false
		}
	}
	if nodes.given != nil && virtual.given != nil && nodes.given.Overlaps(*virtual.given) {
		a.block("address-pool-overlap", virtual.path, fmt.Sprintf("the %s %s and the %s %s share addresses", virtual.name, *virtual.given, nodes.name, *nodes.given),
			nodes.given.String()+" "+virtual.given.String(), "move one of them", OwnerNetwork, "")
	}
	if !sound {
		a.keep(nodes)
		a.keep(virtual)
		return
	}
	a.propose(nodes, virtual)
}

// keep puts a pool that the site gives into the plan.
func (a *addressing) keep(s seat) {
	if s.given == nil || !s.given.Valid() {
		return
	}
	a.seat(s, *s.given, Reason{Rule: "given by the site"})
}

func (a *addressing) seat(s seat, r Range, why Reason) {
	a.planned.Pools = append(a.planned.Pools, Pool{Kind: s.kind, Range: r, Size: r.Size(), Needed: s.need, Free: r.Size() - s.need,
		Proposed: s.given == nil, Reason: why})
}

// judge holds a given pool against the rules and reports whether it is a range at all.
// The edges are judged against the declared subnet, whatever its length.
func (a *addressing) judge(s seat) bool {
	r, subnet, rules := *s.given, a.net.Subnet, a.in.Profile.Addresses
	if !a.sane(s.name, s.path, r) {
		return false
	}
	all := whole(subnet)
	low, high := number(all.Start)+uint64(a.edges), number(all.End)-uint64(a.edges)
	switch {
	case !subnet.Contains(r.Start) || !subnet.Contains(r.End):
		a.block("address-pool-outside", s.path, fmt.Sprintf("the %s %s is not inside the subnet %s", s.name, r, subnet), r.String()+" in "+subnet.String(),
			"choose both ends inside the subnet", OwnerNetwork, cite(rules.Node.Source))
	case number(r.Start) <= low:
		a.block("address-pool-edge", s.path, fmt.Sprintf("the %s starts at %s; in %s a pool must not start below %s", s.name, r.Start, subnet, address(low+1)), r.String()+" in "+subnet.String(),
			fmt.Sprintf("start it at %s or above: the cloud agent can fail when a pool touches the edge", address(low+1)), OwnerNetwork, cite(rules.EdgesForbidden.Source))
	case number(r.End) >= high:
		a.block("address-pool-edge", s.path, fmt.Sprintf("the %s ends at %s; in %s a pool must not end above %s", s.name, r.End, subnet, address(high-1)), r.String()+" in "+subnet.String(),
			fmt.Sprintf("end it at %s or below: the cloud agent can fail when a pool touches the edge", address(high-1)), OwnerNetwork, cite(rules.EdgesForbidden.Source))
	}
	a.taken(s)
	if missing := s.need - r.Size(); missing > 0 {
		a.block("address-pool-small", s.path, fmt.Sprintf("the %s %s has %d addresses and %d are needed: %d are missing", s.name, r, r.Size(), s.need, missing),
			fmt.Sprintf("%s, %d needed", r, s.need), fmt.Sprintf("make the pool %d addresses larger; it cannot be extended after the installation", missing), OwnerNetwork, cite(rules.Node.Source))
	}
	return true
}

// sane reports whether a range is IPv4 and the right way round.
func (a *addressing) sane(name, path string, r Range) bool {
	switch {
	case !r.Start.Is4() || !r.End.Is4():
		a.block("address-family", path, fmt.Sprintf("the %s %s is not IPv4", name, r), r.String(), "give two IPv4 addresses", OwnerNetwork, "")
	case !r.Valid():
		a.block("address-range-reversed", path, fmt.Sprintf("the %s starts at %s, above its end %s", name, r.Start, r.End), r.String(), "exchange start and end", OwnerYou, "")
	default:
		return true
	}
	return false
}

// taken reports what a given pool holds that something else uses.
func (a *addressing) taken(s seat) {
	var inside []string
	for _, f := range a.planned.Fixed {
		if s.given.Contains(f.Address) {
			inside = append(inside, f.Purpose+" "+f.Address.String())
		}
	}
	for _, r := range a.net.Reserved {
		if s.given.Overlaps(r) {
			inside = append(inside, "reserved range "+r.String())
		}
	}
	if scope := a.net.DHCPScope; scope != nil && s.kind == VirtualAddresses && s.given.Overlaps(*scope) {
		inside = append(inside, "DHCP scope "+scope.String())
	}
	if len(inside) > 0 {
		list := strings.Join(inside, ", ")
		a.block("address-taken", s.path, fmt.Sprintf("the %s %s holds addresses that are in use: %s", s.name, *s.given, list), s.given.String()+": "+list,
			"move the pool, or what stands in it", OwnerNetwork, "")
	}
}

// dhcp judges the scope that nodes lease from, and reports whether there is one.
func (a *addressing) dhcp(nodes *seat) bool {
	page := cite(a.in.Profile.Network.Addressing.Source)
	if a.net.NodePool != nil {
		a.block("address-dhcp-pool", nodes.path, "a node pool is given, but the nodes lease their addresses by DHCP", a.net.NodePool.String(),
			"remove network.nodePool, or write addressing: static", OwnerYou, page)
	}
	nodes.given, nodes.name, nodes.path = nil, "DHCP scope", "site.network.dhcpScope"
	scope := a.net.DHCPScope
	if scope == nil {
		a.block("address-dhcp-scope", nodes.path, fmt.Sprintf("addressing is dhcp and the scope is not given; it must hold %d addresses", nodes.need), fmt.Sprintf("%d needed", nodes.need),
			"give network.dhcpScope, the range that the DHCP server may lease", OwnerNetwork, page)
		return false
	}
	if !a.judgeScope(*scope) {
		return false
	}
	nodes.given = scope
	size := a.leasable(*scope)
	if missing := nodes.need - size; missing > 0 {
		a.block("address-pool-small", nodes.path, fmt.Sprintf("the DHCP scope %s can lease %d addresses and %d are needed: %d are missing", *scope, size, nodes.need, missing),
			fmt.Sprintf("%s, %d needed", *scope, nodes.need), fmt.Sprintf("extend the scope by %d addresses", missing), OwnerNetwork, cite(a.in.Profile.Addresses.Node.Source))
	}
	a.planned.Pools = append(a.planned.Pools, Pool{Kind: NodeAddresses, Range: *scope, Size: size, Needed: nodes.need, Free: size - nodes.need,
		Reason: Reason{Rule: "leased by DHCP from this scope, less what else stands in it", Source: page}})
	nodes.given = nil
	return true
}

// judgeScope reports whether the DHCP scope is a range inside the subnet.
func (a *addressing) judgeScope(scope Range) bool {
	const path = "site.network.dhcpScope"
	if !a.sane("DHCP scope", path, scope) {
		return false
	}
	if !a.net.Subnet.Contains(scope.Start) || !a.net.Subnet.Contains(scope.End) {
		a.block("address-pool-outside", path, fmt.Sprintf("the DHCP scope %s is not inside the subnet %s", scope, a.net.Subnet), scope.String()+" in "+a.net.Subnet.String(),
			"choose both ends inside the subnet", OwnerNetwork, "")
		return false
	}
	return true
}

// leasable is how many addresses of the scope a DHCP server can lease to nodes.
func (a *addressing) leasable(scope Range) int {
	b := a.free(a.net.Subnet)
	n := 0
	for _, r := range runs(b) {
		if r.Overlaps(scope) {
			n += Range{larger(r.Start, scope.Start), smaller(r.End, scope.End)}.Size()
		}
	}
	return n
}
