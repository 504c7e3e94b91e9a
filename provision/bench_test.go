package provision

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/winrm"
)

var dawn = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// benchClock is simulated time that runs flat out: it moves when nobody holds a token
// and somebody sleeps. It panics on a token that is given back twice.
type benchClock struct {
	mu       sync.Mutex
	now      time.Time
	busy     int
	sleeping int
	due      []*alarm // in order of time, then of making
}

type alarm struct {
	at   time.Time
	ring func()
}

func (c *benchClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *benchClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	woken := make(chan struct{})
	c.mu.Lock()
	asleep := true
	wake := func() {
		if asleep {
			asleep = false
			c.sleeping--
			c.busy++
			close(woken)
		}
	}
	a := c.add(d, wake)
	c.sleeping++
	c.drop(1)
	c.mu.Unlock()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		a.ring = nil
		wake()
		return ctx.Err()
	}
}

func (c *benchClock) AfterFunc(d time.Duration, f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	fired := false
	a := c.add(d, func() {
		fired = true
		c.busy++
		go func() {
			f()
			c.Busy(-1)
		}()
	})
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		a.ring = nil
		return !fired
	}
}

func (c *benchClock) Busy(delta int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(-delta)
}

func (c *benchClock) Wire(int) {}

func (c *benchClock) add(d time.Duration, ring func()) *alarm {
	a := &alarm{at: c.now.Add(max(d, 0)), ring: ring}
	i := len(c.due)
	for i > 0 && c.due[i-1].at.After(a.at) {
		i--
	}
	c.due = slices.Insert(c.due, i, a)
	return a
}

// drop gives n tokens back and lets time pass while nobody holds one.
func (c *benchClock) drop(n int) {
	if c.busy -= n; c.busy < 0 {
		panic("a busy token was given back that nobody held")
	}
	for c.busy == 0 && c.sleeping > 0 && len(c.due) > 0 {
		a := c.due[0]
		c.due = c.due[1:]
		if a.ring != nil {
			c.now = a.at
			a.ring()
		}
	}
}

// thing is what one step makes, in a world of things.
type thing struct {
	state   State
	takes   time.Duration // to be made, and to be cleared away
	until   time.Time     // the end of the work that goes on
	then    State         // what it is after that
	breaks  int           // how often making it ends broken
	manual  bool          // a repair takes a person
	again   bool          // broken is Retryable
	said    string        // the reason of every observation
	prints  []string      // output, one for each look
	look    func(ctx context.Context, n int) (Observation, error, bool)
	give    func(ctx context.Context, attempt int) error // before a submit has effect
	given   func() error                                 // after it
	looks   int
	submits []int // the attempts of the submits that had effect
	repairs []int
	mend    func() error // before a repair has effect
}

// bench is a run in a world of things.
type bench struct {
	t       *testing.T
	clock   *benchClock
	mu      sync.Mutex
	things  map[string]*thing
	acts    []string // submits and repairs, in order
	wrong   []string // what an engine must never do
	plan    planner.Plan
	run     *Run
	log     *Log
	lease   string // who has it
	acquire func(ctx context.Context) error
	renew   func(ctx context.Context) error
	secret  string
}

// onBench runs a story in a bubble, where a goroutine that stays behind, or a run that
// comes to a stand, fails the test.
func onBench(t *testing.T, steps []planner.Step, story func(b *bench)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, clock: &benchClock{now: dawn}, things: map[string]*thing{}, log: &Log{}}
		b.plan = planner.Plan{Digest: "sha256:one", Steps: steps, Site: planner.Site{Name: "edge01"}}
		for _, s := range steps {
			b.plan.Summary.Estimate += s.Estimate
			b.things[s.ID] = &thing{state: StateAbsent, takes: s.Estimate}
		}
		run, err := CreateRun(dir, "edge01", dawn, []byte("plan"))
		if err != nil {
			t.Fatal(err)
		}
		b.run = run
		b.run.wrap = func(f fileLike) fileLike { return hastyFile{f} }
		story(b)
		if len(b.wrong) > 0 {
			t.Errorf("the engine did what it must not: %q", b.wrong)
		}
	})
}

// hastyFile does not wait for the disk, which takes most of the time of a test.
type hastyFile struct{ fileLike }

func (hastyFile) Sync() error { return nil }

func (b *bench) engine() *Engine {
	e := New(Options{
		Plan: b.plan, Run: b.run, Log: b.log, Holder: "ann@laptop", Reach: Reach{Clock: b.clock},
	})
	e.open = b.open
	return e
}

// apply applies the run with a fresh engine.
func (b *bench) apply(ctx context.Context, stop <-chan struct{}) (Outcome, error) {
	b.t.Helper()
	b.clock.Busy(+1)
	outcome, err := b.engine().Apply(ctx, stop)
	b.clock.Busy(-1)
	synctest.Wait() // the alarm that ended it may hold its own token still
	if b.clock.busy != 0 || b.clock.sleeping != 0 {
		b.t.Errorf("Apply left %d tokens and %d sleepers behind", b.clock.busy, b.clock.sleeping)
	}
	return outcome, err
}

func (b *bench) mustApply(want Outcome) error {
	b.t.Helper()
	outcome, err := b.apply(context.Background(), nil)
	if outcome != want {
		b.t.Fatalf("outcome is %s (%v), want %s\n%s", outcome, err, want, b.story())
	}
	if (err != nil) != (want == OutcomeFailed || want == OutcomeRefused) {
		b.t.Errorf("outcome %s comes with error %v", outcome, err)
	}
	return err
}

func (b *bench) open(Options) (*world, error) {
	return &world{
		action: func(s planner.Step) (action, error) {
			if b.things[s.ID] == nil {
				return nil, fmt.Errorf("no such thing")
			}
			return &benchAction{b, s.ID}, nil
		},
		acquire: func(ctx context.Context) error {
			if b.acquire != nil {
				if err := b.acquire(ctx); err != nil {
					return err
				}
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			b.lease = "ann@laptop"
			return nil
		},
		renew: func(ctx context.Context) error {
			if b.renew != nil {
				return b.renew(ctx)
			}
			return nil
		},
		release: func(context.Context) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.lease = ""
			return nil
		},
		redact: func(text string) string {
			if b.secret == "" {
				return text
			}
			return strings.ReplaceAll(text, b.secret, "[secret]")
		},
		close: func() {},
	}, nil
}

type benchAction struct {
	b  *bench
	id string
}

// wire is what every request takes.
const wire = 100 * time.Millisecond

func (a *benchAction) Observe(ctx context.Context) (Observation, error) {
	if err := a.b.clock.Sleep(ctx, wire); err != nil {
		return Observation{}, err
	}
	for range rand.IntN(3) {
		runtime.Gosched() // the order of lanes must not hang on who runs first
	}
	a.b.mu.Lock()
	x := a.b.things[a.id]
	x.settle(a.b.clock.Now())
	x.looks++
	look, n := x.look, x.looks
	seen := Observation{State: x.state, Reason: x.said, Retryable: x.again}
	if len(x.prints) > 0 {
		seen.Output, x.prints = x.prints[0], x.prints[1:]
	}
	a.b.mu.Unlock()
	if look != nil {
		if seen, err, ok := look(ctx, n); ok {
			return seen, err
		}
	}
	return seen, nil
}

func (a *benchAction) Submit(ctx context.Context, attempt int) error {
	if err := a.b.clock.Sleep(ctx, wire); err != nil {
		return err
	}
	x := a.b.things[a.id]
	if x.give != nil {
		if err := x.give(ctx, attempt); err != nil {
			return err
		}
	}
	a.b.mu.Lock()
	now := a.b.clock.Now()
	x.settle(now)
	if x.state != StateAbsent && !(x.state == StateBroken && x.again) {
		a.b.wrong = append(a.b.wrong, fmt.Sprintf("submit of %s, which is %s", a.id, x.state))
	}
	x.submits = append(x.submits, attempt)
	a.b.acts = append(a.b.acts, "submit "+a.id)
	x.state, x.until, x.then = StateWorking, now.Add(x.takes), StateDone
	if x.breaks > 0 {
		x.breaks--
		x.then = StateBroken
	}
	given := x.given
	a.b.mu.Unlock()
	if given != nil {
		return given()
	}
	return nil
}

func (a *benchAction) Repair(ctx context.Context, attempt int) error {
	if err := a.b.clock.Sleep(ctx, wire); err != nil {
		return err
	}
	a.b.mu.Lock()
	defer a.b.mu.Unlock()
	x := a.b.things[a.id]
	if x.mend != nil {
		if err := x.mend(); err != nil {
			return err
		}
	}
	if x.manual {
		return fmt.Errorf("repair: %w", ErrNoRepair)
	}
	if x.state != StateBroken {
		a.b.wrong = append(a.b.wrong, fmt.Sprintf("repair of %s, which is %s", a.id, x.state))
	}
	x.repairs = append(x.repairs, attempt)
	a.b.acts = append(a.b.acts, "repair "+a.id)
	x.state, x.until, x.then = StateWorking, a.b.clock.Now().Add(x.takes), StateAbsent
	return nil
}

func (x *thing) settle(now time.Time) {
	if x.state == StateWorking && !now.Before(x.until) {
		x.state = x.then
	}
}

func (b *bench) events() []Event { return b.log.Since(0) }

// story is the log, one short line for each event, without the plan.
func (b *bench) story() string {
	var lines []string
	for _, e := range b.events() {
		if e.Kind == EventPlan {
			continue
		}
		line := fmt.Sprintf("%v %s", e.Time.Sub(dawn), e.Kind)
		for _, word := range []string{e.Step, string(e.State), string(e.Outcome), e.Code, e.Text} {
			if word != "" {
				line += " " + word
			}
		}
		if e.Attempt > 0 {
			line += fmt.Sprintf(" #%d", e.Attempt)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (b *bench) kinds(step string, kinds ...Kind) []Event {
	var found []Event
	for _, e := range b.events() {
		if e.Step == step && slices.Contains(kinds, e.Kind) {
			found = append(found, e)
		}
	}
	return found
}

func (b *bench) progress() Progress { return Progress{}.With(b.events()...) }

func aStep(id, target string, estimate time.Duration, needs ...string) planner.Step {
	return planner.Step{ID: id, Target: target, Estimate: estimate, Needs: needs}
}

var errAway = &winrm.Error{Op: winrm.OpCreate, Host: "host01:5986", Class: winrm.ClassUnreachable, Err: errors.New("connection refused")}

// site is a plan as a planner makes them.
func benchSteps() []planner.Step {
	return []planner.Step{
		aStep("prepare-host/host01", "host/host01", 2*time.Minute),
		aStep("prepare-host/host02", "host/host02", 2*time.Minute),
		aStep("configure", "site", time.Minute, "prepare-host/host01", "prepare-host/host02"),
		aStep("install", "site", 20*time.Minute, "configure"),
		aStep("create-cluster/shop", "cluster/shop", 15*time.Minute, "install"),
		aStep("create-cluster/till", "cluster/till", 10*time.Minute, "install"),
		aStep("wait-nodes/shop", "cluster/shop", time.Minute, "create-cluster/shop"),
	}
}
