package provision

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
)

// Kind says what an event tells.
type Kind string

// The kinds of event.
const (
	// EventPlan opens a run, or the resumption of one: first one event with Run, Plan,
	// Site and the plan's Estimate, then one for each step in the plan's order.
	EventPlan Kind = "plan"
	// EventStart is written before a submit, with the number of the attempt.
	EventStart Kind = "start"
	// EventProgress gives what a step, or without a step the run, is waiting for.
	EventProgress Kind = "progress"
	// EventOutput is text that the work on a host has printed.
	EventOutput Kind = "output"
	// EventRetry is written before a step is repaired or submitted once more, with the reason.
	EventRetry Kind = "retry"
	// EventDone says that a step is done. Its text is FoundDone when there was nothing to do.
	EventDone Kind = "done"
	// EventFail says that a step is given up.
	EventFail Kind = "fail"
	// EventSkip says that a step is not tried because it needs one that failed.
	EventSkip Kind = "skip"
	// EventEnd closes a run, until it is resumed, with the Outcome.
	EventEnd Kind = "end"
)

func (k Kind) known() bool {
	switch k {
	case EventPlan, EventStart, EventProgress, EventOutput, EventRetry, EventDone, EventFail, EventSkip, EventEnd:
		return true
	}
	return false
}

// FoundDone is the text of a done event whose step needed nothing.
const FoundDone = "found done"

// Event is one thing that happened in a run. It is flat: which fields are set depends on
// the kind. Its JSON form is a line of the journal and of the machine-readable progress.
type Event struct {
	// Seq rises with every event of a run, over its resumptions too; it starts at 1.
	Seq int `json:"seq"`
	// Time is the moment on the run's clock, in UTC.
	Time time.Time `json:"time"`
	Kind Kind      `json:"kind"`
	// Step is the id of the plan's step; empty when the event is about the whole run.
	Step string `json:"step,omitempty"`
	// Target is the step's target, such as cluster/shop.
	Target string `json:"target,omitempty"`
	// Host is the full name of the host that the step runs on.
	Host string `json:"host,omitempty"`
	// State is what was observed.
	State State `json:"state,omitempty"`
	// Attempt counts the submits and repairs of a step, from 1, over resumptions too.
	Attempt int `json:"attempt,omitempty"`
	// Text is the reason for waiting, the printed text, or the error.
	Text string `json:"text,omitempty"`
	// Code is the class of the error, or the code that a script gave it.
	Code string `json:"code,omitempty"`
	// Run, Plan and Site are the run's name, the plan's digest and the site's name, on
	// the first plan event and on the end event.
	Run  string `json:"run,omitempty"`
	Plan string `json:"plan,omitempty"`
	Site string `json:"site,omitempty"`
	// Outcome is set on the end event only.
	Outcome Outcome `json:"outcome,omitempty"`
	// Estimate is the usual time of the step, or of the whole plan, on plan events.
	Estimate Seconds `json:"estimate,omitempty"`
	// Needs are the ids of the steps that come before, on plan events of a step.
	Needs []string `json:"needs,omitempty"`
	// Known is what the atlas knows of the error, on fail events.
	Known
}

// Seconds is a duration whose JSON form is a number of seconds.
type Seconds time.Duration

// MarshalJSON writes the duration as a number of seconds, to the nanosecond.
func (s Seconds) MarshalJSON() ([]byte, error) {
	sign, whole, rest := "", s/Seconds(time.Second), s%Seconds(time.Second)
	if s < 0 {
		sign, whole, rest = "-", -whole, -rest
	}
	text := fmt.Sprintf("%s%d", sign, whole)
	if rest != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%09d", rest), "0")
	}
	return []byte(text), nil
}

// UnmarshalJSON reads a number of seconds; it is rounded to nanoseconds.
func (s *Seconds) UnmarshalJSON(text []byte) error {
	var seconds float64
	if err := json.Unmarshal(text, &seconds); err != nil {
		return fmt.Errorf("read seconds: %w", err)
	}
	if math.Abs(seconds) >= math.MaxInt64/float64(time.Second)-1 {
		return fmt.Errorf("read seconds: %v is longer than a duration can be", seconds)
	}
	// Nanoseconds of months are more than a float64 holds.
	exact, _, err := big.ParseFloat(string(bytes.TrimSpace(text)), 10, 128, big.ToNearestEven)
	if err != nil || seconds == 0 {
		*s = Seconds(math.Round(seconds * float64(time.Second)))
		return nil
	}
	half := big.NewFloat(math.Copysign(0.5, seconds))
	nanoseconds, _ := exact.Mul(exact, big.NewFloat(float64(time.Second))).Add(exact, half).Int64()
	*s = Seconds(nanoseconds)
	return nil
}
