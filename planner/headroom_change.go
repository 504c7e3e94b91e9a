package planner

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"github.com/arcwright/arcwright/planner/packing"
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

// mostChanged is up to how many machines changes are looked for: ten times what the largest
// platform supports. mostEffort bounds, for one goal, the steps that packing spends on changes
// of node pools; oneChange is what each costs besides.
const (
	mostChanged = 2000
	mostEffort  = 4_000_000
	oneChange   = 1000
)

// changes looks for the smallest changes that turn each missed goal into one that is met.
// Each is tried by asking again. Unsearched says what was not looked for, if anything.
func changes(in Input, h Headroom, steady []Machines) (list []RoomChange, unsearched string) {
	goals := missed(h)
	count := 0
	for _, m := range steady {
		count += m.Count
	}
	switch hosts := len(in.Inventory.Hosts); {
	case len(goals) == 0 || hosts == 0 || slices.ContainsFunc(steady, func(m Machines) bool { return m.Memory == 0 }):
		return nil, ""
	case hosts > mostHosts || count > mostChanged:
		return nil, fmt.Sprintf("changes are looked for up to %d machines on %d hosts, these are %d on %d", mostChanged, mostHosts, count, hosts)
	}
	c := newChanger(in, steady)
	for _, g := range goals {
		c.aim(g)
		for _, try := range []func() string{c.fewer, c.smaller, c.moreHosts, c.moreMemory, c.moreSharing} {
			if what := try(); what != "" {
				list = append(list, RoomChange{For: g.name, What: what})
			}
		}
		if c.cut {
			unsearched = "not every node pool could be tried: a smaller change may be enough"
		}
	}
	return list, unsearched
}

// A changer looks for changes that meet one goal.
type changer struct {
	in      Input
	steady  []Machines
	rooms   []room
	bundles []bundle
	of      []int // which bundle each of the machines is in
	// pools are the workers whose change is worth a try: of those that answer alike the first.
	pools []int
	// sizes are the sizes that a machine of a bundle could have instead, the largest first.
	sizes map[int][]profiles.VMSize

	goal goal
	// needed is what the machines take in sum, spare what the hosts have of it after the loss.
	needed, spare packing.Vector
	// left is the effort that is left, and cut is set when a change was not tried for want of it.
	left int
	cut  bool
}

func newChanger(in Input, steady []Machines) *changer {
	c := &changer{in: in, steady: steady, sizes: map[int][]profiles.VMSize{}}
	for _, host := range in.Inventory.Hosts {
		one, _ := roomOf(in, host, steady)
		c.rooms = append(c.rooms, one)
	}
	c.bundles, c.of = bundles(steady)
	// Pools of one bundle and of one count answer alike, but for where they stand among the
	// first machines of the bundles: ties of size are broken by that order.
	type alike struct {
		bundle, count, after int
		first                bool
	}
	seen := map[alike]bool{}
	after := 0
	for i, m := range steady {
		first := c.bundles[c.of[i]].at == i
		if one := (alike{c.of[i], m.Count, after, first}); m.Role == profiles.Worker && !seen[one] {
			seen[one] = true
			c.pools = append(c.pools, i)
		}
		if first {
			after++
		}
	}
	return c
}

// aim sets the goal.
func (c *changer) aim(g goal) {
	c.goal, c.left = g, mostEffort
	c.needed, c.spare = packing.Total(groups(c.bundles, true)), packing.Spare(hosts(c.rooms, relaxed{}), g.lost)
}

// met asks whether the goal is met by some machines on some hosts.
func (c *changer) met(on []packing.Host, machines []bundle, apart bool) bool {
	running := groups(machines, apart)
	var arriving []packing.Group
	if c.goal.surge {
		arriving = surging(machines)
	}
	if !packing.Total(slices.Concat(running, arriving)).Fits(packing.Spare(on, c.goal.lost)) {
		return false
	}
	p := packing.New(on, running, arriving).Within(5 * part)
	holds := p.Holds(c.goal.lost)
	c.left -= p.Spent()
	return holds
}

// still asks whether the goal is met by the machines as they are on some rooms.
func (c *changer) still(rooms []room) bool { return c.met(hosts(rooms, relaxed{}), c.bundles, true) }

// instead asks whether the goal is met when the machines of a pool are others. A change that
// is too small in sum is not tried.
func (c *changer) instead(pool int, is Machines) bool {
	was := c.steady[pool]
	before, now := packing.Total([]packing.Group{{Size: was.size(), Count: was.Count}}), packing.Total([]packing.Group{{Size: is.size(), Count: is.Count}})
	for d := range c.needed {
		if c.needed[d]-before[d]+now[d] > c.spare[d] {
			return false
		}
	}
	if c.left <= 0 {
		c.cut = true
		return false
	}
	c.left -= oneChange
	list := exchanged(c.bundles, c.of[pool], pool, was, is)
	on := hosts(c.rooms, relaxed{})
	if !slices.ContainsFunc(list, func(b bundle) bool { return b.gpus > 0 }) {
		for i := range on { // GPUs count where machines take some
			on[i].Room[packing.GPUs] = 0
		}
	}
	return c.met(on, list, true)
}

// fewer takes as few machines as possible out of one pool.
func (c *changer) fewer() string {
	best, out := -1, 0
	for _, i := range c.pools {
		less := func(n int) bool {
			m := c.steady[i]
			m.Count -= n
			return c.instead(i, m)
		}
		most := c.steady[i].Count
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
func (c *changer) smaller() string {
	what, least := "", Bytes(0)
	for _, i := range c.pools {
		m := c.steady[i]
		for _, s := range c.smallerSizes(i) {
			saved := times(m.Count, m.Memory-s.Memory)
			if what != "" && saved >= least {
				break
			}
			is := m
			is.Size, is.Memory, is.VCPUs = s.Name, s.Memory, Cores(s.VCPU)
			if c.instead(i, is) {
				what, least = fmt.Sprintf("%s with the size %s instead of %s", m.short(), s.Name, m.Size), saved
				break
			}
		}
	}
	return what
}

// smallerSizes are the sizes of the catalogue that take less than the machines of a pool, the
// largest first.
func (c *changer) smallerSizes(pool int) []profiles.VMSize {
	list, known := c.sizes[c.of[pool]]
	if known {
		return list
	}
	m := c.steady[pool]
	for _, s := range c.in.Profile.Sizes {
		if s.Allows(m.Role) && !s.TestOnly && !s.Preview && s.GPU.Count == m.GPUs && s.GPU.Model == m.GPUModel &&
			s.Memory <= m.Memory && Cores(s.VCPU) <= m.VCPUs && (s.Memory < m.Memory || Cores(s.VCPU) < m.VCPUs) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b profiles.VMSize) int {
		return cmp.Or(cmp.Compare(b.Memory, a.Memory), cmp.Compare(b.VCPU, a.VCPU))
	})
	c.sizes[c.of[pool]] = list
	return list
}

// mostAdded is how many hosts are added at most.
const mostAdded = 8

// moreHosts adds hosts like the largest.
func (c *changer) moreHosts() string {
	all, rooms := c.in.Inventory.Hosts, slices.Clone(c.rooms)
	largest := 0
	for i, h := range all {
		if cmp.Or(cmp.Compare(h.Memory, all[largest].Memory), cmp.Compare(h.Processor.Cores, all[largest].Processor.Cores)) > 0 {
			largest = i
		}
	}
	most := mostAdded
	if limit := c.in.Profile.Limits.HostsMax; !limit.Unstated {
		most = min(most, limit.Value-len(all))
	}
	for n := 1; n <= most; n++ {
		if rooms = append(rooms, c.rooms[largest]); !c.still(rooms) {
			continue
		}
		if n == 1 {
			return "one more host like " + shortName(all[largest].Name)
		}
		return fmt.Sprintf("%d more hosts like %s", n, shortName(all[largest].Name))
	}
	return ""
}

// moreMemory gives every host the same, or leaves it what it has if that is more.
func (c *changer) moreMemory() string {
	const step = 16 * profiles.GiB
	all := c.in.Inventory.Hosts
	var most, least Bytes
	for i, h := range all {
		most = max(most, h.Memory)
		if i == 0 || h.Memory < least {
			least = h.Memory
		}
	}
	if most > 1<<50 {
		return ""
	}
	enough := func(n int) bool {
		rooms := slices.Clone(c.rooms)
		for i, h := range all {
			h.Memory = max(h.Memory, roundUp(least, step)+Bytes(n)*step)
			reserved, _ := keptMemory(h, c.in.Site.Reserve, c.in.Profile.Reserve)
			rooms[i].usable = h.Memory - reserved
		}
		return c.still(rooms)
	}
	top := int((4*most - least) / step)
	if top < 1 || !enough(top) {
		return ""
	}
	return fmt.Sprintf("%s of memory in each host (the smallest has %s)", roundUp(least, step)+Bytes(sort.Search(top, enough))*step, least)
}

// moreSharing does without what the fabric does without: a limit to how many virtual
// processors share a core, and hosts of their own for a cluster's control planes.
func (c *changer) moreSharing() string {
	if c.met(hosts(c.rooms, relaxed{}), c.bundles, false) {
		return "control planes of a cluster that share a host: the loss of it may stop the cluster"
	}
	rules := c.in.Profile.Reserve
	for ratio := rules.VCPUPerCore.Value + 1; ratio <= 8; ratio++ {
		rooms := slices.Clone(c.rooms)
		for i, h := range c.in.Inventory.Hosts {
			_, free := freeCores(h, rules)
			rooms[i].vcpus = free * Cores(ratio)
		}
		if c.still(rooms) {
			return fmt.Sprintf("%d virtual processors a core instead of %d", ratio, rules.VCPUPerCore.Value)
		}
	}
	return ""
}
