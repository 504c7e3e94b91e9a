package provision

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/planner"
)

func TestAScheduleEndsEveryStepHoweverTheyTurnOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "steps")
		steps := make([]planner.Step, n)
		for i := range steps {
			steps[i].ID = fmt.Sprint(i)
			steps[i].Target = fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "target"))
			for need := range i {
				if rapid.IntRange(0, 3).Draw(t, "need") == 0 {
					steps[i].Needs = append(steps[i].Needs, fmt.Sprint(need))
				}
			}
		}
		// The order of the list does not matter.
		steps = rapid.Permutation(steps).Draw(t, "order")
		s, err := newSchedule(steps)
		if err != nil {
			t.Fatal(err)
		}
		var running []*lane
		current := map[*lane]*task{}
		ended := map[string]taskState{}
		for {
			running = append(running, s.wake()...)
			if len(running) == 0 {
				break
			}
			i := rapid.IntRange(0, len(running)-1).Draw(t, "lane")
			l := running[i]
			if task := current[l]; task != nil {
				if rapid.IntRange(0, 4).Draw(t, "fails") == 0 {
					ended[task.ID] = taskFailed
					for _, skipped := range s.finish(task, taskFailed, errors.New("x")) {
						ended[skipped.ID] = taskSkipped
						if because := ended[skipped.because.ID]; because != taskFailed && because != taskSkipped {
							t.Fatalf("%s is skipped for %s, which is neither failed nor skipped", skipped.ID, skipped.because.ID)
						}
					}
				} else {
					s.finish(task, taskDone, nil)
					ended[task.ID] = taskDone
				}
			}
			task := s.next(l)
			if current[l] = task; task == nil {
				running = slices.Delete(running, i, i+1)
				continue
			}
			if task.Target != l.target || ended[task.ID] != taskOpen {
				t.Fatalf("lane %s is given %s", l.target, task.ID)
			}
			for _, need := range task.Needs {
				if ended[need] != taskDone {
					t.Fatalf("%s is given before %s", task.ID, need)
				}
			}
		}
		if len(ended) != n {
			t.Fatalf("of %d steps %d ended", n, len(ended))
		}
	})
}
