package planner

import (
	"cmp"
	"fmt"
	"slices"
)

// neighbours holds the networks of a site against each other.
func (a *addressing) neighbours() {
	a.further()
	a.subnets()
	a.overlappingPools()
	for _, l := range a.lans {
		l.sharedBalancers()
	}
}

// sharedBalancers: in one network, two load balancer machines may be given one virtual
// address for services on different ports.
func (l *lan) sharedBalancers() {
	var names []string
	for _, i := range l.clusters {
		if c := l.in.Site.Clusters[i]; c.Balancer.Kind == HAProxy && c.Services > 0 {
			names = append(names, c.Name)
		}
	}
	if len(names) > 1 {
		l.add(Finding{Code: "network-shared", Severity: Note, Path: l.at, Message: fmt.Sprintf("%s with services share the network %s: two of them may be given one virtual address if their services listen on different ports", many(len(names), "cluster"), l.net.Name),
			Evidence: enumerate(names), Remedy: "let their services listen on the same ports, or give each cluster a network of its own (networks, and network in the cluster)", Owner: OwnerYou,
			Source: "ASD:AKS-Hybrid/known-issues-networking.yml (read 2026-11-22)"})
	}
}

// further judges what only the further networks have wrong.
func (a *addressing) further() {
	names := make(map[string]string, len(a.lans))
	names[a.in.Site.Network.Name] = "site.network"
	for _, l := range a.lans[1:] {
		if first, again := names[l.net.Name]; again {
			a.block("network-duplicate", l.at+".name", fmt.Sprintf("the network name %s is used twice, first by %s", quoted(l.net.Name), first), l.net.Name, "give each network a name of its own", OwnerYou, "")
		} else {
			names[l.net.Name] = l.at
		}
		if len(l.clusters) == 0 {
			a.add(Finding{Code: "network-unused", Severity: Warn, Path: l.at, Message: fmt.Sprintf("no cluster lives in the network %s", l.net.Name), Evidence: l.net.Name,
				Remedy: fmt.Sprintf("write network: %s in a cluster, or remove the network", l.net.Name), Owner: OwnerYou})
		}
		for _, key := range []struct {
			name  string
			given bool
		}{{"cloudAgent", l.net.CloudAgent != nil}, {"pods", l.net.Pods != nil}, {"services", l.net.Services != nil}} {
			if key.given {
				a.block("network-key", l.at+"."+key.name, fmt.Sprintf("%s is given for a further network, and there is one for the whole site", key.name), l.net.Name, "move it to site.network."+key.name, OwnerYou, "")
			}
		}
	}
}

// subnets: two networks have either one subnet and one VLAN, or neither in common.
// Machines reach each other across networks, so an address must mean one place.
func (a *addressing) subnets() {
	sorted := make([]*lan, 0, len(a.lans))
	vlans := make(map[int]*lan, len(a.lans))
	for _, l := range a.lans {
		if l.usable {
			sorted = append(sorted, l)
		}
		first, again := vlans[l.net.VLAN]
		switch {
		case !again:
			vlans[l.net.VLAN] = l
		case first.usable && l.usable && first.net.Subnet != l.net.Subnet && first.net.Switch == l.net.Switch:
			a.add(Finding{Code: "network-vlan-shared", Severity: Warn, Path: l.at + ".vlan", Message: fmt.Sprintf("%s and %s have different subnets on one VLAN: %s", l.net.Name, first.net.Name, vlanName(l.net.VLAN)),
				Evidence: fmt.Sprintf("%s %s, %s", vlanName(l.net.VLAN), first.net.Subnet, l.net.Subnet), Remedy: "give each subnet a VLAN of its own, or correct vlan", Owner: OwnerNetwork})
		}
	}
	slices.SortStableFunc(sorted, func(x, y *lan) int { return cmp.Compare(number(x.net.Subnet.Addr()), number(y.net.Subnet.Addr())) })
	for i := 1; i < len(sorted); i++ {
		// Subnets nest or are apart, so one that overlaps any before it overlaps its neighbour or
		// what its neighbour lies in; the widest so far is kept for that.
		x, y := sorted[i-1], sorted[i]
		if !x.net.Subnet.Overlaps(y.net.Subnet) {
			continue
		}
		if whole(x.net.Subnet).End.Compare(whole(y.net.Subnet).End) > 0 {
			sorted[i] = x
		}
		at := y
		if slices.Index(a.lans, x) > slices.Index(a.lans, y) {
			at, x = x, y
		}
		switch {
		case x.net.Subnet != at.net.Subnet:
			a.block("network-overlap", at.at+".subnet", fmt.Sprintf("the subnets %s of %s and %s of %s overlap", at.net.Subnet, at.net.Name, x.net.Subnet, x.net.Name), at.net.Subnet.String()+" "+x.net.Subnet.String(),
				"give each network a subnet of its own, or both the same subnet, VLAN and gateway", OwnerNetwork, "")
		case x.net.VLAN != at.net.VLAN:
			a.block("network-overlap", at.at+".vlan", fmt.Sprintf("the subnet %s is on two VLANs: %s in %s, %s in %s", at.net.Subnet, vlanName(x.net.VLAN), x.net.Name, vlanName(at.net.VLAN), at.net.Name),
				fmt.Sprintf("%s %d %d", at.net.Subnet, x.net.VLAN, at.net.VLAN), "give each network a subnet of its own, or both one VLAN", OwnerNetwork, "")
		case x.net.Gateway != at.net.Gateway:
			a.block("network-overlap", at.at+".gateway", fmt.Sprintf("the subnet %s has two gateways: %s in %s, %s in %s", at.net.Subnet, x.net.Gateway, x.net.Name, at.net.Gateway, at.net.Name),
				fmt.Sprintf("%s %s %s", at.net.Subnet, x.net.Gateway, at.net.Gateway), "give both networks the one gateway of the subnet", OwnerNetwork, "")
		}
	}
	a.storageNetworks()
}

// storageNetworks: the machines of the clusters have no business in a network that the
// failover cluster keeps for itself.
func (a *addressing) storageNetworks() {
	for _, n := range a.in.Inventory.Cluster.Nets {
		if n.Role == clusterAndClient || !n.Subnet.IsValid() || !n.Subnet.Addr().Is4() {
			continue
		}
		for _, l := range a.lans {
			if l.usable && l.net.Subnet.Overlaps(n.Subnet) {
				a.block("network-storage", l.at+".subnet", fmt.Sprintf("the subnet %s overlaps %s %s, which the failover cluster keeps for itself", l.net.Subnet, n.Name, n.Subnet), l.net.Subnet.String()+" "+n.Subnet.String(),
					"give a subnet that the hosts do not use for storage", OwnerNetwork, "")
			}
		}
	}
}

func vlanName(id int) string {
	if id == 0 {
		return "untagged"
	}
	return fmt.Sprintf("VLAN %d", id)
}

// overlappingPools reports pools that the site gives and that share addresses, in one
// network or in two.
func (a *addressing) overlappingPools() {
	type pool struct {
		Range
		name, path string
		order      int
	}
	var list []pool
	for _, l := range a.lans {
		for _, p := range []struct {
			given     *Range
			name, key string
		}{{l.net.NodePool, "node pool", "nodePool"}, {l.net.VIPPool, "virtual pool", "vipPool"}} {
			leased := l.net.Addressing == DHCP && p.key == "nodePool" // refused for itself
			if p.given != nil && p.given.Valid() && l.usable && !leased {
				list = append(list, pool{*p.given, p.name + l.of, l.at + "." + p.key, len(list)})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y pool) int { return x.Start.Compare(y.Start) })
	// Each is held against the one that reaches furthest of those that begin before it.
	for i := 1; i < len(list); i++ {
		one, other := list[i-1], list[i]
		if !one.Overlaps(other.Range) {
			continue
		}
		if other.End.Less(one.End) {
			list[i] = one
		}
		if one.order > other.order {
			one, other = other, one
		}
		a.block("address-pool-overlap", other.path, fmt.Sprintf("the %s %s and the %s %s share addresses", other.name, other.Range, one.name, one.Range),
			one.String()+" "+other.String(), "move one of them", OwnerNetwork, "")
	}
}
