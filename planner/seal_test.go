package planner

import (
	"slices"
	"testing"
)

// TestTheSealIsTheMarksOfTheLeaves holds the short way of sealing against the long one.
func TestTheSealIsTheMarksOfTheLeaves(t *testing.T) {
	for _, name := range examples {
		root := document(Make(exampleInput(t, name)))
		sealed, whole := unseal(seal(root))
		if want := marks(leaves(root)); !whole || !slices.Equal(want, sealed) {
			t.Errorf("%s: the seal has %d marks, whole %v, the leaves have %d", name, len(sealed), whole, len(want))
		}
	}
}
