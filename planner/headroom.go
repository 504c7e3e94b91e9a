package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// headroom works out what room the hosts have: with all of them, during an upgrade, and
// after losing each.
func headroom(in Input, steady, extra []Machines) Headroom {
	rules := in.Profile.Reserve
	h := Headroom{ReservePercent: reservePercent(in)}
	var rooms []room
	for _, host := range in.Inventory.Hosts {
		r := hostRoom(host, in.Site.Reserve, rules)
		h.Hosts = append(h.Hosts, r)
		rooms = append(rooms, room{r.Usable, max(host.Processor.Logical, host.Processor.Cores)})
	}
	all, largest := usable(rooms), Bytes(0)
	for _, r := range rooms {
		largest = max(largest, r.usable)
	}
	part := roundUp(share(all, h.ReservePercent), profiles.MiB)
	h.ReserveMemory = part
	rule := fmt.Sprintf("%d %% of %s usable", h.ReservePercent, all)
	if len(rooms) > 1 {
		h.ReserveMemory = max(part, largest)
		rule = fmt.Sprintf("the larger of %s and the largest host's %s", rule, largest)
	}
	h.Reason = Reason{Rule: rule, Source: cite(rules.Percent.Source)}

	h.States = append(h.States, state("all hosts", h.Hosts, rooms, steady))
	upgrading := state("all hosts, upgrading", h.Hosts, rooms, append(append([]Machines{}, steady...), extra...))
	upgrading.Surge = true
	h.States = append(h.States, upgrading)
	if len(rooms) > 1 {
		for i, host := range h.Hosts {
			lost := state("without "+shortName(host.Name), without(h.Hosts, i), without(rooms, i), steady)
			lost.Lost = host.Name
			h.States = append(h.States, lost)
		}
	}
	return h
}

func reservePercent(in Input) int {
	if in.Site.Reserve.Percent > 0 {
		return min(in.Site.Reserve.Percent, 100)
	}
	return in.Profile.Reserve.Percent.Value
}

// hostRoom takes what the operating system keeps off a host's memory and cores. The
// memory it keeps is rounded up to whole GiB, so that the figure can be read.
func hostRoom(host Host, own Reserve, rules profiles.Reserve) HostRoom {
	memory := max(host.Memory, 0)
	reserved, why := own.HostMemory, "the site keeps that much memory of each host"
	if reserved <= 0 {
		var cache Bytes
		for _, d := range host.Drives {
			if d.Role == CacheDrive {
				cache = plus(cache, times(counted(d.Count), max(d.Size, 0)))
			}
		}
		const terabyte = 1e12
		byBase := plus(rules.Memory.Base, times(int(roundUp(cache, terabyte)/terabyte), rules.Memory.PerCacheTB))
		reserved = roundUp(max(byBase, share(memory, rules.Memory.Percent)), profiles.GiB)
		why = fmt.Sprintf("the host keeps the larger of %s and %d %% of its memory", byBase, rules.Memory.Percent)
	}
	reserved = min(reserved, memory)
	cores := Cores(counted(int(host.Processor.Cores)))
	kept := max(Cores(rules.Cores.Min), (cores*Cores(rules.Cores.Percent)+99)/100)
	return HostRoom{Name: host.Name, Memory: memory, Reserved: reserved, Usable: memory - reserved,
		Cores: cores, VCPUs: max(cores-kept, 0) * Cores(rules.VCPUPerCore.Value),
		Reason: Reason{Rule: fmt.Sprintf("%s; %d vCPUs on each of %d - %d cores", why, rules.VCPUPerCore.Value, cores, kept), Source: cite(rules.Memory.Source)}}
}

// state is the room of some hosts for some machines.
func state(name string, hosts []HostRoom, rooms []room, machines []Machines) FabricRoom {
	s := FabricRoom{State: name, Usable: usable(rooms), Needed: needed(machines)}
	s.Free = max(s.Usable-s.Needed, 0)
	for _, h := range hosts {
		s.VCPUs += h.VCPUs
	}
	for _, m := range machines {
		s.VCPUsIn += Cores(m.Count) * m.VCPUs
	}
	s.Verdict, s.Why = fit(machines, rooms)
	return s
}

// without is a list less one of its items.
func without[T any](list []T, i int) []T {
	return append(append([]T{}, list[:i]...), list[i+1:]...)
}
