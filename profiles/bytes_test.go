package profiles

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

func TestBytesAreReadFromNumberAndUnit(t *testing.T) {
	for text, want := range map[string]Bytes{
		"0B": 0, "1B": 1, "1KiB": KiB, "512MiB": 512 * MiB, "32GiB": 32 * GiB, "1.5TiB": 1536 * GiB, "2PiB": 2 * PiB,
		"1KB": 1000, "200GB": 200e9, "3.84TB": 3.84e12, "1PB": 1e15, "0.5GiB": 512 * MiB, "0.001KiB": 1, "1.999B": 1,
		"8191PiB": 8191 * PiB, "9223372036854775807B": math.MaxInt64, "007GiB": 7 * GiB,
	} {
		got, err := ParseBytes(text)
		if err != nil || got != want {
			t.Errorf("ParseBytes(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestBytesSayWhatToWriteInstead(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "write a number and a unit, such as 32GiB",
		"GiB":                  "write a number and a unit, such as 32GiB",
		"32":                   "has no unit: write 32GiB, 32MiB or, for bytes, 32B",
		"34359738368":          "write 34359738368GiB, 34359738368MiB or, for bytes, 34359738368B",
		"32 GiB":               "write 32GiB",
		"32gib":                "write 32GiB",
		"32G":                  "write 32GiB",
		"32 gb":                "write 32GB",
		"32furlongs":           "write KiB, MiB, GiB, TiB or PiB",
		"-1GiB":                "write digits",
		"+1GiB":                "write digits",
		"1e3GiB":               "write digits",
		"1.2345GiB":            "at most three decimals",
		".5GiB":                "write digits",
		"5.GiB":                "write digits",
		"1.2.3GiB":             "write digits",
		"1,5TiB":               "write digits",
		"8192PiB":              "too large",
		"9223372036854775808B": "too large",
		"8191.999999PiB":       "at most three decimals",
		"9223.373PB":           "too large",
	} {
		got, err := ParseBytes(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseBytes(%q) = %v, %v; want an error with %q", text, got, err, want)
		}
	}
}

func TestBytesPrintInTheLargestExactUnit(t *testing.T) {
	for b, want := range map[Bytes]string{
		0: "0B", 1: "1B", 1023: "1023B", KiB: "1KiB", 1536 * GiB: "1536GiB", 32 * GiB: "32GiB", 2 * TiB: "2TiB", GiB + 1: "1073741825B",
		1e9: "1GB", 500e9: "500GB", 3.84e12: "3840GB", 1000 * GiB: "1000GiB", 1500: "1500B", 2000: "2KB", -GiB: "-1GiB", math.MaxInt64: "9223372036854775807B",
	} {
		if got := b.String(); got != want {
			t.Errorf("Bytes(%d).String() = %q, want %q", int64(b), got, want)
		}
	}
}

func TestBytesReadBackAsPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Bytes(rapid.Int64Min(0).Draw(t, "bytes"))
		if rapid.Bool().Draw(t, "round") {
			b = b / GiB * GiB
		}
		got, err := ParseBytes(b.String())
		if err != nil || got != b {
			t.Fatalf("%d prints as %q and reads as %d, %v", int64(b), b, int64(got), err)
		}
		type doc struct {
			Memory Bytes `yaml:"memory" json:"memory"`
		}
		var fromYAML, fromJSON doc
		y, err := yaml.Marshal(doc{b})
		if err != nil || yaml.Unmarshal(y, &fromYAML) != nil || fromYAML.Memory != b {
			t.Fatalf("%d does not survive the YAML %q: %v", int64(b), y, err)
		}
		j, err := json.Marshal(doc{b})
		if err != nil || json.Unmarshal(j, &fromJSON) != nil || fromJSON.Memory != b {
			t.Fatalf("%d does not survive the JSON %q: %v", int64(b), j, err)
		}
	})
}

func TestBytesBelowZeroAreNotWritten(t *testing.T) {
	if text, err := Bytes(-1).MarshalText(); err == nil {
		t.Errorf("Bytes(-1) is written as %q", text)
	}
}

func TestWrongValuesInYAMLNameTheirLine(t *testing.T) {
	type doc struct {
		Memory Bytes `yaml:"memory"`
		Day    Date  `yaml:"day"`
		Price  Money `yaml:"price"`
	}
	for text, want := range map[string]string{
		"# first\nmemory: 34359738368":  "line 2: \"34359738368\" has no unit",
		"memory: [1GiB]":                "line 1: want a single value",
		"memory: 1GiB\nday: 2026-02-30": "line 2: \"2026-02-30\" is not a date",
		"price: 1\n\nday: {a: b}":       "line 3: want a single value",
		"memory: 1GiB\nprice: free":     "line 2: \"free\" is not an amount of money",
	} {
		var d doc
		err := yaml.Unmarshal([]byte(text), &d)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is read as %+v, %v; want an error with %q", text, d, err, want)
		}
	}
}

func FuzzParseBytes(f *testing.F) {
	for _, seed := range []string{"32GiB", "1.5TiB", "3.84TB", "0B", "8191.999PiB", "32", "32gb", "-1GiB", "9223372036854775807B", ".", "1.GiB", "１GiB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ParseBytes(text)
		if err != nil {
			return
		}
		if b < 0 {
			t.Fatalf("%q is read as %d", text, int64(b))
		}
		if again, err := ParseBytes(b.String()); err != nil || again != b {
			t.Fatalf("%q is read as %d, prints as %q and reads back as %d, %v", text, int64(b), b, int64(again), err)
		}
	})
}
