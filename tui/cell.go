package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// size is a number of columns and rows of the terminal.
type size struct{ w, h int }

// The smallest terminal that the screens fit on.
const (
	leastWidth  = 60
	leastHeight = 18
)

// wide is the width from which pages put things side by side.
const wide = 110

// cell is text of exactly w columns: cut with an ellipsis or padded.
func cell(text string, w int) string {
	text = cut(text, w)
	return text + spaces(w-lipgloss.Width(text))
}

// right is cell with the text at the right edge.
func right(text string, w int) string {
	text = cut(text, w)
	return spaces(w-lipgloss.Width(text)) + text
}

// cut is text of at most w columns.
func cut(text string, w int) string {
	if w <= 0 {
		return ""
	}
	return ansi.Truncate(text, w, "…")
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// wrap breaks text without styles into lines of at most w columns. It breaks at spaces
// only, so that names and commands can be copied, and inside a word that is too long.
func wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case lipgloss.Width(line)+1+lipgloss.Width(word) <= w:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
		for lipgloss.Width(line) > w {
			head := ansi.Truncate(line, w, "")
			if head == "" { // not even one wide character fits
				return lines
			}
			lines, line = append(lines, head), line[len(head):]
		}
	}
	return append(lines, line)
}

// wrapTo is wrap with at most n lines; what is left out is shown by an ellipsis.
func wrapTo(text string, w, n int) []string {
	lines := wrap(text, w)
	if len(lines) <= n {
		return lines
	}
	if n <= 0 {
		return nil
	}
	return append(lines[:n-1], cut(lines[n-1], w-1)+"…")
}

// ends puts two texts at both ends of a line of w columns; the left one gives way.
func ends(left, right string, w int) string {
	gap := w - lipgloss.Width(left) - lipgloss.Width(right)
	if gap < 1 {
		left = cut(left, max(w-lipgloss.Width(right)-1, 0))
		gap = max(w-lipgloss.Width(left)-lipgloss.Width(right), 0)
	}
	return cut(left+spaces(gap)+right, w)
}

// beside puts two blocks of lines side by side, the left one w columns wide.
func beside(left []string, w int, right []string) []string {
	var lines []string
	for i := range max(len(left), len(right)) {
		l, r := "", ""
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		lines = append(lines, cell(l, w)+r)
	}
	return lines
}

// window is n lines of a list, with those from top to bottom as near to its middle as can
// be.
func window(lines []string, n, top, bottom int) []string {
	n = max(n, 0)
	from := max(0, min((top+bottom+1-n)/2, top, len(lines)-n))
	return lines[from:min(from+n, len(lines))]
}

// block is exactly h lines of at most w columns.
func block(lines []string, s size) string {
	out := make([]string, max(s.h, 0))
	for i := range out {
		if i < len(lines) {
			out[i] = cut(lines[i], s.w)
		}
	}
	return strings.Join(out, "\n")
}
