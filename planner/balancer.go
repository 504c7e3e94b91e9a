package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// sizeBalancer gives a load balancer machine that the site names no size for one that is
// large enough for the services, and judges one that it does.
func sizeBalancer(profile profiles.Profile, i int, c *Cluster) []Finding {
	sizes := profile.Defaults.LoadBalancers
	if c.Balancer.Kind != HAProxy || sizes.Unstated {
		return nil
	}
	path := fmt.Sprintf("site.clusters[%d].", i)
	for _, b := range sizes.Value {
		if c.Services > b.Services {
			continue
		}
		if c.Balancer.VMSize == "" {
			c.Balancer.VMSize = b.Size
			return nil
		}
		wanted, _ := profile.VMSize(b.Size)
		given, known := profile.VMSize(c.Balancer.VMSize)
		if known && (given.VCPU < wanted.VCPU || given.Memory < wanted.Memory) {
			return []Finding{{Code: "balancer-size", Severity: Note, Path: path + "loadBalancer.vmSize", Owner: OwnerYou, Source: cite(sizes.Source), Evidence: fmt.Sprintf("%s for %s", given.Name, many(c.Services, "service")),
				Message: fmt.Sprintf("%s may be many for a load balancer machine of %s", many(c.Services, "service"), given.Name), Remedy: fmt.Sprintf("write vmSize: %s; the size cannot be changed after the cluster is made", wanted.Name)}}
		}
		return nil
	}
	if len(sizes.Value) == 0 {
		return nil
	}
	most := sizes.Value[len(sizes.Value)-1]
	if c.Balancer.VMSize == "" {
		c.Balancer.VMSize = most.Size
	}
	return []Finding{{Code: "balancer-services", Severity: Warn, Path: path + "services", Owner: OwnerYou, Source: cite(sizes.Source), Evidence: many(c.Services, "service"),
		Message: fmt.Sprintf("%s has %s, one load balancer machine is counted on for %d", c.Name, many(c.Services, "service"), most.Services), Remedy: "split the cluster, or plan a load balancer of your own with kind: none"}}
}
