package provision

import (
	"context"
	"io"
	"slices"
	"sync"
)

// Log is the events of a run in memory. It is append-only and never waits for a reader:
// readers hold a cursor, which is the number of events they have seen, and ask for what
// came after. The zero value is an empty log.
type Log struct {
	mu     sync.Mutex
	events []Event
	closed bool
	more   chan struct{} // closed at the next change; nil while nobody waits
}

// Append adds events at the end. After Close it adds nothing.
func (l *Log) Append(events ...Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(events) == 0 {
		return
	}
	l.events = append(l.events, events...)
	l.wake()
}

// Since returns the events after the first n, in order. The reader's next cursor is n
// plus their number.
func (l *Log) Since(n int) []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = max(n, 0)
	if n >= len(l.events) {
		return nil
	}
	return slices.Clone(l.events[n:])
}

// Wait returns nil as soon as there are more than n events, io.EOF when there never will
// be, or the context's error.
func (l *Log) Wait(ctx context.Context, n int) error {
	for {
		l.mu.Lock()
		if len(l.events) > n {
			l.mu.Unlock()
			return nil
		}
		if l.closed {
			l.mu.Unlock()
			return io.EOF
		}
		if l.more == nil {
			l.more = make(chan struct{})
		}
		more := l.more
		l.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close says that no events will follow. An engine does not close its log: a run may be
// resumed on it.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.wake()
	}
}

// last is the Seq of the newest event, 0 in an empty log.
func (l *Log) last() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.events) == 0 {
		return 0
	}
	return l.events[len(l.events)-1].Seq
}

func (l *Log) wake() {
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
}
