package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"

	"github.com/arcwright/arcwright/planner"
)

// A form is fields one below the other, one of which has the cursor. Every key changes
// the site at once.
type form struct {
	desk   *desk
	fields []*field
	at     int
	label  int // columns of the labels
}

func newForm(d *desk, fields ...*field) *form {
	f := &form{desk: d, fields: fields}
	for _, x := range fields {
		f.label = max(f.label, lipgloss.Width(x.label))
	}
	f.reset()
	return f
}

// step is the next field in a direction that is not hidden, or from when there is none.
func (f *form) step(from, by int) int {
	for i := from + by; i >= 0 && i < len(f.fields); i += by {
		if h := f.fields[i].hidden; h == nil || !h() {
			return i
		}
	}
	return from
}

func (f *form) focus(i int) {
	if i < 0 {
		return
	}
	f.fields[f.at].blur()
	f.at = i
	f.fields[i].focus(f.desk)
}

// reset puts the cursor into the first field.
func (f *form) reset() {
	if len(f.fields) > 0 {
		f.focus(f.step(-1, 1))
	}
}

// find puts the cursor into the field of a key, and reports whether there is one.
func (f *form) find(path string) bool {
	for i, x := range f.fields {
		if path != "" && (x.path == path || slices.Contains(x.also, path)) && (x.hidden == nil || !x.hidden()) {
			f.focus(i)
			return true
		}
	}
	return false
}

// act goes from field to field; beyond the first and the last it asks for another page.
func (f *form) act(do action) move {
	switch do {
	case actUp:
		f.focus(f.step(f.at, -1))
	case actDown:
		f.focus(f.step(f.at, 1))
	case actNext:
		next := f.step(f.at, 1)
		if next == f.at {
			return forward
		}
		f.focus(next)
	case actPrevious:
		next := f.step(f.at, -1)
		if next == f.at {
			return back
		}
		f.focus(next)
	}
	return stay
}

// last reports whether the cursor is in the last field.
func (f *form) last() bool { return f.step(f.at, 1) == f.at }

func (f *form) typed(msg tea.Msg) {
	x := f.fields[f.at]
	if !x.typed(msg) {
		return
	}
	site := cloneSite(f.desk.draft.site)
	if x.err = x.set(&site, x.text); x.err == nil {
		x.was = x.text
		f.desk.draft.edit(func(s *planner.Site) { *s = site })
	}
}

// wrong names the first field whose text cannot be read, empty when all can.
func (f *form) wrong() string {
	for _, x := range f.fields {
		if x.err != nil && (x.hidden == nil || !x.hidden()) {
			return x.label + ": " + x.err.Error()
		}
	}
	return ""
}

// lines draws the form over w columns, and tells which lines the field with the cursor
// takes.
func (f *form) lines(w int) (lines []string, top, bottom int) {
	l := f.desk.look
	for i, x := range f.fields {
		if x.hidden != nil && x.hidden() {
			continue
		}
		if x.head != "" {
			if len(lines) > 0 {
				lines = append(lines, "")
			}
			lines = append(lines, l.bold.Render(x.head))
		}
		focused := i == f.at
		mark, label := "  ", cell(x.label, f.label)
		if focused {
			mark, label = l.accent.Render("▸ "), l.accent.Render(label)
			top = len(lines)
		}
		lines = append(lines, mark+label+"  "+f.value(x, focused, w-f.label-4))
		lines = append(lines, f.remarks(x, focused, w-f.label-4)...)
		if focused {
			bottom = len(lines) - 1
		}
	}
	return lines, top, bottom
}

// value draws the text of a field. The input with the cursor is told its width and hint
// here: they follow from the size and the plan, and huh draws from nothing else.
func (f *form) value(x *field, focused bool, w int) string {
	l := f.desk.look
	hint := ""
	if x.hint != nil {
		hint = x.hint()
	}
	switch {
	case focused:
		if in, ok := x.input.(*huh.Input); ok {
			in.Placeholder(hint)
		}
		x.input.WithWidth(max(w, 4))
		return cut(x.input.View(), w)
	case x.text == "" && x.options == nil:
		return l.faint.Render(cut(hint, w))
	}
	return cut(printable(x.shown()), w)
}

// remarks are what is wrong with a field: all of it where the cursor is, a line elsewhere.
func (f *form) remarks(x *field, focused bool, w int) []string {
	l := f.desk.look
	indent := spaces(f.label + 4)
	if x.err != nil {
		lines := wrapTo("✗ "+x.err.Error(), w, 2)
		for i := range lines {
			lines[i] = indent + l.bad.Render(lines[i])
		}
		return lines
	}
	var lines []string
	for _, path := range append([]string{x.path}, x.also...) {
		if path == "" {
			continue
		}
		for _, found := range f.desk.draft.at(path) {
			if found.Severity == planner.Note && !focused {
				continue
			}
			sign, style := l.severity(found)
			most := 1
			if focused {
				most = 2
			}
			for i, line := range wrapTo(sign+" "+found.Message, w, most) {
				if i > 0 {
					line = "  " + cut(line, w-2)
				}
				lines = append(lines, indent+style.Render(line))
			}
			if focused && found.Remedy != "" && found.Stops() {
				for _, line := range wrapTo("→ "+found.Remedy, w, 2) {
					lines = append(lines, indent+line)
				}
			}
		}
	}
	return lines
}
