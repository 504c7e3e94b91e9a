package planner

import (
	"cmp"
	"slices"

	"github.com/arcwright/arcwright/planner/packing"
	"github.com/arcwright/arcwright/profiles"
)

// A bundle is machines that no question about room tells from each other. A question in
// bundles is as large as the number of sizes, whatever the number of clusters.
type bundle struct {
	likeness
	// first of them, as an example.
	first Machines
	// count is that of all, or of each set where sets are kept apart; sets is how many of those
	// there are, 0 for machines that may stand anywhere.
	count, sets int
	// at and next are the places of the first two in the list of the machines; next is -1
	// when there is no second.
	at, next int
}

// A likeness is what the machines of a bundle have in common.
type likeness struct {
	role   profiles.Role // of the platform's own machines, which an upgrade treats in ways of their own
	memory Bytes
	vcpus  Cores
	gpus   int
	apart  int // machines of a set
}

func likenessOf(m Machines) likeness {
	l := likeness{memory: m.Memory, vcpus: m.VCPUs, gpus: m.GPUs}
	if m.Role == Appliance || m.Role == profiles.Management {
		l.role = m.Role
	}
	if m.Role == profiles.ControlPlane && m.Count > 1 {
		l.apart = m.Count
	}
	return l
}

// bundles puts machines together, in the order of the first of each bundle. of tells which
// bundle each is in.
func bundles(machines []Machines) (list []bundle, of []int) {
	known := map[likeness]int{}
	of = make([]int, len(machines))
	for i, m := range machines {
		like := likenessOf(m)
		b, again := known[like]
		if !again {
			b = len(list)
			known[like] = b
			list = append(list, bundle{likeness: like, first: m, count: like.apart, at: i, next: -1})
		} else if list[b].next < 0 {
			list[b].next = i
		}
		if like.apart > 0 {
			list[b].sets++
		} else {
			list[b].count += m.Count
		}
		of[i] = b
	}
	return list, of
}

// exchanged are the bundles of a list after the machines at a place, which are in bundle b,
// have become others. Machines that are kept apart are not exchanged.
func exchanged(list []bundle, b, place int, was, is Machines) []bundle {
	list = append(make([]bundle, 0, len(list)+1), list...)
	if list[b].count -= was.Count; list[b].at == place {
		list[b].at = list[b].next
	}
	if is.Count > 0 {
		like := likenessOf(is)
		to := slices.IndexFunc(list, func(o bundle) bool { return o.likeness == like })
		if to < 0 {
			to = len(list)
			list = append(list, bundle{likeness: like, first: is, at: place, next: -1})
		}
		if list[to].count == 0 || place < list[to].at {
			list[to].at = place
		}
		list[to].count += is.Count
	}
	if list[b].count == 0 {
		list = slices.Delete(list, b, b+1)
	}
	slices.SortFunc(list, func(x, y bundle) int { return cmp.Compare(x.at, y.at) })
	return list
}

// surging are the groups that arrive in an upgrade of the machines of some bundles.
func surging(list []bundle) []packing.Group {
	firsts := make([]Machines, len(list))
	for i, b := range list {
		firsts[i] = b.first
	}
	var arriving []packing.Group
	for _, m := range surge(firsts) {
		arriving = append(arriving, packing.Group{Size: m.size(), Count: m.Count})
	}
	return arriving
}

// groups states bundles in numbers, with the sets kept apart or not.
func groups(list []bundle, apart bool) []packing.Group {
	out := make([]packing.Group, len(list))
	for i, b := range list {
		out[i] = packing.Group{Size: b.first.size(), Count: b.count, Times: b.sets, Apart: b.sets > 0 && apart}
	}
	return out
}
