package tui

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/arcwright/arcwright/provision"
)

// Job is a run that the screens show. Somebody else starts the engine; the screens only
// read its log, and ask for its end.
type Job struct {
	// Run is the run's name, which resumes it.
	Run string
	// Where is the place it changes, such as "the simulated datacenter (seed 7, speed 600)".
	Where string
	// Log is what the run has done. It is read until it is closed.
	Log *provision.Log
	// Now is the time on the run's clock; it is called from several goroutines.
	Now func() time.Time
	// Stop asks for a clean end: what is being submitted is finished first. It is nil for
	// a run that is only watched.
	Stop func()
	// Abort ends the run at once, to be resumed. It may be nil.
	Abort func()
	// Ended is closed when the run has ended. It may be nil for a run that is only watched,
	// whose end is then told by its log.
	Ended <-chan struct{}
	// Result tells how the run ended, once Ended is closed. It may be nil.
	Result func() (provision.Outcome, error)
	// Kubeconfigs is the folder with the clusters' credentials, shown at the end; it may
	// be empty.
	Kubeconfigs string
	// Again is the command that resumes the run; empty is arcwright resume RUN.
	Again string
}

// again is the command that resumes the run.
func (j Job) again() string {
	if j.Again != "" {
		return j.Again
	}
	return "arcwright resume " + j.Run
}

// watched reports whether the run belongs to somebody else.
func (j Job) watched() bool { return j.Stop == nil }

// eventsMsg is what the log held after a cursor.
type eventsMsg struct {
	events []provision.Event
	now    time.Time
}

// closedMsg says that the log will grow no more.
type closedMsg struct{ now time.Time }

// endedMsg says how the run ended.
type endedMsg struct {
	outcome provision.Outcome
	err     error
	now     time.Time
}

// tickMsg is the time on the run's clock, a moment later.
type tickMsg struct{ now time.Time }

// tickEvery is how often elapsed times are drawn anew, in real time.
const tickEvery = 500 * time.Millisecond

// follow waits for events after the first n.
func (j Job) follow(ctx context.Context, n int) tea.Cmd {
	return func() tea.Msg {
		switch err := j.Log.Wait(ctx, n); {
		case errors.Is(err, io.EOF):
			return closedMsg{now: j.Now()}
		case err != nil:
			return nil // the program ends
		}
		return eventsMsg{events: j.Log.Since(n), now: j.Now()}
	}
}

// await waits for the end of the run.
func (j Job) await(ctx context.Context) tea.Cmd {
	if j.Ended == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case <-j.Ended:
		case <-ctx.Done():
			return nil
		}
		end := endedMsg{now: j.Now()}
		if j.Result != nil {
			end.outcome, end.err = j.Result()
		}
		return end
	}
}

// tick tells the time again in a moment.
func (j Job) tick() tea.Cmd {
	return tea.Tick(tickEvery, func(time.Time) tea.Msg { return tickMsg{now: j.Now()} })
}

// call has something done outside the model.
func call(f func()) tea.Cmd {
	return func() tea.Msg {
		f()
		return nil
	}
}
