package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"github.com/arcwright/arcwright/planner"
)

// A confirmPage asks for the site's name before the plan is carried out.
type confirmPage struct {
	desk  *desk
	field *field
	// starting is set from the answer until Apply has returned.
	starting bool
	err      error
}

func newConfirmPage(d *desk) *confirmPage {
	p := &confirmPage{desk: d}
	p.enter()
	return p
}

func (p *confirmPage) enter() {
	p.field = textField("", "", "", func(*planner.Site, string) error { return nil })
	p.field.focus(p.desk)
	p.starting, p.err = false, nil
}

func (p *confirmPage) screen() screen { return screenConfirm }

func (p *confirmPage) typed(msg tea.Msg) bool {
	if !p.starting {
		p.field.typed(msg)
	}
	return true
}

func (p *confirmPage) why(do action) string {
	switch {
	case p.starting:
		return "the run is being started"
	case do == actApply && p.desk.draft.blocked() != "":
		return p.desk.draft.blocked()
	case do == actApply && strings.TrimSpace(p.field.text) != p.desk.draft.site.Name:
		return "write " + p.desk.draft.site.Name + " to apply, or go back with esc"
	}
	return ""
}

func (p *confirmPage) act(do action) (move, command) {
	switch do {
	case actBack:
		return back, nil
	case actApply:
		p.starting, p.err = true, nil
		document, err := planner.Encode(p.desk.draft.plan)
		if err != nil {
			p.refused(err)
			return stay, nil
		}
		return stay, p.desk.draft.apply(document)
	}
	return stay, nil
}

// refused shows why the run was not started.
func (p *confirmPage) refused(err error) { p.starting, p.err = false, err }

func (p *confirmPage) view(s size) string {
	l, d := p.desk.look, p.desk.draft
	sum := d.plan.Summary
	var lines []string
	say := func(label, text string) {
		for i, line := range wrap(text, s.w-18) {
			head := ""
			if i == 0 {
				head = label
			}
			lines = append(lines, "  "+l.faint.Render(cell(head, 14))+line)
		}
	}
	lines = append(lines, "", l.bold.Render("Carry out this plan?"), "")
	say("Where", d.setup.Where)
	say("Hosts", fmt.Sprintf("%s of %s", count(sum.Hosts, "host"), sum.Platform))
	say("Makes", fmt.Sprintf("%s with %s in %s", count(sum.Clusters, "cluster"), count(sum.VMs, "machine"), count(len(d.plan.Steps), "step")))
	say("Usually takes", usual(sum.Estimate))
	say("Planned for", d.site.PlannedFor.String())
	blocks, warnings, notes := d.counts()
	if blocks > 0 {
		say("Findings", d.blocked())
	} else {
		say("Findings", fmt.Sprintf("none stops it; %s, %s", count(warnings, "warning"), count(notes, "note")))
	}
	say("Digest", d.plan.Digest[:16]+"…")
	ask := p.prompt(s.w)
	lines = lines[:min(len(lines), max(s.h-len(ask), 0))]
	return block(append(lines, ask...), s)
}

// prompt is where the name is written, and why the run was not started.
func (p *confirmPage) prompt(w int) []string {
	l := p.desk.look
	if p.starting {
		return []string{"", "  " + l.accent.Render("● starting…")}
	}
	if in, ok := p.field.input.(*huh.Input); ok {
		in.Placeholder("")
	}
	p.field.input.WithWidth(max(w-8, 12))
	lines := []string{"", "  To apply, write the site's name: " + l.bold.Render(p.desk.draft.site.Name), "  " + l.accent.Render("▸ ") + p.field.input.View()}
	if p.err != nil {
		lines = append(lines, "")
		for _, line := range wrapTo("✗ It was not started: "+p.err.Error(), w-4, 6) {
			lines = append(lines, "  "+l.bad.UnsetBold().Render(line))
		}
	}
	return lines
}
