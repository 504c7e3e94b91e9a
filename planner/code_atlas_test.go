package planner_test

import (
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// The atlas cannot name these types, so that it is held against them here.
func TestTheAtlasNamesFindingsAndOwnersThatExist(t *testing.T) {
	atlas, err := profiles.LoadAtlas()
	if err != nil {
		t.Fatal(err)
	}
	owners := map[planner.Owner]bool{planner.OwnerYou: true, planner.OwnerNetwork: true, planner.OwnerDirectory: true, planner.OwnerAzure: true, planner.OwnerHardware: true}
	for _, f := range atlas.Failures {
		if _, known := planner.CodeOf(f.Finding); f.Finding != "" && !known {
			t.Errorf("%s: there is no finding %s", f.ID, f.Finding)
		}
		if !owners[planner.Owner(f.Owner)] {
			t.Errorf("%s: there is no owner %s", f.ID, f.Owner)
		}
		if _, both := planner.CodeOf(f.ID); both {
			t.Errorf("%s is the name of a finding, too", f.ID)
		}
	}
}
