package profiles

import "slices"

// meaning refuses values that are there but cannot be right.
func (c *checker) meaning(p Profile) {
	c.systems(p.Systems)
	c.lifecycle(p)
	c.sizes(p)
	c.addresses(p.Addresses)
	c.counts(p.AddressCounts)
	c.network(p)
	c.storage(p.Storage)
	c.nodes(p.Nodes)
	c.prices(p)
	for i, n := range p.Limits.ControlPlaneCounts.Value {
		if n < 1 || n%2 == 0 || i > 0 && n <= p.Limits.ControlPlaneCounts.Value[i-1] {
			c.refuse("limits.controlPlaneCounts", "has %d, want odd numbers that rise", n)
		}
	}
	for path, f := range map[string]Figure[Need]{
		"bootDrive": p.Hosts.BootDrive, "secureBoot": p.Hosts.SecureBoot, "tpm": p.Hosts.TPM, "uefi": p.Hosts.UEFI,
		"slat": p.Hosts.SLAT, "virtualization": p.Hosts.Virtualization, "sameModel": p.Hosts.SameModel, "sameDrives": p.Hosts.SameDrives,
		"sameProcessors": p.Hosts.SameProcessors, "sameAdapters": p.Hosts.SameAdapters, "ecc": p.Hosts.ECC, "vbs": p.Hosts.VBS,
	} {
		if !f.Unstated {
			c.oneOf("hosts."+path, f.Value, Required, Advised)
		}
	}
	c.addOns(p)
	for _, e := range p.Expiries {
		if e.Days <= 0 {
			c.refuse("expiries."+e.Name, "has %d days, want some", e.Days)
		}
		c.oneOf("expiries."+e.Name, e.From, FromInstall, FromCluster, FromCredential, FromContact)
	}
	if spread := p.EstimateSpread.Value; spread < 0 || spread > 2 {
		c.refuse("estimateSpread", "is %v, want 0 to 2", spread)
	}
	c.oneOf("reserve.controlPlanesApart", p.Reserve.ControlPlanesApart.Value, Required, Advised)
	c.oneOf("reserve.gpuMachines", p.Reserve.GPUMachines.Value, Restarts, StaysOff)
	for _, e := range p.Estimates {
		if e.Base <= 0 || e.PerNode < 0 {
			c.refuse("estimates."+e.Step, "wants a base above zero and a perNode not below")
		}
	}
}

// oneOf refuses a word that is none of want.
func (c *checker) oneOf(path string, got any, want ...any) {
	if !slices.Contains(want, got) {
		c.refuse(path, "is %q, want one of %q", got, want)
	}
}

// once refuses a name that stands twice in a list.
func once[T any](c *checker, path string, list []T, name func(T) string) {
	seen := map[string]bool{}
	for _, entry := range list {
		if seen[name(entry)] {
			c.refuse(path, "has %q twice", name(entry))
		}
		seen[name(entry)] = true
	}
}

func (c *checker) systems(systems []System) {
	for _, s := range systems {
		if s.Build < 10000 {
			c.refuse("systems", "has the build %d for %s, want five digits", s.Build, s.Product)
		}
		c.ending("systems."+s.Product+" "+s.Version, s.Updates)
	}
}

func (c *checker) lifecycle(p Profile) {
	c.ending("lifecycle.support", p.Lifecycle.Support)
	for _, n := range p.NodeOS {
		c.oneOf("nodeOS", n.Name, "linux", "windows2019", "windows2022")
		c.ending("nodeOS."+n.Name, n.Ends)
	}
	for _, r := range p.Retired {
		c.ending("retired."+r.Subject, r.Ends)
	}
	for _, m := range p.Minors {
		c.ending("minors."+m.Name, m.Ends)
	}
	for _, m := range p.Modules {
		c.oneOf("modules."+m.Name, m.Where, "every-host", "client")
	}
	for _, r := range p.Releases {
		if len(r.Minors) == 0 && len(r.Versions) == 0 && r.Complete {
			c.refuse("releases."+r.Name, "is complete and has no version")
		}
	}
	once(c, "nodeOS", p.NodeOS, func(n NodeOS) string { return n.Name })
	once(c, "retired", p.Retired, func(r Retirement) string { return r.Subject })
	once(c, "minors", p.Minors, func(m Minor) string { return m.Name })
	once(c, "modules", p.Modules, func(m Module) string { return m.Name })
	once(c, "releases", p.Releases, func(r Release) string { return r.Name })
	once(c, "expiries", p.Expiries, func(e Expiry) string { return e.Name })
	once(c, "estimates", p.Estimates, func(e Estimate) string { return e.Step })
}

func (c *checker) ending(path string, e Ending) {
	if e.Unstated != e.Date.IsZero() {
		c.refuse(path, "wants either a date or unstated: true")
	}
}

func (c *checker) sizes(p Profile) {
	once(c, "sizes", p.Sizes, func(s VMSize) string { return s.Name })
	for _, s := range p.Sizes {
		if s.VCPU <= 0 || s.Memory <= 0 || len(s.Roles) == 0 {
			c.refuse("sizes."+s.Name, "wants vcpu, memory and roles")
		}
		if s.GPU != (GPU{}) && (s.GPU.Count <= 0 || s.GPU.Model == "" || s.GPU.Memory <= 0) {
			c.refuse("sizes."+s.Name, "wants model, count and memory of its gpu")
		}
		for _, r := range s.Roles {
			c.oneOf("sizes."+s.Name, r, Management, ControlPlane, LoadBalancer, Worker)
		}
	}
	c.defaultSize(p, "management", p.Defaults.Management, Management)
	c.defaultSize(p, "controlPlane", p.Defaults.ControlPlane, ControlPlane)
	c.defaultSize(p, "loadBalancer", p.Defaults.LoadBalancer, LoadBalancer)
	for i, b := range p.Defaults.LoadBalancers.Value {
		c.defaultSize(p, "loadBalancers", Figure[string]{Value: b.Size}, LoadBalancer)
		if i > 0 && b.Services <= p.Defaults.LoadBalancers.Value[i-1].Services {
			c.refuse("defaults.loadBalancers", "has %d services, want numbers that rise", b.Services)
		}
	}
	c.defaultSize(p, "linuxWorker", p.Defaults.LinuxWorker, Worker)
	c.defaultSize(p, "windowsWorker", p.Defaults.WindowsWorker, Worker)
}

func (c *checker) defaultSize(p Profile, path string, f Figure[string], r Role) {
	if f.Unstated {
		return
	}
	if s, ok := p.VMSize(f.Value); !ok || !s.Allows(r) || s.TestOnly {
		c.refuse("defaults."+path, "is %q, which is no size for the %s role", f.Value, r)
	}
}

func (c *checker) addresses(a AddressRules) {
	for path, r := range map[string]AddressRule{
		"managementNode": a.ManagementNode, "managementUpgrade": a.ManagementUpgrade, "managementEndpoint": a.ManagementEndpoint,
		"cloudAgent": a.CloudAgent, "infrastructure": a.Infrastructure, "node": a.Node, "clusterUpgrade": a.ClusterUpgrade,
		"clusterLoadBalancer": a.ClusterLoadBalancer, "clusterEndpoint": a.ClusterEndpoint,
		"clusterEndpointSet": a.ClusterEndpointSet, "service": a.Service,
	} {
		if r.Count < 0 {
			c.refuse("addresses."+path, "is below zero")
		}
		c.oneOf("addresses."+path, r.Space, NodePool, VIPPool, HostSubnet, NodeSubnet)
	}
}

// counts wants one way of counting in use for each space.
func (c *checker) counts(ways []AddressCount) {
	used := map[Space]int{}
	for _, w := range ways {
		c.oneOf("addressCounts", w.Space, NodePool, VIPPool)
		if used[w.Space] += 0; w.Used {
			used[w.Space]++
		}
	}
	for space, n := range used {
		if n != 1 {
			c.refuse("addressCounts", "has %d ways in use for the %s, want 1", n, space)
		}
	}
}

func (c *checker) network(p Profile) {
	for _, way := range p.Network.Addressing.Value {
		c.oneOf("network.addressing", way, Static, DHCP)
	}
	for _, b := range p.Network.Balancers.Value {
		c.oneOf("network.balancers", b, "haproxy", "metallb", "none")
	}
	for path, r := range map[string]InnerRange{"pods": p.Network.Pods, "services": p.Network.Services} {
		if !r.Prefix.IsValid() || r.Prefix != r.Prefix.Masked() {
			c.refuse("network."+path, "wants a prefix without host bits, such as 10.244.0.0/16")
		}
	}
	for _, o := range p.Ports {
		if o.Number < 1 || o.Number > 65535 {
			c.refuse("ports", "has the number %d", o.Number)
		}
		c.oneOf("ports", o.Protocol, "tcp", "udp")
		for _, end := range []Place{o.From, o.To} {
			c.oneOf("ports", end, PlaceHosts, PlaceNodes, PlaceCloudAgent, PlaceManagement, PlaceManagedPool, PlaceDirectory, PlaceTime, PlaceClusterIP)
		}
	}
	for _, e := range p.Endpoints {
		if e.Port < 1 || e.Port > 65535 {
			c.refuse("endpoints."+e.Host, "has the port %d", e.Port)
		}
	}
	once(c, "endpoints", p.Endpoints, func(e Endpoint) string { return e.Host })
}

func (c *checker) addOns(p Profile) {
	once(c, "addOns", p.AddOns, func(a AddOn) string { return a.Name })
	for _, a := range p.AddOns {
		c.oneOf("addOns."+a.Name, a.Standing, Supported, Preview, Community, Unsupported)
		for _, other := range a.Excludes {
			if _, ok := p.AddOn(other); !ok {
				c.refuse("addOns."+a.Name, "excludes %q, which is no add-on", other)
			}
		}
		for _, other := range a.Needs {
			if _, ok := p.AddOn(other); !ok {
				c.refuse("addOns."+a.Name, "needs %q, which is no add-on", other)
			}
		}
	}
	for _, f := range p.Faults {
		c.oneOf("faults."+f.Release, f.Subject, AnyPlan, LocalDomain, Volumes, Balancers)
	}
}
