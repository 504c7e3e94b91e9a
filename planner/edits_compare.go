package planner

import "strings"

// compare lists the edits from the leaves a plan was made with to those it has now.
func compare(before, now []leaf) []edit {
	type line struct{ shape, value string }
	lines := func(list []leaf) []line {
		out := make([]line, len(list))
		for i, l := range list {
			out[i] = line{l.shape, l.node.Tag + "=" + l.node.Value}
		}
		return out
	}
	var list []edit
	for _, d := range differences(lines(before), lines(now), func(l line) string { return l.shape }) {
		switch {
		case d.b < 0:
			list = append(list, edit{path: before[d.a].path, what: "removed", was: before[d.a].node.Value})
		case d.a < 0:
			list = append(list, edit{path: now[d.b].path, what: "added", is: now[d.b].node.Value})
		default:
			list = append(list, edit{path: now[d.b].path, what: "changed", is: now[d.b].node.Value, was: before[d.a].node.Value})
		}
	}
	return collapse(collapse(list, "removed", before), "added", now)
}

// fromMarks lists the edits from the marks of a seal to the leaves a plan has now. before
// are the leaves of a plan made again, which may tell what was there.
func fromMarks(sealed []mark, now, before []leaf) []edit {
	was := map[string]leaf{}
	for _, l := range before {
		was[l.path] = l
	}
	known := planShapes()
	var list []edit
	for _, d := range differences(sealed, marks(now), mark.shape) {
		switch {
		case d.b < 0:
			gone := removed(sealed[d.a], now, d.at, known)
			if n := len(list); n == 0 || list[n-1] != gone {
				list = append(list, gone)
			}
		case d.a < 0:
			list = append(list, edit{path: now[d.b].path, what: "added", is: now[d.b].node.Value})
		default:
			e := edit{path: now[d.b].path, what: "changed", is: now[d.b].node.Value}
			if old, ok := was[e.path]; ok && markOf(old) == sealed[d.a] {
				e.was = old.node.Value
			}
			list = append(list, e)
		}
	}
	return collapse(list, "added", now)
}

// collapse makes one edit of those that are a whole entry of a list, as when a step is
// taken out. all are the leaves that the edits of that sort are among.
func collapse(list []edit, what string, all []leaf) []edit {
	edits, leaves := map[string]int{}, map[string]int{}
	named := map[string]string{}
	for _, e := range list {
		if e.what == what {
			for _, entry := range entries(e.path) {
				edits[entry]++
			}
		}
	}
	for _, l := range all {
		for _, entry := range entries(l.path) {
			leaves[entry]++
			switch strings.TrimPrefix(l.path, entry) {
			case ".id", ".name", ".code":
				named[entry] = l.node.Value
			}
		}
	}
	var out []edit
	last := ""
	for _, e := range list {
		entry := ""
		if e.what == what {
			for _, candidate := range entries(e.path) {
				if edits[candidate] == leaves[candidate] && edits[candidate] > 1 {
					entry = candidate
					break
				}
			}
		}
		switch {
		case entry == "":
			out = append(out, e)
		case entry != last && what == "removed":
			out = append(out, edit{path: entry, what: what, was: named[entry]})
		case entry != last:
			out = append(out, edit{path: entry, what: what, is: named[entry]})
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
