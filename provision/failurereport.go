package provision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// A FailureReport is a failure that nothing is known of, ready to be pasted where
// somebody may know it.
type FailureReport struct {
	// Program and System are the version of this program and what it runs on.
	Program, System string
	// Platform is the profile of the site, empty when it was not said.
	Platform string
	// Atlas is what was looked in.
	Atlas profiles.Atlas
	// Failure is the text, masked.
	Failure Masked
}

// longestReport is how much of a text a report takes, in bytes: its end.
const longestReport = 24 << 10

// ReportText is the end of a text, masked, as much as a report takes.
func ReportText(text string, known *Redactor) Masked {
	if cut := len(text) - longestReport; cut > 0 {
		text = text[cut:]
		if _, whole, found := strings.Cut(text, "\n"); found {
			text = whole
		}
		text = "(what came before is left out)\n" + text
	}
	return Mask(text, known)
}

// Markdown is the report as text.
func (r FailureReport) Markdown() string {
	var b strings.Builder
	platform := r.Platform
	if platform == "" {
		platform = "not said"
	}
	fmt.Fprintf(&b, "### A failure that the atlas does not know\n\n- arcwright %s on %s\n- platform: %s\n- atlas: %d failures, read %s\n- masked: %s\n\n", r.Program, r.System, platform, len(r.Atlas.Failures), r.Atlas.Read, r.Failure.summary())
	fence := "```"
	for strings.Contains(r.Failure.Text, fence) {
		fence += "`"
	}
	fmt.Fprintf(&b, "%stext\n%s\n%s\n\n- What was being done:\n- What helped in the end:\n", fence, strings.TrimSpace(r.Failure.Text), fence)
	return b.String()
}

// summary says how much was masked.
func (m Masked) summary() string {
	var parts []string
	for kind, n := range m.Count {
		parts = append(parts, fmt.Sprintf("%d %s", n, kind))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	slices.SortFunc(parts, func(a, b string) int {
		_, a, _ = strings.Cut(a, " ")
		_, b, _ = strings.Cut(b, " ")
		return strings.Compare(a, b)
	})
	return strings.Join(parts, ", ")
}
