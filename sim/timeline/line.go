// Package timeline is the simulated world's time: a heap of events and one clock that
// runs flat out, at some multiple of real time, or in real time.
//
// Everything in the world happens under one lock, in a Turn: requests take a turn with
// Do, and events get theirs when they are due. Flat out, the clock jumps to the next
// event as soon as nobody can do anything before it: no goroutine of the client is
// computing (Busy) and every request on the wire (Wire) is parked in the world (Park).
// A hung request therefore costs no real time, and the same seed takes the same course.
// Paced, the same tokens hold the clock, which catches up when everybody waits again.
package timeline

import (
	"sync"
	"time"
)

// Line is one world's time. Make it with New.
type Line struct {
	mu      sync.Mutex
	now     time.Time
	events  heap
	seq     uint64
	busy    int // client goroutines that compute
	wire    int // requests the client has out
	parked  int // requests that wait in the world
	waiting int // client goroutines asleep
	pace    *pace
	left    *sync.Cond
}

// New returns a line that starts at the given moment. speed is the number of simulated
// seconds in a real one; 0 is flat out.
func New(start time.Time, speed float64) *Line {
	l := &Line{now: start.UTC()}
	l.left = sync.NewCond(&l.mu)
	if speed > 0 {
		l.Pace(speed)
	}
	return l
}

// Pace ties a line that was flat out to real time, from its present moment on. It is
// for a recorded world, which is replayed first; a second call does nothing.
func (l *Line) Pace(speed float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pace == nil && speed > 0 {
		l.pace = startPace(l, speed)
	}
}

// Close stops a paced line. Time stands still afterwards. Closing twice is harmless.
func (l *Line) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pace != nil {
		l.pace.stop()
	}
}

// Now is the world's present moment, in UTC.
func (l *Line) Now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUp()
	return l.now
}

// A Turn is the right to look at the world and change it. It is valid until the
// function it was given to returns.
type Turn struct{ line *Line }

// Now is the moment of the turn.
func (t *Turn) Now() time.Time { return t.line.now }

// After has f take a turn after d. A negative d counts as 0; events of one moment run
// in the order they were made.
func (t *Turn) After(d time.Duration, f func(*Turn)) { t.line.add(t.line.now.Add(max(d, 0)), f) }

// At has f take a turn at the given moment, or now if that has passed.
func (t *Turn) At(at time.Time, f func(*Turn)) { t.After(at.Sub(t.line.now), f) }

// Do runs f in a turn of its own, after every event that is due. f must not block and
// must not call back into the line except through its Turn.
func (l *Line) Do(f func(*Turn)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.catchUp()
	l.runUntil(l.now) // so that a replay, which only knows the moment, has the same order
	f(&Turn{l})
	l.settle()
}

// Advance moves the world to the given moment, running every event on the way. It is
// for replaying a recorded world before anybody is connected.
func (l *Line) Advance(to time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runUntil(to)
	if l.now.Before(to) {
		l.now = to
	}
	if l.pace != nil {
		l.pace.rebase(l.now)
	}
}

func (l *Line) add(at time.Time, f func(*Turn)) *event {
	l.seq++
	e := &event{at: at, seq: l.seq, run: f}
	l.events.push(e)
	return e
}

// settle lets time go on after any change: flat out it jumps as far as it may, paced
// it makes sure that the next event is waited for.
func (l *Line) settle() {
	if l.pace != nil {
		l.pace.wake()
		return
	}
	for l.idle() {
		e := l.events.peek()
		if e == nil {
			return
		}
		l.step()
	}
}

// idle reports whether nothing can happen before the next event. With nobody waiting
// at all there is no reason to move.
func (l *Line) idle() bool {
	return l.busy == 0 && l.wire == l.parked && l.waiting+l.parked > 0
}

func (l *Line) step() {
	e := l.events.pop()
	if e.at.After(l.now) {
		l.now = e.at
	}
	if e.run != nil {
		e.run(&Turn{l})
	}
}

func (l *Line) runUntil(to time.Time) {
	for e := l.events.peek(); e != nil && !e.at.After(to); e = l.events.peek() {
		l.step()
	}
}
