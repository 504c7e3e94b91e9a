package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// mostEdits is how many edited keys are named one by one, mostLooked how many are looked
// for when that takes work.
const (
	mostEdits  = 20
	mostLooked = 1000
)

// editFindings names what was edited in a plan whose content does not have its digest.
// It makes the plan again from the site and the inventory that it carries: if that has the
// digest, the two are compared. If not, the site, the inventory or the program is another,
// and the marks of the seal are compared.
func editFindings(p Plan, sealed string) []Finding {
	now := leaves(document(p))
	made, again := remake(p)
	var before []leaf
	if again {
		before = leaves(document(made))
	}
	var list []Difference
	if again && made.Digest == p.Digest {
		list = compare(before, now)
	} else if marked, whole := unseal(sealed); whole {
		list = fromMarks(marked, now, before)
	}
	var findings []Finding
	for i, e := range list {
		if i == mostEdits {
			findings = append(findings, edited("plan", fmt.Sprintf("%s of the plan %s edited", many(len(list)-i, "more key"), does(len(list)-i, "was", "were")), ""))
			break
		}
		findings = append(findings, e.finding())
	}
	if len(list) == 0 {
		findings = append(findings, edited("plan.digest", "the plan does not have the digest it was made with, and where it was edited cannot be told", p.Digest))
	}
	return findings
}

func edited(path, message, evidence string) Finding {
	return Finding{Code: "plan-edited", Severity: Block, Path: path, Message: message, Evidence: evidence,
		Remedy: "edit the site file and plan again", Owner: OwnerYou}
}

func (d Difference) finding() Finding {
	message := fmt.Sprintf("%s was %s after the plan was made", d.Path, d.Change)
	evidence := string(d.Change)
	if d.Change == Changed || d.Is != "" {
		evidence = fmt.Sprintf("is %s", quoted(clip(d.Is)))
		message += fmt.Sprintf(": it is %s now", quoted(clip(d.Is)))
	}
	if d.Was != "" {
		message += fmt.Sprintf(", it was %s", quoted(clip(d.Was)))
		evidence += fmt.Sprintf(", was %s", quoted(clip(d.Was)))
	}
	return edited("plan."+d.Path, message, evidence)
}

// clip keeps a message to one line of a reasonable length.
func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// remake plans again from what a plan carries, when this program has the very profile the
// plan was made with.
func remake(p Plan) (Plan, bool) {
	profile, err := profiles.Load(p.Site.Platform)
	if err != nil || profile.Digest != p.Inputs.Profile {
		return Plan{}, false
	}
	at := Positions{}
	for _, f := range p.Findings {
		if f.Line > 0 {
			at[f.Path] = Position{f.File, f.Line, f.Column}
		}
	}
	return Make(Input{Site: p.Site, Inventory: p.Inventory, Profile: profile, Scripts: p.Inputs.Scripts, Positions: at}), true
}

// fromMarks lists the edits from the marks of a seal to the leaves a plan has now. before
// are the leaves of a plan made again, which may tell what was there.
func fromMarks(sealed []mark, now, before []leaf) []Difference {
	was := map[string]leaf{}
	for _, l := range before {
		was[l.path] = l
	}
	known := planShapes()
	var list []Difference
	for _, d := range differences(sealed, marks(now), mark.shape) {
		if len(list) == mostLooked {
			break
		}
		switch {
		case d.b < 0:
			gone := removed(sealed[d.a], now, d.at, known)
			if n := len(list); n == 0 || list[n-1] != gone {
				list = append(list, gone)
			}
		case d.a < 0:
			list = append(list, Difference{Path: now[d.b].path, Change: Added, Is: now[d.b].node.Value})
		default:
			e := Difference{Path: now[d.b].path, Change: Changed, Is: now[d.b].node.Value}
			if old, ok := was[e.Path]; ok && markOf(old) == sealed[d.a] {
				e.Was = old.node.Value
			}
			list = append(list, e)
		}
	}
	return collapse(list, Added, now)
}
