// Package forecast says how long a plan will take. It carries the plan out many times in
// thought, each time with other durations, in the order that the engine keeps: a step
// begins when all it needs are done and its target is free, and the steps of one target
// run one after another. Steps are drawn independently of one another; what slows all of
// them at once, such as a slow network, makes the tail of reality longer.
package forecast

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// Model is what durations are drawn from.
type Model struct {
	// Spread is how far times scatter around an estimate that nothing was learned about:
	// the standard deviation of ln(time/estimate).
	Spread float64
	// Learned are times of finished steps over their estimates, by the kind of step.
	Learned map[planner.StepKind][]float64
}

// Forecast is how long a plan will take, if every step of it succeeds.
type Forecast struct {
	// Runs is how many were made in thought.
	Runs int
	// P50, P90 and P99 are the times that so many of 100 runs stay within.
	P50, P90, P99 time.Duration
	// Steps are in the plan's order.
	Steps []Step
}

// Step is one step of a forecast.
type Step struct {
	ID   string
	Kind planner.StepKind
	// Samples is how many learned times its own was drawn from, 0 for the estimate.
	Samples int
	// P50 and P90 are of the step alone.
	P50, P90 time.Duration
	// Critical is the part of the runs, 0 to 1, in which it was on the chain of steps that
	// decided the time; Share is the part of all the runs' time that it was then.
	Critical, Share float64
}

// Run makes so many runs. The same seed gives the same forecast. It returns an error for
// steps that could never all be carried out, and when ctx ends.
func Run(ctx context.Context, steps []planner.Step, m Model, seed uint64, runs int) (Forecast, error) {
	c, err := newCourse(steps)
	if err != nil {
		return Forecast{}, err
	}
	f := Forecast{Runs: runs, Steps: make([]Step, len(steps))}
	for i, s := range steps {
		f.Steps[i] = Step{ID: s.ID, Kind: s.Kind, Samples: len(m.Learned[s.Kind])}
	}
	totals, took := make([]time.Duration, 0, runs), make([]time.Duration, len(steps))
	times := make([][]time.Duration, len(steps))
	var sum float64
	for run := range runs {
		if err := ctx.Err(); err != nil {
			return Forecast{}, err
		}
		draw := rand.New(rand.NewPCG(seed, uint64(run)))
		for i, s := range steps {
			took[i] = m.draw(draw, s)
			times[i] = append(times[i], took[i])
		}
		total, chain := c.run(took)
		totals = append(totals, total)
		sum += total.Seconds()
		for _, i := range chain {
			f.Steps[i].Critical++
			f.Steps[i].Share += took[i].Seconds()
		}
	}
	f.P50, f.P90, f.P99 = quantile(totals, 0.5), quantile(totals, 0.9), quantile(totals, 0.99)
	for i := range f.Steps {
		f.Steps[i].P50, f.Steps[i].P90 = quantile(times[i], 0.5), quantile(times[i], 0.9)
		f.Steps[i].Critical /= math.Max(1, float64(runs))
		if sum > 0 {
			f.Steps[i].Share /= sum
		}
	}
	return f, nil
}

// Dominant are the steps by their share of the time, the largest first.
func (f Forecast) Dominant() []Step {
	steps := slices.Clone(f.Steps)
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(b.Share, a.Share) })
	return steps
}

// longest is what a step is taken to last at most.
const longest = 10 * 365 * 24 * time.Hour

// draw is how long a step takes once: one of the learned times of its kind, or the
// estimate, scattered. Few samples say little of how far times scatter, so they are
// scattered by the spread of an estimate over the root of their number.
func (m Model) draw(r *rand.Rand, s planner.Step) time.Duration {
	factor, spread := 1.0, m.Spread
	if learned := m.Learned[s.Kind]; len(learned) > 0 {
		factor = learned[r.IntN(len(learned))]
		spread /= math.Sqrt(float64(len(learned)))
	}
	return time.Duration(min(float64(s.Estimate)*factor*math.Exp(spread*r.NormFloat64()), float64(longest)))
}

// quantile is the time that a part of them stays within. It sorts them.
func quantile(times []time.Duration, part float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[int(math.Ceil(part*float64(len(times))))-1]
}

// A course is the order of a plan's steps.
type course struct {
	needs [][]int
	lanes [][]int // the steps of each target, in the plan's order
}

func newCourse(steps []planner.Step) (*course, error) {
	c := &course{needs: make([][]int, len(steps))}
	byID, byTarget := map[string]int{}, map[string]int{}
	for i, s := range steps {
		byID[s.ID] = i
		lane, ok := byTarget[s.Target]
		if !ok {
			lane = len(c.lanes)
			byTarget[s.Target] = lane
			c.lanes = append(c.lanes, nil)
		}
		c.lanes[lane] = append(c.lanes[lane], i)
	}
	for i, s := range steps {
		for _, id := range s.Needs {
			need, ok := byID[id]
			if !ok {
				return nil, fmt.Errorf("forecast: step %s needs %s, which the plan does not have", s.ID, id)
			}
			c.needs[i] = append(c.needs[i], need)
		}
	}
	if _, chain := c.run(make([]time.Duration, len(steps))); len(steps) > 0 && chain == nil {
		return nil, fmt.Errorf("forecast: the plan's steps need one another in a circle")
	}
	return c, nil
}

// run is how long the steps take together, and the chain of steps that decides it; nil
// when they cannot all be carried out.
func (c *course) run(took []time.Duration) (total time.Duration, chain []int) {
	n := len(took)
	ends, cause, done := make([]time.Duration, n), make([]int, n), make([]bool, n)
	running, before := make([]int, len(c.lanes)), make([]int, len(c.lanes)) // a step of each lane, -1 for none
	first := make([]int, len(c.lanes))                                      // where in each lane the steps not done begin
	for l := range c.lanes {
		running[l], before[l] = -1, -1
	}
	last := -1
	for now, left := time.Duration(0), n; left > 0; {
		for l, lane := range c.lanes {
			if running[l] >= 0 {
				continue
			}
			for first[l] < len(lane) && done[lane[first[l]]] {
				first[l]++
			}
			for _, i := range lane[first[l]:] {
				if done[i] {
					continue
				}
				if why, ready := c.ready(i, before[l], done, ends); ready {
					running[l], ends[i], cause[i] = i, now+min(took[i], math.MaxInt64-now), why
					break
				}
			}
		}
		next := -1
		for l, i := range running {
			if i >= 0 && (next < 0 || ends[i] < ends[running[next]]) {
				next = l
			}
		}
		if next < 0 {
			return 0, nil
		}
		i := running[next]
		now, done[i], before[next], running[next] = ends[i], true, i, -1
		last = i
		left--
	}
	for i := last; i >= 0; i = cause[i] {
		chain = append(chain, i)
	}
	slices.Reverse(chain)
	if last >= 0 {
		total = ends[last]
	}
	return total, chain
}

// ready reports whether all that a step needs is done, and which step was waited for longest.
func (c *course) ready(i, before int, done []bool, ends []time.Duration) (cause int, ready bool) {
	cause = before
	for _, need := range c.needs[i] {
		if !done[need] {
			return 0, false
		}
		if cause < 0 || ends[need] > ends[cause] {
			cause = need
		}
	}
	return cause, true
}
