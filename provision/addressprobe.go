package provision

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// An allotment is addresses that the plan gives to one purpose.
type allotment struct {
	purpose, path string
	planned       int      // how many addresses there are
	addresses     []string // those to probe
}

// probed is how many addresses of pools are probed at most: a host takes half a minute for
// so many.
const probed = 4096

// allotments are the addresses that must be free: the pools, and the cloud agent. What DHCP
// leases may be in use, and what the site names as another's is not probed. left is how
// many addresses of the pools are too many to probe.
func allotments(plan planner.Plan) (out []allotment, left int) {
	room := probed
	add := func(pools []planner.Pool, addressing planner.Addressing, path, of string) {
		for _, pool := range pools {
			a := allotment{purpose: "node pool" + of, path: path + ".nodePool", planned: pool.Range.Size()}
			switch {
			case pool.Kind == planner.VirtualAddresses:
				a.purpose, a.path = "virtual pool"+of, path+".vipPool"
			case pool.Kind != planner.NodeAddresses || addressing == planner.DHCP:
				continue
			}
			for at := pool.Range.Start; room > 0 && pool.Range.Contains(at); at = at.Next() {
				a.addresses = append(a.addresses, at.String())
				room--
			}
			left += a.planned - len(a.addresses)
			out = append(out, a)
		}
	}
	add(plan.Addresses.Pools, plan.Addresses.Addressing, "site.network", "")
	for n, network := range plan.Addresses.Networks {
		add(network.Pools, network.Addressing, fmt.Sprintf("site.networks[%d]", n), " of "+network.Name)
	}
	agent := plan.Site.Network.CloudAgent
	if agent == nil {
		agent = plan.Addresses.CloudAgent
	}
	if agent != nil {
		out = append(out, allotment{"cloud agent", "site.network.cloudAgent", 1, []string{agent.Addr().String()}})
	}
	return out, left
}

// listed is how many addresses a finding names one by one.
const listed = 8

// probe asks a host which of the planned addresses are in use.
func (i *inspection) probe(ctx context.Context, plan planner.Plan) {
	wanted, left := allotments(plan)
	all := []string{}
	for _, a := range wanted {
		all = append(all, a.addresses...)
	}
	if len(all) == 0 {
		return
	}
	reply, on, err := readFirst[probeReply](ctx, i, "probe-addresses", map[string]any{"addresses": all})
	if err == nil && int(reply.Asked) != len(all) {
		err = &errReply{script: "probe-addresses", host: on.host.Name, err: fmt.Errorf("%d of %d addresses were asked for", reply.Asked, len(all))}
	}
	if err != nil {
		i.add(planner.Finding{
			Code: FindingNotProbed, Severity: planner.Warn, Path: "site.network", Owner: planner.OwnerYou, Evidence: tidy(err.Error()),
			Message: "whether the planned addresses are in use could not be asked from any host", Remedy: "ask whoever runs the network, or look at the evidence and check again",
		})
		return
	}
	if left > 0 {
		i.add(planner.Finding{
			Code: FindingNotProbed, Severity: planner.Warn, Path: "site.network", Owner: planner.OwnerYou, Evidence: fmt.Sprintf("the first %d of %d addresses of the pools were asked for", probed, probed+left),
			Message: fmt.Sprintf("whether %d of the planned addresses are in use was not asked: they are too many", left), Remedy: "plan smaller pools, or ask whoever runs the network",
		})
	}
	taken := map[string]string{}
	for _, t := range reply.Taken {
		at, err := netip.ParseAddr(t.Address)
		if err != nil {
			continue
		}
		taken[at.String()] = at.String()
		if t.Card != "" {
			taken[at.String()] += " (" + t.Card + ")"
		}
	}
	for _, a := range wanted {
		var used []string
		for _, at := range a.addresses {
			if who, is := taken[at]; is {
				used = append(used, who)
			}
		}
		if len(used) == 0 {
			continue
		}
		named := strings.Join(used[:min(len(used), listed)], ", ")
		if more := len(used) - listed; more > 0 {
			named += fmt.Sprintf(" and %d more", more)
		}
		i.add(planner.Finding{
			Code: FindingInUse, Severity: planner.Block, Path: a.path, Owner: planner.OwnerNetwork, Evidence: named, Source: "Azure/AzureLocal-Supportability:TSG/EnvironmentValidator/Networking/Troubleshoot-Network-Test-InfraIpPoolReadiness.md (read 2026-11-22)",
			Message: fmt.Sprintf("%d of the %d addresses planned for the %s are in use, seen from %s", len(used), a.planned, a.purpose, on.host.Name),
			Remedy:  "find what has them and move it, or plan other addresses and list these under network.reserved",
		})
	}
}
