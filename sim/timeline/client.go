package timeline

import (
	"context"
	"time"
)

// Sleep returns nil after d of world time, or the context's error as soon as that is
// done. The caller holds a busy token, which counts as given back while it sleeps.
func (l *Line) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	woken := make(chan struct{})
	l.mu.Lock()
	l.catchUp()
	asleep := true
	wake := func() {
		if asleep {
			asleep = false
			l.waiting--
			l.busy++
			close(woken)
		}
	}
	e := l.add(l.now.Add(max(d, 0)), func(*Turn) { wake() })
	l.waiting++
	l.busy--
	l.settle()
	l.mu.Unlock()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		l.mu.Lock()
		defer l.mu.Unlock()
		e.run = nil
		wake()
		return ctx.Err()
	}
}

// AfterFunc runs f in its own goroutine after d of world time, with a busy token held
// until it returns. stop reports whether it kept f from running.
func (l *Line) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUp()
	e := l.add(l.now.Add(max(d, 0)), func(*Turn) {
		l.busy++
		go func() {
			f()
			l.Busy(-1)
		}()
	})
	fired := e.run
	e.run = func(t *Turn) { e.run = nil; fired(t) }
	l.settle() // the caller holds a token, so this only tells a paced line of the event
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		running := e.run == nil
		e.run = nil
		return !running
	}
}

// Busy adds delta to the number of client goroutines that compute.
func (l *Line) Busy(delta int) { l.count(&l.busy, delta) }

// Wire adds delta to the number of requests the client has out. Flat out, taking a
// request back waits until the world has let go of it: one that was given up while it was
// parked would else be mistaken for the next that is under way.
func (l *Line) Wire(delta int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wire += delta
	for delta < 0 && l.pace == nil && l.parked > l.wire {
		l.left.Wait()
	}
	l.settle()
}

func (l *Line) count(n *int, delta int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*n += delta
	l.settle()
}
