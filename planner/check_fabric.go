package planner

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// contactDays is how long Azure Stack HCI may go without reaching Azure before it makes no
// more machines (ASD:AKS-Hybrid/known-issues-installation.yml).
const contactDays = 30

// fabricState judges the shape and the state of the failover cluster.
func (j *judge) fabricState() {
	c, hosts := j.in.Inventory.Cluster, j.in.Inventory.Hosts
	const path = "inventory.failoverCluster"
	if c.Stretched == Yes {
		j.add(Finding{Code: "cluster-stretched", Path: path + ".stretched", Evidence: "stretched", Message: "the failover cluster is stretched over two sites"})
	}
	if c.Switchless == Yes && j.rules.Generation == profiles.AzureLocal && len(hosts) > switchlessMax {
		j.add(Finding{Code: "cluster-switchless", Path: path + ".switchless", Evidence: many(len(hosts), "host"),
			Message: fmt.Sprintf("the storage of %s is connected without a switch, at most %d can be", many(len(hosts), "machine"), switchlessMax)})
	}
	if c.Switchless == Yes && j.rules.Generation == profiles.AksHci && len(hosts) > switchlessMax {
		j.add(Finding{Code: "cluster-switchless", Severity: Warn, Path: path + ".switchless", Evidence: fmt.Sprintf("%d hosts", len(hosts)), Source: "AC:docs/example-scenario/hybrid/aks-network-content.md (read 2026-11-22)",
			Message: fmt.Sprintf("the storage of %d hosts is connected without a switch; beyond %d a converged network with RoCEv2 is advised", len(hosts), switchlessMax)})
	}
	if strings.EqualFold(c.Witness, "none") && len(hosts)%2 == 0 && len(hosts) > 0 {
		j.add(Finding{Code: "cluster-witness", Path: path + ".witness", Evidence: fmt.Sprintf("none, %s", many(len(hosts), "host")), Message: fmt.Sprintf("%s have no witness: neither half is a majority", many(len(hosts), "host"))})
	}
	for i, h := range hosts {
		if h.ClusterState != "" && !strings.EqualFold(h.ClusterState, "Up") {
			j.add(Finding{Code: "cluster-node-state", Path: hostPath(i, "clusterState"), Evidence: h.ClusterState, Message: fmt.Sprintf("%s is %s in the failover cluster", h.Name, strings.ToLower(h.ClusterState))})
		}
	}
	j.groups(c)
	j.registration(c)
	j.clusterNetworks(c)
}

// switchlessMax is the most machines whose storage may go without a switch
// (ASD:azure-local/plan/cloud-deployment-network-considerations.md,
// AC:docs/example-scenario/hybrid/aks-network-content.md).
const switchlessMax = 3

// agentGroup matches the names that AksHci gives the role of its cloud agent.
var agentGroup = regexp.MustCompile(`(?i)^ca-[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`)

// groups judges the roles: the core group must be whole, and an agent's role without a
// deployment is what a broken attempt left.
func (j *judge) groups(c FailoverCluster) {
	deployed := j.rules.Generation != profiles.AksHci || slices.ContainsFunc(j.in.Inventory.Hosts, func(h Host) bool { return h.Prepared })
	for i, g := range c.Groups {
		at := fmt.Sprintf("inventory.failoverCluster.groups[%d]", i)
		switch own := j.in.Site.Directory.CloudAgentRole; {
		case strings.EqualFold(g.Name, "Cluster Group"):
			if !strings.EqualFold(g.State, "Online") {
				j.add(Finding{Code: "cluster-group-state", Path: at + ".state", Evidence: g.State, Message: "the core group of the failover cluster is " + g.State})
			}
		case !deployed && (agentGroup.MatchString(g.Name) || own != "" && strings.EqualFold(g.Name, own)):
			j.add(Finding{Code: "cluster-leftover", Path: at + ".name", Evidence: g.Name + ", " + g.State, Message: fmt.Sprintf("the role %s of a cloud agent is there, and no host has a deployment", g.Name)})
		}
	}
}

// registration judges the registration of Azure Stack HCI; Windows Server has none.
func (j *judge) registration(c FailoverCluster) {
	if len(j.in.Inventory.Hosts) == 0 || !strings.Contains(j.in.Inventory.Hosts[0].OS.Product, "Azure Stack HCI") {
		return
	}
	const path = "inventory.failoverCluster"
	if c.Registered == No {
		j.add(Finding{Code: "cluster-unregistered", Path: path + ".registered", Evidence: "not registered", Message: "the system is not registered with Azure and makes no machines"})
	}
	day := j.in.Site.PlannedFor
	if since := int(day - c.LastContact); !c.LastContact.IsZero() && !day.IsZero() && since > contactDays {
		j.add(Finding{Code: "cluster-contact", Path: path + ".lastContact", Evidence: c.LastContact.String(),
			Message: fmt.Sprintf("the system reached Azure last on %s, %s before %s; more than %d stop it", c.LastContact, many(since, "day"), day, contactDays)})
	}
}

// azureLocalStorageVLANs are those that Azure Local gives its storage networks by itself
// (ASD:azure-local/plan/cloud-deployment-network-considerations.md).
var azureLocalStorageVLANs = []int{711, 712, 713}

// clusterNetworks judges the networks of the failover cluster against each other and
// against the clusters' own.
func (j *judge) clusterNetworks(c FailoverCluster) {
	site := j.in.Site.Network
	inner := []struct {
		name   string
		prefix profiles.InnerRange
	}{{"pod", j.rules.Network.Pods}, {"service", j.rules.Network.Services}}
	vlans, nets := map[int]string{}, overlaps{own: map[netip.Prefix]int{}, wider: map[netip.Prefix]int{}}
	for i, n := range c.Nets {
		at := fmt.Sprintf("inventory.failoverCluster.networks[%d]", i)
		for _, r := range inner {
			if n.Subnet.IsValid() && n.Subnet.Overlaps(r.prefix.Prefix) && !(r.prefix.Configurable && site.Pods != nil) {
				j.add(Finding{Code: "address-inner-overlap", Path: at + ".subnet", Evidence: r.prefix.Prefix.String() + ": " + n.Subnet.String(), Source: cite(r.prefix.Source),
					Message: fmt.Sprintf("the network %s (%s) of the failover cluster lies in the %s range %s", n.Name, n.Subnet, r.name, r.prefix.Prefix)})
			}
		}
		if k := nets.add(n.Subnet, i); k >= 0 {
			other := c.Nets[k]
			j.add(Finding{Code: "cluster-network-overlap", Path: at + ".subnet", Evidence: n.Subnet.String() + " " + other.Subnet.String(),
				Message: fmt.Sprintf("the networks %s (%s) and %s (%s) of the failover cluster overlap", other.Name, other.Subnet, n.Name, n.Subnet)})
		}
		if other, again := vlans[n.VLAN]; n.VLAN > 0 && again {
			j.add(Finding{Code: "cluster-network-vlan", Path: at + ".vlan", Evidence: fmt.Sprintf("VLAN %d: %s, %s", n.VLAN, other, n.Name),
				Message: fmt.Sprintf("the networks %s and %s of the failover cluster share VLAN %d", other, n.Name, n.VLAN)})
		} else {
			vlans[n.VLAN] = n.Name
		}
		if site.VLAN > 0 && n.VLAN == site.VLAN && n.Role != clusterAndClient {
			j.add(Finding{Code: "network-vlan-storage", Path: "site.network.vlan", Evidence: fmt.Sprintf("VLAN %d, %s", site.VLAN, n.Name),
				Message: fmt.Sprintf("VLAN %d of the clusters' machines is that of the network %s of the failover cluster", site.VLAN, n.Name)})
		}
	}
	if j.rules.Generation == profiles.AzureLocal && slices.Contains(azureLocalStorageVLANs, site.VLAN) {
		j.add(Finding{Code: "network-vlan-storage", Path: "site.network.vlan", Evidence: fmt.Sprintf("VLAN %d", site.VLAN),
			Message: fmt.Sprintf("VLAN %d is one that Azure Local gives its storage by itself", site.VLAN)})
	}
}

// overlaps finds which of many subnets have addresses in common.
type overlaps struct {
	own   map[netip.Prefix]int // the first subnet that is this prefix
	wider map[netip.Prefix]int // the first subnet that lies in this prefix
}

// add takes subnet i in and returns the first of the earlier ones that it overlaps, or -1.
func (o overlaps) add(subnet netip.Prefix, i int) int {
	if !subnet.IsValid() {
		return -1
	}
	subnet = subnet.Masked()
	first := -1
	if k, ok := o.wider[subnet]; ok {
		first = k
	}
	for bits := subnet.Bits(); bits >= 0; bits-- {
		up := netip.PrefixFrom(subnet.Addr(), bits).Masked()
		if k, ok := o.own[up]; ok && (first < 0 || k < first) {
			first = k
		}
		if _, ok := o.wider[up]; !ok {
			o.wider[up] = i
		}
	}
	if _, ok := o.own[subnet]; !ok {
		o.own[subnet] = i
	}
	return first
}
