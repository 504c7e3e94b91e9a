package planner

import (
	"slices"
	"testing"
	"time"
)

func TestWhatDecidesHowLongItTakes(t *testing.T) {
	step := func(id, target string, minutes int, needs ...string) Step {
		return Step{ID: id, Target: target, Estimate: time.Duration(minutes) * time.Minute, Needs: needs}
	}
	for _, c := range []struct {
		name  string
		steps []Step
		long  int
		chain []string
	}{
		{"no step takes no time", nil, 0, nil},
		{"a step waits for the longest it needs, here the first", []Step{step("a", "x", 9), step("b", "y", 2), step("c", "z", 1, "a", "b")}, 10, []string{"a", "c"}},
		{"a step waits for the longest it needs, here the second", []Step{step("a", "x", 2), step("b", "y", 9), step("c", "z", 1, "a", "b")}, 10, []string{"b", "c"}},
		{"of two that take as long the one named first is waited for", []Step{step("a", "x", 5), step("b", "y", 5), step("c", "z", 1, "b", "a")}, 6, []string{"b", "c"}},
		{"steps of one target run in turn", []Step{step("a", "x", 2), step("b", "x", 3)}, 5, []string{"a", "b"}},
		{"steps of other targets run beside each other", []Step{step("a", "x", 2), step("b", "y", 3)}, 3, []string{"b"}},
		{"of two that end together the first decides", []Step{step("a", "x", 3), step("b", "y", 3)}, 3, []string{"a"}},
		{"what is no step is not waited for", []Step{step("a", "x", 3, "none"), step("b", "y", 1, "later"), step("later", "z", 1)}, 3, []string{"a"}},
		{"of two steps of one name the first is meant", []Step{step("a", "x", 1), step("a", "y", 5), step("b", "z", 2, "a")}, 5, []string{"a"}},
		{"steps that take no time end a chain", []Step{step("a", "x", 0)}, 0, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			long, chain := schedule(c.steps)
			if long != time.Duration(c.long)*time.Minute || !slices.Equal(chain, c.chain) {
				t.Errorf("%s by %v, want %d minutes by %v", long, chain, c.long, c.chain)
			}
		})
	}
}
