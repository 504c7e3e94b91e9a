package provision

import (
	"context"
	"errors"
)

// State is what an action observed of the thing it makes.
type State string

// The states of a thing.
const (
	// StateAbsent: it is not there and nothing is making it. Only then is it submitted.
	StateAbsent State = "absent"
	// StateWorking: it is being made, or repaired.
	StateWorking State = "working"
	// StateDone: it is there and as the plan wants it.
	StateDone State = "done"
	// StateBroken: it is ours and half-made; it takes an explicit repair.
	StateBroken State = "broken"
	// StateForeign: it is there, and nothing says that we made it. It is left alone.
	StateForeign State = "foreign"
	// StateUnknown: what there is could not be told. Nothing is submitted.
	StateUnknown State = "unknown"
)

func (s State) known() bool {
	switch s {
	case "", StateAbsent, StateWorking, StateDone, StateBroken, StateForeign, StateUnknown:
		return true
	}
	return false
}

// An Observation is what there is, as one look at the target saw it.
type Observation struct {
	State State
	// Reason is what the thing is waiting for, or what is wrong with it. It holds no
	// running numbers such as seconds, so that it changes only when something does.
	Reason string
	// Output is what the work on the host has printed since the last observation.
	Output string
	// Host is the full name of the host that the work runs on, when that is known
	// better than the step says.
	Host string
	// Retryable, with StateBroken: nothing has to be cleared away first, submitting again is
	// the repair. It counts as one.
	Retryable bool
}

// An action makes one thing. Its methods are called by one goroutine, one at a time, and
// end soon after their context.
type action interface {
	// Observe looks at the target and changes nothing. An error means that it could not
	// tell; errorCode classes it.
	Observe(ctx context.Context) (Observation, error)
	// Submit starts the making, without waiting for its end. It is called only when the
	// last observation was StateAbsent, or StateBroken and Retryable. After an error the thing may
	// have been started or not: the next observation tells. attempt is from 1 and never
	// falls.
	Submit(ctx context.Context, attempt int) error
	// Repair starts to clear away what is broken, without waiting for the end. Until that
	// is over Observe says StateWorking, then StateAbsent. It returns ErrNoRepair when there is no way.
	Repair(ctx context.Context, attempt int) error
}

// ErrNoRepair says that a broken thing takes a person to mend. The step fails with the
// observation's reason.
var ErrNoRepair = errors.New("no automatic repair")
