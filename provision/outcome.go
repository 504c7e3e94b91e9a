package provision

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Outcome is how a run ended.
type Outcome string

// The outcomes.
const (
	// OutcomeDone: every step is done.
	OutcomeDone Outcome = "done"
	// OutcomeFailed: at least one step was given up, or the run could not go on.
	OutcomeFailed Outcome = "failed"
	// OutcomeInterrupted: the operator stopped it. What runs on the hosts goes on there.
	OutcomeInterrupted Outcome = "interrupted"
	// OutcomeRefused: nothing was submitted, and somebody has to decide before it can be.
	OutcomeRefused Outcome = "refused"
)

func (o Outcome) known() bool {
	switch o {
	case "", OutcomeDone, OutcomeFailed, OutcomeInterrupted, OutcomeRefused:
		return true
	}
	return false
}

// ErrPlan is the error of a plan whose steps could never all be carried out.
type ErrPlan struct{ Problem string }

// Error says what is wrong with the steps.
func (e *ErrPlan) Error() string { return "the plan cannot be carried out: " + e.Problem }

// ErrSteps is the error of a run in which steps were given up.
type ErrSteps struct {
	// Failed are the ids of the steps that were given up, Skipped of those that need
	// one of them, both in the plan's order.
	Failed, Skipped []string
	// Err is the error of the first failed step.
	Err error
}

// Error names the failed steps and gives the reason of the first.
func (e *ErrSteps) Error() string {
	text := e.Failed[0] + ": " + e.Err.Error()
	if len(e.Failed) > 1 {
		text += "; also failed: " + strings.Join(e.Failed[1:], ", ")
	}
	if len(e.Skipped) > 0 {
		text += "; not tried: " + strings.Join(e.Skipped, ", ")
	}
	return text
}

// Unwrap returns the error of the first failed step.
func (e *ErrSteps) Unwrap() error { return e.Err }

// ErrForeign is the error of a step whose thing exists already and is not ours.
type ErrForeign struct{ Reason string }

// Error says what is there.
func (e *ErrForeign) Error() string {
	return "it exists, and nothing says that arcwright made it: " + e.Reason
}

func (e *ErrForeign) code() string { return string(StateForeign) }

// ErrBroken is the error of a step whose thing stayed broken.
type ErrBroken struct {
	// Reason is what was last seen, Repairs how often a repair was tried.
	Reason  string
	Repairs int
	// Manual is set when there is no automatic repair.
	Manual bool
}

// Error says what is broken and what was tried.
func (e *ErrBroken) Error() string {
	switch {
	case e.Manual:
		return e.Reason + " (only a person can mend this)"
	case e.Repairs == 1:
		return e.Reason + " (after a repair)"
	case e.Repairs > 1:
		return fmt.Sprintf("%s (after %d repairs)", e.Reason, e.Repairs)
	}
	return e.Reason
}

func (e *ErrBroken) code() string { return string(StateBroken) }

// ErrOverdue is the error of a step whose work takes so much longer than usual that it
// is no longer waited for. The work itself is left running.
type ErrOverdue struct{ Waited, Estimate time.Duration }

// Error gives both times.
func (e *ErrOverdue) Error() string {
	return fmt.Sprintf("still working after %v, usually it takes %v; it was left running", e.Waited, e.Estimate)
}

func (e *ErrOverdue) code() string { return "overdue" }

// ErrLeaseLost is the error of a run that may not go on because its lease on the site is
// gone. What it submitted goes on on the hosts.
type ErrLeaseLost struct {
	// Err says who holds the lease now, or why it could not be renewed.
	Err error
}

// Error says that the lease is gone and why.
func (e *ErrLeaseLost) Error() string {
	return "the lease on the site is lost, nothing more was submitted: " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *ErrLeaseLost) Unwrap() error { return e.Err }

func (e *ErrLeaseLost) code() string { return "lease-lost" }

// errUnknown is an observation that could not tell.
type errUnknown struct{ reason string }

func (e *errUnknown) Error() string { return e.reason }
func (e *errUnknown) code() string  { return string(StateUnknown) }

// unbegun is the outcome of a run that an error kept from beginning.
func unbegun(err error) Outcome {
	var (
		leased *ErrLeased
		locked *ErrLocked
		other  *ErrOtherPlan
		plan   *ErrPlan
	)
	if errors.As(err, &leased) || errors.As(err, &locked) || errors.As(err, &other) || errors.As(err, &plan) {
		return OutcomeRefused
	}
	return OutcomeFailed
}

// cleaned is an error whose text may be shown: without secrets and control characters.
type cleaned struct {
	text string
	err  error
}

func (e *cleaned) Error() string { return e.text }
func (e *cleaned) Unwrap() error { return e.err }

// redact takes the secrets of the run out of a text.
func (s *shift) redact(text string) string {
	if s.world == nil {
		return text
	}
	return s.world.redact(text)
}

// errStopped is the cause of a shift that the operator ended.
var errStopped = errors.New("stopped by the operator")

// outcome judges the shift once its lanes have ended. A journal that failed is judged at
// the end, which cannot be written then either.
func (s *shift) outcome() (Outcome, error) {
	steps := &ErrSteps{}
	foreign, open := true, false
	for _, t := range s.plan.tasks {
		switch t.state {
		case taskFailed:
			steps.Failed = append(steps.Failed, t.ID)
			if steps.Err == nil {
				steps.Err = &cleaned{text: plain(s.redact(t.err.Error())), err: t.err}
			}
			var other *ErrForeign
			foreign = foreign && errors.As(t.err, &other)
		case taskSkipped:
			steps.Skipped = append(steps.Skipped, t.ID)
		case taskOpen:
			open = true
		}
	}
	cause := s.halted()
	switch {
	case len(steps.Failed) == 0 && !open:
		return OutcomeDone, nil
	case errors.Is(cause, errStopped) || s.ctx.Err() != nil:
		return OutcomeInterrupted, nil
	case cause != nil:
		return OutcomeFailed, cause
	case foreign && !s.submitted.Load():
		return OutcomeRefused, steps
	}
	return OutcomeFailed, steps
}
