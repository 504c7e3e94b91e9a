package main

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/arcwright/arcwright/planner"
)

// mostRows is how many addresses of one range are written one by one; a larger range has
// only the row of the range itself, which says so.
const mostRows = 1 << 16

// An addressRow is one subnet, range or single address, as an address-management system
// takes it.
type addressRow struct {
	// Kind is subnet, range or address.
	Kind  string     `json:"kind"`
	Start netip.Addr `json:"start"`
	End   netip.Addr `json:"end"`
	Count int        `json:"count"`
	// Network, VLAN and Subnet are empty for an address outside the networks of the site.
	Network string `json:"network,omitempty"`
	VLAN    int    `json:"vlan,omitempty"`
	Subnet  string `json:"subnet,omitempty"`
	// Pool is nodes, virtual, hosts, fixed, dhcp, reserved or in-use; empty for a subnet.
	Pool    string `json:"pool,omitempty"`
	Purpose string `json:"purpose"`
	Rule    string `json:"rule"`
	Source  string `json:"source,omitempty"`
}

func (r addressRow) fields() []string {
	vlan := ""
	if r.VLAN > 0 {
		vlan = fmt.Sprint(r.VLAN)
	}
	return []string{r.Kind, r.Start.String(), r.End.String(), fmt.Sprint(r.Count), r.Network, vlan, r.Subnet, r.Pool, r.Purpose, r.Rule, r.Source}
}

// addressRows lists the networks of a plan with everything in them, each in the order of
// the addresses, and last what stands outside them.
func addressRows(plan planner.Plan) []addressRow {
	var rows []addressRow
	inside := func(netip.Addr) bool { return false }
	for _, n := range networksOf(plan) {
		if !n.Subnet.IsValid() || !n.Subnet.Addr().Is4() {
			continue
		}
		rows = append(rows, networkRows(plan, n)...)
		before := inside
		inside = func(a netip.Addr) bool { return before(a) || n.Subnet.Contains(a) }
	}
	for _, r := range singles(plan) {
		if !inside(r.Start) {
			rows = append(rows, r)
		}
	}
	return rows
}

// singles are the addresses that stand by themselves.
func singles(plan planner.Plan) []addressRow {
	var rows []addressRow
	for _, a := range plan.Addresses.Fixed {
		rows = append(rows, addressRow{Kind: "address", Start: a.Address, End: a.Address, Count: 1, Pool: string(a.Pool), Purpose: a.Purpose, Rule: a.Rule, Source: a.Source})
	}
	for i, u := range plan.Inventory.InUse {
		rows = append(rows, addressRow{Kind: "address", Start: u.Address, End: u.Address, Count: 1, Pool: "in-use", Purpose: u.By, Rule: fmt.Sprintf("in the inventory as inUse[%d]", i)})
	}
	return rows
}

// networkRows are the rows of one network.
func networkRows(plan planner.Plan, n networkView) []addressRow {
	start := n.Subnet.Masked().Addr()
	size := 1 << (32 - n.Subnet.Bits())
	head := addressRow{Kind: "subnet", Start: start, End: address(number(start) + size - 1), Count: size, Purpose: "network " + n.Name, Rule: "given as " + n.path + ".subnet"}
	var rows []addressRow
	span := func(r planner.Range, pool, purpose, rule, source string) {
		if !r.Valid() {
			return
		}
		whole := addressRow{Kind: "range", Start: r.Start, End: r.End, Count: r.Size(), Pool: pool, Purpose: purpose, Rule: rule, Source: source}
		if r.Size() > mostRows {
			whole.Rule += fmt.Sprintf("; more than %d addresses, not listed one by one", mostRows)
			rows = append(rows, whole)
			return
		}
		rows = append(rows, whole)
		for i := range r.Size() {
			one := whole
			one.Kind, one.Count = "address", 1
			one.Start = address(number(r.Start) + i)
			one.End = one.Start
			rows = append(rows, one)
		}
	}
	for _, pool := range n.pools {
		purpose := "node pool: machines of the clusters, one each, chosen by the platform"
		switch {
		case pool.Kind == planner.VirtualAddresses:
			purpose = "virtual pool: API servers and services, chosen by the platform"
		case n.Addressing == planner.DHCP:
			purpose = "leased by DHCP to machines of the clusters"
		}
		rule := pool.Reason.Rule
		if !pool.Proposed && n.Addressing != planner.DHCP {
			rule = "given as " + n.path + "." + map[planner.PoolKind]string{planner.NodeAddresses: "nodePool", planner.VirtualAddresses: "vipPool"}[pool.Kind]
		}
		span(pool.Range, string(pool.Kind), purpose, rule, pool.Reason.Source)
	}
	for _, b := range n.balancers {
		span(b.Range, string(planner.VirtualAddresses), "MetalLB of "+b.Cluster+": services", "its part of the virtual pool, which no other cluster may announce", "")
	}
	if n.DHCPScope != nil && n.Addressing != planner.DHCP {
		span(*n.DHCPScope, "dhcp", "leased by DHCP to others", "given as "+n.path+".dhcpScope", "")
	}
	for i, r := range n.DHCPExclusions {
		span(r, "dhcp", "excluded from the DHCP scope", fmt.Sprintf("given as %s.dhcpExclusions[%d]", n.path, i), "")
	}
	for i, a := range n.DHCPReservations {
		span(planner.Range{Start: a, End: a}, "dhcp", "DHCP reservation", fmt.Sprintf("given as %s.dhcpReservations[%d]", n.path, i), "")
	}
	for i, r := range n.Reserved {
		span(r, "reserved", "reserved for others", fmt.Sprintf("given as %s.reserved[%d]", n.path, i), "")
	}
	for _, r := range singles(plan) {
		if n.Subnet.Contains(r.Start) {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b addressRow) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(b.Count, a.Count))
	})
	rows = once(rows)
	rows = append([]addressRow{head}, rows...)
	for i := range rows {
		rows[i].Network, rows[i].VLAN, rows[i].Subnet = n.Name, n.VLAN, n.Subnet.String()
	}
	return rows
}

// once keeps one row of each address: what stands there by name says more than the range it
// stands in, and a pool more than the scope it is excluded from.
func once(rows []addressRow) []addressRow {
	rank := func(r addressRow) int {
		switch r.Pool {
		case string(planner.FixedAddresses), string(planner.HostAddresses):
			return 0
		case "in-use":
			return 1
		case string(planner.VirtualAddresses):
			return 2
		case "reserved":
			return 3
		case string(planner.NodeAddresses):
			return 5
		}
		return 4
	}
	var out []addressRow
	at := map[netip.Addr]int{}
	for _, r := range rows {
		if r.Kind != "address" {
			out = append(out, r)
			continue
		}
		i, seen := at[r.Start]
		if !seen {
			at[r.Start] = len(out)
			out = append(out, r)
		} else if rank(r) < rank(out[i]) || rank(r) == rank(out[i]) && r.Pool == string(planner.VirtualAddresses) {
			out[i] = r
		}
	}
	return out
}
