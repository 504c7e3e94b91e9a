package profiles

import (
	"testing"

	"pgregory.net/rapid"
)

func TestMillicores(t *testing.T) {
	for text, want := range map[string]Millicores{"0": 0, "2": 2000, "250m": 250, "0.5": 500, "1.125": 1125, "1500m": 1500} {
		if got, err := ParseMillicores(text); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "m", "-1", "1.2345", "0.5m", "2 cores", "1e3", "99999999999999999999", "2000000000000"} {
		if got, err := ParseMillicores(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestMillicoresReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Millicores(rapid.Int64Range(0, mostMillicores/1000*1000).Draw(t, "millicores"))
		if got, err := ParseMillicores(want.String()); err != nil || got != want {
			t.Fatalf("%d is written %q and read as %d, %v", want, want, got, err)
		}
	})
}
