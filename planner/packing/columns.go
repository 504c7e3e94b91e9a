package packing

import (
	"math"
	"slices"
)

// A fillings program asks whether the machines fit when hosts may be divided: each class of like
// hosts is shared out among ways to fill one of them. It is the linear relaxation
// by Gilmore and Gomory, solved by adding the way to fill that is worth most at the present
// weights, until none adds anything. The weights are then a proof when the machines do not
// fit, and the ways to fill are a guide to a placement when they do.
type fillings struct {
	items   []item
	demand  []int // machines of each item that are to be placed
	hosts   []Host
	like    []int // hosts of each class
	columns []column
	knap    knapsack
	cost    []float64 // of leaving out one machine of an item

	rows    int
	inverse [][]float64 // of the basis
	basis   []int       // by row: a column from 0, or the row's own slack below zero
	value   []float64   // of the basic variable of each row
	dual    []float64
	enter   []float64
	step    []float64
}

// A column is one way to fill a host of a class.
type column struct {
	class int
	n     []int
}

// pivots bounds one solution of the program, in exchanges of the basis.
const pivots = 400

// scale makes weights whole numbers.
const scale = 1 << 20

// quick and thorough bound the search for the best way to fill one host: while the weights
// still change, and when only the proof is open.
const (
	quick    = 500
	thorough = 20_000
)

// tiny is what rounding may leave of nothing. Whether the machines really fit is not judged by it.
const tiny = 1e-6

func newFillings(items []item, hosts []Host, like []int) *fillings {
	f := &fillings{items: items, hosts: hosts, like: slices.Clone(like), rows: len(items) + len(hosts)}
	f.knap = knapsack{items: items, value: make([]int64, len(items)), most: make([]int, len(items)), steps: quick}
	var largest Vector
	for _, h := range hosts {
		for d, n := range h.Room {
			largest[d] = max(largest[d], n, 1)
		}
	}
	for _, it := range items {
		f.demand = append(f.demand, it.count)
		share := 0.0
		for d, n := range it.size {
			share += float64(n) / float64(largest[d])
		}
		f.cost = append(f.cost, share)
	}
	f.inverse = make([][]float64, f.rows)
	for i := range f.inverse {
		f.inverse[i] = make([]float64, f.rows)
	}
	f.basis, f.value = make([]int, f.rows), make([]float64, f.rows)
	f.dual, f.enter, f.step = make([]float64, f.rows), make([]float64, f.rows), make([]float64, f.rows)
	return f
}

// The slacks of the program by row: a machine left out (cost), a machine too many, or an
// unused host.
func leftOut(row int) int { return -1 - 2*row }
func tooMany(row int) int { return -2 - 2*row }

// outcome is what solving the program showed.
type outcome int

const (
	open outcome = iota
	fits         // when hosts may be divided
	refuted
)

// solve solves the program. After refuted the weights are in knap.value and the sums are
// returned.
func (f *fillings) solve() (outcome, int64, int64) {
	f.reset()
	for range pivots {
		if f.missing() < tiny {
			return fits, 0, 0
		}
		f.duals()
		if f.improve() {
			continue
		}
		at, gain, needed, have := f.fill()
		if gain <= 1e-7 && needed <= have {
			f.knap.steps = thorough
			at, gain, needed, have = f.fill()
			f.knap.steps = quick
		}
		if needed > have {
			return refuted, needed, have
		}
		if gain <= 1e-7 || !f.pivot(at) {
			return open, 0, 0
		}
	}
	return open, 0, 0
}

// reset begins with everything left out.
func (f *fillings) reset() {
	for i := range f.rows {
		clear(f.inverse[i])
		f.inverse[i][i] = 1
		f.basis[i] = leftOut(i)
		if i < len(f.items) {
			f.value[i] = float64(f.demand[i])
		} else {
			f.value[i] = float64(f.like[i-len(f.items)])
		}
	}
}

// costOf is the cost of a row's basic variable.
func (f *fillings) costOf(v int) float64 {
	if row := (-1 - v) / 2; v < 0 && v == leftOut(row) && row < len(f.items) {
		return f.cost[row]
	}
	return 0
}

// missing is the cost of what is left out.
func (f *fillings) missing() float64 {
	sum := 0.0
	for i, v := range f.basis {
		sum += f.costOf(v) * f.value[i]
	}
	return sum
}

func (f *fillings) duals() {
	clear(f.dual)
	for i, v := range f.basis {
		if c := f.costOf(v); c != 0 {
			for j := range f.rows {
				f.dual[j] += c * f.inverse[i][j]
			}
		}
	}
}

// improve brings in a slack or a column that is known already, if one gains.
func (f *fillings) improve() bool {
	best, gain := 0, 1e-7
	found := false
	for row := range f.rows {
		if row >= len(f.items) {
			if g := f.dual[row]; g > gain { // an unused host
				best, gain, found = leftOut(row), g, true
			}
			continue
		}
		if g := -f.dual[row]; g > gain {
			best, gain, found = tooMany(row), g, true
		}
		if g := f.dual[row] - f.cost[row]; g > gain {
			best, gain, found = leftOut(row), g, true
		}
	}
	for c := range f.columns {
		g := f.dual[len(f.items)+f.columns[c].class]
		for t, n := range f.columns[c].n {
			g += float64(n) * f.dual[t]
		}
		if g > gain {
			best, gain, found = c, g, true
		}
	}
	return found && f.pivot(best)
}

// fill looks for the way to fill that gains most at the present weights, and holds what the machines
// count for against what all hosts hold.
func (f *fillings) fill() (at int, gain float64, needed, have int64) {
	top := 0.0
	for t := range f.items {
		top = max(top, f.dual[t])
	}
	if top <= 0 {
		return 0, 0, 0, 0
	}
	for t, it := range f.items {
		f.knap.value[t] = int64(max(f.dual[t], 0) / top * scale)
		f.knap.most[t] = min(it.most(), f.demand[t])
		needed = add(needed, multiply(f.demand[t], f.knap.value[t]))
	}
	for class, h := range f.hosts {
		if f.like[class] == 0 {
			continue
		}
		f.knap.pick(h)
		have = add(have, multiply(f.like[class], f.knap.bound))
		g := f.dual[len(f.items)+class]
		for t, n := range f.knap.best {
			g += float64(n) * f.dual[t]
		}
		if g > 1e-7 {
			f.columns = append(f.columns, column{class, slices.Clone(f.knap.best)})
			if g > gain {
				at, gain = len(f.columns)-1, g
			}
		}
	}
	return at, gain, needed, have
}

// pivot brings a variable into the basis. It reports false when none goes out.
func (f *fillings) pivot(v int) bool {
	clear(f.enter)
	switch row := (-1 - v) / 2; {
	case v >= 0:
		c := f.columns[v]
		for t, n := range c.n {
			f.enter[t] = float64(n)
		}
		f.enter[len(f.items)+c.class] = 1
	case v == leftOut(row):
		f.enter[row] = 1
	default:
		f.enter[(-2-v)/2] = -1
	}
	out, ratio := -1, math.Inf(1)
	for i := range f.rows {
		s := 0.0
		for j, e := range f.enter {
			if e != 0 {
				s += f.inverse[i][j] * e
			}
		}
		f.step[i] = s
		if s > 1e-8 {
			// of like ratios the larger step, which rounds better
			if r := f.value[i] / s; r < ratio-1e-10 || r < ratio+1e-10 && s > f.step[out] {
				out, ratio = i, r
			}
		}
	}
	if out < 0 {
		return false
	}
	pivot := f.inverse[out]
	by := 1 / f.step[out]
	for j := range pivot {
		pivot[j] *= by
	}
	f.value[out] = ratio
	for i := range f.rows {
		if s := f.step[i]; i != out && s != 0 {
			f.value[i] = max(f.value[i]-s*ratio, 0)
			row := f.inverse[i]
			for j, p := range pivot {
				row[j] -= s * p
			}
		}
	}
	f.basis[out] = v
	return true
}
