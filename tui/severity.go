package tui

import (
	"charm.land/lipgloss/v2"

	"github.com/arcwright/arcwright/planner"
)

// severity is the symbol and the style of a finding.
func (l look) severity(f planner.Finding) (string, lipgloss.Style) {
	switch {
	case f.Waived != nil:
		return "~", l.faint
	case f.Severity == planner.Block:
		return "✗", l.bad.UnsetBold()
	case f.Severity == planner.Warn:
		return "!", l.warn
	}
	return "i", l.faint
}

// verdict is the symbol and the style of a verdict on the loss of a host.
func (l look) verdict(v planner.Verdict) (string, lipgloss.Style) {
	switch v {
	case planner.Guaranteed:
		return "✓", l.good
	case planner.Possible:
		return "✓", l.warn
	case planner.Impossible:
		return "✗", l.bad
	}
	return "?", l.warn
}
