package planner

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// vendorTotals counts the pools of the whole site in each of the ways that the vendor's
// pages count them. They do not agree; the plan uses one for each pool, and says which.
func vendorTotals(site Site, profile profiles.Profile) []VendorTotal {
	var have profiles.AddressCount
	have.Once = 1
	for _, c := range site.Clusters {
		have.Cluster++
		if c.Control.Address == nil {
			have.Endpoint++
		}
		if c.Balancer.Kind == HAProxy {
			have.Balancer++
		}
		have.ControlPlane += counted(c.Control.Count)
		for _, p := range c.NodePools {
			have.Worker += counted(max(p.Count, p.MaxCount))
		}
		have.Service += counted(c.Services)
	}
	var list []VendorTotal
	for _, way := range profile.AddressCounts {
		total := VendorTotal{Pool: poolOf(way.Space), Used: way.Used}
		var terms []string
		for _, t := range []struct {
			each, have int
			what       string
		}{
			{way.Once, have.Once, "once"}, {way.Cluster, have.Cluster, "cluster"}, {way.Endpoint, have.Endpoint, "API server"},
			{way.Balancer, have.Balancer, "load balancer machine"}, {way.ControlPlane, have.ControlPlane, "control plane"},
			{way.Worker, have.Worker, "worker"}, {way.Service, have.Service, "service"},
		} {
			total.Count += t.each * t.have
			switch {
			case t.each == 0 || t.have == 0:
			case t.what == "once":
				terms = append(terms, fmt.Sprintf("%d once", t.each))
			case t.have == 1:
				terms = append(terms, fmt.Sprintf("%d for 1 %s", t.each, t.what))
			default:
				terms = append(terms, fmt.Sprintf("%d for each of %d %ss", t.each, t.have, t.what))
			}
		}
		total.Reason = Reason{Rule: fmt.Sprintf("%s (%s)", way.Name, strings.Join(terms, ", ")), Source: cite(way.Source)}
		list = append(list, total)
	}
	return list
}
