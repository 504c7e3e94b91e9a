package provision

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// Took is how long one step took in one run.
type Took struct {
	Step string
	Kind planner.StepKind
	// Time is from when nothing kept the step any more to when it was done, repairs and
	// waiting between looks included.
	Time time.Duration
	// Estimate is what the run's plan said.
	Estimate time.Duration
}

// Durations is what one journal tells of how long steps take.
type Durations struct {
	// Path is the journal's, Header its first line.
	Path   string
	Header JournalHeader
	Steps  []Took
}

// ReadDurations reads every journal below a folder, such as a state folder or a run's. A
// last line that was cut off is left out, as in ReadJournal. Journals that cannot be
// trusted are returned as damaged, and nothing of them is used.
func ReadDurations(dir string) (all []Durations, damaged []error, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || d.Name() != "journal.jsonl" {
			return nil
		}
		header, events, err := ReadJournal(path)
		if err != nil {
			damaged = append(damaged, err)
			return nil
		}
		all = append(all, Durations{Path: path, Header: header, Steps: durations(events)})
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read journals: %w", err)
	}
	return all, damaged, nil
}

// durations are the steps whose whole making the events of a run tell: those that were
// begun and done within one application. A step that an earlier application had begun, or
// whose thing was there before the run, tells nothing.
func durations(events []Event) []Took {
	var all []Took
	touched := map[string]bool{} // in an earlier application
	for len(events) > 0 {
		n := 1
		for n < len(events) && !opens(events[n]) {
			n++
		}
		a := newApplication(events[0].Time)
		for _, e := range events[:n] {
			if took, ok := a.add(e); ok && !touched[e.Step] {
				all = append(all, took)
			}
		}
		for _, e := range events[:n] {
			touched[e.Step] = touched[e.Step] || e.Kind != EventPlan
		}
		events = events[n:]
	}
	return all
}

// opens reports whether an event opens a run or its resumption.
func opens(e Event) bool { return e.Kind == EventPlan && e.Step == "" }

// application is what is known of one application of a run at some event of it.
type application struct {
	began time.Time
	plans map[string]Event
	ended map[string]time.Time
	lanes map[string]time.Time // when the last step of a target ended
	made  map[string]int       // how many steps of a target were not found done
	found map[string]bool      // a step of the target was there before
}

func newApplication(began time.Time) *application {
	return &application{began: began, plans: map[string]Event{}, ended: map[string]time.Time{}, lanes: map[string]time.Time{}, made: map[string]int{}, found: map[string]bool{}}
}

// add takes an event in, and returns what the step took when it tells that.
func (a *application) add(e Event) (Took, bool) {
	if e.Kind == EventPlan {
		a.plans[e.Step] = e
		return Took{}, false
	}
	if e.Kind != EventDone && e.Kind != EventFail && e.Kind != EventSkip {
		return Took{}, false
	}
	plan := a.plans[e.Step]
	ready := latest(a.began, a.lanes[e.Target])
	for _, id := range plan.Needs {
		ready = latest(ready, a.ended[id])
	}
	a.ended[e.Step] = e.Time
	if e.Kind != EventSkip {
		a.lanes[e.Target] = e.Time
	}
	// What is found done on a target on which all the rest was just made has become so
	// meanwhile: nodes that are ready before anybody waits for them.
	made := e.Text != FoundDone || a.made[e.Target] > 0 && !a.found[e.Target]
	if made {
		a.made[e.Target]++
	} else {
		a.found[e.Target] = true
	}
	if e.Kind != EventDone || !made || plan.Estimate <= 0 {
		return Took{}, false
	}
	kind, _, _ := strings.Cut(e.Step, "/")
	return Took{Step: e.Step, Kind: planner.StepKind(kind), Time: max(0, e.Time.Sub(ready)), Estimate: time.Duration(plan.Estimate)}, true
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
