package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// A lan is one network of the site while its addresses are planned: the site's own, which
// comes first, or one of the further networks.
type lan struct {
	*addressing
	net *Network
	// at is its path, of what to put behind a name to tell it from that of the site's own.
	at, of   string
	clusters []int
	tally    tally
	usable   bool // pools can be looked for in its subnet
	pooled   []Pool
	// open is what the DHCP server may lease, once scoped is set.
	open   stretches
	scoped bool
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
			fmt.Sprintf("give a subnet with at least %s", many(max(rules.AdvisedMinimum.Value, 8), "address")), OwnerNetwork, cite(rules.AdvisedMinimum.Source))
	default:
		if size := whole(subnet).Size(); size < rules.AdvisedMinimum.Value {
			l.add(Finding{Code: "address-advised", Severity: Warn, Path: path,
				Message:  fmt.Sprintf("the subnet %s has %s, %d are advised", subnet, many(size, "address"), rules.AdvisedMinimum.Value),
				Evidence: subnet.String(), Remedy: "ask for a larger subnet; a pool cannot be extended later",
				Owner: OwnerNetwork, Source: cite(rules.AdvisedMinimum.Source)})
		}
		return true
	}
	return false
}

// A growing says what one thing more takes of the pools of a network.
type growing struct {
	node, service int
	// cluster is the smallest one, of the node pool and of the virtual pool.
	cluster [2]int
	reasons [2]Reason // when the node pool is full first, and when the virtual pool is
}

func growingOf(rules profiles.AddressRules) growing {
	g := growing{node: rules.Node.Count, service: rules.Service.Count}
	for _, r := range []struct {
		profiles.AddressRule
		times int
	}{{rules.Node, 2}, {rules.ClusterUpgrade, 1}, {rules.ClusterLoadBalancer, 1}, {rules.ClusterEndpoint, 1}} {
		switch poolOf(r.Space) {
		case NodeAddresses:
			g.cluster[0] += r.times * r.Count
		case VirtualAddresses:
			g.cluster[1] += r.times * r.Count
		}
	}
	for i, first := range []string{"node", "virtual"} {
		g.reasons[i] = Reason{Rule: fmt.Sprintf("a node takes %d of the node pool, a service %d of the virtual pool, the smallest cluster (1 control plane, 1 worker, its upgrade) %d and %d; with more clusters the %s pool is full first",
			g.node, g.service, g.cluster[0], g.cluster[1], first), Source: cite(rules.ClusterUpgrade.Source)}
	}
	return g
}

// room is how much more the pools take.
func (l *lan) room(g growing) Room {
	nodes, virtual := 0, 0
	for _, p := range l.pooled {
		switch p.Kind {
		case NodeAddresses:
			nodes = max(p.Free, 0)
		case VirtualAddresses:
			virtual = max(p.Free, 0)
		}
	}
	room := Room{Nodes: nodes / max(g.node, 1), Services: virtual / max(g.service, 1), Clusters: nodes / max(g.cluster[0], 1), Reason: g.reasons[0]}
	if each := g.cluster[1]; each > 0 && virtual/each < room.Clusters {
		room.Clusters, room.Reason = virtual/each, g.reasons[1]
	}
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
