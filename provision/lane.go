package provision

import (
	"context"
	"errors"
	"time"
)

const (
	// A look is a few short scripts, of which one or two ask the management cluster: it
	// must have time for two of those. A submit is one script; what takes long runs by itself.
	lookLimit   = 2*readLimit + 2*time.Minute
	submitLimit = 5 * time.Minute
	// mostRepairs is how often a broken thing is repaired before a person has to look.
	mostRepairs = 2
	// mostAbsences is how often a submitted thing may not be seen before it counts as lost.
	mostAbsences = 3
	// heartbeat is how long a log stays silent about a step that is being waited for.
	heartbeat = time.Minute
	// Lanes start a moment apart. In simulated time no two of them then act at the same
	// instant, so that the same rehearsal takes the same course.
	apart = time.Millisecond
)

// overdue is how long a step's work is waited for: a rehearsal of work that hangs has to
// end, and so has the night.
func overdue(estimate time.Duration) time.Duration { return max(2*time.Hour, 4*estimate) }

// walk carries out the lane's steps until none is ready or the shift is halted.
func (s *shift) walk(l *lane) {
	if s.clock.Sleep(s.going, time.Duration(l.index)*apart) != nil {
		s.plan.rest(l)
		return
	}
	for t := s.plan.next(l); t != nil; t = s.plan.next(l) {
		if !s.carryOut(t) {
			s.plan.rest(l)
			return
		}
	}
}

// carryOut brings one step to its end. It reports false when the shift was halted first.
func (s *shift) carryOut(t *task) bool {
	a, err := s.world.action(t.Step)
	for err == nil {
		var wait time.Duration
		if wait, err = s.turn(t, a); err != nil {
			break
		}
		if t.state != taskOpen {
			return true
		}
		if s.halted() != nil || s.clock.Sleep(s.going, wait) != nil {
			return false
		}
	}
	s.fail(t, err)
	return true
}

// turn looks once and does what follows from it. It returns how long to wait before the
// next look, or the error that the step fails with.
func (s *shift) turn(t *task, a action) (wait time.Duration, err error) {
	seen, err := s.look(t, a)
	if err != nil && s.halted() != nil {
		return 0, nil
	}
	if seen.Host != "" {
		t.On = seen.Host
	}
	if seen.State != StateDone || t.moved { // what is found done was printed when it was made
		s.print(t, t.print(seen.Output))
	}
	if err == nil && seen.State == StateUnknown {
		err = &errUnknown{seen.Reason}
	}
	if err != nil {
		return s.bear(t, &t.blind, err)
	}
	t.blind = trouble{}
	if seen.State != StateWorking {
		t.working = time.Time{}
	}
	switch seen.State {
	case StateDone:
		s.done(t, seen)
		return 0, nil
	case StateForeign:
		return 0, &ErrForeign{Reason: seen.Reason}
	case StateWorking:
		return s.await(t, seen)
	}
	if s.halted() != nil {
		return 0, nil
	}
	switch seen.State {
	case StateBroken:
		return s.repair(t, a, seen)
	case StateAbsent:
		return s.make(t, a, seen)
	}
	return 0, &errUnknown{"observed an unknown state " + string(seen.State)}
}

// look observes once. While no answer comes it says so, as a heartbeat.
func (s *shift) look(t *task, a action) (seen Observation, err error) {
	waiting, answered := context.WithCancel(s.going)
	done := make(chan struct{})
	off := s.clock.AfterFunc(heartbeat, func() {
		defer close(done)
		for waiting.Err() == nil {
			s.progress(t, "", "no answer yet", "")
			_ = s.clock.Sleep(waiting, heartbeat)
		}
	})
	err = s.within(s.going, lookLimit, func(ctx context.Context) (err error) {
		seen, err = a.Observe(ctx)
		return err
	})
	// With our token held: the sleeper has to notice before time goes on.
	answered()
	if !off() {
		<-done
	}
	return seen, err
}

// bear waits a failure out as long as its kind deserves.
func (s *shift) bear(t *task, trouble *trouble, err error) (time.Duration, error) {
	now := s.clock.Now()
	wait, again := trouble.after(err, now)
	if !again {
		if trouble.tries > 1 {
			err = &errGivenUp{tries: trouble.tries, waited: now.Sub(trouble.since), err: err}
		}
		return 0, err
	}
	s.progress(t, StateUnknown, err.Error(), errorCode(err))
	return wait, nil
}

// await lets work go on.
func (s *shift) await(t *task, seen Observation) (time.Duration, error) {
	now := s.clock.Now()
	if t.working.IsZero() {
		t.working = now
	}
	t.moved, t.submitted, t.absences, t.clumsy = true, false, 0, trouble{}
	if waited := now.Sub(t.working); waited >= overdue(t.Estimate) {
		return 0, &ErrOverdue{Waited: waited, Estimate: t.Estimate}
	}
	s.progress(t, StateWorking, seen.Reason, "")
	return t.pace.next(t.Estimate, s.Poll), nil
}

// make submits what is absent, unless it has just been submitted: then it may not show yet.
func (s *shift) make(t *task, a action, seen Observation) (time.Duration, error) {
	if !t.submitted {
		return s.submit(t, a)
	}
	if t.absences++; t.absences < mostAbsences {
		s.progress(t, StateAbsent, "submitted, nothing to be seen of it yet", "")
		return t.pace.next(t.Estimate, s.Poll), nil
	}
	t.submitted, t.absences = false, 0
	lost := "it was submitted and nothing came of it"
	if seen.Reason != "" {
		lost += ": " + seen.Reason
	}
	return firstWait, s.again(t, StateAbsent, lost)
}

// repair clears away what is broken, or submits it again where nothing is in the way.
func (s *shift) repair(t *task, a action, seen Observation) (time.Duration, error) {
	t.submitted, t.absences = false, 0
	if !s.holds() {
		return s.unleased(t, seen.State)
	}
	if err := s.again(t, StateBroken, seen.Reason); err != nil {
		return 0, err
	}
	if seen.Retryable {
		return s.submit(t, a)
	}
	if s.halted() != nil { // also when that could not be written
		return 0, nil
	}
	s.submitted.Store(true)
	err := s.within(s.ctx, submitLimit, func(ctx context.Context) error { return a.Repair(ctx, t.attempt) })
	if errors.Is(err, ErrNoRepair) {
		return 0, &ErrBroken{Reason: seen.Reason, Repairs: t.repairs - 1, Manual: true}
	}
	if err != nil {
		return s.refused(t, err)
	}
	t.phase = repairing
	return s.begun(t, "repair started")
}

// again writes down that one more attempt is made, if there may be one. An attempt whose
// repair could not be started is the same attempt still.
func (s *shift) again(t *task, state State, reason string) error {
	if t.phase != announced {
		if t.repairs >= mostRepairs {
			return &ErrBroken{Reason: reason, Repairs: t.repairs}
		}
		t.repairs++
		t.attempt++
		t.phase = announced
	}
	s.note(t, Event{Kind: EventRetry, State: state, Attempt: t.attempt, Text: reason}, true)
	return nil
}

// submit writes the attempt down and submits. After an error that leaves open whether it
// arrived, the next submit has the same number, so that the two are one.
func (s *shift) submit(t *task, a action) (time.Duration, error) {
	if !s.holds() {
		return s.unleased(t, StateAbsent)
	}
	if t.phase == closed {
		t.attempt++
		t.phase = submitting
	}
	s.note(t, Event{Kind: EventStart, Attempt: t.attempt}, true)
	if s.halted() != nil { // also when that could not be written
		return 0, nil
	}
	s.submitted.Store(true)
	err := s.within(s.ctx, submitLimit, func(ctx context.Context) error { return a.Submit(ctx, t.attempt) })
	if err != nil {
		return s.refused(t, err)
	}
	t.phase, t.submitted = closed, true
	return s.begun(t, "submitted")
}

// unleased waits for the lease.
func (s *shift) unleased(t *task, state State) (time.Duration, error) {
	s.progress(t, state, "waiting until the lease is renewed", "")
	return s.Poll, nil
}

// begun writes down that a submit or a repair was accepted.
func (s *shift) begun(t *task, what string) (time.Duration, error) {
	t.moved, t.clumsy, t.pace = true, trouble{}, pace{}
	s.note(t, Event{Kind: EventProgress, State: StateWorking, Attempt: t.attempt, Text: what}, true)
	return t.pace.next(t.Estimate, s.Poll), nil
}

// refused judges the error of a submit or a repair.
func (s *shift) refused(t *task, err error) (time.Duration, error) {
	if s.ctx.Err() != nil {
		return 0, nil
	}
	var leased *ErrLeased
	if errors.As(err, &leased) || errorCode(err) == codeLeaseOvertaken {
		s.leased.Store(false)
		s.halt(&ErrLeaseLost{Err: err})
		return 0, nil
	}
	return s.bear(t, &t.clumsy, err)
}

// done ends the step well.
func (s *shift) done(t *task, seen Observation) {
	s.printRest(t)
	text := seen.Reason
	if !t.moved {
		text = FoundDone
	}
	s.note(t, Event{Kind: EventDone, State: StateDone, Attempt: t.attempt, Text: text}, true)
	s.plan.finish(t, taskDone, nil)
	s.wake()
}

// fail gives the step up, and with it those that need it.
func (s *shift) fail(t *task, err error) {
	s.printRest(t)
	s.note(t, Event{Kind: EventFail, Attempt: t.attempt, Text: err.Error(), Code: errorCode(err), Known: s.recognise(t, err.Error())}, true)
	for _, skipped := range s.plan.finish(t, taskFailed, err) {
		what := "failed"
		if skipped.because.state == taskSkipped {
			what = "was skipped"
		}
		s.note(skipped, Event{Kind: EventSkip, Text: "needs " + skipped.because.ID + ", which " + what}, true)
	}
}

// progress says what the step is waiting for: when that changes, and as a heartbeat.
func (s *shift) progress(t *task, state State, text, code string) {
	if t.said.State == state && t.said.Text == text && s.clock.Now().Sub(t.said.Time) < heartbeat {
		return
	}
	s.note(t, Event{Kind: EventProgress, State: state, Attempt: t.attempt, Text: text, Code: code}, false)
}

// print writes whole lines of output.
func (s *shift) print(t *task, text string) {
	t.printed += text
	t.printed = t.printed[max(0, len(t.printed)-longestOutput):]
	for _, piece := range pieces(plain(s.world.redact(text))) {
		s.note(t, Event{Kind: EventOutput, Text: piece}, false)
	}
}

// printRest writes output that never got its line end.
func (s *shift) printRest(t *task) {
	text := t.output
	t.output = ""
	s.print(t, text)
}

// note records an event of a step. When that fails the shift is halted.
func (s *shift) note(t *task, e Event, durable bool) {
	e.Step, e.Target, e.Host = t.ID, t.Target, t.On
	if e.Kind == EventProgress {
		t.said = e
		t.said.Time = s.clock.Now()
	}
	_ = s.record(e, durable)
}
