package provision

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// making is the action of everything that a detached task makes on a host. What there
// is, the record of who made it, and the newest task say together in which state it is.
type making struct {
	s     *session
	step  planner.Step
	tasks series

	record record
	script string // makes it
	undo   string // clears away what is half made; empty when making it again is the repair
	// undone are undo's parameters.
	undone map[string]any
	// secrets are what the script needs besides its parameters.
	secrets func(context.Context) (map[string]string, error)
	// judge says what is there. With exact it must be an answer that began after the
	// question, because somebody will act on it.
	judge func(ctx context.Context, exact bool) (sighting, error)

	cleared bool // undo may be started: the last observation said so
}

// presence is how much of a thing is there.
type presence string

const (
	thingAbsent  presence = "nothing"
	thingPartial presence = "partial" // being made, as far as the platform says
	thingHalted  presence = "halted"  // begun, and nobody goes on with it
	thingFailed  presence = "failed"  // the platform says so
	thingWhole   presence = "whole"
	thingOther   presence = "differs" // there, and not as the plan wants it
)

// sighting is what is there of a thing.
type sighting struct {
	presence presence
	// reason says what is the matter, for everything but nothing and whole.
	reason string
	// owner is the site that the record names; empty without a record.
	owner string
	// shared is a thing that is nobody's own: whoever made it, it will do.
	shared bool
	// keep is why what is there must not be cleared away; empty when it may.
	keep string
	// exact is whether the looking began after the question.
	exact bool
}

// permanent are the errors of tasks that nothing mends but a person. They count until the
// next application of the run, which a person starts when something was mended.
var permanent = []string{"NoApplication", "AlreadyInstalled", "RestartNeeded", "BadRequest", "StillInstalled", "ClustersLeft", "NetworkMissing"}

// Observe looks at the task first: what it made is surely there after it has ended.
func (m *making) Observe(ctx context.Context) (Observation, error) {
	m.cleared = false
	t, err := m.tasks.read(ctx)
	if err != nil {
		return Observation{}, err
	}
	o, err := m.look(ctx, t)
	o.Output = t.Output
	return o, err
}

func (m *making) look(ctx context.Context, t taskView) (Observation, error) {
	if t.Exists && t.State == phaseRunning {
		reason := m.tasks.line
		switch {
		case reason == "":
			reason = t.Script + " is running"
		case t.Script == m.undo:
			reason = "clearing away: " + reason
		}
		return Observation{State: StateWorking, Reason: reason}, nil
	}
	f, err := m.judge(ctx, false)
	if err != nil {
		return Observation{}, err
	}
	o := m.conclude(f, t)
	if f.exact || o.State == StateDone || o.State == StateWorking {
		return o, nil
	}
	if f, err = m.judge(ctx, true); err != nil {
		return Observation{}, err
	}
	return m.conclude(f, t), nil
}

// conclude is the state of a thing whose newest task, if there is any, has ended.
func (m *making) conclude(f sighting, t taskView) Observation {
	m.cleared = false
	ours := f.owner == m.record.Site
	made := t.Exists && t.Script == m.script
	undone := t.Exists && m.undo != "" && t.Script == m.undo
	switch {
	case f.presence == thingWhole && (ours || f.shared):
		return Observation{State: StateDone}
	case undone && t.State == phaseSucceeded && f.owner == "" && (f.presence == thingPartial || f.presence == thingHalted || f.presence == thingFailed):
		return Observation{State: StateUnknown, Reason: "it was cleared away, and the platform still lists it: " + f.reason}
	case f.presence != thingAbsent && !ours:
		return Observation{State: StateForeign, Reason: m.whose(f)}
	case f.presence == thingAbsent && f.owner != "" && !ours:
		return Observation{State: StateForeign, Reason: fmt.Sprintf("its name is taken: its record belongs to the site %s", f.owner)}
	case f.presence == thingOther:
		return Observation{State: StateBroken, Reason: f.reason}
	case undone && t.State == phaseFailed:
		return m.broken(f, t, "clearing away did not succeed: "+t.why())
	case f.presence == thingFailed, f.presence == thingHalted:
		reason := f.reason
		if made && t.State == phaseFailed && !t.saysNoMoreThan(reason) {
			reason += "; " + t.why()
		}
		return m.broken(f, t, reason)
	case f.presence == thingPartial:
		return Observation{State: StateWorking, Reason: f.reason}
	case made && t.State == phaseFailed && ours:
		return m.broken(f, t, t.why())
	case made && t.State == phaseSucceeded && ours:
		return m.broken(f, t, t.Script+" ended without an error, but what it makes is not there")
	}
	// Without a task the record is of a submit that died before it had an effect.
	return Observation{State: StateAbsent}
}

// broken says how something half made can be mended.
func (m *making) broken(f sighting, t taskView, reason string) Observation {
	o := Observation{State: StateBroken, Reason: reason}
	if m.tasks.own && slices.Contains(permanent, t.code()) {
		return o
	}
	if m.undo == "" {
		o.Retryable = true
		return o
	}
	worked := t.Exists && t.Script == m.script && t.State == phaseSucceeded
	switch {
	case f.presence == thingAbsent:
		m.cleared = true // there is nothing but the record to clear away
	case f.keep != "":
		o.Reason += "; it is not cleared away: " + f.keep
	case worked:
		o.Reason += "; it is not cleared away: it has worked before"
	case !t.Exists:
		o.Reason += "; it is not cleared away: its task is not known any more, so it may have worked before"
	default:
		m.cleared = true
	}
	return o
}

func (m *making) whose(f sighting) string {
	text := f.reason
	if text == "" {
		text = "it is there as wanted"
	}
	if f.owner == "" {
		return text + ", without a record"
	}
	return fmt.Sprintf("%s, and belongs to the site %s", text, f.owner)
}

// Submit starts the task that makes it.
func (m *making) Submit(ctx context.Context, _ int) error {
	secrets := map[string]string{}
	if m.secrets != nil {
		var err error
		if secrets, err = m.secrets(ctx); err != nil {
			return err
		}
	}
	return m.tasks.start(ctx, m.script, scriptParams(m.step), m.record, secrets)
}

// Repair starts the task that clears it away, if the last observation allows it.
func (m *making) Repair(ctx context.Context, _ int) error {
	if !m.cleared {
		return ErrNoRepair
	}
	return m.tasks.start(ctx, m.undo, m.undone, m.record, nil)
}

// newMaking is what all makings of a step have.
func newMaking(s *session, step planner.Step, kind recordKind, name, script string) *making {
	return &making{
		s: s, step: step, script: script, record: s.record(kind, name, step),
		tasks: series{s: s, host: step.On, step: step.ID},
	}
}

// in judges by what there is of AKS on the step's host.
func (m *making) in(judge func(*akshci) sighting) func(context.Context, bool) (sighting, error) {
	return func(ctx context.Context, exact bool) (sighting, error) {
		view, fresh, err := m.s.view(m.step.On).ask(ctx, exact)
		if err != nil {
			return sighting{}, err
		}
		f := judge(view)
		f.owner, f.exact = view.owner(m.record.Kind, m.record.Name), fresh
		return f, nil
	}
}

// A property of a thing, as it should be and as it is.
type property struct{ name, want, is string }

// told is unmet for the properties that the plan wants and the host tells.
func told(properties ...property) string {
	return unmet(slices.DeleteFunc(properties, func(d property) bool { return d.want == "" || d.is == "" })...)
}

// unmet says which properties are not as wanted, empty when all are.
func unmet(properties ...property) string {
	var all []string
	for _, d := range properties {
		if d.want != d.is {
			all = append(all, fmt.Sprintf("%s is %s, the plan wants %s", d.name, cmp.Or(d.is, "none"), cmp.Or(d.want, "none")))
		}
	}
	return strings.Join(all, "; ")
}
