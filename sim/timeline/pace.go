package timeline

import "time"

// pace ties a line to real time: one simulated second takes 1/speed real ones.
type pace struct {
	line  *Line
	speed float64
	real  time.Time // when the line stood at base
	base  time.Time
	poke  chan struct{}
	done  chan struct{}
}

func startPace(l *Line, speed float64) *pace {
	p := &pace{line: l, speed: speed, real: time.Now(), base: l.now, poke: make(chan struct{}, 1), done: make(chan struct{})}
	go p.run()
	return p
}

func (p *pace) rebase(now time.Time) { p.real, p.base = time.Now(), now }

// target is the moment that real time has reached.
func (p *pace) target() time.Time {
	return p.base.Add(time.Duration(float64(time.Since(p.real)) * p.speed))
}

func (p *pace) wake() {
	select {
	case p.poke <- struct{}{}:
	default:
	}
}

// stop is called with the line locked.
func (p *pace) stop() {
	select {
	case <-p.done:
	default:
		close(p.done)
	}
}

// run sleeps until the next event is due and lets it happen.
func (p *pace) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		p.line.mu.Lock()
		p.line.catchUp()
		wait := time.Hour
		if e := p.line.events.peek(); e != nil && !p.line.held() {
			wait = min(wait, time.Duration(float64(e.at.Sub(p.target()))/p.speed))
		}
		p.line.mu.Unlock()
		timer.Reset(max(wait, time.Microsecond))
		select {
		case <-timer.C:
		case <-p.poke:
		case <-p.done:
			return
		}
	}
}

// held reports whether a client computes or has a request out that is not parked. A paced
// line waits for it: it falls behind real time rather than let a deadline pass that a
// slow machine, and nothing in the world, has missed.
func (l *Line) held() bool { return l.busy > 0 || l.wire > l.parked }

// catchUp brings a paced line to the moment that real time has reached, as far as nobody
// holds it.
func (l *Line) catchUp() {
	if l.pace == nil {
		return
	}
	select {
	case <-l.pace.done:
		return
	default:
	}
	to := l.pace.target()
	for e := l.events.peek(); e != nil && !e.at.After(to) && !l.held(); e = l.events.peek() {
		l.step()
	}
	if l.now.Before(to) && !l.held() {
		l.now = to
	}
}
