package timeline

import (
	"context"
	"time"
)

// A Spot is where one request waits in the world, for an event that wakes it.
type Spot struct {
	line   *Line
	woken  chan struct{}
	parked bool
	timer  *event
}

// Park takes a spot for a request, from inside a turn, so that nothing can happen
// between looking at the world and waiting for it to change. After d of world time it
// wakes by itself; a negative d waits for ever. Every parked request must end in Wait.
func (t *Turn) Park(d time.Duration) *Spot {
	s := &Spot{line: t.line, woken: make(chan struct{}), parked: true}
	t.line.parked++
	if d >= 0 {
		s.timer = t.line.add(t.line.now.Add(d), func(t *Turn) { t.Wake(s) })
	}
	return s
}

// Wake ends the wait of a spot. Waking twice is harmless.
func (t *Turn) Wake(s *Spot) {
	if !s.parked {
		return
	}
	s.parked = false
	t.line.parked--
	t.line.left.Broadcast()
	if s.timer != nil {
		s.timer.run = nil
	}
	close(s.woken)
}

// Wait blocks until the spot is woken, or returns the context's error if the request
// goes away first.
func (s *Spot) Wait(ctx context.Context) error {
	select {
	case <-s.woken:
		return nil
	case <-ctx.Done():
		s.line.Do(func(t *Turn) { t.Wake(s) })
		return ctx.Err()
	}
}
