package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
)

func (p *program) simCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "sim",
		Short:   "The simulated datacenter",
		Example: "  arcwright sim serve plan.yaml --speed 60",
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.simServeCommand())
	return c
}

func (p *program) simServeCommand() *cobra.Command {
	var (
		h         = how{On: onSim, Speed: 60}
		fresh     bool
		inventory string
		listen    string
		output    string
		faults    []string
	)
	c := &cobra.Command{
		Use:   "serve SITE|PLAN",
		Short: "Serve the simulated datacenter on loopback, for other clients",
		Long: `serve opens the simulated world of a site and listens on loopback: WinRM for every host, the Kubernetes API for every cluster,
as they appear. apply --on sim in another terminal finds it by its folder. Kubeconfigs that kubectl and curl can use are
written below the world's folder, in serve/. Time goes at --speed times real time, whether anybody is connected or not.`,
		Example: "  arcwright sim serve plan.yaml --speed 60\n  kubectl --kubeconfig ~/.local/state/arcwright/worlds/quickstart/serve/shop.kubeconfig get nodes",
		Args:    oneArgument("site or plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			plan, err := p.loadEither(args[0], inventory)
			if err != nil {
				return err
			}
			if h.Speed == 0 {
				return usagef("write --speed 60, or up to 120", "a served world cannot run flat out: its clients do not say when they wait")
			}
			if h.Speed > 600 {
				return usagef("write --speed 60, or up to 120", "at %s times real time the clients' deadlines are shorter than an answer takes", &h.Speed)
			}
			if h.World == "" {
				state, err := p.stateDir()
				if err != nil {
					return err
				}
				h.World = filepath.Join(state, "worlds", plan.Site.Name)
			}
			w, err := p.open(plan, &h, fresh, faults)
			if err != nil {
				return err
			}
			if w.world == nil {
				_ = w.close()
				return &exit{exitLeased, "the world " + h.World + " is served already", ""}
			}
			defer w.close()
			ctx, cancel := context.WithCancel(c.Context())
			defer cancel()
			defer onSignals(cancel, cancel)()
			endpoints, err := w.world.Serve(ctx, listen)
			if err != nil {
				return err
			}
			user, password := w.world.Account()
			if output == "json" {
				if err := json.NewEncoder(p.out).Encode(keyed{"version": "arcwright.dev/serve/v1", "world": h.World, "seed": h.Seed, "user": user, "password": password, "endpoints": endpoints}); err != nil {
					return err
				}
			} else {
				say(p.out, "%s\nworld %s\n", w.name, h.World)
				for _, e := range endpoints {
					fmt.Fprintf(p.out, "  %-36s %s\n", e.Name, e.Address)
				}
				say(p.out, "  hosts let in %s with the password %s\nserving; stop with Ctrl-C\n", user, password)
			}
			<-ctx.Done()
			return nil
		},
	}
	outputFlag(c, &output, "text", "json")
	inventoryFlag(c, &inventory)
	c.Flags().Var(&h.Speed, "speed", "simulated seconds in a real one")
	c.Flags().StringVar(&h.World, "world", "", "folder of the world (default: one for each site, in the state folder)")
	c.Flags().Uint64Var(&h.Seed, "seed", 0, "seed of a new world (default: drawn, and printed)")
	c.Flags().BoolVar(&fresh, "fresh", false, "begin with a new world, and lose the old one")
	c.Flags().StringVar(&listen, "listen", "127.0.0.1", "loopback address to listen on; every endpoint gets a free port")
	c.Flags().StringArrayVar(&faults, "fault", nil, "inject a fault: KIND[,KEY=VALUE...]")
	return c
}
