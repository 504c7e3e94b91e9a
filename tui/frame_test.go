package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/arcwright/arcwright/provision"
)

// scenes are the screens that the goldens keep.
var scenes = []struct {
	name string
	make func(t *testing.T, w, h int) *model
}{
	{"hosts", func(t *testing.T, w, h int) *model { return guided(t, example(t, "quickstart"), w, h) }},
	{"hosts-none", func(t *testing.T, w, h int) *model {
		s := example(t, "quickstart")
		s.Inventory.Hosts, s.Site.Name, s.Where = nil, "", ""
		return guided(t, s, w, h)
	}},
	{"findings", at(stageFindings)},
	{"accounts", at(stageAccounts)},
	{"network", at(stageNetwork)},
	{"network-mistyped", func(t *testing.T, w, h int) *model {
		m := at(stageNetwork)(t, w, h)
		press(m, "tab", "tab")
		write(m, "10.40.20")
		return m
	}},
	{"clusters", at(stageClusters)},
	{"clusters-many", func(t *testing.T, w, h int) *model { return in(t, example(t, "baseline"), stageClusters, w, h) }},
	{"cluster", func(t *testing.T, w, h int) *model {
		m := at(stageClusters)(t, w, h)
		press(m, "e", "ctrl+a")
		return m
	}},
	{"delete", func(t *testing.T, w, h int) *model {
		m := at(stageClusters)(t, w, h)
		press(m, "d")
		return m
	}},
	{"capacity", at(stageCapacity)},
	{"capacity-many", func(t *testing.T, w, h int) *model { return in(t, example(t, "baseline"), stageCapacity, w, h) }},
	{"review", at(stageReview)},
	{"review-sound", func(t *testing.T, w, h int) *model {
		m := in(t, example(t, "quickstart"), stageReview, w, h)
		press(m, "tab", "tab")
		return m
	}},
	{"confirm", func(t *testing.T, w, h int) *model {
		m := in(t, example(t, "quickstart"), stageConfirm, w, h)
		write(m, "quick")
		return m
	}},
	{"leave", func(t *testing.T, w, h int) *model {
		m := guided(t, example(t, "quickstart"), w, h)
		press(m, "tab", "x", "ctrl+c")
		return m
	}},
	{"help", func(t *testing.T, w, h int) *model {
		m := at(stageReview)(t, w, h)
		press(m, "?")
		return m
	}},
	{"run", func(t *testing.T, w, h int) *model { return watched(t, halfway(quickstart(t)), w, h) }},
	{"run-open", func(t *testing.T, w, h int) *model {
		m := watched(t, halfway(quickstart(t)), w, h)
		press(m, "down", "enter")
		return m
	}},
	{"run-many", func(t *testing.T, w, h int) *model {
		p := guided(t, example(t, "baseline"), w, h).desk.draft.plan
		tale := begun(p)
		for _, s := range p.Steps[:10] {
			tale.step(provision.EventDone, s.ID, provision.FoundDone)
		}
		for i, c := range p.Site.Clusters {
			tale.step(provision.EventStart, "create-cluster/"+c.Name, "").after(time.Duration(i) * time.Minute)
		}
		tale.step(provision.EventRetry, "create-cluster/factory", "the connection was reset")
		return watched(t, tale, w, h)
	}},
	{"output", func(t *testing.T, w, h int) *model {
		m := watched(t, halfway(quickstart(t)), w, h)
		press(m, "o")
		return m
	}},
	{"stop", func(t *testing.T, w, h int) *model {
		m := watched(t, halfway(quickstart(t)), w, h)
		press(m, "s")
		return m
	}},
	{"stopping", func(t *testing.T, w, h int) *model {
		m := watched(t, halfway(quickstart(t)), w, h)
		press(m, "ctrl+c")
		return m
	}},
	{"result-failed", func(t *testing.T, w, h int) *model {
		tale := halfway(quickstart(t)).after(30 * time.Minute)
		tale.add(provision.Event{Kind: provision.EventFail, Step: "install", Host: "brhv01.corp.contoso.com", Attempt: 2, Code: "broken",
			Text: "Install-AksHci: the cloud agent service did not start: the path of the image store holds a space (after a repair)"})
		for _, id := range []string{"create-cluster/shop", "fetch-credential/shop", "wait-nodes/shop", "apply-namespace/shop", "apply-storage/shop"} {
			tale.step(provision.EventSkip, id, "it needs install")
		}
		m := watched(t, tale.end(provision.OutcomeFailed), w, h)
		m.Update(endedMsg{outcome: provision.OutcomeFailed, now: tale.at})
		return m
	}},
	{"result-done", func(t *testing.T, w, h int) *model {
		p := quickstart(t)
		tale := begun(p)
		for _, s := range p.Steps {
			tale.step(provision.EventStart, s.ID, "").after(s.Estimate).step(provision.EventDone, s.ID, "")
		}
		m := watched(t, tale.end(provision.OutcomeDone), w, h)
		m.Update(endedMsg{outcome: provision.OutcomeDone, now: tale.at})
		return m
	}},
	{"result-stopped", func(t *testing.T, w, h int) *model {
		tale := halfway(quickstart(t)).end(provision.OutcomeInterrupted)
		m := watched(t, tale, w, h)
		m.Update(endedMsg{outcome: provision.OutcomeInterrupted, now: tale.at})
		return m
	}},
}

// at is the broken set-up at a stage.
func at(s stage) func(*testing.T, int, int) *model {
	return func(t *testing.T, w, h int) *model { return in(t, broken(t), s, w, h) }
}

func in(t *testing.T, s Setup, at stage, w, h int) *model {
	m := guided(t, s, w, h)
	m.enter(at)
	return m
}

func TestFrames(t *testing.T) {
	for _, scene := range scenes {
		for _, s := range []size{{80, 24}, {120, 40}} {
			t.Run(fmt.Sprintf("%s-%dx%d", scene.name, s.w, s.h), func(t *testing.T) {
				golden.RequireEqual(t, shown(scene.make(t, s.w, s.h)))
			})
		}
	}
	t.Run("small", func(t *testing.T) {
		golden.RequireEqual(t, shown(guided(t, example(t, "quickstart"), 40, 10)))
	})
	t.Run("small-run", func(t *testing.T) {
		golden.RequireEqual(t, shown(watched(t, halfway(quickstart(t)), 30, 8)))
	})
}

// The smallest size that is not refused shows every scene with the key for help.
func TestTheLeastSizeShowsTheHelpKey(t *testing.T) {
	for _, scene := range scenes {
		m := scene.make(t, leastWidth, leastHeight)
		if !m.fits() {
			t.Fatalf("%s: %dx%d is refused", scene.name, leastWidth, leastHeight)
		}
		lines := strings.Split(strings.TrimSpace(shown(m)), "\n")
		if m.stage == stageConfirm && !strings.Contains(shown(m), "▸ quick") {
			t.Errorf("%s: what is typed is not on the screen", scene.name)
		}
		if bar := lines[len(lines)-1]; !strings.HasSuffix(bar, "help") && !strings.HasSuffix(bar, "close") {
			t.Errorf("%s: the keys are %q", scene.name, bar)
		}
		m.Update(tea.WindowSizeMsg{Width: leastWidth, Height: leastHeight - 1})
		if m.fits() {
			t.Fatalf("%s: one row less is not refused", scene.name)
		}
	}
}
