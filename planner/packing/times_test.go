package packing

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Groups that are counted once and stand for many answer as the many do.
func TestManyGroupsInOneAnswerAsManyGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hosts, once := draw(t, 5, 6)
		var many []Group
		for i := range once {
			times := rapid.IntRange(0, 3).Draw(t, "times")
			for range max(times, 1) {
				many = append(many, once[i])
			}
			once[i].Times = times
		}
		if got, want := Total(once), Total(many); got != want {
			t.Fatalf("they need %v, %v each by itself", got, want)
		}
		p, q := New(hosts, once, nil), New(hosts, many, nil)
		for _, lost := range losses(len(hosts)) {
			got, want := p.Answer(lost...), q.Answer(lost...)
			if got.Verdict != want.Verdict || got.Proof.Kind != want.Proof.Kind {
				t.Fatalf("without %v: %s %+v, each by itself %s %+v", lost, got.Verdict, got.Proof, want.Verdict, want.Proof)
			}
			if fits := New(hosts, once, nil).Fits(lost...); fits != (got.Verdict == Possible || got.Verdict == Guaranteed) {
				t.Fatalf("without %v: fits %v, and the answer is %s", lost, fits, got.Verdict)
			}
			for h, counts := range got.Placement {
				at := 0
				for g, n := range counts {
					sets := once[g].sets()
					sum := 0
					for _, one := range want.Placement[h][at : at+sets] {
						sum += one
					}
					if sum != n {
						t.Fatalf("without %v host %d has %d of group %d, each by itself %d", lost, h, n, g, sum)
					}
					at += sets
				}
			}
		}
	})
}

// Machines that need more than is spare do not survive some loss.
func TestWhatIsNotSpareDoesNotHold(t *testing.T) {
	short := 0
	rapid.Check(t, func(t *rapid.T) {
		hosts, groups := draw(t, 5, 8)
		n := rapid.IntRange(0, 2).Draw(t, "lost")
		if n >= len(hosts) || Total(groups).Fits(Spare(hosts, n)) {
			return
		}
		short++
		if New(hosts, groups, nil).Holds(n) {
			t.Fatalf("%v holds the loss of %d of %v", groups, n, hosts)
		}
		if !slices.ContainsFunc(losses(len(hosts)), func(lost []int) bool {
			return len(lost) == n && New(hosts, groups, nil).Answer(lost...).Proof.Kind != ""
		}) {
			t.Fatalf("no loss of %d is refuted", n)
		}
	})
	if short == 0 {
		t.Error("nothing was short")
	}
}
