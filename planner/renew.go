package planner

import "strings"

// Renew is an inventory that was read from hosts now, put over the one that was read before: a
// host that was not read now stays as it was, and its name is returned; a host that was read takes
// over what no host can tell, such as its rack; and so does the whole. The hosts keep their order,
// and new ones come last.
func Renew(before, now Inventory) (Inventory, []string) {
	now.InUse, now.NetworkSwitches = before.InUse, before.NetworkSwitches
	now.Release, now.KubernetesVersions = before.Release, before.KubernetesVersions
	now.ResourceBridge, now.LogicalNetworks = before.ResourceBridge, before.LogicalNetworks
	now.Cluster.renew(before.Cluster)

	var kept []string
	var hosts []Host
	taken := make([]bool, len(now.Hosts))
	for _, was := range before.Hosts {
		at := -1
		for k, is := range now.Hosts {
			if !taken[k] && strings.EqualFold(was.Name, is.Name) {
				at = k
			}
		}
		if at < 0 {
			hosts, kept = append(hosts, was), append(kept, was.Name)
			continue
		}
		taken[at] = true
		hosts = append(hosts, now.Hosts[at].renew(was))
	}
	for k, is := range now.Hosts {
		if !taken[k] {
			hosts = append(hosts, is)
		}
	}
	now.Hosts = hosts
	return now, kept
}

// renew takes over what a host cannot tell of itself.
func (h Host) renew(was Host) Host {
	h.Rack = was.Rack
	h.GPUs = append([]GPU(nil), h.GPUs...)
	for i, g := range h.GPUs {
		for _, old := range was.GPUs {
			if old.Model == g.Model && g.Memory == 0 {
				h.GPUs[i].Memory = old.Memory
			}
		}
	}
	return h
}

// renew takes over what the hosts cannot tell of their failover cluster; of another cluster nothing.
func (c *FailoverCluster) renew(was FailoverCluster) {
	if c.Name != was.Name {
		return
	}
	c.Switchless = was.Switchless
	c.Nets = append([]ClusterNetwork(nil), c.Nets...)
	for i, n := range c.Nets {
		for _, old := range was.Nets {
			if old.Subnet == n.Subnet && n.VLAN == 0 {
				c.Nets[i].VLAN = old.VLAN
			}
		}
	}
}
