package main

import (
	"errors"
	"fmt"
	"slices"
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
undecided   neither was shown

The exit code is 3 when the site does not fit: when a finding about headroom, workloads, GPUs,
storage or the number of machines blocks. What is printed is the same; --cost asks nothing of it.`,
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
			blocked := blockedBy(args[0], "the site does not fit", stopping(plan, aboutCapacity))
			if output == "json" {
				return errors.Join(blocked, p.printJSON(keyed{"version": "arcwright.dev/capacity/v1", "site": plan.Site.Name, "headroom": plan.Headroom, "sizing": plan.Sizing, "storage": plan.Storage, "cost": plan.Cost}))
			}
			p.drawHeadroom(plan.Headroom)
			p.drawSizing(plan.Sizing)
			p.drawStorage(plan.Storage)
			fmt.Fprintln(p.out)
			p.drawCost(plan.Cost)
			p.drawStopping(plan)
			return blocked
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

// aboutCapacity reports whether a finding is about what fits on the hosts.
func aboutCapacity(f planner.Finding) bool {
	return !strings.HasPrefix(f.Code, "storage-path-") &&
		slices.ContainsFunc([]string{"headroom-", "workload-", "gpu-", "storage-", "limit-machines"}, func(begin string) bool { return strings.HasPrefix(f.Code, begin) })
}

// drawStopping prints the findings for which a site does not fit.
func (p *program) drawStopping(plan planner.Plan) {
	if findings := stopping(plan, aboutCapacity); len(findings) > 0 {
		fmt.Fprintln(p.out, p.paint.bold("\nfor this the site does not fit"))
		p.printFindings(p.out, findings)
	}
}

func (p *program) drawHeadroom(h planner.Headroom) {
	fmt.Fprintln(p.out, p.paint.bold(fmt.Sprintf("%-32s %9s %9s %13s %6s %6s", "hosts", "memory", "kept", "for machines", "cores", "vCPUs")))
	for _, host := range h.Hosts {
		p.row(fmt.Sprintf("  %-30s", host.Name), 32, fmt.Sprintf(" %9s %9s %13s %6d %6d", short(host.Memory), short(host.Reserved), short(host.Usable), host.Cores, host.VCPUs))
	}
	fmt.Fprintln(p.out, p.paint.bold(fmt.Sprintf("\n%-32s %20s %13s", "in use", "memory", "vCPUs")))
	for _, s := range h.States {
		p.row(fmt.Sprintf("  %-20s", s.State), 22, fmt.Sprintf(" %s %8s of %-8s %5d of %-5d %s", bar(float64(s.Needed), float64(s.Usable)), short(s.Needed), short(s.Usable), s.VCPUsIn, s.VCPUs, p.verdict(s.Verdict, 0)))
		if s.Why != "" {
			hang(p.out, "      ", s.Why)
		}
	}
	fmt.Fprintln(p.out)
	say(p.out, "kept free: %d %% (%s): %s\n", h.ReservePercent, h.ReserveMemory, h.Reason.Rule)
	p.drawLosses(h)
	p.drawPlacements(h)
	if len(h.Changes) > 0 {
		fmt.Fprintln(p.out, p.paint.bold("\nsmallest changes, each enough by itself"))
		last := ""
		for _, c := range h.Changes {
			if c.For != last {
				hangAt(p.out, "  for ", 4, c.For)
				last = c.For
			}
			hangAt(p.out, "    ", 6, c.What)
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
				hang(p.out, strings.Repeat(" ", 32), lost)
				continue
			}
			if l.Ways > 1 {
				lost += fmt.Sprintf(" (%d losses)", l.Ways)
			}
			hangAt(p.out, fmt.Sprintf("  %-9s  %s  ", when, p.verdict(l.Verdict, 10)), 32, "losing "+lost)
		}
		if l.Why != "" {
			hang(p.out, strings.Repeat(" ", 25), l.Why)
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
			hang(p.out, fmt.Sprintf("  %-16s ", l.Host), strings.Join(l.Machines, ", "))
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

// row prints a row of a table. Where the first column is longer than it should be, the others
// stand below it.
func (p *program) row(first string, width int, others string) {
	if cellsOf(first) > width {
		fmt.Fprintln(p.out, first)
		first = strings.Repeat(" ", width)
	}
	fmt.Fprintln(p.out, strings.TrimRight(first+others, " "))
}

// short is an amount in at most eight cells: exact where that is short enough.
func short(b planner.Bytes) string {
	if text := b.String(); len(text) <= 8 {
		return text
	}
	return roughly(b)
}

// bar draws a part of a whole, 8 characters wide; more than the whole ends in '!'.
func bar(part, whole float64) string {
	const width = 8
	if whole <= 0 || part > whole {
		return "[" + strings.Repeat("#", width-1) + "!]"
	}
	n := int(part / whole * width)
	return "[" + strings.Repeat("#", n) + strings.Repeat(".", width-n) + "]"
}
