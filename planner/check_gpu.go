package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// gpus judges graphics processors, which machines take whole and from one host.
func (j *judge) gpus() {
	wanted := j.gpuDemand()
	var models []string
	for _, w := range wanted {
		if !slices.Contains(models, w.model) {
			models = append(models, w.model)
		}
	}
	for _, model := range models {
		var own []gpuWish
		for _, w := range wanted {
			if w.model == model {
				own = append(own, w)
			}
		}
		j.gpuSupply(model, own)
	}
	hosts := j.in.Inventory.Hosts
	for i, h := range hosts {
		var memory Bytes
		for _, g := range h.GPUs {
			memory = plus(memory, times(max(g.Count, 0), max(g.Memory, 0)))
		}
		if most := j.rules.Hosts.GPUMemoryMax; !most.Unstated && memory > most.Value {
			j.add(Finding{Code: "gpu-memory", Path: hostPath(i, "gpus"), Evidence: memory.String(), Source: cite(most.Source),
				Message: fmt.Sprintf("the graphics processors of %s have %s of memory, at most %s is supported", h.Name, memory, most.Value)})
		}
		for k, g := range h.GPUs {
			if g.Assignable == No && len(wanted) > 0 {
				j.add(Finding{Code: "gpu-assignable", Path: hostPath(i, fmt.Sprintf("gpus[%d].assignable", k)), Evidence: fmt.Sprintf("%d %s", g.Count, g.Model),
					Message: fmt.Sprintf("graphics processors of %s (%s) still belong to the host: no machine can take them", h.Name, g.Model)})
			}
		}
		if own, first := gpuSet(h), gpuSet(hosts[0]); own != first && len(wanted) > 0 {
			j.add(Finding{Code: "gpu-differs", Path: hostPath(i, "gpus"), Evidence: own + "; " + shortName(hosts[0].Name) + " has " + first,
				Message: h.Name + " has other graphics processors than the first host"})
		}
	}
}

// A gpuWish is what the node pools of one model and size of graphics processors need.
type gpuWish struct {
	model string
	each  int // for one machine
	nodes int
	path  string
	pools []string
}

// gpuDemand lists the wishes, in the order of the site.
func (j *judge) gpuDemand() []gpuWish {
	var list []gpuWish
	for i, c := range j.in.Site.Clusters {
		for k, p := range c.NodePools {
			size, ok := j.rules.VMSize(p.VMSize)
			if !ok || size.GPU.Count == 0 {
				continue
			}
			at := fmt.Sprintf("site.clusters[%d].nodePools[%d]", i, k)
			if p.OS != Linux {
				j.add(Finding{Code: "size-gpu-os", Path: at + ".os", Evidence: string(p.OS) + ", " + p.VMSize, Source: cite(size.Source),
					Message: fmt.Sprintf("pool %s of %s has %s, whose graphics processors are for Linux only", p.Name, c.Name, p.VMSize)})
			}
			if rule := j.rules.Reserve.GPUMachines; rule.Value == profiles.StaysOff {
				j.add(Finding{Code: "gpu-failover", Path: at + ".vmSize", Evidence: p.VMSize, Source: cite(rule.Source),
					Message: fmt.Sprintf("the nodes of %s/%s have graphics processors and do not move to another host", c.Name, p.Name)})
			}
			n := slices.IndexFunc(list, func(w gpuWish) bool { return w.model == size.GPU.Model && w.each == size.GPU.Count })
			if n < 0 {
				n = len(list)
				list = append(list, gpuWish{model: size.GPU.Model, each: size.GPU.Count, path: at + ".vmSize"})
			}
			list[n].nodes += counted(max(p.Count, p.MaxCount))
			list[n].pools = append(list[n].pools, c.Name+"/"+p.Name)
		}
	}
	return list
}

// gpuSupply judges the wishes for one model against the hosts: machines that take more are
// placed first, each on the first host with room.
func (j *judge) gpuSupply(model string, wishes []gpuWish) {
	var free []int
	total, needed, nodes, placed, largest := 0, 0, 0, 0, 0
	var pools []string
	for _, h := range j.in.Inventory.Hosts {
		own := 0
		for _, g := range h.GPUs {
			if sameGPU(g.Model, model) {
				own += counted(g.Count)
			}
		}
		free = append(free, own)
		total += own
	}
	path := wishes[0].path
	slices.SortStableFunc(wishes, func(a, b gpuWish) int { return b.each - a.each })
	for _, w := range wishes {
		needed, nodes, largest = needed+w.nodes*w.each, nodes+w.nodes, max(largest, w.each)
		pools = append(pools, w.pools...)
		for i := range free {
			n := min(free[i]/w.each, w.nodes)
			free[i] -= n * w.each
			w.nodes -= n
			placed += n
		}
	}
	spare := slices.ContainsFunc(free, func(n int) bool { return n >= largest })
	who, evidence := strings.Join(pools, ", "), fmt.Sprintf("%d %s needed, %d there", needed, model, total)
	switch {
	case total < needed:
		j.add(Finding{Code: "gpu-missing", Path: path, Evidence: evidence,
			Message: fmt.Sprintf("%s: %d %s are needed, the hosts of the inventory have %d", who, needed, model, total)})
	case placed < nodes:
		j.add(Finding{Code: "gpu-packing", Path: path, Evidence: evidence + fmt.Sprintf(", room for %d of %s", placed, many(nodes, "machine")),
			Message: fmt.Sprintf("%s: of %s with up to %d %s from one host, the hosts have room for %d", who, many(nodes, "machine"), largest, model, placed)})
	case !spare:
		j.add(Finding{Code: "gpu-spare", Path: path, Evidence: evidence,
			Message: fmt.Sprintf("%s: no host has %d %s to spare, and an upgrade waits for them", who, largest, model)})
	}
}

// sameGPU compares what a maker writes with what a catalogue does: NVIDIA Tesla T4 is T4.
func sameGPU(have, want string) bool {
	words := strings.Fields(strings.ToLower(have))
	for _, word := range strings.Fields(strings.ToLower(want)) {
		if word != "tesla" && word != "nvidia" && !slices.Contains(words, word) {
			return false
		}
	}
	return len(words) > 0
}

func gpuSet(h Host) string {
	var parts []string
	for _, g := range h.GPUs {
		parts = append(parts, fmt.Sprintf("%d %s", g.Count, g.Model))
	}
	if len(parts) == 0 {
		return "none"
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
