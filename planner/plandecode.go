package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// planFamily is what the versions of all plan files begin with.
const planFamily = "arcwright.dev/plan/v"

// kinds are the kinds of step that this program carries out.
var kinds = []StepKind{PrepareHost, Configure, Install, CreateNetwork, CreateCluster, CreateNodePool, FetchCredential, WaitNodes, ApplyNamespace, ApplyStorage,
	LogicalNetwork, CreateAksArc, AddAksArcPool}

// DecodePlan reads a plan file strictly. It answers with a blocking finding for what is
// not YAML, for a key or a value it does not know, for a plan of another version, for
// steps it cannot carry out, and for each key that was edited since the plan was made.
// The Plan is usable only when there are no findings.
func DecodePlan(name string, data []byte) (Plan, []Finding) {
	var p Plan
	root, fault := parse(name, data, "plan")
	if fault != nil {
		return p, []Finding{*fault}
	}
	if deep := deepest(root, deepestPlan); deep != nil {
		return p, []Finding{{Code: "input-syntax", Severity: Block, Path: "plan", File: name, Line: deep.Line, Column: deep.Column, Owner: OwnerYou,
			Message: fmt.Sprintf("keys and lists stand more than %d deep in one another", deepestPlan), Remedy: "plan again: no plan is like that"}}
	}
	if other := otherKind(name, root, "plan", "Plan", &p); other != nil {
		return p, []Finding{*other}
	}
	if newer := newerPlan(name, root); newer != nil {
		return p, []Finding{*newer}
	}
	w := walker{file: name, positions: Positions{}}
	if w.header(root, "plan", "Plan", PlanVersion); len(w.findings) > 0 {
		return p, w.findings
	}
	sealed := takeSeal(root)
	if w.document(root, "plan", &p); len(w.findings) > 0 {
		return p, w.findings
	}
	if err := root.Decode(&p); err != nil {
		w.refuse(root, "plan", "input-type", "the plan cannot be read: "+err.Error(), "plan again")
		return p, w.findings
	}
	places := placesOf(name, root)
	findings := stepFindings(p)
	if p.Digest != Digest(p) {
		findings = append(findings, editFindings(p, sealed)...)
	}
	for i := range findings {
		places.Locate(&findings[i])
	}
	return p, findings
}

// deepestPlan is how deep a plan may go, well beyond what Make makes.
const deepestPlan = 64

// deepest finds something that stands deeper than allowed, nil when nothing does.
func deepest(n *yaml.Node, allowed int) *yaml.Node {
	if allowed < 0 {
		return n
	}
	for _, c := range n.Content {
		if deep := deepest(c, allowed-1); deep != nil {
			return deep
		}
	}
	return nil
}

// newerPlan reports a plan that a later program wrote.
func newerPlan(file string, root *yaml.Node) *Finding {
	version := child(root, "version")
	if version == nil {
		return nil
	}
	number, ok := strings.CutPrefix(version.Value, planFamily)
	ours, _ := strconv.Atoi(strings.TrimPrefix(PlanVersion, planFamily))
	if theirs, err := strconv.Atoi(number); !ok || err != nil || theirs <= ours {
		return nil
	}
	return &Finding{Code: "plan-newer", Severity: Block, Path: "plan.version", File: file, Line: version.Line, Column: version.Column,
		Message:  fmt.Sprintf("the plan has version %s, this program reads %s", quoted(version.Value), PlanVersion),
		Evidence: version.Value, Remedy: "use the program that made the plan, or plan again with this one", Owner: OwnerYou}
}

// takeSeal takes the seal out of a plan, since it is no part of a Plan.
func takeSeal(root *yaml.Node) string {
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "seal" {
			value := root.Content[i+1].Value
			root.Content = slices.Delete(root.Content, i, i+2)
			return value
		}
	}
	return ""
}

// placesOf tells where everything stands in a file, parameters included.
func placesOf(file string, root *yaml.Node) Positions {
	places := Positions{}
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		if _, seen := places[path]; !seen {
			places[path] = Position{file, n.Line, n.Column}
		}
		switch n.Kind {
		case yaml.SequenceNode:
			for i, c := range n.Content {
				walk(c, path+"["+strconv.Itoa(i)+"]")
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				at := path + "." + n.Content[i].Value
				places[at] = Position{file, n.Content[i].Line, n.Content[i].Column}
				walk(n.Content[i+1], at)
			}
		}
	}
	walk(root, "plan")
	return places
}

// stepFindings reports steps that this program cannot carry out as they stand.
func stepFindings(p Plan) []Finding {
	var list []Finding
	seen := map[string]bool{}
	add := func(i int, key, code, message, evidence string) {
		list = append(list, Finding{Code: code, Severity: Block, Path: fmt.Sprintf("plan.steps[%d].%s", i, key), Message: message, Evidence: evidence,
			Remedy: "plan again with this program, or apply with the one that made the plan", Owner: OwnerYou})
	}
	for i, s := range p.Steps {
		if !slices.Contains(kinds, s.Kind) {
			add(i, "kind", "plan-step-unknown", fmt.Sprintf("this program has no step of the kind %s", quoted(s.Kind)), string(s.Kind))
		}
		if seen[s.ID] {
			add(i, "id", "plan-step-order", fmt.Sprintf("the step %s stands twice", s.ID), s.ID)
		}
		for _, need := range s.Needs {
			if !seen[need] {
				add(i, "needs", "plan-step-order", fmt.Sprintf("%s needs %s, which is not before it", s.ID, need), need)
			}
		}
		seen[s.ID] = true
	}
	return list
}
