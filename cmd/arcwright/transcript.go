package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
)

// transcriptWidth is how wide the text of a transcript is, unless a value is longer.
const transcriptWidth = 80

// transcript prints every cmdlet that a plan will run.
func (p *program) transcript(plan planner.Plan, output, file string) error {
	t, err := provision.TranscriptOf(plan)
	if err != nil {
		return err
	}
	if output == "json" {
		document, err := json.MarshalIndent(t, "", "  ")
		if err != nil {
			return fmt.Errorf("write transcript: %w", err)
		}
		return p.emit(file, append(document, '\n'))
	}
	var b strings.Builder
	writeTranscript(&b, t)
	return p.emit(file, []byte(b.String()))
}

// writeTranscript writes it for a person.
func writeTranscript(b io.Writer, t provision.Transcript) {
	fmt.Fprintf(b, "%s: what its %s will run, in this order (plan %s)\nA parameter without a value is a switch, or its value is found on the host.\n", t.Site, plural(len(t.Steps), "step"), t.Plan[:min(12, len(t.Plan))])
	for i, s := range t.Steps {
		fmt.Fprintf(b, "\n%d. %s\n", i+1, s.Step)
		if s.Host != "" {
			fmt.Fprintf(b, "   on %s\n", s.Host)
		}
		if s.Script != nil {
			how := ""
			if s.Script.Kind == provision.ScriptTask {
				how = ", as a task"
			}
			fmt.Fprintf(b, "   script %s, sha256 %s%s\n", s.Script.Name, s.Script.SHA256[:12], how)
			writeCalls(b, s.Script.Calls)
		} else {
			for _, line := range packed(strings.Fields("no script: "+s.Instead), 3) {
				fmt.Fprintln(b, line)
			}
		}
		if s.Repair != nil {
			fmt.Fprintf(b, "   if it is found broken, first script %s, sha256 %s\n", s.Repair.Name, s.Repair.SHA256[:12])
			writeCalls(b, s.Repair.Calls)
		}
	}
	fmt.Fprint(b, "\nAround these: looks, which change nothing, the lease, and the start of a task.\nValues are found on the host, or are those of the run.\n")
	for _, s := range t.Around {
		fmt.Fprintf(b, "\n   script %s (%s), sha256 %s\n", s.Name, s.Kind, s.SHA256[:12])
		writeCalls(b, s.Calls)
	}
}

func writeCalls(b io.Writer, calls []provision.CallTranscript) {
	for _, c := range calls {
		words := []string{c.Cmdlet}
		for _, given := range c.Parameters {
			word := "-" + given.Name
			switch {
			case given.Secret != "":
				word += " (the secret " + given.Secret + ")"
			case given.Result != "":
				word += " (of " + given.Result + ")"
			case given.Value != "":
				word += " '" + strings.ReplaceAll(given.Value, "'", "''") + "'"
			}
			words = append(words, word)
		}
		for _, line := range packed(words, 5) {
			fmt.Fprintln(b, line)
		}
		if c.Only != "" {
			for _, line := range packed(append([]string{"#", "only", "if"}, strings.Fields(c.Only)...), 9) {
				fmt.Fprintln(b, line)
			}
		}
	}
}

// packed puts words into lines of at most transcriptWidth, none of them broken. Lines
// after the first are indented by four more.
func packed(words []string, indent int) []string {
	var lines []string
	line := strings.Repeat(" ", indent)
	empty := true
	for _, w := range words {
		if !empty && len([]rune(line))+1+len([]rune(w)) > transcriptWidth {
			lines = append(lines, line)
			line, empty = strings.Repeat(" ", indent+4), true
		}
		if !empty {
			line += " "
		}
		line, empty = line+w, false
	}
	return append(lines, line)
}
