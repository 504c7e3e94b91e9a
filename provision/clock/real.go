package clock

import (
	"context"
	"time"
)

// Real is the clock on the wall.
type Real struct{}

// Now is the system's time in UTC.
func (Real) Now() time.Time { return time.Now().UTC() }

// Sleep waits for d of real time.
func (Real) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// AfterFunc runs f after d of real time.
func (Real) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}

// Busy does nothing: real time passes by itself.
func (Real) Busy(int) {}

// Wire does nothing.
func (Real) Wire(int) {}
