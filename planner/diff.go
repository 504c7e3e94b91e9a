package planner

import (
	"slices"
	"strings"
)

// Change is what became of a key.
type Change string

// The changes.
const (
	Changed   Change = "changed"
	Added     Change = "added"
	Removed   Change = "removed"
	Shortened Change = "shortened" // a list that lost an entry of which no more is known
)

// A Difference is one key, or one whole entry of a list, in which two documents differ.
type Difference struct {
	// Path is such as steps[3].params.name. The number is that of the newer document,
	// except for what was removed.
	Path   string
	Change Change
	// Is and Was are the values; for a whole entry its id, name or code. Was is empty when
	// it is not known.
	Is, Was string
}

// Diff lists in what the newer of two plans, sites or inventories differs from the older.
// Entries of lists are compared with those they are most like, so that one taken out or
// put in is one difference. The digest of a plan is left out.
func Diff[T Plan | Site | Inventory](older, newer T) []Difference {
	return compare(leaves(document(older)), leaves(document(newer)))
}

// compare lists the edits from the leaves a plan was made with to those it has now.
func compare(before, now []leaf) []Difference {
	type line struct{ shape, value string }
	lines := func(list []leaf) []line {
		out := make([]line, len(list))
		for i, l := range list {
			out[i] = line{l.shape, l.node.Tag + "=" + l.node.Value}
		}
		return out
	}
	var list []Difference
	for _, d := range differences(lines(before), lines(now), func(l line) string { return l.shape }) {
		switch {
		case d.b < 0:
			list = append(list, Difference{Path: before[d.a].path, Change: Removed, Was: before[d.a].node.Value})
		case d.a < 0:
			list = append(list, Difference{Path: now[d.b].path, Change: Added, Is: now[d.b].node.Value})
		default:
			list = append(list, Difference{Path: now[d.b].path, Change: Changed, Is: now[d.b].node.Value, Was: before[d.a].node.Value})
		}
	}
	return collapse(collapse(list, Removed, before), Added, now)
}

// collapse makes one edit of those that are a whole entry of a list, as when a step is
// taken out. all are the leaves that the edits of that sort are among.
func collapse(list []Difference, what Change, all []leaf) []Difference {
	if !slices.ContainsFunc(list, func(e Difference) bool { return e.Change == what }) {
		return list
	}
	edits, leaves := map[string]int{}, map[string]int{}
	named := map[string]string{}
	for _, e := range list {
		if e.Change == what {
			for _, entry := range entries(e.Path) {
				edits[entry]++
			}
		}
	}
	for _, l := range all {
		for _, entry := range entries(l.path) {
			if edits[entry] == 0 {
				continue
			}
			leaves[entry]++
			switch strings.TrimPrefix(l.path, entry) {
			case ".id", ".name", ".code":
				named[entry] = l.node.Value
			}
		}
	}
	var out []Difference
	last := ""
	for _, e := range list {
		entry := ""
		if e.Change == what {
			for _, candidate := range entries(e.Path) {
				if edits[candidate] == leaves[candidate] && edits[candidate] > 1 {
					entry = candidate
					break
				}
			}
		}
		switch {
		case entry == "":
			out = append(out, e)
		case entry != last && what == Removed:
			out = append(out, Difference{Path: entry, Change: what, Was: named[entry]})
		case entry != last:
			out = append(out, Difference{Path: entry, Change: what, Is: named[entry]})
		}
		last = entry
	}
	return out
}

// entries are the entries of lists that a path goes through, outermost first.
func entries(path string) []string {
	var list []string
	for i := range len(path) {
		if path[i] == ']' {
			list = append(list, path[:i+1])
		}
	}
	return list
}
