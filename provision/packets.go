package provision

import (
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// packetReply is whether packets get as far as a gateway.
type packetReply struct {
	Gateway string      `json:"gateway"`
	State   packetState `json:"state"`
}

// packetState is how large the packets are that a gateway answers. One that answers none, which
// many do not, tells nothing.
type packetState string

const (
	packetsWhole  packetState = "whole"
	packetsCut    packetState = "cut" // small ones only
	packetsSilent packetState = "silent"
)

// gateways are those of the site's networks.
func gateways(site planner.Site) []string {
	out := []string{}
	for _, n := range append([]planner.Network{site.Network}, site.Networks...) {
		if n.Gateway.IsValid() {
			out = append(out, n.Gateway.String())
		}
	}
	return out
}

// packets judges whether whole packets pass between the hosts and the gateways.
func (i *inspection) packets() {
	var found hitches
	for _, v := range i.read() {
		for _, p := range v.network.Packets {
			if p.State == packetsCut {
				found.add(FindingPackets, p.Gateway, "", shortName(v.host.Name))
			}
		}
	}
	for _, t := range found {
		from := strings.Join(t.hosts, ", ")
		i.add(planner.Finding{
			Code: FindingPackets, Severity: planner.Warn, Path: "site.network.gateway", Owner: planner.OwnerNetwork, Source: "Azure/aksArc#110 (read 2026-11-22)",
			Message:  "the gateway " + t.what + " answers small packets and no whole ones from " + from,
			Evidence: "1500 bytes that may not be split, from " + from,
			Remedy:   "carry packets of 1500 bytes on every hop, tunnels too; try it on the host: ping -f -l 1472 " + t.what,
		})
	}
}
