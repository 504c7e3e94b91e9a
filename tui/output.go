package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/arcwright/arcwright/provision"
)

// pane is the last output of the selected step, below the list.
func (r *runPage) pane(s size) []string {
	if s.h <= 0 || len(r.progress.Steps) == 0 {
		return nil
	}
	step := r.chosen()
	lines := append([]string{r.paneTitle(step, s.w)}, r.paneReason(step, s.w, min(2, s.h-2))...)
	room := max(s.h-len(lines), 0)
	out := step.Output[max(0, len(step.Output)-room):]
	if len(out) == 0 && room > 0 {
		return append(lines, r.noOutput(step))
	}
	for _, text := range out {
		lines = append(lines, r.outputLine(text, s.w))
	}
	return lines
}

func (r *runPage) noOutput(step provision.StepProgress) string {
	text := "no output yet"
	if step.State == provision.StepDone || step.State == provision.StepFailed || step.State == provision.StepSkipped {
		text = "it printed nothing"
	}
	return r.desk.look.faint.Render(text)
}

// outputView is all that is kept of the output, over the whole page.
func (r *runPage) outputView(s size) string {
	step := r.chosen()
	lines := append([]string{r.paneTitle(step, s.w)}, r.paneReason(step, s.w, 2)...)
	room := max(s.h-len(lines), 0)
	out := r.outputLines(step, s.w)
	end := max(len(out)-r.below, min(room, len(out)))
	if end == 0 {
		lines = append(lines, r.noOutput(step))
	}
	return block(append(lines, out[max(0, end-room):end]...), s)
}

// outputLines is the output with its long lines broken.
func (r *runPage) outputLines(step provision.StepProgress, w int) []string {
	var lines []string
	for _, text := range step.Output {
		for i, line := range strings.Split(ansi.Hardwrap(printable(text), max(w-2, 1), true), "\n") {
			mark := "│ "
			if i > 0 {
				mark = "  "
			}
			lines = append(lines, r.desk.look.faint.Render(mark)+line)
		}
	}
	return lines
}

func (r *runPage) outputLine(text string, w int) string {
	return r.desk.look.faint.Render("│ ") + cut(printable(text), w-2)
}

// paneTitle is a rule with the step's name, state and times in it.
func (r *runPage) paneTitle(step provision.StepProgress, w int) string {
	l := r.desk.look
	title := "── " + step.ID
	if step.Host != "" {
		title += " on " + shortName(step.Host)
	}
	title += ", " + string(step.State)
	switch {
	case step.State == provision.StepDone && step.Started.IsZero():
		title += ", found done"
	case !step.Started.IsZero():
		title += fmt.Sprintf(" %s of usually %s", clockTime(step.Elapsed(r.now)), usual(step.Estimate))
	default:
		title += ", usually " + usual(step.Estimate)
	}
	if step.Attempt > 1 {
		title += fmt.Sprintf(", attempt %d", step.Attempt)
	}
	title = cut(title+" ", w)
	return l.bold.Render(title) + l.faint.Render(strings.Repeat("─", max(w-lipgloss.Width(title), 0)))
}

// paneReason is why the step is as it is, over n lines at most.
func (r *runPage) paneReason(step provision.StepProgress, w, n int) []string {
	reason := r.reasonOf(step)
	if reason == "" {
		return nil
	}
	if step.Code != "" {
		reason += " (" + step.Code + ")"
	}
	lines := wrapTo(reason, w, n)
	for i := range lines {
		lines[i] = r.desk.look.state(step.State).UnsetBold().Render(lines[i])
	}
	if hint := step.Known.Hint(); hint != "" {
		lines = append(lines, wrapTo(hint, w, n)...)
	}
	return lines
}

// printable replaces what would move the cursor or change the colours: output comes from
// the hosts.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\t':
			return ' '
		case c < ' ' || c >= 0x7f && c < 0xa0:
			return '·'
		}
		return c
	}, text)
}
