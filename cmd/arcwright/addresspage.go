package main

import (
	"fmt"
	"slices"
	"strings"
)

// paper is how wide a page is.
const paper = 80

// A page prints text that fits the narrowest terminal, and keeps its sources for the end.
type page struct {
	p       *program
	sources []string
}

// head begins a part.
func (g *page) head(text string) { fmt.Fprintln(g.p.out, "\n"+g.p.paint.bold(text)) }

// item prints a text behind a margin, wrapped, with the number of its source.
func (g *page) item(margin, text, source string) {
	if source != "" {
		i := slices.Index(g.sources, source)
		if i < 0 {
			i = len(g.sources)
			g.sources = append(g.sources, source)
		}
		text += fmt.Sprintf(" [%d]", i+1)
	}
	for _, line := range wrapped(text, paper-len(margin)) {
		fmt.Fprintln(g.p.out, margin+line)
		margin = strings.Repeat(" ", len(margin))
	}
}

// inLines sets words, which may hold spaces, in lines of at most so many bytes. A longer word has a line of its own.
func inLines(words []string, width int) []string {
	lines := []string{""}
	for _, word := range words {
		last := &lines[len(lines)-1]
		if *last != "" && len(*last)+1+len(word) > width {
			lines = append(lines, word)
			continue
		}
		*last = strings.TrimPrefix(*last+" "+word, " ")
	}
	return lines
}
