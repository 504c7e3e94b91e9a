package profiles

import "time"

// Unit is what is charged for, and for how long.
type Unit string

// The units. A platform charges in one of the first two.
const (
	VCPUDay   Unit = "vcpu-day"   // a virtual processor of a running worker node, for a day
	CoreDay   Unit = "core-day"   // a physical core of a host, for a day
	CoreMonth Unit = "core-month" // a physical core of a host, for a month
)

// Billing is how a platform is charged.
type Billing struct {
	// Meter is the name on the bill.
	Meter string `yaml:"meter"`
	Unit  Unit   `yaml:"unit"`
	// Counts says in words what is counted, Free what is not.
	Counts string `yaml:"counts"`
	Free   string `yaml:"free"`
	// HyperThreadingHalves is whether the count is halved on hosts with hyper-threading on.
	HyperThreadingHalves bool   `yaml:"hyperThreadingHalves"`
	Source               Source `yaml:",inline"`

	// Price is for one unit; unstated where no public list price is known.
	Price Price `yaml:"price"`
	// TrialDays are free once.
	TrialDays Limit `yaml:"trialDays"`
	// ContactDays is the longest time without reaching Azure.
	ContactDays Limit `yaml:"contactDays"`
}

// A Meter is something that is charged beside the platform itself.
type Meter struct {
	Name string `yaml:"name"`
	Unit Unit   `yaml:"unit"`
	// When says in words for whom it runs. One that is Optional runs only if the operator
	// chooses it, and is no part of a sum.
	When     string `yaml:"when"`
	Optional bool   `yaml:"optional,omitempty"`
	Price    Price  `yaml:"price"`
	Source   Source `yaml:",inline"`
}

// Included is something that is not charged for.
type Included struct {
	What   string `yaml:"what"`
	Source Source `yaml:",inline"`
}

// Price is an amount of money for one unit.
type Price struct {
	Amount   Money  `yaml:"amount,omitempty"`
	Currency string `yaml:"currency,omitempty"`
	Unstated bool   `yaml:"unstated,omitempty"`
	// AsOf is the day of the price list.
	AsOf   Date   `yaml:"asOf,omitempty"`
	Source Source `yaml:",inline"`
}

// An Estimate is the usual time of one kind of step. It is ours unless its source says
// otherwise: the vendor publishes few durations.
type Estimate struct {
	// Step is the kind of step.
	Step string `yaml:"step"`
	// Base is the time whatever the number of nodes, PerNode is added for each.
	Base    time.Duration `yaml:"base"`
	PerNode time.Duration `yaml:"perNode"`
	Source  Source        `yaml:",inline"`
}

func (c *checker) prices(p Profile) {
	c.oneOf("billing.unit", p.Billing.Unit, VCPUDay, CoreDay)
	c.price("billing.price", p.Billing.Price)
	for _, m := range p.Meters {
		c.oneOf("meters."+m.Name, m.Unit, VCPUDay, CoreDay, CoreMonth)
		c.price("meters."+m.Name, m.Price)
	}
	once(c, "meters", p.Meters, func(m Meter) string { return m.Name })
}

func (c *checker) price(path string, p Price) {
	if p.Unstated == (p.Amount > 0 && p.Currency != "" && p.AsOf > 0) {
		c.refuse(path, "wants amount, currency and asOf, or unstated: true")
	}
}

// For is the usual time with a number of nodes.
func (e Estimate) For(nodes int) time.Duration {
	return e.Base + time.Duration(nodes)*e.PerNode
}
