package packing

import (
	"cmp"
	"slices"
)

// A plan in the making: which hosts and items, what is free, and how many of each item
// stand on each host.
type layout struct {
	hosts []Host
	items []item
	room  []Vector
	x     [][]int
}

func newLayout(hosts []Host, items []item) *layout {
	l := &layout{hosts: hosts, items: items, room: make([]Vector, len(hosts)), x: make([][]int, len(hosts))}
	cells := make([]int, len(hosts)*len(items))
	for i := range hosts {
		l.x[i] = cells[i*len(items) : (i+1)*len(items) : (i+1)*len(items)]
	}
	return l
}

func (l *layout) clear() {
	for i, h := range l.hosts {
		l.room[i] = h.Room
		clear(l.x[i])
	}
}

// holds is how many more machines of an item, n at most, a host takes.
func (l *layout) holds(host, it, n int) int {
	size := &l.items[it].size
	if size[VCPUs] > l.hosts[host].Largest {
		return 0
	}
	if sets := l.items[it].sets; sets > 0 {
		n = min(n, sets-l.x[host][it])
	}
	for d := range resources {
		if size[d] > 0 {
			n = int(min(int64(n), l.room[host][d]/size[d]))
		}
	}
	return n
}

// put places n machines of an item, or takes them away when n is below zero.
func (l *layout) put(host, it, n int) {
	l.x[host][it] += n
	for d := range resources {
		l.room[host][d] -= int64(n) * l.items[it].size[d]
	}
}

// weights give an item's place in an order: the larger first.
type weights []float64

// orders are ways to say which machines are large: by memory, by processors, by the
// larger share of either, and by both together.
func orders(hosts []Host, items []item) []weights {
	var sum, need [resources]float64
	for _, h := range hosts {
		for d, n := range h.Room {
			sum[d] += float64(n)
		}
	}
	for _, it := range items {
		for d, n := range it.size {
			need[d] += float64(n) * float64(it.count)
		}
	}
	var list [4]weights
	for i := range list {
		list[i] = make(weights, len(items))
	}
	for t, it := range items {
		var part [resources]float64
		for d, n := range it.size {
			if sum[d] > 0 {
				part[d] = float64(n) / sum[d]
			}
		}
		list[0][t] = part[Memory] + part[VCPUs]*1e-6 + part[GPUs]*1e6
		list[1][t] = part[VCPUs] + part[Memory]*1e-6 + part[GPUs]*1e6
		list[2][t] = max(part[Memory]*need[Memory]/max(sum[Memory], 1), part[VCPUs]*need[VCPUs]/max(sum[VCPUs], 1)) + part[GPUs]*1e6
		list[3][t] = part[Memory] + part[VCPUs] + part[GPUs]*1e6
	}
	return list[:]
}

// firstFit puts the machines in order each on the first host with room.
func (l *layout) firstFit(order []int) bool {
	l.clear()
	counts := make([]int, len(l.items))
	for t, it := range l.items {
		counts[t] = it.count
	}
	return l.complete(order, counts)
}

// complete puts some more machines in order each on the first host with room.
func (l *layout) complete(order, counts []int) bool {
	for _, t := range order {
		rest := counts[t]
		for i := 0; i < len(l.hosts) && rest > 0; i++ {
			if n := l.holds(i, t, rest); n > 0 {
				l.put(i, t, n)
				rest -= n
			}
		}
		if rest > 0 {
			return false
		}
	}
	return true
}

// bestFit puts the machines in order, one by one, each on the host where the least is free
// afterwards of what is scarcest there.
func (l *layout) bestFit(order []int) bool {
	l.clear()
	for _, t := range order {
		size := l.items[t].size
		for range l.items[t].count {
			best, tight := -1, 0.0
			for i := range l.hosts {
				if l.holds(i, t, 1) == 0 {
					continue
				}
				free := 0.0
				for d := range resources {
					if r := l.hosts[i].Room[d]; r > 0 {
						free += float64(l.room[i][d]-size[d]) / float64(r)
					}
				}
				if best < 0 || free < tight {
					best, tight = i, free
				}
			}
			if best < 0 {
				return false
			}
			l.put(best, t, 1)
		}
	}
	return true
}

// by sorts the items, the larger first.
func by(w weights) []int {
	order := make([]int, len(w))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return -cmp.Compare(w[a], w[b]) })
	return order
}
