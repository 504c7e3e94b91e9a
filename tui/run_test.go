package tui

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
)

// A stand is a run that a test plays.
type stand struct {
	job   Job
	log   *provision.Log
	mu    sync.Mutex
	calls []string
	ended chan struct{}
	// outcome is what the engine returns once ended is closed.
	outcome provision.Outcome
	stopped chan struct{}
}

func newStand() *stand {
	s := &stand{log: &provision.Log{}, ended: make(chan struct{}), stopped: make(chan struct{})}
	s.job = Job{Run: "quickstart-20261205T220000Z", Where: "the stand", Log: s.log, Now: func() time.Time { return midnight.Add(time.Hour) },
		Stop: func() { s.call("stop"); close(s.stopped) }, Abort: func() { s.call("abort") }, Ended: s.ended,
		Result: func() (provision.Outcome, error) { return s.outcome, nil }}
	return s
}

func (s *stand) call(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, what)
}

func (s *stand) called() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *stand) end(o provision.Outcome) {
	s.outcome = o
	s.log.Close()
	close(s.ended)
}

func TestARunIsStoppedAndThenLeft(t *testing.T) {
	stand := newStand()
	stand.log.Append(halfway(quickstart(t)).events...)
	s := played(t, newLive(t.Context(), stand.job))
	s.until("elapsed, usually")
	s.press("q")
	s.until("the run goes on; s stops it")
	s.press("s")
	s.until("Stop the run?")
	s.press("n")
	s.until("1 working")
	s.press("s")
	s.until("Stop the run?")
	s.press("y")
	s.until("■ stopping")
	<-stand.stopped
	s.press("s")
	s.until("it is stopping already")
	s.press("ctrl+c")
	s.over()
	if diff := cmp.Diff([]string{"stop", "abort"}, stand.called()); diff != "" {
		t.Error("what was called (-want +got):\n" + diff)
	}
}

func TestAStoppedRunShowsItsResult(t *testing.T) {
	stand := newStand()
	stand.log.Append(halfway(quickstart(t)).events...)
	s := played(t, newLive(t.Context(), stand.job))
	s.until("● working")
	s.press("ctrl+c")
	<-stand.stopped
	stand.log.Append(provision.Event{Seq: 99, Time: midnight.Add(time.Hour), Kind: provision.EventEnd, Outcome: provision.OutcomeInterrupted})
	stand.end(provision.OutcomeInterrupted)
	s.until("■ Stopped")
	s.press("esc")
	s.until("The run has ended: stopped.")
	s.press("s")
	s.until("the run has ended")
	s.press("r")
	s.until("Still at work on the hosts")
	s.press("enter")
	s.over()
	if diff := cmp.Diff([]string{"stop"}, stand.called()); diff != "" {
		t.Error("what was called (-want +got):\n" + diff)
	}
}

// Who only watches leaves when he likes, and stops nothing. A run that somebody resumes
// is shown again.
func TestAWatchedRunIsLeftAlone(t *testing.T) {
	stand := newStand()
	stand.job.Stop, stand.job.Abort, stand.job.Ended, stand.job.Result = nil, nil, nil, nil
	tale := halfway(quickstart(t)).end(provision.OutcomeInterrupted)
	stand.log.Append(tale.events...)
	s := played(t, newLive(t.Context(), stand.job))
	s.until("■ Stopped")
	tale.add(provision.Event{Kind: provision.EventPlan, Site: "quickstart", Run: stand.job.Run})
	stand.log.Append(tale.events[len(tale.events)-1])
	s.until("elapsed, usually")
	s.press("s")
	s.until("this run belongs to another arcwright: stop it there")
	s.press("q")
	s.over()
}

func TestAResize(t *testing.T) {
	s := played(t, newLive(t.Context(), newStand().job))
	s.until("nothing has happened yet")
	s.program.Send(tea.WindowSizeMsg{Width: 59, Height: 24})
	s.until("arcwright needs 60 columns and 18 rows")
	s.press("?")
	s.program.Send(tea.WindowSizeMsg{Width: 120, Height: 40})
	s.until("? help")
	s.press("?")
	s.until("Keys: Run")
	s.press("esc")
	s.until("? help")
	s.press("ctrl+c", "ctrl+c")
	s.over()
}

// The functions that commands call, on no terminal: keys come as bytes.
func TestLiveAndGuidedEnd(t *testing.T) {
	t.Run("a run that has ended is left with ctrl+c", func(t *testing.T) {
		stand := newStand()
		stand.log.Append(halfway(quickstart(t)).end(provision.OutcomeDone).events...)
		stand.end(provision.OutcomeDone)
		in, keys := io.Pipe()
		defer keys.Close()
		go keys.Write([]byte("\x03\x03"))
		if err := Live(t.Context(), in, io.Discard, stand.job); err != nil {
			t.Error(err)
		}
	})
	t.Run("the end of the context ends the screens", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in, keys := io.Pipe()
		defer keys.Close()
		cancel()
		if _, err := Guided(ctx, in, io.Discard, example(t, "quickstart")); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("a platform that cannot be read is an error", func(t *testing.T) {
		s := example(t, "quickstart")
		s.Platforms = append(s.Platforms, "windows-95")
		_, err := Guided(t.Context(), strings.NewReader(""), io.Discard, s)
		if !errors.Is(err, profiles.ErrUnknown) {
			t.Errorf("the error is %v", err)
		}
	})
}
