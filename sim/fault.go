package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind names something that goes wrong on purpose.
type FaultKind string

// The kinds of fault.
const (
	HostUnreachable FaultKind = "host-unreachable"
	ConnectionCut   FaultKind = "connection-cut"
	RequestHangs    FaultKind = "request-hangs"
	StepFailsOnce   FaultKind = "step-fails-once"
	StepFails       FaultKind = "step-fails"
	HostOutOfMemory FaultKind = "host-out-of-memory"
)

// A Fault goes wrong in the world that it is injected into.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Host is the full or short name of the host it is about; empty is any.
	Host string `json:"host,omitempty"`
	// Step is the id of a step such as create-cluster/shop, or its kind; empty is any. A
	// fault that names a step waits until the step gets to the moment At. One that hits a
	// request then hits only those of that step and moment.
	Step string `json:"step,omitempty"`
	// At is the moment of the step, AtSubmit when empty. The faults that fail a step's
	// task have no use for it.
	At Moment `json:"at,omitempty"`
	// From is how long after the injection the fault begins, or after the step's moment
	// when it names a step; For is how long it lasts, 0 for ever.
	From time.Duration `json:"from,omitempty"`
	For  time.Duration `json:"for,omitempty"`
	// Nth is the occurrence that is hit, counted from 1 once the fault has begun; 0 is the first.
	Nth int `json:"nth,omitempty"`
}

// Moment is a part of a step's life, as the requests on the wire tell it.
type Moment string

// The moments of a step.
const (
	// AtSubmit is the request that has the step done: the start of its task, the call for
	// a credential, the write to a Kubernetes API. Waiting for nodes has none but its looks.
	AtSubmit Moment = "submit"
	// AtWork is a look at the step: at its task while that runs, or a read of a Kubernetes API.
	AtWork Moment = "work"
)

// aimed reports whether the fault waits for a moment of a step. Those that fail a task
// find their step by its task.
func (f Fault) aimed() bool {
	return f.Step != "" && f.Kind != StepFails && f.Kind != StepFailsOnce
}

// A FaultInfo describes a kind of fault.
type FaultInfo struct {
	Name string
	// Help says what happens.
	Help string
	// Parameters are those of host, step, at, from, for and nth that the kind takes, with the
	// values they have in ParseFault when they are left out; empty is any, all or for ever.
	Parameters []FaultParameter
}

// A FaultParameter is one that a kind of fault takes.
type FaultParameter struct{ Name, Default string }

// FaultKinds lists every kind of fault.
func FaultKinds() []FaultInfo {
	host, step, at, always := FaultParameter{"host", ""}, FaultParameter{"step", ""}, FaultParameter{"at", ""}, FaultParameter{"from", "0s"}
	return []FaultInfo{
		{string(HostUnreachable), "The host answers nothing for a while: connections to it are not made, and requests on those that exist hang.",
			[]FaultParameter{host, step, at, {"from", "5m"}, {"for", "15m"}}},
		{string(ConnectionCut), "A command is carried out and the connection is cut in the middle of its answer.",
			[]FaultParameter{host, step, at, always, {"for", ""}, {"nth", "5"}}},
		{string(RequestHangs), "A request is never answered, and nothing is done.",
			[]FaultParameter{host, step, at, always, {"for", ""}, {"nth", "5"}}},
		{string(StepFailsOnce), "The task of a step ends with an error part of the way through, and what it had made stays half made. The next attempt works.",
			[]FaultParameter{host, step, always, {"nth", "1"}}},
		{string(StepFails), "The same, at every attempt.",
			[]FaultParameter{host, step, always, {"for", ""}}},
		{string(HostOutOfMemory), "No new machine can be placed on the host for a while; those that run stay.",
			[]FaultParameter{host, step, at, {"from", "0s"}, {"for", "2h"}}},
	}
}

// ParseFault reads the text form, such as host-unreachable,host=hci01,from=10m,for=20m.
// What is left out has the default of its kind. A fault that waits for a step begins with
// it, and hits the first request, unless from and nth say otherwise.
func ParseFault(text string) (Fault, error) {
	kind, rest, more := strings.Cut(text, ",")
	f := Fault{Kind: FaultKind(kind)}
	info, err := f.info()
	if err != nil {
		return Fault{}, err
	}
	var names []string
	for _, p := range info.Parameters {
		names = append(names, p.Name)
		if p.Default == "" {
			continue
		}
		if err := f.set(p.Name, p.Default); err != nil {
			return Fault{}, err
		}
	}
	given := map[string]bool{}
	for more {
		var pair string
		pair, rest, more = strings.Cut(rest, ",")
		key, value, ok := strings.Cut(pair, "=")
		if !ok || value == "" || !slices.Contains(names, key) {
			return Fault{}, fmt.Errorf("fault %q: %q is not one of its parameters: write %s=VALUE", text, pair, strings.Join(names, "=VALUE or "))
		}
		if err := f.set(key, value); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", text, err)
		}
		given[key] = true
	}
	if f.aimed() && !given["from"] {
		f.From = 0
	}
	if f.aimed() && !given["nth"] && f.Nth > 1 {
		f.Nth = 1
	}
	if f.At != "" && f.Step == "" {
		return Fault{}, fmt.Errorf("fault %q: at=%s is a moment of a step: write step=STEP as well", text, f.At)
	}
	return f, nil
}

func (f *Fault) set(key, value string) (err error) {
	switch key {
	case "host":
		f.Host = value
	case "step":
		f.Step = value
	case "at":
		if f.At = Moment(value); f.At != AtSubmit && f.At != AtWork {
			return fmt.Errorf("at=%s is no moment of a step: write %s or %s", value, AtSubmit, AtWork)
		}
	case "from":
		f.From, err = time.ParseDuration(value)
	case "for":
		f.For, err = time.ParseDuration(value)
	case "nth":
		f.Nth, err = strconv.Atoi(value)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	if f.From < 0 || f.For < 0 || f.Nth < 0 {
		return fmt.Errorf("%s=%s is below zero", key, value)
	}
	return nil
}

func (f Fault) info() (FaultInfo, error) {
	var names []string
	for _, i := range FaultKinds() {
		if i.Name == string(f.Kind) {
			return i, nil
		}
		names = append(names, i.Name)
	}
	return FaultInfo{}, fmt.Errorf("there is no fault %q: choose one of %s", f.Kind, strings.Join(names, ", "))
}

// String is the text form, which ParseFault reads back.
func (f Fault) String() string {
	text := string(f.Kind)
	info, err := f.info()
	if err != nil {
		return text
	}
	for _, p := range info.Parameters {
		if value := f.value(p.Name); value != "" {
			text += "," + p.Name + "=" + value
		}
	}
	return text
}

func (f Fault) value(parameter string) string {
	switch parameter {
	case "host":
		return f.Host
	case "step":
		return f.Step
	case "at":
		return string(f.At)
	case "from":
		return f.From.String()
	case "for":
		return f.For.String()
	default:
		return strconv.Itoa(f.Nth)
	}
}
