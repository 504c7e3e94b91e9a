package provision

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// reader is a viewer whose readings take five seconds of the clock.
type reader struct {
	*viewer
	clk   *benchClock
	lanes group
	begun []time.Time
	fail  error
}

func newReader() *reader {
	r := &reader{clk: &benchClock{now: dawn, busy: 1}}
	r.lanes.clock = r.clk
	r.viewer = &viewer{clock: r.clk, life: context.Background(), start: r.lanes.start}
	r.read = func(ctx context.Context) (*akshci, error) {
		r.begun = append(r.begun, r.clk.Now())
		if err := r.clk.Sleep(ctx, 5*time.Second); err != nil {
			return nil, err
		}
		return &akshci{Version: r.clk.Now().Format(time.TimeOnly)}, r.fail
	}
	return r
}

// after asks after a while.
func (r *reader) after(t *testing.T, delay time.Duration, exact bool, then func(*akshci, bool, error)) {
	r.lanes.start(func() {
		if err := r.clk.Sleep(context.Background(), delay); err != nil {
			t.Error(err)
		}
		then(r.ask(context.Background(), exact))
	})
}

func (r *reader) wait(t *testing.T) {
	t.Helper()
	r.lanes.wait()
	synctest.Wait()
	if busy := r.clk.tokens(); busy != 1 {
		t.Errorf("%d busy tokens are left, not the caller's one", busy)
	}
}

func TestEightLanesShareOneReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader()
		for i := range 8 {
			r.after(t, time.Duration(i)*time.Millisecond, false, func(a *akshci, fresh bool, err error) {
				if err != nil || a.Version != "02:00:05" || fresh != (i == 0) {
					t.Errorf("lane %d got %v, %v, %v", i, a, fresh, err)
				}
			})
		}
		r.wait(t)
		if len(r.begun) != 1 {
			t.Errorf("%d readings", len(r.begun))
		}
	})
}

func TestADecisionNeedsAReadingThatBeganAfterTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader()
		r.after(t, 0, false, func(a *akshci, _ bool, err error) {
			if err != nil || a.Version != "02:00:05" {
				t.Errorf("the first got %v, %v", a, err)
			}
		})
		for i := range 7 {
			r.after(t, time.Duration(1+i)*time.Millisecond, true, func(a *akshci, fresh bool, err error) {
				if err != nil || a.Version != "02:00:10" || !fresh {
					t.Errorf("lane %d got %v, %v, %v", i, a, fresh, err)
				}
			})
		}
		r.wait(t)
		if len(r.begun) != 2 {
			t.Errorf("%d readings, want one and one for the seven who came during it", len(r.begun))
		}
	})
}

func TestAReadingServesForASecondAndFailuresForNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader()
		ask := func() error {
			_, _, err := r.ask(t.Context(), false)
			return err
		}
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		if err := ask(); err != nil { // began five seconds ago
			t.Fatal(err)
		}
		if len(r.begun) != 2 {
			t.Errorf("%d readings, want a new one for one that is 5 s old", len(r.begun))
		}
		r.fail = errors.New("host is away")
		for range 2 {
			if err := ask(); err == nil {
				t.Error("a failed reading was given out")
			}
		}
		if len(r.begun) != 4 {
			t.Errorf("%d readings, want a new one after each failure", len(r.begun))
		}
		r.wait(t)
	})
}

func TestWhoGivesUpLeavesTheReadingToTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader()
		gone := errors.New("lane ended")
		ctx, cancel := context.WithCancelCause(t.Context())
		r.lanes.start(func() {
			if _, _, err := r.ask(ctx, false); !errors.Is(err, gone) {
				t.Errorf("got %v", err)
			}
			if now := r.clk.Now().Sub(dawn); now != 2*time.Second {
				t.Errorf("gave up after %v", now)
			}
		})
		r.after(t, time.Second, false, func(a *akshci, _ bool, err error) {
			if err != nil || a.Version != "02:00:05" {
				t.Errorf("the other got %v, %v", a, err)
			}
		})
		r.lanes.start(func() {
			if err := r.clk.Sleep(context.Background(), 2*time.Second); err != nil {
				t.Error(err)
			}
			cancel(gone)
			synctest.Wait()
		})
		r.wait(t)
	})
}
