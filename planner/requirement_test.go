package planner

import (
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

// required are the codes that requirements name.
func required(t *testing.T) map[string]bool {
	t.Helper()
	chapters, err := profiles.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, c := range chapters {
		for _, r := range c.Requirements {
			for _, code := range r.Codes {
				if _, ok := CodeOf(code); !ok {
					t.Errorf("%s: %q is judged by %s, which is no code", c.Name, r.What, code)
				}
				named[code] = true
			}
		}
	}
	return named
}

func TestEveryCodeOfARequirementExists(t *testing.T) { required(t) }
