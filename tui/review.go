package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/arcwright/arcwright/planner"
)

// A reviewPage shows the plan's file, and writes it.
type reviewPage struct {
	desk     *desk
	document []byte
	err      error
	lines    []string
	digest   string // of the plan that is shown
	first    int
	left     int
}

// enter encodes the plan, which takes a moment and is not done for every edit.
func (p *reviewPage) enter() {
	plan := p.desk.draft.plan
	if p.digest == plan.Digest && p.document != nil {
		return
	}
	p.document, p.err = planner.Encode(plan)
	p.digest, p.first, p.left = plan.Digest, 0, 0
	p.lines = strings.Split(strings.TrimSuffix(string(p.document), "\n"), "\n")
}

func (p *reviewPage) screen() screen { return screenReview }

func (p *reviewPage) why(do action) string {
	d := p.desk.draft
	switch do {
	case actApply:
		if blocked := d.blocked(); blocked != "" {
			return blocked + "; f shows them"
		}
		if d.setup.Apply == nil {
			return "this set-up only plans: w writes the files, arcwright apply carries the plan out"
		}
		return p.unwritten()
	case actWrite:
		return p.unwritten()
	}
	return ""
}

// unwritten says why there is no plan to write or apply.
func (p *reviewPage) unwritten() string {
	if p.err != nil {
		return "the plan cannot be written: " + p.err.Error()
	}
	if unread := p.desk.unread(); unread != "" {
		return "mend what was typed first: " + unread
	}
	return ""
}

// most is the last line that the page can begin with.
func (p *reviewPage) most() int { return max(len(p.lines)-(p.desk.size.h-reviewHead), 0) }

// reviewHead is the lines above the plan.
const reviewHead = 3

func (p *reviewPage) act(do action) (move, command) {
	page := max(p.desk.size.h-reviewHead-1, 1)
	switch do {
	case actUp, actDown, actPageUp, actPageDown, actTop, actBottom:
		by := map[action]int{actUp: -1, actDown: 1, actPageUp: -page, actPageDown: page, actTop: -len(p.lines), actBottom: len(p.lines)}[do]
		p.first = max(0, min(p.first+by, p.most()))
	case actNext:
		for i := p.first + 1; i < len(p.lines); i++ {
			if p.begins(i) {
				p.first = min(i, p.most())
				break
			}
		}
	case actPrevious:
		for i := p.first - 1; i >= 0; i-- {
			if i == 0 || p.begins(i) {
				p.first = i
				break
			}
		}
	case actLeft:
		p.left = max(p.left-16, 0)
	case actRight:
		longest := 0
		for _, line := range p.lines {
			longest = max(longest, ansi.StringWidth(line))
		}
		p.left = max(min(p.left+16, longest-p.desk.size.w), 0)
	case actWrite:
		p.desk.notice = "writing…"
		return stay, p.desk.draft.save(p.document, false)
	case actFindings:
		return toFindings, nil
	case actApply:
		return forward, nil
	case actBack:
		return back, nil
	}
	return stay, nil
}

// begins reports whether a part of the plan begins at a line: a comment at the edge,
// after an empty line.
func (p *reviewPage) begins(i int) bool {
	return i > 0 && p.lines[i-1] == "" && strings.HasPrefix(p.lines[i], "#")
}

func (p *reviewPage) view(s size) string {
	l, d := p.desk.look, p.desk.draft
	if p.err != nil {
		return block(append([]string{l.bad.Render("✗ The plan cannot be written.")}, wrap(p.err.Error(), s.w)...), s)
	}
	head := l.good.Render("✓ The plan can be applied.")
	if blocked := d.blocked(); blocked != "" {
		head = l.bad.Render("✗ " + strings.ToUpper(blocked[:1]) + blocked[1:] + ".")
	}
	room := s.h - reviewHead
	first := max(min(p.first, len(p.lines)-room), 0)
	last := min(first+room, len(p.lines))
	at := fmt.Sprintf(" lines %d to %d of %d ╌╌", first+1, last, len(p.lines))
	lines := []string{head, l.faint.Render("digest ") + p.digest, l.faint.Render(strings.Repeat("╌", max(s.w-lipgloss.Width(at), 0)) + at)}
	for _, line := range p.lines[first:max(last, first)] {
		lines = append(lines, p.line(line, s.w))
	}
	return block(lines, s)
}

// line is a line of the plan, its comments faint.
func (p *reviewPage) line(text string, w int) string {
	if p.left > 0 {
		text = ansi.TruncateLeft(text, p.left, "")
	}
	text = cut(printable(text), w)
	l := p.desk.look
	if strings.HasPrefix(text, "#") {
		return l.accent.UnsetBold().Render(text)
	}
	if i := strings.Index(text, " # "); i >= 0 {
		return text[:i] + l.faint.Render(text[i:])
	}
	return text
}
