package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/atlas"
)

// issues is where a report can be pasted.
const issues = "https://github.com/arcwright/arcwright/issues"

// knownFailure is a failure of the atlas as explain -o json prints it.
type knownFailure struct {
	ID       string                `json:"id"`
	Title    string                `json:"title"`
	For      []profiles.Generation `json:"for,omitempty"`
	Versions string                `json:"versions,omitempty"`
	General  bool                  `json:"general,omitempty"`
	Cause    string                `json:"cause"`
	Fix      []string              `json:"fix"`
	Owner    planner.Owner         `json:"owner"`
	Finding  string                `json:"finding,omitempty"`
	Source   string                `json:"source"`
	Read     string                `json:"read"`
	// Seen are the words that it was recognised by, and Line where the first of them stands.
	Seen []string `json:"seen,omitempty"`
	Line string   `json:"line,omitempty"`
}

func known(m atlas.Match) knownFailure {
	return knownFailure{m.ID, m.Title, m.For, m.Versions, m.General, m.Cause, m.Fix, planner.Owner(m.Owner), m.Finding, m.Source, m.Read.String(), m.Seen, m.Line}
}

// explainable are the names that explain has a page for.
func explainable(a profiles.Atlas) []string {
	var names []string
	for _, code := range planner.Codes() {
		names = append(names, code.Name)
	}
	for _, f := range a.Failures {
		names = append(names, f.ID)
	}
	return names
}

func (p *program) explainable() []string {
	a, _ := profiles.LoadAtlas() // without it the codes are left
	return explainable(a)
}

// longestPaste is how much is read from standard input, in bytes; of more, the beginning
// is left out.
const longestPaste = 64 << 20

// pasted is what standard input holds.
func (p *program) pasted() (string, error) {
	if terminal(p.in) {
		fmt.Fprintln(p.err, "paste the message, then end with Ctrl-D (on Windows Ctrl-Z and Enter)")
	}
	text, err := io.ReadAll(io.LimitReader(p.in, longestPaste+1))
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	if len(text) > longestPaste {
		return "", usagef("give its last part: tail -c 1000000 FILE | arcwright explain -", "the text has more than %d MB", longestPaste>>20)
	}
	return string(text), nil
}

// report is what to paste of a failure that nothing is known of.
func report(text, platform string, a profiles.Atlas) string {
	return provision.FailureReport{
		Program: version, System: runtime.GOOS + "/" + runtime.GOARCH, Platform: platform, Atlas: a,
		Failure: provision.ReportText(text, nil),
	}.Markdown()
}

// printKnown writes a page of the likeliest failure and a line of each further.
func (p *program) printKnown(answer explained) error {
	if len(answer.Known) == 0 {
		return nil
	}
	first := answer.Known[0]
	if err := p.printFailure(first); err != nil {
		return err
	}
	if rest := answer.Known[1:]; len(rest) > 0 {
		fmt.Fprint(p.out, "\nThe text shows these, too:\n")
		for _, f := range rest {
			if _, err := fmt.Fprintf(p.out, "  %-28s %s\n", f.ID, f.Title); err != nil {
				return err
			}
		}
	}
	return nil
}

// printFailure writes the page of one failure.
func (p *program) printFailure(f knownFailure) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", p.paint.bold(f.ID), f.Title)
	if len(f.Seen) > 0 {
		fmt.Fprintf(&b, "\nSeen\n%s\n", folded(`"`+strings.Join(f.Seen, `", "`)+`" in: `+f.Line))
	}
	fmt.Fprintf(&b, "\nWhy\n%s\n\nWhat to do\n", folded(f.Cause))
	for i, step := range f.Fix {
		fmt.Fprintf(&b, "%s\n", strings.Replace(strings.ReplaceAll(folded(step), "\n", "\n   "), "  ", fmt.Sprintf("  %d. ", i+1), 1))
	}
	fmt.Fprintf(&b, "\nowner     %s\n", cmp.Or(owners[f.Owner], string(f.Owner)))
	if f.Finding != "" {
		fmt.Fprintf(&b, "before    arcwright check warns of it: arcwright explain %s\n", f.Finding)
	}
	if f.Versions != "" {
		fmt.Fprintf(&b, "versions  %s\n", f.Versions)
	}
	if f.General {
		b.WriteString("exact     no: many failures say this; look for a more exact line above it\n")
	}
	fmt.Fprintf(&b, "source    %s\n          read %s\n", f.Source, f.Read)
	_, err := io.WriteString(p.out, b.String())
	return err
}
