package packing

import (
	"cmp"
	"math"
	"slices"
)

// A knapsack finds the machines that weigh most together on one host: depth first, the
// most worth for its room first, cut off where a bound shows that nothing better follows.
// The bound lets machines be divided and puts a price on each unit of room.
type knapsack struct {
	items []item
	value []int64 // of one machine of each item
	most  []int   // of each item
	steps int     // what one search may take; what is not searched stands in the bound

	order []int
	price [resources]float64 // of a unit of room
	tail  []float64          // what items from a place in the order on are worth beyond their price
	room  Vector
	now   []int
	left  int
	best  []int
	worth int64 // of best
	bound int64 // no choice is worth more

	share, density []float64
	fits           []int
}

// pick finds the best choice for a host. It leaves it in best and worth, and in bound what
// no choice exceeds.
func (k *knapsack) pick(h Host) {
	n := len(k.items)
	if len(k.share) < n {
		k.share, k.density, k.fits, k.tail = make([]float64, n), make([]float64, n), make([]int, n), make([]float64, n+1)
		k.now, k.best = make([]int, n), make([]int, n)
	}
	k.order = k.order[:0]
	for t := range n {
		if k.value[t] <= 0 || k.most[t] <= 0 || !h.takes(k.items[t].size) {
			continue
		}
		k.fits[t] = k.most[t]
		for d, a := range k.items[t].size {
			if a > 0 {
				k.fits[t] = int(min(int64(k.fits[t]), h.Room[d]/a))
			}
		}
		k.order = append(k.order, t)
	}
	k.prices(h)
	k.tail[len(k.order)] = 0
	for i := len(k.order) - 1; i >= 0; i-- {
		t := k.order[i]
		over := float64(k.value[t])
		for d, a := range k.items[t].size {
			over -= k.price[d] * float64(a)
		}
		k.tail[i] = k.tail[i+1] + max(over, 0)*float64(k.fits[t])
	}
	k.room, k.left = h.Room, k.steps
	clear(k.now)
	clear(k.best)
	k.worth, k.bound = 0, 0
	k.search(0, 0)
	k.bound = max(k.bound, k.worth)
}

// prices looks for the prices of memory and processors at which the bound is lowest, and
// sorts the items, most worth for their price first. Any prices make a valid bound.
func (k *knapsack) prices(h Host) {
	try := func(part float64) float64 {
		per := [resources]float64{}
		if h.Room[Memory] > 0 {
			per[Memory] = part / float64(h.Room[Memory])
		}
		if h.Room[VCPUs] > 0 {
			per[VCPUs] = (1 - part) / float64(h.Room[VCPUs])
		}
		for _, t := range k.order {
			s := 1e-12
			for d, a := range k.items[t].size {
				s += per[d] * float64(a)
			}
			k.share[t], k.density[t] = s, float64(k.value[t])/s
		}
		// large ones first among those worth the same, so that small ones fill the rest
		slices.SortFunc(k.order, func(a, b int) int {
			return cmp.Or(cmp.Compare(k.density[b], k.density[a]), cmp.Compare(k.share[b], k.share[a]), cmp.Compare(a, b))
		})
		room, sum, last := 1.0, 0.0, 0.0
		for _, t := range k.order {
			n := min(float64(k.fits[t]), room/k.share[t])
			sum += n * float64(k.value[t])
			if room -= n * k.share[t]; room <= 1e-12 {
				last = k.density[t]
				break
			}
		}
		for d := range k.price {
			k.price[d] = per[d] * last
		}
		return sum
	}
	const golden = 0.6180339887498949
	low, high := 0.0, 1.0
	a, b := high-golden*(high-low), low+golden*(high-low)
	worthA, worthB := try(a), try(b)
	for range 14 {
		if worthA <= worthB {
			high, b, worthB = b, a, worthA
			a = high - golden*(high-low)
			worthA = try(a)
		} else {
			low, a, worthA = a, b, worthB
			b = low + golden*(high-low)
			worthB = try(b)
		}
	}
	best, least := a, worthA
	for _, part := range [...]float64{0, 1, b} {
		if w := try(part); w < least {
			best, least = part, w
		}
	}
	try(best)
}

// search tries counts of the items from place i in the order on.
func (k *knapsack) search(i int, worth int64) {
	if worth > k.worth {
		k.worth = worth
		copy(k.best, k.now)
	}
	if i == len(k.order) {
		return
	}
	could := k.tail[i]
	for d, r := range k.room {
		could += k.price[d] * float64(r)
	}
	limit := worth + int64(math.Ceil(could*(1+1e-9)))
	if limit <= k.worth {
		return
	}
	if k.left--; k.left < 0 {
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
		k.search(i+1, worth+c*k.value[t])
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
