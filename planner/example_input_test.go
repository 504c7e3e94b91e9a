package planner

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

// exampleInput reads one of the examples that users start from.
func exampleInput(tb testing.TB, name string) Input {
	tb.Helper()
	read := func(file string) []byte {
		data, err := os.ReadFile(filepath.Join("..", "examples", name, file))
		if err != nil {
			tb.Fatal(err)
		}
		return data
	}
	site, positions, findings := DecodeSite("site.yaml", read("site.yaml"))
	if len(findings) > 0 {
		tb.Fatal(findings)
	}
	inventory, more, findings := DecodeInventory("inventory.yaml", read("inventory.yaml"))
	if len(findings) > 0 {
		tb.Fatal(findings)
	}
	maps.Copy(positions, more)
	profile, err := profiles.Load(site.Platform)
	if err != nil {
		tb.Fatal(err)
	}
	return Input{Site: site, Inventory: inventory, Profile: profile, Scripts: "5c21", Positions: positions}
}
