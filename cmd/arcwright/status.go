package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/spf13/cobra"
)

func (p *program) statusCommand() *cobra.Command {
	var (
		output   string
		look     bool
		expiring bool
		within   int
	)
	c := &cobra.Command{
		Use:   "status [RUN]",
		Short: "Show where a run stands, by its journal or by looking",
		Long: `status reads the journal. With --look it also looks at every step on the site, and changes nothing there: a pass of apply
that submits nothing.

With --expiring it lists instead what ends for the run's site, sorted by date, with what to do before: days of support, the
platform's deadlines counted from the installation in the journal, and the certificates that the hosts, the API servers and the
run's kubeconfigs show now. Nobody signs in for that. What could not be looked at is listed as well.`,
		Example: "  arcwright status\n  arcwright status quickstart-20261205T220000Z --look -o json\n  arcwright status --expiring --within 60",
		Args:    atMostOne("run"),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case expiring && look:
				return usagef("leave one of them out", "--expiring and --look are two questions")
			case c.Flags().Changed("within") && (!expiring || within < 1):
				return usagef("write --expiring --within 60", "--within takes a number of days, with --expiring")
			}
			run, err := p.findRun(args, true)
			if err != nil {
				return err
			}
			if expiring {
				return p.statusExpiring(c.Context(), run, output, within)
			}
			_, events, err := provision.ReadJournal(run.JournalPath())
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			progress := provision.Progress{}.With(events...)
			if look {
				if progress, err = p.lookAt(c.Context(), run); err != nil {
					return err
				}
			}
			if output == "json" {
				return p.statusJSON(run, progress)
			}
			p.drawStatus(run, progress)
			return nil
		},
	}
	outputFlag(c, &output, "text", "json")
	p.outFlag(c)
	c.Flags().BoolVar(&look, "look", false, "look at the site as well")
	c.Flags().BoolVar(&expiring, "expiring", false, "list tokens, certificates, deadlines and days of support that end")
	c.Flags().IntVar(&within, "within", 0, "with --expiring, only what ends within so many days")
	return c
}

// lookAt observes every step of a run where it was applied.
func (p *program) lookAt(ctx context.Context, run *provision.Run) (provision.Progress, error) {
	plan, _, err := p.loadPlan(run.PlanPath())
	if err != nil {
		return provision.Progress{}, err
	}
	h, err := loadHow(run)
	if err != nil {
		return provision.Progress{}, err
	}
	w, err := p.open(plan, &h, false, nil)
	if err != nil {
		return provision.Progress{}, err
	}
	w.reach.Clock.Busy(+1)
	progress, err := provision.New(provision.Options{Plan: plan, Run: run, Reach: w.reach, Holder: holder()}).Status(ctx)
	w.reach.Clock.Busy(-1)
	return progress, errors.Join(err, w.close())
}

type statusStep struct {
	ID       string              `json:"id"`
	State    provision.StepState `json:"state"`
	Observed provision.State     `json:"observed,omitempty"`
	Attempt  int                 `json:"attempt,omitempty"`
	Reason   string              `json:"reason,omitempty"`
	provision.Known
	Elapsed  float64 `json:"elapsedSeconds"`
	Estimate float64 `json:"estimateSeconds"`
}

func (p *program) statusJSON(run *provision.Run, progress provision.Progress) error {
	steps := []statusStep{}
	for _, s := range progress.Steps {
		steps = append(steps, statusStep{s.ID, s.State, s.Observed, s.Attempt, s.Reason, s.Known, s.Elapsed(progress.At).Seconds(), s.Estimate.Seconds()})
	}
	return p.printJSON(keyed{
		"version": "arcwright.dev/status/v1", "run": run.ID, "site": run.Site, "plan": progress.Plan, "outcome": progress.Outcome,
		"percent": progress.Percent(progress.At), "elapsedSeconds": progress.Elapsed(progress.At).Seconds(), "steps": steps,
	})
}

func (p *program) drawStatus(run *provision.Run, progress provision.Progress) {
	outcome := string(progress.Outcome)
	worker, busy := run.Worker()
	switch {
	case busy && worker.PID != 0:
		outcome = fmt.Sprintf("running, by %s (process %d)", worker.Owner, worker.PID)
	case busy:
		outcome = "running"
	case outcome == "":
		outcome = "not finished"
	}
	say(p.out, "%s  %s, %d %% after %s\n", p.paint.bold(run.ID), outcome, progress.Percent(progress.At), rounded(progress.Elapsed(progress.At)))
	width := 0
	for _, s := range progress.Steps {
		width = max(width, len(s.ID))
	}
	for _, s := range progress.Steps {
		state := string(s.State)
		switch s.State {
		case provision.StepDone:
			state = p.paint.good(fmt.Sprintf("%-9s", state))
		case provision.StepFailed:
			state = p.paint.bad(fmt.Sprintf("%-9s", state))
		default:
			state = fmt.Sprintf("%-9s", state)
		}
		hangAt(p.out, fmt.Sprintf("  %-*s  %s %8s of %-8s ", width, s.ID, state, rounded(s.Elapsed(progress.At)), rounded(s.Estimate)), 6, s.Reason)
		if hint := s.Known.Hint(); hint != "" {
			hangAt(p.out, fmt.Sprintf("  %-*s  ", width, ""), 6, hint)
		}
	}
	if progress.Outcome != provision.OutcomeDone && !busy {
		fmt.Fprintf(p.out, "go on with: %s\n", p.resuming(run)) // whole, to be copied
	}
}

func (p *program) watchCommand() *cobra.Command {
	progress := progressAuto
	c := &cobra.Command{
		Use:     "watch [RUN]",
		Short:   "Follow a run from another terminal until it ends",
		Example: "  arcwright watch\n  arcwright watch quickstart-20261205T220000Z --progress json",
		Args:    atMostOne("run"),
		RunE: func(c *cobra.Command, args []string) error {
			run, err := p.findRun(args, true)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithCancel(c.Context())
			defer cancel()
			defer onSignals(cancel, cancel)()
			log, ended := p.tail(ctx, run)
			if p.screen(progress) {
				err = p.watchView(ctx, run, log)
			} else {
				err = follow(ctx, log, p.writer(progress))
			}
			if errors.Is(err, context.Canceled) {
				err = nil
			}
			cancel()
			return errors.Join(err, <-ended)
		},
	}
	c.Flags().Var(&progress, "progress", "how progress is shown")
	return c
}

// tail reads a journal into a log as it grows, until the run's end.
func (p *program) tail(ctx context.Context, run *provision.Run) (*provision.Log, <-chan error) {
	log := &provision.Log{}
	ended := make(chan error, 1)
	go func() {
		defer log.Close()
		// A run that was resumed has ends in the middle; only one behind what is known by
		// now is the end.
		last := 0
		if _, past, err := provision.ReadJournal(run.JournalPath()); err == nil && len(past) > 0 {
			last = past[len(past)-1].Seq
		}
		clk := clock.Real{}
		for e, err := range provision.Follow(ctx, run.JournalPath(), clk, 0) {
			if err != nil {
				if errors.Is(err, context.Canceled) {
					err = nil
				}
				ended <- err
				return
			}
			log.Append(e)
			if e.Kind == provision.EventEnd && e.Seq >= last {
				break
			}
		}
		ended <- nil
	}()
	return log, ended
}

// stamp is a moment for people, in UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }
