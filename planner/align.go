package planner

import "slices"

// A difference is one item of a list a that is not at its place in b, or the other way
// round. a or b is -1 when there is no such item; at is then where in b it would stand.
type difference struct{ a, b, at int }

// differences pairs two lists: first by equal items, and between those by items of one
// kind. It lists what is not equal.
func differences[T, K comparable](a, b []T, kind func(T) K) []difference {
	kinds := func(list []T) []K {
		out := make([]K, len(list))
		for i, item := range list {
			out[i] = kind(item)
		}
		return out
	}
	var list []difference
	i, j := 0, 0
	for _, equal := range append(matches(a, b), [2]int{len(a), len(b)}) {
		fromA, fromB := i, j
		alike := matches(kinds(a[i:equal[0]]), kinds(b[j:equal[1]]))
		for _, pair := range append(alike, [2]int{equal[0] - fromA, equal[1] - fromB}) {
			for ; i < fromA+pair[0]; i++ {
				list = append(list, difference{i, -1, j})
			}
			for ; j < fromB+pair[1]; j++ {
				list = append(list, difference{-1, j, j})
			}
			if i < equal[0] { // and j is before the other
				list = append(list, difference{i, j, j})
				i, j = i+1, j+1
			}
		}
		i, j = equal[0]+1, equal[1]+1
	}
	return list
}

// mostCompared bounds the work of matches.
const mostCompared = 1 << 23

// matches pairs the positions of equal items of two lists, in order and as many as can
// be. Lists that differ over so long a stretch that it would take long are not paired there.
func matches[T comparable](a, b []T) [][2]int {
	var list [][2]int
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		list = append(list, [2]int{start, start})
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	list = append(list, longest(a[start:endA], b[start:endB], start)...)
	for ; endA < len(a); endA, endB = endA+1, endB+1 {
		list = append(list, [2]int{endA, endB})
	}
	return list
}

// longest is the longest common subsequence, with offset added to every position.
func longest[T comparable](all, b []T, offset int) [][2]int {
	if len(all) == 0 || len(b) == 0 {
		return nil
	}
	// Items that only one list has are in no pair: lists with nothing in common are done. The
	// others are compared by number.
	numbers := make(map[T]int32, len(b))
	second := make([]int32, len(b))
	for j, item := range b {
		n, known := numbers[item]
		if !known {
			n = int32(len(numbers))
			numbers[item] = n
		}
		second[j] = n
	}
	var a []int32
	var at []int // of a in all
	for i, item := range all {
		if n, known := numbers[item]; known {
			a, at = append(a, n), append(at, i)
		}
	}
	return common(a, second, at, offset)
}

// common is the same for lists of numbers, the items of a having their places in at.
func common(a, b []int32, at []int, offset int) [][2]int {
	if len(a) == 0 || len(a) > mostCompared/len(b) {
		return nil
	}
	width := len(b) + 1
	best := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i*width+j] = best[(i+1)*width+j+1] + 1
			} else {
				best[i*width+j] = max(best[(i+1)*width+j], best[i*width+j+1])
			}
		}
	}
	var list [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			list = append(list, [2]int{at[i] + offset, j + offset})
			i, j = i+1, j+1
		case best[(i+1)*width+j] >= best[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return slices.Clip(list)
}
