package tui

import (
	"slices"

	"charm.land/lipgloss/v2"

	"github.com/arcwright/arcwright/provision"
)

// symbols go before the words of the states, for those who see no colour and those who
// look from afar.
var symbols = map[provision.StepState]string{
	provision.StepWaiting: "·", provision.StepReady: "○", provision.StepWorking: "●", provision.StepRetrying: "↻",
	provision.StepDone: "✓", provision.StepFailed: "✗", provision.StepSkipped: "–",
}

// rank orders the states by how much they tell of a group of steps.
var rank = []provision.StepState{
	provision.StepDone, provision.StepWaiting, provision.StepSkipped, provision.StepReady, provision.StepWorking, provision.StepRetrying, provision.StepFailed,
}

func (l look) state(s provision.StepState) lipgloss.Style {
	switch s {
	case provision.StepDone:
		return l.good
	case provision.StepFailed:
		return l.bad
	case provision.StepRetrying, provision.StepSkipped:
		return l.warn
	case provision.StepWorking:
		return l.accent
	}
	return l.faint
}

// stateWidth is the columns of a state's symbol and word.
const stateWidth = 10

func (l look) stateCell(s provision.StepState) string {
	return l.state(s).Render(cell(symbols[s]+" "+string(s), stateWidth))
}

// A group is the steps of one target, or those of all hosts.
type group struct {
	name  string
	steps []int // in the progress
	done  int
	state provision.StepState
	// current is the step that the state is taken from.
	current int
}

// hostsGroup is the group of the steps whose targets are hosts.
const hostsGroup = "hosts"

// groupsOf sums a run up, in the order of its plan.
func groupsOf(p provision.Progress) []group {
	var groups []group
	for i, s := range p.Steps {
		name := s.Target
		if kind, _, ok := splitTarget(s.Target); ok && kind == "host" {
			name = hostsGroup
		}
		at := slices.IndexFunc(groups, func(g group) bool { return g.name == name })
		if at < 0 {
			at = len(groups)
			groups = append(groups, group{name: name, state: provision.StepDone, current: i})
		}
		g := &groups[at]
		g.steps = append(g.steps, i)
		if s.State == provision.StepDone {
			g.done++
		}
		if slices.Index(rank, s.State) > slices.Index(rank, g.state) {
			g.state, g.current = s.State, i
		}
	}
	for i := range groups {
		if g := &groups[i]; g.state == provision.StepDone {
			g.current = g.steps[len(g.steps)-1]
		}
	}
	return groups
}
