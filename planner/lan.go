package planner

import (
	"fmt"
)

// A lan is one network of the site while its addresses are planned: the site's own, which
// comes first, or one of the further networks.
type lan struct {
	*addressing
	net Network
	// at is its path, of what to put behind a name to tell it from that of the site's own.
	at, of   string
	clusters []int
	tally    tally
	usable   bool // pools can be looked for in its subnet
	pooled   []Pool
}

// subnet judges the subnet itself and reports whether pools can be looked for in it.
func (l *lan) subnet() bool {
	subnet, rules, path := l.net.Subnet, l.in.Profile.Addresses, l.at+".subnet"
	switch {
	case !subnet.IsValid():
		l.block("address-subnet", path, "the subnet is missing", "",
			"write the subnet of the clusters' machines with its prefix length, such as 10.40.20.0/24", OwnerNetwork, "")
	case !subnet.Addr().Is4():
		l.block("address-family", path, fmt.Sprintf("the subnet %s is IPv6; the platform uses IPv4 only", subnet), subnet.String(),
			"give an IPv4 subnet", OwnerNetwork, cite(rules.EdgesForbidden.Source))
	case subnet.Masked() != subnet:
		l.block("address-subnet", path, fmt.Sprintf("%s is an address inside the subnet %s", subnet, subnet.Masked()), subnet.String(),
			fmt.Sprintf("write %s", subnet.Masked()), OwnerYou, "")
	case subnet.Bits() > 30-l.edges:
		l.block("address-subnet", path, fmt.Sprintf("the subnet %s has no room for a pool", subnet), subnet.String(),
			fmt.Sprintf("give a subnet with at least %d addresses", max(rules.AdvisedMinimum.Value, 8)), OwnerNetwork, cite(rules.AdvisedMinimum.Source))
	default:
		if size := whole(subnet).Size(); size < rules.AdvisedMinimum.Value {
			l.add(Finding{Code: "address-advised", Severity: Warn, Path: path,
				Message:  fmt.Sprintf("the subnet %s has %d addresses, %d are advised", subnet, size, rules.AdvisedMinimum.Value),
				Evidence: subnet.String(), Remedy: "ask for a larger subnet; a pool cannot be extended later",
				Owner: OwnerNetwork, Source: cite(rules.AdvisedMinimum.Source)})
		}
		return true
	}
	return false
}

// room is how much more the pools take.
func (l *lan) room() Room {
	rules := l.in.Profile.Addresses
	cost := func(kind PoolKind) int {
		n := 0
		for _, r := range []struct {
			pool  PoolKind
			count int
		}{
			{poolOf(rules.Node.Space), 2 * rules.Node.Count}, {poolOf(rules.ClusterUpgrade.Space), rules.ClusterUpgrade.Count},
			{poolOf(rules.ClusterLoadBalancer.Space), rules.ClusterLoadBalancer.Count}, {poolOf(rules.ClusterEndpoint.Space), rules.ClusterEndpoint.Count},
		} {
			if r.pool == kind {
				n += r.count
			}
		}
		return n
	}
	left := map[PoolKind]int{}
	for _, p := range l.pooled {
		left[p.Kind] = max(p.Free, 0)
	}
	times := func(kind PoolKind, each int) int { return left[kind] / max(each, 1) }
	nodes, virtual := cost(NodeAddresses), cost(VirtualAddresses)
	room := Room{Nodes: times(NodeAddresses, rules.Node.Count), Services: times(VirtualAddresses, rules.Service.Count), Clusters: times(NodeAddresses, nodes)}
	first := "the node pool is full first"
	if virtual > 0 && times(VirtualAddresses, virtual) < room.Clusters {
		room.Clusters, first = times(VirtualAddresses, virtual), "the virtual pool is full first"
	}
	room.Reason = Reason{Rule: fmt.Sprintf("a node takes %d of the node pool, a service %d of the virtual pool, the smallest cluster (1 control plane, 1 worker, its upgrade) %d and %d; with more clusters %s",
		rules.Node.Count, rules.Service.Count, nodes, virtual, first), Source: cite(rules.ClusterUpgrade.Source)}
	return room
}

// balancers gives each MetalLB its part of the virtual pool, in the order of the clusters.
// What is left over belongs to none yet.
func (l *lan) balancers() []BalancerRange {
	var list []BalancerRange
	for _, p := range l.pooled {
		if p.Kind != VirtualAddresses || p.Free < 0 {
			continue
		}
		next := number(p.Range.Start)
		for _, i := range l.clusters {
			c := l.in.Site.Clusters[i]
			n := uint64(l.in.Profile.Addresses.Service.Count * counted(c.Services))
			if c.Balancer.Kind != MetalLB || n == 0 || next+n-1 > number(p.Range.End) {
				continue
			}
			list = append(list, BalancerRange{c.Name, stretch{next, next + n - 1}.span()})
			next += n
		}
	}
	return list
}
