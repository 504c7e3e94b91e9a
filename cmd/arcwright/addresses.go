package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) addressesCommand() *cobra.Command {
	var output, inventory string
	c := &cobra.Command{
		Use:   "addresses SITE|PLAN",
		Short: "Draw the address map, or write it for an address-management system",
		Long: "Draw the address map, or write it for an address-management system.\n\n" +
			"As csv and json each address of a network has a row with its purpose, the rule that put it there and the\n" +
			"page the rule is from; each subnet and each range has one as well.\n\n" +
			"The exit code is 3 when a finding about addresses or networks blocks; the map is written all the same.",
		Example: "  arcwright addresses site.yaml\n  arcwright addresses plan.yaml -o csv > addresses.csv",
		Args:    oneArgument("site or plan file"),
		RunE: func(_ *cobra.Command, args []string) error {
			plan, err := p.loadEither(args[0], inventory)
			if err != nil {
				return err
			}
			blocked := blockedBy(args[0], "the addresses cannot be used", stopping(plan, aboutAddresses))
			switch output {
			case "json":
				return errors.Join(blocked, p.printJSON(keyed{"version": "arcwright.dev/addresses/v1", "site": plan.Site.Name, "addresses": plan.Addresses, "rows": addressRows(plan)}))
			case "csv":
				w := csv.NewWriter(p.out)
				rows := [][]string{{"kind", "start", "end", "count", "network", "vlan", "subnet", "pool", "purpose", "rule", "source"}}
				for _, r := range addressRows(plan) {
					rows = append(rows, r.fields())
				}
				return errors.Join(blocked, w.WriteAll(rows))
			}
			p.drawAddresses(plan)
			return blocked
		},
	}
	outputFlag(c, &output, "text", "json", "csv")
	p.outFlag(c)
	inventoryFlag(c, &inventory)
	return c
}

func (p *program) drawAddresses(plan planner.Plan) {
	g := &page{p: p}
	for i, n := range networksOf(plan) {
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		g.network(plan, n)
	}
	g.demands(plan)
	m := plan.Addresses
	g.head("the vendor's pages do not agree; the plan uses the lines marked >")
	for _, t := range m.VendorTotals {
		mark := " "
		if t.Used {
			mark = ">"
		}
		g.item(fmt.Sprintf("%s %-7s %4d  ", mark, t.Pool, t.Count), t.Reason.Rule, t.Reason.Source)
	}
	g.head("single addresses")
	for _, a := range m.Fixed {
		fmt.Fprintf(p.out, "  %-16s %s\n", a.Address, a.Purpose)
	}
	fmt.Fprintf(p.out, "  inside the clusters: pods %s, services %s\n", m.Pods, m.Services)
	g.head("never changed after the installation")
	for _, f := range m.Permanent {
		g.item("  ", f.Key+": "+f.Value, "")
		g.item("      ", f.Rule, f.Source)
	}
	var wrong []planner.Finding
	for _, f := range plan.Findings {
		if f.Severity != planner.Note && aboutAddresses(f) {
			wrong = append(wrong, f)
		}
	}
	if len(wrong) > 0 {
		g.head("wrong, or to be weighed")
		p.printFindings(p.out, wrong)
	}
	g.head("sources")
	for i, source := range g.sources {
		g.item(fmt.Sprintf("  [%d] ", i+1), source, "")
	}
}

// stopping are the findings of a plan that stop it and are about one part of it.
func stopping(plan planner.Plan, about func(planner.Finding) bool) []planner.Finding {
	return slices.DeleteFunc(slices.Clone(plan.Findings), func(f planner.Finding) bool { return !f.Stops() || !about(f) })
}

// blockedBy is the end of a command that shows a part of a plan: nil, or that findings stop it.
func blockedBy(file, what string, findings []planner.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return blockedf("arcwright check SITE says where and what to do", "%s: %s: %s", file, what, plural(len(findings), "blocking finding"))
}

// aboutAddresses reports whether a finding is about addresses or networks.
func aboutAddresses(f planner.Finding) bool {
	return slices.ContainsFunc([]string{"address-", "network-", "cloud-agent-", "proxy-", "cluster-network", "inventory-address", "switch-"}, func(begin string) bool { return strings.HasPrefix(f.Code, begin) })
}

// demands prints who needs how many addresses, and by which rules.
func (g *page) demands(plan planner.Plan) {
	demands := slices.Clone(plan.Addresses.Demands)
	for _, n := range plan.Addresses.Networks {
		demands = append(demands, n.Demands...)
	}
	type need struct{ nodes, virtual, others int }
	needs := map[string]*need{}
	var owners, rules []string
	sources := map[string]string{}
	for _, d := range demands {
		n := needs[d.Owner]
		if n == nil {
			n = &need{}
			needs[d.Owner] = n
			owners = append(owners, d.Owner)
		}
		switch d.Pool {
		case planner.NodeAddresses:
			n.nodes += d.Count
		case planner.VirtualAddresses:
			n.virtual += d.Count
		default:
			n.others += d.Count
		}
		rule := fmt.Sprintf("%s: %s", d.Pool, d.Reason.Rule)
		if _, seen := sources[rule]; !seen {
			rules = append(rules, rule)
			sources[rule] = d.Reason.Source
		}
	}
	g.head("needed                 node pool   virtual pool   elsewhere")
	for _, owner := range owners {
		n := needs[owner]
		fmt.Fprintf(g.p.out, "  %-20s %9d %14d %11d\n", owner, n.nodes, n.virtual, n.others)
	}
	fmt.Fprintf(g.p.out, "  %d in all; the vendor's own way of counting gives %d\n", plan.Addresses.Total, plan.Addresses.VendorCount)
	for _, rule := range rules {
		g.item("    ", rule, sources[rule])
	}
}
