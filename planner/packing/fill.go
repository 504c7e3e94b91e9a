package packing

import (
	"math"
	"slices"
)

// A fill fills one host after the other with the machines that weigh most together. What
// is left over weighs more the next time. The same weights can prove that nothing fits: when
// the machines count for more than all hosts can hold, each filled as well as possible
// for itself.
type fill struct {
	*layout
	price []float64
	knap  knapsack
	// classes are like hosts: the first of each, and how many.
	first []int
	like  []int
	order []int // hosts, small ones first
}

// rounds is how often weights are changed before the fill gives up.
const rounds = 40

// scale makes weights whole numbers.
const scale = 1 << 20

func newFill(l *layout) *fill {
	f := &fill{layout: l}
	f.knap = knapsack{items: l.items, value: make([]int64, len(l.items)), most: make([]int, len(l.items))}
	f.order = make([]int, len(l.hosts))
	for i, h := range l.hosts {
		f.order[i] = i
		at := slices.IndexFunc(f.first, func(j int) bool { return l.hosts[j] == h })
		if at < 0 {
			f.first, f.like = append(f.first, i), append(f.like, 1)
			continue
		}
		f.like[at]++
	}
	slices.SortStableFunc(f.order, func(a, b int) int {
		return slices.Compare(l.hosts[a].Room[:], l.hosts[b].Room[:])
	})
	return f
}

// run reports done with a placement in the layout, or with a proof that there is none.
func (f *fill) run() (done bool, proof Proof, verdict Verdict) {
	list := orders(f.hosts, f.items)
	starts := [][]float64{list[2], list[3], list[0], list[1]}
	for i, start := range starts {
		f.price = slices.Clone(start)
		if i < 2 {
			// large machines weigh a little more than their share, so that they go first
			for t := range f.price {
				f.price[t] = math.Pow(f.price[t], 1.02)
			}
		}
		for range rounds / len(starts) {
			f.normalise()
			left := f.once()
			if left == nil && f.dealable() {
				return true, Proof{}, Possible
			}
			if proof, no := f.bound(); no {
				return true, proof, Impossible
			}
			for t, n := range left {
				f.price[t] *= 1 + 0.3*float64(n)/float64(f.items[t].count) + 0.01*float64(min(n, 1))
			}
		}
	}
	return false, Proof{}, Undecided
}

// normalise makes the heaviest weigh 1, the lightest no less than a millionth.
func (f *fill) normalise() {
	top := slices.Max(f.price)
	for t := range f.price {
		f.price[t] = max(f.price[t]/top, 1e-6)
		f.knap.value[t] = int64(f.price[t] * scale)
	}
}

// once fills each host and returns what is left over, nil when nothing is.
func (f *fill) once() []int {
	f.clear()
	left := make([]int, len(f.items))
	total := 0
	for t, it := range f.items {
		left[t] = it.count
		total += it.count
	}
	for _, i := range f.order {
		for t, it := range f.items {
			f.knap.most[t] = min(left[t], it.most())
		}
		f.knap.pick(f.hosts[i])
		for t, n := range f.knap.best {
			if n > 0 {
				f.put(i, t, n)
				left[t] -= n
				total -= n
			}
		}
		if total == 0 {
			return nil
		}
	}
	return left
}

// bound tries the weights as a proof.
func (f *fill) bound() (Proof, bool) {
	var needed, have int64
	for t, it := range f.items {
		f.knap.most[t] = it.most()
		needed = add(needed, multiply(it.count, f.knap.value[t]))
	}
	for c, i := range f.first {
		f.knap.pick(f.hosts[i])
		have = add(have, multiply(f.like[c], f.knap.bound))
		if have >= needed {
			return Proof{}, false
		}
	}
	return Proof{Kind: Weights, Weights: slices.Clone(f.knap.value), Needed: needed, Have: have}, true
}
