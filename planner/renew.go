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
	now.Instance, now.Directory, now.Egress, now.Tools = before.Instance, before.Directory, before.Egress, before.Tools
	now.Offered, now.Gateways = before.Offered, before.Gateways
	now.Antivirus, now.Azure = before.Antivirus, before.Azure
	now.Cluster.Renew(before.Cluster)

	var kept []string
	var hosts []Host
	taken := make([]bool, len(now.Hosts))
	for _, was := range before.Hosts {
		at := -1
		for k, is := range now.Hosts {
			if !taken[k] && sameHost(was.Name, is.Name) {
				at = k
			}
		}
		if at < 0 {
			hosts, kept = append(hosts, was), append(kept, was.Name)
			continue
		}
		taken[at] = true
		hosts = append(hosts, now.Hosts[at].Renew(was))
	}
	for k, is := range now.Hosts {
		if !taken[k] {
			hosts = append(hosts, is)
		}
	}
	now.Hosts = hosts
	if now.Cluster.Name == "" && len(kept) > 0 {
		now.Cluster = before.Cluster // that of the hosts that stay
	}
	return now, kept
}

// sameHost reports whether two names are of one host: one may be written without its domain.
func sameHost(a, b string) bool {
	if strings.Contains(a, ".") && strings.Contains(b, ".") {
		return strings.EqualFold(a, b)
	}
	return strings.EqualFold(shortName(a), shortName(b))
}

// Renew takes over what a host cannot tell of itself.
func (h Host) Renew(was Host) Host {
	h.Rack, h.QoS, h.ServicePrincipals = was.Rack, was.QoS, was.ServicePrincipals
	h.Adapters = append([]Adapter(nil), h.Adapters...)
	for i, a := range h.Adapters {
		for _, old := range was.Adapters {
			if old.Name == a.Name {
				h.Adapters[i].Qualification = old.Qualification
			}
		}
	}
	h.Drives = append([]Drive(nil), h.Drives...)
	for i, d := range h.Drives {
		for _, old := range was.Drives {
			if old.Model == d.Model {
				h.Drives[i].Driver = old.Driver
			}
		}
	}
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

// Renew takes over what the hosts cannot tell of their failover cluster; of another cluster nothing.
func (c *FailoverCluster) Renew(was FailoverCluster) {
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
