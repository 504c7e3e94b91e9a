package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// clusters judges the workload clusters against the platform's limits and catalogue.
func (j *judge) clusters() {
	clusters, limits := j.in.Site.Clusters, j.rules.Limits
	if len(clusters) == 0 {
		j.add(Finding{Code: "cluster-none", Severity: Warn, Path: "site.clusters", Owner: OwnerYou, Evidence: "0 clusters", Source: "ASD:AKS-Hybrid/known-issues-installation.yml (read 2026-11-22)",
			Message: "no workload cluster is planned", Remedy: "plan one: without a workload cluster within 60 days the deployment goes out of policy and must be made anew"})
	}
	most := limits.ClustersMax
	if !limits.ClustersMaxAutoscaler.Unstated && slices.ContainsFunc(clusters, autoscaled) {
		most = limits.ClustersMaxAutoscaler
	}
	if !most.Unstated && len(clusters) > most.Value {
		j.add(Finding{Code: "limit-clusters", Severity: Block, Path: "site.clusters", Owner: OwnerYou, Evidence: many(len(clusters), "cluster"), Source: cite(most.Source),
			Message: fmt.Sprintf("%s are more than the %d that are supported", many(len(clusters), "cluster"), most.Value), Remedy: "put more into each cluster, or split the site"})
	}
	j.size("site.management.vmSize", j.in.Site.Management.VMSize, profiles.Management)
	names := map[string]int{}
	for i, c := range clusters {
		path := fmt.Sprintf("site.clusters[%d]", i)
		j.clusterName(path, c.Name)
		if first, again := names[c.Name]; again {
			j.add(Finding{Code: "cluster-duplicate", Severity: Block, Path: path + ".name", Owner: OwnerYou, Evidence: c.Name,
				Message: fmt.Sprintf("the name %s is used twice, first at site.clusters[%d]", quoted(c.Name), first), Remedy: "give each cluster a name of its own"})
		} else {
			names[c.Name] = i
		}
		j.cluster(path, c)
	}
}

func autoscaled(c Cluster) bool {
	return slices.ContainsFunc(c.NodePools, func(p NodePool) bool { return p.MaxCount > 0 })
}

// clusterName: the platform takes hyphens by its error text and advises against them by
// its reference.
func (j *judge) clusterName(path, name string) {
	const source = "ASD:AKS-Hybrid/reference/ps/new-akshcicluster.md (read 2026-11-22)"
	switch {
	case len(name) < 2 || len(name) > 63 || !hyphenName.MatchString(name):
		j.add(Finding{Code: "cluster-name", Severity: Block, Path: path + ".name", Owner: OwnerYou, Evidence: name, Source: source,
			Message: fmt.Sprintf("%s cannot name a cluster", quoted(name)), Remedy: "use 2 to 63 lower-case letters and digits"})
	case !plainName.MatchString(name):
		j.add(Finding{Code: "cluster-name-hyphen", Severity: Warn, Path: path + ".name", Owner: OwnerYou, Evidence: name, Source: source,
			Message: fmt.Sprintf("the name %s has a hyphen, which the vendor advises against", quoted(name)), Remedy: "use lower-case letters and digits only"})
	}
}

func (j *judge) cluster(path string, c Cluster) {
	limits := j.rules.Limits
	if counts := limits.ControlPlaneCounts; !slices.Contains(counts.Value, c.Control.Count) {
		j.add(Finding{Code: "control-plane-count", Severity: Block, Path: path + ".controlPlane.count", Owner: OwnerYou, Evidence: fmt.Sprint(c.Control.Count), Source: cite(counts.Source),
			Message: fmt.Sprintf("%s has %s", c.Name, many(c.Control.Count, "control plane node")), Remedy: "write " + anyNumber(counts.Value)})
	}
	switch hosts := len(j.in.Inventory.Hosts); {
	case c.Control.Count == 1 && hosts > 1:
		j.add(Finding{Code: "control-plane-single", Path: path + ".controlPlane.count", Evidence: "1", Message: c.Name + " has one control plane node"})
	case c.Control.Count > hosts && hosts > 1:
		j.add(Finding{Code: "control-plane-hosts", Path: path + ".controlPlane.count", Evidence: fmt.Sprintf("%d on %s", c.Control.Count, many(hosts, "host")),
			Message: fmt.Sprintf("the %s of %s stand on %s: some host has two of them", many(c.Control.Count, "control plane node"), c.Name, many(hosts, "host"))})
	}
	j.size(path+".controlPlane.vmSize", c.Control.VMSize, profiles.ControlPlane)
	if balancers := j.rules.Network.Balancers; !slices.Contains(balancers.Value, string(c.Balancer.Kind)) {
		j.add(Finding{Code: "balancer-kind", Severity: Block, Path: path + ".loadBalancer.kind", Owner: OwnerYou, Evidence: string(c.Balancer.Kind), Source: cite(balancers.Source),
			Message: fmt.Sprintf("%s has no load balancer %s", j.rules.Title, quoted(c.Balancer.Kind)), Remedy: "write one of: " + strings.Join(balancers.Value, ", ")})
	}
	if c.Balancer.Kind == HAProxy {
		j.size(path+".loadBalancer.vmSize", c.Balancer.VMSize, profiles.LoadBalancer)
	}
	if c.Services < 0 {
		j.add(Finding{Code: "cluster-services", Severity: Block, Path: path + ".services", Owner: OwnerYou, Evidence: fmt.Sprint(c.Services), Message: "a number of services cannot be negative", Remedy: "write 0 or more"})
	}
	if c.Services > 0 && c.Balancer.Kind == NoBalancer {
		j.add(Finding{Code: "balancer-none", Severity: Warn, Path: path + ".loadBalancer.kind", Owner: OwnerYou, Evidence: many(c.Services, "service"), Source: "ASD:AKS-Hybrid/reference/ps/new-akshciloadbalancersetting.md (read 2026-11-22)",
			Message: fmt.Sprintf("%s has services but no load balancer: they stay pending", c.Name), Remedy: "write kind: haproxy, or plan a load balancer of your own; it cannot be changed later"})
	}
	for _, object := range []struct{ key, name string }{{"namespace", c.Namespace}, {"storageClass", c.StorageClass}} {
		if object.name != "" && !objectName.MatchString(object.name) {
			j.add(Finding{Code: "object-name", Severity: Block, Path: path + "." + object.key, Owner: OwnerYou, Evidence: object.name,
				Message: fmt.Sprintf("%s cannot name a Kubernetes object", quoted(object.name)), Remedy: "use lower-case letters, digits and inner hyphens"})
		}
	}
	j.pools(path, c)
}

func (j *judge) pools(path string, c Cluster) {
	limits := j.rules.Limits
	if len(c.NodePools) == 0 {
		j.add(Finding{Code: "pool-none", Severity: Block, Path: path + ".nodePools", Owner: OwnerYou, Evidence: "0 node pools", Message: c.Name + " has no node pool", Remedy: "add one with at least one Linux node"})
		return
	}
	if most := limits.PoolsPerCluster; !most.Unstated && len(c.NodePools) > most.Value {
		j.add(Finding{Code: "limit-pools", Severity: Block, Path: path + ".nodePools", Owner: OwnerYou, Evidence: many(len(c.NodePools), "pool"), Source: cite(most.Source),
			Message: fmt.Sprintf("%s has %s, at most %d are supported", c.Name, many(len(c.NodePools), "node pool"), most.Value), Remedy: "join pools of one size"})
	}
	names, nodes, linux := map[string]int{}, c.Control.Count, false
	for k, p := range c.NodePools {
		at := fmt.Sprintf("%s.nodePools[%d]", path, k)
		if first, again := names[p.Name]; again {
			j.add(Finding{Code: "pool-duplicate", Severity: Block, Path: at + ".name", Owner: OwnerYou, Evidence: p.Name, Message: fmt.Sprintf("the name %s is used twice in %s, first at %s.nodePools[%d]", quoted(p.Name), c.Name, path, first), Remedy: "give each pool of a cluster a name of its own"})
		} else {
			names[p.Name] = k
		}
		j.poolName(at, p)
		nodes += max(p.Count, p.MaxCount)
		linux = linux || p.OS == Linux && p.Count > 0
		j.pool(at, c, p)
		if k == 0 {
			j.firstPool(at, c, p)
		} else {
			j.limitPool(at, c, p)
		}
	}
	if most := limits.NodesPerCluster; !most.Unstated && nodes > most.Value {
		j.add(Finding{Code: "limit-nodes", Severity: Block, Path: path + ".nodePools", Owner: OwnerYou, Evidence: many(nodes, "node"), Source: cite(most.Source),
			Message: fmt.Sprintf("%s may grow to %s, at most %d are supported", c.Name, many(nodes, "node"), most.Value), Remedy: "split the cluster"})
	}
	if !linux {
		j.add(Finding{Code: "pool-linux", Severity: Warn, Path: path + ".nodePools", Owner: OwnerYou, Evidence: "no Linux node", Source: "ASD:AKS-Hybrid/connect-to-arc.md (read 2026-11-22)",
			Message: c.Name + " has no Linux node, which the Azure Arc agents need", Remedy: "add a Linux pool of at least one node"})
	}
}

func (j *judge) pool(at string, c Cluster, p NodePool) {
	limits := j.rules.Limits
	if p.Count < 1 {
		j.add(Finding{Code: "pool-count", Severity: Block, Path: at + ".count", Owner: OwnerYou, Evidence: fmt.Sprint(p.Count), Message: fmt.Sprintf("pool %s of %s has %s", p.Name, c.Name, many(p.Count, "node")), Remedy: "write 1 or more, or leave the pool out"})
	}
	if p.MaxCount != 0 && p.MaxCount < p.Count {
		j.add(Finding{Code: "pool-growth", Severity: Block, Path: at + ".maxCount", Owner: OwnerYou, Evidence: fmt.Sprintf("%d of %d", p.MaxCount, p.Count), Message: fmt.Sprintf("pool %s of %s may grow to %s but starts with %d", p.Name, c.Name, many(p.MaxCount, "node"), p.Count), Remedy: "raise maxCount, or leave it out"})
	}
	if pods := p.MaxPods; pods != 0 && (pods < limits.PodsPerNodeMin.Value || !limits.PodsPerNodeMax.Unstated && pods > limits.PodsPerNodeMax.Value) {
		j.add(Finding{Code: "pool-pods", Severity: Block, Path: at + ".maxPods", Owner: OwnerYou, Evidence: fmt.Sprint(pods), Source: cite(limits.PodsPerNodeMin.Source),
			Message: fmt.Sprintf("%s on a node %s not accepted", many(pods, "pod"), does(pods, "is", "are")), Remedy: fmt.Sprintf("write %d to %d, or leave it out for %d", limits.PodsPerNodeMin.Value, limits.PodsPerNodeMax.Value, limits.PodsPerNode.Value)})
	}
	if p.MaxPods > limits.PodsPerNode.Value && (limits.PodsPerNodeMax.Unstated || p.MaxPods <= limits.PodsPerNodeMax.Value) {
		j.add(Finding{Code: "pool-pods-advised", Path: at + ".maxPods", Evidence: fmt.Sprint(p.MaxPods), Message: fmt.Sprintf("nodes of %s/%s may have %s, %d are advised", c.Name, p.Name, many(p.MaxPods, "pod"), limits.PodsPerNode.Value)})
	}
	j.size(at+".vmSize", p.VMSize, profiles.Worker)
	standard := workerSize(j.rules, p.OS)
	if size, ok := j.rules.VMSize(standard.Value); ok && p.VMSize == "" {
		j.add(Finding{Code: "size-default", Path: at, Evidence: size.Name, Source: cite(standard.Source),
			Message: fmt.Sprintf("pool %s of %s names no size: its nodes are %s, with %s and %s of memory", p.Name, c.Name, size.Name, many(size.VCPU, "vCPU"), size.Memory)})
	}
}

var arcPoolName = regexp.MustCompile(`^[a-z][a-z0-9]{2,11}$`)

// poolName: Azure Local takes fewer names than AksHci.
func (j *judge) poolName(at string, p NodePool) {
	switch local := j.rules.Generation == profiles.AzureLocal; {
	case !hyphenName.MatchString(p.Name) || len(p.Name) > 63 || local && !plainName.MatchString(p.Name):
		j.add(Finding{Code: "pool-name", Path: at + ".name", Evidence: p.Name, Message: fmt.Sprintf("%s cannot name a node pool", quoted(p.Name))})
	case local && !arcPoolName.MatchString(p.Name):
		j.add(Finding{Code: "pool-name-advised", Path: at + ".name", Evidence: p.Name, Message: fmt.Sprintf("the vendor's template refuses %s as the name of a node pool", quoted(p.Name))})
	}
}

// firstPool judges the pool that a cluster is created with.
func (j *judge) firstPool(at string, c Cluster, p NodePool) {
	if size, ok := j.rules.VMSize(p.VMSize); ok && size.NotFirst {
		j.add(Finding{Code: "size-default-pool", Path: at + ".vmSize", Evidence: p.VMSize, Message: fmt.Sprintf("%s cannot be created with its first pool of size %s", c.Name, p.VMSize)})
	}
	if j.rules.Limits.NodesInFirstPool.Unstated {
		j.limitPool(at, c, p)
	} else {
		j.limitFirstPool(at, c, p)
	}
}

func (j *judge) limitPool(at string, c Cluster, p NodePool) {
	if most := j.rules.Limits.NodesPerPool; !most.Unstated && max(p.Count, p.MaxCount) > most.Value {
		j.add(Finding{Code: "limit-pool-nodes", Path: at + ".count", Evidence: many(max(p.Count, p.MaxCount), "node"), Source: cite(most.Source),
			Message: fmt.Sprintf("pool %s of %s may have %s, at most %d are supported", p.Name, c.Name, many(max(p.Count, p.MaxCount), "node"), most.Value), Remedy: "split the pool"})
	}
}

// size judges the name of a machine size; an empty one is the platform's default.
func (j *judge) size(path, name string, role profiles.Role) {
	if name == "" {
		return
	}
	size, ok := j.rules.VMSize(name)
	switch {
	case !ok:
		var names []string
		for _, s := range j.rules.Sizes {
			if s.Allows(role) && !s.TestOnly {
				names = append(names, s.Name)
			}
		}
		j.add(Finding{Code: "size-unknown", Severity: Block, Path: path, Owner: OwnerYou, Evidence: name, Message: fmt.Sprintf("%s has no machine size %s", j.rules.Title, quoted(name)), Remedy: didYouMean(name, names)})
	case !size.Allows(role):
		j.add(Finding{Code: "size-role", Severity: Block, Path: path, Owner: OwnerYou, Evidence: name, Source: cite(size.Source), Message: fmt.Sprintf("%s is no size for a %s", name, role), Remedy: "choose another size"})
	case size.TestOnly:
		j.add(Finding{Code: "size-test", Severity: Warn, Path: path, Owner: OwnerYou, Evidence: fmt.Sprintf("%s, %s", name, size.Memory), Source: cite(size.Source), Message: name + " is for tests only: it runs out of memory", Remedy: "choose a size with at least 6GiB"})
	case j.laterThanInstalled(size.Since):
		j.add(Finding{Code: "size-release", Path: path, Evidence: name + " since " + size.Since + ", installed " + j.in.Inventory.Release, Source: cite(size.Source),
			Message: fmt.Sprintf("%s came with release %s, %s is installed", name, size.Since, j.in.Inventory.Release)})
	case size.Preview:
		j.add(Finding{Code: "size-preview", Severity: Note, Path: path, Owner: OwnerYou, Evidence: name, Source: cite(size.Source), Message: name + " is a preview without a promise of support", Remedy: "nothing, for tests"})
	}
}

// laterThanInstalled reports whether a release came after the one that is installed.
func (j *judge) laterThanInstalled(release string) bool {
	since, dated := month(release)
	own, known := month(j.in.Inventory.Release)
	return dated && known && since > own
}
