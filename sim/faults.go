package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

// faults are the faults of a world and how often each has had its chance.
type faults struct {
	list []*injected
	// begun logs that a fault which waited for a step has begun. With an error it begins
	// all the same; the log accepts nothing more then.
	begun func(t *timeline.Turn, number int) error
}

// An injected fault is one that was given to Inject.
type injected struct {
	Fault
	at     time.Time // from when on From counts; zero while the fault waits for its step
	seen   int       // occurrences that it could have hit
	spent  bool      // it has hit, and does not hit again
	struck int       // how often it did something to somebody
}

func (f *faults) add(t *timeline.Turn, fault Fault) {
	i := &injected{Fault: fault}
	if !i.aimed() {
		i.at = t.Now()
	}
	f.list = append(f.list, i)
}

// active reports whether a fault of the kind is in force for a host.
func (i *injected) active(t *timeline.Turn, h *host, kind FaultKind) bool {
	begins := i.at.Add(i.From)
	return i.Kind == kind && !i.spent && !i.at.IsZero() && i.about(h) && !t.Now().Before(begins) && (i.For == 0 || t.Now().Before(begins.Add(i.For)))
}

// about reports whether the fault may be about a host; nil is a cluster's API server,
// which is on none.
func (i *injected) about(h *host) bool {
	return i.Host == "" || h != nil && (strings.EqualFold(i.Host, h.Name) || strings.EqualFold(i.Host, h.short()))
}

// nth counts an occurrence and reports whether it is the one that is hit.
func (i *injected) nth() bool {
	i.seen++
	return i.seen == max(i.Nth, 1)
}

// reached hears that a request belongs to a moment of a step: faults that waited for it begin.
func (f *faults) reached(t *timeline.Turn, about subject) {
	for n, i := range f.list {
		if i.at.IsZero() && about.meets(i.Fault) {
			f.begin(t, n)
			_ = f.begun(t, n)
		}
	}
}

func (f *faults) begin(t *timeline.Turn, number int) { f.list[number].at = t.Now() }

// unreachable reports whether a host answers nothing.
func (f *faults) unreachable(t *timeline.Turn, h *host) bool {
	_, is := f.unreachableUntil(t, h)
	return is
}

// unreachableUntil is when the host answers again; the zero time is never.
func (f *faults) unreachableUntil(t *timeline.Turn, h *host) (until time.Time, is bool) {
	for _, i := range f.list {
		if !i.active(t, h, HostUnreachable) {
			continue
		}
		i.struck++
		if i.For == 0 {
			return time.Time{}, true
		}
		if end := i.at.Add(i.From + i.For); !is || end.After(until) {
			until, is = end, true
		}
	}
	return until, is
}

// outOfMemory reports whether a host takes no new machine.
func (f *faults) outOfMemory(t *timeline.Turn, h *host) bool {
	for _, i := range f.list {
		if i.active(t, h, HostOutOfMemory) {
			i.struck++
			return true
		}
	}
	return false
}

// hits finds the fault of a kind whose turn it is with this request, and spends it. The
// zero subject is a request of which it is not known what it is about.
func (f *faults) hits(t *timeline.Turn, h *host, kind FaultKind, about subject) (number int, hit bool) {
	for n, i := range f.list {
		if i.aimed() == (about.step == "") || i.aimed() && !about.meets(i.Fault) {
			continue
		}
		if i.active(t, h, kind) && i.nth() {
			i.spent = true
			i.struck++
			return n, true
		}
	}
	return 0, false
}

// strikes finds the fault that a task runs into.
func (f *faults) strikes(t *timeline.Turn, k *task) *injected {
	for _, i := range f.list {
		if !i.hasStep(k) {
			continue
		}
		switch {
		case i.active(t, k.host, StepFails):
			i.struck++
			return i
		case i.active(t, k.host, StepFailsOnce) && i.nth():
			i.spent = true
			i.struck++
			return i
		}
	}
	return nil
}

// hasStep reports whether a task belongs to the step that a fault is about. A repair of
// the step does not.
func (i *injected) hasStep(k *task) bool {
	return !k.removes && (i.Step == "" || names(i.Step, k.record.Step) || i.Step == k.script)
}

// names reports whether a fault's step is that step, or its kind.
func names(step, id string) bool {
	kind, _, _ := strings.Cut(id, "/")
	return step == id || step == kind
}

// message is the error of a task that a fault has struck. A vendor's cmdlet would say no more.
func (i *injected) message() string {
	return fmt.Sprintf("The operation failed: rpc error: code = Unknown desc = injected fault %s", i.Fault)
}

// known refuses the number of a fault that was logged and is not there.
func (f *faults) known(number int) error {
	if number < 0 || number >= len(f.list) {
		return fmt.Errorf("there is no fault number %d", number)
	}
	return nil
}

// spend has a fault that was logged as spent be so again.
func (f *faults) spend(number int) error {
	if err := f.known(number); err != nil {
		return err
	}
	f.list[number].spent = true
	return nil
}
