package planner

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"github.com/arcwright/arcwright/profiles"
)

// A goal is something that should be possible: to lose so many hosts, in steady state or upgrading.
type goal struct {
	name  string
	lost  int
	surge bool
}

var goals = []goal{{"all hosts", 0, false}, {"all hosts, upgrading", 0, true}, {"the loss of a host", 1, false},
	{"the loss of a host, upgrading", 1, true}, {"the loss of two hosts", 2, false}, {"the loss of two hosts, upgrading", 2, true}}

// missed are the goals that are proven impossible.
func missed(h Headroom) []goal {
	var list []goal
	for _, g := range goals {
		no := false
		if g.lost == 0 {
			no = slices.ContainsFunc(h.States, func(s FabricRoom) bool { return s.Lost == "" && s.Surge == g.surge && s.Verdict == Impossible })
		} else {
			no = slices.ContainsFunc(h.Losses, func(l LossRoom) bool { return l.Hosts == g.lost && l.Surge == g.surge && l.Verdict == Impossible })
		}
		if no {
			list = append(list, g)
		}
	}
	return list
}

// mostChanged is up to how many machines and hosts changes are looked for.
const mostChanged = 2000

// changes looks for the smallest changes that turn each missed goal into one that is met.
// Each is tried by asking again.
func changes(in Input, h Headroom) []RoomChange {
	var list []RoomChange
	steady := MachinesOf(in.Site, in.Profile)
	count := 0
	for _, m := range steady {
		count += m.Count
	}
	if len(in.Inventory.Hosts) == 0 || len(in.Inventory.Hosts) > mostHosts || count > mostChanged || slices.ContainsFunc(steady, func(m Machines) bool { return m.Memory == 0 }) {
		return nil
	}
	for _, g := range missed(h) {
		c := changer{in: in, goal: g, steady: steady}
		for _, try := range []func() string{c.fewer, c.smaller, c.moreHosts, c.moreMemory, c.moreSharing} {
			if what := try(); what != "" {
				list = append(list, RoomChange{For: g.name, What: what})
			}
		}
	}
	return list
}

// A changer looks for changes that meet one goal.
type changer struct {
	in     Input
	goal   goal
	steady []Machines
}

// met asks whether the goal is met by other machines on other hosts.
func (c changer) met(hosts []Host, machines []Machines, r relaxed) bool {
	rooms := make([]room, len(hosts))
	for i, host := range hosts {
		rooms[i], _ = roomOf(c.in, host, machines)
	}
	var extra []Machines
	if c.goal.surge {
		extra = surge(machines)
	}
	q := &question{rooms: rooms, machines: slices.Concat(machines, extra), running: len(machines)}
	return q.pack(r).Within(5 * part).Holds(c.goal.lost)
}

func (c changer) hosts() []Host { return c.in.Inventory.Hosts }

// with is the machines with one set changed.
func (c changer) with(i int, change func(*Machines)) []Machines {
	list := slices.Clone(c.steady)
	change(&list[i])
	return slices.DeleteFunc(list, func(m Machines) bool { return m.Count == 0 })
}

// fewer takes as few machines as possible out of one pool.
func (c changer) fewer() string {
	best, out := -1, 0
	for i, m := range c.steady {
		if m.Role != profiles.Worker {
			continue
		}
		less := func(n int) bool {
			return c.met(c.hosts(), c.with(i, func(m *Machines) { m.Count -= n }), relaxed{})
		}
		most := m.Count
		if best >= 0 { // only what beats the pool that was found
			most = min(most, out-1)
		}
		if most < 1 || !less(most) {
			continue
		}
		best, out = i, 1+sort.Search(most-1, func(n int) bool { return less(n + 1) })
	}
	if best < 0 {
		return ""
	}
	m := c.steady[best]
	if m.Count == out {
		return m.short() + " left out"
	}
	s := "s"
	if m.Count-out == 1 {
		s = ""
	}
	return fmt.Sprintf("%s with %d machine%s instead of %d", m.short(), m.Count-out, s, m.Count)
}

// smaller gives one pool of workers the next smaller size that is enough. What runs the
// clusters keeps its size: making it smaller mends no plan.
func (c changer) smaller() string {
	what, least := "", Bytes(0)
	for i, m := range c.steady {
		if m.Role != profiles.Worker {
			continue
		}
		var sizes []profiles.VMSize
		for _, s := range c.in.Profile.Sizes {
			if s.Allows(m.Role) && !s.TestOnly && !s.Preview && s.GPU.Count == m.GPUs && s.GPU.Model == m.GPUModel &&
				s.Memory <= m.Memory && Cores(s.VCPU) <= m.VCPUs && (s.Memory < m.Memory || Cores(s.VCPU) < m.VCPUs) {
				sizes = append(sizes, s)
			}
		}
		slices.SortStableFunc(sizes, func(a, b profiles.VMSize) int {
			return cmp.Or(cmp.Compare(b.Memory, a.Memory), cmp.Compare(b.VCPU, a.VCPU))
		})
		for _, s := range sizes {
			saved := times(m.Count, m.Memory-s.Memory)
			if what != "" && saved >= least {
				break
			}
			if c.met(c.hosts(), c.with(i, func(m *Machines) { m.Size, m.Memory, m.VCPUs = s.Name, s.Memory, Cores(s.VCPU) }), relaxed{}) {
				what, least = fmt.Sprintf("%s with the size %s instead of %s", m.short(), s.Name, m.Size), saved
				break
			}
		}
	}
	return what
}

// mostAdded is how many hosts are added at most.
const mostAdded = 8

// moreHosts adds hosts like the largest.
func (c changer) moreHosts() string {
	hosts := slices.Clone(c.hosts())
	largest := slices.MaxFunc(hosts, func(a, b Host) int {
		return cmp.Or(cmp.Compare(a.Memory, b.Memory), cmp.Compare(a.Processor.Cores, b.Processor.Cores))
	})
	most := mostAdded
	if limit := c.in.Profile.Limits.HostsMax; !limit.Unstated {
		most = min(most, limit.Value-len(hosts))
	}
	for n := 1; n <= most; n++ {
		if hosts = append(hosts, largest); !c.met(hosts, c.steady, relaxed{}) {
			continue
		}
		if n == 1 {
			return "one more host like " + shortName(largest.Name)
		}
		return fmt.Sprintf("%d more hosts like %s", n, shortName(largest.Name))
	}
	return ""
}

// moreMemory gives every host the same, or leaves it what it has if that is more.
func (c changer) moreMemory() string {
	const step = 16 * profiles.GiB
	var most, least Bytes
	for i, h := range c.hosts() {
		most = max(most, h.Memory)
		if i == 0 || h.Memory < least {
			least = h.Memory
		}
	}
	if most > 1<<50 {
		return ""
	}
	with := func(n int) []Host {
		hosts := slices.Clone(c.hosts())
		for i := range hosts {
			hosts[i].Memory = max(hosts[i].Memory, roundUp(least, step)+Bytes(n)*step)
		}
		return hosts
	}
	top := int((4*most - least) / step)
	if top < 1 || !c.met(with(top), c.steady, relaxed{}) {
		return ""
	}
	n := sort.Search(top, func(n int) bool { return c.met(with(n), c.steady, relaxed{}) })
	return fmt.Sprintf("%s of memory in each host (the smallest has %s)", roundUp(least, step)+Bytes(n)*step, least)
}

// moreSharing does without what the fabric does without: a limit to how many virtual
// processors share a core, and hosts of their own for a cluster's control planes.
func (c changer) moreSharing() string {
	if c.met(c.hosts(), c.steady, relaxed{separation: true}) {
		return "control planes of a cluster that share a host: the loss of it may stop the cluster"
	}
	for ratio := c.in.Profile.Reserve.VCPUPerCore.Value + 1; ratio <= 8; ratio++ {
		next := c
		next.in.Profile.Reserve.VCPUPerCore.Value = ratio
		if next.met(c.hosts(), c.steady, relaxed{}) {
			return fmt.Sprintf("%d virtual processors a core instead of %d", ratio, c.in.Profile.Reserve.VCPUPerCore.Value)
		}
	}
	return ""
}
