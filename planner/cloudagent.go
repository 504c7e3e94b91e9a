package planner

import (
	"fmt"
	"net/netip"
)

// cloudAgent judges the cloud agent's address, or proposes one. It floats between the
// hosts, so it stands in their subnet and not in a pool.
func (a *addressing) cloudAgent() {
	rule, own := a.in.Profile.Addresses.CloudAgent, a.in.Site.Network
	if !hasAgent(a.in.Profile) {
		if own.CloudAgent != nil {
			a.add(Finding{Code: "cloud-agent-unused", Severity: Warn, Path: "site.network.cloudAgent",
				Message: "this platform takes no address for a cloud agent from the site", Evidence: own.CloudAgent.String(),
				Remedy: "remove the key", Owner: OwnerYou, Source: cite(rule.Source)})
		}
		return
	}
	network, known := a.hostNetwork()
	if own.CloudAgent != nil {
		a.judgeCloudAgent(*own.CloudAgent, network, known)
		a.stand(Address{own.CloudAgent.Addr(), HostAddresses, "cloud agent", "given as site.network.cloudAgent", cite(rule.Source)})
		return
	}
	if len(a.in.Inventory.Hosts) == 0 {
		return
	}
	if !known {
		a.block("cloud-agent-network", "site.network.cloudAgent", "the cloud agent needs an address in the hosts' subnet, and no network of the failover cluster with the role ClusterAndClient holds all hosts",
			fmt.Sprintf("%s, %s", many(len(a.in.Inventory.Hosts), "host"), many(len(a.in.Inventory.Cluster.Nets), "network")),
			"give network.cloudAgent with its prefix length, such as 10.0.0.25/24, or mend the role of the hosts' network in the failover cluster", OwnerNetwork, cite(rule.Source))
		return
	}
	at, found := a.proposeCloudAgent(network)
	if !found {
		a.block("cloud-agent-room", "site.network.cloudAgent", fmt.Sprintf("no address is free for the cloud agent in the hosts' subnet %s", network), network.String(),
			"free an address there and give it as network.cloudAgent", OwnerNetwork, cite(rule.Source))
		return
	}
	a.stand(Address{at, HostAddresses, "cloud agent", "the first free address above the hosts, or else of their subnet", cite(rule.Source)})
	prefix := netip.PrefixFrom(at, network.Bits())
	a.planned.CloudAgent = &prefix
	a.add(Finding{Code: "address-proposed", Severity: Note, Path: "site.network.cloudAgent",
		Message:  fmt.Sprintf("%s is proposed for the cloud agent: nothing in the inventory or the site uses it", prefix),
		Evidence: prefix.String(), Remedy: "have the address reserved before the change; what others use on that network is not known here",
		Owner: OwnerNetwork, Source: cite(rule.Source)})
}

// stand enters an address that was chosen after the others.
func (a *addressing) stand(at Address) {
	a.planned.Fixed = append(a.planned.Fixed, at)
	a.busy = merged(appendAddress(a.busy, at.Address))
}

// proposeCloudAgent takes the first free address above the hosts, or else the first at all.
func (a *addressing) proposeCloudAgent(network netip.Prefix) (netip.Addr, bool) {
	free := a.free(network).spans()
	above := netip.Addr{}
	for _, f := range a.planned.Fixed {
		if f.Pool == HostAddresses && network.Contains(f.Address) && above.Less(f.Address) {
			above = f.Address
		}
	}
	for _, r := range free {
		if above.Less(r.Start) {
			return r.Start, true
		}
		if r.Contains(above.Next()) {
			return above.Next(), true
		}
	}
	if len(free) == 0 {
		return netip.Addr{}, false
	}
	return free[0].Start, true
}

func (a *addressing) judgeCloudAgent(agent, network netip.Prefix, known bool) {
	const path = "site.network.cloudAgent"
	page := cite(a.in.Profile.Addresses.CloudAgent.Source)
	a.planned.CloudAgent = &agent
	at := agent.Addr()
	switch {
	case !agent.IsValid() || !at.Is4():
		a.block("address-family", path, fmt.Sprintf("the cloud agent's address %s is not IPv4", agent), agent.String(), "give an IPv4 address with its prefix length", OwnerNetwork, page)
		return
	case known && !network.Contains(at):
		a.block("cloud-agent-network", path, fmt.Sprintf("the cloud agent's address %s is not in the hosts' network %s", at, network), agent.String()+" in "+network.String(),
			fmt.Sprintf("give a free address of %s", network), OwnerNetwork, page)
	case known && agent.Bits() != network.Bits():
		a.block("cloud-agent-network", path, fmt.Sprintf("the cloud agent's prefix length is /%d, the hosts' network %s has /%d", agent.Bits(), network, network.Bits()),
			agent.String()+" in "+network.String(), fmt.Sprintf("write %s/%d", at, network.Bits()), OwnerNetwork, page)
	case !known && len(a.in.Inventory.Cluster.Nets) > 0:
		a.block("cloud-agent-network", path, fmt.Sprintf("no network of the failover cluster with the role ClusterAndClient holds all hosts, so the cloud agent cannot come up at %s", at),
			agent.String(), "set the role of the hosts' network in the failover cluster to ClusterAndClient", OwnerNetwork, page)
	}
	if all := whole(agent); at == all.Start || at == all.End {
		a.block("address-taken", path, fmt.Sprintf("the cloud agent's address %s is the network or the broadcast address of %s", at, agent.Masked()), agent.String(),
			"give another address of the hosts' subnet", OwnerNetwork, page)
	}
	for _, f := range a.planned.Fixed {
		if f.Address == at {
			a.block("address-taken", path, fmt.Sprintf("the cloud agent's address %s is that of the %s", at, f.Purpose), agent.String()+" "+f.Purpose,
				"give a free address of the hosts' subnet", OwnerNetwork, page)
		}
	}
	for _, l := range a.lans {
		for _, r := range l.net.Reserved {
			if r.Contains(at) {
				a.block("address-taken", path, fmt.Sprintf("the cloud agent's address %s is in the reserved range %s", at, r), agent.String()+" "+r.String(),
					"give a free address, or take it out of "+l.at+".reserved", OwnerNetwork, page)
			}
		}
		if l.leases(Range{at, at}) {
			a.block("address-taken", path, fmt.Sprintf("the cloud agent's address %s is in the DHCP scope %s", at, l.net.DHCPScope), agent.String()+" "+l.net.DHCPScope.String(),
				"have the address excluded from the scope and give it in "+l.at+".dhcpExclusions, or give another", OwnerNetwork, page)
		}
	}
	for _, u := range a.in.Inventory.InUse {
		if u.Address == at {
			a.block("address-taken", path, fmt.Sprintf("the cloud agent's address %s is in use by %s", at, u.By), agent.String()+" "+u.By,
				"give a free address of the hosts' subnet", OwnerNetwork, page)
		}
	}
}
