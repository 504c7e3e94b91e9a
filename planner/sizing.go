package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// Sizing is the node pools of one kind in one cluster, held against the workloads that
// are to run on them.
type Sizing struct {
	Cluster string `yaml:"cluster" json:"cluster"`
	OS      NodeOS `yaml:"os" json:"os"`
	// GPU is set for the workloads that ask for graphics processors. The others are kept
	// off the nodes that have some.
	GPU bool `yaml:"gpu,omitempty" json:"gpu,omitempty"`
	// Pods is how many there are to be, Placed how many of them find a node.
	Pods   int `yaml:"pods" json:"pods"`
	Placed int `yaml:"placed" json:"placed"`
	// Proposed is set when the planner chose the pools.
	Proposed bool `yaml:"proposed" json:"proposed"`
	// VCPUs of all nodes of the pools.
	VCPUs  int        `yaml:"vCPUs" json:"vCPUs"`
	Pools  []PoolRoom `yaml:"pools" json:"pools"`
	Reason Reason     `yaml:"reason" json:"reason"`
}

// PoolRoom is a node pool and what each of its nodes has for pods.
type PoolRoom struct {
	Name   string     `yaml:"name" json:"name"`
	VMSize string     `yaml:"vmSize" json:"vmSize"`
	Count  int        `yaml:"count" json:"count"`
	CPU    Millicores `yaml:"cpu" json:"cpu"`
	Memory Bytes      `yaml:"memory" json:"memory"`
	Pods   int        `yaml:"pods" json:"pods"`
	GPU    int        `yaml:"gpu,omitempty" json:"gpu,omitempty"`
}

// mostPods is how many pods of one cluster are sized. Kubernetes itself is made for no
// more (https://kubernetes.io/docs/setup/best-practices/cluster-large/).
const mostPods = 150_000

// mostSized is how many nodes are tried for a pool where the platform states no limit.
const mostSized = 1000

// sized writes out what a site leaves to the planner: node pools for workloads that have
// none, and load balancer machines large enough for their services. What the site says
// itself stays as it is, and is held against the workloads.
func sized(in Input) (Site, []Sizing, []Finding) {
	site := in.Site
	site.Clusters = slices.Clone(site.Clusters)
	var sizings []Sizing
	var findings []Finding
	for i := range site.Clusters {
		c := &site.Clusters[i]
		findings = append(findings, sizeBalancer(in.Profile, i, c)...)
		if len(c.Workloads) == 0 {
			continue
		}
		s := sizer{in: in, path: fmt.Sprintf("site.clusters[%d]", i), cluster: c}
		s.run()
		sizings, findings = append(sizings, s.sizings...), append(findings, s.findings...)
	}
	return site, sizings, findings
}

// A sizer sizes the pools of one cluster.
type sizer struct {
	in       Input
	path     string
	cluster  *Cluster
	sizings  []Sizing
	findings []Finding
}

// A kind is the nodes that a workload may run on.
type kind struct {
	os  NodeOS
	gpu bool
}

func (k kind) String() string {
	name := "linux"
	if k.os != Linux {
		name = "windows"
	}
	if k.gpu {
		name = "gpu"
	}
	return name
}

func (s *sizer) run() {
	var kinds []kind
	demand, worst := map[kind][]PodSet{}, map[kind]Workload{}
	for i, w := range s.cluster.Workloads {
		if !s.sound(i, w) {
			continue
		}
		k := kind{cmp.Or(w.OS, Linux), w.GPU > 0}
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
		demand[k] = append(demand[k], PodSet{Count: max(w.Count, 1), Replicas: w.Replicas, CPU: w.CPU, Memory: w.Memory, GPU: w.GPU, Spread: w.Spread})
		if now := worst[k]; w.CPU > now.CPU || w.CPU == now.CPU && w.Memory > now.Memory {
			worst[k] = w
		}
	}
	for _, k := range kinds {
		pods := demand[k]
		if k == (kind{os: Linux}) {
			a := s.in.Profile.Nodes.Agents
			n := max(a.Pods, 1)
			pods = append(pods, PodSet{Count: 1, Replicas: a.Pods, CPU: (a.CPU + Millicores(n) - 1) / Millicores(n), Memory: (a.Memory + Bytes(n) - 1) / Bytes(n)})
		}
		total := 0
		for _, p := range pods {
			total = min(total+counted(p.Count)*counted(p.Replicas), mostPods+1)
		}
		if total > mostPods {
			s.add("workload-count", ".workloads", fmt.Sprintf("%s is to run more pods than the %d that Kubernetes is made for in a cluster", s.cluster.Name, mostPods),
				fmt.Sprintf("more than %d pods", mostPods), "split the cluster", "https://kubernetes.io/docs/setup/best-practices/cluster-large/")
			continue
		}
		if pools := s.pools(k); len(pools) > 0 {
			s.hold(k, pools, pods, total)
		} else {
			s.propose(k, pods, total, worst[k])
		}
	}
}

// sound judges one workload by itself.
func (s *sizer) sound(i int, w Workload) bool {
	before := len(s.findings)
	at := fmt.Sprintf(".workloads[%d]", i)
	if !objectName.MatchString(w.Name) {
		s.add("workload-name", at+".name", fmt.Sprintf("%q cannot name a workload", w.Name), w.Name, "use lower-case letters, digits and inner hyphens", "")
	}
	if slices.ContainsFunc(s.cluster.Workloads[:i], func(o Workload) bool { return o.Name == w.Name }) {
		s.add("workload-name", at+".name", fmt.Sprintf("the name %q is used twice in %s", w.Name, s.cluster.Name), w.Name, "give each workload of a cluster a name of its own", "")
	}
	if w.Replicas < 1 || w.Count < 0 || w.CPU < 0 || w.Memory < 0 || w.GPU < 0 || w.Claim < 0 {
		s.add("workload-amount", at, fmt.Sprintf("%s has a negative amount, or no replicas", w.Name), fmt.Sprintf("%d replicas, count %d", w.Replicas, w.Count), "write replicas from 1, and what one pod requests", "")
	}
	if w.GPU > 0 && cmp.Or(w.OS, Linux) != Linux {
		s.add("workload-gpu", at+".gpu", w.Name+" asks for graphics processors on Windows nodes, which have none", string(w.OS), "run it on Linux", cite(s.in.Profile.Defaults.LinuxWorker.Source))
	}
	return len(s.findings) == before
}

func (s *sizer) add(code, key, message, evidence, remedy, source string) {
	s.findings = append(s.findings, Finding{Code: code, Severity: Block, Path: s.path + key, Message: message, Evidence: evidence, Remedy: remedy, Owner: OwnerYou, Source: source})
}

// pools are the numbers of the cluster's own pools of one kind.
func (s *sizer) pools(k kind) []int {
	var list []int
	for i, p := range s.cluster.NodePools {
		size, _ := s.in.Profile.VMSize(cmp.Or(p.VMSize, workerSize(s.in.Profile, p.OS).Value))
		if p.OS == k.os && (size.GPU.Count > 0) == k.gpu {
			list = append(list, i)
		}
	}
	return list
}

// room is what a node of a size has for pods.
func (s *sizer) room(size profiles.VMSize, maxPods int, os NodeOS) NodeRoom {
	rules := s.in.Profile.Nodes
	if maxPods <= 0 {
		maxPods = s.in.Profile.Limits.PodsPerNode.Value
	}
	maxPods = min(maxPods, mostPods)
	free := size.Memory - rules.KeptMemory(size.Memory, maxPods, os != Linux) - rules.Daemons.Memory
	return NodeRoom{
		CPU:    max(Millicores(size.VCPU)*1000-rules.KeptCPU(size.VCPU)-rules.Daemons.CPU, 0),
		Memory: max(free/profiles.MiB*profiles.MiB, 0), Pods: max(maxPods-rules.Daemons.Pods, 0), GPU: size.GPU.Count,
	}
}

// hold holds the cluster's own pools against the demand.
func (s *sizer) hold(k kind, pools []int, pods []PodSet, total int) {
	result := s.sizing(k, total)
	var nodes []NodeSet
	for _, i := range pools {
		p := s.cluster.NodePools[i]
		name := cmp.Or(p.VMSize, workerSize(s.in.Profile, p.OS).Value)
		size, _ := s.in.Profile.VMSize(name)
		set := NodeSet{s.room(size, p.MaxPods, p.OS), min(counted(max(p.Count, p.MaxCount)), mostPods)}
		nodes = append(nodes, set)
		result.add(p.Name, name, size.VCPU, set)
	}
	result.Placed = worstPlaced(nodes, pods, 0)
	result.Reason.Rule = fmt.Sprintf("pods are placed as the kube-scheduler does, largest first and smallest first; the fewer of the two counts. %s", s.rule(k))
	s.sizings = append(s.sizings, result)
	if result.Placed == total {
		return
	}
	last := len(nodes) - 1
	remedy := "add a pool of larger machines, or lower the requests"
	if n := leastCount(nodes[:last], nodes[last].Room, pods, nodes[last].Count+1, s.most(true)); n > 0 {
		key := "count"
		if s.cluster.NodePools[pools[last]].MaxCount > 0 {
			key = "maxCount"
		}
		remedy = fmt.Sprintf("write %s: %d for pool %s, %d more", key, n, result.Pools[last].Name, n-nodes[last].Count)
	}
	s.add("workload-fit", fmt.Sprintf(".nodePools[%d]", pools[last]), fmt.Sprintf("%d of the %d pods of %s find no room on its %s nodes", total-result.Placed, total, s.cluster.Name, k),
		fmt.Sprintf("%d of %d pods placed", result.Placed, total), remedy, result.Reason.Source)
}

// most is how many nodes a pool may have, or all pools of the cluster together.
func (s *sizer) most(pool bool) int {
	limits, most := s.in.Profile.Limits, mostSized
	if l := limits.NodesPerCluster; !l.Unstated {
		most = max(l.Value-counted(s.cluster.Control.Count), 1)
	}
	if l := limits.NodesPerPool; pool && !l.Unstated {
		most = min(most, max(l.Value, 1))
	}
	return most
}

func (s *sizer) sizing(k kind, total int) Sizing {
	return Sizing{Cluster: s.cluster.Name, OS: k.os, GPU: k.gpu, Pods: total, Reason: Reason{Source: cite(s.in.Profile.Nodes.Memory.Source)}}
}

// rule says what of a node is left for pods.
func (s *sizer) rule(k kind) string {
	d := s.in.Profile.Nodes.Daemons
	rule := fmt.Sprintf("A node offers what kubelet and system leave, less %s, %s and %d pods of the platform's own", d.CPU, d.Memory, d.Pods)
	if a := s.in.Profile.Nodes.Agents; k == (kind{os: Linux}) && a.Pods > 0 {
		rule += fmt.Sprintf("; %d of the pods are agents of Azure Arc, with %s and %s together", a.Pods, a.CPU, a.Memory)
	}
	return rule
}

func (z *Sizing) add(pool, size string, vcpu int, set NodeSet) {
	z.VCPUs += vcpu * set.Count
	z.Pools = append(z.Pools, PoolRoom{Name: pool, VMSize: size, Count: set.Count, CPU: set.Room.CPU, Memory: set.Room.Memory, Pods: set.Room.Pods, GPU: set.Room.GPU})
}

// propose adds pools for a demand that the cluster has none for.
func (s *sizer) propose(k kind, pods []PodSet, total int, worst Workload) {
	best, ok := s.choose(k, pods)
	if !ok {
		s.add("workload-size", ".workloads", fmt.Sprintf("no machine size holds the %s workloads of %s within %d nodes; the largest pod, of %s, asks for %s and %s", k, s.cluster.Name, s.most(false), worst.Name, worst.CPU, worst.Memory),
			fmt.Sprintf("%d pods", total), "lower the requests, split the cluster, or write node pools of several sizes", cite(s.in.Profile.Nodes.Memory.Source))
		return
	}
	result := s.sizing(k, total)
	result.Proposed, result.Placed = true, total
	result.Reason.Rule = fmt.Sprintf("the fewest virtual processors, then the least memory, then the most nodes, of all machine sizes that hold the pods as the kube-scheduler places them, largest first and smallest first%s. %s", best.runnerUp, s.rule(k))
	names := map[string]bool{}
	for _, p := range s.cluster.NodePools {
		names[p.Name] = true
	}
	s.cluster.NodePools = slices.Clone(s.cluster.NodePools)
	var lines []string
	for rest, n := best.count, 1; rest > 0; n++ {
		name := k.String()
		if n > 1 {
			name += fmt.Sprint(n)
		}
		if names[name] {
			continue
		}
		count := min(rest, s.most(true))
		rest -= count
		s.cluster.NodePools = append(s.cluster.NodePools, NodePool{Name: name, OS: k.os, Count: count, VMSize: best.size.Name})
		result.add(name, best.size.Name, best.size.VCPU, NodeSet{best.room, count})
		lines = append(lines, fmt.Sprintf("{name: %s, os: %s, count: %d, vmSize: %s}", name, k.os, count, best.size.Name))
	}
	s.sizings = append(s.sizings, result)
	s.findings = append(s.findings, Finding{Code: "workload-proposed", Severity: Note, Path: s.path + ".workloads", Owner: OwnerYou, Source: result.Reason.Source,
		Message:  fmt.Sprintf("%d nodes of %s are proposed for the %d %s pods of %s", best.count, best.size.Name, total, k, s.cluster.Name),
		Evidence: fmt.Sprintf("%d of %s", best.count, best.size.Name), Remedy: "nothing: the plan has them; to keep them as they are, write under nodePools: " + strings.Join(lines, ", ")})
}
