package planner

import (
	"strconv"

	"github.com/arcwright/arcwright/profiles"
)

// A wording keeps the texts that many values of one plan have in common, each made once.
type wording struct {
	sources map[profiles.Source]string
	rules   map[counting]string
}

type counting struct {
	n    int
	what string
}

func newWording() *wording {
	return &wording{sources: map[profiles.Source]string{}, rules: map[counting]string{}}
}

// cite is the text of a source.
func (w *wording) cite(s profiles.Source) string {
	text, known := w.sources[s]
	if !known {
		text = cite(s)
		w.sources[s] = text
	}
	return text
}

// rule is such as "5 kept for upgrading the cluster".
func (w *wording) rule(n int, what string) string {
	text, known := w.rules[counting{n, what}]
	if !known {
		text = strconv.Itoa(n) + " " + what
		w.rules[counting{n, what}] = text
	}
	return text
}
