package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// mostEdits is how many edited keys are named one by one.
const mostEdits = 20

// An edit is one key of a plan that is not as it was made.
type edit struct {
	path string
	what string // changed, added, removed, or shortened: a list that lost an entry
	is   string
	was  string // "" when it cannot be known
}

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
	var list []edit
	if again && made.Digest == p.Digest {
		list = compare(before, now)
	} else if marked, whole := unseal(sealed); whole {
		list = fromMarks(marked, now, before)
	}
	var findings []Finding
	for i, e := range list {
		if i == mostEdits {
			findings = append(findings, edited("plan", fmt.Sprintf("%d more keys of the plan were edited", len(list)-i), ""))
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

func (e edit) finding() Finding {
	message := fmt.Sprintf("%s was %s after the plan was made", e.path, e.what)
	evidence := e.what
	if e.what == "changed" || e.is != "" {
		evidence = fmt.Sprintf("is %q", clip(e.is))
		message += fmt.Sprintf(": it is %q now", clip(e.is))
	}
	if e.was != "" {
		message += fmt.Sprintf(", it was %q", clip(e.was))
		evidence += fmt.Sprintf(", was %q", clip(e.was))
	}
	return edited("plan."+e.path, message, evidence)
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
