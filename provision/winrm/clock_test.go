package winrm

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// A testClock jumps to its next event as soon as nobody computes and every request is
// parked in the fake host, and notes every breach of the rules for tokens.
type testClock struct {
	mu           sync.Mutex
	now          time.Time
	busy         int
	wire         int
	parked       int
	asleep       int
	events       []*testEvent
	spots        map[string][]func() // wakes who is parked, by the address of the client's end
	left         map[string]bool     // clients that have gone
	breaches     []string
	requestCount int
}

type testEvent struct {
	at  time.Time
	run func()
}

var start = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// newTestClock is a clock on which the test itself holds one busy token. When the test
// ends that must be the only one left.
func newTestClock(t *testing.T) *testClock {
	c := &testClock{now: start, busy: 1, spots: map[string][]func(){}, left: map[string]bool{}}
	t.Cleanup(func() {
		await(t, "all tokens but the test's are back", func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.busy == 1 && c.wire == 0
		})
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, b := range c.breaches {
			t.Error(b)
		}
	})
	return c
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) since() time.Duration { return c.Now().Sub(start) }

func (c *testClock) Busy(delta int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy += delta
	if c.busy < 0 {
		c.breaches = append(c.breaches, fmt.Sprintf("busy fell to %d", c.busy))
	}
	c.settle()
}

func (c *testClock) Wire(delta int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if delta > 0 {
		c.requestCount++
		if c.busy < 1 {
			c.breaches = append(c.breaches, "a request started without a busy token")
		}
	}
	c.wire += delta
	if c.wire < 0 {
		c.breaches = append(c.breaches, fmt.Sprintf("wire fell to %d", c.wire))
	}
	c.settle()
}

func (c *testClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	woken, wake := c.waking(&c.asleep, &c.busy)
	c.busy--
	c.at(d, wake)
	c.settle()
	c.mu.Unlock()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		wake()
		return ctx.Err()
	}
}

func (c *testClock) AfterFunc(d time.Duration, f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.at(d, nil)
	e.run = func() {
		c.busy++
		go func() {
			f()
			c.Busy(-1)
		}()
	}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		i := slices.Index(c.events, e)
		if i >= 0 {
			c.events = slices.Delete(c.events, i, i+1)
		}
		return i >= 0
	}
}

// park keeps a request waiting in the fake host for d, or for ever if d is negative,
// and reports whether the client is still there.
func (c *testClock) park(r *http.Request, d time.Duration) bool {
	return c.parkFor(r.Context(), r.RemoteAddr, d)
}

func (c *testClock) parkFor(ctx context.Context, client string, d time.Duration) bool {
	c.mu.Lock()
	if c.left[client] {
		c.mu.Unlock()
		<-ctx.Done()
		return false
	}
	woken, wake := c.waking(&c.parked, nil)
	gone := make(chan struct{})
	c.spots[client] = append(c.spots[client], sync.OnceFunc(func() { close(gone); wake() }))
	if d >= 0 {
		c.at(d, wake)
	}
	c.settle()
	c.mu.Unlock()
	select {
	case <-woken:
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		wake()
		c.settle()
		return false
	}
	select {
	case <-gone:
		<-ctx.Done() // an answer now might still arrive
		return false
	default:
		return true
	}
}

// leave wakes whoever is parked for a client before its end of the connection is closed:
// a request that is out no more must not count as one that waits.
func (c *testClock) leave(client string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, wake := range c.spots[client] {
		wake()
	}
	delete(c.spots, client)
	c.left[client] = true
}

// waking counts a waiter in n, and takes it out, into to, with the first call of wake.
func (c *testClock) waking(n, to *int) (woken chan struct{}, wake func()) {
	woken = make(chan struct{})
	*n++
	done := false
	return woken, func() {
		if done {
			return
		}
		done = true
		*n--
		if to != nil {
			*to++
		}
		close(woken)
	}
}

func (c *testClock) at(d time.Duration, run func()) *testEvent {
	e := &testEvent{c.now.Add(d), run}
	c.events = append(c.events, e)
	return e
}

func (c *testClock) settle() {
	for c.busy == 0 && c.wire == c.parked && c.parked+c.asleep > 0 && len(c.events) > 0 {
		i := 0
		for j, e := range c.events {
			if e.at.Before(c.events[i].at) {
				i = j
			}
		}
		e := c.events[i]
		c.events = slices.Delete(c.events, i, i+1)
		if e.at.After(c.now) {
			c.now = e.at
		}
		e.run()
	}
}

// together runs f n times at once, each with a busy token of its own, and waits. The
// test lends its own token to the last one.
func (c *testClock) together(n int, f func(i int)) {
	var wg sync.WaitGroup
	c.Busy(n)
	for i := range n {
		wg.Go(func() {
			defer c.Busy(-1)
			f(i)
		})
	}
	c.Busy(-1)
	wg.Wait()
	c.Busy(+1)
}
