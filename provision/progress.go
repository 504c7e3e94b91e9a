package provision

import (
	"slices"
	"strings"
	"time"
)

// StepState is how far a step is.
type StepState string

// The states of a step.
const (
	// StepWaiting: it needs steps that are not done.
	StepWaiting StepState = "waiting"
	// StepReady: it needs nothing more and was not submitted yet.
	StepReady    StepState = "ready"
	StepWorking  StepState = "working"
	StepRetrying StepState = "retrying"
	StepDone     StepState = "done"
	StepFailed   StepState = "failed"
	StepSkipped  StepState = "skipped"
)

// open reports whether the step may still become done in this run.
func (s StepState) open() bool {
	return s != StepDone && s != StepFailed && s != StepSkipped
}

// OutputLines is how many of a step's last lines of output a Progress keeps.
const OutputLines = 200

// Progress is a run as its events tell it. It is a pure fold: the same events give the
// same progress, from the journal of a finished run or from the log of a running one.
type Progress struct {
	Run, Plan, Site string
	// Started is the first event, At the newest, Ended the end; zero when not yet.
	Started, At, Ended time.Time
	// Estimate is the plan's usual time.
	Estimate time.Duration
	// Outcome is empty while the run goes on.
	Outcome Outcome
	// Reason is what the whole run is waiting for, or why it ended as it did.
	Reason string
	// Steps are in the plan's order.
	Steps []StepProgress
}

// StepProgress is one step of a Progress.
type StepProgress struct {
	ID, Target, Host string
	Needs            []string
	State            StepState
	Estimate         time.Duration
	// Started is the first submit, over resumptions too; Ended is when the step became
	// done, failed or skipped. A step found done has neither Started nor a duration.
	Started, Ended time.Time
	// Attempt counts submits and repairs.
	Attempt int
	// Observed is what was last seen of the thing itself.
	Observed State
	// Reason is what it is waiting for, or why it failed or was skipped; Code is the
	// class of that error.
	Reason, Code string
	// Known is what the atlas knows of the error of a failed step.
	Known Known
	// Output is its last lines of output, OutputLines at most.
	Output []string

	partial bool // the last line of output has no end yet
}

// With returns the progress after more events. The receiver stays as it is.
func (p Progress) With(events ...Event) Progress {
	p.Steps = slices.Clone(p.Steps)
	for _, e := range events {
		p.add(e)
	}
	return p
}

func (p *Progress) add(e Event) {
	if p.Started.IsZero() {
		p.Started = e.Time
	}
	p.At = e.Time
	if e.Step == "" {
		p.addToRun(e)
		return
	}
	s := p.step(e.Step)
	if e.Target != "" {
		s.Target = e.Target
	}
	if e.Host != "" {
		s.Host = e.Host
	}
	if e.State != "" {
		s.Observed = e.State
	}
	s.Attempt = max(s.Attempt, e.Attempt)
	s.add(e)
	p.settle()
}

func (p *Progress) addToRun(e Event) {
	p.Reason = e.Text
	switch e.Kind {
	case EventPlan:
		p.Run, p.Plan, p.Site, p.Estimate = e.Run, e.Plan, e.Site, time.Duration(e.Estimate)
		p.Outcome, p.Ended = "", time.Time{}
		// What was done counts until reality says otherwise; the rest is looked at again.
		for i := range p.Steps {
			if s := &p.Steps[i]; s.State != StepDone {
				s.State, s.Ended, s.Reason, s.Code, s.Known = StepWaiting, time.Time{}, "", "", Known{}
			}
		}
		p.settle()
	case EventEnd:
		p.Outcome, p.Ended = e.Outcome, e.Time
	}
}

func (p *Progress) step(id string) *StepProgress {
	for i := range p.Steps {
		if p.Steps[i].ID == id {
			return &p.Steps[i]
		}
	}
	p.Steps = append(p.Steps, StepProgress{ID: id, State: StepWaiting})
	return &p.Steps[len(p.Steps)-1]
}

// settle tells waiting steps from ready ones.
func (p *Progress) settle() {
	done := map[string]bool{}
	for _, s := range p.Steps {
		done[s.ID] = s.State == StepDone
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.State != StepWaiting && s.State != StepReady {
			continue
		}
		s.State = StepReady
		for _, id := range s.Needs {
			if !done[id] {
				s.State = StepWaiting
			}
		}
	}
}

func (s *StepProgress) add(e Event) {
	switch e.Kind {
	case EventPlan:
		s.Needs, s.Estimate = e.Needs, time.Duration(e.Estimate)
	case EventStart:
		s.begin(e.Time)
		s.say(StepWorking, e)
	case EventProgress:
		switch {
		case e.State == StateWorking:
			s.begin(e.Time)
			s.say(StepWorking, e)
		case e.State == StateUnknown && s.State.open() && s.State != StepWaiting:
			s.say(StepRetrying, e)
		case s.State == StepDone && e.State != "" && e.State != StateUnknown && e.State != StateDone:
			s.say(StepWaiting, e) // reality says otherwise
		default:
			s.say(s.State, e)
		}
	case EventOutput:
		s.print(e.Text)
	case EventRetry:
		s.begin(e.Time)
		s.say(StepRetrying, e)
	case EventDone:
		if s.State != StepDone {
			s.Ended = e.Time
		}
		s.say(StepDone, e)
	case EventFail:
		s.Ended = e.Time
		s.say(StepFailed, e)
	case EventSkip:
		s.Ended = e.Time
		s.say(StepSkipped, e)
	}
}

func (s *StepProgress) begin(at time.Time) {
	if s.Started.IsZero() || s.State == StepDone {
		s.Started = at
	}
	s.Ended = time.Time{}
}

func (s *StepProgress) say(state StepState, e Event) {
	s.State, s.Reason, s.Code, s.Known = state, e.Text, e.Code, e.Known
}

// print adds text to the last lines of output. It copies them, so that an earlier
// Progress keeps its own.
func (s *StepProgress) print(text string) {
	if text == "" {
		return
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	kept := slices.Clone(s.Output)
	if s.partial {
		kept[len(kept)-1] += lines[0]
		lines = lines[1:]
	}
	kept = append(kept, lines...)
	s.Output = kept[max(0, len(kept)-OutputLines):]
	s.partial = !strings.HasSuffix(text, "\n")
}

// Elapsed is how long the run has taken by now, which is a moment on its clock.
func (p Progress) Elapsed(now time.Time) time.Duration { return between(p.Started, p.Ended, now) }

// Elapsed is how long the step has taken by now, interruptions included; 0 when it was
// never submitted.
func (s StepProgress) Elapsed(now time.Time) time.Duration { return between(s.Started, s.Ended, now) }

func between(from, to, now time.Time) time.Duration {
	if from.IsZero() {
		return 0
	}
	if to.IsZero() {
		to = now
	}
	return max(0, to.Sub(from))
}

// Count is the number of steps in a state.
func (p Progress) Count(state StepState) int {
	n := 0
	for _, s := range p.Steps {
		if s.State == state {
			n++
		}
	}
	return n
}

// Percent is how much of the estimated time is behind the run, from 0 to 100. Only done
// steps are behind it completely.
func (p Progress) Percent(now time.Time) int {
	var total, behind float64
	for _, s := range p.Steps {
		usual := max(s.Estimate, time.Second).Seconds()
		total += usual
		switch s.State {
		case StepDone:
			behind += usual
		case StepWorking, StepRetrying:
			behind += min(s.Elapsed(now).Seconds(), 0.95*usual)
		}
	}
	if total == 0 {
		return 0
	}
	return int(100 * behind / total)
}

// Remaining is how long the run will take from now by its estimates: targets work at the
// same time, the steps of one target one after the other. A step that is overdue counts
// as nearly done. It is 0 when the run has ended.
func (p Progress) Remaining(now time.Time) time.Duration {
	if p.Outcome != "" {
		return 0
	}
	var longest time.Duration
	free := map[string]time.Duration{}
	ends := map[string]time.Duration{}
	for _, s := range p.Steps {
		if !s.State.open() {
			continue
		}
		begin := free[s.Target]
		for _, id := range s.Needs {
			begin = max(begin, ends[id])
		}
		left := s.Estimate
		if s.State == StepWorking || s.State == StepRetrying {
			left = max(0, left-s.Elapsed(now))
		}
		ends[s.ID] = begin + left
		free[s.Target] = begin + left
		longest = max(longest, begin+left)
	}
	return longest
}

// TargetProgress is what the steps of one target have come to.
type TargetProgress struct {
	Target string
	// Done of Total steps are done.
	Done, Total int
	// Current is the step it works on, the one it gave up, or its first open one.
	Current string
	// State is that step's; StepDone when all of them are.
	State StepState
}

// Targets sums the steps up by target, in the order of the plan.
func (p Progress) Targets() []TargetProgress {
	var targets []TargetProgress
	for _, s := range p.Steps {
		i := slices.IndexFunc(targets, func(t TargetProgress) bool { return t.Target == s.Target })
		if i < 0 {
			i = len(targets)
			targets = append(targets, TargetProgress{Target: s.Target, State: StepDone})
		}
		t := &targets[i]
		t.Total++
		if s.State == StepDone {
			t.Done++
		}
		if weight(s.State) > weight(t.State) {
			t.Current, t.State = s.ID, s.State
		}
	}
	return targets
}

// weight orders states by how much an operator wants to see them.
func weight(s StepState) int {
	return slices.Index([]StepState{StepDone, StepWaiting, StepReady, StepSkipped, StepFailed, StepRetrying, StepWorking}, s)
}
