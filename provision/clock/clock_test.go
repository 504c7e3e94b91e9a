package clock_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

// counting is the real clock, with its tokens counted.
type counting struct {
	clock.Real
	mu         sync.Mutex
	busy, wire int
	least      int
}

func (c *counting) Busy(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy += n
	c.least = min(c.least, c.busy)
}
func (c *counting) Wire(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wire += n
	c.least = min(c.least, c.wire)
}

func (c *counting) counts() (busy, wire int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.busy, c.wire
}

func TestADeadlineHoldsATokenUntilItIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counting{}
		ctx, cancel := clock.WithTimeout(t.Context(), c, time.Minute)
		<-ctx.Done()
		synctest.Wait()
		if busy, _ := c.counts(); busy != 1 || !errors.Is(context.Cause(ctx), clock.ErrDeadline) {
			t.Errorf("busy %d, cause %v", busy, context.Cause(ctx))
		}
		cancel()
		cancel()
		if busy, _ := c.counts(); busy != 0 {
			t.Errorf("busy %d after the cancel", busy)
		}
	})
}

func TestADeadlineThatIsNotReachedLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counting{}
		ctx, cancel := clock.WithTimeout(t.Context(), c, time.Minute)
		cancel()
		time.Sleep(time.Hour)
		if busy, _ := c.counts(); busy != 0 || !errors.Is(context.Cause(ctx), context.Canceled) {
			t.Errorf("busy %d, cause %v", busy, context.Cause(ctx))
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		if err := (clock.Real{}).Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if err := (clock.Real{}).Sleep(t.Context(), time.Hour); err != nil {
			t.Error(err)
		}
	})
}

func TestARequestIsOnTheWireWhileItIsOut(t *testing.T) {
	c := &counting{busy: 1}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if busy, wire := c.counts(); busy != 0 || wire != 1 {
			t.Errorf("while it is out: busy %d, wire %d", busy, wire)
		}
	}))
	defer server.Close()
	client := http.Client{Transport: clock.Transport{Clock: c, Base: server.Client().Transport}}
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if busy, wire := c.counts(); busy != 1 || wire != 0 || c.least < 0 {
		t.Errorf("afterwards: busy %d, wire %d, least %d", busy, wire, c.least)
	}
}

func TestADialEndsWithItsRequest(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		close(begun)
		<-ctx.Done() // a host that never answers
		ended <- context.Cause(ctx)
		return nil, ctx.Err()
	}
	c := &counting{busy: 1}
	client := http.Client{Transport: clock.Transport{Clock: c, Base: &http.Transport{DialContext: clock.Dial(dial)}}}
	ctx, cancel := context.WithCancelCause(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://host.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("given up")
	go func() {
		<-begun
		cancel(gone)
	}()
	if _, err := client.Do(req); err == nil {
		t.Error("a host that never answers answered")
	}
	if cause := <-ended; !errors.Is(cause, gone) {
		t.Errorf("the dial ended with %v", cause)
	}
}
