package tui

import (
	"image/color"

	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
)

// backdrop is what is known of the terminal's background.
type backdrop string

const (
	unknownBackdrop backdrop = ""
	darkBackdrop    backdrop = "dark"
	lightBackdrop   backdrop = "light"
)

// A look is every style of the screens.
type look struct {
	plain, bold, faint, accent, good, warn, bad, current lipgloss.Style
	// fields are the styles of the forms' fields; huh asks for them many times a frame.
	fields *huh.Styles
}

// newLook makes the styles for a background. As long as it is not known, colour is left
// to the terminal's own palette, and to as few of it as are readable on both.
func newLook(b backdrop) look {
	none := lipgloss.NewStyle()
	shade := func(dark, light string) lipgloss.Style {
		var c color.Color
		switch b {
		case darkBackdrop:
			c = lipgloss.Color(dark)
		case lightBackdrop:
			c = lipgloss.Color(light)
		}
		return none.Foreground(c)
	}
	l := look{
		plain: none, bold: none.Bold(true), current: none.Bold(true).Reverse(true),
		faint: shade("#98a2b3", "#59636e"), accent: shade("#79c0ff", "#0550ae").Bold(true),
		good: shade("#6fdd8b", "#116329"), warn: shade("#e3b341", "#7d4e00"), bad: shade("#ff938a", "#b42318").Bold(true),
	}
	if b == unknownBackdrop {
		l.faint, l.accent = none.Faint(true), none.Bold(true)
		l.good, l.warn, l.bad = none.Foreground(lipgloss.Green), none.Foreground(lipgloss.Yellow), none.Foreground(lipgloss.Red).Bold(true)
	}
	l.fields = l.fieldStyles()
	return l
}

// fieldStyles draw no frame around a field.
func (l look) fieldStyles() *huh.Styles {
	s := huh.ThemeBase(false)
	f := huh.FieldStyles{
		PrevIndicator: l.accent.SetString("‹ "), NextIndicator: l.accent.SetString(" ›"),
		SelectedOption: l.bold, Option: l.plain,
		TextInput: huh.TextInputStyles{Cursor: l.accent, Placeholder: l.faint, Prompt: l.plain, Text: l.bold},
	}
	s.Focused, s.Blurred = f, f
	return s
}
