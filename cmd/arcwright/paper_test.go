package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim"
	"github.com/spf13/cobra"
	"pgregory.net/rapid"
)

// tooWide are the lines that are wider than the paper and may not be: a line of one word
// behind its label, such as a path or a URL, cannot be broken, and a command stands whole so
// that it can be copied.
func tooWide(text string) []string {
	var wide []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if cellsOf(line) <= paper {
			continue
		}
		words := strings.Fields(line)
		longest := slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
		copied := strings.HasPrefix(line, "go on with: arcwright ") || strings.HasPrefix(line, "  replay")
		if path := strings.ContainsAny(longest, `/\`) && cellsOf(longest) > paper/2; !path && !copied {
			wide = append(wide, line)
		}
	}
	return wide
}

// TestNoTextIsWiderThanTheNarrowestTerminal runs every verb on every example.
func TestNoTextIsWiderThanTheNarrowestTerminal(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS("examples", os.DirFS(examples)); err != nil {
		t.Fatal(err)
	}
	names := []string{"baseline", "hci-20h2", "quickstart", "worked-akshci", "worked-azurelocal"}
	seen := 0
	look := func(line string, args ...string) (exit int) {
		var out, errOut bytes.Buffer
		exit = run(append(strings.Fields(line), args...), strings.NewReader(""), &out, &errOut)
		seen += out.Len() + errOut.Len()
		for _, wide := range append(tooWide(out.String()), tooWide(errOut.String())...) {
			t.Errorf("arcwright %s: %d cells: %s", line, cellsOf(wide), wide)
		}
		return exit
	}
	for i, name := range names {
		site := "examples/" + name + "/site.yaml"
		for _, line := range []string{
			"check " + site, "plan " + site + " --out " + name + ".yaml", "addresses " + site, "capacity " + site, "capacity " + site + " --cost",
			"addresses " + name + ".yaml", "capacity " + name + ".yaml", "check examples/" + name + "/inventory.yaml", "check " + name + ".yaml", "rehearse " + site,
		} {
			look(line)
		}
		if i > 0 {
			look(fmt.Sprintf("diff %s.yaml %s.yaml", names[i-1], name))
			look(fmt.Sprintf("diff %s.yaml %s", name, "examples/"+names[i-1]+"/site.yaml"))
		}
		// The same with everything wrong that one key can make wrong.
		text, err := os.ReadFile(filepath.Join("examples", name, "inventory.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, edit := range [][2]string{{"memory: ", "memory: 8GiB # "}, {"secureBoot: yes", "secureBoot: no"}, {"build: ", "build: 1 # "}, {"start: ", "begin: "}} {
			bad := strings.ReplaceAll(string(text), edit[0], edit[1])
			if err := os.WriteFile("examples/"+name+"/bad.yaml", []byte(bad), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, verb := range []string{"check", "plan", "capacity", "addresses"} {
				look(verb+" "+site+" --inventory examples/"+name+"/bad.yaml", map[bool][]string{true: {"--out", "bad-plan.yaml"}}[verb == "plan"]...)
			}
		}
	}
	for _, line := range []string{
		"apply quickstart.yaml --on sim --speed max --yes --progress plain --state s",
		"status --state s", "status --look --state s", "status --expiring --state s", "watch --progress plain --state s", "resume --state s --progress plain",
		"lease list quickstart.yaml --on sim --state s", "lease break quickstart.yaml --on sim --state s", "lease break quickstart.yaml --on sim --yes --state s",
		"discover --on sim --site quickstart.yaml --state s --out found.yaml", "discover", "discover h1",
		"check examples/quickstart/site.yaml --live --on sim --state s", "check examples/quickstart/site.yaml --live",
		"rehearse quickstart.yaml --days 100 --learn s --state s", "rehearse quickstart.yaml --budget 2s --state s", "rehearse quickstart.yaml --faults nothing", "rehearse baseline.yaml --days -1", "explain host-tmp", "explain this text is known to nobody whatsoever xyzzy", "explain the cloud agent generic role does not come online",
		"version", "sim serve nowhere.yaml", "schema nonsense", "nonsense", "check", "check a b", "plan --nonsense", "apply quickstart.yaml --on nowhere", "completion", "completion nonsense",
	} {
		look(line)
	}
	for _, k := range sim.ConditionKinds() {
		look("check examples/baseline/site.yaml --live --on sim --state s --condition " + k.Name)
	}
	for _, code := range planner.Codes() {
		look("explain " + code.Name)
	}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		look(strings.TrimPrefix(c.CommandPath(), "arcwright") + " --help")
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit((&program{}).root())
	if seen < 200_000 {
		t.Errorf("only %d bytes were printed in all", seen)
	}
}

// TestPaperKeepsEveryWord draws heads and texts of any words: none is lost, none is out of its
// order, and no line that could be broken is wider than the paper.
func TestPaperKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zé-]{1,30}`), 0, 40).Draw(t, "words")
		head := strings.Repeat(" ", rapid.IntRange(0, 12).Draw(t, "indent")) + rapid.StringMatching(`[a-z:]{1,40} `).Draw(t, "head")
		for name, print := range map[string]func(*bytes.Buffer) error{
			"hang": func(b *bytes.Buffer) error { return hang(b, head, strings.Join(words, " ")) },
			"say":  func(b *bytes.Buffer) error { return say(b, "%s%s\n", head, strings.Join(words, " ")) },
		} {
			var b bytes.Buffer
			if err := print(&b); err != nil {
				t.Fatal(err)
			}
			if want := append(strings.Fields(head), words...); !slices.Equal(strings.Fields(b.String()), want) {
				t.Fatalf("%s printed %q, want the words %q", name, b.String(), want)
			}
			for line := range strings.Lines(b.String()) {
				if cellsOf(strings.TrimRight(line, "\n")) > paper {
					t.Fatalf("%s printed %d cells: %q", name, cellsOf(line), line)
				}
			}
		}
	})
}
