package profiles

// Limits is how far a platform scales.
type Limits struct {
	// HostsMin is the least that can be installed, HostsForHA the least that survives the
	// loss of a host.
	HostsMin   Limit `yaml:"hostsMin"`
	HostsForHA Limit `yaml:"hostsForHA"`
	HostsMax   Limit `yaml:"hostsMax"`
	// ClustersMax is workload clusters on one platform, ClustersMaxAutoscaler the same when
	// any of them grows by itself.
	ClustersMax           Limit `yaml:"clustersMax"`
	ClustersMaxAutoscaler Limit `yaml:"clustersMaxAutoscaler"`
	// VirtualMachinesMax counts every machine of every cluster, the management cluster's too.
	VirtualMachinesMax Limit `yaml:"virtualMachinesMax"`
	// NodesPerCluster counts control plane and workers.
	NodesPerCluster Limit `yaml:"nodesPerCluster"`
	PoolsPerCluster Limit `yaml:"poolsPerCluster"`
	NodesPerPool    Limit `yaml:"nodesPerPool"`
	// NodesInFirstPool is the limit for the pool that a cluster is created with.
	NodesInFirstPool Limit `yaml:"nodesInFirstPool"`
	PodsPerNode      Limit `yaml:"podsPerNode"`    // the default
	PodsPerNodeMin   Limit `yaml:"podsPerNodeMin"` // the least that is accepted
	PodsPerNodeMax   Limit `yaml:"podsPerNodeMax"` // what a node's address slice holds
	// ControlPlaneCounts are the numbers of control plane nodes that are allowed.
	ControlPlaneCounts Figure[[]int] `yaml:"controlPlaneCounts"`
	// ConcurrentClusters is cluster creations at one time, ConcurrentClustersAutoscaler the
	// same with autoscaling, ConcurrentPools node pool creations at one time.
	ConcurrentClusters           Limit `yaml:"concurrentClusters"`
	ConcurrentClustersAutoscaler Limit `yaml:"concurrentClustersAutoscaler"`
	ConcurrentPools              Limit `yaml:"concurrentPools"`
	// HostMemoryMax and HostProcessorsMax are memory and logical processors of one host.
	HostMemoryMax     Size  `yaml:"hostMemoryMax"`
	HostProcessorsMax Limit `yaml:"hostProcessorsMax"`
	// HostVCPUMax is virtual processors of all machines on one host.
	HostVCPUMax Limit `yaml:"hostVCPUMax"`
	// HostStorageMax is the raw capacity of one host, StorageMax that of all together.
	HostStorageMax Size `yaml:"hostStorageMax"`
	StorageMax     Size `yaml:"storageMax"`
	// VolumesMax is volumes of one failover cluster, VolumeSizeMax the size of each.
	VolumesMax    Limit `yaml:"volumesMax"`
	VolumeSizeMax Size  `yaml:"volumeSizeMax"`
}
