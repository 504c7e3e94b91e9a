package tui

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
)

// A stand is a run that a test plays.
type stand struct {
	job   Job
	log   *provision.Log
	mu    sync.Mutex
	calls []string
	ended chan struct{}
	// outcome is what the engine returns once ended is closed.
	outcome provision.Outcome
	stopped chan struct{}
}

func newStand() *stand {
	s := &stand{log: &provision.Log{}, ended: make(chan struct{}), stopped: make(chan struct{})}
	s.job = Job{Run: "quickstart-20261205T220000Z", Where: "the stand", Log: s.log, Now: func() time.Time { return midnight.Add(time.Hour) },
		Stop: func() { s.call("stop"); close(s.stopped) }, Abort: func() { s.call("abort") }, Ended: s.ended,
		Result: func() (provision.Outcome, error) { return s.outcome, nil }}
	return s
}

func (s *stand) call(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, what)
}

func (s *stand) called() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *stand) end(o provision.Outcome) {
	s.outcome = o
	s.log.Close()
	close(s.ended)
}

func TestTheWholeWay(t *testing.T) {
	setup := example(t, "quickstart")
	var mu sync.Mutex
	files := map[string][]byte{}
	setup.Save = func(file string, data []byte) error {
		mu.Lock()
		defer mu.Unlock()
		files[file] = data
		return nil
	}
	stand := newStand()
	var applied []byte
	setup.Apply = func(p planner.Plan, document []byte) (Job, error) {
		applied = document
		stand.log.Append(begun(p).events...)
		return stand.job, nil
	}
	m, err := newGuided(t.Context(), setup)
	if err != nil {
		t.Fatal(err)
	}
	s := played(t, m)

	s.until("Day of the change")
	s.press("tab")
	s.write("branch-07") // typed ahead: no key may land in another field
	s.press("tab")
	s.write("2026-12-06")
	s.press("enter")
	s.until("What is good to know")
	s.press("enter")
	s.until("Organisational unit")
	s.press("ctrl+right")
	s.until("Virtual switch")
	s.press("tab", "tab", "tab", "tab", "tab")
	s.write("41")
	s.press("ctrl+right")
	s.until("shop")
	s.press("e")
	s.until("Node pool 1")
	s.press("esc")
	s.until("a add")
	s.press("enter")
	s.until("Without this host")
	s.press("+")
	s.until("shop / linux                 4")
	s.press("enter")
	s.until("The plan can be applied.")
	s.press("w")
	s.until("written: site.yaml and plan.yaml")
	s.press("a")
	s.until("To apply, write the site's name: branch-07")
	s.press("enter")
	s.until("write branch-07 to apply")
	s.program.Type("branch-07")
	s.until("▸ branch-07")
	s.press("enter")
	s.until("elapsed, usually")
	stand.log.Append(provision.Event{Seq: 99, Time: midnight, Kind: provision.EventStart, Step: "prepare-host/brhv01", Attempt: 1})
	s.until("● 1 working")
	stand.log.Append(provision.Event{Seq: 100, Time: midnight, Kind: provision.EventEnd, Outcome: provision.OutcomeFailed})
	stand.end(provision.OutcomeFailed)
	s.until("arcwright resume quickstart-20261205T220000Z")
	s.press("q")
	s.over()

	want := setup.Site
	want.Clusters = slices.Clone(want.Clusters)
	want.Clusters[0].NodePools = slices.Clone(want.Clusters[0].NodePools)
	want.Name, want.PlannedFor, want.Network.VLAN, want.Clusters[0].NodePools[0].Count = "branch-07", setup.Site.PlannedFor+1, 41, 4
	site, plan := written(t, setup, want)
	if diff := cmp.Diff(map[string]string{"site.yaml": string(site), "plan.yaml": string(plan)}, map[string]string{"site.yaml": string(files["site.yaml"]), "plan.yaml": string(files["plan.yaml"])}); diff != "" {
		t.Error("the files (-want +got):\n" + diff)
	}
	if string(applied) != string(plan) {
		t.Error("another plan was applied than was written")
	}
	result := m.result()
	if diff := cmp.Diff(Result{Applied: true, Outcome: provision.OutcomeFailed, Written: []string{"site.yaml", "plan.yaml"}}, result); diff != "" {
		t.Error("the result (-want +got):\n" + diff)
	}
}

// written is what the files of a site hold.
func written(t *testing.T, s Setup, site planner.Site) (siteFile, planFile []byte) {
	t.Helper()
	siteFile, err := planner.EncodeSite(site)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := profiles.Load(site.Platform)
	if err != nil {
		t.Fatal(err)
	}
	planFile, err = planner.Encode(planner.Make(planner.Input{Site: site, Inventory: s.Inventory, Profile: profile, Scripts: s.Scripts}))
	if err != nil {
		t.Fatal(err)
	}
	return siteFile, planFile
}

func TestUnchangedInputIsWrittenAsItIs(t *testing.T) {
	for _, name := range []string{"quickstart", "baseline", "hci-20h2", "worked-akshci", "worked-azurelocal"} {
		t.Run(name, func(t *testing.T) {
			s := example(t, name)
			files := map[string]string{}
			s.Save = func(file string, data []byte) error {
				files[file] = string(data)
				return nil
			}
			m := guided(t, s, 120, 40)
			// through every field of every page, and back
			for m.stage != stageReview {
				before := m.stage
				for m.stage == before {
					press(m, "enter")
				}
			}
			press(m, "esc", "esc")
			if m.stage != stageClusters {
				t.Fatalf("the stage is %s", m.stage)
			}
			press(m, "e")
			for m.page().screen() == screenCluster {
				press(m, "enter")
			}
			m.enter(stageReview)
			_, cmd := m.Update(key("w"))
			for _, msg := range messages(cmd) {
				m.Update(msg)
			}
			site, plan := written(t, s, s.Site)
			if diff := cmp.Diff(map[string]string{"site.yaml": string(site), "plan.yaml": string(plan)}, files); diff != "" {
				t.Error("the files (-want +got):\n" + diff)
			}
			if m.desk.draft.changed() {
				t.Error("the site counts as changed")
			}
		})
	}
}

// messages runs a command, and those it is made of.
func messages(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		var all []tea.Msg
		for _, c := range msg {
			all = append(all, messages(c)...)
		}
		return all
	case nil:
		return nil
	default:
		return []tea.Msg{msg}
	}
}

func TestGoingBackKeepsWhatWasTyped(t *testing.T) {
	m, err := newGuided(t.Context(), example(t, "quickstart"))
	if err != nil {
		t.Fatal(err)
	}
	s := played(t, m)
	s.until("Day of the change")
	s.press("ctrl+right", "ctrl+right")
	s.until("Organisational unit")
	s.press("ctrl+right")
	s.until("Virtual switch")
	s.write("shopnet")
	s.press("tab", "right", "tab")
	s.write("10.40.20")
	s.until("✗ write an address and a prefix length")
	s.press("ctrl+right")
	s.until("Subnet: write an address and a prefix length")
	s.press("esc")
	s.until("Organisational unit")
	s.press("ctrl+right")
	s.until("▸ Name            shopnet")
	s.until("dhcp")
	s.until("✗ write an address and a prefix length")
	s.press("tab", "tab")
	s.program.Type(".0/24")
	s.until("10.40.20.0/24")
	s.press("ctrl+right")
	s.until("Node pools")
	s.press("ctrl+c")
	s.until("Leave the set-up?")
	s.press("esc")
	s.until("a add")
	s.press("ctrl+c")
	s.until("leave without it")
	s.press("y")
	s.over()
	if got := m.desk.draft.site.Network; got.Name != "shopnet" || got.Addressing != planner.DHCP || got.Subnet.String() != "10.40.20.0/24" {
		t.Errorf("the site has the network %+v", got)
	}
	if m.result().Applied {
		t.Error("something was applied")
	}
}

func TestABlockedPlanCannotBeApplied(t *testing.T) {
	setup := broken(t)
	setup.Apply = func(planner.Plan, []byte) (Job, error) {
		t.Error("it was applied")
		return Job{}, errors.New("no")
	}
	m, err := newGuided(t.Context(), setup)
	if err != nil {
		t.Fatal(err)
	}
	s := played(t, m)
	s.until("Day of the change")
	s.press("ctrl+right")
	s.until("What stops the plan")
	s.press("down", "g") // to the cluster's name
	s.until("▸ Name            Shop_1")
	s.write("shop")
	s.press("esc")
	s.until("a add")
	s.press("ctrl+right")
	s.until("8GiB short")
	s.press("-")
	s.until("shop / linux                11")
	s.press("ctrl+right")
	s.until("✗ The plan is blocked by network-vlan at site.network.vlan.")
	for _, k := range []string{"a", "enter", "ctrl+right"} {
		s.press(k)
		s.until("f shows them")
		s.press("up") // takes the notice away
		s.until("1 block")
	}
	s.press("f")
	s.until("What stops the plan")
	s.press("ctrl+c")
	s.until("leave without it")
	s.press("y")
	s.over()
}

func TestARunIsStoppedAndThenLeft(t *testing.T) {
	stand := newStand()
	stand.log.Append(halfway(quickstart(t)).events...)
	s := played(t, newLive(t.Context(), stand.job))
	s.until("elapsed, usually")
	s.press("q")
	s.until("the run goes on; s stops it")
	s.press("s")
	s.until("Stop the run?")
	s.press("n")
	s.until("1 working")
	s.press("s")
	s.until("Stop the run?")
	s.press("y")
	s.until("■ stopping")
	<-stand.stopped
	s.press("s")
	s.until("it is stopping already")
	s.press("ctrl+c")
	s.over()
	if diff := cmp.Diff([]string{"stop", "abort"}, stand.called()); diff != "" {
		t.Error("what was called (-want +got):\n" + diff)
	}
}

func TestAStoppedRunShowsItsResult(t *testing.T) {
	stand := newStand()
	stand.log.Append(halfway(quickstart(t)).events...)
	s := played(t, newLive(t.Context(), stand.job))
	s.until("● working")
	s.press("ctrl+c")
	<-stand.stopped
	stand.log.Append(provision.Event{Seq: 99, Time: midnight.Add(time.Hour), Kind: provision.EventEnd, Outcome: provision.OutcomeInterrupted})
	stand.end(provision.OutcomeInterrupted)
	s.until("■ Stopped")
	s.press("esc")
	s.until("The run has ended: stopped.")
	s.press("s")
	s.until("the run has ended")
	s.press("r")
	s.until("Still at work on the hosts")
	s.press("enter")
	s.over()
	if diff := cmp.Diff([]string{"stop"}, stand.called()); diff != "" {
		t.Error("what was called (-want +got):\n" + diff)
	}
}

// Who only watches leaves when he likes, and stops nothing. A run that somebody resumes
// is shown again.
func TestAWatchedRunIsLeftAlone(t *testing.T) {
	stand := newStand()
	stand.job.Stop, stand.job.Abort, stand.job.Ended, stand.job.Result = nil, nil, nil, nil
	tale := halfway(quickstart(t)).end(provision.OutcomeInterrupted)
	stand.log.Append(tale.events...)
	s := played(t, newLive(t.Context(), stand.job))
	s.until("■ Stopped")
	tale.add(provision.Event{Kind: provision.EventPlan, Site: "quickstart", Run: stand.job.Run})
	stand.log.Append(tale.events[len(tale.events)-1])
	s.until("elapsed, usually")
	s.press("s")
	s.until("this run belongs to another arcwright: stop it there")
	s.press("q")
	s.over()
}

func TestAResize(t *testing.T) {
	s := played(t, newLive(t.Context(), newStand().job))
	s.until("nothing has happened yet")
	s.program.Send(tea.WindowSizeMsg{Width: 59, Height: 24})
	s.until("arcwright needs 60 columns and 18 rows")
	s.press("?")
	s.program.Send(tea.WindowSizeMsg{Width: 120, Height: 40})
	s.until("? help")
	s.press("?")
	s.until("Keys: Run")
	s.press("esc")
	s.until("? help")
	s.press("ctrl+c", "ctrl+c")
	s.over()
}

func TestWhyItWasNotStarted(t *testing.T) {
	setup := example(t, "quickstart")
	setup.Apply = func(planner.Plan, []byte) (Job, error) { return Job{}, errors.New("the lease is held by op@dc1") }
	m, err := newGuided(t.Context(), setup)
	if err != nil {
		t.Fatal(err)
	}
	s := played(t, m)
	s.until("Day of the change")
	m2 := []string{"ctrl+right", "ctrl+right", "ctrl+right", "ctrl+right", "ctrl+right", "ctrl+right"}
	s.press(m2...)
	s.until("The plan can be applied.")
	s.press("a")
	s.until("To apply")
	s.program.Type("quickstart")
	s.press("enter")
	s.until("It was not started: the lease is held by op@dc1")
	s.press("ctrl+c", "y")
	s.over()
	if got := m.result(); got.Applied {
		t.Errorf("the result is %+v", got)
	}
}

func TestAFileThatCannotBeWritten(t *testing.T) {
	setup := example(t, "quickstart")
	setup.Save = func(string, []byte) error { return errors.New("the disk is full") }
	m, err := newGuided(t.Context(), setup)
	if err != nil {
		t.Fatal(err)
	}
	s := played(t, m)
	s.until("Day of the change")
	s.press("tab", "x", "ctrl+c")
	s.until("write site.yaml and leave")
	s.press("w")
	s.until("write site.yaml: the disk is full")
	s.press("ctrl+c")
	s.until("leave without it")
	s.press("y")
	s.over()
}

// The functions that commands call, on no terminal: keys come as bytes.
func TestLiveAndGuidedEnd(t *testing.T) {
	t.Run("a run that has ended is left with ctrl+c", func(t *testing.T) {
		stand := newStand()
		stand.log.Append(halfway(quickstart(t)).end(provision.OutcomeDone).events...)
		stand.end(provision.OutcomeDone)
		in, keys := io.Pipe()
		defer keys.Close()
		go keys.Write([]byte("\x03\x03"))
		if err := Live(t.Context(), in, io.Discard, stand.job); err != nil {
			t.Error(err)
		}
	})
	t.Run("the end of the context ends the screens", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in, keys := io.Pipe()
		defer keys.Close()
		cancel()
		if _, err := Guided(ctx, in, io.Discard, example(t, "quickstart")); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("a platform that cannot be read is an error", func(t *testing.T) {
		s := example(t, "quickstart")
		s.Platforms = append(s.Platforms, "windows-95")
		_, err := Guided(t.Context(), strings.NewReader(""), io.Discard, s)
		if !errors.Is(err, profiles.ErrUnknown) {
			t.Errorf("the error is %v", err)
		}
	})
}
