package planner

import (
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

func TestScalarForms(t *testing.T) {
	for _, c := range []struct {
		text        string
		block, flow scalarForm
	}{
		{"word", plainForm, plainForm},
		{"", numberForm, numberForm},
		{"a", plainForm, plainForm},
		{"z", plainForm, plainForm},
		{"A", plainForm, plainForm},
		{"Z", plainForm, plainForm},
		{"true", unsureForm, unsureForm},
		{"No", unsureForm, unsureForm},
		{"nothing", plainForm, plainForm},
		{"word ", quotedForm, quotedForm},
		{"a b", plainForm, plainForm},
		{"a~b", plainForm, plainForm},
		{"a\x7f", unsureForm, unsureForm},
		{"a\tb", unsureForm, unsureForm},
		{"aäb", unsureForm, unsureForm},
		{"a,b", plainForm, quotedForm},
		{"a?b", plainForm, quotedForm},
		{"a[b", plainForm, quotedForm},
		{"a]b", plainForm, quotedForm},
		{"a{b", plainForm, quotedForm},
		{"a}b", plainForm, quotedForm},
		{"a:b", plainForm, quotedForm},
		{"a: b", quotedForm, quotedForm},
		{"a:", quotedForm, quotedForm},
		{"a#b", plainForm, plainForm},
		{"a #b", quotedForm, quotedForm},
		{"#a", unsureForm, unsureForm},
		{"-a", unsureForm, unsureForm},
		{"~", unsureForm, unsureForm},
		{" a", unsureForm, unsureForm},
		{"/a", unsureForm, unsureForm},
		{";a", unsureForm, unsureForm},
		{"0", numberForm, numberForm},
		{"9", numberForm, numberForm},
		{"12", numberForm, numberForm},
		{"1.5", numberForm, numberForm},
		{"10.0.0.1", plainForm, plainForm},
		{"9.0.0.1", plainForm, plainForm},
		{"0.0.0.0", plainForm, plainForm},
		{"10.0.0.0/24", plainForm, plainForm},
		{"1.2.3:4", unsureForm, unsureForm},
		{"1.2.3_4", unsureForm, unsureForm},
		{"512GiB", plainForm, plainForm},
		{"250m", plainForm, plainForm},
		{"2026-11-22", unsureForm, unsureForm},
		{"0x1F", unsureForm, unsureForm},
	} {
		if block, flow := formOf(c.text, false), formOf(c.text, true); block != c.block || flow != c.flow {
			t.Errorf("%q: %d and %d, want %d and %d", c.text, block, flow, c.block, c.flow)
		}
	}
}

// TestAPlainScalarIsReadBack writes plain what is said to need no quotes.
func TestAPlainScalarIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("aAzZ019 .:,?[]{}#-_~/'\"=<!kmG")), 1, 8, -1).Draw(t, "s")
		for _, flow := range []bool{false, true} {
			text := s
			switch formOf(s, flow) {
			case unsureForm:
				continue
			case quotedForm:
				text = inQuotes(s)
			case numberForm:
				text = `"` + s + `"`
			}
			document := "k: " + text + "\n"
			if flow {
				document = "k: {a: [" + text + "], b: 1}\n"
			}
			var got struct {
				K yaml.Node `yaml:"k"`
			}
			if err := yaml.Unmarshal([]byte(document), &got); err != nil {
				t.Fatalf("%q: %v", document, err)
			}
			n := &got.K
			if flow {
				n = n.Content[1].Content[0]
			}
			if n.Tag != "!!str" || n.Value != s {
				t.Fatalf("%q is read as %s %q", document, n.Tag, n.Value)
			}
		}
	})
}

// inQuotes is a string in single quotes.
func inQuotes(s string) string {
	text := []byte{'\''}
	for i := range len(s) {
		if s[i] == '\'' {
			text = append(text, '\'')
		}
		text = append(text, s[i])
	}
	return string(append(text, '\''))
}
