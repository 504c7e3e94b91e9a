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
	in.Inventory.Hosts = append([]planner.Host(nil), in.Inventory.Hosts...)
	in.Site.Reserve.HostMemory = 1 // what the system keeps is in use already
	var seen []string
	for _, v := range i.read() {
		if v.detail.Free == nil || v.index >= len(plan.Headroom.Hosts) {
			continue
		}
		counted, free := plan.Headroom.Hosts[v.index].Usable, planner.Bytes(*v.detail.Free)
		if free < counted {
			seen = append(seen, fmt.Sprintf("%s %s free of %s", shortName(v.host.Name), free, counted))
		}
		in.Inventory.Hosts[v.index].Memory = min(counted, free) + in.Site.Reserve.HostMemory
	}
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
