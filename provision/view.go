package provision

import (
	"context"
	"sync"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

const (
	// freshFor is how long one reading may serve other lanes. On a host it takes
	// seconds, and eight lanes must not make eight of it.
	freshFor = time.Second
	// readLimit bounds one reading: the module asks the management cluster in it.
	readLimit = 3 * time.Minute
)

// A viewer reads what there is of AKS on one host, and shares each reading among the
// lanes that ask. Who waits has given its busy token back, and whoever ends the reading
// takes it for them again before they can run.
type viewer struct {
	read  func(context.Context) (*akshci, error)
	clock Clock
	life  context.Context // ends with the session
	start func(func())    // starts a goroutine with a busy token

	mu      sync.Mutex
	last    *akshci
	lastAt  time.Time // when that reading began
	current *reading  // under way
	next    *reading  // asked for since current began
}

// reading is one run of the script, for everybody who waits for it.
type reading struct {
	waiting int
	ended   bool
	done    chan struct{}
	view    *akshci
	err     error
}

// ask is what there is, and whether that reading began after the call. With exact it
// always did; without, it may have begun up to freshFor before. An older one can tell that
// something is done or at work; whoever decides to change something needs an exact one.
func (v *viewer) ask(ctx context.Context, exact bool) (view *akshci, fresh bool, err error) {
	v.mu.Lock()
	switch {
	case !exact && v.last != nil && v.clock.Now().Sub(v.lastAt) < freshFor:
		defer v.mu.Unlock()
		return v.last, false, nil
	case v.current == nil:
		v.begin()
		view, err = v.wait(ctx, v.current)
		return view, true, err
	case !exact:
		view, err = v.wait(ctx, v.current)
		return view, false, err
	case v.next == nil:
		v.next = &reading{done: make(chan struct{})}
	}
	view, err = v.wait(ctx, v.next)
	return view, true, err
}

// begin starts to read, in a goroutine that goes on as long as somebody asked for more.
func (v *viewer) begin() {
	v.current = &reading{done: make(chan struct{})}
	v.start(v.work)
}

func (v *viewer) work() {
	for more := true; more; {
		begun := v.clock.Now()
		ctx, cancel := clock.WithTimeout(v.life, v.clock, readLimit)
		view, err := v.read(ctx)
		cancel()
		v.mu.Lock()
		r := v.current
		r.view, r.err, r.ended = view, err, true
		if err == nil {
			v.last, v.lastAt = view, begun
		}
		v.current, v.next = v.next, nil
		more = v.current != nil
		v.clock.Busy(r.waiting)
		close(r.done)
		v.mu.Unlock()
	}
}

// wait waits for a reading. The caller has locked the viewer.
func (v *viewer) wait(ctx context.Context, r *reading) (*akshci, error) {
	r.waiting++
	v.clock.Busy(-1)
	v.mu.Unlock()
	select {
	case <-r.done:
		return r.view, r.err
	case <-ctx.Done():
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.ended { // our token was taken for us
		return r.view, r.err
	}
	r.waiting--
	v.clock.Busy(+1)
	return nil, context.Cause(ctx)
}

// view is the viewer of a host.
func (s *session) view(host string) *viewer {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.views[host]
	if v == nil {
		v = &viewer{clock: s.reach.Clock, life: s.life, start: s.readers.start}
		v.read = func(ctx context.Context) (*akshci, error) {
			view, err := runScript[akshci](ctx, s, host, "read-akshci", map[string]any{}, nil)
			return &view, err
		}
		s.views[host] = v
	}
	return v
}
