package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

// mark is how a verdict stands in the matrix, and what it means.
func (v verdict) mark() (mark, meaning string) {
	switch v {
	case recovers:
		return "ok", "the run ends in done by itself"
	case resumes:
		return "resume", "it fails; once the fault has passed, arcwright resume completes it"
	case leavesBehind:
		return "LEFT", "it ends in done and leaves something on the site, listed below"
	case needsAPerson:
		return "PERSON", "somebody has to act before it can go on, listed below"
	case nothingMet:
		return "-", "the fault met nobody there"
	}
	return ".", "not tried"
}

// columnWidth is how wide the column of a fault is.
const columnWidth = 8

// drawMatrix prints the matrix in the width of a terminal.
func (p *program) drawMatrix(m *matrix, plan string) {
	say(p.out, "\n%s %d of %s (%.0f %%) in %s of %s\n", p.paint.bold("Step by fault:"), m.Tried, plural(len(m.Cells), "pair")+" tried",
		100*m.Share, spent(m.SpentSeconds), spent(m.BudgetSeconds))
	room := paper - 2 - columnWidth*len(m.kinds)
	width := 0
	for _, s := range m.steps {
		width = max(width, len(s))
	}
	width = max(min(width, room-1), 16)
	for _, line := range headings(m.kinds) {
		fmt.Fprintln(p.out, strings.TrimRight(fmt.Sprintf("  %-*s ", width, "")+line, " "))
	}
	untried, unstruck := 0, 0
	for _, step := range m.steps {
		if !slices.ContainsFunc(m.Cells, func(c *cell) bool { return c.Step == step }) {
			unstruck++
			continue
		}
		if !slices.ContainsFunc(m.Cells, func(c *cell) bool { return c.Step == step && c.Verdict != notTried }) {
			untried++
			continue
		}
		var row strings.Builder
		fmt.Fprintf(&row, "  %-*s ", width, shortened(step, width))
		for _, kind := range m.kinds {
			i := slices.IndexFunc(m.Cells, func(c *cell) bool { return c.Step == step && c.Fault == kind })
			if i < 0 {
				row.WriteString(strings.Repeat(" ", columnWidth))
				continue
			}
			row.WriteString(p.padded(m.Cells[i].Verdict, columnWidth))
		}
		fmt.Fprintln(p.out, strings.TrimRight(row.String(), " "))
	}
	if untried > 0 {
		say(p.out, "  and %s of which nothing was tried\n", plural(untried, "step"))
	}
	if unstruck > 0 {
		say(p.out, "  and %s that such a fault has nothing to do with\n", plural(unstruck, "step"))
	}
	fmt.Fprintln(p.out)
	for _, v := range []verdict{recovers, resumes, leavesBehind, needsAPerson, nothingMet, notTried} {
		n := 0
		for _, c := range m.Cells {
			if c.Verdict == v {
				n++
			}
		}
		if _, meaning := v.mark(); n > 0 {
			hang(p.out, fmt.Sprintf("  %s %3d  ", p.padded(v, 6), n), meaning)
		}
	}
	p.drawLasting(m)
	for _, like := range alike(m.Cells) {
		p.drawCells(like, plan)
	}
}

// drawLasting says how long the faults last that last, and what goes by itself.
func (p *program) drawLasting(m *matrix) {
	var lasting []string
	for _, k := range sim.FaultKinds() {
		for _, parameter := range k.Parameters {
			if parameter.Name == "for" && parameter.Default != "" && slices.Contains(m.kinds, k.Name) {
				lasting = append(lasting, k.Name+" lasts "+parameter.Default)
			}
		}
	}
	passing, such := 0, ""
	for _, c := range m.Cells {
		if len(c.Passing) > 0 {
			passing++
			such = cmp.Or(such, c.Passing[0])
		}
	}
	text := strings.Join(lasting, ", ")
	if passing > 0 {
		text += fmt.Sprintf(". In %s something was left that was gone %s later, such as %s.", plural(passing, "pair"), rounded(settling), such)
	}
	for _, line := range wrapped(text, paper-2) {
		fmt.Fprintf(p.out, "  %s\n", p.paint.dim(line))
	}
}

// alike groups the cells that a person has to know of: one group for the same fault, end
// and remedy.
func alike(cells []*cell) [][]*cell {
	var groups [][]*cell
	for _, c := range cells {
		if c.Verdict != needsAPerson && c.Verdict != leavesBehind {
			continue
		}
		i := slices.IndexFunc(groups, func(g []*cell) bool {
			o := g[0]
			return o.Verdict == c.Verdict && o.Fault == c.Fault && o.Owner == c.Owner && o.Remedy == c.Remedy && o.Again == c.Again && slices.Equal(o.Remains, c.Remains)
		})
		if i < 0 {
			groups = append(groups, []*cell{c})
			continue
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// drawCells says what a person has to know of cells that are alike.
func (p *program) drawCells(like []*cell, plan string) {
	c := like[0]
	var steps []string
	for _, l := range like {
		steps = append(steps, l.Step)
	}
	fmt.Fprintf(p.out, "\n%s %s\n", p.padded(c.Verdict, 0), p.paint.bold(c.Fault))
	say := func(label, text string) {
		for _, line := range wrapped(text, paper-12) {
			fmt.Fprintf(p.out, "  %-9s %s\n", label, line)
			label = ""
		}
	}
	say("at", few(steps, 8))
	say("why", c.Reason)
	if c.Owner != "" {
		say(string(c.Owner), c.Remedy)
	}
	switch c.Again {
	case "":
	case provision.OutcomeDone:
		say("then", "arcwright resume completes it")
	default:
		say("then", "arcwright resume still ends in "+string(c.Again))
	}
	for i, what := range c.Remains {
		say([]string{"left", ""}[min(i, 1)], what)
	}
	// On one line, so that it can be copied.
	fmt.Fprintf(p.out, "  %-9s arcwright apply %s --on sim --seed %d --fault %s\n", "replay", plan, c.Seed, c.Injected)
}

// padded is a verdict's mark in its colour, filled up to a width.
func (p *program) padded(v verdict, width int) string {
	mark, _ := v.mark()
	rest := strings.Repeat(" ", max(0, width-len(mark)))
	switch v {
	case recovers:
		mark = p.paint.good(mark)
	case resumes:
		mark = p.paint.warn(mark)
	case leavesBehind, needsAPerson:
		mark = p.paint.bad(mark)
	}
	return mark + rest
}

// headings are the kinds of fault as the heads of columns: one word under another, the
// last ones on the last line.
func headings(kinds []string) []string {
	deep := 0
	words := make([][]string, len(kinds))
	for i, k := range kinds {
		words[i] = strings.Split(k, "-")
		deep = max(deep, len(words[i]))
	}
	lines := make([]string, deep)
	for at := range deep {
		for _, w := range words {
			word := ""
			if i := at - (deep - len(w)); i >= 0 {
				word = w[i]
			}
			lines[at] += fmt.Sprintf("%-*s", columnWidth, word[:min(len(word), columnWidth-1)])
		}
	}
	return lines
}

// shortened is a step's id in so many columns; its end says more than its middle.
func shortened(id string, width int) string {
	if len(id) <= width {
		return id
	}
	head := width / 3
	return id[:head] + "…" + id[len(id)-(width-head-1):]
}

// spent is a real time in seconds for people.
func spent(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(100 * time.Millisecond).String()
}
