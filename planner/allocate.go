package planner

import (
	"fmt"
	"strconv"
)

// growth are the shares, in percent of the need, that a proposed pool is made larger by.
// The most generous that fits is taken: a pool cannot be extended once it is in use.
var growth = [...]int{50, 25, 0}

// propose finds places for the pools that the site leaves out: unbroken runs inside the
// subnet that touch neither its edges nor anything that is known to be in use. The node
// pool goes first, at the lowest place that leaves room for the virtual pool, which
// stands above it if it can.
func (l *lan) propose(nodes, virtual seat) {
	wantNodes := l.net.Addressing != DHCP && nodes.given == nil && nodes.need > 0
	wantVirtual := virtual.given == nil && virtual.need > 0
	var n, v Range
	var free []Range
	found, extra := false, 0
	if wantNodes || wantVirtual {
		free = l.free(l.net.Subnet).spans()
		for _, extra = range growth {
			if n, v, found = place(free, grown(nodes.need, extra, wantNodes), grown(virtual.need, extra, wantVirtual)); found {
				break
			}
		}
	}
	if !found && wantNodes && wantVirtual {
		// Of two pools of which one fits nowhere by itself, the other is not to blame.
		_, nodesFit := lowest(free, nodes.need)
		_, virtualFits := lowest(free, virtual.need)
		switch {
		case nodesFit && !virtualFits:
			l.noRoom(virtual, free)
			return
		case !nodesFit && virtualFits:
			l.noRoom(nodes, free)
			return
		}
	}
	l.settle(nodes, wantNodes, found, n, extra, free)
	l.settle(virtual, wantVirtual, found, v, extra, free)
}

// settle puts one pool into the plan, where it is given or where a place was found.
func (l *lan) settle(s seat, wanted, found bool, at Range, extra int, free []Range) {
	switch {
	case !wanted:
		l.keep(s)
	case found:
		l.seat(s, at, Reason{Rule: "the lowest unbroken run of free addresses that holds the " + strconv.Itoa(s.need) + " needed and " + strconv.Itoa(extra) + " % more", Source: l.nodePage})
		l.placed = l.placed.with(stretchOf(at))
		text := at.String()
		l.add(Finding{Code: "address-proposed", Severity: Note, Path: s.path,
			Message:  text + " is proposed for the " + s.name + ": " + strconv.Itoa(at.Size()) + " addresses, " + strconv.Itoa(s.need) + " of them needed now",
			Evidence: text, Remedy: "have the range reserved before the change, or give another in the site file; what others use in the subnet is not known here",
			Owner: OwnerNetwork, Source: l.nodePage})
	default:
		l.noRoom(s, free)
	}
}

// grown is a need with its room for growth, 0 for a pool that is not wanted.
func grown(need, percent int, wanted bool) int {
	if !wanted {
		return 0
	}
	return need + (need*percent+99)/100
}

// noRoom reports a pool that fits nowhere.
func (l *lan) noRoom(s seat, free []Range) {
	longest, total := 0, 0
	for _, r := range free {
		longest = max(longest, r.Size())
		total += r.Size()
	}
	remedy := "ask for a larger subnet, or free addresses in this one"
	if r, ok := l.excludable(s.need); ok {
		remedy = fmt.Sprintf("have a part of the DHCP scope excluded, such as %s, and give it as %s.dhcpExclusions; or ask for a larger subnet", r, l.at)
	}
	l.block("address-no-room", s.path, fmt.Sprintf("the subnet %s has no room for the %s: %d unbroken addresses are needed, beside the other pool, and the longest free run has %d", l.net.Subnet, s.name, s.need, longest),
		fmt.Sprintf("%s, %d needed, %d free, longest run %d", l.net.Subnet, s.need, total, longest), remedy, OwnerNetwork, l.nodePage)
}

// place finds an unbroken run of n addresses and another of v in the free runs, which
// rise. It finds them whenever there are such runs. Either may be 0.
func place(free []Range, n, v int) (nodes, virtual Range, found bool) {
	if n == 0 {
		virtual, found = lowest(free, v)
		return Range{}, virtual, found
	}
	for i, r := range free {
		if r.Size() < n {
			continue
		}
		nodes = first(r, n)
		if v == 0 {
			return nodes, Range{}, true
		}
		if r.Size() >= n+v {
			return nodes, first(Range{nodes.End.Next(), r.End}, v), true
		}
		if virtual, found = lowest(free[i+1:], v); found {
			return nodes, virtual, true
		}
		if virtual, found = lowest(free[:i], v); found {
			return nodes, virtual, true
		}
	}
	return Range{}, Range{}, false
}

// lowest takes the first n addresses of the first run that has them.
func lowest(free []Range, n int) (Range, bool) {
	if n == 0 {
		return Range{}, true
	}
	for _, r := range free {
		if r.Size() >= n {
			return first(r, n), true
		}
	}
	return Range{}, false
}

func first(r Range, n int) Range { return Range{r.Start, address(number(r.Start) + uint64(n) - 1)} }
