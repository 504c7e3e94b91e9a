package profiles

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// aksHci are the platforms of the AksHci generation.
var aksHci = []string{"azure-stack-hci-20h2", "azure-stack-hci-22h2", "windows-server-2019", "windows-server-2022", "windows-server-2025"}

// show prints a figure for comparison: its value, or a dash where the vendor states none.
func show[T any](f Figure[T]) string {
	if f.Unstated {
		return "-"
	}
	return fmt.Sprint(f.Value)
}

func TestLimits(t *testing.T) {
	akshci := map[string]string{
		"hostsMin": "1", "hostsForHA": "2", "hostsMax": "8", "clustersMax": "8", "clustersMaxAutoscaler": "-", "virtualMachinesMax": "200",
		"nodesPerCluster": "256", "poolsPerCluster": "-", "nodesPerPool": "-", "nodesInFirstPool": "-",
		"podsPerNode": "110", "podsPerNodeMin": "51", "podsPerNodeMax": "254", "controlPlaneCounts": "[1 3 5]",
		"concurrentClusters": "4", "concurrentClustersAutoscaler": "-", "concurrentPools": "-",
	}
	local := map[string]string{
		"hostsMin": "1", "hostsForHA": "2", "hostsMax": "16", "clustersMax": "32", "clustersMaxAutoscaler": "12", "virtualMachinesMax": "-",
		"nodesPerCluster": "200", "poolsPerCluster": "16", "nodesPerPool": "64", "nodesInFirstPool": "200",
		"podsPerNode": "110", "podsPerNodeMin": "-", "podsPerNodeMax": "-", "controlPlaneCounts": "[1 3 5]",
		"concurrentClusters": "8", "concurrentClustersAutoscaler": "4", "concurrentPools": "8",
	}
	for _, name := range Names() {
		l := load1(t, name).Limits
		got := map[string]string{
			"hostsMin": show(l.HostsMin), "hostsForHA": show(l.HostsForHA), "hostsMax": show(l.HostsMax), "clustersMax": show(l.ClustersMax),
			"clustersMaxAutoscaler": show(l.ClustersMaxAutoscaler), "virtualMachinesMax": show(l.VirtualMachinesMax),
			"nodesPerCluster": show(l.NodesPerCluster), "poolsPerCluster": show(l.PoolsPerCluster), "nodesPerPool": show(l.NodesPerPool),
			"nodesInFirstPool": show(l.NodesInFirstPool), "podsPerNode": show(l.PodsPerNode), "podsPerNodeMin": show(l.PodsPerNodeMin),
			"podsPerNodeMax": show(l.PodsPerNodeMax), "controlPlaneCounts": show(l.ControlPlaneCounts), "concurrentClusters": show(l.ConcurrentClusters),
			"concurrentClustersAutoscaler": show(l.ConcurrentClustersAutoscaler), "concurrentPools": show(l.ConcurrentPools),
		}
		want := akshci
		if name == "azure-local" {
			want = local
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
