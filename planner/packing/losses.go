package packing

import "slices"

// A Loss is losses that mean the same: of hosts that are like each other.
type Loss struct {
	// Lost are the losses, each by the hosts' places in the list.
	Lost [][]int
	// Answer is for the first of them. The placement of another is the same with like hosts in
	// each other's place.
	Answer Answer
}

// Losses answers for every loss of n hosts, 0, 1 or 2. Losses come in the order of their hosts.
func (p *Problem) Losses(n int) []Loss {
	if n == 0 {
		return []Loss{{Lost: [][]int{nil}, Answer: p.Answer()}}
	}
	class := make([]int, len(p.hosts))
	_, like := classes(p.hosts)
	for c, list := range like {
		for _, i := range list {
			class[i] = c
		}
	}
	var list []Loss
	at := map[[2]int]int{}
	note := func(key [2]int, lost ...int) {
		i, known := at[key]
		if !known {
			i = len(list)
			at[key], list = i, append(list, Loss{Answer: p.Answer(lost...)})
		}
		list[i].Lost = append(list[i].Lost, lost)
	}
	for i := range p.hosts {
		if n == 1 {
			note([2]int{class[i], -1}, i)
			continue
		}
		for j := i + 1; j < len(p.hosts); j++ {
			note([2]int{min(class[i], class[j]), max(class[i], class[j])}, i, j)
		}
	}
	return list
}

// Holds reports whether the machines have a valid placement after every loss of n hosts. It stops at
// the first that is not shown to.
func (p *Problem) Holds(n int) bool {
	if n == 0 {
		return p.Fits()
	}
	// the losses of large hosts first, which fail first
	order := make([]int, len(p.hosts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return slices.Compare(p.hosts[b].Room[:], p.hosts[a].Room[:]) })
	asked := map[[2]Host]bool{}
	for at, i := range order {
		if n == 1 {
			key := [2]Host{p.hosts[i]}
			if !asked[key] && !p.Fits(i) {
				return false
			}
			asked[key] = true
			continue
		}
		for _, j := range order[at+1:] {
			key := [2]Host{p.hosts[i], p.hosts[j]}
			if !asked[key] && !p.Fits(i, j) {
				return false
			}
			asked[key] = true
		}
	}
	return true
}

// Spare is what hosts have of each resource when any n of them are lost: of each resource
// without the n hosts that have most of it. Machines that need more have no valid placement
// after every loss of n hosts.
func Spare(hosts []Host, n int) Vector {
	var spare Vector
	most := make([]int64, 0, len(hosts))
	for d := range spare {
		most = most[:0]
		for _, h := range hosts {
			most = append(most, h.Room[d])
		}
		slices.Sort(most)
		for _, room := range most[:max(len(most)-n, 0)] {
			spare[d] = add(spare[d], room)
		}
	}
	return spare
}

// Total is what groups need of each resource.
func Total(groups []Group) Vector {
	var sum Vector
	for _, g := range groups {
		for d := range sum {
			sum[d] = add(sum[d], multiply(g.machines(), g.Size[d]))
		}
	}
	return sum
}

// Within lets a problem spend only a part, one in n, of what it may on hard questions.
func (p *Problem) Within(n int) *Problem {
	p.steps, p.tries = allSteps/n, allTries/n
	p.may = p.steps
	return p
}

// Spent is the number of steps that were spent on hard questions so far.
func (p *Problem) Spent() int { return p.may - p.steps }
