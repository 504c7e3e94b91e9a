package tui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
)

// A resultPage says how a run has ended, and what to do next.
type resultPage struct {
	desk  *desk
	run   *runPage
	first int
}

func (p *resultPage) enter() {
	p.first = 0
	p.run.reading = false
}

func (p *resultPage) screen() screen { return screenResult }

func (p *resultPage) why(action) string { return "" }

func (p *resultPage) act(do action) (move, command) {
	most := max(len(p.lines(p.desk.size.w))-p.desk.size.h, 0)
	page := max(p.desk.size.h-1, 1)
	switch do {
	case actUp, actDown, actPageUp, actPageDown, actTop, actBottom:
		by := map[action]int{actUp: -1, actDown: 1, actPageUp: -page, actPageDown: page, actTop: -most, actBottom: most}[do]
		p.first = max(0, min(p.first+by, most))
	case actBack:
		return toRun, nil
	case actQuit:
		return stay, tea.Quit
	}
	return stay, nil
}

func (p *resultPage) view(s size) string {
	lines := p.lines(s.w)
	return block(lines[max(0, min(p.first, len(lines)-s.h)):], s)
}

func (p *resultPage) lines(w int) []string {
	l, r := p.desk.look, p.run
	var lines []string
	say := func(indent int, text string) {
		for _, line := range wrap(text, w-indent) {
			lines = append(lines, spaces(indent)+line)
		}
	}
	title := func(text string) { lines = append(lines, "", l.bold.Render(text)) }

	switch r.result() {
	case provision.OutcomeDone:
		lines = append(lines, l.good.Bold(true).Render("✓ Done")+": everything in the plan is there.")
	case provision.OutcomeInterrupted:
		lines = append(lines, l.warn.Bold(true).Render("■ Stopped")+": nothing more is begun; what runs on the hosts goes on there.")
	case provision.OutcomeRefused:
		lines = append(lines, l.bad.Render("✗ Refused")+": nothing was submitted. Somebody has to decide first.")
	case provision.OutcomeFailed:
		lines = append(lines, l.bad.Render("✗ Failed")+": not everything in the plan is there.")
	default:
		lines = append(lines, l.warn.Render("? The run ended without saying how."))
	}
	done, all := r.progress.Count(provision.StepDone), len(r.progress.Steps)
	say(2, fmt.Sprintf("%d of %s done in %s; usually it takes %s.", done, count(all, "step"), clockTime(r.progress.Elapsed(r.now)), usual(r.progress.Estimate)))

	p.failures(title, say)
	title("What to do next")
	for _, next := range p.next() {
		text, line, _ := strings.Cut(next, "\n")
		say(2, text)
		if line != "" { // a command or a path stands alone, to be copied
			lines = append(lines, "    "+l.bold.Render(line))
		}
	}
	return lines
}

// failures says what failed and why, what was not tried, and what still runs.
func (p *resultPage) failures(title func(string), say func(int, string)) {
	r := p.run
	var failed, skipped, working []provision.StepProgress
	for _, s := range r.progress.Steps {
		switch s.State {
		case provision.StepFailed:
			failed = append(failed, s)
		case provision.StepSkipped:
			skipped = append(skipped, s)
		case provision.StepWorking, provision.StepRetrying:
			working = append(working, s)
		}
	}
	if len(failed) > 0 {
		title("What failed")
	}
	for _, s := range failed {
		head := symbols[s.State] + " " + s.ID
		if s.Host != "" {
			head += " on " + shortName(s.Host)
		}
		if !s.Started.IsZero() {
			head += " after " + clockTime(s.Elapsed(r.now))
		}
		if s.Attempt > 1 {
			head += fmt.Sprintf(", attempt %d", s.Attempt)
		}
		say(2, head)
		say(4, r.reasonOf(s))
		if hint := s.Known.Hint(); hint != "" {
			say(4, hint)
		}
	}
	if len(failed) == 0 && r.err != nil {
		title("Why")
		say(2, r.err.Error())
	}
	if len(failed) == 0 && r.err == nil && r.progress.Reason != "" && r.result() != provision.OutcomeDone {
		title("Why")
		say(2, r.progress.Reason)
	}
	if len(working) > 0 {
		title("Still at work on the hosts")
		say(2, ids(working))
	}
	if len(skipped) > 0 {
		title("Not tried")
		say(2, ids(skipped))
	}
}

func ids(steps []provision.StepProgress) string {
	var all []string
	for _, s := range steps {
		all = append(all, s.ID)
	}
	return strings.Join(all, ", ")
}

// next is what the operator should do.
func (p *resultPage) next() []string {
	r := p.run
	var next []string
	again := r.job.again()
	var leased *provision.ErrLeased
	var locked *provision.ErrLocked
	if errors.As(r.err, &leased) || errors.As(r.err, &locked) {
		return append(next, "Wait until the other run has ended; arcwright lease list shows who works here. Then:\n"+again)
	}
	switch r.result() {
	case provision.OutcomeDone:
		next = append(next, "Nothing. The plan can be applied again at any time: what is there is left as it is.")
	case provision.OutcomeInterrupted:
		next = append(next, "Go on with:\n"+again)
	case provision.OutcomeRefused:
		next = append(next, "Remove or rename what is in the way, or take it out of the site; then:\n"+again)
	default:
		next = append(next, "Mend the cause, then go on with:\n"+again)
	}
	if r.job.Kubeconfigs != "" && p.fetched() {
		next = append(next, "The clusters' kubeconfigs are in:\n"+r.job.Kubeconfigs)
	}
	return next
}

// fetched reports whether credentials of a cluster were fetched.
func (p *resultPage) fetched() bool {
	for _, s := range p.run.progress.Steps {
		if kind, _, _ := strings.Cut(s.ID, "/"); kind == string(planner.FetchCredential) && s.State == provision.StepDone {
			return true
		}
	}
	return false
}
