package main

import (
	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) checkCommand() *cobra.Command {
	var (
		output, inventory string
		look              looking
	)
	c := &cobra.Command{
		Use:   "check SITE",
		Short: "Judge a site and its hosts, and say what to do about each finding",
		Long: `check judges a site by its files. With --live it looks at the hosts as well, over WinRM and without changing anything there: they
are read anew and held against the inventory, and what only looking can tell is judged: paused hosts and the failover cluster's
health, what is left of earlier deployments, the directory (where the site names directory.server), planned addresses that are in use, DNS servers, clocks, free memory, and versions of
the module. What this site's own runs have made is no complaint. A host that cannot be read is a finding; the others are judged.

The exit code is 3 when a finding blocks, and 1 when no host could be read.

The simulated site (--on sim) can be found in a condition:
` + conditionHelp(),
		Example: `  arcwright check site.yaml
  arcwright check site.yaml --inventory measured.yaml -o json
  arcwright check site.yaml --live
  arcwright check site.yaml --live --on sim --condition host-paused`,
		Args: oneArgument("site file"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := look.sane(c); err != nil {
				return err
			}
			l, err := loadSite(args[0], inventory)
			if err != nil {
				return err
			}
			findings, read := l.findings, true
			switch {
			case stops(findings):
			case look.live:
				if findings, read, err = p.lookLive(c.Context(), args[0], l, look); err != nil {
					return err
				}
			default:
				findings = planner.Make(l.input).Findings
			}
			for i := range findings {
				l.positions.Locate(&findings[i])
			}
			if err := p.showFindings(output, args[0], l.input.Site.Name, findings); err != nil {
				return err
			}
			switch {
			case !read:
				return &exit{exitFailed, "no host could be read", "arcwright discover HOST reads one host alone"}
			case stops(findings):
				return &exit{code: exitBlocked}
			}
			return nil
		},
	}
	outputFlag(c, &output, "text", "json", "junit")
	p.outFlag(c)
	inventoryFlag(c, &inventory)
	look.add(c)
	return c
}

// showFindings prints what check has found.
func (p *program) showFindings(output, file, site string, findings []planner.Finding) error {
	switch output {
	case "json":
		if findings == nil {
			findings = []planner.Finding{}
		}
		return p.printJSON(keyed{"version": "arcwright.dev/findings/v1", "site": site, "findings": findings})
	case "junit":
		return writeJUnit(p.out, file, findings)
	}
	p.printFindings(p.out, findings)
	say(p.out, "%s: %s\n", file, tally(findings))
	if len(findings) > 0 {
		say(p.out, "what a code means: arcwright explain %s\n", findings[0].Code)
	}
	return nil
}

func inventoryFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "inventory", "", "inventory file, instead of the one the site names")
	_ = c.MarkFlagFilename("inventory", "yaml", "yml")
}
