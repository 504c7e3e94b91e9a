package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
	"github.com/spf13/cobra"
)

func (p *program) rehearseCommand() *cobra.Command {
	var (
		output string
		faults string
		seed   uint64
		trials int
	)
	c := &cobra.Command{
		Use:   "rehearse PLAN",
		Short: "Run a plan in a fresh simulated datacenter, with faults, and say how it ends",
		Long: `rehearse runs the plan with the engine that would apply it, in a datacenter simulated from the plan's own inventory:
once undisturbed, and once for each fault that is asked for. Nothing is kept.

Faults:
` + faultHelp(),
		Example: "  arcwright rehearse plan.yaml\n  arcwright rehearse plan.yaml --faults all --seed 7\n  arcwright rehearse plan.yaml --faults connection-cut,host-unreachable -o json",
		Args:    oneArgument("plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			plan, document, err := p.loadPlan(args[0])
			if err != nil {
				return err
			}
			if err := p.applicable(plan); err != nil {
				return err
			}
			kinds, err := faultKinds(faults)
			if err != nil {
				return err
			}
			if trials < 1 {
				return usagef("write 1 or more", "--trials %d is no number of trials", trials)
			}
			if seed == 0 {
				seed = 1
			}
			return p.rehearse(c.Context(), plan, document, kinds, seed, trials, output)
		},
	}
	outputFlag(c, &output, "text", "json")
	p.outFlag(c)
	c.Flags().StringVar(&faults, "faults", "", "kinds of fault, comma-separated, or all")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the first trial's world; the next have the next seeds")
	c.Flags().IntVar(&trials, "trials", 1, "how often each is run")
	return c
}

func faultHelp() string {
	var b strings.Builder
	for _, k := range sim.FaultKinds() {
		fmt.Fprintf(&b, "  %-20s %s\n", k.Name, k.Help)
	}
	return b.String()
}

// faultKinds reads the flag.
func faultKinds(text string) ([]string, error) {
	var all, kinds []string
	for _, k := range sim.FaultKinds() {
		all = append(all, k.Name)
	}
	switch text {
	case "":
		return nil, nil
	case "all":
		return all, nil
	}
	for name := range strings.SplitSeq(text, ",") {
		known := false
		for _, k := range all {
			known = known || k == name
		}
		if !known {
			hint := "the kinds are: " + strings.Join(all, ", ")
			if near := planner.Nearest(name, all); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			return nil, usagef(hint, "there is no fault %q", name)
		}
		kinds = append(kinds, name)
	}
	return kinds, nil
}

// A trial is one rehearsal and how it ended.
type trial struct {
	Fault   string            `json:"fault,omitempty"`
	Seed    uint64            `json:"seed"`
	Outcome provision.Outcome `json:"outcome"`
	Reason  string            `json:"reason,omitempty"`
	Seconds float64           `json:"seconds"`
	Retries int               `json:"retries"`
	Failed  []string          `json:"failed,omitempty"`
	Effects int               `json:"effects"`
}

func (p *program) rehearse(ctx context.Context, plan planner.Plan, document []byte, kinds []string, seed uint64, trials int, output string) error {
	var results []trial
	for _, kind := range append([]string{""}, kinds...) {
		for n := range trials {
			t, err := p.try(ctx, plan, document, kind, seed+uint64(n))
			if err != nil {
				return err
			}
			results = append(results, t)
			if output == "text" {
				p.printTrial(t)
			}
		}
	}
	bad := 0
	for _, t := range results {
		if t.Outcome != provision.OutcomeDone {
			bad++
		}
	}
	if output == "json" {
		e := json.NewEncoder(p.out)
		e.SetIndent("", "  ")
		if err := e.Encode(map[string]any{"version": "arcwright.dev/rehearsal/v1", "site": plan.Site.Name, "plan": plan.Digest, "trials": results}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(p.out, "%d of %s ended in done\n", len(results)-bad, plural(len(results), "trial"))
	}
	for _, t := range results {
		if t.Fault == "" && t.Outcome != provision.OutcomeDone {
			return &exit{exitFailed, fmt.Sprintf("the plan fails even undisturbed, with seed %d: %s", t.Seed, t.Reason), ""}
		}
	}
	return nil
}

// try runs a plan in a world of its own, with one fault or none.
func (p *program) try(ctx context.Context, plan planner.Plan, document []byte, kind string, seed uint64) (trial, error) {
	t := trial{Fault: kind, Seed: seed}
	state, err := os.MkdirTemp("", "arcwright-rehearsal-*")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(state)
	h := how{On: onSim, Seed: seed}
	var faults []string
	if kind != "" {
		faults = []string{kind}
	}
	w, err := p.simulated(plan, &h, faults)
	if err != nil {
		return t, err
	}
	run, err := provision.CreateRun(state, plan.Site.Name, p.now(), document)
	if err != nil {
		return t, errors.Join(err, w.close())
	}
	j := p.start(ctx, run, plan, w)
	defer j.cancel()
	defer onSignals(j.halt, j.cancel)()
	<-j.ended
	progress := provision.Progress{}.With(j.log.Since(0)...)
	t.Outcome, t.Seconds, t.Effects = j.outcome, progress.Elapsed(progress.At).Seconds(), w.world.Effects()
	if j.err != nil {
		t.Reason = j.err.Error()
	}
	for _, e := range j.log.Since(0) {
		if e.Kind == provision.EventRetry {
			t.Retries++
		}
	}
	for _, s := range progress.Steps {
		if s.State == provision.StepFailed {
			t.Failed = append(t.Failed, s.ID)
		}
	}
	if err := j.close(); err != nil {
		return t, err
	}
	if t.Outcome == provision.OutcomeInterrupted {
		return t, &exit{exitInterrupted, "stopped", ""}
	}
	return t, nil
}

func (p *program) printTrial(t trial) {
	name := t.Fault
	if name == "" {
		name = "undisturbed"
	}
	outcome := p.paint.good(string(t.Outcome))
	if t.Outcome != provision.OutcomeDone {
		outcome = p.paint.bad(string(t.Outcome))
	}
	fmt.Fprintf(p.out, "%-20s seed %-6d %s after %s, %s, %s\n", name, t.Seed, outcome, rounded(time.Duration(t.Seconds*float64(time.Second))), plural(t.Effects, "effect"), plural(t.Retries, "repeat"))
	if t.Reason != "" {
		fmt.Fprintf(p.out, "  %s\n", t.Reason)
	}
}
