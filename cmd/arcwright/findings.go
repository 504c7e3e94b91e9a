package main

import (
	"fmt"
	"io"

	"github.com/arcwright/arcwright/planner"
)

// printFindings writes findings for a person: what, where, and what to do about it.
func (p *program) printFindings(to io.Writer, findings []planner.Finding) {
	paint := painter{on: p.paint.on && to == p.out}
	for _, f := range findings {
		mark := map[planner.Severity]string{planner.Block: paint.bad("BLOCK"), planner.Warn: paint.warn("WARN "), planner.Note: paint.dim("note ")}[f.Severity]
		if f.Waived != nil {
			mark = paint.warn("WAIVED")
		}
		hangAt(to, mark+" "+f.Code+"  ", 6, f.Message)
		where := f.Path
		if f.File != "" {
			where = fmt.Sprintf("%s:%d:%d  %s", f.File, f.Line, f.Column, f.Path)
		}
		hang(to, "      at ", where)
		if f.Evidence != "" {
			hangAt(to, "      seen: ", 8, f.Evidence)
		}
		if f.Remedy != "" {
			hangAt(to, "      do: ", 8, f.Remedy)
		}
		if f.Stops() && planner.Waivable(f.Code) {
			hangAt(to, "      ", 8, "to accept it all the same: a waiver with evidence: "+planner.EvidenceDigest(f))
		}
		if f.Waived != nil {
			hangAt(to, "      ", 8, fmt.Sprintf("waived until %s by %s: %s", f.Waived.Until, f.Waived.By, f.Waived.Reason))
		}
	}
}

// count tallies findings that still count, by severity.
func count(findings []planner.Finding) map[planner.Severity]int {
	n := map[planner.Severity]int{}
	for _, f := range findings {
		if f.Waived == nil {
			n[f.Severity]++
		}
	}
	return n
}

func tally(findings []planner.Finding) string {
	n := count(findings)
	return fmt.Sprintf("%d blocking, %s, %s", n[planner.Block], plural(n[planner.Warn], "warning"), plural(n[planner.Note], "note"))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
