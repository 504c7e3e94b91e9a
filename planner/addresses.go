package planner

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/arcwright/arcwright/profiles"
)

// clusterAndClient is the role of the failover cluster's networks that clients may use.
const clusterAndClient = "ClusterAndClient"

// An addressing is one site's address map in the making, with what is wrong with it.
type addressing struct {
	in       Input
	edges    int
	lans     []*lan
	planned  AddressMap
	findings []Finding
	// nodePage is the source of the rule that most findings rest on.
	nodePage string

	// busy is every address that something is known to use, leased what the DHCP servers
	// may lease besides. placed are the pools of all networks, given and proposed.
	busy, leased, placed stretches
}

// Addresses maps every address of a site: it counts what is needed, judges what the site
// gives and proposes what it leaves out, around everything that is known to be in use.
func Addresses(in Input) (AddressMap, []Finding) {
	a := &addressing{in: in, edges: in.Profile.Addresses.EdgesForbidden.Value, nodePage: cite(in.Profile.Addresses.Node.Source)}
	net := in.Site.Network
	a.planned = AddressMap{Subnet: net.Subnet, Addressing: net.Addressing,
		Pods: given(net.Pods, in.Profile.Network.Pods.Prefix), Services: given(net.Services, in.Profile.Network.Services.Prefix)}
	a.findings = make([]Finding, 0, 16+2*len(in.Site.Networks))
	a.survey()
	a.fixed()
	for _, l := range a.lans {
		l.usable = l.subnet()
	}
	a.single()
	a.neighbours()
	a.occupy()
	a.cloudAgent()
	for _, l := range a.lans {
		if l.usable {
			l.pools()
		}
	}
	a.innerRanges()
	a.proxy()
	a.sum()
	return a.planned, a.findings
}

// given is the site's own value, or the platform's when the site gives none.
func given(own *netip.Prefix, platform netip.Prefix) netip.Prefix {
	if own != nil {
		return *own
	}
	return platform
}

// fixed lists the single addresses that are taken already.
func (a *addressing) fixed() {
	a.planned.Fixed = make([]Address, 0, len(a.lans)+len(a.in.Inventory.Hosts)+8)
	seen := make(map[netip.Addr]bool, 2*len(a.lans)) // of those that networks may have in common
	add := func(at netip.Addr, pool PoolKind, purpose, rule string) {
		if at.IsValid() && (pool == HostAddresses || !seen[at]) {
			seen[at] = seen[at] || pool != HostAddresses
			a.planned.Fixed = append(a.planned.Fixed, Address{Address: at, Pool: pool, Purpose: purpose, Rule: rule})
		}
	}
	for _, l := range a.lans {
		if seen[l.net.Gateway] {
			continue
		}
		add(l.net.Gateway, FixedAddresses, "gateway"+l.of, "given as "+l.at+".gateway")
	}
	for _, l := range a.lans {
		for i, dns := range l.net.DNS {
			if !seen[dns] {
				add(dns, FixedAddresses, "DNS server", fmt.Sprintf("given as %s.dns[%d]", l.at, i))
			}
		}
	}
	for i, h := range a.in.Inventory.Hosts {
		add(h.Address, HostAddresses, "host "+h.Name, fmt.Sprintf("in the inventory as hosts[%d]", i))
	}
	if at := a.in.Inventory.Cluster.Address; at != nil {
		add(*at, HostAddresses, "failover cluster "+a.in.Inventory.Cluster.Name, "in the inventory as failoverCluster.address")
	}
	if p := a.in.Site.Proxy; p != nil {
		for _, one := range []struct{ key, url string }{{"http", p.HTTP}, {"https", p.HTTPS}} {
			if u, err := proxyURL(one.url); err == nil {
				if at, err := netip.ParseAddr(u.Hostname()); err == nil {
					add(at, FixedAddresses, "proxy", "given as site.proxy."+one.key)
				}
			}
		}
	}
	source := cite(a.in.Profile.Addresses.ClusterEndpointSet.Source)
	for i, c := range a.in.Site.Clusters {
		if at := c.Control.Address; at != nil && at.IsValid() {
			a.planned.Fixed = append(a.planned.Fixed, Address{*at, FixedAddresses, "API server of " + c.Name, fmt.Sprintf("given as site.clusters[%d].controlPlane.address", i), source})
		}
	}
}

// occupy gathers what proposals keep off, once the ranges of the site are judged.
func (a *addressing) occupy() {
	var busy, leased []stretch
	for _, f := range a.planned.Fixed {
		busy = appendAddress(busy, f.Address)
	}
	for _, u := range a.in.Inventory.InUse {
		busy = appendAddress(busy, u.Address)
	}
	if i := a.in.Inventory.Instance; i != nil && i.ManagementPool != nil && i.ManagementPool.Valid() {
		busy = append(busy, stretchOf(*i.ManagementPool))
	}
	for _, l := range a.lans {
		for _, r := range l.net.Reserved {
			if r.Valid() {
				busy = append(busy, stretchOf(r))
			}
		}
		for _, at := range l.net.DHCPReservations {
			busy = appendAddress(busy, at)
		}
		leased = append(leased, l.scope()...)
		for _, r := range []*Range{l.net.NodePool, l.net.VIPPool} {
			if r != nil && r.Valid() {
				a.placed = a.placed.with(stretchOf(*r))
			}
		}
	}
	a.busy, a.leased = merged(busy), merged(leased)
}

func appendAddress(list []stretch, at netip.Addr) []stretch {
	if !at.Is4() {
		return list
	}
	return append(list, stretch{number(at), number(at)})
}

// free are the addresses of a subnet that nothing is known to use and that a pool may
// begin or end at.
func (a *addressing) free(subnet netip.Prefix) stretches {
	free := a.inner(subnet)
	all := stretchOf(whole(subnet))
	for _, cuts := range [...]stretches{a.leased, a.placed} {
		if cuts = cuts.between(all); len(cuts) > 0 {
			free = free.minus(cuts)
		}
	}
	return free
}

// inner are the addresses of a subnet that are off its edges and that nothing is known to
// use, whether or not a pool or a DHCP server has them.
func (a *addressing) inner(subnet netip.Prefix) stretches {
	all := whole(subnet)
	low, high := number(all.Start)+uint64(a.edges)+1, number(all.End)
	if high < uint64(a.edges)+1 {
		return nil
	}
	return a.busy.gaps(low, high-uint64(a.edges)-1)
}

// sum fills in what is counted over all networks.
func (a *addressing) sum() {
	if n := len(a.lans) - 1; n > 0 {
		a.planned.Networks = make([]NetworkMap, 0, n)
	}
	beyond, growth := 0, growingOf(a.in.Profile.Addresses)
	for i, l := range a.lans {
		a.planned.Total += l.tally.total()
		beyond += l.tally.beyond
		if i == 0 {
			a.planned.Pools, a.planned.Demands, a.planned.Room, a.planned.Balancers = l.pooled, l.tally.lines, l.room(growth), l.balancers()
			continue
		}
		names := make([]string, 0, len(l.clusters))
		for _, c := range l.clusters {
			names = append(names, a.in.Site.Clusters[c].Name)
		}
		a.planned.Networks = append(a.planned.Networks, NetworkMap{Name: l.net.Name, VLAN: l.net.VLAN, Subnet: l.net.Subnet, Addressing: l.net.Addressing,
			Clusters: names, Pools: l.pooled, Demands: l.tally.lines, Room: l.room(growth), Balancers: l.balancers()})
	}
	a.planned.VendorCount = a.planned.Total - beyond
	a.planned.VendorTotals = vendorTotals(a.in.Site, a.in.Profile)
	a.planned.Permanent = permanent(a.in, a.planned)
}

func (a *addressing) add(f Finding) { a.findings = append(a.findings, f) }

func (a *addressing) block(code, path, message, evidence, remedy string, owner Owner, source string) {
	a.add(Finding{Code: code, Severity: Block, Path: path, Message: message, Evidence: evidence, Remedy: remedy, Owner: owner, Source: source})
}

// hostNetwork is the network the cloud agent must stand in: the failover cluster's
// network for clients that holds the hosts. Before there is a failover cluster it is the
// site's subnet, if the hosts are in it.
func (a *addressing) hostNetwork() (netip.Prefix, bool) {
	hosts := a.in.Inventory.Hosts
	if len(hosts) == 0 {
		return netip.Prefix{}, false
	}
	holds := func(p netip.Prefix) bool {
		for _, h := range hosts {
			if !p.Contains(h.Address) {
				return false
			}
		}
		return p.Addr().Is4() // and valid, since it holds a host
	}
	for _, n := range a.in.Inventory.Cluster.Nets {
		if n.Role == clusterAndClient && holds(n.Subnet) {
			return n.Subnet.Masked(), true
		}
	}
	if len(a.in.Inventory.Cluster.Nets) == 0 && holds(a.in.Site.Network.Subnet) {
		return a.in.Site.Network.Subnet.Masked(), true
	}
	return netip.Prefix{}, false
}

// survey makes the lans of the site and gives each its clusters.
func (a *addressing) survey() {
	site := &a.in.Site
	all := make([]lan, 1+len(site.Networks))
	all[0] = lan{addressing: a, net: &site.Network, at: "site.network"}
	a.lans = append(make([]*lan, 0, len(all)), &all[0])
	byName := make(map[string]*lan, 1+len(all))
	byName[site.Network.Name], byName[""] = a.lans[0], a.lans[0]
	for i := range site.Networks {
		n := &site.Networks[i]
		all[i+1] = lan{addressing: a, net: n, at: "site.networks[" + strconv.Itoa(i) + "]", of: " of " + n.Name}
		l := &all[i+1]
		a.lans = append(a.lans, l)
		if _, again := byName[n.Name]; !again {
			byName[n.Name] = l
		}
	}
	for i := range site.Clusters {
		c := &site.Clusters[i]
		l, ok := byName[c.Network]
		if !ok {
			l = a.lans[0] // counted somewhere; the plan is blocked
			known := []string{site.Network.Name}
			for _, n := range site.Networks {
				known = append(known, n.Name)
			}
			a.block("cluster-network", fmt.Sprintf("site.clusters[%d].network", i), fmt.Sprintf("%s names the network %s, and the site has none of that name", c.Name, quoted(c.Network)), c.Network,
				didYouMean(c.Network, known), OwnerYou, "")
		}
		l.clusters = append(l.clusters, i)
	}
	words := newWording(&a.in.Profile.Addresses)
	for i, l := range a.lans {
		l.pooled = make([]Pool, 0, 2)
		l.tally = demands(&a.in.Site, words, l.clusters, i == 0)
	}
}

// networkOf is the network that a cluster lives in, and whether it is the site's own.
func networkOf(site Site, c Cluster) (n Network, own bool) {
	i := slices.IndexFunc(site.Networks, func(n Network) bool { return n.Name == c.Network })
	if c.Network == "" || c.Network == site.Network.Name || i < 0 {
		return site.Network, true
	}
	return site.Networks[i], false
}

// hasAgent reports whether the platform takes an address for the cloud agent from the site.
func hasAgent(p profiles.Profile) bool { return p.Addresses.CloudAgent.Count > 0 }
