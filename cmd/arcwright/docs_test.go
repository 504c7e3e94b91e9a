package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/tui"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write the generated pages instead of comparing them")

//go:generate go test . -run ^TestGenerated$ -update

// TestGenerated compares the generated pages with what the program says today.
func TestGenerated(t *testing.T) {
	pages := map[string][]byte{"cli.md": commandPage(), "keys.md": keysPage(), "findings.md": findingsPage(), "requirements.md": requirementsPage(t), "failures.md": failuresPage(t)}
	for _, name := range schemas {
		text, err := schemaOf(name)
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Join("schema", name+".schema.json")] = text
	}
	for name, want := range pages {
		file := filepath.Join("../../docs", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		have, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(have, want) {
			t.Errorf("docs/%s is stale (%v): run make docs", name, err)
		}
	}
}

func commandPage() []byte {
	var b bytes.Buffer
	b.WriteString(`# Commands

Generated from the program. Machine output carries a version; exit codes are the same for every command:

| code | meaning |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | the command line is wrong |
| 3 | blocked: findings, or a plan that is refused |
| 4 | interrupted, and can be resumed |
| 5 | differences found |
| 6 | somebody else holds the lease or the lock |
`)
	p := &program{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
	root := p.root()
	describe(&b, root)
	return b.Bytes()
}

func describe(b *bytes.Buffer, c *cobra.Command) {
	if c.Hidden || c.Name() == "help" {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n%s.\n", c.CommandPath(), strings.TrimSuffix(c.Short, "."))
	if c.Long != "" && c.Name() != "bash" && c.Name() != "zsh" && c.Name() != "fish" && c.Name() != "powershell" {
		fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(indentBlocks(c.Long)))
	}
	fmt.Fprintf(b, "\n    %s\n", c.UseLine())
	if c.Example != "" {
		fmt.Fprintf(b, "\nFor example:\n\n%s\n", indented(c.Example))
	}
	var rows []string
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || f.Name == "version" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if kind := f.Value.Type(); kind != "bool" {
			name += " " + strings.ReplaceAll(kind, "|", `\|`)
		}
		usage := f.Usage
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" {
			usage += " (default " + f.DefValue + ")"
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s |", name, strings.ReplaceAll(usage, "|", `\|`)))
	})
	if len(rows) > 0 {
		fmt.Fprintf(b, "\n| flag | |\n|---|---|\n%s\n", strings.Join(rows, "\n"))
	}
	for _, sub := range c.Commands() {
		describe(b, sub)
	}
}

// indented makes a block of code of an example.
func indented(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, "    "+strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

// indentBlocks turns lines that begin with two spaces into a block of code.
func indentBlocks(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") {
			if n := len(lines); n > 0 && lines[n-1] != "" && !strings.HasPrefix(lines[n-1], "    ") {
				lines = append(lines, "")
			}
			line = "  " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func keysPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Keys\n\nGenerated from the program. The bar at the foot of each screen shows the keys that matter there; `?` shows all.\n\n| where | key | what it does |\n|---|---|---|\n")
	for _, k := range tui.Keys() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", k.Screen, strings.ReplaceAll("`"+strings.Join(k.Keys, "`, `")+"`", "|", `\|`), k.Does)
	}
	return b.Bytes()
}

// failuresPage lists the atlas by the names of its files.
func failuresPage(t *testing.T) []byte {
	atlas, err := profiles.LoadAtlas()
	if err != nil {
		t.Fatal(err)
	}
	areas := map[string]string{
		"akshci": "AksHci", "arcwright": "Runs of arcwright", "azure": "Azure and Arc", "azure-local": "Azure Local", "hosts": "Hosts, clusters and networks",
		"kubernetes": "Kubernetes", "windows": "Windows remoting, sign-in and certificates",
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Failures\n\nGenerated from the program. These %d failures are known to it; `arcwright explain \"PASTED TEXT\"` finds them in a message, a whole log or\nstandard input (`-`), without a network, and `arcwright explain NAME` prints one of them. A step that fails in a run names the one that its error shows. Families of\nerrors, which are named only where nothing more exact is known, are marked as such.\n", len(atlas.Failures))
	area := ""
	for _, f := range atlas.Failures {
		if f.Area != area {
			area = f.Area
			fmt.Fprintf(&b, "\n- [%s](#%s):", areas[area], strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(areas[area]), ",", ""), " ", "-"))
		}
		fmt.Fprintf(&b, " [%s](#%s)", f.ID, f.ID)
	}
	b.WriteString("\n")
	area = ""
	for _, f := range atlas.Failures {
		if f.Area != area {
			area = f.Area
			fmt.Fprintf(&b, "\n## %s\n", areas[area])
		}
		about := []string{"owner: " + f.Owner}
		for _, g := range f.For {
			about = append(about, string(g))
		}
		if f.Versions != "" {
			about = append(about, "known of "+f.Versions)
		}
		if f.General {
			about = append(about, "a family")
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s. *%s*\n\n%s\n\n", f.ID, f.Title, strings.Join(about, ", "), literal.Replace(f.Cause))
		for i, step := range f.Fix {
			fmt.Fprintf(&b, "%d. %s\n", i+1, literal.Replace(step))
		}
		if f.Finding != "" {
			fmt.Fprintf(&b, "\n`arcwright check` warns of it: [%s](findings.md#%s).\n", f.Finding, f.Finding)
		}
		fmt.Fprintf(&b, "\nSource: <%s>, read %s\n", f.Source, f.Read)
	}
	return b.Bytes()
}

// literal keeps Markdown from reading commands as its own signs.
var literal = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", "&lt;", "|", `\|`)

func findingsPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Findings\n\nGenerated from the program. `arcwright explain CODE` prints one of these without a network. Severities: a block stops apply unless it is waived, a warning is\nprinted, a note informs; where a platform asks for less or more, the finding has another severity than the one here. Each finding names its place, what was\nseen, and the page that asks for it.\n")
	all := planner.Codes()
	area := ""
	for _, c := range all {
		if c.Area != area {
			area = c.Area
			fmt.Fprintf(&b, "\n- [%s](#%s):", area, strings.ReplaceAll(strings.ToLower(area), " ", "-"))
		}
		fmt.Fprintf(&b, " [%s](#%s)", c.Name, c.Name)
	}
	b.WriteString("\n")
	area = ""
	for _, c := range all {
		if c.Area != area {
			area = c.Area
			fmt.Fprintf(&b, "\n## %s\n", area)
		}
		waiver := "never waived"
		if c.Waivable {
			waiver = "can be waived"
		}
		fmt.Fprintf(&b, "\n### %s\n\n*%s, owner: %s, %s*\n\n%s\n\n**Why it matters.** %s\n\n**What to do.** %s\n", c.Name, c.Severity, c.Owner, waiver, c.Meaning, c.Why, c.Remedy)
		if c.Source != "" {
			fmt.Fprintf(&b, "\nSource: %s\n", c.Source)
		}
	}
	return b.Bytes()
}

// requirementsPage lists what the vendor asks for with the findings that judge it. What is
// found while hosts are read or looked at is told apart from what files alone show.
func requirementsPage(t *testing.T) []byte {
	chapters, err := profiles.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString("# Requirements\n\nGenerated from the program. Each line is something that a page of the vendor asks for, or a rule that follows from it, with the findings that judge it; where there is\nnone it says why. A finding in *italics* is made by looking at the hosts (`arcwright discover`, `arcwright check --live`), the others from the files alone.\n")
	for _, c := range chapters {
		judged := 0
		for _, r := range c.Requirements {
			if len(r.Codes) > 0 {
				judged++
			}
		}
		fmt.Fprintf(&b, "\n## %s\n\n%d requirements, %d judged. Pages read on %s, but where another day is given.\n\n| what is asked for | judged by | page, or reason |\n|---|---|---|\n", c.Title, len(c.Requirements), judged, c.Read)
		for _, r := range c.Requirements {
			by := "not judged: " + r.Not
			if len(r.Codes) > 0 {
				var links []string
				for _, name := range r.Codes {
					link := fmt.Sprintf("[%s](findings.md#%s)", name, name)
					if code, _ := planner.CodeOf(name); code.Live() {
						link = "*" + link + "*"
					}
					links = append(links, link)
				}
				by = strings.Join(links, " ")
			}
			source := r.Source.Page
			if r.Source.Read != c.Read {
				source += fmt.Sprintf(" (read %s)", r.Source.Read)
			}
			if r.Source.Page == profiles.Own {
				source = r.Source.Derived
			} else if r.Source.Derived != "" {
				source += "; derived: " + r.Source.Derived
			}
			if r.Source.Note != "" {
				source += "; " + r.Source.Note
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", inColumn(r.What), inColumn(by), inColumn(source))
		}
	}
	return b.Bytes()
}

// inColumn writes a text for a column of a table.
func inColumn(text string) string { return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text) }
