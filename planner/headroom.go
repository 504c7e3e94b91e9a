package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner/packing"
	"github.com/arcwright/arcwright/profiles"
)

// headroom works out what room the hosts have: with all of them, during an upgrade, and
// after losing one and two.
func headroom(in Input, steady, extra []Machines) Headroom {
	rules := in.Profile.Reserve
	h := Headroom{ReservePercent: reservePercent(in), Losses: []LossRoom{}}
	rooms := make([]room, 0, len(in.Inventory.Hosts))
	for _, host := range in.Inventory.Hosts {
		one, r := roomOf(in, host, steady)
		h.Hosts, rooms = append(h.Hosts, r), append(rooms, one)
	}
	all, largest := usable(rooms), Bytes(0)
	for _, r := range rooms {
		largest = max(largest, r.usable)
	}
	part := roundUp(share(all, h.ReservePercent), profiles.GiB)
	h.ReserveMemory = part
	rule := fmt.Sprintf("%d %% of %s usable", h.ReservePercent, all)
	if len(rooms) > 1 {
		h.ReserveMemory = max(part, largest)
		rule = fmt.Sprintf("the larger of %s and the largest host's %s", rule, largest)
	}
	h.Reason = Reason{Rule: rule, Source: cite(rules.Percent.Source)}

	running, upgrading := ask(rooms, steady, nil), ask(rooms, steady, extra)
	h.States = append(h.States, ask(rooms, nil, steady).state("all hosts"), upgrading.state("all hosts, upgrading"))
	h.States[1].Surge = true
	if len(rooms) > 1 {
		ones := running.losses(1)
		for i, host := range h.Hosts {
			s := running.figures("without "+shortName(host.Name), i)
			s.Lost = host.Name
			for _, l := range ones {
				if slices.ContainsFunc(l.lost, func(at []int) bool { return at[0] == i }) {
					s.Verdict, s.Why, s.Short = l.Verdict, l.Why, l.Short
				}
			}
			h.States = append(h.States, s)
		}
		h.Losses = append(h.Losses, lossRooms(running, upgrading, ones)...)
	}
	h.Changes, h.Unsearched = changes(in, h, steady)
	return h
}

// roomOf is what a host has for machines, and how that comes about.
func roomOf(in Input, host Host, machines []Machines) (room, HostRoom) {
	r := hostRoom(host, in.Site.Reserve, in.Profile.Reserve)
	for _, m := range machines {
		if m.GPUs > 0 {
			r.GPUs = gpusOf(host, m.GPUModel)
			break
		}
	}
	return room{shortName(host.Name), r.Usable, r.VCPUs, max(host.Processor.Logical, host.Processor.Cores, 0), r.GPUs}, r
}

// gpusOf counts a host's GPUs of a model. Makers' names before the model do not count.
func gpusOf(host Host, model string) int {
	bare := func(name string) string {
		name = strings.TrimSpace(name)
		return strings.ToUpper(name[strings.LastIndexByte(name, ' ')+1:])
	}
	n := 0
	for _, g := range host.GPUs {
		if bare(g.Model) == bare(model) {
			n += counted(g.Count)
		}
	}
	return n
}

func reservePercent(in Input) int {
	if in.Site.Reserve.Percent > 0 {
		return min(in.Site.Reserve.Percent, 100)
	}
	return in.Profile.Reserve.Percent.Value
}

// hostRoom takes what the operating system keeps off a host's memory and cores.
func hostRoom(host Host, own Reserve, rules profiles.Reserve) HostRoom {
	reserved, byBase := keptMemory(host, own, rules)
	why := "the site keeps that much memory of each host"
	if own.HostMemory <= 0 {
		why = fmt.Sprintf("the host keeps the larger of %s and %d %% of its memory", byBase, rules.Memory.Percent)
	}
	memory := max(host.Memory, 0)
	cores, free := freeCores(host, rules)
	return HostRoom{Name: host.Name, Memory: memory, Reserved: reserved, Usable: memory - reserved,
		Cores: cores, VCPUs: free * Cores(rules.VCPUPerCore.Value),
		Reason: Reason{Rule: fmt.Sprintf("%s; %s on each of %d - %d cores", why, many(rules.VCPUPerCore.Value, "vCPU"), cores, keptCores(cores, rules)), Source: cite(rules.Memory.Source)}}
}

// keptMemory is the memory that a host keeps for itself, rounded up to whole GiB, so that
// the figure can be read, and what it would keep by its base and its cache alone.
func keptMemory(host Host, own Reserve, rules profiles.Reserve) (reserved, byBase Bytes) {
	memory := max(host.Memory, 0)
	if own.HostMemory > 0 {
		return min(own.HostMemory, memory), 0
	}
	var cache Bytes
	for _, d := range host.Drives {
		if d.Role == CacheDrive {
			cache = plus(cache, times(counted(d.Count), max(d.Size, 0)))
		}
	}
	const terabyte = 1e12
	byBase = plus(rules.Memory.Base, times(int(roundUp(cache, terabyte)/terabyte), rules.Memory.PerCacheTB))
	return min(roundUp(max(byBase, share(memory, rules.Memory.Percent)), profiles.GiB), memory), byBase
}

// keptCores are the cores that a host keeps for itself, and freeCores all it has and those
// that it leaves.
func keptCores(cores Cores, rules profiles.Reserve) Cores {
	return max(Cores(rules.Cores.Min), (cores*Cores(rules.Cores.Percent)+99)/100)
}

func freeCores(host Host, rules profiles.Reserve) (cores, free Cores) {
	cores = Cores(counted(int(host.Processor.Cores)))
	return cores, max(cores-keptCores(cores, rules), 0)
}

// figures are the sums of a state of the fabric.
func (q *question) figures(name string, lost ...int) FabricRoom {
	s := FabricRoom{State: name, Needed: needed(q.machines)}
	for i, r := range q.rooms {
		if !slices.Contains(lost, i) {
			s.Usable = plus(s.Usable, r.usable)
			s.VCPUs += r.vcpus
		}
	}
	s.Free = max(s.Usable-s.Needed, 0)
	for _, m := range q.machines {
		s.VCPUsIn += Cores(m.Count) * m.VCPUs
	}
	return s
}

// state is the room with all hosts.
func (q *question) state(name string) FabricRoom {
	s := q.figures(name)
	a := q.answer()
	s.Verdict, s.Why = a.Verdict, q.why(a)
	switch a.Verdict {
	case packing.Impossible:
		s.Short = q.short()
	case packing.Possible:
		s.Placement = q.placed(a.Placement)
	}
	return s
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
