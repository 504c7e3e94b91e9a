package main

import (
	"fmt"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) diffCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "diff OLDER NEWER",
		Short: "Show what differs between two plans or sites, and what that means",
		Long: `diff compares two plans by what they are about: which pool grew, which cluster changed, which verdict on the headroom fell,
which steps are new. A site is planned first. Beside a change stands what it means where the older plan has been applied.

Exit code 0: nothing differs. Exit code 5: something does.`,
		Example: "  arcwright diff plan.yaml new-plan.yaml\n  arcwright diff plan.yaml site.yaml -o json",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 2 {
				return nil
			}
			return usagef("usage: "+c.UseLine(), "%s takes two site or plan files, not %d", c.CommandPath(), len(args))
		},
		RunE: func(_ *cobra.Command, args []string) error {
			older, err := p.loadEither(args[0], "")
			if err != nil {
				return err
			}
			newer, err := p.loadEither(args[1], "")
			if err != nil {
				return err
			}
			found := planner.Compare(older, newer)
			if output == "json" {
				if err := p.diffJSON(found); err != nil {
					return err
				}
			} else {
				p.printChanges(args, found.Changes)
			}
			if len(found.Changes) > 0 {
				return &exit{code: exitDiffers}
			}
			return nil
		},
	}
	outputFlag(c, &output, "text", "json")
	p.outFlag(c)
	return c
}

// comparedPlan is one side of a comparison.
type comparedPlan struct {
	Site   string `json:"site"`
	Digest string `json:"digest"`
}

func (p *program) diffJSON(found planner.Comparison) error {
	document := struct {
		Version string               `json:"version"`
		Older   comparedPlan         `json:"older"`
		Newer   comparedPlan         `json:"newer"`
		Changes []planner.PlanChange `json:"changes"`
	}{"arcwright.dev/diff/v1", comparedPlan{found.Older.Site.Name, found.Older.Digest}, comparedPlan{found.Newer.Site.Name, found.Newer.Digest}, found.Changes}
	if document.Changes == nil {
		document.Changes = []planner.PlanChange{}
	}
	return p.printJSON(document)
}

// partTitles name the parts of a comparison for people.
var partTitles = map[planner.Part]string{
	planner.WantedPart: "what is wanted", planner.HostsPart: "the hosts", planner.AddressesPart: "addresses", planner.HeadroomPart: "headroom",
	planner.FindingsPart: "findings", planner.CostPart: "cost and time", planner.StepsPart: "steps",
}

func (p *program) printChanges(files []string, changes []planner.PlanChange) {
	if len(changes) == 0 {
		say(p.out, "nothing differs between %s and %s\n", files[0], files[1])
		return
	}
	say(p.out, "%s from %s to %s\n", plural(len(changes), "change"), files[0], files[1])
	var part planner.Part
	subject := ""
	for i, c := range changes {
		if c.Part != part {
			part, subject = c.Part, ""
			fmt.Fprintf(p.out, "\n%s\n", p.paint.bold(partTitles[part]))
		}
		switch {
		case c.Key == "" && c.Change == planner.Added:
			hangAt(p.out, "  "+p.paint.good("+")+" ", 6, c.Subject+": "+c.Is)
		case c.Key == "":
			hangAt(p.out, "  "+p.paint.bad("-")+" ", 6, c.Subject+": it was "+c.Was)
		default:
			if c.Subject != subject {
				hangAt(p.out, "  "+p.paint.warn("~")+" ", 6, c.Subject)
			}
			hangAt(p.out, "      ", 8, valueChange(c))
		}
		subject = c.Subject
		last := i+1 == len(changes) || changes[i+1].Subject != c.Subject || changes[i+1].Consequence != c.Consequence
		if last && c.Consequence != "" {
			for _, line := range wrapped(c.Consequence, paper-10) {
				fmt.Fprintf(p.out, "          %s\n", p.paint.dim(line))
			}
		}
	}
}

// valueChange says how one value changed.
func valueChange(c planner.PlanChange) string {
	switch {
	case c.Change == planner.Added && c.Is == "":
		return c.Key + " is new"
	case c.Change == planner.Added:
		return fmt.Sprintf("%s is %s, it was not given", c.Key, c.Is)
	case c.Change == planner.Removed && c.Was == "":
		return c.Key + " is gone"
	case c.Change == planner.Removed:
		return fmt.Sprintf("%s is gone, it was %s", c.Key, c.Was)
	}
	return fmt.Sprintf("%s is %s, it was %s", c.Key, orNothing(c.Is), orNothing(c.Was))
}

func orNothing(value string) string {
	if value == "" {
		return "empty"
	}
	return value
}
