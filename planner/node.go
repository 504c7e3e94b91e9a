package planner

import "gopkg.in/yaml.v3"

// A node is a part of a canonical document: the YAML library's node without what only files
// have, such as places. A plan has some ten thousand of them.
type node struct {
	Kind    yaml.Kind
	Style   yaml.Style
	Tag     string
	Value   string
	Content []*node
	// LineComment stands behind the value.
	LineComment string
	// word is set for keys that stand everywhere as they are.
	word bool
}

// key is the value of a key of a mapping, nil when it has none.
func (n *node) key(name string) *node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// library is the node as the YAML library knows it.
func (n *node) library() *yaml.Node {
	out := &yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value, LineComment: n.LineComment}
	for _, c := range n.Content {
		out.Content = append(out.Content, c.library())
	}
	return out
}
