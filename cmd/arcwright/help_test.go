package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestEveryCommandShowsAnExample asks each command for its help.
func TestEveryCommandShowsAnExample(t *testing.T) {
	p := &program{}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		args := strings.Fields(strings.TrimPrefix(c.CommandPath(), "arcwright"))
		var out, errOut bytes.Buffer
		if code := run(append(args, "--help"), strings.NewReader(""), &out, &errOut); code != exitDone {
			t.Errorf("%s --help: code %d, %s", c.CommandPath(), code, &errOut)
		}
		if !strings.Contains(out.String(), "Examples:\n  arcwright") {
			t.Errorf("%s --help shows no example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			if sub.Name() != "help" && c.Name() != "completion" && !sub.Hidden {
				visit(sub)
			}
		}
	}
	visit(p.root())
}
