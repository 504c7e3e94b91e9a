package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// The frame is the lines above and below a page: the name and the place, the stages, a
// rule; and a rule, the state of the plan or of the run, the keys.
const frameHeight = 6

// inner is the size of a page.
func (m *model) inner() size {
	return size{max(m.size.w-2, 0), max(m.size.h-frameHeight, 0)}
}

func (m *model) fits() bool { return m.size.w >= leastWidth && m.size.h >= leastHeight }

// View draws the screen.
func (m *model) View() tea.View {
	v := tea.NewView(m.draw())
	v.AltScreen = true
	v.WindowTitle = m.title()
	if r := m.live; r != nil && !r.over() {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarDefault, r.progress.Percent(r.now))
	}
	return v
}

func (m *model) title() string {
	if r := m.live; r != nil {
		if r.over() {
			return fmt.Sprintf("arcwright: %s %s", r.progress.Site, r.word())
		}
		return fmt.Sprintf("arcwright: %s %d %%", r.progress.Site, r.progress.Percent(r.now))
	}
	return "arcwright: " + m.desk.draft.site.Name
}

func (m *model) draw() string {
	if m.size.w <= 0 || m.size.h <= 0 {
		return ""
	}
	if !m.fits() {
		return m.small()
	}
	w, in := m.size.w, m.inner()
	rule := m.desk.look.faint.Render(strings.Repeat("─", w))
	body := ""
	switch {
	case m.help != nil:
		body = m.help.view(m.desk.look, in)
	case m.desk.ask != nil:
		body = m.desk.ask.view(m.desk.look, in)
	default:
		body = m.page().view(in)
	}
	lines := []string{m.headline(w), m.trail(w), rule}
	for _, line := range strings.Split(body, "\n") {
		lines = append(lines, " "+line)
	}
	lines = append(lines[:min(len(lines), m.size.h-3)], rule, " "+cut(m.statusLine(w-2), w-2), m.barOf(w))
	return block(lines, m.size)
}

// small is what a terminal shows that is too small for the pages.
func (m *model) small() string {
	text := fmt.Sprintf("arcwright needs %d columns and %d rows; this terminal has %d and %d. Make it larger.", leastWidth, leastHeight, m.size.w, m.size.h)
	lines := wrap(text, m.size.w)
	if m.live == nil && m.desk.ask != nil {
		lines = append(lines, wrap("ctrl+c again leaves, and what was not written is lost.", m.size.w)...)
	}
	if r := m.live; r != nil {
		lines = append(lines, wrap(fmt.Sprintf("The run goes on: %d %%.", r.progress.Percent(r.now)), m.size.w)...)
		if r.over() {
			lines = append(lines[:len(lines)-1], wrap("The run has ended: "+r.word()+".", m.size.w)...)
		}
	}
	return block(lines, m.size)
}

func (m *model) headline(w int) string {
	l := m.desk.look
	name, where := "", ""
	if m.live != nil {
		name, where = m.live.progress.Site, m.live.job.Where
	} else {
		name, where = m.desk.draft.site.Name, m.desk.draft.setup.Where
	}
	if name == "" && m.live == nil {
		name = "a new site"
	}
	left := " " + l.accent.Render("arcwright") + "  " + l.bold.Render(name)
	return ends(left, l.faint.Render(cut(where, w*6/10))+" ", w)
}

// trail shows where the operator is among the stages.
func (m *model) trail(w int) string {
	l := m.desk.look
	if m.stage == stageRun || m.stage == stageResult {
		return " " + cut(l.current.Render(" "+titles[m.stage]+" ")+"  "+m.live.job.Run, w-1)
	}
	var parts []string
	at, passed := 0, true
	for i, s := range setupStages {
		switch {
		case s == m.stage:
			at, passed = i, false
			parts = append(parts, l.current.Render(" "+titles[s]+" "))
		case passed:
			parts = append(parts, titles[s])
		default:
			parts = append(parts, l.faint.Render(titles[s]))
		}
	}
	line := " " + strings.Join(parts, l.faint.Render(" › "))
	if lipgloss.Width(line) > w {
		line = fmt.Sprintf(" Step %d of %d: %s", at+1, len(setupStages), l.current.Render(" "+titles[m.stage]+" "))
	}
	return line
}

// statusLine is the answer to the last key, or else how the plan or the run stands.
func (m *model) statusLine(w int) string {
	l := m.desk.look
	if m.desk.notice != "" {
		return l.bold.Render(cut(m.desk.notice, w))
	}
	if m.live != nil {
		return m.live.standing(w)
	}
	d := m.desk.draft
	blocks, warnings, notes := d.counts()
	var parts []string
	if blocks > 0 {
		parts = append(parts, l.bad.Render("✗ "+count(blocks, "block")))
	} else {
		parts = append(parts, l.good.Render("✓ nothing blocks it"))
	}
	if warnings > 0 {
		parts = append(parts, l.warn.Render("! "+count(warnings, "warning")))
	}
	if notes > 0 {
		parts = append(parts, l.faint.Render("i "+count(notes, "note")))
	}
	sum := d.plan.Summary
	about := count(sum.VMs, "machine")
	if w >= 72 {
		about = fmt.Sprintf("%s, %s, about %s", count(sum.Clusters, "cluster"), about, usual(sum.Estimate))
	}
	return ends(strings.Join(parts, "  "), l.faint.Render(about), w)
}
