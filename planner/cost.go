package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// Cost is what will be billed, in the platform's own units, by the price book of its profile.
type Cost struct {
	Unit   string `yaml:"unit" json:"unit"`
	Amount int    `yaml:"amount" json:"amount"`
	// AmountMax is the same with every pool at the most it may grow to, left out when none grows.
	AmountMax int `yaml:"amountMax,omitempty" json:"amountMax,omitempty"`
	// Price is a sum with its currency and period, or says that it is unknown.
	Price string `yaml:"price" json:"price"`
	// HyperThreading says what it does to the amount.
	HyperThreading string `yaml:"hyperThreading" json:"hyperThreading"`
	// Lines are what a pricing calculator asks for.
	Lines []CostLine `yaml:"lines" json:"lines"`
	// Included is what is not charged for.
	Included []string `yaml:"included" json:"included"`
	Reason   Reason   `yaml:"reason" json:"reason"`
}

// CostLine is one meter.
type CostLine struct {
	Meter    string `yaml:"meter" json:"meter"`
	Unit     string `yaml:"unit" json:"unit"`
	Quantity int    `yaml:"quantity" json:"quantity"`
	// UnitPrice is for one unit, Monthly for the quantity in a month of 730 hours, both
	// in Currency by the list of AsOf. They are empty when the price is unknown.
	UnitPrice string `yaml:"unitPrice,omitempty" json:"unitPrice,omitempty"`
	Monthly   string `yaml:"monthly,omitempty" json:"monthly,omitempty"`
	Currency  string `yaml:"currency,omitempty" json:"currency,omitempty"`
	AsOf      Date   `yaml:"asOf,omitempty" json:"asOf,omitempty"`
	// Optional lines run only if the operator chooses so.
	Optional bool   `yaml:"optional,omitempty" json:"optional,omitempty"`
	Note     string `yaml:"note" json:"note"`
	Source   string `yaml:"source" json:"source"`
}

// cost counts what the platform bills for. A pool that grows by itself is counted at the
// count it starts with: that is what runs on the first day.
func cost(in Input) Cost {
	billing := in.Profile.Billing
	c := Cost{Unit: string(billing.Unit), Price: "unknown: no list price is published", HyperThreading: "makes no difference to the amount"}
	cores := 0
	for _, h := range in.Inventory.Hosts {
		cores += counted(int(h.Processor.Cores))
	}
	switch billing.Unit {
	case profiles.VCPUDay:
		workers, most := workerVCPUs(in)
		c.Amount, c.AmountMax = workers, most
		c.Reason.Rule = fmt.Sprintf("%s of worker machines", many(workers, "virtual processor"))
		if billing.HyperThreadingHalves && hyperThreaded(in.Inventory.Hosts) {
			c.Amount, c.AmountMax = (workers+1)/2, (most+1)/2
			c.Reason.Rule += ", halved: hyper-threading is on in every host"
			c.HyperThreading = fmt.Sprintf("is on in every host and halves the amount: %d without it", workers)
		} else if billing.HyperThreadingHalves {
			c.HyperThreading = fmt.Sprintf("is not on in every host: with it the amount would be %d", (workers+1)/2)
		}
		if c.AmountMax == c.Amount {
			c.AmountMax = 0
		}
	case profiles.CoreDay:
		c.Amount = cores
		c.Reason.Rule = fmt.Sprintf("%s of %s", many(c.Amount, "physical core"), many(len(in.Inventory.Hosts), "host"))
	}
	c.Reason.Source = cite(billing.Source)
	if price := billing.Price; !price.Unstated {
		c.Price = fmt.Sprintf("%s %s a day", profiles.Money(int64(min(c.Amount, mostCounted))*int64(price.Amount)), price.Currency)
		c.Reason.Rule += fmt.Sprintf(", %s %s each for a day by the list of %s", price.Amount, price.Currency, price.AsOf)
	}
	c.Lines = append(c.Lines, costLine(billing.Meter, billing.Unit, c.Amount, billing.Price, false, billing.Counts))
	for _, m := range in.Profile.Meters {
		n := cores
		if m.Unit == profiles.VCPUDay {
			n = c.Amount
		}
		c.Lines = append(c.Lines, costLine(m.Name, m.Unit, n, m.Price, m.Optional, m.When))
	}
	for _, i := range in.Profile.Included {
		c.Included = append(c.Included, i.What)
	}
	return c
}

// workerVCPUs counts the virtual processors of the workers, at the counts that pools
// begin with and at those they may grow to.
func workerVCPUs(in Input) (now, most int) {
	for _, cluster := range in.Site.Clusters {
		for _, p := range cluster.NodePools {
			size, _ := in.Profile.VMSize(orDefault(p.VMSize, workerSize(in.Profile, p.OS)))
			now += counted(p.Count) * size.VCPU
			most += counted(max(p.Count, p.MaxCount)) * size.VCPU
		}
	}
	return now, most
}

// costLine is one meter with its price, if the book has one.
func costLine(meter string, unit profiles.Unit, quantity int, price profiles.Price, optional bool, note string) CostLine {
	l := CostLine{Meter: meter, Unit: string(unit), Quantity: quantity, Optional: optional, Note: note, Source: cite(price.Source)}
	if price.Unstated {
		l.Note += "; price unknown"
		return l
	}
	monthly := profiles.Money(int64(min(quantity, mostCounted)) * int64(price.Amount))
	if unit != profiles.CoreMonth {
		monthly = (monthly*hoursOfMonth + 12) / 24
	}
	l.UnitPrice, l.Monthly, l.Currency, l.AsOf = price.Amount.String(), ((monthly + 5) / 10 * 10).String(), price.Currency, price.AsOf
	return l
}

// hoursOfMonth is how long a month is for a pricing calculator.
const hoursOfMonth = 730

// hyperThreaded reports whether every host runs two threads on each core.
func hyperThreaded(hosts []Host) bool {
	for _, h := range hosts {
		if h.Processor.Logical <= h.Processor.Cores {
			return false
		}
	}
	return len(hosts) > 0
}
