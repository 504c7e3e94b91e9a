package planner

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// longestOf counts the longest common subsequence by its definition.
func longestOf(a, b []int) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return 0
	case a[0] == b[0]:
		return 1 + longestOf(a[1:], b[1:])
	}
	return max(longestOf(a[1:], b), longestOf(a, b[1:]))
}

func TestMatchesAreEqualInOrderAndTheMostThereAre(t *testing.T) {
	letters := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		got := matches(a, b)
		if len(got) != longestOf(a, b) {
			t.Fatalf("%d pairs of %v and %v, %d are possible", len(got), a, b, longestOf(a, b))
		}
		i, j := -1, -1
		for _, p := range got {
			if p[0] <= i || p[1] <= j || a[p[0]] != b[p[1]] {
				t.Fatalf("%v pairs %v and %v", got, a, b)
			}
			i, j = p[0], p[1]
		}
	})
}

func TestEqualItemsOfOneListArePairedEarly(t *testing.T) {
	// of two ways that pair as many the one that passes over an item of the first list
	if got := matches([]int{9, 1, 2, 8}, []int{7, 2, 1, 6}); !slices.Equal(got, [][2]int{{2, 1}}) {
		t.Errorf("%v", got)
	}
}

// TestWhatDiffersTurnsOneListIntoTheOther takes out and puts in what the differences say.
func TestWhatDiffersTurnsOneListIntoTheOther(t *testing.T) {
	letters := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		list := differences(a, b, func(n int) int { return n / 3 })
		var kept, same []int
		for i := range a {
			if !slices.ContainsFunc(list, func(d difference) bool { return d.a == i }) {
				kept = append(kept, a[i])
			}
		}
		for j := range b {
			if !slices.ContainsFunc(list, func(d difference) bool { return d.b == j }) {
				same = append(same, b[j])
			}
		}
		if !slices.Equal(kept, same) {
			t.Fatalf("%+v leave %v of %v and %v of %v", list, kept, a, same, b)
		}
		for _, d := range list {
			if d.a < 0 && d.b < 0 || d.a >= len(a) || d.b >= len(b) || d.b >= 0 && d.at != d.b {
				t.Fatalf("%+v of %v and %v", d, a, b)
			}
			if d.a >= 0 && d.b >= 0 && a[d.a]/3 != b[d.b]/3 {
				t.Fatalf("%+v pairs other kinds of %v and %v", d, a, b)
			}
		}
	})
}

func TestListsAreComparedUpToABound(t *testing.T) {
	// 4096 times 2048 is what is compared at the most. Items that only one list has do not count.
	lists := func(n, m int) ([]int, []int) {
		a, b := make([]int, n, n+2), make([]int, m)
		for i := range a {
			a[i] = i % m
		}
		for j := range b {
			b[j] = m - 1 - j
		}
		return append(a, -1, -2), b
	}
	if a, b := lists(4096, 2048); len(matches(a, b)) == 0 {
		t.Error("lists at the bound are not compared")
	}
	if a, b := lists(4097, 2048); len(matches(a, b)) != 0 {
		t.Error("lists beyond the bound are compared")
	}
}
