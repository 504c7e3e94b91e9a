package planner

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/profiles"
	"gopkg.in/yaml.v3"
)

// A fieldCase is a failure that somebody met.
type fieldCase struct {
	ID       string               `yaml:"id"`
	What     string               `yaml:"what"`
	Example  string               `yaml:"example"`
	Facts    map[string]yaml.Node `yaml:"facts"`
	Finds    string               `yaml:"finds"`
	Severity Severity             `yaml:"severity"`
	Remedy   map[string]yaml.Node `yaml:"remedy"`
}

// offline are the cases that a plan alone must stop.
var offline = []string{"FF-033", "FF-038", "FF-039", "FF-040", "FF-048", "FF-059", "FF-096", "FF-112", "FF-117", "FF-119", "FF-128", "FF-139", "FF-143", "FF-144", "FF-145", "FF-146"}

func TestFieldFailuresAreStopped(t *testing.T) {
	var cases []fieldCase
	data, err := os.ReadFile("testdata/field-cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	stopped := map[string]bool{}
	for _, c := range cases {
		t.Run(c.ID+" "+c.What, func(t *testing.T) {
			want := c.Severity
			if want == "" {
				want = Block
			}
			stopped[c.ID] = stopped[c.ID] || want == Block
			if f, found := ofCode(edit(t, c.Example), c.Finds, want); found {
				t.Fatalf("the example itself has %s: %s", c.Finds, f.Message)
			}
			f, found := ofCode(edit(t, c.Example, c.Facts), c.Finds, want)
			if !found {
				t.Fatalf("no %s of %s", c.Finds, want)
			}
			if len(strings.Fields(f.Remedy)) < 3 || f.Owner == "" || f.Message == "" || strings.Contains(f.Remedy, "%!") {
				t.Errorf("nobody could follow this at night: %+v", f)
			}
			after := edit(t, c.Example, c.Facts, c.Remedy)
			if f, found := ofCode(after, c.Finds, want); found {
				t.Errorf("the remedy leaves %s: %s", c.Finds, f.Message)
			}
			for _, f := range after {
				if f.Stops() {
					t.Errorf("after the remedy %s stops at %s: %s", f.Code, f.Path, f.Message)
				}
			}
		})
	}
	for _, id := range offline {
		if !stopped[id] {
			t.Errorf("nothing stops %s", id)
		}
	}
}

func ofCode(findings []Finding, code string, severity Severity) (Finding, bool) {
	at := slices.IndexFunc(findings, func(f Finding) bool { return f.Code == code && f.Severity == severity && f.Waived == nil })
	if at < 0 {
		return Finding{}, false
	}
	return findings[at], true
}

// edit makes the findings of an example whose files were edited.
func edit(t *testing.T, example string, edits ...map[string]yaml.Node) []Finding {
	t.Helper()
	docs := map[string]*yaml.Node{}
	for _, name := range []string{"site", "inventory"} {
		data, err := os.ReadFile(filepath.Join("..", "examples", example, name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		docs[name] = new(yaml.Node)
		if err := yaml.Unmarshal(data, docs[name]); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range edits {
		for _, path := range slices.Sorted(maps.Keys(e)) {
			value := e[path]
			root, rest, _ := strings.Cut(path, ".")
			if root == "hosts" { // of every host
				hosts := child(docs["inventory"].Content[0], "hosts")
				for i := range hosts.Content {
					setNode(t, hosts.Content[i], rest, &value)
				}
				continue
			}
			setNode(t, docs[root].Content[0], rest, &value)
		}
	}
	text := map[string][]byte{}
	for name, doc := range docs {
		b, err := yaml.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		text[name] = b
	}
	site, _, findings := DecodeSite("site.yaml", text["site"])
	inventory, _, more := DecodeInventory("inventory.yaml", text["inventory"])
	if findings = append(findings, more...); len(findings) > 0 {
		t.Fatalf("the facts are no site: %+v", findings)
	}
	profile, err := profiles.Load(site.Platform)
	if err != nil {
		t.Fatal(err)
	}
	return Make(Input{Site: site, Inventory: inventory, Profile: profile}).Findings
}

var step = regexp.MustCompile(`^([A-Za-z0-9]+)(?:\[([0-9]+)\])?$`)

// setNode sets the value at a path below a node; null removes it.
func setNode(t *testing.T, n *yaml.Node, path string, value *yaml.Node) {
	t.Helper()
	head, rest, deeper := strings.Cut(path, ".")
	m := step.FindStringSubmatch(head)
	if m == nil {
		t.Fatalf("%q is no path", path)
	}
	at := -1
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == m[1] {
			at = i
		}
	}
	if m[2] != "" || deeper {
		if at < 0 {
			t.Fatalf("there is no %s", path)
		}
		next := n.Content[at+1]
		if m[2] != "" {
			i, _ := strconv.Atoi(m[2])
			if i >= len(next.Content) {
				t.Fatalf("there is no %s", path)
			}
			next = next.Content[i]
		}
		if !deeper {
			*next = *value
			return
		}
		setNode(t, next, rest, value)
		return
	}
	switch {
	case value.Tag == "!!null" && at >= 0:
		n.Content = slices.Delete(n.Content, at, at+2)
	case value.Tag == "!!null":
	case at >= 0:
		n.Content[at+1] = value
	default:
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: m[1]}, value)
	}
}

// Checks are general: what is known of single cases stays in tests.
func TestNoCaseStandsInTheProgram(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	data, err := filepath.Glob("../profiles/data/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, data...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`FF-[0-9]{3}`).Find(text); found != nil {
			t.Errorf("%s speaks of %s", file, found)
		}
	}
	if len(files) < 50 {
		t.Fatal(fmt.Sprint("only ", len(files), " files"))
	}
}
