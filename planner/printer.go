package planner

import (
	"bytes"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// A printer writes the nodes of a scribe as YAML, with the bytes that the YAML library
// would write for them and in a fraction of its time. What it is not sure of, it leaves to
// the library.
type printer struct {
	out *bytes.Buffer
	// asked are the scalars that the library was asked about.
	asked map[askedScalar]string
}

type askedScalar struct {
	value, tag string
	style      yaml.Style
	flow       bool
}

// part writes one key of a document and its value.
func (p *printer) part(key, value *node) error {
	if !shortKeys(value) {
		encoder := yaml.NewEncoder(p.out)
		encoder.SetIndent(2)
		if err := encoder.Encode((&node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*node{key, value}}).library()); err != nil {
			return err
		}
		return encoder.Close()
	}
	return p.pairs([]*node{key, value}, 0)
}

// shortKeys reports whether every key is a short word in ASCII, which stands before its
// colon without a mark.
func shortKeys(n *node) bool {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			if !c.word && (len(c.Value) > 100 || strings.ContainsFunc(c.Value, func(r rune) bool { return r < ' ' || r > '~' })) {
				return false
			}
		} else if !shortKeys(c) {
			return false
		}
	}
	return true
}

// pairs writes the keys of a block mapping, each on a line of its own. The first line is
// begun already.
func (p *printer) pairs(content []*node, indent int) error {
	for i := 0; i+1 < len(content); i += 2 {
		if i > 0 {
			p.begin(indent)
		}
		if err := p.scalar(content[i], false); err != nil {
			return err
		}
		p.out.WriteByte(':')
		if value := content[i+1]; inBlock(value) {
			p.out.WriteByte('\n')
			p.begin(indent + 2)
			if err := p.block(value, indent+2); err != nil {
				return err
			}
		} else if err := p.inline(value, indent); err != nil {
			return err
		}
	}
	return nil
}

// block writes a mapping or a sequence over several lines, the first of them begun already.
func (p *printer) block(n *node, indent int) error {
	if n.Kind == yaml.MappingNode {
		return p.pairs(n.Content, indent)
	}
	for i, item := range n.Content {
		if i > 0 {
			p.begin(indent)
		}
		p.out.WriteByte('-')
		if inBlock(item) {
			p.out.WriteByte(' ')
			if err := p.block(item, indent+2); err != nil {
				return err
			}
		} else if err := p.inline(item, indent); err != nil {
			return err
		}
	}
	return nil
}

// inline ends a line with a value and the comment behind it.
func (p *printer) inline(n *node, indent int) error {
	p.out.WriteByte(' ')
	if n.Kind == yaml.ScalarNode && n.Style == yaml.LiteralStyle {
		p.literal(n.Value, indent+2)
		return nil
	}
	if err := p.flow(n, n.Kind != yaml.ScalarNode); err != nil {
		return err
	}
	if n.LineComment != "" {
		p.out.WriteString(" # ")
		p.out.WriteString(oneLine.Replace(n.LineComment))
	}
	p.out.WriteByte('\n')
	return nil
}

// oneLine keeps a comment from ending early.
var oneLine = strings.NewReplacer("\r", " ", "\n", " ", "\u0085", " ", "\u2028", " ", "\u2029", " ")

// literal writes lines of text as they are. Each is closed by a line end, the last as well,
// and the first does not begin with a space.
func (p *printer) literal(text string, indent int) {
	p.out.WriteString("|\n")
	for line := range strings.Lines(text) {
		p.begin(indent)
		p.out.WriteString(line)
	}
}

// flow writes a value in one line.
func (p *printer) flow(n *node, within bool) error {
	switch n.Kind {
	case yaml.MappingNode:
		p.out.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				p.out.WriteString(", ")
			}
			if err := p.scalar(n.Content[i], true); err != nil {
				return err
			}
			p.out.WriteString(": ")
			if err := p.flow(n.Content[i+1], true); err != nil {
				return err
			}
		}
		p.out.WriteByte('}')
		return nil
	case yaml.SequenceNode:
		p.out.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				p.out.WriteString(", ")
			}
			if err := p.flow(item, true); err != nil {
				return err
			}
		}
		p.out.WriteByte(']')
		return nil
	}
	return p.scalar(n, within)
}

// scalar writes a single value.
func (p *printer) scalar(n *node, flow bool) error {
	if n.word {
		p.out.WriteString(n.Value)
		return nil
	}
	if n.Style == 0 {
		if n.Tag != "!!str" {
			p.out.WriteString(n.Value)
			return nil
		}
		switch formOf(n.Value, flow) {
		case plainForm:
			p.out.WriteString(n.Value)
			return nil
		case quotedForm:
			p.out.WriteByte('\'')
			p.out.WriteString(strings.ReplaceAll(n.Value, "'", "''"))
			p.out.WriteByte('\'')
			return nil
		case numberForm:
			p.quoted(n.Value)
			return nil
		}
	}
	if n.Style == yaml.DoubleQuotedStyle && spokenBool(n.Value) {
		p.quoted(n.Value)
		return nil
	}
	key := askedScalar{n.Value, n.Tag, n.Style, flow}
	text, known := p.asked[key]
	if !known {
		var err error
		if text, err = byLibrary(n, flow); err != nil {
			return err
		}
		if p.asked == nil {
			p.asked = map[askedScalar]string{}
		}
		p.asked[key] = text
	}
	p.out.WriteString(text)
	return nil
}

// quoted writes what needs nothing but double quotes.
func (p *printer) quoted(s string) {
	p.out.WriteByte('"')
	p.out.WriteString(s)
	p.out.WriteByte('"')
}

// byLibrary has the library write a scalar.
func byLibrary(n *node, flow bool) (string, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: n.Tag, Value: n.Value, Style: n.Style}}}
	head, tail := "- ", "\n"
	if flow {
		list.Style, head, tail = yaml.FlowStyle, "[", "]\n"
	}
	text, err := yaml.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("write %q: %w", n.Value, err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(text), head), tail), nil
}

// begin indents a line.
func (p *printer) begin(indent int) {
	const spaces = "                                "
	for ; indent > len(spaces); indent -= len(spaces) {
		p.out.WriteString(spaces)
	}
	p.out.WriteString(spaces[:indent])
}

// inBlock reports whether a value stands over several lines.
func inBlock(n *node) bool {
	return n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0
}
