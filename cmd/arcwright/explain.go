package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

// explained is what explain answers, as a document.
type explained struct {
	Version string `json:"version"`
	Asked   string `json:"asked"`
	// Exact is whether the codes were named, and not only found by their words.
	Exact bool           `json:"exact"`
	Codes []planner.Code `json:"codes"`
	// Nearest is the code that a misspelled one may have meant.
	Nearest string `json:"nearest,omitempty"`
}

func (p *program) explainCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "explain CODE|TEXT...",
		Short: "Say what a finding means, why it matters, and what to do about it",
		Long: `Explain needs no network and no files. Give it the code of a finding, or paste the whole line or message:
it looks for the codes that are named in it, and otherwise for those that share its rarer words. When
nothing is known it says so and exits with 1. All codes are in docs/findings.md.`,
		Example: "  arcwright explain host-tpm\n  arcwright explain address-pool-edge -o json\n  arcwright explain 'the cloud agent generic role does not come online'",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return nil
			}
			return usagef("usage: "+c.UseLine(), "%s takes a code or a text", c.CommandPath())
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, code := range planner.Codes() {
				if len(args) == 0 {
					names = append(names, code.Name)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			answer := explain(strings.Join(args, " "))
			if output == "json" {
				if err := p.printJSON(answer); err != nil {
					return fmt.Errorf("write explanation: %w", err)
				}
			} else if err := p.printExplained(answer); err != nil {
				return err
			}
			if len(answer.Codes) > 0 {
				return nil
			}
			if output == "json" {
				return &exit{code: exitFailed}
			}
			return unexplained(answer)
		},
	}
	outputFlag(c, &output, "text", "json")
	p.outFlag(c)
	return c
}

// codeLike matches what is meant as a code.
var codeLike = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)

// explain looks up a code or searches for a text.
func explain(asked string) explained {
	asked = strings.TrimSpace(asked)
	answer := explained{Version: "arcwright.dev/explain/v1", Asked: asked, Codes: []planner.Code{}}
	if code, ok := planner.CodeOf(asked); ok {
		answer.Exact, answer.Codes = true, append(answer.Codes, code)
		return answer
	}
	if codeLike.MatchString(asked) && strings.Contains(asked, "-") {
		answer.Nearest = nearestCode(asked)
		return answer
	}
	for _, m := range planner.SearchCodes(asked) {
		answer.Codes = append(answer.Codes, m.Code)
		answer.Exact = answer.Exact || strings.Contains(strings.ToLower(asked), m.Code.Name)
	}
	if len(answer.Codes) == 0 && len(asked) > 5 && codeLike.MatchString(asked) {
		answer.Nearest = nearestCode(asked)
	}
	return answer
}

func nearestCode(asked string) string {
	var names []string
	for _, code := range planner.Codes() {
		names = append(names, code.Name)
	}
	return planner.Nearest(asked, names)
}

func unexplained(answer explained) error {
	switch {
	case answer.Nearest != "":
		return &exit{exitFailed, fmt.Sprintf("there is no code %q", answer.Asked), "did you mean: arcwright explain " + answer.Nearest}
	case codeLike.MatchString(answer.Asked) && strings.Contains(answer.Asked, "-"):
		return &exit{exitFailed, fmt.Sprintf("there is no code %q", answer.Asked), "docs/findings.md lists all codes; a message can be pasted whole, in quotes"}
	}
	return &exit{exitFailed, "nothing is known about this", "give the code of the finding, or more words of the message"}
}

// printExplained writes one page, or for several codes a page of the first and a line of
// each further.
func (p *program) printExplained(answer explained) error {
	if len(answer.Codes) == 0 {
		return nil
	}
	pages := answer.Codes
	if !answer.Exact {
		fmt.Fprint(p.out, "No code is named. By its words this may be:\n\n")
		pages = pages[:1]
	}
	var errs []error
	for i, code := range pages {
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		errs = append(errs, p.printCode(p.out, code))
	}
	if rest := answer.Codes[len(pages):]; len(rest) > 0 {
		fmt.Fprint(p.out, "\nOr one of these, less likely:\n")
		for _, code := range rest {
			errs = append(errs, hang(p.out, fmt.Sprintf("  %-28s ", code.Name), firstSentence(code.Meaning)))
		}
	}
	return errors.Join(errs...)
}

// printCode writes the page of one code.
func (p *program) printCode(to io.Writer, c planner.Code) error {
	means := map[planner.Severity]string{planner.Block: "stops apply", planner.Warn: "is printed, and stops nothing", planner.Note: "informs"}[c.Severity]
	accept := "no"
	if c.Waivable {
		accept = "yes, by a waiver in the site file, with a reason, a name and an end"
	}
	source := c.Source
	if source == "" {
		source = "a rule of arcwright itself, or named by the finding"
	}
	_, err := fmt.Fprintf(to, "%s  (%s)\n\n%s\n\nWhy it matters\n%s\n\nWhat to do\n%s\n\nseverity  %s: %s\nowner     %s\nwaiver    %s\n",
		p.paint.bold(c.Name), c.Area, folded(c.Meaning), folded(c.Why), folded(c.Remedy), c.Severity, means, owners[c.Owner], accept)
	return errors.Join(err, hang(to, "source    ", source))
}

// owners says who can mend a finding.
var owners = map[planner.Owner]string{
	planner.OwnerYou: "you", planner.OwnerNetwork: "the network team", planner.OwnerDirectory: "whoever runs Active Directory",
	planner.OwnerAzure: "whoever runs the Azure subscription", planner.OwnerHardware: "whoever runs the servers",
}

// foldAt is how wide a page of explain is, with its indent.
const foldAt = paper

// folded breaks a paragraph into lines, indented by two.
func folded(text string) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(text) {
		switch {
		case width == 0:
			b.WriteString("  ")
			width = 2
		case width+1+len([]rune(word)) > foldAt:
			b.WriteString("\n  ")
			width = 2
		default:
			b.WriteString(" ")
			width++
		}
		b.WriteString(word)
		width += len([]rune(word))
	}
	return b.String()
}

func firstSentence(text string) string {
	first, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(first, ".")
}
