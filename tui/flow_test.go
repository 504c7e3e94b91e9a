package tui

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
)

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

// Whatever way leads to the review, what cannot be read is neither applied nor written.
func TestWhatCannotBeReadIsNotPassedBy(t *testing.T) {
	m := in(t, example(t, "quickstart"), stageNetwork, 80, 24)
	press(m, "tab", "tab")
	write(m, "10.40.20")
	press(m, "esc", "esc")
	// the site itself has nothing wrong, and the findings lead elsewhere
	m.desk.draft.edit(func(s *planner.Site) { s.Network.Subnet = example(t, "quickstart").Site.Network.Subnet })
	m.enter(stageReview)
	for _, k := range []string{"a", "w"} {
		press(m, k)
		if m.stage != stageReview || !strings.HasPrefix(m.desk.notice, "mend what was typed first: Subnet: write an address") {
			t.Errorf("after %s the stage is %s and the notice %q", k, m.stage, m.desk.notice)
		}
	}
	press(m, "ctrl+c")
	if !strings.Contains(shown(m), "This is lost either way, as it is no value yet. Subnet") {
		t.Error("the question does not tell what will be lost")
	}
}

// On a terminal that is too small for the question, ctrl+c still leaves.
func TestLeavingASmallTerminal(t *testing.T) {
	s := example(t, "quickstart")
	m := guided(t, s, 40, 10)
	if _, cmd := m.Update(key("ctrl+c")); len(messages(cmd)) != 0 {
		t.Error("the first ctrl+c leaves")
	}
	if !strings.Contains(shown(m), "ctrl+c again leaves") {
		t.Error("it does not say how to leave")
	}
	_, cmd := m.Update(key("ctrl+c"))
	if diff := cmp.Diff([]tea.Msg{tea.QuitMsg{}}, messages(cmd)); diff != "" {
		t.Error(diff)
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
