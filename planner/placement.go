package planner

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A room is what one host has for machines.
type room struct {
	usable  Bytes
	logical Cores // the most virtual processors one machine may have here
}

// holds reports whether one such machine fits the host while it is empty.
func (r room) holds(m Machines) bool { return m.Memory <= r.usable && m.VCPUs <= r.logical }

// fit answers whether machines fit on hosts, by memory and by the virtual processors of
// the largest. Its answers are proofs or "undecided":
//
//   - impossible: a machine fits no host, or all machines together need more than all hosts
//     have, or there are more machines of one amount of memory and above than the hosts hold
//     of that amount.
//   - guaranteed: a machine of memory s finds no host only while every host has less than s
//     free. Then at most the sum over the hosts of min(s-1, usable) is free, counting all of
//     a host that has too few processors for it. As long as more than that is free with all
//     other machines running, whatever stands where, some host takes it. This holds for
//     every machine, in every order.
//   - possible: putting the machines on the hosts largest first, each on the first host with
//     room, succeeds; so an arrangement exists, though machines may have to be moved to it.
//   - undecided: none of the three was shown.
func fit(machines []Machines, hosts []room) (Verdict, string) {
	need, have := needed(machines), usable(hosts)
	if need == 0 {
		return Guaranteed, ""
	}
	for _, m := range machines {
		if m.Memory == 0 {
			return Undecided, fmt.Sprintf("the size of the %s is not known", m.name())
		}
		if !slices.ContainsFunc(hosts, func(h room) bool { return h.holds(m) }) {
			return Impossible, tooLarge(m, hosts)
		}
	}
	if need > have || need == math.MaxInt64 {
		return Impossible, fmt.Sprintf("memory: %s needed, %s usable, %s short", need, have, need-have)
	}
	sorted := slices.Clone(machines)
	slices.SortStableFunc(sorted, func(a, b Machines) int { return -cmp.Compare(a.Memory, b.Memory) })
	if why := crowded(sorted, hosts); why != "" {
		return Impossible, why
	}
	switch {
	case everywhere(sorted, hosts, have-need):
		return Guaranteed, ""
	case packs(sorted, hosts):
		return Possible, ""
	}
	return Undecided, "the memory suffices in sum, but no arrangement of the machines was found"
}

func tooLarge(m Machines, hosts []room) string {
	var memory Bytes
	var logical Cores
	for _, h := range hosts {
		memory, logical = max(memory, h.usable), max(logical, h.logical)
	}
	if m.Memory > memory {
		return fmt.Sprintf("%s: one machine takes %s, the largest host has %s", m.name(), m.Memory, memory)
	}
	return fmt.Sprintf("%s: one machine takes %d virtual processors, the largest host has %d logical processors", m.name(), m.VCPUs, logical)
}

// crowded looks for an amount of memory of which there are more machines, of that size or
// larger, than the hosts hold. The machines are sorted, largest first.
func crowded(sorted []Machines, hosts []room) string {
	count := 0
	for i, m := range sorted {
		count += m.Count
		if i+1 < len(sorted) && sorted[i+1].Memory == m.Memory {
			continue
		}
		places := 0
		for _, h := range hosts {
			places += int(min(h.usable/m.Memory, mostCounted))
		}
		if count > places {
			return fmt.Sprintf("%d machines have %s or more, the hosts hold %d such machines", count, m.Memory, places)
		}
	}
	return ""
}

// everywhere is the guarantee that fit documents. free is what is left of all hosts with
// all machines running.
func everywhere(machines []Machines, hosts []room, free Bytes) bool {
	for _, m := range machines {
		var wasted Bytes
		for _, h := range hosts {
			if h.logical < m.VCPUs {
				wasted = plus(wasted, h.usable)
			} else {
				wasted = plus(wasted, min(m.Memory-1, h.usable))
			}
		}
		if plus(free, m.Memory) <= wasted {
			return false
		}
	}
	return true
}

// packs puts the machines, sorted largest first, each on the first host with room.
func packs(sorted []Machines, hosts []room) bool {
	left := slices.Clone(hosts)
	for _, m := range sorted {
		rest := m.Count
		for i := range left {
			if left[i].logical < m.VCPUs {
				continue
			}
			n := int(min(left[i].usable/m.Memory, Bytes(rest)))
			left[i].usable -= times(n, m.Memory)
			if rest -= n; rest == 0 {
				break
			}
		}
		if rest > 0 {
			return false
		}
	}
	return true
}

// needed is the memory of all machines.
func needed(machines []Machines) Bytes {
	var sum Bytes
	for _, m := range machines {
		sum = plus(sum, times(m.Count, m.Memory))
	}
	return sum
}

// usable is the memory of all hosts for machines.
func usable(hosts []room) Bytes {
	var sum Bytes
	for _, h := range hosts {
		sum = plus(sum, h.usable)
	}
	return sum
}
