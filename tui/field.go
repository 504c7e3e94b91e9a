package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"github.com/arcwright/arcwright/planner"
)

// A field is one line of a form. It shows a key of the site, and writes what was typed
// back to it. What cannot be read as a value stays in the field with the reason, and the
// site keeps what it had.
type field struct {
	label string
	// head starts a new section of the form.
	head string
	// path is the key of the site; findings about it are shown under the field.
	path string
	// also are further keys whose findings are shown here.
	also []string
	// set reads the text into the site.
	set func(*planner.Site, string) error
	// hint stands in an empty field.
	hint func() string
	// hidden leaves the field out.
	hidden func() bool
	// options make the field a choice; keys are the texts, values what people read.
	options []option

	text  string // what is typed
	was   string // what the site has of it
	err   error
	input huh.Field // while the cursor is in it
}

// An option is one of a choice.
type option struct{ value, label string }

// plainOptions are options that are read as they are written.
func plainOptions[T ~string](values []T) []option {
	var list []option
	for _, v := range values {
		list = append(list, option{string(v), string(v)})
	}
	return list
}

// textField edits a text.
func textField(label, path, text string, set func(*planner.Site, string) error) *field {
	return &field{label: label, path: path, text: text, was: text, set: set}
}

// choiceField edits a choice. A value that is none of the options becomes one more, so
// that showing it does not change it.
func choiceField(label, path, value string, options []option, set func(*planner.Site, string) error) *field {
	if !slices.ContainsFunc(options, func(o option) bool { return o.value == value }) {
		label := value
		if label == "" {
			label = "not chosen"
		}
		options = append([]option{{value, label}}, options...)
	}
	return &field{label: label, path: path, text: value, was: value, options: options, set: set}
}

// focus makes the input behind the field, with the cursor at the end of its text. Moving
// from field to field is left to the form: huh's own way is a message that is still under
// way when the next key comes.
func (f *field) focus(d *desk) {
	theme := huh.ThemeFunc(func(bool) *huh.Styles { return d.look.fields })
	keys := huh.NewDefaultKeyMap()
	keys.Input.Next.SetEnabled(false)
	keys.Input.Prev.SetEnabled(false)
	keys.Input.Submit.SetEnabled(false)
	if f.options == nil {
		f.input = huh.NewInput().Prompt("").Value(&f.text).WithTheme(theme).WithKeyMap(keys)
		f.input.Focus()
		return
	}
	keys.Select.Left.SetKeys("left")
	keys.Select.Right.SetKeys("right", "space")
	for _, b := range []interface{ SetEnabled(bool) }{&keys.Select.Filter, &keys.Select.Next, &keys.Select.Prev, &keys.Select.Submit,
		&keys.Select.HalfPageUp, &keys.Select.HalfPageDown, &keys.Select.GotoTop, &keys.Select.GotoBottom} {
		b.SetEnabled(false)
	}
	var options []huh.Option[string]
	for _, o := range f.options {
		options = append(options, huh.NewOption(o.label, o.value))
	}
	s := huh.NewSelect[string]().Options(options...).Value(&f.text)
	f.input = s.WithTheme(theme).WithKeyMap(keys)
	s.Inline(true)
	f.input.Focus()
}

// blur takes the cursor from the field.
func (f *field) blur() { f.input = nil }

// typed gives the field a key or a pasted text, and reports whether its text is another
// since. The commands of the input are dropped: they only make the cursor blink, or read
// the clipboard where the terminal can paste.
func (f *field) typed(msg tea.Msg) bool {
	before := f.text
	next, _ := f.input.Update(msg)
	f.input = next.(huh.Field)
	return f.text != before
}

// shown is the text as a person reads it.
func (f *field) shown() string {
	for _, o := range f.options {
		if o.value == f.text {
			return o.label
		}
	}
	return f.text
}
