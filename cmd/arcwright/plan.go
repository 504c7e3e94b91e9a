package main

import (
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) planCommand() *cobra.Command {
	var output, inventory, out string
	var transcript bool
	c := &cobra.Command{
		Use:   "plan SITE",
		Short: "Write the plan: findings, addresses, headroom, cost and steps, with the reason for every number",
		Long: `plan writes the plan of a site as commented YAML: to standard output, or to the file of --out
with a summary on the screen. A plan that is blocked is written all the same, so that it can be read; apply refuses it.

With --transcript it prints instead every cmdlet that the plan will run on the hosts, step by step, with each parameter and the value
that this plan gives it. Secrets show as their references. What only the host decides is said in words.`,
		Example: "  arcwright plan site.yaml --out plan.yaml\n  arcwright plan site.yaml -o json\n  arcwright plan site.yaml --transcript",
		Args:    oneArgument("site file"),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := loadSite(args[0], inventory)
			if err != nil {
				return err
			}
			if stops(l.findings) {
				p.printFindings(p.err, l.findings)
				return blockedf("", "%s cannot be planned: %s", args[0], tally(l.findings))
			}
			plan := planner.Make(l.input)
			if transcript {
				if err := p.transcript(plan, output, out); err != nil {
					return err
				}
				return blocked(plan, args[0])
			}
			document, err := planner.Encode(plan)
			if output == "json" {
				document, err = plan.JSON()
			}
			if err != nil {
				return err
			}
			if err := p.emit(out, document); err != nil {
				return err
			}
			if out != "" && out != "-" {
				p.summarise(plan, l.positions)
				say(p.out, "\nwritten to %s (digest %s)\n", out, plan.Digest[:12])
			}
			return blocked(plan, args[0])
		},
	}
	outputFlag(c, &output, "yaml", "json")
	inventoryFlag(c, &inventory)
	c.Flags().BoolVar(&transcript, "transcript", false, "print every cmdlet that the plan will run, as text or with -o json")
	c.Flags().StringVar(&out, "out", "", "file to write the plan to")
	_ = c.MarkFlagFilename("out", "yaml", "json")
	return c
}

// blocked says that a plan is, if it is.
func blocked(plan planner.Plan, site string) error {
	if !stops(plan.Findings) {
		return nil
	}
	return blockedf("arcwright check "+site+" lists the findings with their place in the files", "the plan is blocked: %s", tally(plan.Findings))
}

// summarise prints a plan on a dozen lines.
func (p *program) summarise(plan planner.Plan, positions planner.Positions) {
	findings := append([]planner.Finding(nil), plan.Findings...)
	for i := range findings {
		positions.Locate(&findings[i])
	}
	p.printFindings(p.out, findings)
	s := plan.Summary
	say(p.out, "%s on %s, planned for %s\n", p.paint.bold(plan.Site.Name), s.Platform, plan.Site.PlannedFor)
	say(p.out, "  hosts %d, clusters %d, virtual machines %d (%d during an upgrade)\n", s.Hosts, s.Clusters, s.VMs, s.SurgeVMs)
	for _, pool := range plan.Addresses.Pools {
		say(p.out, "  %-7s addresses %s-%s: %d needed of %d\n", pool.Kind, pool.Range.Start, pool.Range.End, pool.Needed, pool.Size)
	}
	for _, room := range plan.Headroom.States {
		if room.Lost != "" || !room.Surge {
			say(p.out, "  %-20s %s of %s in use, %s\n", room.State, room.Needed, room.Usable, room.Verdict)
		}
	}
	say(p.out, "  %s, about %s\n", plural(len(plan.Steps), "step"), s.Estimate.Round(time.Minute))
}
