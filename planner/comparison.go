package planner

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Part is the part of a plan that a change is in.
type Part string

// The parts, in the order they are compared: what the operator wants, what the hosts are,
// and what follows from both.
const (
	WantedPart    Part = "wanted"
	HostsPart     Part = "hosts"
	AddressesPart Part = "addresses"
	HeadroomPart  Part = "headroom"
	FindingsPart  Part = "findings"
	CostPart      Part = "cost"
	StepsPart     Part = "steps"
)

// A PlanChange is one thing that differs between two plans, by name and not by its place
// in a file.
type PlanChange struct {
	Part Part `json:"part"`
	// Subject is such as "cluster shop", "node pool shop/linux", "host hv01" or "step install".
	Subject string `json:"subject"`
	Change  Change `json:"change"`
	// Key is the key of the subject that differs, such as kubernetes; empty when the whole
	// subject came or went.
	Key string `json:"key,omitempty"`
	// Is and Was are the values, or for a whole subject what it is in short.
	Is  string `json:"is,omitempty"`
	Was string `json:"was,omitempty"`
	// Consequence says what the change means where the older plan has been applied; empty
	// when it follows from other changes.
	Consequence string `json:"consequence,omitempty"`
	// Source is the page the consequence is taken from, if it is the platform's doing.
	Source string `json:"source,omitempty"`
}

// A Comparison is what differs between two plans.
type Comparison struct {
	Older, Newer Plan
	// Changes are ordered by part, then by subject as the plans have them.
	Changes []PlanChange
}

// Compare says what differs between two plans, and what that means. Equal plans, and plans
// that differ only in the place of things, have no changes.
func Compare(older, newer Plan) Comparison {
	c := &comparer{}
	c.wanted(older.Site, newer.Site)
	c.hosts(older.Inventory, newer.Inventory)
	c.addresses(older.Addresses, newer.Addresses)
	c.headroom(older.Headroom, newer.Headroom)
	c.findings(older.Findings, newer.Findings)
	c.costs(older, newer)
	c.steps(older, newer)
	return Comparison{Older: older, Newer: newer, Changes: c.list}
}

// A comparer collects changes.
type comparer struct {
	list []PlanChange
}

func (c *comparer) add(change PlanChange) {
	if change.Consequence == "" {
		change.Consequence, change.Source = consequence(change)
	}
	c.list = append(c.list, change)
}

// values compares the keys of one subject that is in both plans, those in ignore left out.
func (c *comparer) values(part Part, subject string, was, is any, ignore ...string) {
	if reflect.DeepEqual(was, is) {
		return
	}
	before, now := document(was), document(is)
	for _, name := range ignore {
		drop(before, name)
		drop(now, name)
	}
	for _, d := range compare(leaves(before), leaves(now)) {
		c.add(PlanChange{Part: part, Subject: subject, Change: d.Change, Key: d.Path, Is: d.Is, Was: d.Was})
	}
}

// drop takes a key out of a document.
func drop(n *node, name string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content = slices.Delete(slices.Clone(n.Content), i, i+2)
			return
		}
	}
}

// pair matches the entries of two lists by their names. What is only in one of them is
// added or removed; both is called for the others, in the order of the newer list. Entries
// of the same name are matched in turn.
func pair[T any](c *comparer, part Part, was, is []T, name func(T) string, short func(T) string, both func(was, is T)) {
	waiting := map[string][]T{}
	for _, w := range was {
		waiting[name(w)] = append(waiting[name(w)], w)
	}
	for _, i := range is {
		if rest := waiting[name(i)]; len(rest) > 0 {
			waiting[name(i)] = rest[1:]
			both(rest[0], i)
			continue
		}
		c.add(PlanChange{Part: part, Subject: name(i), Change: Added, Is: short(i)})
	}
	for _, w := range was {
		if rest := waiting[name(w)]; len(rest) > 0 {
			waiting[name(w)] = rest[1:]
			c.add(PlanChange{Part: part, Subject: name(w), Change: Removed, Was: short(rest[0])})
		}
	}
}

// wanted compares what the operator wants: the site itself, its clusters and their pools.
func (c *comparer) wanted(was, is Site) {
	c.values(WantedPart, "site", was, is, "clusters", "waivers", "inventory")
	pair(c, WantedPart, was.Clusters, is.Clusters, func(k Cluster) string { return "cluster " + k.Name }, clusterInShort, func(was, is Cluster) {
		c.values(WantedPart, "cluster "+is.Name, was, is, "nodePools")
		pair(c, WantedPart, was.NodePools, is.NodePools, func(p NodePool) string { return "node pool " + is.Name + "/" + p.Name }, poolInShort, func(was, now NodePool) {
			c.values(WantedPart, "node pool "+is.Name+"/"+now.Name, was, now)
		})
	})
	pair(c, WantedPart, was.Waivers, is.Waivers, func(w Waiver) string { return "waiver of " + w.Code + " at " + w.Path }, func(w Waiver) string { return "by " + w.By + ", until " + w.Until.String() }, func(was, is Waiver) {
		c.values(WantedPart, "waiver of "+is.Code+" at "+is.Path, was, is)
	})
}

func clusterInShort(k Cluster) string {
	count := 0
	for _, p := range k.NodePools {
		count += p.Count
	}
	return fmt.Sprintf("Kubernetes %s, %d control planes, %d workers", k.Kubernetes, k.Control.Count, count)
}

func poolInShort(p NodePool) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s workers %s", p.Count, p.OS, p.VMSize))
}

// hosts compares what the hosts are. When they were read is of no matter.
func (c *comparer) hosts(was, is Inventory) {
	pair(c, HostsPart, was.Hosts, is.Hosts, func(h Host) string { return "host " + h.Name }, func(h Host) string {
		return fmt.Sprintf("%s %s, %d cores, %s", h.Maker, h.Model, h.Processor.Cores, h.Memory)
	}, func(was, is Host) { c.values(HostsPart, "host "+is.Name, was, is, "skew") })
	pair(c, HostsPart, was.NetworkSwitches, is.NetworkSwitches, func(s NetworkSwitch) string { return "network switch " + s.Name }, func(s NetworkSwitch) string {
		return fmt.Sprintf("%d standards, %d VLANs", len(s.Standards), len(s.VLANs))
	}, func(was, is NetworkSwitch) { c.values(HostsPart, "network switch "+is.Name, was, is) })
	was.Hosts, is.Hosts, was.NetworkSwitches, is.NetworkSwitches = nil, nil, nil, nil
	c.values(HostsPart, "hosts", was, is, "hosts", "readAt")
}
