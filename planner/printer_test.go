package planner

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// writtenByLibrary is what the YAML library writes for a key and its value.
func writtenByLibrary(t interface{ Fatal(...any) }, key, value *node) string {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key.library(), value.library()}}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPrinterWritesWhatTheLibraryWrites(t *testing.T) {
	s := &scribe{}
	word := rapid.OneOf(
		rapid.StringMatching(`[a-z0-9 :,#'"?{}\[\]._/&*!|>%@~=<+-]{0,12}`),
		rapid.SampledFrom([]string{"yes", "No", "null", "NULL", "true", "off", "~", "<<", "=", "1e5", "0x1F", "0o17", "0b11", "1_000", ".inf", "-.5", "12:30:45",
			"2026-11-22", "2026-11-22T10:00:00Z", "10.0.0.1", "10.0.0.0/24", "1.2.3", "1.2", "24GiB", "1h30m0s", "500m", "1k", "---", "...", "a: b", "a #b", "é", "tab\there", "two\nlines", "\u2028", "\ufeff", "🙂", " x", "x ", ":", "a:", "-", "- a", "?", "? a", "#", "0.", "1,000", "::1", "fe80::/10", "0s", "0MiB"}),
		rapid.StringMatching(`-?[0-9]{1,3}[0-9a-fA-FxobTZi.:_-]{0,8}`),
		rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}`),
		rapid.StringMatching(`[0-9]{0,25}\.?[0-9]{0,3}`),
		rapid.String(),
	)
	var tree func(depth int, flow bool) *rapid.Generator[*node]
	tree = func(depth int, flow bool) *rapid.Generator[*node] {
		return rapid.Custom(func(t *rapid.T) *node {
			kind := rapid.IntRange(0, 5).Draw(t, "kind")
			if depth == 0 {
				kind = max(kind, 2)
			}
			switch kind {
			case 0, 1:
				n := s.new(yaml.SequenceNode, "!!seq")
				if flow || rapid.Bool().Draw(t, "flow") {
					n.Style = yaml.FlowStyle
				}
				if kind == 0 {
					n.Kind, n.Tag = yaml.MappingNode, "!!map"
				}
				for range rapid.IntRange(0, 3).Draw(t, "items") {
					if kind == 0 {
						n.Content = append(n.Content, s.text(word.Draw(t, "key")))
					}
					n.Content = append(n.Content, tree(depth-1, n.Style == yaml.FlowStyle).Draw(t, "item"))
				}
				return n
			case 2:
				return s.scalar("!!int", "42")
			case 3:
				return s.scalar("!!timestamp", "2026-11-22")
			}
			n := s.text(word.Draw(t, "text"))
			if !flow && n.Style == 0 && rapid.Bool().Draw(t, "commented") {
				n.LineComment = "why"
			}
			return n
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		key, value := s.text("key"), tree(3, false).Draw(t, "value")
		var b bytes.Buffer
		if err := (&printer{out: &b}).part(key, value); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(writtenByLibrary(t, key, value), b.String()); diff != "" {
			t.Fatalf("library (-), printer (+):\n%s", diff)
		}
	})
}

func TestPrinterKeepsACommentOnItsLine(t *testing.T) {
	var b bytes.Buffer
	value := &node{Kind: yaml.ScalarNode, Tag: "!!int", Value: "1", LineComment: "one\nother: 2\r\u2028third: 3"}
	if err := (&printer{out: &b}).part(&node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "key"}, value); err != nil {
		t.Fatal(err)
	}
	var got map[string]int
	if err := yaml.Unmarshal(b.Bytes(), &got); err != nil || len(got) != 1 {
		t.Errorf("%q reads as %v, %v", b.String(), got, err)
	}
}

func TestPrinterWritesLinesOfText(t *testing.T) {
	var b bytes.Buffer
	value := &node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.LiteralStyle, Value: "abc\ndef\n"}
	key := &node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "seal"}
	if err := (&printer{out: &b}).part(key, value); err != nil {
		t.Fatal(err)
	}
	if want := writtenByLibrary(t, key, value); b.String() != want {
		t.Errorf("printed %q, the library prints %q", b.String(), want)
	}
	if !strings.HasPrefix(b.String(), "seal: |\n") {
		t.Errorf("not a literal: %q", b.String())
	}
}
