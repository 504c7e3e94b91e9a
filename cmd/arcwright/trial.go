package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

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

	first string // the first failed step and its reason, empty without one
}

// errStopped is the end of a rehearsal that the operator wanted out of.
var errStopped = &exit{exitInterrupted, "stopped", ""}

// A stage is a world of its own, in memory, with a run folder that is thrown away: a plan
// can be applied on it more than once.
type stage struct {
	p     *program
	plan  planner.Plan
	way   way
	run   *provision.Run
	state string
	seed  uint64
}

// set makes the stage of a plan, with faults.
func (p *program) set(plan planner.Plan, document []byte, seed uint64, faults ...string) (*stage, error) {
	state, err := os.MkdirTemp("", "arcwright-rehearsal-*")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the rehearsal: %w", err)
	}
	s := &stage{p: p, plan: plan, state: state, seed: seed}
	if s.way, err = p.simulated(plan, &how{On: onSim, Seed: seed}, faults); err != nil {
		return nil, errors.Join(err, os.RemoveAll(state))
	}
	if s.run, err = provision.CreateRun(state, plan.Site.Name, p.now(), document); err != nil {
		return nil, errors.Join(err, s.strike())
	}
	return s, nil
}

// strike takes the stage down.
func (s *stage) strike() error { return errors.Join(s.way.close(), os.RemoveAll(s.state)) }

// apply carries the plan out, or goes on with it, and tells it as a trial. It returns
// errStopped when ctx ends.
func (s *stage) apply(ctx context.Context) (trial, error) {
	t := trial{Seed: s.seed}
	before := s.way.world.Clock().Now()
	j := s.p.start(ctx, s.run, s.plan, s.way)
	defer j.cancel()
	<-j.ended
	events := j.log.Since(0)
	progress := provision.Progress{}.With(events...)
	t.Outcome, t.Seconds, t.Effects = j.outcome, progress.At.Sub(before).Seconds(), s.way.world.Effects()
	if j.err != nil {
		t.Reason = j.err.Error()
	}
	for _, e := range events {
		if e.Kind == provision.EventRetry {
			t.Retries++
		}
	}
	for _, p := range progress.Steps {
		if p.State == provision.StepFailed {
			t.Failed = append(t.Failed, p.ID)
			if t.first == "" {
				t.first = p.ID + ": " + p.Reason
			}
		}
	}
	if t.Outcome == provision.OutcomeInterrupted {
		return t, errStopped
	}
	t.first = cmp.Or(t.first, t.Reason)
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
	say(p.out, "%-20s seed %-6d %s after %s, %s, %s\n", name, t.Seed, outcome, rounded(time.Duration(t.Seconds*float64(time.Second))), plural(t.Effects, "effect"), plural(t.Retries, "repeat"))
	if t.Reason != "" {
		hang(p.out, "  ", t.Reason)
	}
}

// faultKinds reads the flag --faults.
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
