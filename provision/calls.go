package provision

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed scripts/calls.yaml
var callsFile []byte

// callsOf is what a script calls, as scripts/calls.yaml tells it.
type callsOf struct {
	Script string       `yaml:"script"`
	Calls  []cmdletCall `yaml:"calls"`
}

// cmdletCall is one cmdlet with all parameters that are used of it.
type cmdletCall struct {
	Cmdlet string      `yaml:"cmdlet"`
	With   []parameter `yaml:"with"`
	When   condition   `yaml:"when"`
	Only   string      `yaml:"only"`
}

// loadCalls reads the table.
func loadCalls() (map[string][]cmdletCall, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(callsFile))
	decoder.KnownFields(true)
	var list []callsOf
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("read calls.yaml: %w", err)
	}
	calls := map[string][]cmdletCall{}
	for _, s := range list {
		calls[s.Script] = s.Calls
	}
	return calls, nil
}

// parameter is a parameter and how its value is found. One without any of them is found
// on the host.
type parameter struct {
	name    string
	literal string
	path    string
	suffix  string
	choices map[string]string
	secret  string
	result  string
	on      bool
	when    condition
}

var parameterForm = regexp.MustCompile(`^([A-Za-z0-9]+)(?: = (.+?))?( (?:if|unless) \$\S+)?$`)

// UnmarshalYAML reads one, in the form that the head of calls.yaml describes.
func (p *parameter) UnmarshalYAML(node *yaml.Node) error {
	m := parameterForm.FindStringSubmatch(node.Value)
	if m == nil {
		return fmt.Errorf("line %d: %q is no parameter", node.Line, node.Value)
	}
	p.name = m[1]
	if err := p.when.read(strings.TrimSpace(m[3])); err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	value := m[2]
	switch {
	case value == "":
	case value == "on":
		p.on = true
	case strings.HasPrefix(value, "'") && strings.HasSuffix(value, "'") && len(value) > 2:
		p.literal = strings.Trim(value, "'")
	case strings.HasPrefix(value, "secret "):
		p.secret = strings.TrimPrefix(value, "secret ")
	case strings.HasPrefix(value, "result "):
		p.result = strings.TrimPrefix(value, "result ")
	case strings.HasPrefix(value, "$"):
		path, choices, chosen := strings.Cut(value[1:], ": ")
		p.path, p.suffix, _ = strings.Cut(path, " & ")
		if chosen {
			p.choices = map[string]string{}
			for _, pair := range strings.Fields(choices) {
				from, to, _ := strings.Cut(pair, "=")
				p.choices[from] = to
			}
		}
	default:
		return fmt.Errorf("line %d: %q is no value", node.Line, value)
	}
	return nil
}

// condition is on a key of the step's parameters; the zero one always holds.
type condition struct {
	path, is string
	not      bool
}

// UnmarshalYAML reads a condition without if before it.
func (c *condition) UnmarshalYAML(node *yaml.Node) error { return c.read("if " + node.Value) }

func (c *condition) read(text string) error {
	if text == "" {
		return nil
	}
	word, rest, _ := strings.Cut(text, " ")
	key, ok := strings.CutPrefix(rest, "$")
	if !ok || word != "if" && word != "unless" {
		return fmt.Errorf("%q is no condition", text)
	}
	c.not = word == "unless"
	c.path, c.is, _ = strings.Cut(key, "=")
	return nil
}

// holds judges parameters. A key without a wanted value has to be there, and neither
// empty nor 0.
func (c condition) holds(params map[string]any) bool {
	if c.path == "" {
		return true
	}
	text, there := textOf(params, c.path)
	met := there && text != "" && text != "0"
	if c.is != "" {
		met = text == c.is
	}
	return met != c.not
}

// textOf is the value of a key as PowerShell would print it.
func textOf(params map[string]any, path string) (string, bool) {
	var at any = params
	for _, key := range strings.Split(path, ".") {
		table, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		if at, ok = table[key]; !ok || at == nil {
			return "", false
		}
	}
	switch v := at.(type) {
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, fmt.Sprint(one))
		}
		return strings.Join(all, ", "), true
	case []string:
		return strings.Join(v, ", "), true
	case float64:
		return fmt.Sprintf("%.0f", v), true
	}
	return fmt.Sprint(at), true
}

// parameters are the names that a call is given, in lower case and in order.
func (c cmdletCall) parameters() []string {
	var names []string
	for _, p := range c.With {
		names = append(names, strings.ToLower(p.name))
	}
	slices.Sort(names)
	return names
}
