package planner

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// addresses compares the pools by how they grew or moved, and the single addresses.
func (c *comparer) addresses(was, is AddressMap) {
	pair(c, AddressesPart, poolsOf(was), poolsOf(is), networkPool.title,
		func(p networkPool) string { return fmt.Sprintf("%s, %d addresses", p.Range, p.Size) }, func(was, is networkPool) {
			subject := is.title()
			if was.Range != is.Range {
				change := PlanChange{Part: AddressesPart, Subject: subject, Change: Changed, Key: "range", Is: is.Range.String(), Was: was.Range.String()}
				fixed, source := "", ""
				if is.network == "" {
					fixed, source = consequence(change)
				}
				change.Consequence, change.Source = strings.Trim(moved(was.Range, is.Range)+"; "+fixed, "; "), source
				if is.Proposed {
					change.Consequence += "; to keep the older range, write it into the site file"
				}
				c.list = append(c.list, change)
			}
			c.number(AddressesPart, subject, "needed", was.Needed, is.Needed)
			c.number(AddressesPart, subject, "free", was.Free, is.Free)
		})
	c.number(AddressesPart, "addresses", "total", was.Total, is.Total)
	pair(c, AddressesPart, was.Fixed, is.Fixed, func(a Address) string { return a.Purpose }, func(a Address) string { return a.Address.String() }, func(was, is Address) {
		if was.Address != is.Address {
			c.add(PlanChange{Part: AddressesPart, Subject: is.Purpose, Change: Changed, Key: "address", Is: is.Address.String(), Was: was.Address.String()})
		}
	})
}

// A networkPool is a pool with its network, which is empty for that of the site itself.
type networkPool struct {
	Pool
	network string
}

// poolsOf are the pools of all networks.
func poolsOf(m AddressMap) []networkPool {
	var list []networkPool
	for _, p := range m.Pools {
		list = append(list, networkPool{p, ""})
	}
	for _, n := range m.Networks {
		for _, p := range n.Pools {
			list = append(list, networkPool{p, n.Name})
		}
	}
	return list
}

func (p networkPool) title() string {
	title := "pool of " + string(p.Kind) + " addresses"
	if p.network != "" {
		title += " of " + p.network
	}
	return title
}

// moved says how a range became another.
func moved(was, is Range) string {
	inside := func(a, b Range) bool { return b.Start.Compare(a.Start) <= 0 && a.End.Compare(b.End) <= 0 }
	apart := func(a, b Range) bool { return a.End.Less(b.Start) || b.End.Less(a.Start) }
	known := func(a netip.Addr) bool { return a.IsValid() }
	switch {
	case !known(was.Start) || !known(is.Start):
		return ""
	case inside(was, is):
		return "it grew: every address it had is still in it"
	case inside(is, was):
		return "it shrank: addresses outside it may be in use"
	case apart(was, is):
		return "it moved: no address it had is still in it"
	}
	return "it moved in part: some addresses it had are no longer in it"
}

func (c *comparer) number(part Part, subject, key string, was, is int) {
	if was != is {
		c.add(PlanChange{Part: part, Subject: subject, Change: Changed, Key: key, Is: fmt.Sprint(is), Was: fmt.Sprint(was)})
	}
}

// headroom compares the verdicts, and of the memory what is free with all hosts.
func (c *comparer) headroom(was, is Headroom) {
	pair(c, HeadroomPart, was.States, is.States, func(s FabricRoom) string { return s.State }, func(s FabricRoom) string { return string(s.Verdict) }, func(was, is FabricRoom) {
		if was.Verdict != is.Verdict {
			c.add(PlanChange{Part: HeadroomPart, Subject: is.State, Change: Changed, Key: "verdict", Is: string(is.Verdict), Was: string(was.Verdict), Consequence: is.Why})
		}
		if is.Lost == "" && was.Free != is.Free {
			c.add(PlanChange{Part: HeadroomPart, Subject: is.State, Change: Changed, Key: "free", Is: is.Free.String(), Was: was.Free.String()})
		}
	})
	pair(c, HeadroomPart, lossClasses(was.Losses), lossClasses(is.Losses), func(l lossClass) string { return l.name }, func(l lossClass) string { return l.verdicts }, func(was, is lossClass) {
		if was.verdicts != is.verdicts {
			c.add(PlanChange{Part: HeadroomPart, Subject: is.name, Change: Changed, Key: "verdict", Is: is.verdicts, Was: was.verdicts, Consequence: is.why})
		}
	})
}

// A lossClass is the answers for all losses of so many hosts, in steady state or upgrading.
type lossClass struct {
	name, verdicts, why string
}

// lossClasses puts the losses together that are one goal.
func lossClasses(losses []LossRoom) []lossClass {
	var list []lossClass
	for _, g := range goals {
		class := lossClass{name: g.name}
		for _, l := range losses {
			if l.Hosts != g.lost || l.Surge != g.surge {
				continue
			}
			if class.verdicts != "" {
				class.verdicts += "; "
			}
			class.verdicts += string(l.Verdict) + ": " + strings.Join(l.Lost, ", ")
			class.why = cmp.Or(class.why, l.Why)
		}
		if class.verdicts != "" {
			list = append(list, class)
		}
	}
	return list
}

// findings compares by code and path: a finding that stays may have become graver, or waived.
func (c *comparer) findings(was, is []Finding) {
	name := func(f Finding) string { return f.Code + " at " + f.Path }
	pair(c, FindingsPart, was, is, name, func(f Finding) string { return standing(f) + ": " + f.Message }, func(was, is Finding) {
		if standing(was) != standing(is) {
			c.add(PlanChange{Part: FindingsPart, Subject: name(is), Change: Changed, Key: "severity", Is: standing(is), Was: standing(was)})
		}
		if was.Evidence != is.Evidence {
			c.add(PlanChange{Part: FindingsPart, Subject: name(is), Change: Changed, Key: "evidence", Is: is.Evidence, Was: was.Evidence})
		}
	})
}

// standing is a finding's severity, or that it is waived.
func standing(f Finding) string {
	if f.Waived != nil {
		return "waived " + string(f.Severity)
	}
	return string(f.Severity)
}

// costs compares what is billed, the number of machines and the time.
func (c *comparer) costs(was, is Plan) {
	c.values(CostPart, "cost", was.Cost, is.Cost, "reason")
	c.number(CostPart, "machines", "steady", was.Summary.VMs, is.Summary.VMs)
	c.number(CostPart, "machines", "upgrading", was.Summary.SurgeVMs, is.Summary.SurgeVMs)
	if was.Summary.Estimate != is.Summary.Estimate {
		c.add(PlanChange{Part: CostPart, Subject: "time", Change: Changed, Key: "estimate", Is: is.Summary.Estimate.String(), Was: was.Summary.Estimate.String()})
	}
}

// steps compares by id. The order of steps is that of their needs.
func (c *comparer) steps(was, is Plan) {
	pair(c, StepsPart, was.Steps, is.Steps, func(s Step) string { return "step " + s.ID }, func(s Step) string { return string(s.Kind) }, func(was, is Step) {
		c.values(StepsPart, "step "+is.ID, was, is, "id", "needs", "estimate")
		a, b := slices.Sorted(slices.Values(was.Needs)), slices.Sorted(slices.Values(is.Needs))
		if !slices.Equal(a, b) {
			c.add(PlanChange{Part: StepsPart, Subject: "step " + is.ID, Change: Changed, Key: "needs", Is: strings.Join(b, ", "), Was: strings.Join(a, ", ")})
		}
	})
	c.values(StepsPart, "made with", was.Inputs, is.Inputs, "site", "inventory")
}
