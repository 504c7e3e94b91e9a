package tui

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
)

// platforms are all profiles, read once for all tests.
var platforms = sync.OnceValue(func() map[string]profiles.Profile {
	all := map[string]profiles.Profile{}
	for _, name := range profiles.Names() {
		p, err := profiles.Load(name)
		if err != nil {
			panic(err)
		}
		all[name] = p
	}
	return all
})

// loaded gives a profile as profiles.Load does.
func loaded(name string) (profiles.Profile, error) {
	if p, ok := platforms()[name]; ok {
		return p, nil
	}
	return profiles.Load(name)
}

// example is the set-up of one of the examples that users start from.
func example(tb testing.TB, name string) Setup {
	tb.Helper()
	read := func(file string) []byte {
		data, err := os.ReadFile(filepath.Join("..", "examples", name, file))
		if err != nil {
			tb.Fatal(err)
		}
		return data
	}
	site, _, findings := planner.DecodeSite("site.yaml", read("site.yaml"))
	if len(findings) > 0 {
		tb.Fatal(findings)
	}
	inventory, _, findings := planner.DecodeInventory("inventory.yaml", read("inventory.yaml"))
	if len(findings) > 0 {
		tb.Fatal(findings)
	}
	return Setup{
		Site: site, Inventory: inventory, SiteFile: "site.yaml", PlanFile: "plan.yaml", Scripts: "5c21",
		Platforms: profiles.Names(), Load: loaded,
		Save:  func(string, []byte) error { return nil },
		Apply: func(planner.Plan, []byte) (Job, error) { return Job{}, nil },
		Where: "the simulated datacenter (seed 7, speed 600)",
	}
}

// broken is the quickstart with a mistake of every severity.
func broken(tb testing.TB) Setup {
	s := example(tb, "quickstart")
	s.Site.Clusters[0].Name = "Shop_1"
	s.Site.Network.VLAN = 5000
	s.Site.Clusters[0].NodePools[0].Count = 12
	s.Inventory.Hosts[0].Firmware.TPM = ""
	return s
}

// guided is a set-up on a terminal of a size.
func guided(tb testing.TB, s Setup, w, h int) *model {
	tb.Helper()
	m, err := newGuided(context.Background(), s)
	if err != nil {
		tb.Fatal(err)
	}
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return m
}

// key is a key press by its name.
func key(name string) tea.KeyPressMsg {
	special := map[string]rune{"tab": tea.KeyTab, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"backspace": tea.KeyBackspace, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd, "f1": tea.KeyF1, "delete": tea.KeyDelete, "space": tea.KeySpace}
	var mod tea.KeyMod
	for {
		if rest, ok := strings.CutPrefix(name, "ctrl+"); ok && rest != "" {
			mod, name = mod|tea.ModCtrl, rest
		} else if rest, ok := strings.CutPrefix(name, "shift+"); ok && rest != "" {
			mod, name = mod|tea.ModShift, rest
		} else {
			break
		}
	}
	if code, ok := special[name]; ok {
		k := tea.KeyPressMsg{Code: code, Mod: mod}
		if name == "space" {
			k.Text = " "
		}
		return k
	}
	k := tea.KeyPressMsg{Code: []rune(name)[0], Mod: mod}
	if mod == 0 {
		k.Text = name
	}
	return k
}

// press sends keys, and drops what they ask of the outside.
func press(m *model, keys ...string) {
	for _, k := range keys {
		m.Update(key(k))
	}
}

// write types a text into the field with the cursor, in place of what it holds.
func write(m *model, text string) {
	press(m, "ctrl+u")
	for _, c := range text {
		m.Update(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
}

var digests = regexp.MustCompile(`[0-9a-f]{64}|[0-9a-f]{16}…`)

// shown is the screen as a person sees it, without colours. Digests, which change with
// every word of a profile, are made alike.
func shown(m *model) string {
	text := digests.ReplaceAllStringFunc(ansi.Strip(m.View().Content), func(d string) string {
		if strings.HasSuffix(d, "…") {
			return strings.Repeat("d", 16) + "…"
		}
		return strings.Repeat("d", 64)
	})
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// midnight is when the runs of the tests begin.
var midnight = time.Date(2026, 12, 5, 22, 0, 0, 0, time.UTC)

// A tale tells the events of a run.
type tale struct {
	events []provision.Event
	at     time.Time
	hosts  map[string]string
}

// begun is a run of a plan that has just begun.
func begun(p planner.Plan) *tale {
	t := &tale{at: midnight, hosts: map[string]string{}}
	t.add(provision.Event{Kind: provision.EventPlan, Run: p.Site.Name + "-20261205T220000Z", Plan: p.Digest, Site: p.Site.Name, Estimate: provision.Seconds(p.Summary.Estimate)})
	for _, s := range p.Steps {
		t.hosts[s.ID] = s.On
		t.add(provision.Event{Kind: provision.EventPlan, Step: s.ID, Target: s.Target, Host: s.On, Estimate: provision.Seconds(s.Estimate), Needs: s.Needs})
	}
	return t
}

func (t *tale) add(e provision.Event) {
	e.Seq, e.Time = len(t.events)+1, t.at
	t.events = append(t.events, e)
}

func (t *tale) after(d time.Duration) *tale {
	t.at = t.at.Add(d)
	return t
}

func (t *tale) step(kind provision.Kind, id, text string) *tale {
	e := provision.Event{Kind: kind, Step: id, Host: t.hosts[id], Text: text}
	if kind == provision.EventStart || kind == provision.EventRetry || kind == provision.EventFail {
		e.Attempt = 1
	}
	t.add(e)
	return t
}

func (t *tale) end(o provision.Outcome) *tale {
	t.add(provision.Event{Kind: provision.EventEnd, Outcome: o})
	return t
}

// quickstart is the plan of the quickstart example.
func quickstart(tb testing.TB) planner.Plan {
	m := guided(tb, example(tb, "quickstart"), 80, 24)
	return m.desk.draft.plan
}

// halfway is a run of the quickstart that installs the management cluster.
func halfway(p planner.Plan) *tale {
	t := begun(p)
	for _, id := range []string{"prepare-host/brhv01", "prepare-host/brhv02"} {
		t.step(provision.EventStart, id, "")
	}
	t.after(12 * time.Minute)
	for _, id := range []string{"prepare-host/brhv01", "prepare-host/brhv02"} {
		t.step(provision.EventDone, id, "")
	}
	t.step(provision.EventStart, "configure", "").after(9*time.Minute).step(provision.EventDone, "configure", "")
	t.step(provision.EventStart, "install", "").after(17*time.Minute + 30*time.Second)
	t.step(provision.EventOutput, "install", "VERBOSE: [AksHci] Install-AksHci\nVERBOSE: [Kva] waiting for the\tmanagement cluster\x1b[31m\n")
	t.step(provision.EventProgress, "install", "the task is at work: the management cluster's API server does not answer yet")
	return t
}

// watched is a live view of what a tale tells.
func watched(tb testing.TB, t *tale, w, h int) *model {
	tb.Helper()
	j := Job{Run: t.events[0].Run, Where: "the simulated datacenter (seed 7, speed 600)", Log: &provision.Log{},
		Now: func() time.Time { return t.at }, Stop: func() {}, Abort: func() {}, Ended: make(chan struct{}), Kubeconfigs: "/state/runs/quickstart-20261205T220000Z/credentials"}
	m := newLive(context.Background(), j)
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.Update(eventsMsg{events: t.events, now: t.at})
	return m
}
