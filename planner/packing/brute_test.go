package packing

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// brute tries everything on a few hosts with a few machines, by the definitions of the
// package comment alone.
type brute struct {
	hosts  []Host
	groups []Group
	x      [][]int // by host and group
}

func newBrute(hosts []Host, groups []Group) *brute {
	b := &brute{hosts: hosts, groups: groups}
	for range hosts {
		b.x = append(b.x, make([]int, len(groups)))
	}
	return b
}

// room reports whether a host that is not lost takes one more machine of a group.
func (b *brute) room(host, group int, lost []int) bool {
	g := b.groups[group]
	if slices.Contains(lost, host) || g.Size[VCPUs] > b.hosts[host].Largest {
		return false
	}
	for d := range resources {
		sum := g.Size[d]
		for i, n := range b.x[host] {
			sum += int64(n) * b.groups[i].Size[d]
		}
		if sum > b.hosts[host].Room[d] {
			return false
		}
	}
	able := 0
	for i, h := range b.hosts {
		if !slices.Contains(lost, i) && g.Size[VCPUs] <= h.Largest && g.Size.Fits(h.Room) {
			able++
		}
	}
	return !g.Apart || g.Count > able || b.x[host][group] == 0
}

// each calls for every valid placement of the groups up to running, until one says stop.
func (b *brute) each(group, left, host, running int, lost []int, call func() (stop bool)) bool {
	if group == running {
		return call()
	}
	if left == 0 {
		if group++; group == running {
			return call()
		}
		return b.each(group, b.groups[group].Count, 0, running, lost, call)
	}
	if host == len(b.hosts) {
		return false
	}
	// one more here, or on to the next host
	if b.room(host, group, lost) {
		b.x[host][group]++
		stop := b.each(group, left-1, host, running, lost, call)
		b.x[host][group]--
		if stop {
			return true
		}
	}
	return b.each(group, left, host+1, running, lost, call)
}

func (b *brute) placements(running int, lost []int, call func() bool) bool {
	if running == 0 {
		return call()
	}
	return b.each(0, b.groups[0].Count, 0, running, lost, call)
}

// fits reports whether all machines have a valid placement on what is left.
func (b *brute) fits(lost []int) bool {
	return b.placements(len(b.groups), lost, func() bool { return true })
}

// stuck reports whether a machine that has to start may find no host, in some order, with
// some choice of hosts.
func (b *brute) stuck(start []int, lost []int, seen map[string]bool) bool {
	key := fmt.Sprint(b.x, start)
	if seen[key] {
		return false
	}
	seen[key] = true
	for g, n := range start {
		if n == 0 {
			continue
		}
		placed := false
		for h := range b.hosts {
			if b.room(h, g, lost) {
				placed = true
				start[g]--
				b.x[h][g]++
				bad := b.stuck(start, lost, seen)
				b.x[h][g]--
				start[g]++
				if bad {
					return true
				}
			}
		}
		if !placed {
			return true
		}
	}
	return false
}

// guaranteed reports whether, whatever valid placement those that run stand in, all that has
// to start after a loss always does.
func (b *brute) guaranteed(running int, lost []int) bool {
	seen := map[string]bool{}
	return !b.placements(running, nil, func() bool {
		start := make([]int, len(b.groups))
		for g := running; g < len(start); g++ {
			start[g] = b.groups[g].Count
		}
		saved := make([][]int, 0, len(lost))
		for _, h := range lost {
			saved = append(saved, slices.Clone(b.x[h]))
			for g, n := range b.x[h] {
				start[g] += n
			}
			clear(b.x[h])
		}
		bad := b.stuck(start, lost, seen)
		for i, h := range lost {
			copy(b.x[h], saved[i])
		}
		return bad
	})
}

// draw draws hosts and machines, few and near the edge.
func draw(t *rapid.T, hosts, machines int) ([]Host, []Group) {
	var h []Host
	var g []Group
	gpus := rapid.IntRange(0, 3).Draw(t, "gpus") == 0
	model := func() Host {
		host := Host{Room: Vector{rapid.Int64Range(4, 16).Draw(t, "memory"), rapid.Int64Range(4, 16).Draw(t, "vCPUs"), 0}, Largest: rapid.SampledFrom([]int64{2, 4, 8}).Draw(t, "largest")}
		if gpus {
			host.Room[GPUs] = rapid.Int64Range(0, 2).Draw(t, "gpus of the host")
		}
		return host
	}
	like := model()
	for range rapid.IntRange(1, hosts).Draw(t, "hosts") {
		if rapid.Bool().Draw(t, "another model") {
			h = append(h, model())
		} else {
			h = append(h, like)
		}
	}
	for left := rapid.IntRange(1, machines).Draw(t, "machines"); left > 0; {
		n := min(rapid.IntRange(1, 4).Draw(t, "count"), left)
		left -= n
		size := Vector{rapid.Int64Range(1, 8).Draw(t, "size"), rapid.Int64Range(0, 5).Draw(t, "processors"), 0}
		if gpus && rapid.Bool().Draw(t, "with a GPU") {
			size[GPUs] = 1
		}
		g = append(g, Group{Size: size, Count: n, Apart: rapid.Bool().Draw(t, "apart")})
	}
	if rapid.Bool().Draw(t, "full to the last") {
		// each host has just what some machines on it take
		for i := range h {
			h[i].Room, h[i].Largest = Vector{}, 8
		}
		for _, group := range g {
			for range group.Count {
				i := rapid.IntRange(0, len(h)-1).Draw(t, "stands on")
				for d := range resources {
					h[i].Room[d] += group.Size[d]
				}
			}
		}
	}
	return h, g
}

// losses are no loss and every loss of one and of two hosts.
func losses(n int) [][]int {
	list := [][]int{nil}
	for i := range n {
		list = append(list, []int{i})
		for j := range i {
			list = append(list, []int{j, i})
		}
	}
	return list
}

// valid checks a placement against the rules, host by host.
func valid(hosts []Host, groups []Group, placement [][]int, lost []int) error {
	b := newBrute(hosts, groups)
	for g := range groups {
		sum := 0
		for h := range hosts {
			for range placement[h][g] {
				if !b.room(h, g, lost) {
					return fmt.Errorf("host %d has no room for group %d in %v", h, g, placement)
				}
				b.x[h][g]++
				sum++
			}
		}
		if sum != groups[g].Count {
			return fmt.Errorf("group %d has %d machines placed of %d", g, sum, groups[g].Count)
		}
	}
	return nil
}

// TestNeverWrong holds every verdict against trying everything, and asks that nothing so
// small stays undecided.
func TestNeverWrong(t *testing.T) {
	claimed, holds := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		hosts, groups := draw(t, 4, 10)
		running := rapid.IntRange(0, len(groups)).Draw(t, "running")
		p := New(hosts, groups[:running], groups[running:])
		b := newBrute(hosts, groups)
		for _, lost := range losses(len(hosts)) {
			a := p.Answer(lost...)
			fits := b.fits(lost)
			switch a.Verdict {
			case Impossible:
				if fits || a.Proof.Kind == "" {
					t.Fatalf("without %v: impossible (%+v), but it fits: %v on %v", lost, a.Proof, groups, hosts)
				}
			case Possible:
				if !fits {
					t.Fatalf("without %v: possible, but nothing fits: %v on %v", lost, groups, hosts)
				}
				if err := valid(hosts, groups, a.Placement, lost); err != nil {
					t.Fatalf("without %v: %v: %v on %v", lost, err, groups, hosts)
				}
			case Undecided:
				t.Fatalf("without %v: undecided: %v on %v", lost, groups, hosts)
			}
			if machines(groups) > 7 || !fits {
				if a.Verdict == Guaranteed && !fits {
					t.Fatalf("without %v: guaranteed, but nothing fits: %v on %v", lost, groups, hosts)
				}
				continue
			}
			sure := b.guaranteed(running, lost)
			if a.Verdict == Guaranteed && !sure {
				t.Fatalf("without %v: guaranteed, but a machine may wait: %v, %d running, on %v", lost, groups, running, hosts)
			}
			if sure {
				holds++
			}
			if a.Verdict == Guaranteed {
				claimed++
			}
		}
	})
	t.Logf("guaranteed was claimed in %d of the %d cases where it holds", claimed, holds)
	if claimed*2 < holds {
		t.Errorf("guaranteed is claimed in %d of %d cases only", claimed, holds)
	}
}

// TestEachWayIsNeverWrong holds the ways to an answer that come late against trying
// everything, so that they are not hidden by those that come first.
func TestEachWayIsNeverWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hosts, groups := draw(t, 4, 10)
		p := New(hosts, groups, nil)
		items := p.items(hosts)
		fits := newBrute(hosts, groups).fits(nil)
		at := make([]int, len(hosts))
		for i := range at {
			at[i] = i
		}
		placed := func(name string, l *layout, v Verdict) {
			if v == Possible {
				if err := valid(hosts, groups, p.named(l.x, items, at), nil); err != nil {
					t.Fatalf("%s: %v: %v on %v", name, err, groups, hosts)
				}
			}
			if v == Possible && !fits || v == Impossible && fits {
				t.Fatalf("%s says %s: %v on %v", name, v, groups, hosts)
			}
		}
		if proof, no := p.refute(hosts, items); no && fits {
			t.Fatalf("refuted by %+v: %v on %v", proof, groups, hosts)
		}
		l := newLayout(hosts, items)
		searched := newSearch(l, allSteps).run()
		placed("the search", l, searched)
		if searched == Undecided {
			t.Fatalf("the search does not end: %v on %v", groups, hosts)
		}
		for _, it := range items {
			if ableHosts(hosts, it.size) == 0 {
				return
			}
		}
		l = newLayout(hosts, items)
		dived, proof := p.dive(l, orders(hosts, items))
		placed("the division of hosts", l, dived)
		if dived == Impossible {
			weighed(t, hosts, items, proof)
		}
	})
}

// weighed checks a proof by weights: each host is filled in every way there is.
func weighed(t *rapid.T, hosts []Host, items []item, proof Proof) {
	var needed, have int64
	for i, it := range items {
		needed += int64(it.count) * proof.Weights[i]
	}
	for _, h := range hosts {
		have += heaviest(h, items, proof.Weights)
	}
	if needed <= have || needed != proof.Needed || have > proof.Have {
		t.Fatalf("the machines count %d and the hosts hold %d by %+v: %v on %v", needed, have, proof, items, hosts)
	}
}

func heaviest(h Host, items []item, weights []int64) int64 {
	if len(items) == 0 {
		return 0
	}
	best := int64(0)
	for n := 0; n <= items[0].most(); n++ {
		if n > 0 && !h.takes(items[0].size) {
			break
		}
		best = max(best, int64(n)*weights[0]+heaviest(h, items[1:], weights[1:]))
		for d := range resources {
			h.Room[d] -= items[0].size[d]
		}
	}
	return best
}

func machines(groups []Group) int {
	n := 0
	for _, g := range groups {
		n += g.Count
	}
	return n
}
