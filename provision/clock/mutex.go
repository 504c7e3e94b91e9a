package clock

import (
	"context"
	"slices"
	"sync"
)

// Mutex is a lock whose waiters hand their busy token back while they wait, first come
// first served. Whoever unlocks takes the token for the next one, so that at no moment
// there is work which the clock cannot see.
type Mutex struct {
	clock Clock
	mu    sync.Mutex
	held  bool
	queue []chan struct{}
}

// NewMutex returns an unlocked lock.
func NewMutex(c Clock) *Mutex { return &Mutex{clock: c} }

// Lock waits for the lock, or returns the cause of ctx's end without it. The caller holds
// a busy token, before and after.
func (m *Mutex) Lock(ctx context.Context) error {
	m.mu.Lock()
	if !m.held {
		m.held = true
		m.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	m.queue = append(m.queue, mine)
	m.mu.Unlock()
	m.clock.Busy(-1)
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
		m.clock.Busy(+1)
		m.leave(mine)
		return context.Cause(ctx)
	}
}

// leave takes a waiter out of the queue, or passes on the lock that it was given meanwhile.
func (m *Mutex) leave(mine chan struct{}) {
	m.mu.Lock()
	i := slices.Index(m.queue, mine)
	if i >= 0 {
		m.queue = slices.Delete(m.queue, i, i+1)
	}
	m.mu.Unlock()
	if i < 0 {
		m.Unlock()
		m.clock.Busy(-1) // the second token, taken by whoever unlocked
	}
}

// Unlock gives the lock to who has waited longest.
func (m *Mutex) Unlock() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.queue) == 0 {
		m.held = false
		return
	}
	next := m.queue[0]
	m.queue = m.queue[1:]
	m.clock.Busy(+1)
	close(next)
}
