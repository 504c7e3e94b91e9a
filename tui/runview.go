package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/arcwright/arcwright/provision"
)

func (r *runPage) view(s size) string {
	if r.reading {
		return r.outputView(s)
	}
	head := r.head(s.w)
	rows := r.rows()
	selected := r.selected(rows)
	room := s.h - len(head)
	// the pane gets what the list leaves, four lines at least
	long := min(len(rows), max(room-4, 3))
	var lines []string
	for i, w := range rows {
		lines = append(lines, r.rowLine(w, i == selected, s.w))
	}
	shown := window(lines, long, selected, selected)
	if hidden := len(lines) - len(shown); hidden > 0 && len(shown) > 0 {
		head[len(head)-1] = right(r.desk.look.faint.Render(fmt.Sprintf("%d of %d lines", len(shown), len(lines))), s.w)
	}
	lines = append(head, shown...)
	return block(append(lines, r.pane(size{s.w, s.h - len(lines)})...), s)
}

// head is the progress of the whole run and what each host does.
func (r *runPage) head(w int) []string {
	l, p := r.desk.look, r.progress
	percent := p.Percent(r.now)
	style := l.accent
	switch {
	case r.over() && r.result() == provision.OutcomeDone:
		style = l.good
	case r.over():
		style = l.bad
	}
	lines := []string{style.Render(bar(100, max(w-6, 1), rest, part{int64(percent), full})) + right(fmt.Sprintf("%d %%", percent), 6)}
	times := clockTime(p.Elapsed(r.now)) + " elapsed, usually " + usual(p.Estimate)
	if !r.over() {
		times = ends(times, "about "+usual(p.Remaining(r.now))+" left", w)
	}
	lines = append(lines, times)
	switch {
	case r.over():
		lines = append(lines, l.bold.Render("The run has ended: "+r.word()+". r shows the result."))
	case r.stopping:
		lines = append(lines, l.warn.Render("■ stopping after what is being submitted; ctrl+c again leaves at once"))
	case p.Reason != "":
		lines = append(lines, l.warn.Render("waiting: "+p.Reason))
	}
	return append(append(lines, r.strip(w)...), "")
}

// strip says in a few words what each host does.
func (r *runPage) strip(w int) []string {
	type host struct {
		name                         string
		working, failed, done, total int
	}
	var hosts []host
	for _, s := range r.progress.Steps {
		name := shortName(s.Host)
		if kind, target, ok := splitTarget(s.Target); name == "" && ok && kind == "host" {
			name = target
		}
		if name == "" {
			continue
		}
		at := slices.IndexFunc(hosts, func(h host) bool { return h.name == name })
		if at < 0 {
			at = len(hosts)
			hosts = append(hosts, host{name: name})
		}
		h := &hosts[at]
		h.total++
		switch s.State {
		case provision.StepDone:
			h.done++
		case provision.StepFailed:
			h.failed++
		case provision.StepWorking, provision.StepRetrying:
			h.working++
		}
	}
	l := r.desk.look
	const most = 2
	lines, line := []string(nil), ""
	for i, h := range hosts {
		text := fmt.Sprintf("%s %d/%d", symbols[provision.StepWaiting], h.done, h.total)
		style := l.faint
		switch {
		case h.failed > 0:
			text, style = fmt.Sprintf("%s %d failed", symbols[provision.StepFailed], h.failed), l.bad
		case h.working > 0:
			text, style = fmt.Sprintf("%s %d working", symbols[provision.StepWorking], h.working), l.accent
		case h.done == h.total:
			text, style = fmt.Sprintf("%s %d/%d", symbols[provision.StepDone], h.done, h.total), l.good
		}
		item := h.name + " " + style.Render(text)
		if line != "" && lipgloss.Width(line)+3+lipgloss.Width(item) > w {
			lines, line = append(lines, line), ""
		}
		if len(lines) == most {
			lines[most-1] = cut(lines[most-1], w-10) + l.faint.Render(fmt.Sprintf("  +%d more", len(hosts)-i))
			return lines
		}
		if line != "" {
			line += "   "
		}
		line += item
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// rowLine draws a group or a step: state, name, and how long it takes.
func (r *runPage) rowLine(w row, selected bool, width int) string {
	l := r.desk.look
	mark := "  "
	if selected {
		mark = l.accent.Render("▸ ")
	}
	const timeWidth, countWidth = 17, 7
	name := width - 2 - stateWidth - 1 - countWidth - timeWidth - 2
	reason := 0
	if width >= wide {
		reason = name - 44
		name = 44
	}
	at, state := w.step, w.group.state
	text, tally := "", ""
	if at < 0 {
		at = w.group.current
		sign := "+ "
		if r.open[w.group.name] {
			sign = "- "
		}
		label := w.group.name
		if selected {
			label = l.bold.Render(label)
		}
		text, tally = sign+label, fmt.Sprintf("%d/%d", w.group.done, len(w.group.steps))
		if state != provision.StepDone && state != provision.StepWaiting {
			if name >= 30 {
				text = cell(text, min(name/2+4, 28)) + " " + l.faint.Render(stepName(r.progress.Steps[at]))
			}
		}
	} else {
		state = r.progress.Steps[at].State
		text = "    " + stepName(r.progress.Steps[at])
	}
	s := r.progress.Steps[at]
	if s.Attempt > 1 && w.step >= 0 {
		tally = fmt.Sprintf("try %d", s.Attempt)
	}
	if selected && w.step >= 0 {
		text = l.bold.Render(text)
	}
	line := mark + l.stateCell(state) + " " + cell(text, name) + " " + cell(tally, countWidth) + " " + right(r.timeOf(w), timeWidth)
	if reason > 4 {
		line += "  " + l.faint.Render(cut(r.reasonOf(s), reason-2))
	}
	return line
}

// stepName is a step's id, without the name of its target at the end: the group has it.
func stepName(s provision.StepProgress) string {
	_, target, _ := splitTarget(s.Target)
	name, ok := strings.CutSuffix(s.ID, "/"+target)
	if kind, _, _ := splitTarget(s.Target); !ok || target == "" || kind == "host" {
		return s.ID
	}
	return name
}

// timeOf is how long a row's step has taken and usually takes; for a group that waits or
// is done, all of its steps.
func (r *runPage) timeOf(w row) string {
	l := r.desk.look
	at, state := w.step, w.group.state
	if at >= 0 {
		state = r.progress.Steps[at].State
	} else {
		at = w.group.current
	}
	s := r.progress.Steps[at]
	switch state {
	case provision.StepWorking, provision.StepRetrying:
		return clockTime(s.Elapsed(r.now)) + l.faint.Render(" / "+clockTime(s.Estimate))
	case provision.StepFailed:
		return clockTime(s.Elapsed(r.now))
	case provision.StepDone:
		if w.step >= 0 {
			if s.Started.IsZero() {
				return l.faint.Render("found done")
			}
			return clockTime(s.Elapsed(r.now))
		}
		return ""
	}
	estimate := s.Estimate
	if w.step < 0 {
		estimate = 0
		for _, i := range w.group.steps {
			if r.progress.Steps[i].State != provision.StepDone && w.group.name != hostsGroup {
				estimate += r.progress.Steps[i].Estimate
			} else {
				estimate = max(estimate, r.progress.Steps[i].Estimate)
			}
		}
	}
	return l.faint.Render(clockTime(estimate))
}

// reasonOf is what a step waits for, or why it is as it is.
func (r *runPage) reasonOf(s provision.StepProgress) string {
	if s.Reason != "" {
		return strings.Join(strings.Fields(s.Reason), " ")
	}
	if s.State != provision.StepWaiting {
		return ""
	}
	var open []string
	for _, o := range r.progress.Steps {
		if slices.Contains(s.Needs, o.ID) && o.State != provision.StepDone {
			open = append(open, o.ID)
		}
	}
	if len(open) > 3 {
		open = append(open[:3], fmt.Sprintf("%d more", len(open)-3))
	}
	if len(open) == 0 {
		return ""
	}
	return "needs " + list(open)
}

// standing counts the steps by their state.
func (r *runPage) standing(w int) string {
	l := r.desk.look
	var parts []string
	for _, s := range []provision.StepState{provision.StepFailed, provision.StepRetrying, provision.StepWorking, provision.StepReady, provision.StepWaiting, provision.StepSkipped, provision.StepDone} {
		if n := r.progress.Count(s); n > 0 {
			parts = append(parts, l.state(s).Render(fmt.Sprintf("%s %d %s", symbols[s], n, s)))
		}
	}
	if len(parts) == 0 {
		return l.faint.Render("nothing has happened yet")
	}
	state := "running"
	switch {
	case r.over():
		state = r.word()
	case r.stopping:
		state = "stopping"
	}
	return ends(strings.Join(parts, "  "), l.bold.Render(state), w)
}
