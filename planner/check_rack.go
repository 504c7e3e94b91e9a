package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// zoneMax is the most machines in one zone of a rack-aware cluster, which has two
// (ASD:azure-local/concepts/rack-aware-cluster-requirements.md).
const zoneMax = 4

// fourWay is how rack-aware clusters of more than two machines keep data.
const fourWay = "four-way-mirror"

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
		if j.in.Site.Storage.Resiliency == fourWay {
			j.add(Finding{Code: "rack-resiliency", Path: "site.storage.resiliency", Evidence: fourWay + " in one rack", Message: "a four-way mirror is for rack-aware clusters, and all hosts stand in one rack", Remedy: "write resiliency: three-way-mirror, or leave it out"})
		}
		return
	}
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%d in %s", size[name], name))
	}
	evidence := strings.Join(parts, ", ")
	if j.rules.Generation != profiles.AzureLocal {
		j.add(Finding{Code: "host-racks", Path: "inventory.hosts", Evidence: evidence, Message: fmt.Sprintf("the hosts stand in %s, one is advised", many(len(names), "rack"))})
		return
	}
	if len(names) != 2 || size[names[0]] != size[names[1]] || size[names[0]] > zoneMax {
		j.add(Finding{Code: "rack-zones", Path: "inventory.hosts", Evidence: evidence,
			Message: fmt.Sprintf("the machines stand in %s (%s); a rack-aware cluster has two with the same number, at most %d", many(len(names), "rack"), evidence, zoneMax)})
	}
	for i, h := range hosts {
		if slices.ContainsFunc(h.Drives, func(d Drive) bool { return d.Role != BootDrive && strings.EqualFold(d.Media, "HDD") }) {
			j.add(Finding{Code: "rack-flash", Path: hostPath(i, "drives"), Evidence: "HDD", Message: h.Name + " has hard disks; a rack-aware cluster is all-flash"})
		}
	}
	if len(names) == 2 && size[names[0]] == size[names[1]] {
		j.rackLink(size[names[0]])
	}
	for i, c := range j.in.Site.Clusters {
		if zone := size[names[0]]; c.Control.Count <= zone {
			j.add(Finding{Code: "rack-control-plane", Path: fmt.Sprintf("site.clusters[%d].controlPlane.count", i), Evidence: fmt.Sprintf("%s, %s in a rack", many(c.Control.Count, "control plane node"), many(zone, "machine")),
				Message: fmt.Sprintf("the %s of %s may all stand in one rack", many(c.Control.Count, "control plane node"), c.Name)})
		}
	}
}

// rackLink judges what connects two racks, and how their volumes keep data.
func (j *judge) rackLink(zone int) {
	rules := j.rules.Instance
	const path = "inventory.instance.racks"
	if inst := j.in.Inventory.Instance; inst != nil && inst.Racks != nil {
		link := *inst.Racks
		if most := rules.RackLatencyMax; link.Latency > most.Value {
			j.add(Finding{Code: "rack-latency", Path: path + ".latency", Evidence: link.Latency.String(), Source: cite(most.Source),
				Message: fmt.Sprintf("a round trip between the racks takes %s, at most %s is supported", link.Latency, most.Value)})
		}
		if want := float64(zone) * 2 * j.storageGbps(); link.Gbps > 0 && link.Gbps < want {
			j.add(Finding{Code: "rack-bandwidth", Path: path + ".gbps", Evidence: fmt.Sprintf("%g Gb/s, %g wanted", link.Gbps, want),
				Message: fmt.Sprintf("the racks are connected with %g Gb/s; %d machines in each, with two storage ports, want %g", link.Gbps, zone, want)})
		}
	}
	want := "two-way-mirror"
	if zone > 1 {
		want = fourWay
	}
	own := []struct{ path, name string }{{"site.storage.resiliency", j.in.Site.Storage.Resiliency}}
	for i, c := range j.in.Site.Storage.Classes {
		own = append(own, struct{ path, name string }{fmt.Sprintf("site.storage.classes[%d].resiliency", i), c.Resiliency})
	}
	for _, o := range own {
		severity := Block
		if o.name == "" {
			severity = Warn // the usual one is counted with, and it is another
		}
		if o.name != "" && o.name != want || o.name == "" && o.path == "site.storage.resiliency" && zone > 1 {
			j.add(Finding{Code: "rack-resiliency", Severity: severity, Path: o.path, Evidence: fmt.Sprintf("%s with %d machines in a rack", cmp.Or(o.name, "none given"), zone),
				Message: fmt.Sprintf("volumes of a rack-aware cluster with %d machines in a rack are kept as a %s", zone, want), Remedy: "write resiliency: " + want})
		}
	}
}

// storageGbps is the speed of the fastest port with RDMA, of any host.
func (j *judge) storageGbps() float64 {
	var most float64
	for _, h := range j.in.Inventory.Hosts {
		for _, a := range h.Adapters {
			if a.RDMA {
				most = max(most, a.Gbps)
			}
		}
	}
	return most
}

// lowCapacity notes machines of Azure Local's small class, which has rules of its own
// (ASD:azure-local/concepts/system-requirements-small-23h2.md).
func (j *judge) lowCapacity() {
	hosts := j.in.Inventory.Hosts
	small := func(h Host) bool { return h.Processor.Cores <= 14 && h.Memory <= 128*profiles.GiB }
	if inst := j.in.Inventory.Instance; inst != nil && inst.Class != "" {
		return // somebody has said which class it is
	}
	if j.rules.Generation != profiles.AzureLocal || len(hosts) == 0 || len(hosts) > 3 {
		return
	}
	for _, h := range hosts {
		if !small(h) {
			return
		}
	}
	j.add(Finding{Code: "host-low-capacity", Path: "inventory.hosts", Evidence: fmt.Sprintf("%s, %s, %s", many(len(hosts), "host"), many(hosts[0].Processor.Cores, "core"), hosts[0].Memory),
		Message: "the machines look like the low-capacity class, a preview"})
}
