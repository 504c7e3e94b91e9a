package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// mostCounted is where counting stops: no count of a site that could be built comes near
// it, and sums of counts that are cut here cannot overflow.
const mostCounted = 1_000_000

// counted is a count of a site, cut to what can be summed. Check reports a count that
// is out of its limits.
func counted(n int) int { return min(max(n, 0), mostCounted) }

// tally collects the lines of an address count.
type tally struct {
	lines []Demand
	words *wording
	// beyond is how many addresses the vendor's own worked example leaves out.
	beyond int
}

// add writes one line for n things that each take what the rule says, at their place.
func (t *tally) add(rule profiles.AddressRule, n int, purpose, owner, words string) {
	if rule.Count <= 0 || n <= 0 {
		return
	}
	t.lines = append(t.lines, Demand{Pool: poolOf(rule.Space), Purpose: purpose, Owner: owner, Count: rule.Count * n,
		Reason: Reason{Rule: t.words.rule(rule.Count, words), Source: t.words.cite(rule.Source)}})
}

// poolOf is the pool that a space of the profile's rules is served from. Addresses of
// the node subnet outside the node pool come from the virtual pool.
func poolOf(space profiles.Space) PoolKind {
	switch space {
	case profiles.NodePool:
		return NodeAddresses
	case profiles.HostSubnet:
		return HostAddresses
	}
	return VirtualAddresses
}

// demands counts the addresses that a network needs, line by line, by the rules of the
// platform: for the clusters that live in it, by their index, and in the site's own for
// the platform itself. A pool that grows by itself is counted at the most it may grow to. The
// addresses that Azure Local's own services take are no part of it: they were given when
// the platform was installed.
func demands(site Site, profile profiles.Profile, clusters []int, own bool, words *wording) tally {
	t := tally{words: words, lines: make([]Demand, 0, 4+6*len(clusters))}
	rules := profile.Addresses
	const management = "management"
	if own {
		t.add(rules.ManagementNode, 1, "machine of the management cluster", management, "for the machine of the management cluster")
		t.add(rules.ManagementUpgrade, 1, "upgrade of the management cluster", management, "kept for upgrading the management cluster")
		t.add(rules.ManagementEndpoint, 1, "API server of the management cluster", management, "for the API server of the management cluster")
		t.add(rules.CloudAgent, 1, "cloud agent", management, "for the cloud agent, in the subnet of the hosts")
		t.beyond = rules.ManagementEndpoint.Count + rules.CloudAgent.Count
	}

	for _, i := range clusters {
		c := site.Clusters[i]
		t.add(rules.Node, counted(c.Control.Count), "control planes", c.Name, "for each control plane machine")
		for _, p := range c.NodePools {
			words := "for each worker machine"
			if p.MaxCount > p.Count {
				words = fmt.Sprintf("for each worker machine, at the %d the pool may grow to", p.MaxCount)
			}
			t.add(rules.Node, counted(max(p.Count, p.MaxCount)), "workers of pool "+p.Name, c.Name, words)
		}
		if c.Balancer.Kind == HAProxy {
			t.add(rules.ClusterLoadBalancer, 1, "load balancer machine", c.Name, "for the load balancer machine")
		}
		t.add(rules.ClusterUpgrade, 1, "upgrade", c.Name, "kept for upgrading the cluster")
		if c.Control.Address == nil {
			t.add(rules.ClusterEndpoint, 1, "API server", c.Name, "for the API server")
		} else {
			from := len(t.lines)
			t.add(rules.ClusterEndpointSet, 1, "API server", c.Name, "for the API server, at the address the site gives")
			if rules.ClusterEndpointSet.Space == profiles.NodeSubnet && len(t.lines) > from {
				t.lines[from].Pool = FixedAddresses
			}
		}
		t.add(rules.Service, counted(c.Services), "services", c.Name, "for each service of type LoadBalancer")
	}
	return t
}

// need is how many addresses a pool must hold.
func (t tally) need(kind PoolKind) int {
	n := 0
	for _, d := range t.lines {
		if d.Pool == kind {
			n += d.Count
		}
	}
	return n
}

// total is every address the site needs.
func (t tally) total() int {
	n := 0
	for _, d := range t.lines {
		n += d.Count
	}
	return n
}
