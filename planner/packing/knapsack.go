package packing

import (
	"cmp"
	"slices"
)

// A knapsack finds the machines that weigh most together on one host.
type knapsack struct {
	items []item
	value []int64 // of one machine of each item
	most  []int   // of each item
	order []int
	// density is the most value that one unit of a resource can carry, by place in the order and
	// after it; the last column is for all resources together, each by its share of the room.
	density [][resources + 1]float64
	room    Vector
	now     []int
	best    []int
	worth   int64 // of best
	bound   int64 // no choice is worth more
	steps   int
}

// knapsackSteps bounds one search; what is not searched stands in the bound.
const knapsackSteps = 3000

// pick finds the best choice for a host. It leaves it in best and worth, and in bound what
// no choice exceeds.
func (k *knapsack) pick(h Host) {
	n := len(k.items)
	k.order = k.order[:0]
	var inverse [resources]float64
	for d, r := range h.Room {
		if r > 0 {
			inverse[d] = 1 / float64(r)
		}
	}
	share := func(t int) float64 {
		s := 0.0
		for d, a := range k.items[t].size {
			s += float64(a) * inverse[d]
		}
		return s
	}
	for t := range n {
		if k.value[t] > 0 && k.most[t] > 0 && h.takes(k.items[t].size) {
			k.order = append(k.order, t)
		}
	}
	// dense first, and of like density the larger first, so that small ones fill the rest
	slices.SortStableFunc(k.order, func(a, b int) int {
		if c := cmp.Compare(float64(k.value[b])/share(b), float64(k.value[a])/share(a)); c != 0 {
			return c
		}
		return cmp.Compare(share(b), share(a))
	})
	if cap(k.density) < n+1 {
		k.density = make([][resources + 1]float64, n+1)
	}
	k.density = k.density[:len(k.order)+1]
	k.density[len(k.order)] = [resources + 1]float64{}
	for i := len(k.order) - 1; i >= 0; i-- {
		t := k.order[i]
		k.density[i] = k.density[i+1]
		for d, a := range k.items[t].size {
			if a > 0 {
				k.density[i][d] = max(k.density[i][d], float64(k.value[t])/float64(a))
			} else {
				k.density[i][d] = free
			}
		}
		k.density[i][resources] = max(k.density[i][resources], float64(k.value[t])/share(t))
	}
	k.room = h.Room
	k.now = resized(k.now, n)
	k.best = resized(k.best, n)
	k.worth, k.steps, k.bound = 0, 0, 0
	k.search(0, 0, inverse)
	k.bound = max(k.bound, k.worth)
}

// free is a density without limit.
const free = 1e30

// search tries counts of the items from place i in the order on.
func (k *knapsack) search(i int, worth int64, inverse [resources]float64) {
	if worth > k.worth {
		k.worth = worth
		copy(k.best, k.now)
	}
	if i == len(k.order) {
		return
	}
	// what the rest of the room can carry at most
	could, parts := free, 0.0
	for d, r := range k.room {
		could = min(could, float64(r)*k.density[i][d])
		parts += float64(r) * inverse[d]
	}
	could = min(could, parts*k.density[i][resources])
	limit := worth + int64(could*(1+1e-9))
	if limit <= k.worth {
		return
	}
	if k.steps++; k.steps > knapsackSteps {
		k.bound = max(k.bound, limit)
		return
	}
	t := k.order[i]
	size := &k.items[t].size
	n := int64(k.most[t])
	for d, a := range size {
		if a > 0 {
			n = min(n, k.room[d]/a)
		}
	}
	k.take(t, int(n), size)
	for c := n; ; c-- {
		k.search(i+1, worth+c*k.value[t], inverse)
		if c == 0 {
			break
		}
		k.take(t, -1, size)
	}
}

func (k *knapsack) take(t, n int, size *Vector) {
	k.now[t] += n
	for d := range resources {
		k.room[d] -= int64(n) * size[d]
	}
}

// resized is a list of n zeros, in the same memory when there is room.
func resized(list []int, n int) []int {
	if cap(list) < n {
		return make([]int, n)
	}
	list = list[:n]
	clear(list)
	return list
}
