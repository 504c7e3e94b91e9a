package provision

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// spareMemory judges whether the machines fit into the memory that is free now: the platform
// does not look before it creates a cluster, and the planner counts what the hosts have, not
// what others use. What an own deployment uses is not held against it.
func (i *inspection) spareMemory(plan planner.Plan) {
	in := i.in
	in.Inventory = i.sight.Inventory
	in.Site.Reserve.HostMemory = 1 // what the system keeps is in use already
	var seen []string
	in.Inventory.Hosts, seen = i.spareHosts(plan, in.Site.Reserve.HostMemory)
	if len(seen) == 0 {
		return
	}
	before := map[string]bool{}
	for _, f := range plan.Findings {
		before[f.Code] = true
	}
	for _, f := range planner.Make(in).Findings {
		if !strings.HasPrefix(f.Code, "headroom-") || f.Severity != planner.Block || before[f.Code] {
			continue
		}
		i.add(planner.Finding{
			Code: FindingMemory, Severity: planner.Block, Path: "inventory.hosts", Owner: planner.OwnerYou, Source: f.Source,
			Message:  "with what is in use on the hosts now, " + f.Message,
			Evidence: strings.Join(seen, ", "),
			Remedy:   "stop or move the machines that use it, or plan less: the platform does not look before it creates a cluster, it hangs",
		})
		return
	}
}

// spareHosts are the hosts with the memory that is free now and what is kept of it, and
// what is seen in use. Of a host that told nothing, what the plan counts on is taken for free.
func (i *inspection) spareHosts(plan planner.Plan, kept planner.Bytes) (hosts []planner.Host, seen []string) {
	hosts = append(hosts, i.sight.Inventory.Hosts...)
	counted := plan.Headroom.Hosts[:min(len(plan.Headroom.Hosts), len(hosts))]
	for n, h := range counted {
		hosts[n].Memory = h.Usable + kept
	}
	for _, v := range i.read() {
		if v.detail.Free == nil || v.index >= len(counted) {
			continue
		}
		if usable, free := counted[v.index].Usable, planner.Bytes(*v.detail.Free); free < usable {
			seen = append(seen, fmt.Sprintf("%s %s free of %s", shortName(v.host.Name), free, usable))
			hosts[v.index].Memory = free + kept
		}
	}
	return hosts, seen
}
