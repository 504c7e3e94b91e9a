package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// surroundings judges the clusters' network against what is there already, and the range of
// pods against the number of pods.
func (j *judge) surroundings() {
	site := j.in.Site.Network
	if site.VLAN == 0 {
		j.add(Finding{Code: "network-vlan-untagged", Path: "site.network.vlan", Evidence: "none", Message: "no VLAN is given: the clusters' machines are untagged, for good"})
	}
	for i, c := range j.in.Site.Clusters {
		if at, scope := c.Control.Address, site.DHCPScope; at != nil && scope != nil && scope.Contains(*at) {
			j.add(Finding{Code: "address-taken", Path: fmt.Sprintf("site.clusters[%d].controlPlane.address", i), Evidence: at.String() + " " + scope.String(),
				Message: fmt.Sprintf("the API server of %s has the address %s, which a DHCP server may lease (%s)", c.Name, at, scope), Remedy: "exclude the address from the scope, or give another outside all pools and scopes"})
		}
	}
	if j.rules.Generation == profiles.AzureLocal {
		for i, n := range j.in.Inventory.LogicalNetworks {
			if n.Name == site.Name {
				j.existing(fmt.Sprintf("inventory.logicalNetworks[%d]", i), n)
			}
		}
	}
	if site.Pods == nil || !j.rules.Network.Pods.Configurable || !site.Pods.Addr().Is4() {
		return
	}
	for _, c := range j.in.Site.Clusters {
		pods := counted(c.Control.Count) * j.podsOn(0)
		for _, p := range c.NodePools {
			pods += counted(max(p.Count, p.MaxCount)) * j.podsOn(p.MaxPods)
		}
		if size := whole(site.Pods.Masked()).Size(); pods > size {
			j.add(Finding{Code: "address-inner-small", Path: "site.network.pods", Evidence: fmt.Sprintf("%s, %s in %s", site.Pods, many(pods, "pod"), c.Name),
				Message: fmt.Sprintf("the pod range %s has %s, %s may have %s", site.Pods, many(size, "address"), c.Name, many(pods, "pod"))})
			return
		}
	}
}

// podsOn is the most pods on a node.
func (j *judge) podsOn(own int) int {
	if own > 0 {
		return counted(own)
	}
	return j.rules.Limits.PodsPerNode.Value
}

// existing judges a logical network of the site's name that is there already.
func (j *judge) existing(path string, n ExistingNetwork) {
	site := j.in.Site.Network
	if n.Pool == nil {
		j.add(Finding{Code: "logical-network-pool", Path: path + ".pool", Evidence: n.Name + ", no IP pool", Message: fmt.Sprintf("the logical network %s is there already and has no IP pool", n.Name)})
	}
	if region := j.in.Site.Azure.Region; n.Region != region {
		j.add(Finding{Code: "logical-network-region", Path: path + ".region", Evidence: n.Region, Message: fmt.Sprintf("the logical network %s is there already in %s, the site is for %s", n.Name, n.Region, region)})
	}
	var other []string
	if n.Addressing != site.Addressing {
		other = append(other, fmt.Sprintf("addressing %s", n.Addressing))
	}
	if n.Subnet != site.Subnet {
		other = append(other, fmt.Sprintf("subnet %s", n.Subnet))
	}
	if n.VLAN != site.VLAN {
		other = append(other, fmt.Sprintf("VLAN %d", n.VLAN))
	}
	if n.Switch != "" && n.Switch != site.Switch {
		other = append(other, "switch "+n.Switch)
	}
	if own := site.NodePool; n.Pool != nil && own != nil && !(n.Pool.Contains(own.Start) && n.Pool.Contains(own.End)) {
		other = append(other, "pool "+n.Pool.String())
	}
	for _, what := range other {
		j.add(Finding{Code: "logical-network-differs", Path: path, Evidence: what, Message: fmt.Sprintf("the logical network %s is there already with %s, unlike the site", n.Name, what)})
	}
}

// limitFirstPool judges the pool that a cluster is created with, for which the vendor
// states another limit than for pools.
func (j *judge) limitFirstPool(at string, c Cluster, p NodePool) {
	limits, nodes := j.rules.Limits, max(p.Count, p.MaxCount)
	f := Finding{Code: "limit-pool-nodes", Path: at + ".count", Evidence: many(nodes, "node"), Source: cite(limits.NodesInFirstPool.Source)}
	switch {
	case nodes > limits.NodesInFirstPool.Value:
		f.Message = fmt.Sprintf("pool %s of %s may have %s, at most %d are supported", p.Name, c.Name, many(nodes, "node"), limits.NodesInFirstPool.Value)
	case !limits.NodesPerPool.Unstated && nodes > limits.NodesPerPool.Value:
		f.Severity = Warn
		f.Message = fmt.Sprintf("pool %s of %s may have %s: the first pool may have %d, a pool %d, on the same page of the vendor", p.Name, c.Name, many(nodes, "node"), limits.NodesInFirstPool.Value, limits.NodesPerPool.Value)
	default:
		return
	}
	j.add(f)
}
