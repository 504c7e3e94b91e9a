package planner

import (
	"bytes"
	"fmt"

	"gopkg.in/yaml.v3"
)

// schemaHint has editors check a file as it is typed.
const schemaHint = "# yaml-language-server: $schema=https://raw.githubusercontent.com/arcwright/arcwright/main/docs/schema/"

// planHead explains the file to whoever opens it.
const planHead = schemaHint + `plan.schema.json
# An arcwright plan: what will be done, and why it will fit.
# Read it from top to bottom: summary, findings, addresses, headroom, storage, cost and steps, then the site and
# the inventory it was made of. Figures say beside them where they come from.
# Do not edit it. Change the site file and plan again: a plan that was edited is refused, and the seal
# at the end tells which key it was. Comments and layout are free.
`

// parts says what each part of a plan file is for, in the lines above it.
var parts = map[string]string{
	"inputs":    "What the plan was made of, by SHA-256. apply refuses any other.",
	"summary":   "The plan in a few numbers.",
	"findings":  "What is wrong or worth knowing. A block stops apply, unless the site file waives it.",
	"addresses": "Every address, with the rule that asks for it.",
	"headroom":  "What room the hosts have: with all of them, during an upgrade, and after losing one and two.",
	"sizing":    "The node pools, held against the workloads that the site names.",
	"storage":   "What Storage Spaces Direct has to give, and who takes it.",
	"cost":      "What will be billed, in the platform's own unit.",
	"steps":     "What will run, on which host, with which parameters. Secrets are references. Steps of one target run in turn. No vendor publishes times: the estimates are our own.",
	"site":      "The site file, as it was read.",
	"inventory": "The hosts, as they were read.",
	"seal":      "A short mark of every value above, in order.",
}

// textPerMark is how much longer plans are than their seals: 11 to 12 times.
const textPerMark = 13

// Encode writes a plan file: YAML with the same bytes for the same plan, comments that say
// where each derived value comes from, and at the end the seal that an edit is found by.
func Encode(p Plan) ([]byte, error) {
	root := document(p)
	sealed := seal(root)
	annotate(root, p)
	root.Content = append(root.Content, &node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "seal"}, &node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.LiteralStyle, Value: sealed})
	var out bytes.Buffer
	out.Grow(len(planHead) + textPerMark*len(sealed))
	out.WriteString(planHead)
	printer := printer{out: &out}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if comment, ok := parts[root.Content[i].Value]; ok {
			fmt.Fprintf(&out, "\n# %s\n", comment)
		}
		if err := printer.part(root.Content[i], root.Content[i+1]); err != nil {
			return nil, fmt.Errorf("encode plan: %w", err)
		}
	}
	return out.Bytes(), nil
}

// noted puts a comment behind the value of a key.
func noted(n *node, name, comment string) {
	if c := n.key(name); c != nil {
		c.LineComment = comment
	}
}
