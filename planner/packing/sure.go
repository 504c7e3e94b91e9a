package packing

import (
	"cmp"
	"slices"
)

// sure reports whether no machine that has to start can fail to find a host, wherever the
// others stand, and whether that holds for every machine there is.
//
// The proof: a machine waits only while each host that it would fit on is blocked. A host
// is blocked when too little of some resource that the machine takes is free on it, or when it
// has a machine that this one is kept apart from. To block a host by a resource the others
// must put at least room - size + 1 of it there, and no less than the next sum that the
// sizes can make. All other machines together have only so much of each resource, and only so
// many are of the machine's own group. When that does not suffice to block every host, one
// takes the machine. Nothing is assumed about where machines stand or in which order they
// start, so it holds for all of them, one after the other.
//
// Machines that have to start are those that arrive and those that fit on a lost host.
func (p *Problem) sure(left []Host, lost []int) (sure, everyone bool) {
	sure, everyone = true, true
	for _, k := range p.kinds {
		if !p.blockable(left, k) {
			continue
		}
		everyone = false
		if p.starts(k, lost) {
			return false, false
		}
	}
	return sure, everyone
}

// starts reports whether a machine of the kind may have to start.
func (p *Problem) starts(k kind, lost []int) bool {
	for _, g := range slices.Concat(k.plain, k.apart) {
		if g >= p.running {
			return true
		}
	}
	return slices.ContainsFunc(lost, func(i int) bool { return p.hosts[i].takes(k.size) })
}

// never is more than any amount that machines could make up.
const never = int64(-1)

// blockable reports whether the others might block every host that a machine fits on.
func (p *Problem) blockable(left []Host, k kind) bool {
	var budget Vector
	for d := range budget {
		budget[d] = p.total[d] - k.size[d]
	}
	var costs []Vector
	for _, h := range left {
		if !h.takes(k.size) {
			continue
		}
		cost := Vector{never, never, never}
		for d := range resources {
			if k.size[d] == 0 {
				continue
			}
			if sum, ok := p.sums(d).atLeast(h.Room[d] - k.size[d] + 1); ok && sum <= h.Room[d] && sum <= budget[d] {
				cost[d] = sum
			}
		}
		costs = append(costs, cost)
	}
	siblings := 0
	for _, g := range k.apart { // largest first
		if n := p.groups[g].Count; n <= len(costs) {
			siblings = n - 1
			break
		}
	}
	return coverable(costs, budget, siblings)
}

// coverable reports whether each of some hosts can be blocked, by one resource within its
// budget or by one of some siblings. When it takes too long to find out it says yes.
func coverable(costs []Vector, budget Vector, siblings int) bool {
	if len(costs) <= siblings {
		return true
	}
	// how many hosts each resource could block if all of it went to the cheapest
	cheap, kinds := siblings, 0
	var list []int64
	for d := range resources {
		list = list[:0]
		for _, c := range costs {
			if c[d] != never {
				list = append(list, c[d])
			}
		}
		if len(list) == 0 {
			continue
		}
		kinds++
		slices.Sort(list)
		rest := budget[d]
		for _, c := range list {
			if c > rest {
				break
			}
			rest -= c
			cheap++
		}
	}
	if cheap < len(costs) {
		return false
	}
	if kinds <= 1 {
		return true // the count was exact
	}
	return assigned(costs, budget, siblings) || assignable(costs, budget, siblings)
}

// assigned reports whether the hosts can be blocked each by the resource of which it takes the
// smaller share of what is left, and the others by siblings.
func assigned(costs []Vector, budget Vector, siblings int) bool {
	rest := budget
	open := 0
	for _, c := range costs {
		best := -1
		for d, cost := range c {
			if cost != never && cost <= rest[d] && (best < 0 || float64(cost)/float64(budget[d]+1) < float64(c[best])/float64(budget[best]+1)) {
				best = d
			}
		}
		if best < 0 {
			open++
			continue
		}
		rest[best] -= c[best]
	}
	return open <= siblings
}

// a stock is what is left for blocking further hosts.
type stock struct {
	rest     Vector
	siblings int
}

// covers reports whether a stock is no worse than another in everything.
func (s stock) covers(o stock) bool { return o.rest.Fits(s.rest) && o.siblings <= s.siblings }

// mostStocks bounds the work of assignable.
const mostStocks = 96

// assignable tries every way to block each host, one host after the other, and keeps
// what may be left each time, less what is worse in everything.
func assignable(costs []Vector, budget Vector, siblings int) bool {
	costs = slices.Clone(costs)
	slices.SortFunc(costs, func(a, b Vector) int { return slices.CompareFunc(a[:], b[:], cmp.Compare[int64]) })
	now := []stock{{budget, siblings}}
	for _, c := range costs {
		var next []stock
		keep := func(s stock) {
			for _, o := range next {
				if o.covers(s) {
					return
				}
			}
			next = append(slices.DeleteFunc(next, s.covers), s)
		}
		for _, s := range now {
			for d, cost := range c {
				if cost != never && cost <= s.rest[d] {
					after := s
					after.rest[d] -= cost
					keep(after)
				}
			}
			if s.siblings > 0 {
				keep(stock{s.rest, s.siblings - 1})
			}
		}
		if len(next) == 0 {
			return false
		}
		if len(next) > mostStocks {
			return true
		}
		now = next
	}
	return true
}
