package planner

import (
	"strings"
	"testing"
)

func TestALongValueIsCut(t *testing.T) {
	for n, want := range map[int]int{79: 79, 80: 80, 81: 81, 200: 81} {
		got := clip(strings.Repeat("ä", n))
		if len([]rune(got)) != want || strings.HasSuffix(got, "…") != (n > 80) {
			t.Errorf("of %d letters %d are left: %q", n, len([]rune(got)), got)
		}
	}
}
