// Package clock is the only source of time for a run. Every deadline, retry, timeout
// and certificate check of provision goes through a Clock, so that a run against a
// simulated datacenter takes the simulated time and no other.
//
// A simulated clock jumps to its next event, and it may do so only while nobody is
// computing. It therefore has to hear who is: a goroutine of a run holds one busy token
// while it works (Busy), hands it back while it sleeps, and turns it into a wire token
// while a request of its is out (Wire, see Transport). The real clock ignores both.
package clock

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Clock tells the time, passes it, and hears who is working.
type Clock interface {
	// Now is the present moment, in UTC.
	Now() time.Time
	// Sleep returns nil after d, or the context's error as soon as that is done. The
	// caller holds a busy token; Sleep hands it back while it waits.
	Sleep(ctx context.Context, d time.Duration) error
	// AfterFunc runs f in its own goroutine after d, with a busy token held for it
	// until f returns. stop reports whether it kept f from running.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
	// Busy adds delta to the number of goroutines that are computing.
	Busy(delta int)
	// Wire adds delta to the number of requests that are out.
	Wire(delta int)
}

// ErrDeadline is the cause of a context that WithTimeout ended.
var ErrDeadline = errors.New("deadline passed")

// WithTimeout returns a context that ends with cause ErrDeadline after d on c. When it
// ends this way it holds a busy token until cancel is called, so that a simulated clock
// stands still until whoever waited has noticed: always call cancel.
func WithTimeout(parent context.Context, c Clock, d time.Duration) (ctx context.Context, cancel context.CancelFunc) {
	ctx, end := context.WithCancelCause(parent)
	var mu sync.Mutex
	fired, closed := false, false
	stop := c.AfterFunc(d, func() {
		mu.Lock()
		defer mu.Unlock()
		if closed {
			return
		}
		fired = true
		c.Busy(+1)
		end(ErrDeadline)
	})
	return ctx, func() {
		stop()
		mu.Lock()
		defer mu.Unlock()
		if closed {
			return
		}
		closed = true
		if fired {
			c.Busy(-1)
		}
		end(context.Canceled)
	}
}
