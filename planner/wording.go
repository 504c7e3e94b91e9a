package planner

import (
	"fmt"
	"strconv"

	"github.com/arcwright/arcwright/profiles"
)

// A wording is the reasons that the clusters of one plan have in common, each made once.
type wording struct {
	rules *profiles.AddressRules

	control, worker, balancer, upgrade, endpoint, endpointSet, service Reason
	grown                                                              map[int]Reason
}

func newWording(rules *profiles.AddressRules) *wording {
	return &wording{
		rules:       rules,
		control:     reason(&rules.Node, "for each control plane machine"),
		worker:      reason(&rules.Node, "for each worker machine"),
		balancer:    reason(&rules.ClusterLoadBalancer, "for the load balancer machine"),
		upgrade:     reason(&rules.ClusterUpgrade, "kept for upgrading the cluster"),
		endpoint:    reason(&rules.ClusterEndpoint, "for the API server"),
		endpointSet: reason(&rules.ClusterEndpointSet, "for the API server, at the address the site gives"),
		service:     reason(&rules.Service, "for each service of type LoadBalancer"),
		grown:       map[int]Reason{},
	}
}

// growing is the reason for the workers of a pool that may grow.
func (w *wording) growing(most int) Reason {
	why, known := w.grown[most]
	if !known {
		why = reason(&w.rules.Node, fmt.Sprintf("for each worker machine, at the %d the pool may grow to", most))
		w.grown[most] = why
	}
	return why
}

// reason is such as "5 kept for upgrading the cluster", with the page of the rule.
func reason(rule *profiles.AddressRule, what string) Reason {
	return Reason{Rule: strconv.Itoa(rule.Count) + " " + what, Source: cite(rule.Source)}
}
