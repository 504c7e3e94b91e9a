package tui

import (
	"slices"
	"strings"
	"testing"
)

var allScreens = []screen{screenHosts, screenFindings, screenAccounts, screenNetwork, screenClusters, screenCluster, screenCapacity, screenReview, screenConfirm,
	screenRun, screenOutput, screenResult, screenAsk, screenHelp}

func TestNoKeyMeansTwoThings(t *testing.T) {
	for _, s := range allScreens {
		means := map[string]action{}
		for _, b := range of(s) {
			for _, k := range b.keys {
				if before, again := means[k]; again {
					t.Errorf("on %s, %s means both %q and %q", s, k, before, b.do)
				}
				means[k] = b.do
			}
		}
	}
}

// Letters are typed where there is a field, so no command may hide behind one.
func TestLettersAreFreeWhereTextIsTyped(t *testing.T) {
	for _, s := range append(slices.Clone(formScreens), screenConfirm) {
		for _, b := range of(s) {
			for _, k := range b.keys {
				if len([]rune(k)) == 1 {
					t.Errorf("on %s the letter %s means %q", s, k, b.do)
				}
			}
		}
	}
}

func TestEveryScreenHasItsWaysOut(t *testing.T) {
	for _, s := range allScreens {
		for _, want := range []action{actHelp, actInterrupt, actRedraw} {
			if !slices.ContainsFunc(of(s), func(b binding) bool { return b.do == want }) {
				t.Errorf("%s has no key for %s", s, want)
			}
		}
	}
}

func TestTheKeysAreDocumented(t *testing.T) {
	listed := map[string]int{}
	for _, k := range Keys() {
		listed[k.Screen] += len(k.Keys)
		if k.Does == "" || len(k.Keys) == 0 || strings.HasSuffix(k.Does, ".") {
			t.Errorf("incomplete: %+v", k)
		}
	}
	for _, s := range allScreens {
		n := listed["Everywhere"]
		for _, b := range of(s) {
			n -= len(b.keys)
		}
		if n += listed[string(s)]; n != 0 {
			t.Errorf("%s: %d keys more are listed than there are", s, n)
		}
	}
}

// A key that does nothing now says why, and one that means nothing does too.
func TestAKeyThatDoesNothingSaysWhy(t *testing.T) {
	for _, c := range []struct {
		name string
		on   *model
		key  string
		want string
	}{
		{"the last field cannot be read", func() *model {
			m := in(t, example(t, "quickstart"), stageHosts, 80, 24)
			press(m, "tab", "tab")
			write(m, "soon")
			return m
		}(), "enter", "Day of the change: \"soon\" is not a date"},
		{"less than one machine", func() *model {
			m := in(t, example(t, "quickstart"), stageCapacity, 80, 24)
			press(m, "-", "-")
			return m
		}(), "-", "a pool has one machine at least"},
		{"the only pool", func() *model {
			m := in(t, example(t, "quickstart"), stageClusters, 80, 24)
			press(m, "e", "enter", "enter", "enter", "enter", "enter", "enter", "enter")
			return m
		}(), "ctrl+d", "a cluster needs a node pool"},
		{"no pool under the cursor", func() *model {
			m := in(t, example(t, "quickstart"), stageClusters, 80, 24)
			press(m, "e")
			return m
		}(), "ctrl+d", "the cursor is in no node pool"},
		{"no findings", func() *model {
			m := guided(t, example(t, "quickstart"), 80, 24)
			m.desk.draft.plan.Findings = nil
			m.stage = stageFindings
			return m
		}(), "g", "there are no findings"},
		{"a fact about a host", in(t, broken(t), stageFindings, 80, 24), "g", ""},
		{"nothing to apply with", func() *model {
			s := example(t, "quickstart")
			s.Apply = nil
			return in(t, s, stageReview, 80, 24)
		}(), "a", "this set-up only plans"},
		{"a letter without a meaning", in(t, example(t, "quickstart"), stageReview, 80, 24), "z", "z does nothing here; ? shows the keys"},
		{"a run that goes on", watched(t, halfway(quickstart(t)), 80, 24), "r", "the run has no result yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			press(c.on, c.key)
			if got := c.on.desk.notice; !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("it says %q, want %q", got, c.want)
			}
			if c.want != "" && !strings.Contains(shown(c.on), strings.Fields(c.want)[0]) {
				t.Error("it is not on the screen")
			}
		})
	}
}
