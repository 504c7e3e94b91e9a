package profiles

import "time"

// Unit is what a platform charges for, for each day.
type Unit string

// The units.
const (
	VCPUDay Unit = "vcpu-day" // a virtual processor of a running worker node
	CoreDay Unit = "core-day" // a physical core of a host
)

// Billing is how a platform is charged.
type Billing struct {
	Unit Unit `yaml:"unit"`
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

// For is the usual time with a number of nodes.
func (e Estimate) For(nodes int) time.Duration {
	return e.Base + time.Duration(nodes)*e.PerNode
}
