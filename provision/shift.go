package provision

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/clock"
)

// shift is one application of a run: what Apply does between taking the journal and
// giving it back.
type shift struct {
	Options
	ctx   context.Context // submits and the lease: ends when the operator wants out at once
	going context.Context // looking and waiting: ends with halt as well
	halt  context.CancelCauseFunc
	stop  <-chan struct{}
	clock Clock
	plan  *schedule
	world *world
	lanes group
	// generation is that of the plan's platform.
	generation func() profiles.Generation
	leased     atomic.Bool               // the lease is known to be ours
	renewed    atomic.Pointer[time.Time] // when its last renewal that succeeded was asked for
	// submitted is whether anything was.
	submitted atomic.Bool

	recording sync.Mutex
	journal   *journal
}

func newShift(ctx context.Context, stop <-chan struct{}, o Options, plan *schedule, j *journal) *shift {
	s := &shift{Options: o, ctx: ctx, stop: stop, clock: o.Reach.Clock, plan: plan, journal: j}
	s.world = &world{redact: func(text string) string { return text }}
	s.lanes.clock = s.clock
	s.generation = sync.OnceValue(func() profiles.Generation { return generationOf(o.Plan.Site.Platform) })
	s.going, s.halt = context.WithCancelCause(ctx)
	return s
}

// halted is the reason why nothing more may be submitted, nil while it may. It looks at
// stop itself: the goroutine that wakes the sleepers may not have run yet.
func (s *shift) halted() error {
	select {
	case <-s.stop:
		s.halt(errStopped)
	default:
	}
	return context.Cause(s.going)
}

// watch halts the shift when stop is closed. The returned function ends the watching.
func (s *shift) watch() (end func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-s.stop:
			s.halt(errStopped)
		case <-s.going.Done():
		}
	}()
	return func() {
		s.halt(nil)
		<-done
	}
}

// recall takes over what earlier applications of the run wrote: the log gets their events
// unless it has them, and each task its attempts.
func (s *shift) recall(history []Event) {
	known := s.Log.last()
	tasks := map[string]*task{}
	for _, t := range s.plan.tasks {
		tasks[t.ID] = t
	}
	for _, e := range history {
		if e.Seq > known {
			s.Log.Append(e)
		}
		if t := tasks[e.Step]; t != nil {
			t.recall(e)
		}
	}
}

// plans are the events that open a run: the plan, then its steps.
func (s *shift) plans() []Event {
	now := s.clock.Now()
	events := []Event{{
		Time: now, Kind: EventPlan, Run: s.Run.ID, Plan: s.Plan.Digest, Site: s.Plan.Site.Name,
		Estimate: Seconds(s.Plan.Summary.Estimate),
	}}
	for _, t := range s.plan.tasks {
		events = append(events, Event{
			Time: now, Kind: EventPlan, Step: t.ID, Target: t.Target, Host: t.On,
			Estimate: Seconds(t.Estimate), Needs: t.Needs,
		})
	}
	return events
}

// announce writes the plan into the log.
func (s *shift) announce(cut int) {
	for _, e := range s.plans() {
		_ = s.record(e, false)
	}
	if cut > 0 {
		_ = s.record(Event{Kind: EventProgress, Code: "journal-cut", Text: fmt.Sprintf(
			"the journal ended in the middle of a line, as after a crash: %d bytes were cut off, every whole line was kept", cut)}, true)
	}
}

// work opens the world, takes the lease, runs the lanes and gives the lease back.
func (s *shift) work(open func(Options) (*world, error)) (Outcome, error) {
	world, err := open(s.Options)
	if err != nil {
		return unbegun(err), err
	}
	defer world.close()
	s.world = world
	if err := s.acquire(); err != nil {
		if s.halted() != nil {
			return s.outcome()
		}
		return unbegun(err), err
	}
	enough := s.startKeeper()
	s.wake()
	s.lanes.wait()
	enough()
	s.release()
	return s.outcome()
}

// wake starts a goroutine for every lane that has something to do and none yet.
func (s *shift) wake() {
	for _, l := range s.plan.wake() {
		s.lanes.start(func() { s.walk(l) })
	}
}

// end closes the run with an event and returns what Apply does. A journal that fails now
// makes the outcome a failure: the next reader of it would not know.
func (s *shift) end(outcome Outcome, err error) (Outcome, error) {
	e := Event{Kind: EventEnd, Outcome: outcome, Run: s.Run.ID, Plan: s.Plan.Digest, Site: s.Plan.Site.Name}
	if err != nil {
		e.Text, e.Code = err.Error(), errorCode(err)
	}
	if failed := s.record(e, true); failed != nil {
		return OutcomeFailed, failed
	}
	return outcome, err
}

// record writes an event to the journal and then to the log; with durable set it returns
// only when the event is on the disk. If the journal fails, the shift is halted, so that
// nothing is submitted that is not written down.
func (s *shift) record(e Event, durable bool) error {
	s.recording.Lock()
	defer s.recording.Unlock()
	e.Time = s.clock.Now()
	e.Seq = max(s.Log.last(), s.journal.last) + 1
	e.Text = plain(s.world.redact(e.Text))
	err := s.journal.append(e, durable)
	if err != nil {
		s.halt(err)
		if e.Kind == EventEnd {
			e.Outcome, e.Text, e.Code = OutcomeFailed, plain(err.Error()), errorCode(err)
		}
	}
	s.Log.Append(e)
	return err
}

// plain is text without what would steer a terminal. Line ends become \n.
func plain(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
}

// within bounds a request by time on the run's clock.
func (s *shift) within(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	ctx, cancel := clock.WithTimeout(ctx, s.clock, limit)
	defer cancel()
	err := f(ctx)
	if err != nil && context.Cause(ctx) == clock.ErrDeadline {
		return &errLate{limit: limit, err: err}
	}
	return err
}

// errLate is a request that took too long.
type errLate struct {
	limit time.Duration
	err   error
}

func (e *errLate) Error() string { return fmt.Sprintf("no answer within %v: %v", e.limit, e.err) }
func (e *errLate) Unwrap() error { return e.err }
func (e *errLate) code() string  { return "timeout" }
