package sim

import (
	"strconv"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

// A job is what a task does: stages one after the other.
type job struct {
	stages []stage
	// limit is how long the whole may take, 0 for ever; late is called when it has.
	limit time.Duration
	late  func(*timeline.Turn) *scriptError
	// failed puts the world into the state that a failure of the job leaves behind, in
	// whatever stage; nil leaves nothing.
	failed func(*timeline.Turn, *scriptError)
}

// A stage is a part of a job that can be told from its output.
type stage struct {
	// says is printed when the stage begins.
	says []line
	// takes is how long the stage is at least.
	takes span
	// begin changes the world when the stage begins, done when its time is over.
	begin, done act
	// waits is asked after that, again and again, until it is empty: what the stage waits
	// for. nil waits for nothing.
	waits func() string
}

// An act changes the world, or says why a cmdlet refuses to. nil does nothing.
type act func(*timeline.Turn) *scriptError

func (a act) run(t *timeline.Turn) *scriptError {
	if a == nil {
		return nil
	}
	return a(t)
}

// A line is one line of a task's output with the module that prints it.
type line struct{ module, text string }

// says makes the lines of one module.
func says(module string, texts ...string) []line {
	lines := make([]line, len(texts))
	for i, text := range texts {
		lines[i] = line{module, text}
	}
	return lines
}

const (
	askEvery  = 15 * time.Second // how often a stage looks whether it may end
	printEach = 4                // every fourth look is printed
)

// enter begins a stage of a task's job.
func (w *world) enter(t *timeline.Turn, k *task, number int) {
	if k.state != taskRunning {
		return
	}
	if number == len(k.job.stages) {
		w.finish(t, k, nil)
		return
	}
	s := k.job.stages[number]
	for _, l := range s.says {
		k.say(t, l.module, l.text)
	}
	if err := s.begin.run(t); err != nil {
		w.finish(t, k, err)
		return
	}
	t.After(w.seed.within(s.takes, "stage", k.label, strconv.Itoa(number)), func(t *timeline.Turn) { w.leaveStage(t, k, number, 0) })
}

// leaveStage ends a stage when it has nothing more to wait for.
func (w *world) leaveStage(t *timeline.Turn, k *task, number, looks int) {
	if k.state != taskRunning {
		return
	}
	if number == k.breaks {
		w.finish(t, k, k.breakage)
		return
	}
	s := k.job.stages[number]
	if s.waits != nil {
		if what := s.waits(); what != "" {
			if looks%printEach == 0 {
				k.say(t, "Kva", what)
			}
			t.After(askEvery, func(t *timeline.Turn) { w.leaveStage(t, k, number, looks+1) })
			return
		}
	}
	if err := s.done.run(t); err != nil {
		w.finish(t, k, err)
		return
	}
	w.enter(t, k, number+1)
}
