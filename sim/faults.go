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
}

// An injected fault is one that was given to Inject.
type injected struct {
	Fault
	at    time.Time // when it was injected
	seen  int       // occurrences that it could have hit
	spent bool      // it has hit, and does not hit again
}

func (f *faults) add(t *timeline.Turn, fault Fault) {
	f.list = append(f.list, &injected{Fault: fault, at: t.Now()})
}

// active reports whether a fault of the kind is in force for a host.
func (i *injected) active(t *timeline.Turn, h *host, kind FaultKind) bool {
	begins := i.at.Add(i.From)
	return i.Kind == kind && !i.spent && i.about(h) && !t.Now().Before(begins) && (i.For == 0 || t.Now().Before(begins.Add(i.For)))
}

func (i *injected) about(h *host) bool {
	return i.Host == "" || strings.EqualFold(i.Host, h.Name) || strings.EqualFold(i.Host, h.short())
}

// nth counts an occurrence and reports whether it is the one that is hit.
func (i *injected) nth() bool {
	i.seen++
	return i.seen == max(i.Nth, 1)
}

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
			return true
		}
	}
	return false
}

// hits finds the fault of a kind whose turn it is with this occurrence, and spends it.
func (f *faults) hits(t *timeline.Turn, h *host, kind FaultKind) (number int, hit bool) {
	for n, i := range f.list {
		if i.active(t, h, kind) && i.nth() {
			i.spent = true
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
			return i
		case i.active(t, k.host, StepFailsOnce) && i.nth():
			i.spent = true
			return i
		}
	}
	return nil
}

// hasStep reports whether a task belongs to the step that a fault is about. A repair of
// the step does not.
func (i *injected) hasStep(k *task) bool {
	kind, _, _ := strings.Cut(k.record.Step, "/")
	return !k.removes && (i.Step == "" || i.Step == k.record.Step || i.Step == kind || i.Step == k.script)
}

// message is the error of a task that a fault has struck. A vendor's cmdlet would say no more.
func (i *injected) message() string {
	return fmt.Sprintf("The operation failed: rpc error: code = Unknown desc = injected fault %s", i.Fault)
}

// spend has a fault that was logged as spent be so again.
func (f *faults) spend(number int) error {
	if number < 0 || number >= len(f.list) {
		return fmt.Errorf("there is no fault number %d", number)
	}
	f.list[number].spent = true
	return nil
}
