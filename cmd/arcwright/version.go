package main

import (
	"encoding/json"
	"runtime"

	"github.com/arcwright/arcwright/planner"
	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and the versions of the files it reads",
		Example: "  arcwright version\n  arcwright version -o json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if output == "json" {
				return json.NewEncoder(p.out).Encode(keyed{
					"version": "arcwright.dev/version/v1", "program": version, "go": runtime.Version(),
					"platform": runtime.GOOS + "/" + runtime.GOARCH, "site": planner.SiteVersion, "plan": planner.PlanVersion,
				})
			}
			if output != "text" {
				return usagef("write -o text or -o json", "version cannot print %q", output)
			}
			return say(p.out, "arcwright %s (%s, %s/%s)\n  reads %s and %s\n",
				version, runtime.Version(), runtime.GOOS, runtime.GOARCH, planner.SiteVersion, planner.PlanVersion)
		},
	}
	outputFlag(c, &output, "text", "json")
	p.outFlag(c)
	return c
}
