package planner

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

const instancePath = "inventory.instance"

// instance judges the Azure Local instance, as far as somebody has described it.
func (j *judge) instance() {
	i := j.in.Inventory.Instance
	if i == nil || j.rules.Generation != profiles.AzureLocal {
		return
	}
	azure := j.in.Site.Azure
	if i.Region != "" && azure.Region != "" && !strings.EqualFold(i.Region, azure.Region) {
		j.add(Finding{Code: "instance-region", Path: "site.azure.region", Evidence: azure.Region + ", the instance is in " + i.Region,
			Message: fmt.Sprintf("the site is planned for %s, and the instance is registered in %s", azure.Region, i.Region), Remedy: "write region: " + i.Region})
	}
	if i.CustomLocation != "" && azure.CustomLocation != "" && i.CustomLocation != azure.CustomLocation {
		j.add(Finding{Code: "instance-custom-location", Path: "site.azure.customLocation", Evidence: azure.CustomLocation + ", the instance has " + i.CustomLocation,
			Message: fmt.Sprintf("the custom location %s is not that of the instance, %s", azure.CustomLocation, i.CustomLocation), Remedy: "write customLocation: " + i.CustomLocation})
	}
	if i.GatewayAnswers == No {
		j.add(Finding{Code: "instance-gateway", Path: instancePath + ".gatewayAnswers", Evidence: "no answer to a ping", Message: "the hosts' gateway does not answer a ping from the management pool"})
	}
	if i.DNSInside == Yes {
		j.add(Finding{Code: "instance-dns", Path: instancePath + ".dnsInside", Evidence: "a machine on the instance", Message: "a DNS server of the hosts is a machine on the instance itself"})
	}
	if j.undeployed() {
		j.add(Finding{Code: "instance-missing", Path: instancePath + ".deployed", Evidence: "not deployed", Message: "the instance is not deployed yet, and clusters are made through it"})
		j.newInstance()
	}
	j.managementPool(i.ManagementPool, i.Deployed == Yes)
	j.bridge(i.Bridge)
	j.intents(i)
	j.lowCapacityClass(i)
}

// undeployed reports whether it is known that the instance is not there yet.
func (j *judge) undeployed() bool {
	i := j.in.Inventory.Instance
	return i != nil && i.Deployed == No && j.rules.Generation == profiles.AzureLocal
}

// newInstance judges what only matters until the instance is there.
func (j *judge) newInstance() {
	for i, h := range j.in.Inventory.Hosts {
		if h.Domain != "" {
			j.add(Finding{Code: "instance-joined", Path: hostPath(i, "domain"), Evidence: h.Domain, Message: fmt.Sprintf("%s is in the domain %s before the instance is deployed, which joins it", h.Name, h.Domain)})
		}
		if least := j.rules.Instance.NewBuildMin; h.OS.Build > 0 && h.OS.Build < least.Value {
			j.add(Finding{Code: "instance-build", Path: hostPath(i, "os.build"), Evidence: fmt.Sprintf("build %d", h.OS.Build), Source: cite(least.Source),
				Message: fmt.Sprintf("%s has build %d; new instances are made with %d or later", h.Name, h.OS.Build, least.Value)})
		}
	}
	if c := j.in.Inventory.Cluster; c.StorageSpaces == Yes {
		j.add(Finding{Code: "instance-pool-there", Path: "inventory.failoverCluster.storageSpaces", Evidence: "a pool is there", Message: "the drives are in a storage pool already, before the instance is deployed"})
	}
}

// managementPool judges the addresses of the instance's own services, which have them once
// it is deployed.
func (j *judge) managementPool(pool *Range, deployed bool) {
	if pool == nil {
		return
	}
	const path = instancePath + ".managementPool"
	rule := j.rules.Addresses.Infrastructure
	refuse := func(evidence, message, remedy string) {
		j.add(Finding{Code: "instance-pool", Path: path, Evidence: evidence, Message: message, Remedy: remedy, Source: cite(rule.Source)})
	}
	if !pool.Valid() {
		refuse(pool.String(), fmt.Sprintf("%s is no range of addresses", pool), "write start and end, the lower first")
		return
	}
	if n := number(pool.End) - number(pool.Start) + 1; n < uint64(rule.Count) {
		refuse(fmt.Sprintf("%d addresses", n), fmt.Sprintf("the management pool %s has %d addresses, %d are needed in one run", pool, n, rule.Count), fmt.Sprintf("give %d consecutive free addresses of the hosts' subnet", rule.Count))
	}
	if home, known := (&addressing{in: j.in}).hostNetwork(); known && (!home.Contains(pool.Start) || !home.Contains(pool.End)) {
		refuse(fmt.Sprintf("%s, hosts in %s", pool, home), fmt.Sprintf("the management pool %s is not in the hosts' subnet %s", pool, home), "give addresses of the hosts' subnet")
	}
	for _, taken := range j.spoken(deployed) {
		if pool.Contains(taken.at) {
			refuse(taken.at.String()+" "+taken.by, fmt.Sprintf("the management pool %s holds %s of %s", pool, taken.at, taken.by), "move the pool, or what stands in it")
		}
	}
	for _, inner := range []struct {
		name   string
		prefix netip.Prefix
	}{{"pod", given(j.in.Site.Network.Pods, j.rules.Network.Pods.Prefix)}, {"service", j.rules.Network.Services.Prefix}} {
		if inner.prefix.IsValid() && whole(inner.prefix).Overlaps(*pool) {
			j.add(Finding{Code: "address-inner-overlap", Path: path, Evidence: inner.prefix.String() + ": " + pool.String(),
				Message: fmt.Sprintf("the management pool %s lies in the %s range %s", pool, inner.name, inner.prefix)})
		}
	}
	for _, n := range append([]Network{j.in.Site.Network}, j.in.Site.Networks...) {
		for _, r := range []*Range{n.NodePool, n.VIPPool, n.DHCPScope} {
			if r != nil && r.Valid() && r.Overlaps(*pool) {
				name := n.Name
				if r == n.DHCPScope {
					name = "the DHCP scope of " + name
				}
				refuse(fmt.Sprintf("%s %s", pool, r), fmt.Sprintf("the management pool %s and %s (%s) share addresses", pool, r, name), "move one of them")
			}
		}
	}
}

// A spokenAddress has an owner.
type spokenAddress struct {
	at netip.Addr
	by string
}

// spoken are the single addresses that hosts and others have. Those that a scan found are
// left out where they may be the instance's own.
func (j *judge) spoken(deployed bool) []spokenAddress {
	var list []spokenAddress
	for _, h := range j.in.Inventory.Hosts {
		list = append(list, spokenAddress{h.Address, h.Name})
	}
	for _, u := range j.in.Inventory.InUse {
		if deployed {
			break
		}
		list = append(list, spokenAddress{u.Address, u.By})
	}
	for _, n := range append([]Network{j.in.Site.Network}, j.in.Site.Networks...) {
		list = append(list, spokenAddress{n.Gateway, "the gateway of " + n.Name})
		for _, at := range n.DNS {
			list = append(list, spokenAddress{at, "a DNS server"})
		}
	}
	return slices.DeleteFunc(list, func(s spokenAddress) bool { return !s.at.Is4() })
}

// bridge judges the Azure Arc resource bridge, through which everything is made.
func (j *judge) bridge(b *Bridge) {
	if b == nil {
		return
	}
	const path = instancePath + ".bridge"
	if b.State != "" && !strings.EqualFold(b.State, "Running") {
		j.add(Finding{Code: "bridge-state", Path: path + ".state", Evidence: b.State, Message: "the Azure Arc resource bridge is " + b.State + ": no cluster can be made through it"})
	}
	day, rules := j.in.Site.PlannedFor, j.rules.Instance
	if day.IsZero() {
		return
	}
	if since, most := int(day-b.LastContact), rules.BridgeOfflineDays; !b.LastContact.IsZero() && since > most.Value {
		j.add(Finding{Code: "bridge-contact", Path: path + ".lastContact", Evidence: b.LastContact.String(), Source: cite(most.Source),
			Message: fmt.Sprintf("the resource bridge reached Azure last on %s, %d days before %s; it bears %d", b.LastContact, since, day, most.Value)})
	}
	if since, most := int(day-b.Updated), rules.BridgeUpdateDays; !b.Updated.IsZero() && since > most.Value {
		j.add(Finding{Code: "bridge-update", Path: path + ".updated", Evidence: b.Updated.String(), Source: cite(most.Source),
			Message: fmt.Sprintf("the resource bridge was updated last on %s, %d days before %s; it wants an update every %d", b.Updated, since, day, most.Value)})
	}
}
