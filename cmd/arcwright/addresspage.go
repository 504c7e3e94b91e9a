package main

import (
	"fmt"
	"slices"
	"strings"
)

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
