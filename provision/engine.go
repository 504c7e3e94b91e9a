package provision

import (
	"context"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// Options is what an engine works with. Plan, Run and Reach are needed.
type Options struct {
	Plan planner.Plan
	// Run is the folder the run is kept in; its journal is bound to the plan's digest.
	Run *Run
	// Reach is the way to the world.
	Reach Reach
	// Log takes the events. It may be shared by the applications of one run, and gets
	// the journal's events first.
	Log *Log
	// Holder is who holds the lease and the lock, such as ann@laptop/edge01-20261122T224236Z.
	// The same holder gets its lease back when it resumes.
	Holder string
	// LeaseTTL is how long the lease outlives its last renewal, 5 minutes when 0. It is
	// renewed after a third of that.
	LeaseTTL time.Duration
	// Poll is the longest time between two looks at work that goes on, 15 seconds when
	// 0. Short steps are looked at more often.
	Poll time.Duration
}

// Engine carries out one plan. Make it with New.
type Engine struct {
	options Options
	open    func(Options) (*world, error)
}

// world is what the engine needs of a session. A step's action is asked for once.
type world struct {
	action  func(planner.Step) (action, error)
	acquire func(context.Context) error // ErrLeased when somebody else holds the lease
	renew   func(context.Context) error // ErrLeased when it is not ours any more
	release func(context.Context) error
	redact  func(string) string
	close   func()
}

// openWorld is the world behind the plan's Reach.
func openWorld(o Options) (*world, error) {
	s, err := newSession(o)
	if err != nil {
		return nil, err
	}
	return &world{
		action:  func(step planner.Step) (action, error) { return newAction(step, s) },
		acquire: s.acquire, renew: s.renew, release: s.release, redact: s.redact, close: s.close,
	}, nil
}

// New returns an engine. It touches nothing before Apply or Status.
func New(o Options) *Engine {
	if o.Log == nil {
		o.Log = &Log{}
	}
	if o.LeaseTTL == 0 {
		o.LeaseTTL = 5 * time.Minute
	}
	if o.Poll == 0 {
		o.Poll = 15 * time.Second
	}
	return &Engine{options: o, open: openWorld}
}

// Apply carries the plan out, or goes on where the run stands: what is there is observed
// first, and only what is absent is submitted. The caller holds a busy token of the
// clock. Log gets every event; the last one is always an end.
//
// When stop is closed nothing more is submitted, what is being submitted is finished and
// journalled, and the lease is released. When ctx is done Apply leaves as soon as its
// requests have let go, and the lease runs out by itself. After both the run can be
// resumed by another Apply, in this process or another.
//
// The error says why the outcome is OutcomeFailed or OutcomeRefused, and is nil with the
// others. It is or wraps *ErrSteps, *ErrLeased, *ErrLeaseLost, *ErrLocked, *ErrPlan,
// *ErrOtherPlan or *ErrJournal where one of them is the reason.
func (e *Engine) Apply(ctx context.Context, stop <-chan struct{}) (Outcome, error) {
	o := e.options
	plan, err := newSchedule(o.Plan.Steps)
	if err != nil {
		return e.leave(err)
	}
	unlock, err := o.Run.lock(o.Holder, o.Reach.Clock.Now())
	if err != nil {
		return e.leave(err)
	}
	defer unlock()
	journal, history, cut, err := o.Run.openJournal(o.Plan.Digest, o.Reach.Clock.Now())
	if err != nil {
		return e.leave(err)
	}
	defer journal.close()

	s := newShift(ctx, stop, o, plan, journal)
	defer s.watch()()
	s.recall(history)
	s.announce(cut)
	outcome, err := s.work(e.open)
	return s.end(outcome, err)
}

// leave ends an application that has not got as far as the journal.
func (e *Engine) leave(err error) (Outcome, error) {
	o := e.options
	outcome := unbegun(err)
	o.Log.Append(Event{
		Seq: o.Log.last() + 1, Time: o.Reach.Clock.Now(), Kind: EventEnd, Outcome: outcome,
		Text: err.Error(), Code: errorCode(err), Run: o.Run.ID, Plan: o.Plan.Digest, Site: o.Plan.Site.Name,
	})
	return outcome, err
}
