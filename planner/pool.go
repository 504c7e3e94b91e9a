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
func (l *lan) pools() {
	nodes := seat{NodeAddresses, "node pool" + l.of, l.at + ".nodePool", l.net.NodePool, l.tally.need(NodeAddresses)}
	virtual := seat{VirtualAddresses, "virtual pool" + l.of, l.at + ".vipPool", l.net.VIPPool, l.tally.need(VirtualAddresses)}
	l.judgeDHCP()
	if l.net.Addressing == DHCP && !l.dhcp(&nodes) {
		return
	}
	sound := true
	for _, s := range []seat{nodes, virtual} {
		if s.given != nil && !l.judge(s) {
			sound = false
		}
	}
	if !sound {
		l.keep(nodes)
		l.keep(virtual)
		return
	}
	l.propose(nodes, virtual)
}

// keep puts a pool that the site gives into the plan.
func (l *lan) keep(s seat) {
	if s.given == nil || !s.given.Valid() {
		return
	}
	l.seat(s, *s.given, Reason{Rule: "given by the site"})
}

func (l *lan) seat(s seat, r Range, why Reason) {
	l.pooled = append(l.pooled, Pool{Kind: s.kind, Range: r, Size: r.Size(), Needed: s.need, Free: r.Size() - s.need,
		Proposed: s.given == nil, Reason: why})
}

// judge holds a given pool against the rules and reports whether it is a range at all.
// The edges are judged against the declared subnet, whatever its length.
func (l *lan) judge(s seat) bool {
	r, subnet, rules := *s.given, l.net.Subnet, l.in.Profile.Addresses
	if !l.sane(s.name, s.path, r) {
		return false
	}
	all := whole(subnet)
	low, high := number(all.Start)+uint64(l.edges), number(all.End)-uint64(l.edges)
	switch {
	case !subnet.Contains(r.Start) || !subnet.Contains(r.End):
		l.block("address-pool-outside", s.path, fmt.Sprintf("the %s %s is not inside the subnet %s", s.name, r, subnet), r.String()+" in "+subnet.String(),
			"choose both ends inside the subnet", OwnerNetwork, l.nodePage)
	case number(r.Start) <= low:
		l.block("address-pool-edge", s.path, fmt.Sprintf("the %s starts at %s; in %s a pool must not start below %s", s.name, r.Start, subnet, address(low+1)), r.String()+" in "+subnet.String(),
			fmt.Sprintf("start it at %s or above: the cloud agent can fail when a pool touches the edge", address(low+1)), OwnerNetwork, cite(rules.EdgesForbidden.Source))
	case number(r.End) >= high:
		l.block("address-pool-edge", s.path, fmt.Sprintf("the %s ends at %s; in %s a pool must not end above %s", s.name, r.End, subnet, address(high-1)), r.String()+" in "+subnet.String(),
			fmt.Sprintf("end it at %s or below: the cloud agent can fail when a pool touches the edge", address(high-1)), OwnerNetwork, cite(rules.EdgesForbidden.Source))
	}
	l.taken(s)
	if missing := s.need - r.Size(); missing > 0 {
		l.block("address-pool-small", s.path, fmt.Sprintf("the %s %s has %s and %d are needed: %d are missing", s.name, r, many(r.Size(), "address"), s.need, missing),
			fmt.Sprintf("%s, %d needed", r, s.need), fmt.Sprintf("make the pool %s larger; it cannot be extended after the installation", many(missing, "address")), OwnerNetwork, l.nodePage)
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

// mostListed is how many things a message names one by one.
const mostListed = 8

// enumerate names the first things of a list and counts the others.
func enumerate(list []string) string {
	if more := len(list) - mostListed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:mostListed], ", "), more)
	}
	return strings.Join(list, ", ")
}

// taken reports what a given pool holds that something else uses.
func (l *lan) taken(s seat) {
	if !l.busy.touch(*s.given) && !l.leased.touch(*s.given) {
		return
	}
	if list := l.users(*s.given); len(list) > 0 {
		all := enumerate(list)
		l.block("address-taken", s.path, fmt.Sprintf("the %s %s holds addresses that are in use: %s", s.name, *s.given, all), s.given.String()+": "+all,
			"move the pool, or what stands in it", OwnerNetwork, "")
	}
}

// users names what is known to use addresses of a range, beside the pools.
func (a *addressing) users(r Range) []string {
	var list []string
	for _, f := range a.planned.Fixed {
		if r.Contains(f.Address) {
			list = append(list, f.Purpose+" "+f.Address.String())
		}
	}
	for _, l := range a.lans {
		for _, reserved := range l.net.Reserved {
			if r.Overlaps(reserved) {
				list = append(list, "reserved range "+reserved.String())
			}
		}
		for _, at := range l.net.DHCPReservations {
			if r.Contains(at) {
				list = append(list, "DHCP reservation "+at.String())
			}
		}
		if l.leases(r) {
			list = append(list, "DHCP scope "+l.net.DHCPScope.String())
		}
	}
	for _, u := range a.in.Inventory.InUse {
		if r.Contains(u.Address) {
			list = append(list, u.By+" "+u.Address.String())
		}
	}
	return list
}
