package provision

import (
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// scanners takes over what Windows' virus scanner passes over: on all hosts where it runs. Where
// it runs on none the inventory's word stands, since another scanner may be there.
func (i *inspection) scanners() {
	var all *planner.Antivirus
	for _, v := range i.read() {
		a := v.detail.Antivirus
		switch {
		case a == nil:
		case all == nil:
			all = &planner.Antivirus{Processes: slices.Clone(a.Processes), Folders: slices.Clone(a.Folders)}
		default:
			all.Processes = common(all.Processes, a.Processes)
			all.Folders = common(all.Folders, a.Folders)
		}
	}
	if all != nil {
		i.sight.Inventory.Antivirus = all
	}
}

// common are the entries of a list that are in another as well, in any case of letters.
func common(list, other []string) []string {
	return slices.DeleteFunc(list, func(one string) bool {
		return !slices.ContainsFunc(other, func(have string) bool { return strings.EqualFold(have, one) })
	})
}
