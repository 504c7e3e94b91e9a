package packing

import "slices"

// sure reports whether no machine that has to start can fail to find a host, wherever the
// others stand, and whether that holds for every machine there is.
//
// The proof: a machine waits only while each host that it would fit on is blocked. A host
// is blocked when too little of some resource that the machine takes is free on it, or when it
// has a machine that this one is kept apart from. To block a host by a resource the others
// must put at least room - size + 1 of it there, and no less than the next sum that the
// sizes can make; and machines that take so much of one resource take something of the
// others. All other machines together have only so much of each resource, and only so
// many are of the machine's own group. When that does not suffice to block every host, one
// takes the machine. Nothing is assumed about where machines stand or in which order they
// start, so it holds for all of them, one after the other.
//
// When fewer hosts are left than a group has machines they need not be apart. Siblings
// count as blocking all the same if they were apart with all hosts, so that losing more
// does not sound safer than losing less.
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

// A block is a way to block a host: what the others must put there of the resource that
// blocks, and with it at the least of the others. It is not possible when ok is false.
type block struct {
	cost Vector
	ok   bool
}

// blockable reports whether the others might block every host that a machine fits on.
func (p *Problem) blockable(left []Host, k kind) bool {
	var budget Vector
	for d := range budget {
		budget[d] = p.total[d] - k.size[d]
	}
	var hosts [][resources]block
	for _, h := range left {
		if !h.takes(k.size) {
			continue
		}
		var ways [resources]block
		for d := range resources {
			if k.size[d] == 0 {
				continue
			}
			if sum, ok := p.sums(d).atLeast(h.Room[d] - k.size[d] + 1); ok && sum <= h.Room[d] {
				ways[d] = block{p.with(d, sum), true}
				ways[d].ok = ways[d].cost.Fits(budget)
			}
		}
		hosts = append(hosts, ways)
	}
	siblings := 0
	for _, g := range k.apart { // the largest comes first
		if n := p.groups[g].Count; n <= ableHosts(p.hosts, k.size) {
			siblings = max(min(n, len(hosts))-1, 0)
			break
		}
	}
	return coverable(hosts, budget, siblings)
}

// with is the least of every resource that machines take when together they take an amount
// of one: as much as the machines that take the least of it for their size.
func (p *Problem) with(d Resource, amount int64) Vector {
	cost := Vector{}
	cost[d] = amount
	for e := range resources {
		if e == d {
			continue
		}
		least := -1.0
		for _, k := range p.kinds {
			if k.size[d] > 0 {
				if part := float64(k.size[e]) / float64(k.size[d]); least < 0 || part < least {
					least = part
				}
			}
		}
		cost[e] = int64(max(least, 0) * float64(amount) * (1 - 1e-9)) // rounded down
	}
	return cost
}

// coverable reports whether each of some hosts can be blocked, by resources within the
// budget or by one of some siblings. When it takes too long to find out it says yes.
func coverable(hosts [][resources]block, budget Vector, siblings int) bool {
	if len(hosts) <= siblings {
		return true
	}
	// how many hosts each resource could block if all of it went to the cheapest
	cheap := siblings
	var list []int64
	for d := range resources {
		list = list[:0]
		for _, ways := range hosts {
			if ways[d].ok {
				list = append(list, ways[d].cost[d])
			}
		}
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
	if cheap < len(hosts) {
		return false
	}
	return assigned(hosts, budget, siblings) || assignable(hosts, budget, siblings)
}

// assigned reports whether the hosts can be blocked each in the way that takes the smallest
// share of any resource, and the others by siblings.
func assigned(hosts [][resources]block, budget Vector, siblings int) bool {
	rest := budget
	for _, ways := range hosts {
		best, least := -1, 0.0
		for d, w := range ways {
			if !w.ok || !w.cost.Fits(rest) {
				continue
			}
			share := 0.0
			for e, c := range w.cost {
				share = max(share, float64(c)/float64(budget[e]+1))
			}
			if best < 0 || share < least {
				best, least = d, share
			}
		}
		if best < 0 {
			siblings--
			continue
		}
		for e, c := range ways[best].cost {
			rest[e] -= c
		}
	}
	return siblings >= 0
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
func assignable(hosts [][resources]block, budget Vector, siblings int) bool {
	hosts = slices.Clone(hosts)
	slices.SortFunc(hosts, func(a, b [resources]block) int {
		for d := range resources {
			if c := slices.Compare(a[d].cost[:], b[d].cost[:]); c != 0 {
				return c
			}
		}
		return 0
	})
	now := []stock{{budget, siblings}}
	for _, ways := range hosts {
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
			for _, w := range ways {
				if w.ok && w.cost.Fits(s.rest) {
					after := s
					for e, c := range w.cost {
						after.rest[e] -= c
					}
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
