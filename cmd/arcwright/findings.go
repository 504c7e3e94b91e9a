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
		fmt.Fprintf(to, "%s %s  %s\n", mark, f.Code, f.Message)
		where := f.Path
		if f.File != "" {
			where = fmt.Sprintf("%s:%d:%d  %s", f.File, f.Line, f.Column, f.Path)
		}
		fmt.Fprintf(to, "      at %s\n", where)
		if f.Evidence != "" {
			fmt.Fprintf(to, "      seen: %s\n", f.Evidence)
		}
		if f.Remedy != "" {
			fmt.Fprintf(to, "      do: %s\n", f.Remedy)
		}
		if f.Stops() && planner.Waivable(f.Code) {
			fmt.Fprintf(to, "      to accept it all the same: a waiver with evidence: %s\n", planner.EvidenceDigest(f))
		}
		if f.Waived != nil {
			fmt.Fprintf(to, "      waived until %s by %s: %s\n", f.Waived.Until, f.Waived.By, f.Waived.Reason)
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
