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
	demand := map[kind][]demanded{}
	for i, w := range s.cluster.Workloads {
		if !s.sound(i, w) {
			continue
		}
		k := kind{cmp.Or(w.OS, Linux), w.GPU > 0}
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
		set := PodSet{Count: max(w.Count, 1), Replicas: w.Replicas, CPU: w.CPU, Memory: w.Memory, GPU: w.GPU, Spread: w.Spread}
		demand[k] = append(demand[k], demanded{set, w.Name, i})
	}
	for _, k := range kinds {
		own := s.pools(k)
		list := s.misfits(k, own, demand[k])
		if len(list) == 0 {
			continue
		}
		if k == (kind{os: Linux}) {
			a := s.in.Profile.Nodes.Agents
			n := max(a.Pods, 1)
			set := PodSet{Count: 1, Replicas: a.Pods, CPU: (a.CPU + Millicores(n) - 1) / Millicores(n), Memory: (a.Memory + Bytes(n) - 1) / Bytes(n)}
			list = append(list, demanded{set, "the agents of Azure Arc", -1})
		}
		total := 0
		for _, p := range list {
			total = min(total+counted(p.Count)*counted(p.Replicas), mostPods+1)
		}
		if total > mostPods {
			s.add("workload-count", ".workloads", fmt.Sprintf("%s is to run more pods than the %d that Kubernetes is made for in a cluster", s.cluster.Name, mostPods),
				fmt.Sprintf("more than %d pods", mostPods), "split the cluster", "https://kubernetes.io/docs/setup/best-practices/cluster-large/")
			continue
		}
		if len(own) > 0 {
			s.hold(k, own, list, total)
		} else {
			s.propose(k, list, total)
		}
	}
}

// sound judges one workload by itself.
func (s *sizer) sound(i int, w Workload) bool {
	before := len(s.findings)
	at := fmt.Sprintf(".workloads[%d]", i)
	if !objectName.MatchString(w.Name) {
		s.add("workload-name", at+".name", fmt.Sprintf("%s cannot name a workload", quoted(w.Name)), w.Name, "use lower-case letters, digits and inner hyphens", "")
	}
	if slices.ContainsFunc(s.cluster.Workloads[:i], func(o Workload) bool { return o.Name == w.Name }) {
		s.add("workload-name", at+".name", fmt.Sprintf("the name %s is used twice in %s", quoted(w.Name), s.cluster.Name), w.Name, "give each workload of a cluster a name of its own", "")
	}
	if w.Replicas < 1 || w.Count < 0 || w.CPU < 0 || w.Memory < 0 || w.GPU < 0 || w.Claim < 0 {
		s.add("workload-amount", at, fmt.Sprintf("%s has a negative amount, or no replicas", w.Name), fmt.Sprintf("%s, count %d", many(w.Replicas, "replica"), w.Count), "write replicas from 1, and what one pod requests", "")
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
func (s *sizer) hold(k kind, pools []int, list []demanded, total int) {
	pods, result := podSets(list), s.sizing(k, total)
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
	left := leftOver(nodes, list)
	remedy := "lower the requests or the replicas of " + heaviest(left, nodes[last].Room).name
	size, _ := s.in.Profile.VMSize(result.Pools[last].VMSize)
	if n := leastCount(nodes[:last], nodes[last].Room, pods, nodes[last].Count+1, min(s.most(true), s.carriedCount(size))); n > 0 {
		key := "count"
		if s.cluster.NodePools[pools[last]].MaxCount > 0 {
			key = "maxCount"
		}
		remedy = fmt.Sprintf("write %s: %d for pool %s, %d more", key, n, result.Pools[last].Name, n-nodes[last].Count)
	} else if more, ok := s.choose(k, podSets(left)); ok {
		remedy += fmt.Sprintf(", or add a pool with %s", poolText(k, k.String()+"more", more.count, more.size.Name))
	}
	s.add("workload-fit", fmt.Sprintf(".nodePools[%d]", pools[last]), fmt.Sprintf("%d of the %s of %s find no room on its %s nodes: %s", total-result.Placed, many(total, "pod"), s.cluster.Name, k, podsOf(left)),
		fmt.Sprintf("%d of %s placed", result.Placed, many(total, "pod")), remedy, result.Reason.Source)
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

// poolText is a node pool as the site writes it.
func poolText(k kind, name string, count int, size string) string {
	return fmt.Sprintf("{name: %s, os: %s, count: %d, vmSize: %s}", name, k.os, count, size)
}

// propose adds pools for a demand that the cluster has none for.
func (s *sizer) propose(k kind, list []demanded, total int) {
	best, ok := s.choose(k, podSets(list))
	if !ok {
		var room NodeRoom
		for _, c := range s.candidates(k) {
			room.CPU, room.Memory = max(room.CPU, c.room.CPU), max(room.Memory, c.room.Memory)
		}
		worst := heaviest(list, room)
		s.add("workload-size", worst.path(), fmt.Sprintf("no one machine size that the hosts carry holds the %s of %s on at most %s: %s", many(total, k.String()+" pod"), s.cluster.Name, many(s.most(false), "node"), podsOf(list)),
			fmt.Sprintf("%s; %s", many(total, "pod"), podsOf(list)), fmt.Sprintf("lower the requests or the replicas of %s, move it to a cluster of its own, or write node pools of several sizes", worst.name), cite(s.in.Profile.Nodes.Memory.Source))
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
		lines = append(lines, poolText(k, name, count, best.size.Name))
	}
	s.sizings = append(s.sizings, result)
	s.findings = append(s.findings, Finding{Code: "workload-proposed", Severity: Note, Path: s.path + ".workloads", Owner: OwnerYou, Source: result.Reason.Source,
		Message:  fmt.Sprintf("%s of %s %s proposed for the %s of %s", many(best.count, "node"), best.size.Name, does(best.count, "is", "are"), many(total, k.String()+" pod"), s.cluster.Name),
		Evidence: fmt.Sprintf("%d of %s", best.count, best.size.Name), Remedy: "nothing: the plan has them; to keep them as they are, write under nodePools: " + strings.Join(lines, ", ")})
}
