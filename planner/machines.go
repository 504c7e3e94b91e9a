package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/planner/packing"
	"github.com/arcwright/arcwright/profiles"
)

// Appliance is the role of the machine that a platform runs for itself outside its
// catalogue of sizes, such as the Arc Resource Bridge. It takes room on the hosts and is
// not counted among the machines of the clusters.
const Appliance profiles.Role = "appliance"

// Machines is a set of like virtual machines.
type Machines struct {
	// Cluster they belong to; empty for the platform's own.
	Cluster string
	// Pool is set for workers only.
	Pool string
	Role profiles.Role
	OS   NodeOS
	// Size is a name of the platform's catalogue; VCPUs and Memory are what one machine
	// takes, zero when the catalogue has no such size.
	Size   string
	Count  int
	VCPUs  Cores
	Memory Bytes
	// GPUs is how many graphics processors of one model a machine takes.
	GPUs     int
	GPUModel string
	// Path is the key of the site that names the size.
	Path string
}

// name says which machines these are, for messages.
func (m Machines) name() string {
	switch m.Role {
	case profiles.Worker:
		return fmt.Sprintf("workers %s/%s (%s)", m.Cluster, m.Pool, m.Size)
	case profiles.ControlPlane:
		return fmt.Sprintf("control planes of %s (%s)", m.Cluster, m.Size)
	case profiles.LoadBalancer:
		return fmt.Sprintf("load balancer of %s (%s)", m.Cluster, m.Size)
	case profiles.Management:
		return fmt.Sprintf("management cluster (%s)", m.Size)
	}
	return m.Size
}

// short says the same in a few letters, for lists of many.
func (m Machines) short() string {
	switch m.Role {
	case profiles.Worker:
		return m.Cluster + "/" + m.Pool
	case profiles.ControlPlane:
		return m.Cluster + " control plane"
	case profiles.LoadBalancer:
		return m.Cluster + " load balancer"
	case profiles.Management:
		return "management"
	}
	return m.Size
}

// size is what one machine takes in numbers: memory in whole MiB, rounded up.
func (m Machines) size() packing.Vector {
	return packing.Vector{int64(roundUp(m.Memory, profiles.MiB) / profiles.MiB), int64(m.VCPUs), int64(m.GPUs)}
}

// MachinesOf lists the machines of a site in steady state: the management cluster, then
// each cluster's control planes, load balancer and workers. A pool that grows by itself
// counts at the most it may grow to: that is what must fit.
func MachinesOf(site Site, profile profiles.Profile) []Machines {
	var list []Machines
	add := func(m Machines, own string, standard profiles.Figure[string], path string) {
		m.Path, m.Size = path, own
		if own == "" {
			m.Size = standard.Value
		}
		if size, ok := profile.VMSize(m.Size); ok {
			m.VCPUs, m.Memory, m.GPUs, m.GPUModel = Cores(size.VCPU), size.Memory, size.GPU.Count, size.GPU.Model
		}
		if m.Count > 0 {
			list = append(list, m)
		}
	}
	if appliance := profile.Reserve.Appliance; appliance.Memory > 0 || appliance.VCPU > 0 {
		list = append(list, Machines{Role: Appliance, Size: appliance.Name, Count: 1, VCPUs: Cores(appliance.VCPU), Memory: appliance.Memory})
	}
	if !profile.Defaults.Management.Unstated {
		add(Machines{Role: profiles.Management, Count: 1}, site.Management.VMSize, profile.Defaults.Management, "site.management.vmSize")
	}
	for i, c := range site.Clusters {
		at := fmt.Sprintf("site.clusters[%d]", i)
		add(Machines{Cluster: c.Name, Role: profiles.ControlPlane, Count: counted(c.Control.Count)}, c.Control.VMSize, profile.Defaults.ControlPlane, at+".controlPlane.vmSize")
		if c.Balancer.Kind == HAProxy {
			add(Machines{Cluster: c.Name, Role: profiles.LoadBalancer, Count: 1}, c.Balancer.VMSize, profile.Defaults.LoadBalancer, at+".loadBalancer.vmSize")
		}
		for j, p := range c.NodePools {
			add(Machines{Cluster: c.Name, Pool: p.Name, Role: profiles.Worker, OS: p.OS, Count: counted(max(p.Count, p.MaxCount))},
				p.VMSize, workerSize(profile, p.OS), fmt.Sprintf("%s.nodePools[%d].vmSize", at, j))
		}
	}
	return list
}

// workerSize is the platform's own size for a worker.
func workerSize(profile profiles.Profile, os NodeOS) profiles.Figure[string] {
	if os == Linux {
		return profile.Defaults.LinuxWorker
	}
	return profile.Defaults.WindowsWorker
}

// surge are the machines that exist besides during an upgrade. A machine is replaced by
// a new one before the old one goes, so each group that is upgraded at one time takes one
// machine more. Two groups are: the management cluster, and one workload cluster with the
// largest machine there is. More at one time take more, and the rest of the reserve. Where
// machines have GPUs the largest of those counts as well: without an idle GPU its upgrade hangs.
func surge(steady []Machines) []Machines {
	var extra []Machines
	var largest, visual *Machines
	for i, m := range steady {
		switch {
		case m.Role == Appliance:
		case m.Role == profiles.Management:
			m.Count = 1
			extra = append(extra, m)
		case largest == nil || m.Memory > largest.Memory || m.Memory == largest.Memory && m.VCPUs > largest.VCPUs:
			largest = &steady[i]
		}
		if m.GPUs > 0 && (visual == nil || m.GPUs > visual.GPUs || m.GPUs == visual.GPUs && m.Memory > visual.Memory) {
			visual = &steady[i]
		}
	}
	if visual == largest {
		visual = nil
	}
	for _, one := range []*Machines{largest, visual} {
		if one != nil {
			m := *one
			m.Count = 1
			extra = append(extra, m)
		}
	}
	return extra
}

// countVMs counts the machines of the clusters.
func countVMs(list []Machines) int {
	n := 0
	for _, m := range list {
		if m.Role != Appliance {
			n += m.Count
		}
	}
	return n
}

// machineFindings judges the number of machines.
func machineFindings(steady, extra []Machines, profile profiles.Profile) []Finding {
	limit := profile.Limits.VirtualMachinesMax
	vms, more := countVMs(steady), countVMs(extra)
	switch {
	case limit.Unstated:
	case vms > limit.Value:
		return []Finding{{Code: "limit-machines", Severity: Block, Path: "site.clusters",
			Message:  fmt.Sprintf("the site has %s, %s supports %d", many(vms, "virtual machine"), profile.Title, limit.Value),
			Evidence: many(vms, "machine"), Remedy: fmt.Sprintf("take %s out, or split the site", many(vms-limit.Value, "machine")), Owner: OwnerYou, Source: cite(limit.Source)}}
	case vms+more > limit.Value:
		return []Finding{{Code: "limit-machines-upgrade", Severity: Warn, Path: "site.clusters",
			Message:  fmt.Sprintf("the site has %s and %d during an upgrade, %s supports %d", many(vms, "virtual machine"), vms+more, profile.Title, limit.Value),
			Evidence: fmt.Sprintf("%s, %d in an upgrade", many(vms, "machine"), vms+more), Remedy: fmt.Sprintf("take %s out, or accept that upgrades go over the limit", many(vms+more-limit.Value, "machine")), Owner: OwnerYou, Source: cite(limit.Source)}}
	}
	return nil
}

// densityFindings judges how many virtual processors stand on a host, when the machines are
// spread evenly.
func densityFindings(in Input, steady []Machines) []Finding {
	limit, hosts := in.Profile.Limits.HostVCPUMax, len(in.Inventory.Hosts)
	var all int
	for _, m := range steady {
		all += m.Count * int(m.VCPUs)
	}
	if limit.Unstated || hosts == 0 || all <= hosts*limit.Value {
		return nil
	}
	return []Finding{complete(Finding{Code: "limit-host-vcpus", Path: "site.clusters", Evidence: fmt.Sprintf("%d virtual processors, %d hosts", all, hosts), Source: cite(limit.Source),
		Message: fmt.Sprintf("the machines have %d virtual processors together, %d hosts support %d", all, hosts, hosts*limit.Value)})}
}
