package planner

import (
	"slices"
	"testing"

	"go4.org/netipx"
	"pgregory.net/rapid"
)

// drawStretches draws stretches of small numbers, in any order.
func drawStretches(t *rapid.T, label string) []stretch {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stretch {
		low := rapid.Uint64Range(1, 60).Draw(t, "low")
		return stretch{low, low + rapid.Uint64Range(0, 9).Draw(t, "length")}
	}), 0, 12).Draw(t, label)
}

// The stretches answer as the sets of netipx do.
func TestStretchesAgreeWithNetipx(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawStretches(t, "list")
		var b, gaps netipx.IPSetBuilder
		low := rapid.Uint64Range(1, 70).Draw(t, "from")
		high := rapid.Uint64Range(1, 70).Draw(t, "to")
		if low <= high {
			gaps.AddRange(netipx.IPRangeFrom(address(low), address(high)))
		}
		for _, s := range list {
			b.AddRange(netipx.IPRangeFrom(address(s.low), address(s.high)))
			gaps.RemoveRange(netipx.IPRangeFrom(address(s.low), address(s.high)))
		}
		all := merged(list)
		same(t, "merged", all, &b)
		same(t, "gaps", all.gaps(low, high), &gaps)

		start := rapid.Uint64Range(1, 70).Draw(t, "start")
		cut := Range{address(start), address(start + rapid.Uint64Range(0, 20).Draw(t, "cut"))}
		set, err := b.IPSet()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := all.touch(cut), set.OverlapsRange(netipx.IPRangeFrom(cut.Start, cut.End)); got != want {
			t.Fatalf("%v touches %s: %v, netipx says %v", all, cut, got, want)
		}
		b.RemoveRange(netipx.IPRangeFrom(cut.Start, cut.End))
		less := all.minus(stretches{stretchOf(cut)})
		same(t, "without one", less, &b)
		cuts := drawStretches(t, "cuts")
		for _, s := range cuts {
			b.RemoveRange(netipx.IPRangeFrom(address(s.low), address(s.high)))
		}
		rest := less.minus(merged(cuts))
		same(t, "minus", rest, &b)
		added := slices.Clone(rest).with(stretchOf(cut))
		b.AddRange(netipx.IPRangeFrom(cut.Start, cut.End))
		same(t, "with what was without", slices.Clone(added), &b)
		more := drawStretches(t, "more")
		for _, s := range more {
			added = added.with(s)
			b.AddRange(netipx.IPRangeFrom(address(s.low), address(s.high)))
		}
		same(t, "with more", added, &b)
	})
}

func same(t *rapid.T, what string, got stretches, b *netipx.IPSetBuilder) {
	set, err := b.IPSet()
	if err != nil {
		t.Fatal(err)
	}
	want := set.Ranges()
	size := 0
	for _, r := range want {
		size += Range{r.From(), r.To()}.Size()
	}
	if len(got) != len(want) || got.size() != size {
		t.Fatalf("%s is %v, netipx has %v", what, got.spans(), want)
	}
	for i, r := range got.spans() {
		if r.Start != want[i].From() || r.End != want[i].To() {
			t.Fatalf("%s is %v, netipx has %v", what, got.spans(), want)
		}
	}
}
