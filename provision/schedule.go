package provision

import (
	"fmt"
	"strings"
	"sync"

	"github.com/arcwright/arcwright/planner"
)

// schedule says which step comes next. The tasks are in the plan's order.
type schedule struct {
	mu    sync.Mutex
	tasks []*task
	lanes []*lane // in the order their targets first appear in the plan
}

// lane is the steps of one target, which are carried out one after the other by one
// goroutine, while there is something to do.
type lane struct {
	target  string
	index   int
	tasks   []*task
	running bool
}

type taskState int

const (
	taskOpen taskState = iota
	taskDone
	taskFailed
	taskSkipped
)

// newSchedule returns *ErrPlan for steps that could never all be carried out: two of the
// same id, one that needs a step that is not there, or a circle.
func newSchedule(steps []planner.Step) (*schedule, error) {
	s := &schedule{}
	byID := map[string]*task{}
	byTarget := map[string]*lane{}
	for _, step := range steps {
		if byID[step.ID] != nil {
			return nil, &ErrPlan{"it has two steps " + step.ID}
		}
		t := &task{Step: step}
		byID[step.ID] = t
		s.tasks = append(s.tasks, t)
		l := byTarget[step.Target]
		if l == nil {
			l = &lane{target: step.Target, index: len(s.lanes)}
			byTarget[step.Target] = l
			s.lanes = append(s.lanes, l)
		}
		l.tasks = append(l.tasks, t)
	}
	for _, t := range s.tasks {
		for _, id := range t.Needs {
			need := byID[id]
			if need == nil {
				return nil, &ErrPlan{fmt.Sprintf("step %s needs %s, which it does not have", t.ID, id)}
			}
			t.needs = append(t.needs, need)
		}
	}
	return s, s.checkCircles()
}

// checkCircles carries everything out in thought.
func (s *schedule) checkCircles() error {
	done := map[*task]bool{}
	for len(done) < len(s.tasks) {
		before := len(done)
		for _, t := range s.tasks {
			ready := !done[t]
			for _, need := range t.needs {
				ready = ready && done[need]
			}
			if ready {
				done[t] = true
			}
		}
		if len(done) > before {
			continue
		}
		for _, t := range s.tasks {
			if !done[t] {
				return &ErrPlan{fmt.Sprintf("step %s needs itself, through %s", t.ID, strings.Join(t.Needs, ", "))}
			}
		}
	}
	return nil
}

// wake returns the lanes that have something to do and no goroutine, and counts them as
// running: the caller must start one for each.
func (s *schedule) wake() []*lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	var woken []*lane
	for _, l := range s.lanes {
		if !l.running && l.ready() != nil {
			l.running = true
			woken = append(woken, l)
		}
	}
	return woken
}

// next is the lane's next task. With nil the lane counts as no longer running.
func (s *schedule) next(l *lane) *task {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := l.ready()
	l.running = t != nil
	return t
}

// rest says that the lane's goroutine ends without looking for more.
func (s *schedule) rest(l *lane) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.running = false
}

func (l *lane) ready() *task {
	for _, t := range l.tasks {
		if t.state == taskOpen && t.unmet() == nil {
			return t
		}
	}
	return nil
}

// finish sets what has become of a task, and returns the tasks that are skipped for it.
func (s *schedule) finish(done *task, state taskState, err error) (skipped []*task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done.state, done.err = state, err
	if state != taskFailed {
		return nil
	}
	for again := true; again; {
		again = false
		for _, t := range s.tasks {
			if n := t.unmet(); t.state == taskOpen && n != nil && (n.state == taskFailed || n.state == taskSkipped) {
				t.state = taskSkipped
				t.because = n
				skipped = append(skipped, t)
				again = true
			}
		}
	}
	return skipped
}

// unmet is a need of the task that is not done, a failed one if there is one.
func (t *task) unmet() *task {
	var unmet *task
	for _, n := range t.needs {
		switch n.state {
		case taskFailed, taskSkipped:
			return n
		case taskOpen:
			unmet = n
		}
	}
	return unmet
}
