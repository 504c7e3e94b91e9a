package planner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// EvidenceDigest is what a waiver names the evidence by: 12 hexadecimal digits over
// code, path and evidence.
func EvidenceDigest(f Finding) string {
	sum := sha256.Sum256([]byte(f.Code + "\x00" + f.Path + "\x00" + f.Evidence))
	return hex.EncodeToString(sum[:6])
}

// Waive marks the findings that a waiver covers on the given day, and adds one for each
// waiver that covers nothing. A waiver ends with its date and with its evidence.
func Waive(waivers []Waiver, day Date, findings []Finding) []Finding {
	out := slices.Clone(findings)
	for i, w := range waivers {
		path := fmt.Sprintf("site.waivers[%d]", i)
		if !Waivable(w.Code) {
			out = append(out, Finding{Code: "waiver-refused", Severity: Block, Path: path, Owner: OwnerYou, Evidence: w.Code, Message: fmt.Sprintf("%s cannot be waived", w.Code), Remedy: "mend what it says, and remove the waiver"})
			continue
		}
		if w.Reason == "" || w.By == "" || w.Until.IsZero() {
			out = append(out, Finding{Code: "waiver-incomplete", Severity: Block, Path: path, Owner: OwnerYou, Evidence: w.Code, Message: "a waiver needs a reason, a name and an end", Remedy: "fill in reason, by and until"})
			continue
		}
		if w.Until < day {
			out = append(out, Finding{Code: "waiver-expired", Severity: Warn, Path: path, Owner: OwnerYou, Evidence: w.Until.String(), Message: fmt.Sprintf("the waiver of %s ended on %s", w.Code, w.Until), Remedy: "decide anew, or remove it"})
			continue
		}
		covered, other := false, ""
		for k := range out {
			if out[k].Code != w.Code || out[k].Path != w.Path {
				continue
			}
			if EvidenceDigest(out[k]) == w.Evidence {
				out[k].Waived, covered = &waivers[i], true
			} else {
				other = EvidenceDigest(out[k])
			}
		}
		switch {
		case other != "" && !covered:
			out = append(out, Finding{Code: "waiver-evidence", Severity: Warn, Path: path, Owner: OwnerYou, Evidence: other, Message: fmt.Sprintf("the waiver of %s was given for other evidence", w.Code), Remedy: "look at the finding again; to accept it, write evidence: " + other})
		case !covered:
			out = append(out, Finding{Code: "waiver-unused", Severity: Note, Path: path, Owner: OwnerYou, Evidence: w.Code, Message: fmt.Sprintf("the waiver of %s covers nothing", w.Code), Remedy: "remove it"})
		}
	}
	return out
}

// SortFindings orders findings: blocks, warnings, notes, then by path and code.
func SortFindings(findings []Finding) {
	rank := map[Severity]int{Block: 0, Warn: 1, Note: 2}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Code, b.Code))
	})
}
