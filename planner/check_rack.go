package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// zoneMax is the most machines in one zone of a rack-aware cluster, which has two
// (ASD:azure-local/concepts/rack-aware-cluster-requirements.md).
const zoneMax = 4

// racks judges hosts that stand in several racks: advised against for the AksHci
// generation, a rack-aware cluster on Azure Local.
func (j *judge) racks() {
	j.lowCapacity()
	hosts := j.in.Inventory.Hosts
	size := map[string]int{}
	var names []string
	for _, h := range hosts {
		if h.Rack == "" {
			return
		}
		if size[h.Rack]++; size[h.Rack] == 1 {
			names = append(names, h.Rack)
		}
	}
	if len(names) < 2 {
		return
	}
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%d in %s", size[name], name))
	}
	evidence := strings.Join(parts, ", ")
	if j.rules.Generation != profiles.AzureLocal {
		j.add(Finding{Code: "host-racks", Path: "inventory.hosts", Evidence: evidence, Message: fmt.Sprintf("the hosts stand in %d racks, one is advised", len(names))})
		return
	}
	if len(names) != 2 || size[names[0]] != size[names[1]] || size[names[0]] > zoneMax {
		j.add(Finding{Code: "rack-zones", Path: "inventory.hosts", Evidence: evidence,
			Message: fmt.Sprintf("the machines stand in %d racks (%s); a rack-aware cluster has two with the same number, at most %d", len(names), evidence, zoneMax)})
	}
	for i, h := range hosts {
		if slices.ContainsFunc(h.Drives, func(d Drive) bool { return d.Role != BootDrive && strings.EqualFold(d.Media, "HDD") }) {
			j.add(Finding{Code: "rack-flash", Path: hostPath(i, "drives"), Evidence: "HDD", Message: h.Name + " has hard disks; a rack-aware cluster is all-flash"})
		}
	}
	for i, c := range j.in.Site.Clusters {
		if zone := size[names[0]]; c.Control.Count <= zone {
			j.add(Finding{Code: "rack-control-plane", Path: fmt.Sprintf("site.clusters[%d].controlPlane.count", i), Evidence: fmt.Sprintf("%d control plane nodes, %d machines in a rack", c.Control.Count, zone),
				Message: fmt.Sprintf("the %d control plane nodes of %s may all stand in one rack", c.Control.Count, c.Name)})
		}
	}
}

// lowCapacity notes machines of Azure Local's small class, which has rules of its own
// (ASD:azure-local/concepts/system-requirements-small-23h2.md).
func (j *judge) lowCapacity() {
	hosts := j.in.Inventory.Hosts
	small := func(h Host) bool { return h.Processor.Cores <= 14 && h.Memory <= 128*profiles.GiB }
	if j.rules.Generation != profiles.AzureLocal || len(hosts) == 0 || len(hosts) > 3 {
		return
	}
	for _, h := range hosts {
		if !small(h) {
			return
		}
	}
	j.add(Finding{Code: "host-low-capacity", Path: "inventory.hosts", Evidence: fmt.Sprintf("%d hosts, %d cores, %s", len(hosts), hosts[0].Processor.Cores, hosts[0].Memory),
		Message: "the machines look like the low-capacity class, a preview"})
}
