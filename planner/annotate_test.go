package planner

import (
	"slices"
	"strings"
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

// TestEachFigureOfStorageAndPoolsSaysItsOwnRule looks behind the figures that have a reason in
// common, which does not tell one from another.
func TestEachFigureOfStorageAndPoolsSaysItsOwnRule(t *testing.T) {
	p := Make(exampleInput(t, "baseline"))
	root := document(p)
	annotate(root, p)
	own := func(n *node, path string) (figures int) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if value := n.Content[i+1]; value.Kind == yaml.ScalarNode && measured(value) {
				figures++
				if value.LineComment == "" {
					t.Errorf("%s.%s has no comment of its own", path, n.Content[i].Value)
				}
			}
		}
		return figures
	}
	if n := own(root.key("storage"), "storage"); n < 8 {
		t.Errorf("storage has only %d figures", n)
	}
	for _, s := range root.key("sizing").Content {
		if n := own(s, "sizing"); n < 3 {
			t.Errorf("sizing has only %d figures", n)
		}
	}
	text, err := Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "maxPods: ") && strings.Contains(line, "nodePool: {") && !strings.Contains(line, "# maxPods as the site gives it") {
			t.Errorf("nothing says where maxPods is from: %s", line)
		}
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
