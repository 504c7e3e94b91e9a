package packing

import "slices"

// named turns a layout of items on the hosts that are left into one of groups on all hosts.
func (p *Problem) named(x [][]int, items []item, at []int) [][]int {
	placement := make([][]int, len(p.hosts))
	for i := range placement {
		placement[i] = make([]int, len(p.groups))
	}
	for t, it := range items {
		if it.sets == 0 {
			g, rest := 0, p.groups[it.groups[0]].machines()
			for i := range x {
				for n := x[i][t]; n > 0; {
					for rest == 0 {
						g++
						rest = p.groups[it.groups[g]].machines()
					}
					part := min(n, rest)
					placement[at[i]][it.groups[g]] += part
					n, rest = n-part, rest-part
				}
			}
			continue
		}
		column := make([]int, len(x))
		for i := range x {
			column[i] = x[i][t]
		}
		fullest := make([]int, len(x))
		for i := range fullest {
			fullest[i] = i
		}
		for _, g := range it.groups {
			for range p.groups[g].sets() {
				slices.SortStableFunc(fullest, func(a, b int) int { return column[b] - column[a] })
				for _, i := range fullest[:p.groups[g].Count] {
					column[i]--
					placement[at[i]][g]++
				}
			}
		}
	}
	return placement
}
