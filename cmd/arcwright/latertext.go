package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// drawLater prints what becomes of the site that is left alone.
func (p *program) drawLater(l *later) {
	say(p.out, "\n%s %s, until %s; looked at %s\n", p.paint.bold("Left alone for"), plural(l.Days, "day"), profiles.DateOf(l.From.AddDate(0, 0, l.Days)), plural(l.Looks, "time"))
	if len(l.Lapses) == 0 {
		fmt.Fprintln(p.out, "  "+p.paint.good("every step is still found done"))
	}
	for i, gone := range l.Lapses {
		if i > 0 && gone.Day == l.Lapses[i-1].Day {
			continue // it is named with the one before
		}
		var steps []string
		for _, o := range l.Lapses[i:] {
			if o.Day == gone.Day {
				steps = append(steps, o.Step)
			}
		}
		say(p.out, "\n  day %-4.0f %s, whole on day %.0f\n", gone.Day, p.paint.bad(plural(len(steps), "step")+" no longer done"), math.Floor(gone.Whole))
		p.indented(few(steps, 8))
		p.indented(gone.Step + " is " + string(gone.Observed) + ": " + gone.Reason)
	}
	if len(l.Ends) == 0 {
		return
	}
	say(p.out, "\n  %s\n", p.paint.bold("What ends, unless somebody renews it"))
	for _, e := range l.Ends {
		seen := "by the figures: the simulator has no model of it"
		switch {
		case len(e.Lapsed) > 0:
			seen = p.paint.bad("seen: " + plural(len(e.Lapsed), "step") + " lapsed")
		case e.Modelled:
			seen = "no step lapsed with it"
		}
		say(p.out, "\n  day %-4.0f %s  %s\n", e.Day, e.Date, seen)
		what := e.What
		if len(e.Clusters) > 0 {
			what += " of " + few(e.Clusters, 8)
		}
		p.indented(what)
		p.indented("then: " + e.Effect)
		p.indented("do: " + e.Remedy)
		p.indented(p.paint.dim("from: " + e.Source))
	}
}

// indented prints a text below the head of an entry.
func (p *program) indented(text string) {
	for _, line := range wrapped(text, paper-13) {
		say(p.out, "           %s\n", line)
	}
}

// few names so many of a list, and how many there are more.
func few(names []string, most int) string {
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
