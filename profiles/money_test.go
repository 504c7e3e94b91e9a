package profiles

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMoneyIsReadAndPrinted(t *testing.T) {
	for text, want := range map[string]struct {
		money Money
		print string
	}{
		"0":     {0, "0.00"},
		"0.33":  {330, "0.33"},
		"0.667": {667, "0.667"},
		"23.3":  {23300, "23.30"},
		"10":    {10000, "10.00"},
	} {
		got, err := ParseMoney(text)
		if err != nil || got != want.money || got.String() != want.print {
			t.Errorf("ParseMoney(%q) = %d (%s), %v; want %d (%s)", text, int64(got), got, err, int64(want.money), want.print)
		}
	}
}

func TestMoneySaysWhatToWriteInstead(t *testing.T) {
	for text, want := range map[string]string{
		"": "such as 0.33", "-1": "such as 0.33", "1.2345": "such as 0.33", ".5": "such as 0.33", "1.": "such as 0.33", "1,5": "such as 0.33",
		"9223372036854775807": "too large", "99999999999999999999": "too large",
	} {
		if got, err := ParseMoney(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseMoney(%q) = %s, %v; want an error with %q", text, got, err, want)
		}
	}
	if text, err := Money(-1500).MarshalText(); err == nil {
		t.Errorf("a debt is written as %q", text)
	}
	if got := Money(-1500).String(); got != "-1.50" {
		t.Errorf("a debt prints as %q", got)
	}
}

func TestMoneyReadsBackAsPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money(rapid.Int64Range(0, 1e15).Draw(t, "money"))
		if got, err := ParseMoney(m.String()); err != nil || got != m {
			t.Fatalf("%d prints as %q and reads as %d, %v", int64(m), m, int64(got), err)
		}
	})
}
