package winrm

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

// An Account is a user with a password, on all hosts where the same one signs in. Give it
// to the Host of each: until some host has let the account in, one alone tries at a time,
// and after the first refusal nobody tries again. A wrong password thus costs one attempt
// in all, and locks no account. Once let in, a refusal is the matter of the host that
// refuses, until a second one does. After laneIdle without a login, and after a Reset, the
// password may be another: one alone tries again first.
type Account struct {
	clk  clock.Clock
	turn *clock.Mutex

	mu      sync.Mutex
	proven  bool
	taken   time.Time // the last time that a host did, zero when in doubt
	refused error
}

// NewAccount returns an account that nobody has tried yet.
func NewAccount(clk clock.Clock) *Account { return &Account{clk: clk, turn: clock.NewMutex(clk)} }

// A loginResult is what a request with credentials says about them.
type loginResult int

const (
	loginUnknown loginResult = iota // nobody looked at them
	loginTaken
	loginRefused
)

// turnTimeout is how long a host may keep the account's turn to itself. It is shorter than
// requestTimeout, so that a host that never answers does not keep all others from being
// tried, and longer than half of it, so that no more than two are tried before one that is
// slow to refuse has done so.
const turnTimeout = 20 * time.Second

// enter waits until the account may be tried; anew is on a connection that is not let in yet.
// leave is to be called with what came of it;
// err is the refusal, with the loginRefused. After turnTimeout the next one is let in, and
// what comes of this one counts still. The caller holds a busy token, before and after.
func (a *Account) enter(ctx context.Context, anew bool) (leave func(l loginResult, err error), err error) {
	if open, err := a.open(anew); open || err != nil {
		return a.note, err
	}
	if err := a.turn.Lock(ctx); err != nil {
		return nil, err
	}
	open, err := a.open(anew)
	if open || err != nil {
		a.turn.Unlock()
		return a.note, err
	}
	release := sync.OnceFunc(a.turn.Unlock)
	stop := a.clk.AfterFunc(turnTimeout, release)
	return func(l loginResult, err error) {
		stop()
		a.note(l, err)
		release()
	}, nil
}

// open reports whether many may try at once.
func (a *Account) open(anew bool) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refused != nil {
		return false, &errNotTried{a.refused}
	}
	return a.proven && (!anew || a.clk.Now().Sub(a.taken) <= laneIdle), nil
}

// doubt says that the next login may be refused.
func (a *Account) doubt() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken = time.Time{}
}

func (a *Account) note(l loginResult, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case l == loginTaken:
		a.proven, a.taken = true, a.clk.Now()
	case l == loginRefused && a.proven:
		a.proven = false
	case l == loginRefused && a.refused == nil:
		a.refused = err
	}
}

// errNotTried is an account that somebody else has found refused.
type errNotTried struct{ err error }

func (e *errNotTried) Error() string { return fmt.Sprintf("not tried, because of: %v", e.err) }
func (e *errNotTried) Unwrap() error { return e.err }
