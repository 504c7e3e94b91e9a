package packing

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A search tries everything: one host after the other, every choice of machines that
// leaves no more free than may stay free in all. What cannot be finished from some host
// on is not tried twice.
type search struct {
	*layout
	order []int // hosts, like ones together, small ones first
	items []int // the large ones first
	left  []int
	need  Vector // of what is left
	// after is the room of the hosts from a place in the order on.
	after  []Vector
	failed map[string]struct{}
	key    []byte
	budget int // steps that are left
	spent  int
}

func newSearch(l *layout, budget int) *search {
	s := &search{layout: l, budget: budget, failed: map[string]struct{}{}}
	l.clear()
	s.order = make([]int, len(l.hosts))
	for i := range s.order {
		s.order[i] = i
	}
	slices.SortStableFunc(s.order, func(a, b int) int {
		return cmp.Or(slices.Compare(l.hosts[a].Room[:], l.hosts[b].Room[:]), cmp.Compare(l.hosts[a].Largest, l.hosts[b].Largest))
	})
	s.after = make([]Vector, len(l.hosts)+1)
	for i := len(l.hosts) - 1; i >= 0; i-- {
		s.after[i] = s.after[i+1]
		for d, r := range l.hosts[s.order[i]].Room {
			s.after[i][d] = add(s.after[i][d], r)
		}
	}
	s.items = by(orders(l.hosts, l.items)[3])
	for _, it := range l.items {
		s.left = append(s.left, it.count)
		for d, n := range it.size {
			s.need[d] = add(s.need[d], multiply(it.count, n))
		}
	}
	return s
}

// run answers possible, with the placement in the layout, impossible, or undecided.
func (s *search) run() Verdict {
	switch {
	case s.host(0):
		return Possible
	case s.budget <= 0:
		return Undecided
	}
	return Impossible
}

// host fills the host at a place in the order, and those after it.
func (s *search) host(at int) bool {
	done := true
	for _, n := range s.left {
		done = done && n == 0
	}
	if done {
		return true
	}
	if at == len(s.order) || !s.need.Fits(s.after[at]) {
		return false
	}
	key := s.state(at)
	if _, known := s.failed[key]; known {
		return false
	}
	if s.choose(at, 0) {
		return true
	}
	if s.budget > 0 {
		s.failed[key] = struct{}{}
	}
	return false
}

// state names what is left from a place on.
func (s *search) state(at int) string {
	s.key = binary.AppendUvarint(s.key[:0], uint64(at))
	for _, n := range s.left {
		s.key = binary.AppendUvarint(s.key, uint64(n))
	}
	return string(s.key)
}

// choose sets how many of each item stand on a host, the items from place t in their order
// on, the most first.
func (s *search) choose(at, t int) bool {
	s.spent++
	if s.budget--; s.budget <= 0 {
		return false
	}
	i := s.order[at]
	if t == len(s.items) {
		return s.full(i) && s.host(at+1)
	}
	it := s.items[t]
	n := s.holds(i, it, s.left[it])
	s.move(i, it, n)
	for c := n; ; c-- {
		ok, fewer := s.enough(at, t+1)
		if ok && s.choose(at, t+1) {
			return true
		}
		if !ok && !fewer {
			break
		}
		if c == 0 || s.budget <= 0 {
			break
		}
		s.move(i, it, -1)
	}
	s.move(i, it, -s.x[i][it])
	return false
}

func (s *search) move(host, it, n int) {
	s.put(host, it, n)
	s.left[it] -= n
	for d := range resources {
		s.need[d] -= int64(n) * s.layout.items[it].size[d]
	}
}

// enough reports whether the host can still be filled so far, with the items from place t on,
// that what is left fits the hosts after it; and when it cannot, whether fewer of the items
// before might leave room for more of these.
func (s *search) enough(at, t int) (ok, fewer bool) {
	i := s.order[at]
	ok, fewer = true, true
	for d := range resources {
		short := s.need[d] - s.after[at+1][d]
		if short <= 0 {
			continue
		}
		if short > s.room[i][d] {
			return false, false
		}
		var here, all int64
		for _, it := range s.items[t:] {
			if size := s.layout.items[it].size[d]; size > 0 {
				here = add(here, multiply(s.holds(i, it, s.left[it]), size))
				all = add(all, multiply(s.left[it], size))
			}
		}
		if all < short {
			return false, false
		}
		ok = ok && here >= short
	}
	return ok, fewer
}

// full reports whether no more machine that may stand anywhere fits: if one does, a
// placement that has it here is as good.
func (s *search) full(i int) bool {
	for it, item := range s.layout.items {
		if item.sets == 0 && s.left[it] > 0 && s.holds(i, it, 1) > 0 {
			return false
		}
	}
	return true
}
