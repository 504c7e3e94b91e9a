package provision

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// leasePatience is how long an unreachable lease is waited for before anything was
	// done: whoever started the run is still looking.
	leasePatience = 5 * time.Minute
	// releaseLimit bounds the last request of a run. A lease that is not given back
	// runs out by itself.
	releaseLimit = 30 * time.Second
)

// acquire takes the lease, and waits for a host that is not there yet.
func (s *shift) acquire() error {
	var t trouble
	for {
		asked := s.clock.Now()
		s.renewed.Store(&asked)
		err := s.within(s.going, leasePatience, s.world.acquire)
		if err == nil {
			s.leased.Store(true)
			return nil
		}
		if s.halted() != nil {
			return err
		}
		var leased *ErrLeased
		now := s.clock.Now()
		wait, again := t.after(err, now)
		if errors.As(err, &leased) || !again || now.Sub(t.since) >= leasePatience {
			return fmt.Errorf("take the lease: %w", err)
		}
		if err := s.record(Event{Kind: EventProgress, Text: "the lease cannot be taken yet: " + err.Error(), Code: errorCode(err)}, false); err != nil {
			return err
		}
		if err := s.clock.Sleep(s.going, wait); err != nil {
			return err
		}
	}
}

// startKeeper renews the lease in a goroutine of its own. The returned function ends that
// and waits for it with the caller's token held: a simulated clock must not run on to the
// next renewal before the sleeper has noticed.
func (s *shift) startKeeper() (enough func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	done := make(chan struct{})
	s.clock.Busy(+1)
	go func() {
		defer close(done)
		s.keepLease(ctx)
		s.clock.Busy(-1)
	}()
	return func() {
		cancel()
		<-done
	}
}

// keepLease renews the lease until ctx ends. When somebody else has it, it halts the
// shift. While it could not be renewed for so long that somebody might take it, nothing is
// submitted; the shift is halted for that only when patience has run out.
func (s *shift) keepLease(ctx context.Context) {
	third := s.LeaseTTL / 3
	wait := third
	var t trouble
	for s.clock.Sleep(ctx, wait) == nil {
		asked := s.clock.Now()
		limit := third
		if left := s.LeaseTTL - asked.Sub(*s.renewed.Load()); s.leased.Load() {
			limit = min(limit, left)
		}
		err := s.within(ctx, limit, s.world.renew)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			s.renewed.Store(&asked)
			wait, t = third, trouble{}
			if !s.leased.Swap(true) {
				_ = s.record(Event{Kind: EventProgress, Text: "the lease is renewed again"}, true)
			}
			continue
		}
		var leased *ErrLeased
		var again bool
		now := s.clock.Now()
		if wait, again = t.after(err, now); errors.As(err, &leased) || hopeless(err) || !again && now.Sub(t.since) >= patience {
			s.leased.Store(false)
			s.halt(&ErrLeaseLost{Err: err})
			return
		}
		if wait = min(wait, third); wait == 0 {
			wait = longWait
		}
		text := "the lease could not be renewed: " + err.Error()
		if now.Add(wait).Sub(*s.renewed.Load()) >= s.LeaseTTL {
			s.leased.Store(false)
			text = "the lease may have run out, nothing is submitted until it is renewed: " + err.Error()
		}
		if s.record(Event{Kind: EventProgress, Text: text, Code: errorCode(err)}, false) != nil {
			return
		}
	}
}

// holds reports whether the lease is ours still: it is believed no longer than it lasts
// without a renewal, also when this process was asleep and its timers with it.
func (s *shift) holds() bool {
	at := s.renewed.Load()
	return s.leased.Load() && at != nil && s.clock.Now().Sub(*at) < s.LeaseTTL
}

// release gives the lease back, unless the operator wants out at once.
func (s *shift) release() {
	if s.ctx.Err() != nil || !s.leased.Load() {
		return
	}
	if err := s.within(s.ctx, releaseLimit, s.world.release); err != nil && s.ctx.Err() == nil {
		_ = s.record(Event{Kind: EventProgress, Code: errorCode(err), Text: fmt.Sprintf(
			"the lease was not given back and runs out %v after its last renewal: %v", s.LeaseTTL, err)}, false)
	}
}
