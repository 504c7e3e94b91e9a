package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// A demanded is the pods of one workload, which are to run on the nodes of its kind.
type demanded struct {
	PodSet
	// name is the workload's, at its number in the site; -1 for the platform's own pods.
	name string
	at   int
}

func (d demanded) path() string { return fmt.Sprintf(".workloads[%d]", d.at) }

// asks is what one pod requests, as the site writes it.
func (d demanded) asks() string {
	text := fmt.Sprintf("cpu %s and memory %s", d.CPU, d.Memory)
	if d.GPU > 0 {
		text = fmt.Sprintf("cpu %s, memory %s and gpu %d", d.CPU, d.Memory, d.GPU)
	}
	return text
}

func podSets(list []demanded) []PodSet {
	sets := make([]PodSet, len(list))
	for i, d := range list {
		sets[i] = d.PodSet
	}
	return sets
}

// misfits reports each workload of which not one pod has room on any node that the cluster
// has, or could be given, and answers with the others.
func (s *sizer) misfits(k kind, pools []int, list []demanded) []demanded {
	candidates := s.candidates(k)
	nodes := candidates
	for _, i := range pools {
		p := s.cluster.NodePools[i]
		size, _ := s.in.Profile.VMSize(cmp.Or(p.VMSize, workerSize(s.in.Profile, p.OS).Value))
		nodes = append(slices.Clone(nodes), choice{size: size, room: s.room(size, p.MaxPods, p.OS)})
	}
	var fitting []demanded
	for _, d := range list {
		holds := func(c choice) bool { return c.room.holds(NodeRoom{}, d.PodSet) > 0 }
		if d.at < 0 || slices.ContainsFunc(nodes, holds) {
			fitting = append(fitting, d)
			continue
		}
		if !s.mistaken(d) {
			s.misfit(k, nodes, d)
		}
	}
	return fitting
}

// mistaken asks about more whole cores than any machine has: 500 is 500 cores, and 500m half
// of one.
func (s *sizer) mistaken(d demanded) bool {
	largest := 0
	for _, size := range s.in.Profile.Sizes {
		largest = max(largest, size.VCPU)
	}
	if d.CPU%1000 != 0 || d.CPU <= Millicores(largest)*1000 {
		return false
	}
	cores := int64(d.CPU / 1000)
	s.add("workload-cpu", d.path()+".cpu", fmt.Sprintf("each pod of %s asks for %s; did you mean %dm, thousandths of a core?", d.name, many(cores, "core"), cores),
		fmt.Sprintf("cpu: %d", cores), fmt.Sprintf("write cpu: %dm; if cores are meant, lower them: no machine of the platform has more than %d", cores, largest), declared["workload-cpu"].Source)
	return true
}

// misfit reports a workload whose pods are larger than any node.
func (s *sizer) misfit(k kind, nodes []choice, d demanded) {
	var most NodeRoom
	for _, c := range nodes {
		most.CPU, most.Memory, most.GPU = max(most.CPU, c.room.CPU), max(most.Memory, c.room.Memory), max(most.GPU, c.room.GPU)
	}
	var short []string
	if d.CPU > most.CPU {
		short = append(short, fmt.Sprintf("cpu: %s", most.CPU))
	}
	if d.Memory > most.Memory {
		short = append(short, fmt.Sprintf("memory: %s", most.Memory))
	}
	if d.GPU > most.GPU {
		short = append(short, fmt.Sprintf("gpu: %d", most.GPU))
	}
	remedy := fmt.Sprintf("for %s write at the most %s", d.name, strings.Join(short, " and "))
	switch largest := largestOf(nodes, d.PodSet); {
	case len(nodes) == 0 && k.gpu:
		remedy = "leave gpu out of " + d.name + ", or use hosts that carry machines with graphics processors"
	case len(nodes) == 0:
		remedy = "use larger hosts: none carries a machine for workers"
	case len(short) == 0:
		remedy = fmt.Sprintf("for %s write at the most cpu: %s and memory: %s, which %s offers", d.name, largest.room.CPU, largest.room.Memory, largest.size.Name)
	}
	if larger, ok := s.uncarried(k, d.PodSet); ok {
		remedy += fmt.Sprintf("; %s would hold it, and needs a host with %s and %s for machines", larger.Name, many(larger.VCPU, "virtual processor"), larger.Memory)
	}
	s.add("workload-size", d.path(), fmt.Sprintf("no machine size that the hosts carry holds one pod of %s, which asks for %s", d.name, d.asks()), d.asks(), remedy, cite(s.in.Profile.Nodes.Memory.Source))
}

// largestOf is the node that comes nearest to holding a pod.
func largestOf(nodes []choice, p PodSet) choice {
	var best choice
	for _, c := range nodes {
		share := func(c choice) float64 {
			return min(float64(c.room.CPU)/float64(max(p.CPU, 1)), float64(c.room.Memory)/float64(max(p.Memory, 1)))
		}
		if best.size.Name == "" || share(c) > share(best) {
			best = c
		}
	}
	return best
}

// uncarried is the smallest machine that would hold a pod, were there a host for it.
func (s *sizer) uncarried(k kind, p PodSet) (profiles.VMSize, bool) {
	var best profiles.VMSize
	for _, size := range s.in.Profile.Sizes {
		if s.runs(size, k) && s.room(size, 0, k.os).holds(NodeRoom{}, p) > 0 && (best.Name == "" || size.Memory < best.Memory) {
			best = size
		}
	}
	return best, best.Name != ""
}

// leftOver names the workloads that do not all find a node, in the order that leaves the
// most, each with how many pods of it are left.
func leftOver(nodes []NodeSet, list []demanded) []demanded {
	var left []demanded
	most := -1
	sorted := slices.Clone(list)
	share := shareOf(nodes)
	slices.SortStableFunc(sorted, func(a, b demanded) int { return cmp.Compare(share(a.PodSet), share(b.PodSet)) })
	for range 2 {
		var now []demanded
		n := 0
		for i, placed := range Place(nodes, podSets(sorted)) {
			if missing := counted(sorted[i].Count)*counted(sorted[i].Replicas) - placed; missing > 0 {
				d := sorted[i]
				d.Count, d.Replicas = 1, missing
				now, n = append(now, d), n+missing
			}
		}
		if n > most {
			left, most = now, n
		}
		slices.Reverse(sorted)
	}
	return left
}

// podsOf lists workloads with the pods of each, the most first.
func podsOf(list []demanded) string {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b demanded) int { return cmp.Compare(b.Pods(), a.Pods()) })
	var names []string
	for i, d := range sorted {
		if i == 4 && len(sorted) > 5 {
			names = append(names, fmt.Sprintf("and %d more", len(sorted)-i))
			break
		}
		names = append(names, fmt.Sprintf("%d of %s", d.Pods(), d.name))
	}
	return strings.Join(names, ", ")
}

// heaviest is the workload that takes the most of its nodes.
func heaviest(list []demanded, room NodeRoom) demanded {
	share := shareOf([]NodeSet{{Room: room, Count: 1}})
	weight := func(d demanded) float64 {
		if d.at < 0 {
			return -1
		}
		return max(share(d.PodSet)*float64(counted(d.Count))*float64(counted(d.Replicas)), map[bool]float64{true: float64(counted(d.Replicas))}[d.Spread == Apart])
	}
	return slices.MaxFunc(list, func(a, b demanded) int { return cmp.Compare(weight(a), weight(b)) })
}
