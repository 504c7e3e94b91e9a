package planner

import "github.com/arcwright/arcwright/profiles"

// mostCounted is where counting stops: no count of a site that could be built comes near
// it, and sums of counts that are cut here cannot overflow.
const mostCounted = 1_000_000

// counted is a count of a site, cut to what can be summed. Check reports a count that
// is out of its limits.
func counted(n int) int { return min(max(n, 0), mostCounted) }

// tally collects the lines of an address count.
type tally struct {
	lines []Demand
	// beyond is how many addresses the vendor's own worked example leaves out.
	beyond int
}

// add writes one line for n things that each take what the rule says, at their place.
func (t *tally) add(rule *profiles.AddressRule, n int, purpose, owner string, why Reason) {
	if rule.Count <= 0 || n <= 0 {
		return
	}
	t.lines = append(t.lines, Demand{Pool: poolOf(rule.Space), Purpose: purpose, Owner: owner, Count: rule.Count * n, Reason: why})
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
func demands(site *Site, words *wording, clusters []int, own bool) tally {
	rules := words.rules
	lines := 0
	if own {
		lines = 4
	}
	for _, i := range clusters {
		lines += 5 + len(site.Clusters[i].NodePools)
	}
	t := tally{lines: make([]Demand, 0, lines)}
	const management = "management"
	if own {
		t.add(&rules.ManagementNode, 1, "machine of the management cluster", management, reason(&rules.ManagementNode, "for the machine of the management cluster"))
		t.add(&rules.ManagementUpgrade, 1, "upgrade of the management cluster", management, reason(&rules.ManagementUpgrade, "kept for upgrading the management cluster"))
		t.add(&rules.ManagementEndpoint, 1, "API server of the management cluster", management, reason(&rules.ManagementEndpoint, "for the API server of the management cluster"))
		t.add(&rules.CloudAgent, 1, "cloud agent", management, reason(&rules.CloudAgent, "for the cloud agent, in the subnet of the hosts"))
		t.beyond = rules.ManagementEndpoint.Count + rules.CloudAgent.Count
	}

	for _, i := range clusters {
		c := &site.Clusters[i]
		t.add(&rules.Node, counted(c.Control.Count), "control planes", c.Name, words.control)
		for j := range c.NodePools {
			p := &c.NodePools[j]
			why := words.worker
			if p.MaxCount > p.Count {
				why = words.growing(p.MaxCount)
			}
			t.add(&rules.Node, counted(max(p.Count, p.MaxCount)), "workers of pool "+p.Name, c.Name, why)
		}
		if c.Balancer.Kind == HAProxy {
			t.add(&rules.ClusterLoadBalancer, 1, "load balancer machine", c.Name, words.balancer)
		}
		t.add(&rules.ClusterUpgrade, 1, "upgrade", c.Name, words.upgrade)
		if c.Control.Address == nil {
			t.add(&rules.ClusterEndpoint, 1, "API server", c.Name, words.endpoint)
		} else {
			from := len(t.lines)
			t.add(&rules.ClusterEndpointSet, 1, "API server", c.Name, words.endpointSet)
			if rules.ClusterEndpointSet.Space == profiles.NodeSubnet && len(t.lines) > from {
				t.lines[from].Pool = FixedAddresses
			}
		}
		t.add(&rules.Service, counted(c.Services), "services", c.Name, words.service)
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
