package packing

import (
	"cmp"
	"math"
	"slices"
)

// A Problem is hosts and machines, prepared for many questions. It is not safe for use by
// several goroutines at one time.
type Problem struct {
	hosts  []Host
	groups []Group
	// running is how many of the groups run; the others arrive.
	running int
	kinds   []kind
	total   Vector
	reach   [resources]*reach
	// steps and tries are what may still be spent on searches and on solutions of divided hosts,
	// may the steps there were in the beginning.
	steps, tries, may int
}

// A kind is all machines of one size.
type kind struct {
	size  Vector
	plain []int // groups that are not kept apart
	apart []int // groups that are, largest first
	count int   // machines of all groups
}

// A problem may spend so much on all its answers together, and so much on one. That bounds
// them to a fraction of a second, and the answers do not depend on the machine.
const (
	allSteps, oneSteps = 3_000_000, 300_000
	allTries, oneTries = 800, 100
)

// New prepares a problem: some groups run on the hosts, others arrive. Groups that are kept
// apart are apart each by itself.
func New(hosts []Host, running, arriving []Group) *Problem {
	p := &Problem{hosts: hosts, running: len(running), steps: allSteps, may: allSteps, tries: allTries}
	p.groups = append(append(p.groups, running...), arriving...)
	at := map[Vector]int{}
	for i, g := range p.groups {
		if g.Count <= 0 {
			continue
		}
		k, known := at[g.Size]
		if !known {
			k = len(p.kinds)
			at[g.Size], p.kinds = k, append(p.kinds, kind{size: g.Size})
		}
		p.kinds[k].count += g.machines()
		if g.Apart && g.Count > 1 {
			p.kinds[k].apart = append(p.kinds[k].apart, i)
		} else {
			p.kinds[k].plain = append(p.kinds[k].plain, i)
		}
		for d := range p.total {
			p.total[d] = add(p.total[d], multiply(g.machines(), g.Size[d]))
		}
	}
	for _, k := range p.kinds {
		slices.SortStableFunc(k.apart, func(a, b int) int { return -cmp.Compare(p.groups[a].Count, p.groups[b].Count) })
	}
	return p
}

// an item is machines of one size under one rule, as a question about some hosts sees them.
type item struct {
	size  Vector
	count int
	// sets is how many groups of like count are kept apart each by itself; 0 for machines that may
	// stand anywhere. As long as no host has more machines of the item than there are sets, they
	// can be dealt out to the groups in turn, from the fullest host on, and none gets two on
	// one host.
	sets   int
	groups []int
}

// most is how many machines of the item one host may have.
func (it item) most() int {
	if it.sets == 0 {
		return it.count
	}
	return it.sets
}

// Answer answers for the hosts that are left when some, by their place in the list, are
// lost.
func (p *Problem) Answer(lost ...int) Answer {
	left, at := p.left(lost)
	items := p.items(left)
	if proof, no := p.refute(left, items); no {
		return p.impossible(proof, items)
	}
	sure, everyone := p.sure(left, lost)
	if sure && everyone {
		return Answer{Verdict: Guaranteed}
	}
	x, proof, verdict := p.solve(left, items)
	switch {
	case verdict == Impossible:
		return p.impossible(proof, items)
	case verdict == Possible && sure:
		return Answer{Verdict: Guaranteed}
	case verdict == Possible:
		return Answer{Verdict: Possible, Placement: p.named(x, items, at)}
	}
	return Answer{Verdict: verdict}
}

// Fits reports whether the answer is possible or guaranteed. It costs less, since it tells
// neither which of the two nor where the machines stand.
func (p *Problem) Fits(lost ...int) bool {
	left, _ := p.left(lost)
	items := p.items(left)
	if _, no := p.refute(left, items); no {
		return false
	}
	_, _, verdict := p.solve(left, items)
	return verdict == Possible
}

// left are the hosts that are left, and their places in the list.
func (p *Problem) left(lost []int) (hosts []Host, at []int) {
	for i, h := range p.hosts {
		if !slices.Contains(lost, i) {
			hosts, at = append(hosts, h), append(at, i)
		}
	}
	return hosts, at
}

// items are the machines as these hosts see them: a group that cannot be kept apart on
// them is like any other.
func (p *Problem) items(hosts []Host) []item {
	list := make([]item, 0, len(p.kinds)+4)
	for _, k := range p.kinds {
		free := item{size: k.size, groups: k.plain}
		for _, g := range k.plain {
			free.count += p.groups[g].machines()
		}
		able := 0
		if len(k.apart) > 0 {
			able = ableHosts(hosts, k.size)
		}
		at := 0 // the largest groups come first
		for ; at < len(k.apart) && p.groups[k.apart[at]].Count > able; at++ {
			free.count += p.groups[k.apart[at]].machines()
		}
		if at > 0 {
			free.groups = slices.Concat(k.plain, k.apart[:at])
		}
		if free.count > 0 {
			list = append(list, free)
		}
		for at < len(k.apart) {
			from, n, sets := at, p.groups[k.apart[at]].Count, 0
			for ; at < len(k.apart) && p.groups[k.apart[at]].Count == n; at++ {
				sets += p.groups[k.apart[at]].sets()
			}
			list = append(list, item{size: k.size, count: sets * n, sets: sets, groups: k.apart[from:at]})
		}
	}
	return list
}

// ableHosts counts the hosts that one machine of a size fits on.
func ableHosts(hosts []Host, size Vector) int {
	n := 0
	for _, h := range hosts {
		if h.takes(size) {
			n++
		}
	}
	return n
}

// impossible words a proof about items as one about groups.
func (p *Problem) impossible(proof Proof, items []item) Answer {
	switch proof.Kind {
	case NoHost:
		proof.Group = items[proof.Group].groups[0]
	case Weights:
		byItem := proof.Weights
		proof.Weights = make([]int64, len(p.groups))
		for i, it := range items {
			for _, g := range it.groups {
				proof.Weights[g] = byItem[i]
			}
		}
	}
	return Answer{Verdict: Impossible, Proof: proof}
}

// add and multiply stop at the largest number there is; neither side is below zero.
func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func multiply(n int, b int64) int64 {
	if b > 0 && int64(n) > math.MaxInt64/b {
		return math.MaxInt64
	}
	return int64(n) * b
}
