package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
	"github.com/spf13/cobra"
)

// rehearseFlags are the flags of rehearse.
type rehearseFlags struct {
	output string
	faults string
	seed   uint64
	trials int
	budget time.Duration
	days   int
	learn  string
}

func (p *program) rehearseCommand() *cobra.Command {
	var f rehearseFlags
	c := &cobra.Command{
		Use:   "rehearse PLAN",
		Short: "Run a plan in a fresh simulated datacenter, with faults, and say how it ends",
		Long: `rehearse runs the plan with the engine that would apply it, in a datacenter simulated from the plan's own inventory:
once undisturbed, and once for each fault that is asked for. Nothing is kept.

With --budget it aims the faults (all of them, unless --faults names some) at every step of the plan, one pair after another in an order drawn
from the seed, until that much real time is spent: a pair that has begun is brought to its end. What it prints says for each pair whether the run
recovers by itself, can be resumed once the fault has passed, needs a person, or leaves something behind.

With --days the world of the undisturbed run goes on after it, with nobody doing anything, and every step is looked at again, as status --look does:
which steps are done no more from which day on, and what ends when by the platform's figures.

With --learn the journals below a folder tell how long each kind of step takes, where they tell it; of the others the plan's estimate counts. From
that it says how long the whole run will take in half of all cases, in 90 and in 99 of 100. Journals of live runs are used, and those of
simulated ones only where there are no others, which is then said.

Faults:
` + faultHelp(),
		Example: `  arcwright rehearse plan.yaml
  arcwright rehearse plan.yaml --faults all --seed 7
  arcwright rehearse plan.yaml --faults connection-cut,host-unreachable -o json
  arcwright rehearse plan.yaml --budget 2m
  arcwright rehearse plan.yaml --days 365
  arcwright rehearse plan.yaml --learn ~/.local/state/arcwright/runs`,
		Args: oneArgument("plan file"),
		RunE: func(c *cobra.Command, args []string) error {
			kinds, err := faultKinds(f.faults)
			if err != nil {
				return err
			}
			if err := f.check(c.Flags().Changed); err != nil {
				return err
			}
			plan, document, err := p.loadPlan(args[0])
			if err != nil {
				return err
			}
			if err := p.applicable(plan); err != nil {
				return err
			}
			r := &rehearsal{p: p, flags: f, file: args[0], plan: plan, document: document, kinds: kinds}
			return r.run(c.Context())
		},
	}
	outputFlag(c, &f.output, "text", "json")
	p.outFlag(c)
	c.Flags().StringVar(&f.faults, "faults", "", "kinds of fault, comma-separated, or all")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the first trial's world; the next have the next seeds")
	c.Flags().IntVar(&f.trials, "trials", 1, "how often each is run, with --budget at the most")
	c.Flags().DurationVar(&f.budget, "budget", 0, "real time, such as 2m, to try every kind of fault at every step in")
	c.Flags().IntVar(&f.days, "days", 0, "how many days the world goes on after the undisturbed run, 3650 at the most")
	c.Flags().StringVar(&f.learn, "learn", "", "folder with journals of runs, to say from them how long it will take")
	_ = c.MarkFlagDirname("learn")
	return c
}

// check refuses values that mean nothing, and fills in the seed.
func (f *rehearseFlags) check(given func(flag string) bool) error {
	switch {
	case f.trials < 1:
		return usagef("write 1 or more", "--trials %d is no number of trials", f.trials)
	case given("budget") && f.budget <= 0:
		return usagef("write how long it may take, such as 90s or 5m", "--budget %s leaves no time to try anything", f.budget)
	case given("learn") && f.learn == "":
		return usagef("name a folder with runs in it, such as the state folder", "--learn names no folder")
	case f.days < 0 || f.days > mostDays:
		return usagef(fmt.Sprintf("write 1 to %d, or leave it out", mostDays), "--days %d cannot be rehearsed", f.days)
	}
	if f.seed == 0 {
		f.seed = 1
	}
	return nil
}

func faultHelp() string {
	var b strings.Builder
	for _, k := range sim.FaultKinds() {
		fmt.Fprintf(&b, "  %-20s %s\n", k.Name, k.Help)
	}
	b.WriteString("\nOne fault for apply --on sim is written --fault KIND,KEY=VALUE: host=HOST, from=TIME, for=TIME, nth=N for the N-th occurrence, and step=STEP\n" +
		"(a step's id or kind). With a step, at=submit has the fault wait for the request that has the step done, at=work for a look at it meanwhile.\n")
	return b.String()
}

// A rehearsal is what one call of rehearse does and finds.
type rehearsal struct {
	p        *program
	flags    rehearseFlags
	file     string
	plan     planner.Plan
	document []byte
	kinds    []string

	trials []trial
	matrix *matrix
	later  *later
	lesson *lesson
}

// run rehearses, and prints what was found, also when the operator has had enough.
func (r *rehearsal) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer onSignals(cancel, cancel)()
	found := r.find(ctx)
	if found != nil && !errors.Is(found, errStopped) {
		return found
	}
	if err := r.print(); err != nil {
		return err
	}
	if found != nil {
		return found
	}
	for _, t := range r.trials {
		if t.Fault == "" && t.Outcome != provision.OutcomeDone {
			return &exit{exitFailed, fmt.Sprintf("the plan fails even undisturbed, with seed %d: %s", t.Seed, t.Reason), ""}
		}
	}
	return nil
}

// find does what the flags ask for.
func (r *rehearsal) find(ctx context.Context) (err error) {
	if r.flags.learn != "" {
		if r.lesson, err = learn(ctx, r.flags.learn, r.plan, r.flags.seed); err != nil {
			return err
		}
	}
	kinds := []string{""}
	if r.flags.budget == 0 {
		kinds = append(kinds, r.kinds...)
	}
	for _, kind := range kinds {
		for n := range r.flags.trials {
			if r.flags.budget > 0 && n > 0 {
				break // rounds of the matrix are meant
			}
			if err := r.try(ctx, kind, r.flags.seed+uint64(n)); err != nil {
				return err
			}
		}
	}
	if r.flags.budget > 0 {
		return r.findVerdict(ctx)
	}
	return nil
}

// try runs the plan with one fault or none, and after the first undisturbed run lets its
// world go on.
func (r *rehearsal) try(ctx context.Context, kind string, seed uint64) (err error) {
	var faults []string
	if kind != "" {
		faults = []string{kind}
	}
	s, err := r.p.set(r.plan, r.document, seed, faults...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.strike()) }()
	t, err := s.apply(ctx)
	if err != nil {
		return err
	}
	t.Fault = kind
	r.trials = append(r.trials, t)
	if r.flags.output == "text" {
		r.p.printTrial(t)
	}
	if r.flags.days > 0 && r.later == nil && kind == "" && t.Outcome == provision.OutcomeDone {
		r.later, err = s.later(ctx, r.flags.days)
	}
	return err
}

// findVerdict fills the matrix, unless the plan fails without any fault.
func (r *rehearsal) findVerdict(ctx context.Context) error {
	if r.trials[0].Outcome != provision.OutcomeDone {
		return nil
	}
	kinds := r.kinds
	if len(kinds) == 0 {
		for _, k := range sim.FaultKinds() {
			kinds = append(kinds, k.Name)
		}
	}
	r.matrix = newMatrix(r.plan, kinds)
	return r.p.judge(ctx, r.plan, r.document, r.matrix, r.flags.seed, r.flags.trials, r.flags.budget)
}

// print prints everything but the trials of a text, which were printed as they ended.
func (r *rehearsal) print() error {
	p := r.p
	if r.flags.output == "json" {
		document := keyed{"version": "arcwright.dev/rehearsal/v1", "site": r.plan.Site.Name, "plan": r.plan.Digest, "trials": r.trials}
		if r.matrix != nil {
			document["matrix"] = r.matrix
		}
		if r.later != nil {
			document["later"] = r.later
		}
		if r.lesson != nil {
			document["forecast"] = r.lesson
		}
		return p.printJSON(document)
	}
	if r.matrix != nil {
		p.drawMatrix(r.matrix, r.file)
	}
	if r.later != nil {
		p.drawLater(r.later)
	}
	if r.lesson != nil {
		p.drawLesson(r.lesson, r.undisturbed())
	}
	good := 0
	for _, t := range r.trials {
		if t.Outcome == provision.OutcomeDone {
			good++
		}
	}
	if r.matrix == nil {
		say(p.out, "%d of %s ended in done\n", good, plural(len(r.trials), "trial"))
	}
	return nil
}

// undisturbed is how long the first run without a fault took, 0 without one.
func (r *rehearsal) undisturbed() time.Duration {
	for _, t := range r.trials {
		if t.Fault == "" && t.Outcome == provision.OutcomeDone {
			return time.Duration(t.Seconds * float64(time.Second))
		}
	}
	return 0
}
