package main

import (
	"bufio"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"github.com/spf13/cobra"
)

// wayFlags are the flags of how a plan is carried out.
type wayFlags struct {
	how
	fresh    bool
	yes      bool
	progress progressFlag
	faults   []string
}

func (f *wayFlags) add(c *cobra.Command) {
	f.On, f.progress = "", progressAuto
	c.Flags().Var(&f.On, "on", "where: the simulated datacenter or the live one")
	c.Flags().Var(&f.Speed, "speed", "simulated seconds in a real one, or max (simulated only)")
	c.Flags().StringVar(&f.World, "world", "", "folder of the simulated world (default: one for each site, in the state folder)")
	c.Flags().Uint64Var(&f.Seed, "seed", 0, "seed of a new simulated world (default: drawn, and printed)")
	c.Flags().BoolVar(&f.fresh, "fresh", false, "begin with a new simulated world, and lose the old one")
	c.Flags().StringArrayVar(&f.faults, "fault", nil, "inject a fault into the simulated world: KIND[,KEY=VALUE...]; see arcwright rehearse --help")
	c.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	c.Flags().Var(&f.progress, "progress", "how progress is shown")
	_ = c.RegisterFlagCompletionFunc("on", cobra.FixedCompletions([]string{"sim", "live"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("progress", cobra.FixedCompletions([]string{"auto", "tui", "plain", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

func (p *program) applyCommand() *cobra.Command {
	var flags wayFlags
	c := &cobra.Command{
		Use:   "apply PLAN",
		Short: "Carry a plan out, with live progress and a journal to resume from",
		Long: `apply carries a plan out: on the live hosts over WinRM and the Kubernetes API, or on the simulated
datacenter, which is reached the same way. What is there already is found and left as it is. The first Ctrl-C stops cleanly,
the second leaves at once; both can be resumed.`,
		Example: "  arcwright apply plan.yaml --on sim --speed max --yes\n  arcwright apply plan.yaml --on live --progress json --yes > run.jsonl",
		Args:    oneArgument("plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			if flags.On == "" {
				return usagef("write --on sim to rehearse it, --on live to do it", "apply has to be told where")
			}
			if flags.On == onLive && c.Flags().Changed("speed") {
				return usagef("leave --speed out", "the live site goes at its own speed")
			}
			plan, document, err := p.loadPlan(args[0])
			if err != nil {
				return err
			}
			if err := p.applicable(plan); err != nil {
				return err
			}
			base, err := filepath.Abs(filepath.Dir(args[0]))
			if err != nil {
				return err
			}
			flags.Base = base
			if err := p.confirm(plan, flags); err != nil {
				return err
			}
			return p.apply(c.Context(), plan, document, flags)
		},
	}
	flags.add(c)
	return c
}

// applicable refuses a plan that must not be carried out, or that this program cannot.
func (p *program) applicable(plan planner.Plan) error {
	if stops(plan.Findings) {
		p.printFindings(p.err, blocks(plan.Findings))
		return blockedf("mend the site and plan again", "the plan is blocked: %s", tally(plan.Findings))
	}
	profile, err := profiles.Load(plan.Site.Platform)
	if err != nil {
		return blockedf("plan again with this program", "the plan is for a platform this program does not know: %s", plan.Site.Platform)
	}
	if profile.Generation == profiles.AzureLocal {
		return blockedf("use the plan's steps as a guide for az aksarc", "this program plans %s but does not carry it out", profile.Title)
	}
	if plan.Inputs.Scripts != provision.LoadCatalogue().Digest() {
		return blockedf("plan again, and review what changed", "the plan was made for other scripts than this program has (%s, here %s)", plan.Inputs.Scripts, provision.LoadCatalogue().Digest())
	}
	for _, f := range plan.Findings {
		if f.Waived != nil && f.Waived.Until < profiles.DateOf(p.now()) {
			return blockedf("decide anew, and plan again", "the waiver of %s at %s ended on %s", f.Code, f.Path, f.Waived.Until)
		}
	}
	today := planner.Lifecycle(planner.Input{Site: plan.Site, Inventory: plan.Inventory, Profile: profile}, profiles.DateOf(p.now()))
	if stops(today) {
		p.printFindings(p.err, blocks(today))
		return blockedf("plan for a day on which it is supported, or waive the finding", "by today's date the plan is blocked")
	}
	return nil
}

func blocks(findings []planner.Finding) []planner.Finding {
	var out []planner.Finding
	for _, f := range findings {
		if f.Stops() {
			out = append(out, f)
		}
	}
	return out
}

// confirm asks the person at the terminal; without one, --yes has to be given.
func (p *program) confirm(plan planner.Plan, flags wayFlags) error {
	if flags.yes {
		return nil
	}
	if !terminal(p.in) {
		return usagef("add --yes, having read the plan", "nobody is there to confirm")
	}
	p.summarise(plan, nil)
	fmt.Fprintf(p.out, "\nThis will change %s on %s. Write the site's name to go on: ", plural(len(plan.Inventory.Hosts), "host"), map[place]string{onSim: "the simulated datacenter", onLive: "the live network"}[flags.On])
	answer, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil || strings.TrimSpace(answer) != plan.Site.Name {
		return &exit{exitUsage, "not confirmed, nothing was done", ""}
	}
	return nil
}

// apply makes a run of a plan and carries it out.
func (p *program) apply(ctx context.Context, plan planner.Plan, document []byte, flags wayFlags) error {
	state, err := p.stateDir()
	if err != nil {
		return err
	}
	w, err := p.open(plan, &flags.how, flags.fresh, flags.faults)
	if err != nil {
		return err
	}
	run, err := provision.CreateRun(state, plan.Site.Name, p.now(), document)
	if err == nil {
		err = flags.save(run)
	}
	if err != nil {
		_ = w.close()
		return err
	}
	return p.carryOut(ctx, run, plan, w, flags.progress)
}

func (p *program) carryOut(ctx context.Context, run *provision.Run, plan planner.Plan, w way, progress progressFlag) error {
	if !p.screen(progress) && progress != progressJSON {
		say(p.out, "run %s on %s\n", run.ID, w.name)
	}
	return p.show(ctx, p.start(ctx, run, plan, w), w.name, progress)
}

func (p *program) resumeCommand() *cobra.Command {
	progress := progressAuto
	c := &cobra.Command{
		Use:     "resume [RUN]",
		Short:   "Go on with a run that was stopped or broken off",
		Long:    "resume looks at what is there and goes on from that: the newest unfinished run, unless one is named.",
		Example: "  arcwright resume\n  arcwright resume branch-20261205T220000Z --progress plain",
		Args:    atMostOne("run"),
		RunE: func(c *cobra.Command, args []string) error {
			run, err := p.findRun(args, false)
			if err != nil {
				return err
			}
			plan, _, err := p.loadPlan(run.PlanPath())
			if err != nil {
				return err
			}
			if err := p.applicable(plan); err != nil {
				return err
			}
			h, err := loadHow(run)
			if err != nil {
				return err
			}
			w, err := p.open(plan, &h, false, nil)
			if err != nil {
				return err
			}
			return p.carryOut(c.Context(), run, plan, w, progress)
		},
	}
	c.Flags().Var(&progress, "progress", "how progress is shown")
	return c
}

// rounded is a duration for people.
func rounded(d time.Duration) string {
	if d >= time.Minute {
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return d.Round(time.Second).String()
}
