package main

import (
	"fmt"
	"io"
	"strings"
)

// paper is how wide text is printed, in cells: as wide as the narrowest terminal.
const paper = 80

// mostHang is how deep a text is indented below its first line at the most; deeper it would
// be a column of single words.
const mostHang = 34

// wrapped is a text in lines of so many cells; a word that is longer has its own.
func wrapped(text string, width int) []string {
	return inLines(strings.Fields(text), width)
}

// inLines sets words, which may hold spaces, in lines of at most so many cells. A longer
// word has a line of its own.
func inLines(words []string, width int) []string {
	var lines []string
	for _, word := range words {
		if n := len(lines); n > 0 && cellsOf(lines[n-1])+1+cellsOf(word) <= width {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}

// hang prints a text behind a head; its further lines stand below its first, or below the
// head where that is long.
func hang(to io.Writer, head, text string) error {
	deep := cellsOf(head)
	if deep > mostHang {
		deep = indentOf(head) + 4
	}
	return hangAt(to, head, deep, text)
}

// hangAt prints a text behind a head, its further lines so deep.
func hangAt(to io.Writer, head string, deep int, text string) error {
	if !strings.Contains(text, "\n") && cellsOf(head)+cellsOf(text) <= paper {
		_, err := io.WriteString(to, strings.TrimRight(head+text, " ")+"\n")
		return err
	}
	words := strings.Fields(text)
	first, room := 0, paper-cellsOf(head)
	for ; first < len(words); first++ {
		need := cellsOf(words[first]) + min(first, 1)
		if need > room && (first > 0 || cellsOf(head) > deep) {
			break
		}
		room -= need
	}
	lines := []string{strings.TrimRight(head+strings.Join(words[:first], " "), " ")}
	for _, line := range inLines(words[first:], paper-deep) {
		lines = append(lines, strings.Repeat(" ", deep)+line)
	}
	_, err := io.WriteString(to, strings.Join(lines, "\n")+"\n")
	return err
}

// say prints lines. One that is too wide goes on below, a little deeper than it began.
func say(to io.Writer, format string, args ...any) error {
	var b strings.Builder
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		line = strings.TrimRight(line, "\n")
		at := len(line)
		if cellsOf(line) > paper {
			at = cutAt(line, paper)
		}
		b.WriteString(strings.TrimRight(line[:at], " ") + "\n")
		deep := strings.Repeat(" ", indentOf(line)+4)
		for _, rest := range wrapped(line[at:], paper-len(deep)) {
			b.WriteString(deep + rest + "\n")
		}
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// indentOf is how many spaces a line begins with.
func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// cutAt is where a line has to end, in bytes: at the last space within so many cells, or at
// the first behind them.
func cutAt(line string, width int) int {
	begin, at := indentOf(line), len(line)
	for i, r := range line {
		if r != ' ' || i < begin {
			continue
		}
		if cellsOf(line[:i]) > width {
			return min(at, i)
		}
		at = i
	}
	return at
}
