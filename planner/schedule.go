package planner

import (
	"slices"
	"time"
)

// schedule is how long the steps take, and the chain of steps that decides it. A step
// begins when all it needs have ended and the step before it on the same target has.
// Needs that name no earlier step are not waited for.
func schedule(steps []Step) (time.Duration, []string) {
	type mark struct {
		end   time.Duration
		cause int // the step that was waited for longest, -1 for none
	}
	marks := make([]mark, len(steps))
	byID, lanes := make(map[string]int, len(steps)), make(map[string]int, len(steps))
	last := -1
	for i, s := range steps {
		m := mark{cause: -1}
		wait := func(on int) {
			if m.cause < 0 || marks[on].end > marks[m.cause].end {
				m.cause = on
			}
		}
		for _, need := range s.Needs {
			if on, ok := byID[need]; ok {
				wait(on)
			}
		}
		if on, ok := lanes[s.Target]; ok {
			wait(on)
		}
		if m.cause >= 0 {
			m.end = marks[m.cause].end
		}
		m.end += s.Estimate
		marks[i] = m
		if _, again := byID[s.ID]; !again {
			byID[s.ID] = i
		}
		lanes[s.Target] = i
		if last < 0 || m.end > marks[last].end {
			last = i
		}
	}
	if last < 0 {
		return 0, nil
	}
	var chain []string
	for i := last; i >= 0; i = marks[i].cause {
		chain = append(chain, steps[i].ID)
	}
	slices.Reverse(chain)
	return marks[last].end, chain
}
