package tui

import tea "charm.land/bubbletea/v2"

// A formPage is what pages with a form have in common.
type formPage struct {
	desk *desk
	form *form
	at   screen
}

func newFormPage(d *desk, at screen, f *form) formPage {
	d.forms = append(d.forms, f)
	return formPage{desk: d, form: f, at: at}
}

func (p *formPage) enter() {
	if !p.form.find(p.desk.goal) {
		p.form.reset()
	}
}

func (p *formPage) screen() screen { return p.at }

func (p *formPage) typed(msg tea.Msg) bool {
	p.form.typed(msg)
	return true
}

// why keeps the operator on the page as long as something typed cannot be read.
func (p *formPage) why(do action) string {
	if do == actForward || do == actNext && p.form.last() {
		if wrong := p.form.wrong(); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (p *formPage) act(do action) (move, command) {
	switch do {
	case actForward:
		return forward, nil
	case actBack:
		return back, nil
	}
	return p.form.act(do), nil
}

// shown is the part of the form around the cursor, over n lines at most.
func (p *formPage) shown(w, n int) []string {
	lines, top, bottom := p.form.lines(w)
	return window(lines, n, top, bottom)
}

// current is the field with the cursor.
func (p *formPage) current() *field { return p.form.fields[p.form.at] }
