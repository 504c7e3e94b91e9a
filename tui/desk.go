package tui

import tea "charm.land/bubbletea/v2"

// command is something to be done outside the model.
type command = tea.Cmd

// A desk is what the pages share.
type desk struct {
	look look
	// size is that of a page, without the frame around it.
	size size
	// notice is the answer to the last key, in the line above the keys.
	notice string
	// draft is the site in the making; nil in a live view.
	draft *draft
	// ask is the question that stands in front of the page.
	ask *question
	// forms are those whose fields stay while other pages are shown.
	forms []*form
	// target is where toStage goes, and goal the key that is looked for there.
	target stage
	goal   string
}

// unread names a field whose text is no value yet, and which the site does not have;
// empty when there is none.
func (d *desk) unread() string {
	for _, f := range d.forms {
		if wrong := f.wrong(); wrong != "" {
			return wrong
		}
	}
	return ""
}
