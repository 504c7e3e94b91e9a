package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"sync"
	"syscall"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
)

// A job is a run at work: the engine, its log, and the way to stop it.
type job struct {
	run    *provision.Run
	plan   planner.Plan
	log    *provision.Log
	reach  provision.Reach
	close  func() error
	cancel context.CancelFunc
	// halt asks for a clean stop, as the first Ctrl-C does.
	halt func()
	// ended is closed when the engine has returned; outcome and err are set by then.
	ended   chan struct{}
	outcome provision.Outcome
	err     error
}

// start has the engine carry a run out, in a goroutine of its own.
func (p *program) start(ctx context.Context, run *provision.Run, plan planner.Plan, w way) *job {
	ctx, cancel := context.WithCancel(ctx)
	stop := make(chan struct{})
	j := &job{
		run: run, plan: plan, log: &provision.Log{}, reach: w.reach, close: w.close, cancel: cancel,
		halt: sync.OnceFunc(func() { close(stop) }), ended: make(chan struct{}),
	}
	engine := provision.New(provision.Options{Plan: plan, Run: run, Reach: w.reach, Log: j.log, Holder: holder() + "/" + run.ID})
	w.reach.Clock.Busy(+1)
	go func() {
		defer close(j.ended)
		defer j.log.Close()
		defer w.reach.Clock.Busy(-1)
		j.outcome, j.err = engine.Apply(ctx, stop)
	}()
	return j
}

// holder is who works here, for the lease: an operator and a machine.
func holder() string {
	name, host := "operator", "localhost"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return name + "@" + host
}

// follow prints a log until it ends.
func follow(ctx context.Context, log *provision.Log, w eventWriter) error {
	for n := 0; ; {
		for _, e := range log.Since(n) {
			if err := w.event(e); err != nil {
				return err
			}
			n++
		}
		switch err := log.Wait(ctx, n); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// onSignals calls first at the first interrupt and second at the next. The caller ends
// it with stop.
func onSignals(first, second func()) (stop func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		for _, act := range []func(){first, second} {
			select {
			case <-signals:
				act()
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// finish waits for the engine, prints how it ended and turns that into an exit code.
func (p *program) finish(j *job) error {
	<-j.ended
	if err := j.close(); err != nil && j.err == nil {
		j.err = err
	}
	again := p.resuming(j.run)
	var leased *provision.ErrLeased
	var locked *provision.ErrLocked
	var lost *provision.ErrLeaseLost
	switch {
	case errors.As(j.err, &lost):
		return &exit{exitLeased, j.err.Error(), "see who has it: arcwright lease list; once it is free: " + again}
	case errors.As(j.err, &leased), errors.As(j.err, &locked):
		return &exit{exitLeased, j.err.Error(), "wait until that run has ended; `arcwright lease list` shows who holds what"}
	case j.outcome == provision.OutcomeDone && j.err == nil:
		return nil
	case j.outcome == provision.OutcomeInterrupted:
		return &exit{exitInterrupted, "stopped; what runs on the hosts goes on there", "go on with: " + again}
	case j.outcome == provision.OutcomeRefused:
		return &exit{exitBlocked, j.err.Error(), ""}
	case j.err == nil:
		return &exit{exitFailed, "the run ended " + string(j.outcome), "try again with: " + again}
	}
	return &exit{exitFailed, j.err.Error(), "mend the cause, then: " + again}
}

// resuming is the command that goes on with a run.
func (p *program) resuming(run *provision.Run) string {
	again := "arcwright resume " + run.ID
	if p.state != "" {
		again += " --state " + p.state
	}
	return again
}

// progressFlag is how a run is shown.
type progressFlag string

const (
	progressAuto  progressFlag = "auto"
	progressTUI   progressFlag = "tui"
	progressPlain progressFlag = "plain"
	progressJSON  progressFlag = "json"
)

// Set reads the flag.
func (f *progressFlag) Set(text string) error {
	switch progressFlag(text) {
	case progressAuto, progressTUI, progressPlain, progressJSON:
		*f = progressFlag(text)
		return nil
	}
	return fmt.Errorf("%q is not a form of progress: write auto, tui, plain or json", text)
}

func (f *progressFlag) String() string { return string(*f) }

// Type names the flag's values in the help.
func (f *progressFlag) Type() string { return "auto|tui|plain|json" }

// writer is the printer for a form that is no screen.
func (p *program) writer(f progressFlag) eventWriter {
	if f == progressJSON {
		return &lines{encoder: json.NewEncoder(p.out)}
	}
	return &plain{out: p.out, paint: p.paint}
}

// screen reports whether a run is shown on the screen.
func (p *program) screen(f progressFlag) bool {
	return f == progressTUI || f == progressAuto && terminal(p.in) && terminal(p.out)
}

// show prints a job until it has ended. The first interrupt stops it cleanly, the second
// leaves at once.
func (p *program) show(ctx context.Context, j *job, where string, f progressFlag) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	stop := onSignals(func() {
		if !p.screen(f) { // the screen says it itself
			say(p.err, "%s\n", "stopping: what is being submitted is finished first; interrupt again to leave at once")
		} else { // the signal comes from elsewhere: nobody may be left to close the screen
			go func() {
				<-j.ended
				leave()
			}()
		}
		j.halt()
	}, j.cancel)
	defer stop()
	if p.screen(f) {
		if err := p.liveView(ctx, j, where); err != nil {
			j.halt()
			say(p.err, "arcwright: show progress: %s\n", err)
		}
		return p.finish(j)
	}
	if err := follow(ctx, j.log, p.writer(f)); err != nil {
		j.halt() // nobody reads any more
		say(p.err, "arcwright: print progress: %s\n", err)
	}
	return p.finish(j)
}
