package tui

import (
	"fmt"
	"net/netip"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// A networkPage asks for the clusters' network, and counts its addresses as it is typed.
type networkPage struct{ formPage }

func newNetworkPage(d *desk) *networkPage {
	n := d.draft.site.Network
	hint := func(f *field, text string) *field {
		f.hint = func() string { return text }
		return f
	}
	proposed := func(kind planner.PoolKind) func() string {
		return func() string {
			for _, p := range d.draft.plan.Addresses.Pools {
				if p.Kind == kind && p.Proposed {
					return p.Range.String() + " is proposed"
				}
			}
			return "empty: the planner proposes one"
		}
	}
	dhcp := func() bool { return d.draft.site.Network.Addressing == planner.DHCP }

	nodes := textField("Node pool", "site.network.nodePool", printRange(n.NodePool), func(s *planner.Site, text string) (err error) {
		s.Network.NodePool, err = optional(text, readRange)
		return err
	})
	// a pool that is given stays in sight under dhcp, where it has to go
	nodes.hint, nodes.hidden = proposed(planner.NodeAddresses), func() bool { return dhcp() && d.draft.site.Network.NodePool == nil }
	scope := textField("DHCP scope", "site.network.dhcpScope", printRange(n.DHCPScope), func(s *planner.Site, text string) (err error) {
		s.Network.DHCPScope, err = optional(text, readRange)
		return err
	})
	scope.hidden = func() bool { return !dhcp() && d.draft.site.Network.DHCPScope == nil }
	virtual := textField("Virtual pool", "site.network.vipPool", printRange(n.VIPPool), func(s *planner.Site, text string) (err error) {
		s.Network.VIPPool, err = optional(text, readRange)
		return err
	})
	virtual.hint = proposed(planner.VirtualAddresses)
	agent := textField("Cloud agent", "site.network.cloudAgent", "", func(s *planner.Site, text string) (err error) {
		s.Network.CloudAgent, err = optional(text, readPrefix)
		return err
	})
	if n.CloudAgent != nil {
		agent.text = n.CloudAgent.String()
	}
	agent.hint = func() string {
		if p := d.draft.plan.Addresses.CloudAgent; p != nil {
			return p.String() + " is proposed"
		}
		return "an address in the hosts' subnet, with its prefix length"
	}
	agent.hidden = func() bool {
		return d.draft.profile.Generation == profiles.AzureLocal && d.draft.site.Network.CloudAgent == nil
	}
	f := newForm(d,
		hint(textField("Name", "site.network.name", n.Name, keep(func(s *planner.Site) *string { return &s.Network.Name })), "lower-case letters and digits, such as branchnet"),
		choiceField("Addressing", "site.network.addressing", string(n.Addressing), plainOptions([]planner.Addressing{planner.Static, planner.DHCP}), keep(func(s *planner.Site) *planner.Addressing { return &s.Network.Addressing })),
		hint(textField("Subnet", "site.network.subnet", printPrefix(n.Subnet), take(func(text string) (netip.Prefix, error) { return or(text, readPrefix) }, func(s *planner.Site) *netip.Prefix { return &s.Network.Subnet })), "10.40.20.0/24"),
		hint(textField("Gateway", "site.network.gateway", printAddress(n.Gateway), take(func(text string) (netip.Addr, error) { return or(text, readAddress) }, func(s *planner.Site) *netip.Addr { return &s.Network.Gateway })), "10.40.20.1"),
		hint(textField("DNS servers", "site.network.dns", printAddresses(n.DNS), take(readAddresses, func(s *planner.Site) *[]netip.Addr { return &s.Network.DNS })), "10.40.10.5, 10.40.10.6"),
		hint(textField("VLAN", "site.network.vlan", printNumber(n.VLAN), take(func(text string) (int, error) { return or(text, readNumber) }, func(s *planner.Site) *int { return &s.Network.VLAN })), "empty: untagged"),
		hint(textField("Virtual switch", "site.network.switch", n.Switch, keep(func(s *planner.Site) *string { return &s.Network.Switch })), switchHint(d.draft.setup.Inventory)),
		nodes, scope, virtual, agent,
	)
	return &networkPage{newFormPage(d, screenNetwork, f)}
}

// switchHint names the external switch of the first host.
func switchHint(i planner.Inventory) string {
	for _, h := range i.Hosts {
		for _, s := range h.Switches {
			if s.Type == "External" {
				return shortName(h.Name) + " has " + s.Name
			}
		}
	}
	return "the external switch, of one name on every host"
}

func (p *networkPage) view(s size) string {
	if s.w >= wide {
		const left = 62
		return block(beside(p.shown(left-3, s.h), left, p.counts(s.w-left, s.h)), s)
	}
	counts := p.counts(s.w, 6)
	lines := p.shown(s.w, s.h-len(counts)-1)
	lines = append(lines, make([]string, max(s.h-len(counts)-len(lines), 0))...)
	return block(append(lines, counts...), s)
}

// counts is the addresses of each pool, and with room enough what needs them, over n lines.
func (p *networkPage) counts(w, n int) []string {
	l, a := p.desk.look, p.desk.draft.plan.Addresses
	const nameWidth, number = 14, 8
	lines := []string{l.bold.Render(fmt.Sprintf("%d addresses are needed", a.Total)),
		l.faint.Render(cell("", nameWidth) + right("needed", number) + right("in pool", number) + right("free", number))}
	for _, kind := range []planner.PoolKind{planner.NodeAddresses, planner.VirtualAddresses} {
		line := cell(poolName(kind), nameWidth)
		var pool *planner.Pool
		for i := range a.Pools {
			if a.Pools[i].Kind == kind {
				pool = &a.Pools[i]
			}
		}
		if pool == nil {
			need := 0
			for _, d := range a.Demands {
				if d.Pool == kind {
					need += d.Count
				}
			}
			lines = append(lines, line+right(fmt.Sprint(need), number)+right("-", number)+right("-", number)+l.bad.Render("  ✗ no pool"))
			continue
		}
		sign, style := "  ✓ fits", l.good
		if pool.Free < 0 {
			sign, style = fmt.Sprintf("  ✗ %d short", -pool.Free), l.bad
		}
		line += right(fmt.Sprint(pool.Needed), number) + right(fmt.Sprint(pool.Size), number) + right(fmt.Sprint(max(pool.Free, 0)), number) + style.Render(sign)
		if pool.Proposed {
			line += l.faint.Render(", proposed")
		}
		lines = append(lines, line)
	}
	return append(lines, p.demands(w, n-len(lines))...)
}

func poolName(kind planner.PoolKind) string {
	switch kind {
	case planner.NodeAddresses:
		return "node pool"
	case planner.VirtualAddresses:
		return "virtual pool"
	case planner.HostAddresses:
		return "hosts' subnet"
	}
	return string(kind)
}

// demands is who needs the addresses, over n lines.
func (p *networkPage) demands(w, n int) []string {
	if n < 3 {
		return nil
	}
	l := p.desk.look
	all := p.desk.draft.plan.Addresses.Demands
	lines := []string{"", l.bold.Render("What needs them")}
	for i, d := range all {
		if len(lines) == n-1 && i < len(all)-1 {
			return append(lines, l.faint.Render(fmt.Sprintf("and %d more; the review shows all", len(all)-i)))
		}
		purpose := d.Purpose
		if d.Owner != "management" {
			purpose += " of " + d.Owner
		}
		lines = append(lines, right(fmt.Sprint(d.Count), 4)+"  "+l.faint.Render(cell(poolName(d.Pool), 14))+cut(purpose, w-20))
	}
	return lines
}
