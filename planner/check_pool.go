package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// pooled judges the storage pool of the failover cluster.
func (j *judge) pooled() {
	c, hosts := j.in.Inventory.Cluster, j.in.Inventory.Hosts
	const path = "inventory.failoverCluster"
	san := !j.rules.Hosts.SANBuses.Unstated
	if c.StorageSpaces == No && len(hosts) > 1 && !san && !j.undeployed() {
		j.add(Finding{Code: "cluster-storage-spaces", Path: path + ".storageSpaces", Evidence: "off", Message: "Storage Spaces Direct is off, and this platform keeps its volumes there"})
	}
	if c.PoolHealth != "" && !strings.EqualFold(c.PoolHealth, "Healthy") {
		j.add(Finding{Code: "cluster-pool-health", Path: path + ".poolHealth", Evidence: c.PoolHealth, Message: "the storage pool of the failover cluster reports: " + c.PoolHealth})
	}
	for i, h := range hosts {
		j.driveKinds(i, h)
		j.managementPorts(i, h)
	}
}

// sectors are the sector formats that Azure Local takes
// (ASD:azure-local/concepts/system-requirements-23h2.md).
var sectors = []string{"512n", "512e", "4Kn"}

// driveKinds judges drivers and sectors of data drives.
func (j *judge) driveKinds(i int, h Host) {
	if j.rules.Generation != profiles.AzureLocal {
		return
	}
	for k, d := range h.Drives {
		if d.Role == BootDrive {
			continue
		}
		at := hostPath(i, fmt.Sprintf("drives[%d]", k))
		if strings.EqualFold(d.Bus, "NVMe") && d.Driver != "" && !strings.EqualFold(strings.TrimSuffix(strings.ToLower(d.Driver), ".sys"), "stornvme") {
			j.add(Finding{Code: "drive-driver", Path: at + ".driver", Evidence: d.Driver + ", " + d.Model, Message: fmt.Sprintf("the NVMe drives of %s (%s) run on %s, not on stornvme.sys of Windows", h.Name, d.Model, d.Driver)})
		}
		if d.Sector != "" && !slices.ContainsFunc(sectors, func(s string) bool { return strings.EqualFold(s, d.Sector) }) {
			j.add(Finding{Code: "drive-sector", Path: at + ".sector", Evidence: d.Sector + ", " + d.Model, Message: fmt.Sprintf("drives of %s (%s) have sectors of the format %s; %s are taken", h.Name, d.Model, d.Sector, strings.Join(sectors, ", "))})
		}
	}
}

// managementGbps is the least for management, in gigabits a second
// (AC:docs/hybrid/azure-local-baseline-content.md).
const managementGbps = 1

// managementPorts judges the slowest port under the site's switch.
func (j *judge) managementPorts(i int, h Host) {
	at := slices.IndexFunc(h.Switches, func(s Switch) bool { return s.Name == j.in.Site.Network.Switch })
	if at < 0 {
		return
	}
	for _, a := range h.Adapters {
		if a.Gbps > 0 && a.Gbps < managementGbps && slices.ContainsFunc(h.Switches[at].Adapters, func(name string) bool { return strings.EqualFold(name, a.Name) }) {
			j.add(Finding{Code: "adapter-slow", Path: hostPath(i, "adapters"), Evidence: fmt.Sprintf("%s %g Gb/s", a.Name, a.Gbps), Message: fmt.Sprintf("the switch of %s stands on a port of %g Gb/s, at least %d is asked for", h.Name, a.Gbps, managementGbps)})
		}
	}
}
