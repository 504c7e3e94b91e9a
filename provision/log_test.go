package provision

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
)

func TestEveryReaderOfALogSeesEveryEventOnceAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log Log
		const writers, each, readers = 4, 250, 3
		var all sync.WaitGroup
		for range readers {
			all.Go(func() {
				seen, last := 0, map[string]int{}
				for {
					err := log.Wait(t.Context(), seen)
					if errors.Is(err, io.EOF) {
						break
					}
					if err != nil {
						t.Error(err)
						return
					}
					for _, e := range log.Since(seen) {
						seen++
						if e.Attempt != last[e.Step]+1 {
							t.Errorf("%s: event %d follows event %d", e.Step, e.Attempt, last[e.Step])
						}
						last[e.Step] = e.Attempt
					}
				}
				if seen != writers*each {
					t.Errorf("a reader saw %d events", seen)
				}
			})
		}
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for n := range each {
					log.Append(Event{Step: string(rune('a' + w)), Attempt: n + 1})
				}
			})
		}
		writing.Wait()
		log.Close()
		all.Wait()
	})
}

func TestALogDoesNotWaitForAReaderThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log Log
		ctx, cancel := context.WithCancel(context.Background())
		left := make(chan error)
		go func() { left <- log.Wait(ctx, 0) }()
		synctest.Wait() // the reader waits
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("reader left with %v", err)
		}
		for range 10_000 {
			log.Append(Event{})
		}
		if n := len(log.Since(0)); n != 10_000 {
			t.Errorf("log holds %d events", n)
		}
	})
}

func TestWhatAReaderGotDoesNotChange(t *testing.T) {
	var log Log
	log.Append(Event{Seq: 1})
	got := log.Since(0)
	got[0].Seq = 7
	if again := log.Since(-1); again[0].Seq != 1 {
		t.Errorf("the log holds %+v", again)
	}
	if beyond := log.Since(5); beyond != nil {
		t.Errorf("past the end there is %+v", beyond)
	}
}

func TestAClosedLogTakesNothing(t *testing.T) {
	var log Log
	log.Append(Event{Seq: 1})
	log.Close()
	log.Close()
	log.Append(Event{Seq: 2})
	if err := log.Wait(t.Context(), 0); err != nil {
		t.Errorf("what was there before is hidden: %v", err)
	}
	if err := log.Wait(t.Context(), 1); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}
