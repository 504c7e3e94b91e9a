package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// A networkView is one network of a plan, the site's own or a further one.
type networkView struct {
	planner.Network
	pools     []planner.Pool
	room      planner.Room
	balancers []planner.BalancerRange
	path      string
}

// networksOf are the networks of a plan, the site's own first.
func networksOf(plan planner.Plan) []networkView {
	list := []networkView{{plan.Site.Network, plan.Addresses.Pools, plan.Addresses.Room, plan.Addresses.Balancers, "site.network"}}
	for i, m := range plan.Addresses.Networks {
		list = append(list, networkView{plan.Site.Networks[i], m.Pools, m.Room, m.Balancers, fmt.Sprintf("site.networks[%d]", i)})
	}
	return list
}

// cells is how many characters a drawn subnet has at the most, row how many stand on a line.
const (
	cells = 512
	row   = 32
)

// A symbol is one letter of a drawing.
type symbol struct {
	letter byte
	word   string
	colour string
}

var (
	freeCell      = symbol{'.', "free", ""}
	edgeCell      = symbol{'#', "never in a pool", "8"}
	scopeCell     = symbol{'d', "DHCP scope", "6"}
	reservedCell  = symbol{'r', "reserved", "5"}
	nodeCell      = symbol{'n', "node pool", "2"}
	leasedCell    = symbol{'n', "nodes, by DHCP", "2"}
	virtualCell   = symbol{'v', "virtual pool", "4"}
	gatewayCell   = symbol{'G', "gateway", "3"}
	dnsCell       = symbol{'D', "DNS server", "3"}
	hostCell      = symbol{'H', "host", "3"}
	agentCell     = symbol{'C', "cloud agent", "3"}
	apiCell       = symbol{'A', "API server", "3"}
	proxyCell     = symbol{'P', "proxy", "3"}
	usedCell      = symbol{'x', "in use", "1"}
	singleSymbols = []symbol{gatewayCell, dnsCell, hostCell, agentCell, apiCell, proxyCell}
)

// network prints what a network is, its grid, its pools and how long they last.
func (g *page) network(plan planner.Plan, n networkView) {
	vlan := "untagged"
	if n.VLAN > 0 {
		vlan = fmt.Sprintf("VLAN %d", n.VLAN)
	}
	p := g.p
	fmt.Fprintf(p.out, "%s  %s addressing, %s, %s\n\n", p.paint.bold(n.Subnet.String()), n.Addressing, n.Name, vlan)
	if n.Subnet.IsValid() && n.Subnet.Addr().Is4() {
		p.drawGrid(plan, n)
	}
	for _, pool := range n.pools {
		proposed := ""
		if pool.Proposed {
			proposed = ", proposed"
		}
		fmt.Fprintf(p.out, "  %-7s %-33s %d needed, %d free of %d%s\n", pool.Kind, pool.Range.Start.String()+" - "+pool.Range.End.String(), pool.Needed, pool.Free, pool.Size, proposed)
	}
	for _, b := range n.balancers {
		fmt.Fprintf(p.out, "  metallb %-33s announced by %s\n", b.Range.Start.String()+" - "+b.Range.End.String(), b.Cluster)
	}
	if len(n.pools) > 0 {
		fmt.Fprintf(p.out, "  full after %s more, or %s, or %s\n", plural(n.room.Nodes, "node"), plural(n.room.Services, "service"), plural(n.room.Clusters, "cluster"))
		g.item("    ", n.room.Reason.Rule, n.room.Reason.Source)
	}
}

// drawGrid shows a subnet as rows of letters; in a large subnet one letter stands for a few
// addresses, and the most telling of them is shown.
func (p *program) drawGrid(plan planner.Plan, n networkView) {
	size := 1 << (32 - n.Subnet.Bits())
	each := max(1, (size+cells-1)/cells)
	base := number(n.Subnet.Masked().Addr())
	grid := make([]symbol, (size+each-1)/each)
	for i := range grid {
		grid[i] = freeCell
	}
	fill := func(r planner.Range, s symbol) {
		if !r.Valid() {
			return
		}
		for i := max(number(r.Start)-base, 0) / each; i <= min(number(r.End)-base, size-1)/each && number(r.Start)-base < size; i++ {
			grid[i] = s
		}
	}
	one := func(a netip.Addr, s symbol) {
		if n.Subnet.Contains(a) {
			fill(planner.Range{Start: a, End: a}, s)
		}
	}
	if each == 1 {
		for i := range min(edgeOf(plan.Site.Platform)+1, len(grid)) {
			grid[i], grid[len(grid)-1-i] = edgeCell, edgeCell
		}
	}
	scope := scopeCell
	if n.Addressing == planner.DHCP {
		scope = leasedCell
	}
	if n.DHCPScope != nil {
		fill(*n.DHCPScope, scope)
		for _, r := range n.DHCPExclusions {
			fill(r, freeCell)
		}
	}
	for _, r := range n.Reserved {
		fill(r, reservedCell)
	}
	for _, a := range n.DHCPReservations {
		one(a, reservedCell)
	}
	for _, pool := range n.pools {
		switch {
		case pool.Kind == planner.VirtualAddresses:
			fill(pool.Range, virtualCell)
		case pool.Kind == planner.NodeAddresses && n.Addressing != planner.DHCP:
			fill(pool.Range, nodeCell)
		}
	}
	for _, u := range plan.Inventory.InUse {
		one(u.Address, usedCell)
	}
	for _, a := range plan.Addresses.Fixed {
		one(a.Address, symbolOf(a))
	}
	for i := 0; i < len(grid); i += row {
		fmt.Fprintf(p.out, "  %-15s %s\n", address(base+i*each), p.paintRow(grid[i:min(i+row, len(grid))]))
	}
	p.legend(grid, each)
}

// edgeOf is how many addresses at each end of a subnet no pool may hold, beside the
// network's and the broadcast address.
func edgeOf(platform string) int {
	profile, err := profiles.Load(platform)
	if err != nil {
		return 0 // not reached: the plan was made with it
	}
	return profile.Addresses.EdgesForbidden.Value
}

// symbolOf is the letter of a single address.
func symbolOf(a planner.Address) symbol {
	for _, s := range singleSymbols {
		if strings.HasPrefix(a.Purpose, s.word) {
			return s
		}
	}
	return usedCell
}

// paintRow writes one line of a grid in groups of eight.
func (p *program) paintRow(line []symbol) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		if i > 0 && i%8 == 0 {
			b.WriteByte(' ')
		}
		run := i + 1
		for run < len(line) && run%8 != 0 && line[run] == line[i] {
			run++
		}
		b.WriteString(p.paint.in(line[i].colour, strings.Repeat(string(line[i].letter), run-i)))
		i = run
	}
	return b.String()
}

// legend explains the letters that a grid has.
func (p *program) legend(grid []symbol, each int) {
	var words []string
	for _, s := range append([]symbol{nodeCell, leasedCell, virtualCell, scopeCell, reservedCell, usedCell, edgeCell}, append(singleSymbols, freeCell)...) {
		if slices.Contains(grid, s) {
			words = append(words, string(s.letter)+" "+s.word)
		}
	}
	if each > 1 {
		words = append(words, fmt.Sprintf("one letter is %d addresses", each))
	}
	for i := range words[:len(words)-1] {
		words[i] += ","
	}
	for _, line := range inLines(words, paper-2) {
		fmt.Fprintln(p.out, "  "+line)
	}
	fmt.Fprintln(p.out)
}

func number(a netip.Addr) int {
	b := a.As4()
	return int(b[0])<<24 | int(b[1])<<16 | int(b[2])<<8 | int(b[3])
}

func address(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}
