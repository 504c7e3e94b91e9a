package clock_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/arcwright/arcwright/provision/clock"
)

func TestWhoWaitsForALockHandsItsTokenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counting{busy: 3}
		m := clock.NewMutex(c)
		if err := m.Lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		var order []int
		turn := func(n int) {
			if err := m.Lock(t.Context()); err != nil {
				t.Error(err)
			}
			order = append(order, n)
			m.Unlock()
		}
		go turn(1)
		synctest.Wait()
		go turn(2)
		synctest.Wait()
		if busy, _ := c.counts(); busy != 1 {
			t.Errorf("busy %d while two wait", busy)
		}
		m.Unlock()
		synctest.Wait()
		if busy, _ := c.counts(); busy != 3 || len(order) != 2 || order[0] != 1 {
			t.Errorf("busy %d, order %v afterwards", busy, order)
		}
	})
}

func TestWhoWaitsForALockMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counting{busy: 2}
		m := clock.NewMutex(c)
		if err := m.Lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		gone := errors.New("given up")
		ctx, cancel := context.WithCancelCause(t.Context())
		left := make(chan error, 1)
		go func() { left <- m.Lock(ctx) }()
		synctest.Wait()
		cancel(gone)
		if err := <-left; !errors.Is(err, gone) {
			t.Errorf("got %v", err)
		}
		m.Unlock()
		if err := m.Lock(t.Context()); err != nil {
			t.Error(err)
		}
		if busy, _ := c.counts(); busy != 2 {
			t.Errorf("busy %d", busy)
		}
	})
}
