package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// A question stands in front of a page until it is answered.
type question struct {
	lines []string
	// short are the labels of the answers, by action; an action without one is no answer.
	short map[action]string
	yes   func() tea.Cmd
	write func() tea.Cmd
}

// leaving asks before a set-up is left.
func (m *model) leaving() *question {
	d := m.desk.draft
	q := &question{lines: []string{"Leave the set-up?"}, short: map[action]string{actYes: "leave", actNo: "stay"}, yes: func() tea.Cmd { return tea.Quit }}
	unread := m.desk.unread()
	switch {
	case d.changed():
		q.lines = append(q.lines, "What was changed is not written yet.")
		q.short = map[action]string{actWrite: "write " + d.setup.SiteFile + " and leave", actYes: "leave without it", actNo: "stay"}
		q.write = func() tea.Cmd { return d.save(nil, true) }
	case unread == "":
		q.lines = append(q.lines, "Nothing is lost: the site is as it was read or written.")
	}
	if unread != "" {
		q.lines = append(q.lines, "This is lost either way, as it is no value yet. "+unread)
	}
	return q
}

// answer takes the answer to a question.
func (m *model) answer(do action) tea.Cmd {
	q := m.desk.ask
	if _, ok := q.short[do]; !ok {
		m.desk.notice = "answer with " + strings.Join(q.keys(), ", ")
		return nil
	}
	if do == actWrite {
		return q.write() // the question stays until the file is written
	}
	m.desk.ask = nil
	if do == actYes {
		return q.yes()
	}
	return nil
}

// keys are the keys that answer.
func (q *question) keys() []string {
	var keys []string
	for _, b := range of(screenAsk) {
		if _, ok := q.short[b.do]; ok && b.do != actHelp {
			keys = append(keys, b.keys[0])
		}
	}
	return keys
}

func (q *question) view(l look, s size) string {
	lines := []string{""}
	for i, text := range q.lines {
		for _, line := range wrap(text, s.w-4) {
			if i == 0 {
				line = l.bold.Render(line)
			}
			lines = append(lines, "  "+line)
		}
	}
	lines = append(lines, "")
	for _, b := range of(screenAsk) {
		if label, ok := q.short[b.do]; ok {
			lines = append(lines, "  "+l.accent.Render(right(printKey(b.keys[0]), 3))+"  "+label)
		}
	}
	return block(lines, s)
}
