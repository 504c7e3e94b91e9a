package profiles

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

func TestDatesAreReadAndPrinted(t *testing.T) {
	for text, days := range map[string]Date{"1970-01-02": 1, "2024-02-29": 19782, "2026-11-22": 20779, "9999-12-31": lastDay} {
		got, err := ParseDate(text)
		if err != nil || got != days || got.String() != text {
			t.Errorf("ParseDate(%q) = %d (%s), %v; want %d", text, int32(got), got, err, int32(days))
		}
	}
}

func TestDatesSayWhatToWriteInstead(t *testing.T) {
	for _, text := range []string{"", "2026", "22.11.2026", "2026-11-22T10:00:00Z", "2026-1-2", "2025-02-29", "March 2028", "1970-01-01", "1969-12-31", "10000-01-01"} {
		if d, err := ParseDate(text); err == nil || !strings.Contains(err.Error(), "write year, month and day") && !strings.Contains(err.Error(), "1970") {
			t.Errorf("ParseDate(%q) = %s, %v; want an error that says what to write", text, d, err)
		}
	}
}

func TestDateIsTheDayInItsOwnTimeZone(t *testing.T) {
	zone := time.FixedZone("east", 13*3600)
	if got := DateOf(time.Date(2026, 11, 22, 0, 30, 0, 0, zone)).String(); got != "2026-11-22" {
		t.Errorf("half past midnight on 2026-11-22 in UTC+13 is %s", got)
	}
	if got := DateOf(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)); !got.IsZero() {
		t.Errorf("1970-01-01 is %d, want no date", int32(got))
	}
}

func TestDatesReadBackAsPrintedAndKeepTheirOrder(t *testing.T) {
	days := rapid.Int32Range(0, int32(lastDay))
	rapid.Check(t, func(t *rapid.T) {
		a, b := Date(days.Draw(t, "a")), Date(days.Draw(t, "b"))
		if DateOf(a.Time()) != a {
			t.Fatalf("%d is %s and comes back as %d", int32(a), a.Time(), int32(DateOf(a.Time())))
		}
		if a != 0 && b != 0 && (a < b) != (a.String() < b.String()) {
			t.Fatalf("%s and %s are in another order than %d and %d", a, b, int32(a), int32(b))
		}
		type doc struct {
			Day Date `yaml:"day" json:"day"`
		}
		var fromYAML, fromJSON doc
		y, err := yaml.Marshal(doc{a})
		if err != nil || yaml.Unmarshal(y, &fromYAML) != nil || fromYAML.Day != a {
			t.Fatalf("%s does not survive the YAML %q: %v", a, y, err)
		}
		j, err := json.Marshal(doc{a})
		if err != nil || json.Unmarshal(j, &fromJSON) != nil || fromJSON.Day != a {
			t.Fatalf("%s does not survive the JSON %q: %v", a, j, err)
		}
	})
}

func TestDatesInYAMLHaveNoQuotes(t *testing.T) {
	got, err := yaml.Marshal(map[string]Date{"day": 20779})
	if err != nil || string(got) != "day: 2026-11-22\n" {
		t.Errorf("Marshal = %q, %v", got, err)
	}
	type doc struct {
		Day Date `yaml:"day,omitempty"`
	}
	if got, err := yaml.Marshal(doc{}); err != nil || string(got) != "{}\n" {
		t.Errorf("no date with omitempty is %q, %v; want it left out", got, err)
	}
}

func TestDatesOutOfRangeAreNotWritten(t *testing.T) {
	for _, d := range []Date{-1, lastDay + 1} {
		if text, err := d.MarshalText(); err == nil {
			t.Errorf("day %d is written as %q", int32(d), text)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-11-22", "1970-01-02", "9999-12-31", "2024-02-29", "2025-02-29", "0000-01-01", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDate(text); err == nil && (d <= 0 || d.String() != text) {
			t.Fatalf("%q is read as %d and prints as %q", text, int32(d), d)
		}
	})
}
