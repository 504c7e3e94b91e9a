package timeline_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/sim/timeline"
)

func start() time.Time { return time.Date(2026, 12, 5, 22, 0, 0, 0, time.UTC) }

func TestAFlatOutLineStandsWhileAnybodyComputes(t *testing.T) {
	l := timeline.New(start(), 0)
	l.Busy(+1)
	ran := false
	l.Do(func(t *timeline.Turn) { t.After(time.Hour, func(*timeline.Turn) { ran = true }) })
	if now := l.Now(); ran || !now.Equal(start()) {
		t.Fatalf("the line moved to %v (event ran: %v) while a goroutine was computing", now, ran)
	}
	if err := l.Sleep(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	if now := l.Now(); !ran || !now.Equal(start().Add(2*time.Hour)) {
		t.Fatalf("after a sleep of 2 h it is %v, event ran: %v", now, ran)
	}
}

func TestALineWithNobodyWaitingDoesNotMove(t *testing.T) {
	l := timeline.New(start(), 0)
	l.Do(func(t *timeline.Turn) { t.After(time.Second, func(*timeline.Turn) {}) })
	if now := l.Now(); !now.Equal(start()) {
		t.Fatalf("the line moved to %v for nobody", now)
	}
}

func TestARequestOnTheWireHoldsTheLineUntilItIsParked(t *testing.T) {
	l := timeline.New(start(), 0)
	l.Wire(+1)
	l.Do(func(t *timeline.Turn) { t.After(time.Second, func(*timeline.Turn) {}) })
	if now := l.Now(); !now.Equal(start()) {
		t.Fatalf("the line moved to %v while a request was on the wire", now)
	}
	var s *timeline.Spot
	l.Do(func(t *timeline.Turn) { s = t.Park(time.Minute) })
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := l.Now(); !now.Equal(start().Add(time.Minute)) {
		t.Fatalf("the parked request woke at %v, want one minute on", now)
	}
}

func TestAParkedRequestWhoseClientLeavesFreesTheLine(t *testing.T) {
	l := timeline.New(start(), 0)
	l.Busy(+1)
	l.Wire(+1)
	var s *timeline.Spot
	l.Do(func(t *timeline.Turn) { s = t.Park(-1) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("Wait = %v, want the context's error", err)
	}
	l.Wire(-1)
	if err := l.Sleep(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
}

func TestEventsThatAreDueRunBeforeATurn(t *testing.T) {
	l := timeline.New(start(), 0)
	l.Busy(+1)
	var order []string
	l.Do(func(t *timeline.Turn) {
		t.After(time.Minute, func(*timeline.Turn) { order = append(order, "first") })
	})
	slept := make(chan error, 1)
	go func() { slept <- l.Sleep(t.Context(), time.Minute) }()
	if err := <-slept; err != nil {
		t.Fatal(err)
	}
	// The sleeper's own event came before this one, so both are due and only one has run.
	l.Do(func(t *timeline.Turn) { t.After(0, func(*timeline.Turn) { order = append(order, "second") }) })
	l.Do(func(*timeline.Turn) { order = append(order, "turn") })
	if want := []string{"first", "second", "turn"}; !slices.Equal(order, want) {
		t.Fatalf("order %v, want %v", order, want)
	}
}

func TestAfterFunc(t *testing.T) {
	t.Run("runs with a token held, so that time stands until it returns", func(t *testing.T) {
		l := timeline.New(start(), 0)
		l.Busy(+1)
		var at time.Time
		release := make(chan struct{})
		l.AfterFunc(time.Minute, func() { <-release; at = l.Now() })
		go close(release)
		if err := l.Sleep(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if want := start().Add(time.Minute); !at.Equal(want) {
			t.Fatalf("the function saw %v, want %v", at, want)
		}
	})
	t.Run("is called off by stop, which says so once", func(t *testing.T) {
		l := timeline.New(start(), 0)
		l.Busy(+1)
		ran := false
		stop := l.AfterFunc(time.Minute, func() { ran = true })
		if !stop() || stop() {
			t.Fatal("stop must report true, then false")
		}
		if err := l.Sleep(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if ran {
			t.Fatal("the function ran after stop")
		}
	})
	t.Run("reports false from stop once it has run", func(t *testing.T) {
		l := timeline.New(start(), 0)
		l.Busy(+1)
		stop := l.AfterFunc(time.Minute, func() {})
		if err := l.Sleep(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if stop() {
			t.Fatal("stop claims to have kept a function from running that ran")
		}
	})
}

func TestASleepEndsWithItsContext(t *testing.T) {
	l := timeline.New(start(), 0)
	l.Busy(+2)
	ctx, cancel := context.WithCancel(t.Context())
	slept := make(chan error, 1)
	go func() { slept <- l.Sleep(ctx, time.Hour) }()
	cancel()
	if err := <-slept; !errors.Is(err, context.Canceled) {
		t.Fatalf("Sleep = %v, want the context's error", err)
	}
	l.Busy(-1)
	if err := l.Sleep(t.Context(), 2*time.Hour); err != nil {
		t.Fatalf("the token of the ended sleep was not given back: %v", err)
	}
}

func TestAdvanceRunsEveryEventOnTheWay(t *testing.T) {
	l := timeline.New(start(), 0)
	var seen []time.Time
	l.Do(func(t *timeline.Turn) {
		t.After(time.Minute, func(t *timeline.Turn) {
			seen = append(seen, t.Now())
			t.After(time.Minute, func(t *timeline.Turn) { seen = append(seen, t.Now()) })
		})
	})
	l.Advance(start().Add(time.Hour))
	if want := []time.Time{start().Add(time.Minute), start().Add(2 * time.Minute)}; !slices.EqualFunc(seen, want, time.Time.Equal) {
		t.Fatalf("events at %v, want %v", seen, want)
	}
	if now := l.Now(); !now.Equal(start().Add(time.Hour)) {
		t.Fatalf("it is %v, want an hour on", now)
	}
}

func TestAPacedLineFollowsRealTime(t *testing.T) {
	l := timeline.New(start(), 0)
	l.Advance(start().Add(time.Hour))
	if now := l.Now(); !now.Equal(start().Add(time.Hour)) {
		t.Fatalf("a replayed line stands at %v before it is paced", now)
	}
	l.Pace(36000)
	defer l.Close()
	fired := make(chan time.Time, 1)
	l.AfterFunc(10*time.Minute, func() { fired <- l.Now() })
	if at := <-fired; at.Before(start().Add(70 * time.Minute)) {
		t.Fatalf("the function ran at %v, before its time", at)
	}
	if err := l.Sleep(t.Context(), 10*time.Minute); err != nil {
		t.Fatal(err)
	}
	l.Close()
	l.Close()
	if now := l.Now(); !l.Now().Equal(now) {
		t.Fatal("a closed line goes on")
	}
}

// At 36,000 times real time a deadline of ten seconds is a quarter of a millisecond here.
func TestAPacedLineWaitsForAClientThatComputes(t *testing.T) {
	l := timeline.New(start(), 36000)
	defer l.Close()
	l.Busy(+1)
	passed := make(chan struct{})
	l.AfterFunc(10*time.Second, func() { close(passed) })
	time.Sleep(20 * time.Millisecond) // two hundred deadlines
	select {
	case <-passed:
		t.Fatal("a deadline passed while its client was computing")
	default:
	}
	l.Wire(+1)
	l.Busy(-1)
	time.Sleep(20 * time.Millisecond)
	select {
	case <-passed:
		t.Fatal("a deadline passed while the request was being answered")
	default:
	}
	var spot *timeline.Spot
	l.Do(func(t *timeline.Turn) { spot = t.Park(-1) })
	<-passed
	l.Do(func(t *timeline.Turn) { t.Wake(spot) })
	if err := spot.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Many clients that sleep and make requests see one order of time, and the line ends
// where the longest of them does.
func TestClientsShareOneTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := timeline.New(start(), 0)
		plans := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 90), 1, 8), 1, 6).Draw(rt, "sleeps")
		l.Busy(+len(plans))
		var wg sync.WaitGroup
		var mu sync.Mutex
		var last time.Time
		var longest time.Duration
		for _, plan := range plans {
			var total time.Duration
			for _, s := range plan {
				total += 2 * time.Duration(s) * time.Second
			}
			longest = max(longest, total)
			wg.Add(1)
			go func() {
				defer wg.Done()
				defer l.Busy(-1)
				at := start()
				for _, s := range plan {
					d := time.Duration(s) * time.Second
					if err := l.Sleep(context.Background(), d); err != nil {
						rt.Error(err)
						return
					}
					var spot *timeline.Spot
					l.Wire(+1)
					l.Busy(-1)
					l.Do(func(t *timeline.Turn) {
						mu.Lock()
						if t.Now().Before(last) {
							rt.Errorf("time went back from %v to %v", last, t.Now())
						}
						last = t.Now()
						mu.Unlock()
						spot = t.Park(d)
					})
					if err := spot.Wait(context.Background()); err != nil {
						rt.Error(err)
						return
					}
					l.Busy(+1)
					l.Wire(-1)
					if at = at.Add(2 * d); !l.Now().Equal(at) {
						rt.Errorf("it is %v, want %v", l.Now(), at)
					}
				}
			}()
		}
		wg.Wait()
		if now := l.Now(); !now.Equal(start().Add(longest)) {
			rt.Errorf("the line ended at %v, want %v", now, start().Add(longest))
		}
	})
}

func BenchmarkEvents(b *testing.B) {
	l := timeline.New(start(), 0)
	left := b.N
	var next func(*timeline.Turn)
	next = func(t *timeline.Turn) {
		if left--; left > 0 {
			t.After(time.Second, next)
		}
	}
	l.Do(func(t *timeline.Turn) {
		for range 100 {
			t.After(time.Second, next)
		}
	})
	b.ResetTimer()
	l.Advance(start().Add(time.Duration(b.N+1) * time.Second))
}
