package provision

import (
	"context"
	"errors"
	"io/fs"
	"time"
)

// Status looks at every step once and changes nothing, on the hosts or in the run folder:
// it needs no lease and no lock, and may be asked while another process applies the run.
// The result is what the journal says, brought up to date by what was seen; a step that
// could not be looked at has the observed state StateUnknown and the error as its reason.
// The caller holds a busy token of the clock.
func (e *Engine) Status(ctx context.Context) (Progress, error) {
	o := e.options
	plan, err := newSchedule(o.Plan.Steps)
	if err != nil {
		return Progress{}, err
	}
	header, history, err := ReadJournal(o.Run.JournalPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return Progress{}, err
	case header.Plan != "" && header.Plan != o.Plan.Digest:
		return Progress{}, &ErrOtherPlan{Run: o.Run.ID, Begun: header.Plan, Given: o.Plan.Digest}
	}
	world, err := e.open(o)
	if err != nil {
		return Progress{}, err
	}
	defer world.close()

	s := newShift(ctx, nil, o, plan, nil)
	defer s.halt(nil)
	s.world = world
	seen := make(map[*task]*Event, len(plan.tasks))
	for _, t := range plan.tasks {
		seen[t] = &Event{}
	}
	for _, l := range plan.lanes {
		s.lanes.start(func() {
			if s.clock.Sleep(s.going, time.Duration(l.index)*apart) != nil {
				return
			}
			for _, t := range l.tasks {
				*seen[t] = s.glance(t)
			}
		})
	}
	s.lanes.wait()
	if err := ctx.Err(); err != nil {
		return Progress{}, err
	}
	p := Progress{}.With(history...)
	if len(history) == 0 {
		p = p.With(s.plans()...)
	}
	for _, t := range plan.tasks {
		p = p.With(*seen[t])
	}
	return p, nil
}

// glance observes a step once, as an event that stands in no journal.
func (s *shift) glance(t *task) Event {
	e := Event{Kind: EventProgress, Step: t.ID, Target: t.Target, Host: t.On, State: StateUnknown}
	a, err := s.world.action(t.Step)
	var seen Observation
	if err == nil {
		err = s.within(s.going, lookLimit, func(ctx context.Context) (err error) {
			seen, err = a.Observe(ctx)
			return err
		})
	}
	e.Time = s.clock.Now()
	switch {
	case err != nil:
		e.Text, e.Code = err.Error(), errorCode(err)
	default:
		e.State, e.Text = seen.State, seen.Reason
		if seen.State == StateDone {
			e.Kind = EventDone
		}
	}
	if seen.Host != "" {
		e.Host = seen.Host
	}
	e.Text = plain(s.world.redact(e.Text))
	return e
}
