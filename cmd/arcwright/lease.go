package main

import (
	"encoding/json"
	"path/filepath"

	"github.com/arcwright/arcwright/provision"
	"github.com/spf13/cobra"
)

func (p *program) leaseCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "lease",
		Short:   "Show or break the lease by which one run at a time works on a site",
		Example: "  arcwright lease list plan.yaml --on live\n  arcwright lease break plan.yaml --on live --yes",
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.leaseVerb("list", "Show who works on a site, and until when"), p.leaseVerb("break", "Take the lease away from a run that is gone"))
	return c
}

func (p *program) leaseVerb(verb, short string) *cobra.Command {
	var (
		h      how
		output string
		yes    bool
	)
	c := &cobra.Command{
		Use:     verb + " SITE|PLAN",
		Short:   short,
		Example: "  arcwright lease " + verb + " plan.yaml --on sim",
		Args:    oneArgument("site or plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			if h.On == "" {
				return usagef("write --on live or --on sim", "lease has to be told where")
			}
			if verb == "break" && !yes {
				return usagef("add --yes once you know that the run is gone: its next change will be refused", "breaking a lease stops another operator's run")
			}
			plan, err := p.loadEither(args[0], "")
			if err != nil {
				return err
			}
			if h.Base, err = filepath.Abs(filepath.Dir(args[0])); err != nil {
				return err
			}
			w, err := p.open(plan, &h, false, nil)
			if err != nil {
				return err
			}
			defer w.close()
			w.reach.Clock.Busy(+1)
			defer w.reach.Clock.Busy(-1)
			lease, err := provision.ReadLease(c.Context(), w.reach, plan)
			if verb == "break" && err == nil {
				lease, err = provision.BreakLease(c.Context(), w.reach, plan)
			}
			if err != nil {
				return err
			}
			if output == "json" {
				return json.NewEncoder(p.out).Encode(keyed{"version": "arcwright.dev/lease/v1", "site": plan.Site.Name, "owner": lease.Owner, "epoch": lease.Epoch, "expires": lease.Expires})
			}
			if lease.Owner == "" {
				return say(p.out, "%s: nobody holds the lease (epoch %d)\n", plan.Site.Name, lease.Epoch)
			}
			return say(p.out, "%s: held by %s until %s (epoch %d)\n", plan.Site.Name, lease.Owner, stamp(lease.Expires), lease.Epoch)
		},
	}
	outputFlag(c, &output, "text", "json")
	p.outFlag(c)
	c.Flags().Var(&h.On, "on", "where: the simulated datacenter or the live one")
	c.Flags().StringVar(&h.World, "world", "", "folder of the simulated world")
	if verb == "break" {
		c.Flags().BoolVar(&yes, "yes", false, "do it")
	}
	return c
}
