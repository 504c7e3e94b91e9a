package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

// A verdict is what becomes of a plan when a fault meets one of its steps.
type verdict string

// The verdicts, from the best to the worst; of several tries the worst counts.
const (
	notTried     verdict = "not-tried"
	nothingMet   verdict = "nothing-to-strike" // the fault was there and met nobody
	recovers     verdict = "recovers"          // the run ended in done by itself
	resumes      verdict = "resumes"           // it failed; applied again once the fault had passed, it ended in done
	leavesBehind verdict = "leaves-something"  // it ended in done, and something is left on the site
	needsAPerson verdict = "needs-person"      // the fault does not pass by itself, or the second run failed as well
)

var verdicts = [...]verdict{notTried, nothingMet, recovers, resumes, leavesBehind, needsAPerson}

// A cell is one step of a plan met by one kind of fault.
type cell struct {
	Step    string  `json:"step"`
	Fault   string  `json:"fault"`
	Verdict verdict `json:"verdict"`
	Tries   int     `json:"tries"`
	// The rest tells of the try that the verdict is from.
	Seed uint64 `json:"seed,omitempty"`
	// Injected is the fault with its aim, as apply --on sim --fault takes it.
	Injected string  `json:"injected,omitempty"`
	Seconds  float64 `json:"seconds,omitempty"`
	// Reason is why the run failed; Again how the second one ended, empty without one.
	Reason string            `json:"reason,omitempty"`
	Again  provision.Outcome `json:"again,omitempty"`
	// Owner is who has to act, Remedy what they have to do first.
	Owner  planner.Owner `json:"owner,omitempty"`
	Remedy string        `json:"remedy,omitempty"`
	// Remains is what is left on the site at the end and stays; Passing is what is left and
	// gone by itself when the world has gone on for settling.
	Remains []string `json:"remains,omitempty"`
	Passing []string `json:"passing,omitempty"`

	kind planner.StepKind
	on   string
}

// A matrix is the verdict on a plan: a cell for each step and each kind of fault that can
// have anything to do with it.
type matrix struct {
	Cells []*cell `json:"cells"`
	// Tried is how many of the cells were, Share the same as a part of 1.
	Tried int     `json:"tried"`
	Share float64 `json:"share"`
	// BudgetSeconds is the real time there was, SpentSeconds what it took.
	BudgetSeconds float64 `json:"budgetSeconds"`
	SpentSeconds  float64 `json:"spentSeconds"`

	steps, kinds []string
}

// newMatrix has every cell that there can be, in the plan's order.
func newMatrix(plan planner.Plan, kinds []string) *matrix {
	m := &matrix{kinds: kinds, Cells: []*cell{}}
	keeper := plan.Inventory.Hosts[0].Name
	for _, s := range plan.Steps {
		if s.Target == "site" && s.On != "" {
			keeper = s.On
			break
		}
	}
	for _, s := range plan.Steps {
		m.steps = append(m.steps, s.ID)
		on := s.On
		if on == "" {
			on = keeper // a step that speaks to a cluster still needs the lease kept
		}
		for _, k := range kinds {
			if sim.FaultKind(k).Strikes(s.Kind) {
				m.Cells = append(m.Cells, &cell{Step: s.ID, Fault: k, Verdict: notTried, kind: s.Kind, on: on})
			}
		}
	}
	return m
}

// order is the cells in the order in which they are tried: first every step once, with the
// kinds of fault in turn, and then ever more of their pairs. The same seed gives the same
// order.
func (m *matrix) order(seed uint64) []*cell {
	draw := rand.New(rand.NewPCG(seed, 0))
	steps, kinds := slices.Clone(m.steps), slices.Clone(m.kinds)
	draw.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	draw.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	find := map[[2]string]*cell{}
	for _, c := range m.Cells {
		find[[2]string{c.Step, c.Fault}] = c
	}
	turns := make([][]*cell, len(kinds))
	for i, step := range steps {
		turn := 0
		for shift := range kinds {
			if c := find[[2]string{step, kinds[(i+shift)%len(kinds)]}]; c != nil {
				turns[turn] = append(turns[turn], c)
				turn++
			}
		}
	}
	return slices.Concat(turns...)
}

// fault is what a cell is tried with in a round: the moment changes from round to round,
// and which comes first is drawn.
func (c *cell) fault(seed uint64, round int) (sim.Fault, error) {
	f, err := sim.ParseFault(c.Fault + ",step=" + c.Step)
	if err != nil {
		return f, err
	}
	switch f.Kind {
	case sim.StepFails, sim.StepFailsOnce:
		return f, nil
	case sim.HostUnreachable:
		f.Host = c.on
	}
	draw := rand.New(rand.NewPCG(seed, sum(c.Step+" "+c.Fault)))
	f.At = []sim.Moment{sim.AtSubmit, sim.AtWork}[(draw.IntN(2)+round)%2]
	return f, nil
}

// judge tries the cells in order, each up to rounds times, until ctx ends or no time is
// left: a try that has begun is brought to its end. It reports whether ctx ended it.
func (p *program) judge(ctx context.Context, plan planner.Plan, document []byte, m *matrix, seed uint64, rounds int, budget time.Duration) error {
	began := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type attempt struct {
		cell  *cell
		round int
	}
	next := make(chan attempt)
	var mu sync.Mutex // guards the cells
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 4) {
		workers.Go(func() {
			for a := range next {
				tried, err := p.tryCell(ctx, plan, document, a.cell.blank(), seed+uint64(a.round), a.round)
				if err != nil {
					cancel(err)
					continue
				}
				mu.Lock()
				a.cell.merge(tried)
				mu.Unlock()
			}
		})
	}
	order := m.order(seed)
feed:
	for round := range rounds {
		for _, c := range order {
			if time.Since(began) >= budget {
				break feed
			}
			select {
			case next <- attempt{c, round}:
			case <-ctx.Done():
				break feed
			}
		}
	}
	close(next)
	workers.Wait()
	for _, c := range m.Cells {
		if c.Verdict != notTried {
			m.Tried++
		}
	}
	if len(m.Cells) > 0 {
		m.Share = float64(m.Tried) / float64(len(m.Cells))
	}
	m.BudgetSeconds, m.SpentSeconds = budget.Seconds(), time.Since(began).Seconds()
	if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
		return errStopped
	} else if cause != nil {
		return cause
	}
	return nil
}

// blank is the cell before any try.
func (c *cell) blank() cell {
	return cell{Step: c.Step, Fault: c.Fault, Verdict: notTried, kind: c.kind, on: c.on}
}

// merge takes a try over where it is worse than what was known.
func (c *cell) merge(tried cell) {
	tried.Tries = c.Tries + 1
	if slices.Index(verdicts[:], tried.Verdict) > slices.Index(verdicts[:], c.Verdict) {
		*c = tried
	}
	c.Tries = tried.Tries
}

// tryCell runs a plan into a cell's fault, and once more when that has passed.
func (p *program) tryCell(ctx context.Context, plan planner.Plan, document []byte, c cell, seed uint64, round int) (_ cell, err error) {
	f, err := c.fault(seed-uint64(round), round)
	if err != nil {
		return c, err
	}
	s, err := p.set(plan, document, seed, f.String())
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, s.strike()) }()
	c.Seed, c.Injected = seed, f.String()
	first, err := s.apply(ctx)
	if err != nil {
		return c, err
	}
	c.Seconds, c.Verdict = first.Seconds, recovers
	if s.way.world.Struck() == 0 {
		c.Verdict = nothingMet
	}
	if err := s.way.world.Mend(); err != nil {
		return c, err
	}
	if first.Outcome != provision.OutcomeDone {
		c.Reason, c.Verdict = first.first, needsAPerson
		second, err := s.apply(ctx)
		if err != nil {
			return c, err
		}
		c.Again = second.Outcome
		switch {
		case second.Outcome != provision.OutcomeDone:
			c.Reason = second.first
			c.Owner, c.Remedy = planner.OwnerYou, "mending the cause is not enough: read the step's output in the journal, and clear away by hand what is left"
		case f.Passes():
			c.Verdict = resumes
		default:
			c.Owner, c.Remedy = cure(f.Kind)
		}
	}
	return c, s.leftovers(ctx, &c)
}

// settling is how long the world goes on before what is left counts as staying. A lease
// runs out after minutes, a shell of Windows after two hours.
const settling = 3 * time.Hour

// leftovers looks at the site for what is left there, and again when it had time to go.
func (s *stage) leftovers(ctx context.Context, c *cell) error {
	clock := s.way.reach.Clock
	clock.Busy(+1)
	defer clock.Busy(-1)
	left, err := s.left(ctx)
	if err != nil || len(left) == 0 {
		return err
	}
	if clock.Sleep(ctx, settling) != nil {
		return errStopped
	}
	if c.Remains, err = s.left(ctx); err != nil {
		return err
	}
	for _, what := range left {
		if !slices.Contains(c.Remains, what) {
			c.Passing = append(c.Passing, what)
		}
	}
	if len(c.Remains) > 0 && c.Verdict != needsAPerson {
		c.Verdict = leavesBehind
	}
	return nil
}

// left is what a run has left on the site, as it shows over the wire, and how many shells
// the hosts still have open.
func (s *stage) left(ctx context.Context) ([]string, error) {
	remains, err := provision.Remains(ctx, s.way.reach, s.plan)
	if ctx.Err() != nil {
		return nil, errStopped
	}
	if err != nil {
		return nil, err
	}
	var left []string
	for _, r := range remains {
		left = append(left, r.What)
	}
	if n := s.way.world.OpenShells(); n > 0 {
		left = append(left, plural(n, "shell")+" open on the hosts")
	}
	return left, nil
}

// cure is who ends a fault that does not pass by itself, and how.
func cure(kind sim.FaultKind) (planner.Owner, string) {
	switch kind {
	case sim.HostUnreachable:
		return planner.OwnerNetwork, "bring the host back on the network"
	case sim.HostOutOfMemory:
		return planner.OwnerHardware, "free memory on the hosts, or add some"
	}
	return planner.OwnerYou, "read the step's output in the journal and mend what the cmdlet complains about"
}

// sum folds a text into a number for a draw (FNV-1a).
func sum(text string) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(text) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}
