package packing

import (
	"cmp"
	"slices"
)

// A dive makes a placement from a solution that divides hosts: it fills hosts for good in
// the ways that the solution uses most, solves again for what is left, and takes a step
// back when that has no solution. The large machines go first on the rest as soon as that
// works, and the last few hosts are searched.
type dive struct {
	*layout
	*fillings
	// free are the hosts of each class that are not filled yet.
	free   [][]int
	orders []weights
	p      *Problem
	tries  int
}

// branches is how many ways to go on from a solution are tried, fewHosts how many hosts are
// searched at the end, with a part of the steps of a search.
const (
	branches = 3
	fewHosts = 3
	lastPart = 10
)

// classes puts like hosts together: one of each class, and which they are.
func classes(hosts []Host) ([]Host, [][]int) {
	var first []Host
	var list [][]int
	for i, h := range hosts {
		at := slices.Index(first, h)
		if at < 0 {
			at = len(first)
			first, list = append(first, h), append(list, nil)
		}
		list[at] = append(list[at], i)
	}
	return first, list
}

// dive reports possible with a placement in the layout, impossible with a proof, or undecided.
func (p *Problem) dive(l *layout, order []weights) (Verdict, Proof) {
	hosts, free := classes(l.hosts)
	like := make([]int, len(free))
	for c, list := range free {
		like[c] = len(list)
	}
	d := &dive{layout: l, fillings: newFillings(l.items, hosts, like), free: free, orders: order, p: p, tries: min(p.tries, oneTries)}
	l.clear()
	switch result, needed, have := d.solve(); {
	case result == refuted:
		return Impossible, Proof{Kind: Weights, Weights: slices.Clone(d.knap.value), Needed: needed, Have: have}
	case result == fits && d.deeper():
		return Possible, Proof{}
	}
	return Undecided, Proof{}
}

// deeper goes on from a solution.
func (d *dive) deeper() bool {
	type use struct {
		column int
		hosts  float64
	}
	var whole, parts []use
	for i, v := range d.basis {
		switch n := d.value[i]; {
		case v < 0:
		case n >= 1-1e-6:
			whole = append(whole, use{v, n})
		case n > 1e-6:
			parts = append(parts, use{v, n})
		}
	}
	slices.SortStableFunc(parts, func(a, b use) int { return cmp.Compare(b.hosts, a.hosts) })
	if len(whole) > 0 {
		back := d.save()
		for _, u := range whole {
			for n := int(u.hosts + 1e-6); n > 0; n-- {
				d.take(u.column)
			}
		}
		if d.next() {
			return true
		}
		back()
		if d.tries <= 0 {
			return false
		}
		parts = append(parts, whole...)
	}
	for _, u := range parts[:min(len(parts), branches)] {
		back := d.save()
		d.take(u.column)
		if d.next() {
			return true
		}
		back()
		if d.tries <= 0 {
			return false
		}
	}
	return false
}

// next tries the simple ways on what is left, and solves for it again.
func (d *dive) next() bool {
	if d.rest() {
		return true
	}
	left := 0
	for _, n := range d.like {
		left += n
	}
	if left <= fewHosts {
		return left > 0 && d.last()
	}
	d.p.tries--
	if d.tries--; d.tries <= 0 {
		return false
	}
	columns := d.columns
	defer func() { d.columns = columns }()
	// a way to fill must not have more of an item than there is still to place
	d.columns = nil
	for _, c := range columns {
		if d.like[c.class] == 0 {
			continue
		}
		n, some := slices.Clone(c.n), 0
		for t := range n {
			n[t] = min(n[t], d.demand[t])
			some += n[t]
		}
		if some > 0 {
			d.columns = append(d.columns, column{c.class, n})
		}
	}
	result, _, _ := d.solve()
	return result == fits && d.deeper()
}

// take fills a free host of the column's class.
func (d *dive) take(v int) {
	c := d.columns[v]
	if d.like[c.class] == 0 {
		return
	}
	d.like[c.class]--
	host := d.free[c.class][d.like[c.class]]
	for t, n := range c.n {
		n = min(n, d.demand[t])
		d.put(host, t, n)
		d.demand[t] -= n
	}
}

// save remembers how things stand, to go back to it.
func (d *dive) save() func() {
	x := make([][]int, len(d.x))
	for i := range d.x {
		x[i] = slices.Clone(d.x[i])
	}
	room, demand, like := slices.Clone(d.room), slices.Clone(d.demand), slices.Clone(d.like)
	return func() {
		for i := range x {
			copy(d.x[i], x[i])
		}
		copy(d.room, room)
		copy(d.demand, demand)
		copy(d.like, like)
	}
}

// rest puts what is left in the simple ways, on all hosts as they stand.
func (d *dive) rest() bool {
	back := d.save()
	for _, w := range d.orders {
		if d.complete(by(w), d.demand) {
			return true
		}
		back()
	}
	return false
}

// last searches the hosts that are not filled yet.
func (d *dive) last() bool {
	var hosts []Host
	var at []int
	for c, n := range d.like {
		for _, i := range d.free[c][:n] {
			hosts, at = append(hosts, d.layout.hosts[i]), append(at, i)
		}
	}
	var items []item
	var which []int
	for t, n := range d.demand {
		if n > 0 {
			it := d.layout.items[t]
			it.count = n
			items, which = append(items, it), append(which, t)
		}
	}
	s := newSearch(newLayout(hosts, items), min(d.p.steps, oneSteps)/lastPart)
	verdict := s.run()
	d.p.steps -= s.spent
	if verdict != Possible {
		return false
	}
	for i := range hosts {
		for t, n := range s.x[i] {
			d.put(at[i], which[t], n)
		}
	}
	return true
}
