package provision

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/arcwright/arcwright/planner"
)

// task is a step of the plan and what has become of it. The schedule guards state, err
// and because; the rest belongs to the lane that carries the step out.
type task struct {
	planner.Step
	needs []*task

	state   taskState
	err     error
	because *task // the task that a skipped one needs

	attempt int   // the number of the last submit or repair, over resumptions
	phase   phase // of that attempt
	repairs int   // since the step was last given up or done
	sent    bool  // an earlier application wrote that attempt's submit down
	moved   bool  // it was submitted, repaired or seen at work since it was last done

	submitted bool      // and not seen since
	absences  int       // looks since then that saw nothing
	working   time.Time // since when it is seen at work; zero when it is not
	blind     trouble   // with looking
	clumsy    trouble   // with submitting and repairing
	pace      pace
	said      Event  // the last progress
	output    string // text after the last line end
	printed   string // the last text before it
}

// phase is how far an attempt is.
type phase int

const (
	closed     phase = iota // nothing is open: the next submit is a new attempt
	announced               // a retry is written down, what it announces not known to be accepted
	repairing               // its repair was accepted, its submit is to come
	submitting              // a first submit is written down, and not known to be accepted
)

// recall takes over what an earlier application wrote about the step.
func (t *task) recall(e Event) {
	switch e.Kind {
	case EventStart:
		t.sent, t.moved = true, true
		if t.phase == closed {
			t.phase = submitting
		}
	case EventRetry:
		if e.Attempt > t.attempt {
			t.repairs++
		}
		t.phase, t.sent, t.moved = announced, false, true
	case EventProgress:
		switch {
		case e.State != StateWorking:
		case t.phase == announced && !t.sent:
			t.phase, t.moved = repairing, true
		case t.phase != repairing || t.sent:
			t.phase, t.moved = closed, true
		}
	case EventFail:
		// Whoever resumes has mended something, or wants it tried again.
		t.phase, t.repairs = closed, 0
	case EventDone:
		t.phase, t.repairs, t.moved = closed, 0, false
	}
	t.attempt = max(t.attempt, e.Attempt)
}

// longestOutput is how much text one event carries, in bytes.
const longestOutput = 4 << 10

// print adds output and returns the whole lines of it. The rest waits for its line end,
// so that a secret is recognised before it is cut in two.
func (t *task) print(text string) (whole string) {
	t.output += text
	end := strings.LastIndexByte(t.output, '\n') + 1
	if len(t.output)-end > 4*longestOutput {
		end = len(t.output) // no line of anything that a person reads
	}
	whole = t.output[:end]
	t.output = t.output[end:]
	return whole
}

// pieces cuts text into pieces of at most longestOutput, after a line end where there is
// one, and never inside a character.
func pieces(text string) []string {
	var cut []string
	for len(text) > longestOutput {
		end := strings.LastIndexByte(text[:longestOutput], '\n') + 1
		if end == 0 {
			for end = longestOutput; !utf8.RuneStart(text[end]); end-- {
			}
		}
		cut = append(cut, text[:end])
		text = text[end:]
	}
	if text != "" {
		cut = append(cut, text)
	}
	return cut
}
