package winrm

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

// A slot is what one command at a time needs: a lane for Receive, which waits for
// long, and one for everything else, so that a command can be ended while its output
// is waited for, on a connection that is already let in.
type slot struct {
	control, receive *lane
	used             time.Time
	talking          bool // of the pool: would notice the end of its context
	probing          bool // of the pool: is about to find out whether the host lets us in
}

func (s *slot) drop() { s.control.drop(); s.receive.drop() }
func (s *slot) cut()  { s.control.cut(); s.receive.cut() }

// A pool hands out a host's slots, the one used last first, to whoever asked first.
// Until a login has succeeded only one at a time tries, and when that one is refused
// everybody who waits is: a wrong password costs two attempts, not two for each lane of
// each slot, and so does not lock the account.
//
// Who waits has given its busy token back. Whoever wakes it takes the token for it,
// before it can run: at no moment is there work that the clock cannot see.
type pool struct {
	clk clock.Clock

	mu      sync.Mutex
	free    []*slot
	out     int // slots handed out
	talking int // of those, how many have not been hushed
	probing bool
	proven  bool
	closed  bool
	queue   []*waiter
	hush    []chan struct{} // who waits for talking == 0
	back    []chan struct{} // who waits for out == 0
}

type waiter struct{ woken chan handout }

// A handout is a slot, or why there is none.
type handout struct {
	slot *slot
	err  error
}

// take waits for a slot. The caller holds a busy token, and holds one afterwards.
func (p *pool) take(ctx context.Context) (*slot, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, ErrClosed
	}
	if len(p.queue) == 0 && p.room() {
		s := p.pop()
		p.mu.Unlock()
		return s, nil
	}
	w := &waiter{woken: make(chan handout, 1)}
	p.queue = append(p.queue, w)
	p.mu.Unlock()
	p.clk.Busy(-1)
	select {
	case h := <-w.woken:
		return h.slot, h.err
	case <-ctx.Done():
		p.clk.Busy(+1)
		p.leave(w)
		return nil, context.Cause(ctx)
	}
}

// leave takes a waiter out of the queue, or hands back what it was given meanwhile.
func (p *pool) leave(w *waiter) {
	p.mu.Lock()
	i := slices.Index(p.queue, w)
	if i >= 0 {
		p.queue = slices.Delete(p.queue, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		return
	}
	h := <-w.woken
	if h.slot != nil {
		p.give(h.slot, nil)
	}
	p.clk.Busy(-1) // the second token, taken by whoever woke it
}

// give takes a slot back. err is what its command ended with.
func (p *pool) give(s *slot, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, s)
	p.out--
	p.probed(s)
	if Class(err) == ClassAuth {
		p.proven = false
		p.refuse(err)
	}
	p.quiet(s)
	p.serve()
	if p.out > 0 {
		return
	}
	for _, c := range p.back {
		p.clk.Busy(+1)
		close(c)
	}
	p.back = nil
}

// hushed says that whoever has the slot would not notice the end of its context any
// more, or has noticed.
func (p *pool) hushed(s *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quiet(s)
}

func (p *pool) quiet(s *slot) {
	if !s.talking {
		return
	}
	s.talking = false
	p.talking--
	if p.talking > 0 {
		return
	}
	for _, c := range p.hush {
		close(c)
	}
	p.hush = nil
}

// prove says that the host has let a lane of the slot in.
func (p *pool) prove(s *slot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.probed(s)
	p.proven = true
	p.serve()
}

func (p *pool) probed(s *slot) {
	if s.probing {
		s.probing, p.probing = false, false
	}
}

// doubt says that the next login may be refused.
func (p *pool) doubt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.proven = false
}

// close refuses everybody from now on, ends what runs by calling end, and waits until
// all slots are back. The caller holds a busy token, and holds one afterwards; in
// between it lets go of it only when all have noticed, so that the clock cannot run on
// before they have.
func (p *pool) close(end func()) {
	p.mu.Lock()
	p.closed = true
	p.refuse(ErrClosed)
	hush, back := make(chan struct{}), make(chan struct{})
	if p.talking == 0 {
		close(hush)
	} else {
		p.hush = append(p.hush, hush)
	}
	p.mu.Unlock()
	end()
	<-hush
	p.mu.Lock()
	if p.out == 0 {
		p.mu.Unlock()
		return
	}
	p.back = append(p.back, back)
	p.mu.Unlock()
	p.clk.Busy(-1)
	<-back
}

func (p *pool) room() bool { return len(p.free) > 0 && (p.proven || !p.probing) }

func (p *pool) pop() *slot {
	s := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	p.out++
	s.talking = true
	p.talking++
	if !p.proven {
		s.probing, p.probing = true, true
	}
	return s
}

func (p *pool) serve() {
	for len(p.queue) > 0 && p.room() {
		p.wake(handout{slot: p.pop()})
	}
}

func (p *pool) refuse(err error) {
	for len(p.queue) > 0 {
		p.wake(handout{err: err})
	}
}

func (p *pool) wake(h handout) {
	w := p.queue[0]
	p.queue = p.queue[1:]
	p.clk.Busy(+1)
	w.woken <- h
}
