package sim_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

// liveCases is how many failures in the field only looking could have told beforehand.
const liveCases = 60

// leastShown is how many of them a look names now. It only grows.
const leastShown = 51

// A liveCase is a failure that somebody met, and the state that the site was in.
type liveCase struct {
	ID    string `yaml:"id"`
	State string `yaml:"state"`
	// Example is the site that it is tried at; quickstart when empty.
	Example string `yaml:"example"`
	// Conditions put the simulated world into the state. World is what its hosts are, beside
	// what the inventory says.
	Conditions []string             `yaml:"conditions"`
	World      map[string]yaml.Node `yaml:"world"`
	// Both are edits of the files for the healthy site as well, Broken those of the broken one.
	Both   map[string]yaml.Node `yaml:"both"`
	Broken map[string]yaml.Node `yaml:"broken"`
	// Made is who has made AKS there before: own, or the name of another site. Idle is how
	// many days it was left alone then.
	Made string `yaml:"made"`
	Idle int    `yaml:"idle"`
	// By is who looks: check (when empty), doctor, directory or expiring.
	By string `yaml:"by"`
	// Finds is the code, the exam or the thing that ends; At is how its path or evidence begins.
	Finds string `yaml:"finds"`
	At    string `yaml:"at"`
	// But is what of the case the look does not show, None why nothing can show it.
	But  string `yaml:"but"`
	None string `yaml:"none"`
}

// A shownState is what some look names, with what to do.
type shownState struct{ name, at, evidence, remedy string }

func TestFailuresOfTheFieldAreNamedBeforeTheyHappen(t *testing.T) {
	text, err := os.ReadFile("testdata/field-live.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []liveCase
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&cases); err != nil {
		t.Fatal(err)
	}
	ids, shown, partly := map[string]bool{}, 0, 0
	for _, c := range cases {
		if ids[c.ID] {
			t.Errorf("%s is there twice", c.ID)
		}
		ids[c.ID] = true
		if (c.None == "") == (c.Finds == "") || c.State == "" || c.None != "" && c.But != "" {
			t.Errorf("%s: a case is named by something, or by nothing for a reason", c.ID)
		}
		if c.None != "" {
			continue
		}
		shown++
		if c.But != "" {
			partly++
		}
		t.Run(c.ID+" "+c.State, func(t *testing.T) {
			t.Parallel()
			c.try(t)
		})
	}
	t.Logf("%d of %d cases are named, %d of them in part; %d are not", shown, len(ids), partly, len(ids)-shown)
	if len(ids) != liveCases || shown < leastShown {
		t.Errorf("%d cases, %d named; want %d and at least %d", len(ids), shown, liveCases, leastShown)
	}
}

// try looks at the healthy site and at the broken one.
func (c liveCase) try(t *testing.T) {
	named := func(found []shownState) *shownState {
		at := slices.IndexFunc(found, func(s shownState) bool {
			return s.name == c.Finds && (strings.HasPrefix(s.at, c.At) || strings.Contains(s.evidence, c.At))
		})
		if at < 0 {
			return nil
		}
		return &found[at]
	}
	if s := named(c.look(t, false)); s != nil {
		t.Fatalf("the healthy site has it too: %+v", *s)
	}
	found := c.look(t, true)
	s := named(found)
	if s == nil {
		t.Fatalf("%s at %q is not named, only %+v", c.Finds, c.At, found)
	}
	if len(strings.Fields(s.remedy)) < 3 {
		t.Errorf("nobody could follow this at night: %+v", *s)
	}
}

// look is all that the case's look names at the site, broken or healthy.
func (c liveCase) look(t *testing.T, broken bool) (found []shownState) {
	t.Helper()
	edits := []map[string]yaml.Node{c.Both}
	if broken {
		edits = append(edits, c.Broken)
	}
	in := edited(t, cmp.Or(c.Example, "quickstart"), edits...)
	p := planner.Make(in)
	there := p
	if broken && len(c.World) > 0 {
		there.Inventory = edited(t, cmp.Or(c.Example, "quickstart"), append(edits, c.World)...).Inventory
	}
	if there.Site.Platform == "azure-local" {
		there.Site.Platform = "azure-stack-hci-22h2" // what is looked at on the hosts is the same
	}
	d := world(t, there, sim.Options{Seed: 7, Directory: in.Site.Directory, Operator: in.Site.Access.User})
	run := runOf(t, p, d.Start())
	if c.Made != "" && (broken || c.Made == "own") {
		by := p
		if c.Made != "own" {
			by.Site.Name = c.Made
		}
		run = applied(t, by, d)
	}
	if broken {
		for _, text := range c.Conditions {
			if err := d.Find(condition(t, text)); err != nil {
				t.Fatal(err)
			}
		}
		if c.Idle > 0 {
			d.Clock().Busy(+1)
			err := d.Clock().Sleep(context.Background(), time.Duration(c.Idle)*24*time.Hour)
			d.Clock().Busy(-1)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	add := func(findings []planner.Finding) {
		for _, f := range findings {
			found = append(found, shownState{f.Code, f.Path, f.Evidence, f.Remedy})
		}
	}
	switch c.By {
	case "":
		sight := inspect(t, in, d)
		add(sight.Findings)
		in.Inventory = sight.Inventory
		add(planner.Make(in).Findings)
	case "directory":
		d.Clock().Busy(+1)
		defer d.Clock().Busy(-1)
		_, findings := provision.InspectDirectory(t.Context(), reachOf(d), in, p)
		add(findings)
	case "doctor":
		for _, patient := range examine(t, p, d).Patients {
			for _, e := range patient.Exams {
				if e.State == provision.ExamBad || e.State == provision.ExamWarn {
					found = append(found, shownState{e.Name, patient.Host, e.Saw, e.Change})
				}
			}
		}
	case "expiring":
		for _, e := range expiring(t, p, d, run).Expiries {
			if e.Ended(d.Clock().Now()) {
				found = append(found, shownState{string(e.Kind), e.What, e.Where, e.Remedy})
			}
		}
	default:
		t.Fatalf("nobody is called %s", c.By)
	}
	return found
}

// applied makes a plan come true in a world.
func applied(t *testing.T, p planner.Plan, d *sim.Datacenter) *provision.Run {
	t.Helper()
	run := runOf(t, p, d.Clock().Now())
	engine := provision.New(provision.Options{Plan: p, Run: run, Holder: "test", Poll: 2 * time.Minute, Reach: reachOf(d)})
	d.Clock().Busy(+1)
	defer d.Clock().Busy(-1)
	if outcome, err := engine.Apply(t.Context(), nil); outcome != provision.OutcomeDone {
		t.Fatalf("it ends in %s: %v", outcome, err)
	}
	return run
}

// edited is an example whose files were edited, by paths that begin with site or inventory.
func edited(t *testing.T, name string, edits ...map[string]yaml.Node) planner.Input {
	t.Helper()
	text := map[string][]byte{}
	for _, file := range []string{"site", "inventory"} {
		data, err := os.ReadFile(filepath.Join("..", "examples", name, file+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		for _, e := range edits {
			for _, path := range slices.Sorted(maps.Keys(e)) {
				if root, rest, _ := strings.Cut(path, "."); root == file {
					value := e[path]
					if err := put(doc.Content[0], strings.Split(rest, "."), &value); err != nil {
						t.Fatalf("%s: %v", path, err)
					}
				}
			}
		}
		if text[file], err = yaml.Marshal(&doc); err != nil {
			t.Fatal(err)
		}
	}
	site, _, findings := planner.DecodeSite("site.yaml", text["site"])
	inventory, _, more := planner.DecodeInventory("inventory.yaml", text["inventory"])
	if findings = append(findings, more...); len(findings) > 0 {
		t.Fatalf("this is no site: %+v", findings)
	}
	return planner.Input{Site: site, Inventory: inventory, Profile: profile(t, site.Platform), Scripts: provision.LoadCatalogue().Digest()}
}

var element = regexp.MustCompile(`^(\w+)(?:\[(\d+)\])?$`)

// put sets the value at a path below a mapping.
func put(n *yaml.Node, path []string, value *yaml.Node) error {
	m := element.FindStringSubmatch(path[0])
	if m == nil {
		return fmt.Errorf("%q is no key", path[0])
	}
	at := slices.IndexFunc(n.Content, func(k *yaml.Node) bool { return k.Value == m[1] })
	if at < 0 {
		if m[2] != "" || len(path) > 1 {
			return fmt.Errorf("there is no %s", m[1])
		}
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: m[1]}, value)
		return nil
	}
	next := &n.Content[at+1]
	if m[2] != "" {
		i, err := strconv.Atoi(m[2])
		if err != nil || i >= len((*next).Content) {
			return fmt.Errorf("there is no %s", path[0])
		}
		next = &(*next).Content[i]
	}
	if len(path) == 1 {
		*next = value
		return nil
	}
	return put(*next, path[1:], value)
}
