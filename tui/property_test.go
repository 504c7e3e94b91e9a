package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/provision"
)

// allKeys are the keys that mean something somewhere, and some that are only typed.
func allKeys() []string {
	keys := []string{"x", "7", "ü", "界", ".", "/", "backspace", "ctrl+u", "ctrl+w", "space", "shift+up"}
	for _, b := range bindings {
		keys = append(keys, b.keys...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Whatever is pressed on a terminal of whatever size, the screen is drawn and stays
// inside the terminal.
func TestTheScreenStaysInsideTheTerminal(t *testing.T) {
	starts := map[string]func() *model{
		"broken":     func() *model { return guided(t, broken(t), 80, 24) },
		"azurelocal": func() *model { return guided(t, example(t, "worked-azurelocal"), 80, 24) },
		"empty": func() *model {
			s := example(t, "quickstart")
			s.Site.Clusters, s.Site.Platform, s.Inventory.Hosts = nil, "", nil
			return guided(t, s, 80, 24)
		},
		"run": func() *model { return watched(t, halfway(quickstart(t)), 80, 24) },
		"begun": func() *model {
			return newLive(t.Context(), Job{Log: &provision.Log{}, Now: func() time.Time { return midnight }, Stop: func() {}})
		},
		"ended": func() *model {
			tale := halfway(quickstart(t)).end(provision.OutcomeFailed)
			m := watched(t, tale, 80, 24)
			m.Update(endedMsg{outcome: provision.OutcomeFailed, now: tale.at})
			return m
		},
	}
	names := []string{"azurelocal", "begun", "broken", "empty", "ended", "run"}
	keys := allKeys()
	rapid.Check(t, func(t *rapid.T) {
		m := starts[rapid.SampledFrom(names).Draw(t, "start")]()
		if m.live == nil {
			m.enter(rapid.SampledFrom(setupStages).Draw(t, "stage"))
		}
		for range rapid.IntRange(1, 8).Draw(t, "moves") {
			for _, k := range rapid.SliceOfN(rapid.SampledFrom(keys), 0, 5).Draw(t, "keys") {
				press(m, k)
			}
			s := size{rapid.IntRange(1, 200).Draw(t, "width"), rapid.IntRange(1, 60).Draw(t, "height")}
			m.Update(tea.WindowSizeMsg{Width: s.w, Height: s.h})
			lines := strings.Split(m.View().Content, "\n")
			if len(lines) > s.h {
				t.Fatalf("%d lines on %d rows", len(lines), s.h)
			}
			for _, line := range lines {
				if w := lipgloss.Width(line); w > s.w {
					t.Fatalf("%d columns on a terminal with %d: %q", w, s.w, line)
				}
			}
		}
	})
}

func TestTextStaysInsideItsColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab- é界…"))).Draw(t, "text")
		w := rapid.IntRange(1, 30).Draw(t, "width")
		if got := lipgloss.Width(cell(text, w)); got != w {
			t.Errorf("a cell of %d columns has %d", w, got)
		}
		if got := lipgloss.Width(right(text, w)); got != w {
			t.Errorf("a cell of %d columns has %d", w, got)
		}
		if got := lipgloss.Width(ends(text, "right", w)); got > w {
			t.Errorf("a line of %d columns has %d", w, got)
		}
		for _, lines := range [][]string{wrap(text, w), wrapTo(text, w, 2)} {
			for _, line := range lines {
				if lipgloss.Width(line) > w {
					t.Errorf("%q is wider than %d", line, w)
				}
			}
		}
		if w > 1 {
			joined := strings.Join(strings.Fields(text), "")
			if got := strings.ReplaceAll(strings.Join(wrap(text, w), ""), " ", ""); got != joined {
				t.Errorf("%q became %q", joined, got)
			}
		}
		if n := len(wrapTo(text, w, 2)); n > 2 {
			t.Errorf("%d lines of 2", n)
		}
	})
}

func TestABarIsAsWideAsItsColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.IntRange(0, 60).Draw(t, "width")
		amount := rapid.Int64Range(-5, 1<<40)
		a, b, whole := amount.Draw(t, "a"), amount.Draw(t, "b"), amount.Draw(t, "whole")
		got := []rune(bar(whole, w, nought, part{a, hollow}, part{b, square}))
		if len(got) != w {
			t.Errorf("a bar of %d columns has %d", w, len(got))
		}
		if a > 0 && w > 0 && got[0] != hollow {
			t.Errorf("what there is of %d is not seen in %q", a, string(got))
		}
		if a <= 0 && b <= 0 && slices.ContainsFunc(got, func(c rune) bool { return c != nought }) {
			t.Errorf("nothing is drawn as %q", string(got))
		}
	})
}

func TestAWindowShowsTheLineThatIsAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := make([]string, rapid.IntRange(1, 30).Draw(t, "lines"))
		for i := range lines {
			lines[i] = string(rune('a' + i))
		}
		at := rapid.IntRange(0, len(lines)-1).Draw(t, "at")
		n := rapid.IntRange(1, 40).Draw(t, "rows")
		to := min(at+rapid.IntRange(0, n-1).Draw(t, "more"), len(lines)-1)
		shown := window(lines, n, at, to)
		if len(shown) != min(n, len(lines)) {
			t.Errorf("%d of %d lines on %d rows", len(shown), len(lines), n)
		}
		for _, line := range lines[at : to+1] {
			if !slices.Contains(shown, line) {
				t.Errorf("%s of %v is not among %v", line, lines, shown)
			}
		}
	})
}
