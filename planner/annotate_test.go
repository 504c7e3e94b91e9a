package planner

import (
	"slices"
	"testing"
	"time"

	"github.com/arcwright/arcwright/profiles"
	"gopkg.in/yaml.v3"
)

// TestEveryDerivedValueSaysWhereItComesFrom walks the parts of a plan that the planner
// worked out: each number, amount and duration in them has a comment behind it, or a
// reason, a rule or an explanation beside it.
func TestEveryDerivedValueSaysWhereItComesFrom(t *testing.T) {
	var silent []string
	var walk func(n *node, path string, explained bool)
	walk = func(n *node, path string, explained bool) {
		switch n.Kind {
		case yaml.SequenceNode:
			for _, c := range n.Content {
				walk(c, path+"[]", explained)
			}
		case yaml.MappingNode:
			for _, name := range []string{"reason", "rule"} {
				explained = explained || n.key(name) != nil
			}
			for i := 0; i+1 < len(n.Content); i += 2 {
				// what a step is given stands in the site, which is part of the plan
				if name := n.Content[i].Value; name != "params" {
					walk(n.Content[i+1], path+"."+name, explained)
				}
			}
		case yaml.ScalarNode:
			if measured(n) && !explained && n.LineComment == "" && !slices.Contains(silent, path) {
				silent = append(silent, path)
			}
		}
	}
	for _, name := range examples {
		p := Make(exampleInput(t, name))
		root := document(p)
		annotate(root, p)
		for _, part := range []string{"summary", "addresses", "headroom", "cost", "steps"} {
			walk(root.key(part), part, false)
		}
	}
	if len(silent) > 0 {
		t.Errorf("values that nothing explains: %q", silent)
	}
}

// measured reports whether a value is a number, an amount of memory or a duration.
func measured(n *node) bool {
	if n.Tag == "!!int" || n.Tag == "!!float" {
		return true
	}
	_, amount := profiles.ParseBytes(n.Value)
	_, duration := time.ParseDuration(n.Value)
	return n.Value != "" && (amount == nil || duration == nil)
}
