package wire

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// A stream is one direction of a connection.
type stream struct {
	mu      sync.Mutex
	changed *sync.Cond
	bytes   []byte // unread
	ended   bool   // the writer has finished
	// reads and writes are what a broken stream answers; nil while it is whole.
	reads, writes   error
	readBy, writeBy deadline
}

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	s.readBy.stream, s.writeBy.stream = s, s
	return s
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.reads != nil:
			return 0, s.reads
		case s.readBy.passed:
			return 0, os.ErrDeadlineExceeded
		case len(s.bytes) > 0 || len(p) == 0:
			n := copy(p, s.bytes)
			if s.bytes = s.bytes[n:]; len(s.bytes) == 0 {
				s.bytes = nil
			}
			s.changed.Broadcast()
			return n, nil
		case s.ended:
			return 0, io.EOF
		}
		s.changed.Wait()
	}
}

func (s *stream) write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := 0
	for {
		switch {
		case s.ended:
			return done, net.ErrClosed
		case s.writes != nil:
			return done, s.writes
		case s.writeBy.passed:
			return done, os.ErrDeadlineExceeded
		}
		n := min(len(p)-done, capacity-len(s.bytes))
		s.bytes = append(s.bytes, p[done:done+n]...)
		done += n
		if n > 0 {
			s.changed.Broadcast()
		}
		if done == len(p) {
			return done, nil
		}
		s.changed.Wait()
	}
}

// finish lets the reader read to the end and no further.
func (s *stream) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.writeBy.stop()
	s.changed.Broadcast()
}

// hangUp drops what is unread and answers all further calls with the given errors. It
// reports false when that was done before.
func (s *stream) hangUp(reads, writes error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.reads, net.ErrClosed) {
		return false
	}
	s.reads, s.writes, s.bytes = reads, writes, nil
	s.readBy.stop()
	s.changed.Broadcast()
	return true
}

// A deadline wakes everybody on a stream when it has passed.
type deadline struct {
	stream *stream
	timer  *time.Timer
	passed bool
	turn   int // which setting is in force, so that an old timer does nothing
}

func (d *deadline) set(t time.Time) {
	d.stream.mu.Lock()
	defer d.stream.mu.Unlock()
	d.stop()
	d.turn++
	d.passed = false
	if t.IsZero() {
		return
	}
	left := time.Until(t)
	if left <= 0 {
		d.passed = true
		d.stream.changed.Broadcast()
		return
	}
	turn := d.turn
	d.timer = time.AfterFunc(left, func() {
		d.stream.mu.Lock()
		defer d.stream.mu.Unlock()
		if d.turn == turn {
			d.passed = true
			d.stream.changed.Broadcast()
		}
	})
}

// stop is called with the stream locked.
func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}
