package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// A helpPage lists all keys of a screen, in front of its page.
type helpPage struct {
	of    screen
	why   func(action) string
	first int
}

func (m *model) toggleHelp() {
	if m.help != nil {
		m.help = nil
		return
	}
	h := &helpPage{of: m.screen(), why: m.page().why}
	if m.desk.ask != nil {
		h.why = func(action) string { return "" }
	}
	m.help = h
}

func (h *helpPage) act(do action) {
	switch do {
	case actUp:
		h.first = max(h.first-1, 0)
	case actDown:
		h.first = min(h.first+1, len(of(h.of)))
	}
}

func (h *helpPage) view(l look, s size) string {
	lines := []string{l.bold.Render("Keys: " + string(h.of)), ""}
	const column = 26
	for _, b := range of(h.of) {
		var names []string
		for _, k := range b.keys {
			names = append(names, printKey(k))
		}
		text := b.long
		if why := h.why(b.do); why != "" {
			text += " (not now: " + why + ")"
		}
		for i, line := range wrap(text, s.w-column-2) {
			key := ""
			if i == 0 {
				key = l.accent.Render(strings.Join(names, "  "))
			}
			lines = append(lines, cell(key, column)+"  "+line)
		}
	}
	from := max(min(h.first, len(lines)-s.h), 0)
	return block(lines[from:], s)
}

// barOf is the help bar of a screen: what its keys do, as many as fit, and faint what
// they do not do now.
func (m *model) barOf(w int) string {
	l, s := m.desk.look, m.screen()
	var last string // the key for help has its place at the end
	var items []string
	room := w - 2
	add := func(b binding) {
		label := b.short
		if m.desk.ask != nil && m.help == nil && b.do != actHelp {
			label = m.desk.ask.short[b.do]
			if b.do == actWrite && label != "" {
				label = b.short
			}
		}
		if label == "" {
			return
		}
		key := printKey(b.keys[0])
		if b.do == actType {
			key = printKey(b.keys[0]) + printKey(b.keys[1])
		}
		item := l.accent.Render(key) + " " + label
		if m.help == nil && m.desk.ask == nil && m.page().why(b.do) != "" {
			item = l.faint.Render(key + " " + label)
		}
		if b.do == actHelp {
			last = item
			room -= lipgloss.Width(item) + 2
			return
		}
		items = append(items, item)
	}
	for _, b := range of(s) {
		add(b)
	}
	line := ""
	for _, item := range items {
		if lipgloss.Width(item)+2 > room {
			continue
		}
		room -= lipgloss.Width(item) + 2
		line += item + "  "
	}
	return ends(" "+strings.TrimRight(line, " "), last+" ", w)
}
