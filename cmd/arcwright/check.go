package main

import (
	"encoding/json"
	"fmt"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) checkCommand() *cobra.Command {
	var output, inventory string
	c := &cobra.Command{
		Use:     "check SITE",
		Short:   "Judge a site and its hosts, and say what to do about each finding",
		Example: "  arcwright check site.yaml\n  arcwright check site.yaml --inventory measured.yaml -o json",
		Args:    oneArgument("site file"),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := loadSite(args[0], inventory)
			if err != nil {
				return err
			}
			findings := l.findings
			if !stops(findings) {
				findings = planner.Make(l.input).Findings
			}
			for i := range findings {
				l.positions.Locate(&findings[i])
			}
			if output == "json" {
				if findings == nil {
					findings = []planner.Finding{}
				}
				e := json.NewEncoder(p.out)
				e.SetIndent("", "  ")
				if err := e.Encode(map[string]any{"version": "arcwright.dev/findings/v1", "site": l.input.Site.Name, "findings": findings}); err != nil {
					return err
				}
			} else if output == "junit" {
				if err := writeJUnit(p.out, args[0], findings); err != nil {
					return err
				}
			} else {
				p.printFindings(p.out, findings)
				fmt.Fprintf(p.out, "%s: %s\n", args[0], tally(findings))
				if len(findings) > 0 {
					fmt.Fprintf(p.out, "what a code means: arcwright explain %s\n", findings[0].Code)
				}
			}
			if stops(findings) {
				return &exit{code: exitBlocked}
			}
			return nil
		},
	}
	outputFlag(c, &output, "text", "json", "junit")
	p.outFlag(c)
	inventoryFlag(c, &inventory)
	return c
}

func inventoryFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "inventory", "", "inventory file, instead of the one the site names")
	_ = c.MarkFlagFilename("inventory", "yaml", "yml")
}
