package planner

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// ways notes what has to be let through: to the internet, between networks of the site,
// and past a proxy. Whether it is cannot be seen in files.
func (j *judge) ways() {
	if len(j.in.Inventory.Hosts) == 0 || len(j.rules.Endpoints) == 0 {
		return
	}
	var names []string
	for _, e := range j.rules.Endpoints {
		names = append(names, strings.ReplaceAll(e.Host, "<region>", j.in.Site.Azure.Region)+":"+strconv.Itoa(e.Port))
	}
	j.add(Finding{Code: "access-internet", Path: "site.azure.region", Evidence: fmt.Sprintf("%d names", len(names)), Source: cite(j.rules.Endpoints[0].Source),
		Message: fmt.Sprintf("hosts and machines must reach %d names on the internet", len(names)),
		Remedy:  "Have the firewall, or the proxy, let the hosts and the clusters' networks reach over TCP: " + strings.Join(names, ", ") + "."})
	j.betweenNetworks()
	if server := j.rules.Network.TimeServer; j.in.Site.Proxy != nil && !server.Unstated {
		j.add(Finding{Code: "proxy-time", Path: "site.proxy", Evidence: server.Value, Source: cite(server.Source),
			Message: fmt.Sprintf("the machines get the time from %s, which a proxy does not pass on", server.Value)})
	}
}

// betweenNetworks notes the ports between hosts and machines of a network that the hosts
// are not in. Inside one network no firewall stands between them.
func (j *judge) betweenNetworks() {
	var list []string
	var source profiles.Source
	for _, p := range j.rules.Ports {
		if p.CrossVLAN && p.When == "" {
			list = append(list, fmt.Sprintf("%d/%s from %s to %s (%s)", p.Number, p.Protocol, p.From, p.To, p.Use))
			source = p.Source
		}
	}
	at := append([]Network{j.in.Site.Network}, j.in.Site.Networks...)
	for i, n := range at {
		path := "site.network"
		if i > 0 {
			path = fmt.Sprintf("site.networks[%d]", i-1)
		}
		if len(list) == 0 || !n.Subnet.IsValid() || !j.apartFromHosts(n.Subnet) {
			continue
		}
		j.add(Finding{Code: "access-networks", Path: path + ".subnet", Evidence: fmt.Sprintf("%s, %d ports", n.Subnet, len(list)), Source: cite(source),
			Message: fmt.Sprintf("the hosts are not in %s, where the machines of %s stand: %d ports must be open between them", n.Subnet, n.Name, len(list)),
			Remedy:  "Have any firewall between the two let through: " + strings.Join(list, ", ") + "."})
	}
}

// apartFromHosts reports whether no host stands in a subnet.
func (j *judge) apartFromHosts(subnet netip.Prefix) bool {
	for _, h := range j.in.Inventory.Hosts {
		if subnet.Contains(h.Address) {
			return false
		}
	}
	return true
}
