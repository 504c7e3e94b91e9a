package planner

import (
	"bytes"
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"
)

// JSON writes the plan for machines: the keys and values of the YAML file, without its
// comments and its seal. Amounts, addresses, dates and durations are text; version comes
// first.
func (p Plan) JSON() ([]byte, error) {
	var out, indented bytes.Buffer
	if err := writeJSON(&out, document(p)); err != nil {
		return nil, fmt.Errorf("encode plan: %w", err)
	}
	if err := json.Indent(&indented, out.Bytes(), "", "  "); err != nil {
		return nil, fmt.Errorf("encode plan: %w", err)
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

func writeJSON(out *bytes.Buffer, n *node) error {
	switch {
	case n.Kind == yaml.SequenceNode:
		out.WriteByte('[')
		for i, c := range n.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeJSON(out, c); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	case n.Kind == yaml.MappingNode:
		out.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeJSON(out, n.Content[i]); err != nil {
				return err
			}
			out.WriteByte(':')
			if err := writeJSON(out, n.Content[i+1]); err != nil {
				return err
			}
		}
		out.WriteByte('}')
	case n.Tag == "!!int", n.Tag == "!!bool", n.Tag == "!!null", n.Tag == "!!float" && json.Valid([]byte(n.Value)):
		out.WriteString(n.Value)
	default:
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(n.Value)
	}
	return nil
}
