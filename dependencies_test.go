package arcwright_test

import (
	"os"
	"strings"
	"testing"
)

// TestEveryDependencyIsJustified looks for each direct requirement of go.mod in
// docs/dependencies.md.
func TestEveryDependencyIsJustified(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || !strings.HasPrefix(line, "\t") {
			continue
		}
		n++
		parts := strings.Split(fields[0], "/")
		short := strings.Join(parts[max(0, len(parts)-2):], "/")
		if last := parts[len(parts)-1]; !strings.Contains(string(page), fields[0]) && !strings.Contains(string(page), short) && !strings.Contains(string(page), last) {
			t.Errorf("docs/dependencies.md does not say why %s is needed", fields[0])
		}
	}
	if n < 20 {
		t.Errorf("only %d requirements were found in go.mod", n)
	}
}
