package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/atlas"
	"github.com/spf13/cobra"
)

// explained is what explain answers, as a document.
type explained struct {
	Version string `json:"version"`
	// Asked is left out where there is a report, which is masked, and this is not.
	Asked string `json:"asked,omitempty"`
	// Exact is whether the codes were named, and not only found by their words.
	Exact bool           `json:"exact"`
	Codes []planner.Code `json:"codes"`
	// Known are the failures of the atlas that the text shows, the likeliest first.
	Known []knownFailure `json:"known"`
	// Nearest is the code or failure that a misspelled one may have meant.
	Nearest string `json:"nearest,omitempty"`
	// Report is what to paste where nothing is known of a pasted failure.
	Report string `json:"report,omitempty"`
}

func (e explained) empty() bool { return len(e.Codes)+len(e.Known) == 0 }

func (p *program) explainCommand() *cobra.Command {
	var output, platform string
	c := &cobra.Command{
		Use:   "explain CODE|TEXT...|-",
		Short: "Say what a finding or an error means, and what to do about it",
		Long: `Explain needs no network and no files. Give it the code of a finding, the name of a known failure, or paste an error message of
AksHci, Azure Local, Windows, Azure or Kubernetes, whatever tool it comes from: a line, a whole log, or - to read it from standard input.
It says what the failure is, why it happens, what to do first, who can mend it, and where that is written. docs/failures.md and
docs/findings.md list all that it knows.

When nothing is known of a pasted failure it says so, exits with 1, and prints a report in which secrets, hosts, users, domains,
addresses and identifiers are masked. Nothing is sent or kept anywhere: look it over, and paste it where somebody may know. --out
writes it to a file.`,
		Example: `  arcwright explain host-tpm
  arcwright explain "Install-AksHci : Failed to wait for addon arc-onboarding"
  arcwright explain 0x80090322
  arcwright explain - < install.log
  arcwright explain out-of-capacity -o json`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return nil
			}
			return usagef("usage: "+c.UseLine(), "%s takes a code or a text", c.CommandPath())
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if len(args) == 0 {
				names = p.explainable()
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			asked := strings.Join(args, " ")
			text := asked
			if asked == "-" {
				var err error
				if text, err = p.pasted(); err != nil {
					return err
				}
			}
			answer, err := explain(text, platform)
			if err != nil {
				return err
			}
			answer.Asked = asked
			if answer.Report != "" {
				answer.Asked = ""
			}
			if output == "json" {
				if err := p.printJSON(answer); err != nil {
					return fmt.Errorf("write explanation: %w", err)
				}
			} else if err := p.printExplained(answer); err != nil {
				return err
			}
			if !answer.empty() {
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
	c.Flags().StringVar(&platform, "platform", "", "platform that the error is of, such as windows-server-2022: failures of others are left out")
	_ = c.RegisterFlagCompletionFunc("platform", cobra.FixedCompletions(profiles.Names(), cobra.ShellCompDirectiveNoFileComp))
	checkBefore(c, func() error {
		if platform == "" || slices.Contains(profiles.Names(), platform) {
			return nil
		}
		return usagef("choose one of "+strings.Join(profiles.Names(), ", "), "there is no platform %q", platform)
	})
	return c
}

// codeLike matches what is meant as a code or as the name of a failure.
var codeLike = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)+$`)

// word matches one word, which may be a mistyped code.
var word = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// question matches words that a person has typed, and not pasted.
var question = regexp.MustCompile(`^[\pL' ,?-]+$`)

// mostQuestion is how many words a question has at most.
const mostQuestion = 12

// explain looks up a code or failure, or searches for a text.
func explain(asked, platform string) (explained, error) {
	asked = strings.TrimSpace(asked)
	answer := explained{Version: "arcwright.dev/explain/v1", Asked: asked, Codes: []planner.Code{}, Known: []knownFailure{}}
	if code, ok := planner.CodeOf(asked); ok {
		answer.Exact, answer.Codes = true, append(answer.Codes, code)
		return answer, nil
	}
	finder, err := atlas.Builtin()
	if err != nil {
		return answer, err
	}
	if failure, ok := finder.Atlas().Failure(strings.ToLower(asked)); ok {
		answer.Exact, answer.Known = true, append(answer.Known, known(atlas.Match{Failure: failure}))
		return answer, nil
	}
	generation := profiles.Generation("")
	if platform != "" {
		profile, err := profiles.Load(platform)
		if err != nil {
			return answer, err
		}
		generation = profile.Generation
	}
	for _, m := range finder.Find(asked, generation) {
		answer.Known = append(answer.Known, known(m))
	}
	typed := question.MatchString(asked) && !codeLike.MatchString(asked) && len(strings.Fields(asked)) <= mostQuestion
	for _, m := range planner.SearchCodes(asked) {
		named := strings.Contains(strings.ToLower(asked), m.Code.Name)
		if named || typed && len(answer.Known) == 0 {
			answer.Codes = append(answer.Codes, m.Code)
			answer.Exact = answer.Exact || named
		}
	}
	switch {
	case !answer.empty():
	case codeLike.MatchString(asked), len(asked) > 5 && word.MatchString(asked):
		answer.Nearest = planner.Nearest(asked, explainable(finder.Atlas()))
	case !question.MatchString(asked) && asked != "":
		answer.Report = report(asked, platform, finder.Atlas())
	}
	return answer, nil
}

func unexplained(answer explained) error {
	switch {
	case answer.Nearest != "":
		return &exit{exitFailed, fmt.Sprintf("there is no code %q", answer.Asked), "did you mean: arcwright explain " + answer.Nearest}
	case codeLike.MatchString(answer.Asked):
		return &exit{exitFailed, fmt.Sprintf("there is no code %q", answer.Asked), "docs/findings.md lists all codes; a message can be pasted whole, in quotes"}
	case answer.Report != "":
		return &exit{exitFailed, "nothing is known about this", "the report is masked; look it over, then paste it at " + issues}
	}
	return &exit{exitFailed, "nothing is known about this", "give the code of the finding, or more words of the message"}
}

// printExplained writes one page, or for several codes a page of the first and a line of
// each further; where nothing is known, the report.
func (p *program) printExplained(answer explained) error {
	if answer.Report != "" {
		_, err := fmt.Fprint(p.out, answer.Report)
		return err
	}
	if err := p.printKnown(answer); err != nil || len(answer.Codes) == 0 {
		return err
	}
	if len(answer.Known) > 0 {
		fmt.Fprintln(p.out)
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
