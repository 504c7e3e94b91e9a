package main

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) capacityCommand() *cobra.Command {
	var output, inventory string
	var cost bool
	c := &cobra.Command{
		Use:   "capacity SITE|PLAN",
		Short: "Show the headroom now, after losing one or two hosts, and during an upgrade; node pools, storage and cost",
		Long: `Show what room the hosts have for the machines: memory, virtual processors at the platform's
ratio, and GPUs, less what each host keeps for itself and with each cluster's control planes on
hosts of their own, as long as there are hosts enough.

guaranteed  wherever the machines stood, those of the lost hosts restart and no other moves
possible    there is room for all, but some may have to be moved; a placement is shown
impossible  shown with the proof, and with the smallest changes that mend it
undecided   neither was shown`,
		Example: "  arcwright capacity site.yaml\n  arcwright capacity plan.yaml -o json\n  arcwright capacity site.yaml --cost -o csv --out calculator.csv",
		Args:    oneArgument("site or plan file"),
		RunE: func(_ *cobra.Command, args []string) error {
			plan, err := p.loadEither(args[0], inventory)
			if err != nil {
				return err
			}
			if cost {
				return p.printCost(plan, output)
			}
			if output == "json" {
				return p.printJSON(map[string]any{"version": "arcwright.dev/capacity/v1", "site": plan.Site.Name, "headroom": plan.Headroom, "sizing": plan.Sizing, "storage": plan.Storage, "cost": plan.Cost})
			}
			p.drawHeadroom(plan.Headroom)
			p.drawSizing(plan.Sizing)
			p.drawStorage(plan.Storage)
			fmt.Fprintln(p.out)
			p.drawCost(plan.Cost)
			return nil
		},
	}
	outputFlag(c, &output, "text", "json", "csv")
	c.Flags().BoolVar(&cost, "cost", false, "print only what will be billed; with -o csv the lines that a pricing calculator asks for")
	checkBefore(c, func() error {
		if output == "csv" && !cost {
			return usagef("write --cost -o csv, or -o json for everything", "only the cost is printed as csv")
		}
		return nil
	})
	p.outFlag(c)
	inventoryFlag(c, &inventory)
	return c
}

func (p *program) drawHeadroom(h planner.Headroom) {
	fmt.Fprintln(p.out, p.paint.bold("hosts"))
	for _, host := range h.Hosts {
		fmt.Fprintf(p.out, "  %-30s %8s memory, %8s kept by the host, %8s for machines; %d cores, %d vCPUs\n",
			host.Name, host.Memory, host.Reserved, host.Usable, host.Cores, host.VCPUs)
	}
	fmt.Fprintln(p.out, p.paint.bold("\nmemory"))
	for _, s := range h.States {
		fmt.Fprintf(p.out, "  %-26s %s %9s of %9s, vCPUs %4d of %4d  %s\n", s.State, bar(float64(s.Needed), float64(s.Usable)), s.Needed, s.Usable, s.VCPUsIn, s.VCPUs, p.verdict(s.Verdict, 0))
		if s.Why != "" {
			fmt.Fprintf(p.out, "  %-26s %s\n", "", s.Why)
		}
	}
	fmt.Fprintf(p.out, "\nkept free: %d %% (%s): %s\n", h.ReservePercent, h.ReserveMemory, h.Reason.Rule)
	p.drawLosses(h)
	p.drawPlacements(h)
	if len(h.Changes) > 0 {
		fmt.Fprintln(p.out, p.paint.bold("\nsmallest changes, each enough by itself"))
		last := ""
		for _, c := range h.Changes {
			if c.For != last {
				fmt.Fprintf(p.out, "  for %s\n", c.For)
				last = c.For
			}
			fmt.Fprintf(p.out, "    %s\n", c.What)
		}
	}
	if h.Unsearched != "" {
		fmt.Fprintf(p.out, "\n%s\n", h.Unsearched)
	}
}

// verdict is a verdict in its colour, padded to a width.
func (p *program) verdict(v planner.Verdict, width int) string {
	text := fmt.Sprintf("%-*s", width, v)
	switch v {
	case planner.Guaranteed, planner.Possible:
		return p.paint.good(text)
	case planner.Impossible:
		return p.paint.bad(text)
	}
	return p.paint.warn(text)
}

// drawLosses draws the losses of one and of two hosts, those with one answer together.
func (p *program) drawLosses(h planner.Headroom) {
	if len(h.Losses) == 0 {
		return
	}
	fmt.Fprintln(p.out, p.paint.bold("\nlosses"))
	for _, l := range h.Losses {
		when := "running"
		if l.Surge {
			when = "upgrading"
		}
		for i, lost := range l.Lost {
			if i > 0 {
				fmt.Fprintf(p.out, "  %29s %s\n", "", lost)
				continue
			}
			fmt.Fprintf(p.out, "  %-9s  %s  losing %s", when, p.verdict(l.Verdict, 10), lost)
			if l.Ways > 1 {
				fmt.Fprintf(p.out, " (%d losses)", l.Ways)
			}
			fmt.Fprintln(p.out)
		}
		if l.Why != "" {
			fmt.Fprintf(p.out, "  %21s %s\n", "", l.Why)
		}
	}
}

// drawPlacements draws the placements that make verdicts possible.
func (p *program) drawPlacements(h planner.Headroom) {
	draw := func(name string, loads []planner.HostLoad) {
		if len(loads) == 0 {
			return
		}
		fmt.Fprintln(p.out, p.paint.bold("\na placement that fits, "+name))
		for _, l := range loads {
			fmt.Fprintf(p.out, "  %-16s %s\n", l.Host, strings.Join(l.Machines, ", "))
		}
	}
	for _, s := range h.States {
		draw(s.State, s.Placement)
	}
	for _, l := range h.Losses {
		name := l.Example
		if l.Surge {
			name += ", upgrading"
		}
		draw(name, l.Placement)
	}
}

// bar draws a part of a whole, 20 characters wide; more than the whole ends in '!'.
func bar(part, whole float64) string {
	const width = 20
	if whole <= 0 || part > whole {
		return "[" + strings.Repeat("#", width-1) + "!]"
	}
	n := int(part / whole * width)
	return "[" + strings.Repeat("#", n) + strings.Repeat(".", width-n) + "]"
}
