package planner

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/arcwright/arcwright/profiles"
)

// A choice is a machine size and a number of nodes of it.
type choice struct {
	size  profiles.VMSize
	room  NodeRoom
	count int
	// runnerUp names what came second, for the reason.
	runnerUp string
}

// order compares choices: fewest virtual processors, then least memory, then most nodes,
// since the loss of a small node costs less, then by name.
func (c choice) order(o choice) int {
	return cmp.Or(cmp.Compare(c.count*c.size.VCPU, o.count*o.size.VCPU), cmp.Compare(times(c.count, c.size.Memory), times(o.count, o.size.Memory)),
		-cmp.Compare(c.count, o.count), cmp.Compare(c.size.Name, o.size.Name))
}

// choose finds the best size and count for pods, among all sizes that a host could carry.
func (s *sizer) choose(k kind, pods []PodSet) (choice, bool) {
	var list []choice
	for _, c := range s.candidates(k) {
		if n, ok := lowerBound(nil, c.room, pods); ok {
			c.count = max(n, 1)
			list = append(list, c)
		}
	}
	return leastOf(list, pods, s.most(false))
}

// candidates are the sizes that a node may have and some host could carry.
func (s *sizer) candidates(k kind) []choice {
	var list []choice
	for _, size := range s.in.Profile.Sizes {
		if s.runs(size, k) && s.carriedCount(size) > 0 {
			list = append(list, choice{size: size, room: s.room(size, 0, k.os)})
		}
	}
	return list
}

// runs reports whether the nodes of a kind may have a size.
func (s *sizer) runs(size profiles.VMSize, k kind) bool {
	return size.Allows(profiles.Worker) && !size.TestOnly && !size.Preview && (size.GPU.Count > 0) == k.gpu
}

// leastOf turns choices whose counts are lower bounds into the best one that holds the
// pods, exactly: a size is left out only when its lower bound is no better than a count
// that was found.
func leastOf(list []choice, pods []PodSet, most int) (choice, bool) {
	slices.SortFunc(list, choice.order)
	var best, second choice
	for _, c := range list {
		if best.count > 0 && c.count*c.size.VCPU > best.count*best.size.VCPU {
			break
		}
		limit := most
		if best.count > 0 {
			limit = min(most, best.count*best.size.VCPU/c.size.VCPU)
		}
		n := leastCount(nil, c.room, pods, c.count, limit)
		if n == 0 {
			continue
		}
		c.count = n
		switch {
		case best.count == 0 || c.order(best) < 0:
			best, second = c, best
		case second.count == 0 || c.order(second) < 0:
			second = c
		}
	}
	if second.count > 0 {
		best.runnerUp = fmt.Sprintf("; next came %d of %s with %d", second.count, second.size.Name, second.count*second.size.VCPU)
	}
	return best, best.count > 0
}

// carriedCount is how many machines of a size the hosts could run, were there no others.
func (s *sizer) carriedCount(size profiles.VMSize) int {
	if len(s.in.Inventory.Hosts) == 0 {
		return mostCounted
	}
	n := 0
	for _, h := range s.in.Inventory.Hosts {
		usable := hostRoom(h, s.in.Site.Reserve, s.in.Profile.Reserve).Usable
		if size.Memory <= usable && size.VCPU <= int(max(h.Processor.Logical, h.Processor.Cores)) {
			n += counted(int(usable / max(size.Memory, 1)))
		}
	}
	return counted(n)
}

// LeastNodes is the smallest number of like nodes that hold the pods as the kube-scheduler
// places them, largest first and smallest first; 0 when none up to most does.
func LeastNodes(room NodeRoom, pods []PodSet, most int) int {
	return leastCount(nil, room, pods, 1, most)
}

// leastCount is the smallest number of nodes, from one on, that hold the pods together
// with others, 0 when none up to most does.
func leastCount(others []NodeSet, room NodeRoom, pods []PodSet, from, most int) int {
	n, ok := lowerBound(others, room, pods)
	if !ok {
		return 0
	}
	total := 0
	for _, p := range pods {
		total += counted(p.Count) * counted(p.Replicas)
	}
	nodes := append(slices.Clone(others), NodeSet{Room: room})
	for n = max(n, from, 1); n <= most; n++ {
		nodes[len(others)].Count = n
		if worstPlaced(nodes, pods, total) == total {
			return n
		}
	}
	return 0
}

// lowerBound is how many nodes the sums of what pods ask for need beside others, whatever
// stands where; not ok when a pod fits on no node at all.
func lowerBound(others []NodeSet, room NodeRoom, pods []PodSet) (int, bool) {
	var cpu, memory, number, gpu, apart int
	for _, p := range pods {
		n := counted(p.Count) * counted(p.Replicas)
		if n == 0 {
			continue
		}
		if !slices.ContainsFunc(append([]NodeSet{{Room: room, Count: 1}}, others...), func(s NodeSet) bool { return s.Count > 0 && s.Room.holds(NodeRoom{}, p) > 0 }) {
			return 0, false
		}
		cpu, memory, number, gpu = cpu+n*int(p.CPU), memory+n*int(p.Memory), number+n, gpu+n*p.GPU
		if p.Spread == Apart {
			apart = max(apart, counted(p.Replicas))
		}
	}
	for _, s := range others {
		cpu, memory, number, gpu = cpu-s.Count*int(s.Room.CPU), memory-s.Count*int(s.Room.Memory), number-s.Count*s.Room.Pods, gpu-s.Count*s.Room.GPU
		apart -= s.Count
	}
	n := apart
	for _, d := range [...]struct{ need, one int }{{cpu, int(room.CPU)}, {memory, int(room.Memory)}, {number, room.Pods}, {gpu, room.GPU}} {
		switch {
		case d.need <= 0:
		case d.one <= 0:
			return 0, false
		default:
			n = max(n, (d.need+d.one-1)/d.one)
		}
	}
	return n, true
}

// worstPlaced is how many pods find a node when they come smallest first or largest first,
// the fewer of the two: nobody can tell in which order they will come. The second order is
// left out when the first already places fewer than enough.
func worstPlaced(nodes []NodeSet, pods []PodSet, enough int) int {
	sum := func(list []PodSet) int {
		n := 0
		for _, placed := range Place(nodes, list) {
			n += placed
		}
		return n
	}
	if len(pods) < 2 || len(nodes) == 0 {
		return sum(pods)
	}
	share := shareOf(nodes)
	sorted := slices.Clone(pods)
	slices.SortStableFunc(sorted, func(a, b PodSet) int { return cmp.Compare(share(a), share(b)) })
	first := sum(sorted)
	if first < enough {
		return first
	}
	slices.Reverse(sorted)
	return min(first, sum(sorted))
}

// shareOf tells which part of the largest node a pod takes.
func shareOf(nodes []NodeSet) func(PodSet) float64 {
	room := NodeRoom{CPU: 1, Memory: 1}
	for _, s := range nodes {
		room.CPU, room.Memory = max(room.CPU, s.Room.CPU), max(room.Memory, s.Room.Memory)
	}
	return func(p PodSet) float64 {
		return max(float64(p.CPU)/float64(room.CPU), float64(p.Memory)/float64(room.Memory))
	}
}
