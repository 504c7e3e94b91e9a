package planner

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/profiles"
)

// TestTextSurvivesYAML writes any text and number as the planner does and reads it back.
func TestTextSurvivesYAML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]any{
			"text":  rapid.OneOf(rapid.String(), rapid.StringMatching(`[ \t\n:#'"\\{}\[\],&*!|>%@-]{0,8}`), rapid.SampledFrom([]string{"yes", "No", "on", "null", "~", "1.30", "0x1f", "2026-12-05", "1e3", ".inf", "=", "<<", "12:30:45"})).Draw(t, "text"),
			"int":   rapid.Int().Draw(t, "int"),
			"bool":  rapid.Bool().Draw(t, "bool"),
			"list":  []any{rapid.String().Draw(t, "item"), map[string]any{rapid.String().Draw(t, "key"): "x"}},
			"empty": map[string]any{},
		}
		data, err := yaml.Marshal(document(want).library())
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := yaml.Unmarshal(data, &got); err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
		if digestOf(got) != digestOf(want) {
			t.Fatalf("%#v became %#v by\n%s", want, got, data)
		}
	})
}

func TestWordsThatOtherReadersTakeForAnswersAreQuoted(t *testing.T) {
	data, err := yaml.Marshal(document(Firmware{UEFI: Yes, SecureBoot: No, TPM: "2.0"}).library())
	if err != nil {
		t.Fatal(err)
	}
	if want := "{uefi: \"yes\", secureBoot: \"no\", tpm: \"2.0\"}\n"; string(data) != want {
		t.Errorf("wrote %q, want %q", data, want)
	}
}

func TestNoTwoDocumentsHaveOneDigest(t *testing.T) {
	seen := map[string]any{}
	for _, v := range []any{
		[]any{"x!!str=y", "z"}, []any{"x", "y!!str=z"}, []any{"x", "y", "z"}, []any{[]any{"x", "y"}, "z"}, []any{"x", []any{"y", "z"}},
		map[string]any{"x": "y"}, []any{"x", "y"}, 1, "1", true, "true", nil, "null", "", []any{}, map[string]any{},
	} {
		digest := digestOf(v)
		if other, again := seen[digest]; again {
			t.Errorf("%#v and %#v have one digest", other, v)
		}
		seen[digest] = v
	}
}

// The digest is defined over the document, and taken without making it.
func TestADigestIsThatOfTheDocument(t *testing.T) {
	var canonical func(to []byte, n *node) []byte
	canonical = func(to []byte, n *node) []byte {
		to = append(to, n.Tag...)
		if n.Kind == yaml.ScalarNode {
			return append(binary.AppendUvarint(append(to, '='), uint64(len(n.Value))), n.Value...)
		}
		to = binary.AppendUvarint(append(to, '#'), uint64(len(n.Content)))
		for _, c := range n.Content {
			to = canonical(to, c)
		}
		return to
	}
	same := func(t interface{ Errorf(string, ...any) }, v any) {
		sum := sha256.Sum256(canonical(nil, document(v)))
		if got, want := digestOf(v), hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%T has the digest %s, its document %s", v, got, want)
		}
	}
	for _, name := range examples {
		plan := Make(exampleInput(t, name))
		same(t, plan)
		same(t, plan.Site)
		same(t, plan.Inventory)
	}
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\xff", "yes", "a\x00b"}))
	rapid.Check(t, func(t *rapid.T) {
		same(t, map[string]any{text.Draw(t, "key"): text.Draw(t, "text"), "list": []any{rapid.Int().Draw(t, "int"), nil, 2.5, []string{}}, "none": (*Range)(nil), "size": Bytes(rapid.Int64().Draw(t, "size"))})
	})
}

func TestValuesAsText(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{45 * time.Minute, "45m0s"},
		{256 * profiles.GiB, "256GiB"},
		{date(t, "2026-12-05"), "2026-12-05"},
		{Date(0), ""},
		{time.Date(2026, 11, 20, 9, 12, 44, 0, time.UTC), "2026-11-20T09:12:44Z"},
		{ip("10.0.0.1"), "10.0.0.1"},
		{(*Range)(nil), "null"},
		{25.0, "25"}, {2.5, "2.5"}, {math.Inf(1), "+.inf"}, {math.NaN(), ".nan"},
		{uint8(7), "7"},
	} {
		if got := document(test.value).Value; got != test.want {
			t.Errorf("%v is written %q, want %q", test.value, got, test.want)
		}
	}
}
