package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// adapters judges the physical ports and what the virtual switch stands on.
func (j *judge) adapters() {
	hosts := j.in.Inventory.Hosts
	technologies := map[string]string{}
	var order []string
	for i, h := range hosts {
		var ipv6, idle []string
		roce := false
		for _, a := range h.Adapters {
			if a.IPv6 == Yes {
				ipv6 = append(ipv6, a.Name)
			}
			if a.Gbps == 0 {
				idle = append(idle, a.Name)
			}
			if kind := rdmaKind(a); kind != "" && a.RDMA {
				if technologies[kind] == "" {
					technologies[kind] = shortName(h.Name) + " " + a.Name
					order = append(order, kind)
				}
				roce = roce || kind == "RoCE"
			}
		}
		if len(ipv6) > 0 && j.rules.Generation == profiles.AksHci {
			j.add(Finding{Code: "adapter-ipv6", Path: hostPath(i, "adapters"), Evidence: strings.Join(ipv6, ", "), Message: fmt.Sprintf("IPv6 is bound to ports of %s: %s", h.Name, strings.Join(ipv6, ", "))})
		}
		if len(idle) > 0 {
			j.add(Finding{Code: "adapter-down", Path: hostPath(i, "adapters"), Evidence: strings.Join(idle, ", "), Message: fmt.Sprintf("ports of %s have no link: %s", h.Name, strings.Join(idle, ", "))})
		}
		if roce && !slices.Contains(h.Features, "Data-Center-Bridging") && len(hosts) > 1 {
			j.add(Finding{Code: "adapter-dcb", Path: hostPath(i, "features"), Evidence: "RoCE without Data-Center-Bridging", Message: h.Name + " has RoCE adapters without Data-Center-Bridging"})
		}
		j.qualified(i, h)
		j.portsAlike(i, h, hosts[0])
		for _, name := range j.switchNames() {
			j.uplinks(i, h, name)
		}
	}
	if len(order) > 1 {
		var parts []string
		for _, kind := range order {
			parts = append(parts, kind+" on "+technologies[kind])
		}
		j.add(Finding{Code: "adapter-rdma-mixed", Path: "inventory.hosts", Evidence: strings.Join(parts, ", "), Message: "the hosts have RDMA of several technologies: " + strings.Join(parts, ", ")})
	}
}

// rdmaKind is the technology of a port with the versions of RoCE taken together.
func rdmaKind(a Adapter) string {
	switch kind := strings.ToLower(a.Technology); {
	case kind == "":
		return ""
	case strings.HasPrefix(kind, "roce"):
		return "RoCE"
	case kind == "iwarp":
		return "iWARP"
	}
	return a.Technology
}

// unnumbered is a port's description without the number that Windows appends to tell like
// ports apart, such as " #2".
func unnumbered(description string) string {
	const blank = " \t\r\n\f"
	rest := strings.TrimRight(description, "0123456789")
	mark := strings.TrimRight(rest, blank)
	if rest == description || !strings.HasSuffix(mark, "#") {
		return description
	}
	return strings.TrimRight(strings.TrimSuffix(mark, "#"), blank)
}

// ports writes a host's physical ports in one line that compares; what Windows appends to
// tell like ports apart is left out.
func ports(h Host) string {
	count := map[string]int{}
	for _, a := range h.Adapters {
		count[fmt.Sprintf("%s at %g Gb/s, RDMA %t", unnumbered(a.Description), a.Gbps, a.RDMA)]++
	}
	var parts []string
	for port, n := range count {
		parts = append(parts, fmt.Sprintf("%d %s", n, port))
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

// portsAlike judges a host's ports against the first host's.
func (j *judge) portsAlike(i int, h, first Host) {
	rule := j.rules.Hosts.SameAdapters
	if own, other := ports(h), ports(first); own != other {
		j.add(Finding{Code: "adapter-differs", Severity: severityOf(rule.Value), Path: hostPath(i, "adapters"), Evidence: own + ". " + shortName(first.Name) + " has " + other, Source: cite(rule.Source),
			Message: h.Name + " has other network ports than the first host"})
		return
	}
	drivers := map[string]string{}
	for _, a := range first.Adapters {
		if a.Driver != "" {
			drivers[unnumbered(a.Description)] = a.Driver
		}
	}
	for k, a := range h.Adapters {
		if other := drivers[unnumbered(a.Description)]; a.Driver != other && a.Driver != "" && other != "" {
			j.add(Finding{Code: "adapter-driver-differs", Path: hostPath(i, fmt.Sprintf("adapters[%d].driver", k)), Evidence: fmt.Sprintf("%s, %s has %s", a.Driver, shortName(first.Name), other),
				Message: fmt.Sprintf("%s has another driver for %s than the first host", h.Name, a.Description)})
			return
		}
	}
}

// uplinks judges the ports that one of the site's virtual switches is bound to on one host.
func (j *judge) uplinks(i int, h Host, name string) {
	at := slices.IndexFunc(h.Switches, func(s Switch) bool { return s.Name == name })
	if at < 0 {
		return
	}
	s, path := h.Switches[at], hostPath(i, fmt.Sprintf("switches[%d]", at))
	if strings.EqualFold(s.Teaming, "LBFO") {
		j.add(Finding{Code: "switch-team", Path: path + ".teaming", Evidence: s.Teaming, Message: fmt.Sprintf("the switch %s of %s stands on an LBFO team", quoted(s.Name), h.Name)})
	}
	if len(s.Adapters) == 0 {
		return
	}
	var up []Adapter
	var dead []string
	for _, name := range s.Adapters {
		n := slices.IndexFunc(h.Adapters, func(a Adapter) bool { return strings.EqualFold(a.Name, name) || strings.EqualFold(a.Description, name) })
		if n < 0 || h.Adapters[n].Gbps == 0 {
			dead = append(dead, name)
		} else {
			up = append(up, h.Adapters[n])
		}
	}
	if len(up) == 0 {
		j.add(Finding{Code: "switch-uplink", Path: path + ".adapters", Evidence: strings.Join(dead, ", "),
			Message: fmt.Sprintf("the switch %s of %s is bound to no port that has a link: %s", quoted(s.Name), h.Name, strings.Join(dead, ", "))})
		return
	}
	j.packets(i, h, s, up)
	for _, a := range up[1:] {
		if a.Gbps != up[0].Gbps {
			j.add(Finding{Code: "switch-asymmetric", Path: path + ".adapters", Evidence: fmt.Sprintf("%s %g Gb/s, %s %g Gb/s", up[0].Name, up[0].Gbps, a.Name, a.Gbps),
				Message: fmt.Sprintf("the switch %s of %s teams ports of different speeds", quoted(s.Name), h.Name)})
			return
		}
	}
}

// ethernetMTU is what the paths of container images take for granted.
const ethernetMTU = 1500

// packets judges how large packets may be on the ports of a switch.
func (j *judge) packets(i int, h Host, s Switch, up []Adapter) {
	path := hostPath(i, "adapters")
	for _, a := range up {
		if a.MTU > 0 && a.MTU < ethernetMTU {
			j.add(Finding{Code: "adapter-mtu", Path: path, Evidence: fmt.Sprintf("%s %d bytes", a.Name, a.MTU),
				Message: fmt.Sprintf("%s of %s, under the switch %q, takes packets of %d bytes only", a.Name, h.Name, s.Name, a.MTU)})
			return
		}
	}
	for _, a := range up {
		first := j.in.Inventory.Hosts[0]
		at := slices.IndexFunc(first.Adapters, func(o Adapter) bool { return o.Name == a.Name })
		if at >= 0 && a.MTU > 0 && first.Adapters[at].MTU > 0 && first.Adapters[at].MTU != a.MTU {
			j.add(Finding{Code: "adapter-mtu", Path: path, Evidence: fmt.Sprintf("%s %d bytes, %s has %d", a.Name, a.MTU, shortName(first.Name), first.Adapters[at].MTU),
				Message: fmt.Sprintf("%s of %s, under the switch %q, takes packets of another size than on the first host", a.Name, h.Name, s.Name)})
			return
		}
	}
}

// qualified judges whether ports are in the vendor's catalogue for what they carry here.
func (j *judge) qualified(i int, h Host) {
	var without []string
	for _, a := range h.Adapters {
		if strings.EqualFold(a.Qualification, "none") && a.Gbps > 0 {
			without = append(without, a.Name)
		}
	}
	if len(without) > 0 {
		j.add(Finding{Code: "adapter-qualification", Path: hostPath(i, "adapters"), Evidence: strings.Join(without, ", "),
			Message: fmt.Sprintf("ports of %s are not qualified for software-defined data centres: %s", h.Name, strings.Join(without, ", "))})
	}
}

// switchStandards are what the companion article asks of physical switches: VLANs,
// priority flow control, traffic classes, neighbour discovery.
var switchStandards = [...]string{"802.1Q", "802.1Qbb", "802.1Qaz", "802.1AB"}

// rackSwitches judges the physical switches, as far as somebody has described them.
func (j *judge) rackSwitches() {
	list := j.in.Inventory.NetworkSwitches
	var vlans []int
	for _, n := range append([]Network{j.in.Site.Network}, j.in.Site.Networks...) {
		if n.VLAN > 0 && !slices.Contains(vlans, n.VLAN) {
			vlans = append(vlans, n.VLAN)
		}
	}
	if len(list) == 0 {
		if len(j.in.Inventory.Hosts) > 1 {
			j.add(Finding{Code: "rack-switch-unknown", Path: "inventory.networkSwitches", Evidence: "none listed",
				Message: "nobody has said whether the physical switches carry the VLAN and have the standards that are asked for"})
		}
		return
	}
	for i, s := range list {
		path := fmt.Sprintf("inventory.networkSwitches[%d]", i)
		var missing []string
		for _, want := range switchStandards {
			if !slices.ContainsFunc(s.Standards, func(have string) bool { return sameStandard(have, want) }) {
				missing = append(missing, want)
			}
		}
		if len(missing) > 0 {
			j.add(Finding{Code: "rack-switch-standards", Path: path + ".standards", Evidence: "without " + strings.Join(missing, ", "),
				Message: fmt.Sprintf("the switch %s lacks %s", s.Name, strings.Join(missing, ", "))})
		}
		for _, vlan := range vlans {
			if len(s.VLANs) > 0 && !slices.Contains(s.VLANs, vlan) {
				j.add(Finding{Code: "rack-switch-vlan", Path: path + ".vlans", Evidence: fmt.Sprintf("%d is not among %v", vlan, s.VLANs),
					Message: fmt.Sprintf("the switch %s does not carry VLAN %d", s.Name, vlan)})
			}
		}
	}
}

// sameStandard compares names of standards, with or without IEEE before them.
func sameStandard(have, want string) bool {
	have = strings.TrimSpace(strings.TrimPrefix(strings.ToUpper(have), "IEEE"))
	return have == strings.ToUpper(want)
}
