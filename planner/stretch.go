package planner

import (
	"cmp"
	"slices"
)

// A stretch is a run of IPv4 addresses as numbers, both ends included.
type stretch struct{ low, high uint64 }

func stretchOf(r Range) stretch { return stretch{number(r.Start), number(r.End)} }

func (s stretch) span() Range { return Range{address(s.low), address(s.high)} }

// stretches are sorted, and neither overlap nor touch. Make them with merged.
type stretches []stretch

// merged sorts stretches and joins those that overlap or touch. It works in the given list.
func merged(list []stretch) stretches {
	slices.SortFunc(list, func(a, b stretch) int { return cmp.Compare(a.low, b.low) })
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && s.low <= out[n-1].high+1 {
			out[n-1].high = max(out[n-1].high, s.high)
			continue
		}
		out = append(out, s)
	}
	return out
}

// from is the first stretch that ends at or above n.
func (s stretches) from(n uint64) int {
	i, _ := slices.BinarySearchFunc(s, n, func(a stretch, n uint64) int { return cmp.Compare(a.high, n) })
	return i
}

// touch reports whether any address of the range is in one of the stretches.
func (s stretches) touch(r Range) bool {
	if !r.Valid() {
		return false
	}
	i := s.from(number(r.Start))
	return i < len(s) && s[i].low <= number(r.End)
}

// gaps are what the stretches leave of the numbers from low to high.
func (s stretches) gaps(low, high uint64) stretches {
	if low > high {
		return nil
	}
	i := s.from(low)
	var out stretches
	for ; i < len(s) && s[i].low <= high; i++ {
		if s[i].low > low {
			out = append(out, stretch{low, s[i].low - 1})
		}
		low = s[i].high + 1
	}
	if low <= high {
		out = append(out, stretch{low, high})
	}
	return out
}

// between are those that have something in common with a stretch.
func (s stretches) between(one stretch) stretches {
	i := s.from(one.low)
	j := i
	for j < len(s) && s[j].low <= one.high {
		j++
	}
	return s[i:j]
}

// minus takes other stretches out, all in one pass.
func (s stretches) minus(cuts stretches) stretches {
	var out stretches
	i := 0
	for _, one := range s {
		for i < len(cuts) && cuts[i].high < one.low {
			i++
		}
		// the last cut may reach into the next stretch, so it is looked at again there
		for ; i < len(cuts) && cuts[i].low <= one.high; i++ {
			if one.low < cuts[i].low {
				out = append(out, stretch{one.low, cuts[i].low - 1})
			}
			if one.low = cuts[i].high + 1; one.low > one.high {
				break
			}
		}
		if one.low <= one.high {
			out = append(out, one)
		}
	}
	return out
}

// with puts a stretch in, and joins it with those that it overlaps or touches. It works in
// the list it is called on.
func (s stretches) with(one stretch) stretches {
	i := s.from(max(one.low, 1) - 1)
	j := i
	for ; j < len(s) && s[j].low <= one.high+1; j++ {
		one = stretch{min(one.low, s[j].low), max(one.high, s[j].high)}
	}
	return slices.Replace(s, i, j, one)
}

// size is the number of addresses.
func (s stretches) size() int {
	n := uint64(0)
	for _, one := range s {
		n += one.high - one.low + 1
	}
	return int(n)
}

// spans are the stretches as ranges.
func (s stretches) spans() []Range {
	out := make([]Range, len(s))
	for i, one := range s {
		out[i] = one.span()
	}
	return out
}
