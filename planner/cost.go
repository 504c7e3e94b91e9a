package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// cost counts what the platform bills for. A pool that grows by itself is counted at the
// count it starts with: that is what runs on the first day.
func cost(in Input) Cost {
	billing := in.Profile.Billing
	c := Cost{Unit: string(billing.Unit), Price: "unknown: no list price is published"}
	switch billing.Unit {
	case profiles.VCPUDay:
		workers := 0
		for _, cluster := range in.Site.Clusters {
			for _, p := range cluster.NodePools {
				name := p.VMSize
				if name == "" {
					name = workerSize(in.Profile, p.OS).Value
				}
				size, _ := in.Profile.VMSize(name)
				workers += counted(p.Count) * size.VCPU
			}
		}
		c.Amount = workers
		c.Reason.Rule = fmt.Sprintf("%d virtual processors of worker machines", workers)
		if billing.HyperThreadingHalves && hyperThreaded(in.Inventory.Hosts) {
			c.Amount = (workers + 1) / 2
			c.Reason.Rule += ", halved: hyper-threading is on in every host"
		}
	case profiles.CoreDay:
		for _, h := range in.Inventory.Hosts {
			c.Amount += counted(int(h.Processor.Cores))
		}
		c.Reason.Rule = fmt.Sprintf("%d physical cores of %d hosts", c.Amount, len(in.Inventory.Hosts))
	}
	c.Reason.Source = cite(billing.Source)
	if price := billing.Price; !price.Unstated {
		c.Price = fmt.Sprintf("%s %s a day", profiles.Money(int64(min(c.Amount, mostCounted))*int64(price.Amount)), price.Currency)
		c.Reason.Rule += fmt.Sprintf(", %s %s each for a day by the list of %s", price.Amount, price.Currency, price.AsOf)
	}
	return c
}

// hyperThreaded reports whether every host runs two threads on each core.
func hyperThreaded(hosts []Host) bool {
	for _, h := range hosts {
		if h.Processor.Logical <= h.Processor.Cores {
			return false
		}
	}
	return len(hosts) > 0
}
