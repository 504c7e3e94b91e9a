package provision

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/provision/clock"
)

func TestAFollowerSeesARunFromItsJournalAlone(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.clock.Busy(+1)
		seen := make(chan []Event, 1)
		go func() {
			var events []Event
			for e, err := range Follow(context.Background(), b.run.JournalPath(), b.clock, 0) {
				if err != nil {
					b.t.Error(err)
				}
				if events = append(events, e); e.Kind == EventEnd {
					break
				}
			}
			seen <- events
			b.clock.Busy(-1)
		}()
		b.clock.Busy(+1)
		if outcome, err := b.engine().Apply(context.Background(), nil); outcome != OutcomeDone {
			t.Errorf("outcome %s, %v", outcome, err)
		}
		_ = b.clock.Sleep(context.Background(), 2*followEvery)
		events := <-seen
		b.clock.Busy(-1)
		if diff := cmp.Diff(b.events(), events); diff != "" {
			t.Errorf("events (-log +followed):\n%s", diff)
		}
	})
}

func TestAFollowerWaitsForWholeLines(t *testing.T) {
	r := newRun(t)
	writeJournal(t, r, someEvents()...)
	whole, err := os.ReadFile(r.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(r.JournalPath()); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		seen := make(chan Event)
		ended := make(chan error)
		go func() {
			for e, err := range Follow(ctx, r.JournalPath(), clock.Real{}, 1) {
				if err != nil {
					ended <- err
					return
				}
				seen <- e
			}
		}()
		var got []Event
		for _, part := range []int{10, 150, 151, 400, 600, len(whole)} {
			if err := os.WriteFile(r.JournalPath(), whole[:min(part, len(whole))], 0o600); err != nil {
				t.Fatal(err)
			}
			until := time.After(3 * followEvery)
			for waiting := true; waiting; {
				select {
				case e := <-seen:
					got = append(got, e)
				case <-until:
					waiting = false
				}
			}
		}
		if diff := cmp.Diff(someEvents()[1:], got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestAFollowerStopsAtDamage(t *testing.T) {
	r := newRun(t)
	writeJournal(t, r, someEvents()[:2]...)
	f, err := os.OpenFile(r.JournalPath(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("?\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var got []Event
	var end error
	for e, err := range Follow(t.Context(), r.JournalPath(), clock.Real{}, 0) {
		if err != nil {
			end = err
			break
		}
		got = append(got, e)
	}
	var damaged *ErrJournal
	if len(got) != 2 || !errors.As(end, &damaged) || damaged.Line != 4 {
		t.Errorf("%d events, then %v", len(got), end)
	}
}
