package planner

import (
	"fmt"
	"net/netip"
)

// judgeDHCP judges the scope, its exclusions and its reservations, whoever leases from it.
func (l *lan) judgeDHCP() {
	scope, path := l.net.DHCPScope, l.at+".dhcpScope"
	if scope == nil {
		if len(l.net.DHCPExclusions)+len(l.net.DHCPReservations) > 0 {
			l.block("address-dhcp-scope", path, "exclusions or reservations of a DHCP scope are given, and the scope is not", fmt.Sprintf("%d exclusions, %d reservations", len(l.net.DHCPExclusions), len(l.net.DHCPReservations)),
				"give dhcpScope, the range they are taken from, or remove them", OwnerNetwork, "")
		}
		return
	}
	if !l.sane("DHCP scope", path, *scope) {
		return
	}
	if !l.net.Subnet.Contains(scope.Start) || !l.net.Subnet.Contains(scope.End) {
		l.block("address-pool-outside", path, fmt.Sprintf("the DHCP scope %s is not inside the subnet %s", scope, l.net.Subnet), scope.String()+" in "+l.net.Subnet.String(),
			"choose both ends inside the subnet", OwnerNetwork, "")
	}
	for i, r := range l.net.DHCPExclusions {
		at := fmt.Sprintf("%s.dhcpExclusions[%d]", l.at, i)
		if l.sane("excluded range", at, r) && (!scope.Contains(r.Start) || !scope.Contains(r.End)) {
			l.outOfScope(at, "excluded range "+r.String(), r.String(), *scope)
		}
	}
	seen := map[netip.Addr]bool{}
	for i, a := range l.net.DHCPReservations {
		at := fmt.Sprintf("%s.dhcpReservations[%d]", l.at, i)
		switch {
		case !l.ipv4(at, "DHCP reservation", a):
		case !scope.Contains(a):
			l.outOfScope(at, "reservation "+a.String(), a.String(), *scope)
		case seen[a]:
			l.add(Finding{Code: "address-dhcp-reservation", Severity: Warn, Path: at, Message: fmt.Sprintf("the reservation %s is given twice", a), Evidence: a.String(), Remedy: "remove one of the two", Owner: OwnerNetwork})
		}
		seen[a] = true
	}
}

func (l *lan) outOfScope(path, what, evidence string, scope Range) {
	l.add(Finding{Code: "address-dhcp-outside", Severity: Warn, Path: path, Message: fmt.Sprintf("the %s is not inside the DHCP scope %s, so the DHCP server knows nothing of it", what, scope),
		Evidence: evidence + " in " + scope.String(), Remedy: fmt.Sprintf("correct it, or give it as %s.reserved", l.at), Owner: OwnerNetwork})
}

// dhcp judges the scope as what nodes lease from, and reports whether there is one.
func (l *lan) dhcp(nodes *seat) bool {
	page := cite(l.in.Profile.Network.Addressing.Source)
	if l.net.NodePool != nil {
		l.block("address-dhcp-pool", nodes.path, "a node pool is given, but the nodes lease their addresses by DHCP", l.net.NodePool.String(),
			"remove nodePool, or write addressing: static", OwnerYou, page)
	}
	nodes.given, nodes.path = nil, l.at+".dhcpScope"
	scope := l.net.DHCPScope
	if scope == nil {
		l.block("address-dhcp-scope", nodes.path, fmt.Sprintf("addressing is dhcp and the scope is not given; it must hold %d addresses", nodes.need), fmt.Sprintf("%d needed", nodes.need),
			"give dhcpScope, the range that the DHCP server may lease", OwnerNetwork, page)
		return false
	}
	if !scope.Valid() || !l.net.Subnet.Contains(scope.Start) || !l.net.Subnet.Contains(scope.End) {
		return false
	}
	size := l.leasable()
	if missing := nodes.need - size; missing > 0 {
		l.block("address-pool-small", nodes.path, fmt.Sprintf("the DHCP scope %s can lease %d addresses and %d are needed: %d are missing", *scope, size, nodes.need, missing),
			fmt.Sprintf("%s, %d needed", *scope, nodes.need), fmt.Sprintf("extend the scope by %d addresses, or take exclusions and reservations out of it", missing), OwnerNetwork, l.nodePage)
	}
	l.pooled = append(l.pooled, Pool{Kind: NodeAddresses, Range: *scope, Size: size, Needed: nodes.need, Free: size - nodes.need,
		Reason: Reason{Rule: "leased by DHCP from this scope, less its exclusions, its reservations and what else stands in it", Source: page}})
	return true
}

// leasable is how many addresses of the scope a DHCP server can lease to nodes.
func (l *lan) leasable() int { return l.leasing().size() }

func (l *lan) leasing() stretches {
	scope := stretchOf(*l.net.DHCPScope)
	all := l.inner(l.net.Subnet)
	if len(all) == 0 {
		return nil
	}
	return l.busy.gaps(max(scope.low, all[0].low), min(scope.high, all[len(all)-1].high)).minus(l.excluded()).minus(l.placed)
}

// excluded is what the DHCP server never leases of the scope.
func (l *lan) excluded() stretches {
	list := make([]stretch, 0, len(l.net.DHCPExclusions))
	for _, r := range l.net.DHCPExclusions {
		if r.Valid() {
			list = append(list, stretchOf(r))
		}
	}
	return merged(list)
}

// scope is the DHCP scope without its exclusions. It is worked out once.
func (l *lan) scope() stretches {
	if scope := l.net.DHCPScope; scope != nil && scope.Valid() && !l.scoped {
		l.scoped, l.open = true, stretches{stretchOf(*scope)}.minus(l.excluded())
	}
	return l.open
}

// leases reports whether the DHCP server may lease an address of the range.
func (l *lan) leases(r Range) bool {
	scope := l.net.DHCPScope
	if scope == nil || !scope.Overlaps(r) {
		return false
	}
	return l.scope().touch(r)
}

// excludable is the highest run of n addresses of the scope that could be excluded for a
// pool.
func (l *lan) excludable(n int) (Range, bool) {
	if scope := l.net.DHCPScope; scope == nil || !scope.Valid() || n <= 0 {
		return Range{}, false
	}
	left := l.leasing()
	for i := len(left) - 1; i >= 0; i-- {
		if s := left[i]; s.high-s.low+1 >= uint64(n) {
			return stretch{s.high - uint64(n) + 1, s.high}.span(), true
		}
	}
	return Range{}, false
}
