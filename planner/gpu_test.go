package planner

import (
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

// gpuPools gives the first cluster a pool of nodes for each size.
func gpuPools(pools ...NodePool) func(*Input) {
	return func(in *Input) {
		for i, p := range pools {
			p.Name, p.OS = "gpu"+string(rune('a'+i)), Linux
			in.Site.Clusters[0].NodePools = append(in.Site.Clusters[0].NodePools, p)
		}
	}
}

// gpuHosts gives each host some graphics processors of one model.
func gpuHosts(model string, counts ...int) func(*Input) {
	return likeHosts(len(counts), func(i int, h *Host) { h.GPUs = []GPU{{Model: model, Count: counts[i]}} })
}

func TestGPUs(t *testing.T) {
	const one, two = "Standard_NK6", "Standard_NK12"
	nodes := func(size string, n int) NodePool { return NodePool{Count: n, VMSize: size} }
	hold(t, []rule{
		{"all nodes have theirs", "quickstart", "gpu-missing", and(gpuHosts("T4", 2, 1), gpuPools(nodes(one, 3))), and(gpuHosts("T4", 2, 1), gpuPools(nodes(one, 4)))},
		{"pairs count twice", "quickstart", "gpu-missing", and(gpuHosts("T4", 2, 2), gpuPools(nodes(two, 2))), and(gpuHosts("T4", 2, 1), gpuPools(nodes(two, 2)))},
		{"a pool counts with what it may grow to", "quickstart", "gpu-missing", and(gpuHosts("T4", 1, 1), gpuPools(NodePool{Count: 1, MaxCount: 2, VMSize: one})), and(gpuHosts("T4", 1, 1), gpuPools(NodePool{Count: 1, MaxCount: 3, VMSize: one}))},
		{"pools of one size are one wish", "quickstart", "gpu-missing", and(gpuHosts("T4", 2, 2), gpuPools(nodes(one, 2), nodes(one, 2))), and(gpuHosts("T4", 2, 2), gpuPools(nodes(one, 2), nodes(one, 3)))},
		{"a pair comes from one host", "quickstart", "gpu-packing", and(gpuHosts("T4", 2, 0), gpuPools(nodes(two, 1))), and(gpuHosts("T4", 1, 1), gpuPools(nodes(two, 1)))},
		{"pairs are placed first", "quickstart", "gpu-packing", and(gpuHosts("T4", 2, 1), gpuPools(nodes(one, 1), nodes(two, 1))), and(gpuHosts("T4", 1, 2, 1), gpuPools(nodes(one, 0), nodes(two, 2)))},
		{"one host has a spare for an upgrade", "quickstart", "gpu-spare", and(gpuHosts("T4", 2, 1), gpuPools(nodes(one, 2))), and(gpuHosts("T4", 2, 1), gpuPools(nodes(one, 3)))},
		{"the spare of a pair is a pair", "quickstart", "gpu-spare", and(gpuHosts("T4", 2, 2), gpuPools(nodes(two, 1))), and(gpuHosts("T4", 2, 1), gpuPools(nodes(two, 1)))},
		{"the pairs of several nodes are taken from a host", "quickstart", "gpu-spare", and(gpuHosts("T4", 6, 0), gpuPools(nodes(two, 2))), and(gpuHosts("T4", 5, 0), gpuPools(nodes(two, 2)))},
		{"a maker's name is no other model", "quickstart", "gpu-missing", and(gpuHosts("NVIDIA T4", 1, 1), gpuPools(nodes(one, 1))), and(gpuHosts("NVIDIA A2", 1, 1), gpuPools(nodes(one, 1)))},
		{"a model without a name is none", "quickstart", "gpu-missing", and(gpuHosts("t4", 1, 1), gpuPools(nodes(one, 1))), and(gpuHosts("", 1, 1), gpuPools(nodes(one, 1)))},
		{"hosts may differ while no pool wants any", "quickstart", "gpu-differs", gpuHosts("T4", 1, 2), and(gpuHosts("T4", 1, 2), gpuPools(nodes(one, 1)))},
		{"the order of the list is no difference", "quickstart", "gpu-differs",
			and(likeHosts(2, func(i int, h *Host) {
				h.GPUs = [][]GPU{{{Model: "T4", Count: 1}, {Model: "A2", Count: 1}}, {{Model: "A2", Count: 1}, {Model: "T4", Count: 1}}}[i]
			}), gpuPools(nodes(one, 1))),
			and(gpuHosts("T4", 1, 0), gpuPools(nodes(one, 1)))},
		{"what cannot be counted is not taken away", "worked-azurelocal", "gpu-memory",
			func(in *Input) {
				in.Inventory.Hosts[0].GPUs = []GPU{{Model: "A", Count: 3, Memory: 64 * profiles.GiB}}
			},
			func(in *Input) {
				in.Inventory.Hosts[0].GPUs = []GPU{{Model: "A", Count: 4, Memory: 64 * profiles.GiB}, {Model: "B", Count: -1, Memory: 64 * profiles.GiB}, {Model: "C", Count: 1, Memory: -64 * profiles.GiB}}
			}},
	})
}

func TestASetOfGPUsHasOneName(t *testing.T) {
	for want, gpus := range map[string][]GPU{"none": nil, "1 A2, 2 T4": {{Model: "T4", Count: 2}, {Model: "A2", Count: 1}}} {
		if got := gpuSet(Host{GPUs: gpus}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
