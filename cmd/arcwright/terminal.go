package main

import (
	"io"
	"os"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// painter colours words. Colour never carries meaning alone, and none is written where
// the output is no terminal or NO_COLOR is set.
type painter struct{ on bool }

func newPainter(out io.Writer) painter {
	return painter{on: terminal(out) && colorprofile.Detect(out, os.Environ()) > colorprofile.Ascii}
}

func (p painter) style(s lipgloss.Style, text string) string {
	if !p.on {
		return text
	}
	return s.Render(text)
}

func (p painter) bold(text string) string { return p.style(lipgloss.NewStyle().Bold(true), text) }
func (p painter) dim(text string) string  { return p.style(lipgloss.NewStyle().Faint(true), text) }
func (p painter) good(text string) string {
	return p.style(lipgloss.NewStyle().Foreground(lipgloss.Color("2")), text)
}
func (p painter) warn(text string) string {
	return p.style(lipgloss.NewStyle().Foreground(lipgloss.Color("3")), text)
}
func (p painter) bad(text string) string {
	return p.style(lipgloss.NewStyle().Foreground(lipgloss.Color("1")).Bold(true), text)
}

// in writes text in one of the terminal's own colours; "" is none.
func (p painter) in(colour, text string) string {
	if colour == "" {
		return text
	}
	return p.style(lipgloss.NewStyle().Foreground(lipgloss.Color(colour)), text)
}

// cellsOf is how many cells of a terminal a text takes; colours take none.
func cellsOf(text string) int { return lipgloss.Width(text) }
