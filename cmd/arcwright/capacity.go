package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) capacityCommand() *cobra.Command {
	var output, inventory string
	var cost bool
	c := &cobra.Command{
		Use:     "capacity SITE|PLAN",
		Short:   "Show the headroom now, after losing each host, and during an upgrade; node pools, storage and cost",
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
				e := json.NewEncoder(p.out)
				e.SetIndent("", "  ")
				return e.Encode(map[string]any{"version": "arcwright.dev/capacity/v1", "site": plan.Site.Name, "headroom": plan.Headroom, "sizing": plan.Sizing, "storage": plan.Storage, "cost": plan.Cost})
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
		verdict := string(s.Verdict)
		switch s.Verdict {
		case planner.Guaranteed, planner.Possible:
			verdict = p.paint.good(verdict)
		case planner.Impossible:
			verdict = p.paint.bad(verdict)
		default:
			verdict = p.paint.warn(verdict)
		}
		fmt.Fprintf(p.out, "  %-26s %s %9s of %9s, vCPUs %4d of %4d  %s\n", s.State, bar(float64(s.Needed), float64(s.Usable)), s.Needed, s.Usable, s.VCPUsIn, s.VCPUs, verdict)
		if s.Why != "" {
			fmt.Fprintf(p.out, "  %-26s %s\n", "", s.Why)
		}
	}
	fmt.Fprintf(p.out, "\nkept free: %d %% (%s): %s\n", h.ReservePercent, h.ReserveMemory, h.Reason.Rule)
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
