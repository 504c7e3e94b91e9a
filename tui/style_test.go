package tui

import (
	"image/color"
	"math"
	"testing"

	"charm.land/lipgloss/v2"
)

// Every colour can be read on its background: a contrast of 4.5 is what WCAG 2 asks of
// text (success criterion 1.4.3).
func TestColoursCanBeRead(t *testing.T) {
	grounds := map[backdrop][]color.Color{
		darkBackdrop:  {lipgloss.Color("#000000"), lipgloss.Color("#1e1e1e"), lipgloss.Color("#012456")},
		lightBackdrop: {lipgloss.Color("#ffffff"), lipgloss.Color("#fdf6e3")},
	}
	for b, all := range grounds {
		l := newLook(b)
		for name, s := range map[string]lipgloss.Style{"faint": l.faint, "accent": l.accent, "good": l.good, "warn": l.warn, "bad": l.bad} {
			for _, ground := range all {
				if c := contrast(s.GetForeground(), ground); c < 4.5 {
					t.Errorf("%s on the %s %v has a contrast of %.1f", name, b, ground, c)
				}
			}
		}
	}
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// As long as the background is not known, the terminal's own colours are used.
func TestAnUnknownBackgroundKeepsTheTerminalsColours(t *testing.T) {
	l := newLook(unknownBackdrop)
	for name, s := range map[string]lipgloss.Style{"plain": l.plain, "faint": l.faint, "accent": l.accent, "bold": l.bold} {
		if _, none := s.GetForeground().(lipgloss.NoColor); !none {
			t.Errorf("%s has the colour %v", name, s.GetForeground())
		}
	}
}
