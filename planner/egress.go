package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// Egress is what was found when the ways out were tried from the hosts' and the machines'
// networks, such as with the vendor's environment checker. What is left out is not known.
type Egress struct {
	// Inspected is whether HTTPS is opened on the way, with a certificate of one's own.
	Inspected Known `yaml:"inspected,omitempty" json:"inspected,omitempty"`
	// TenantRestrictions is whether sign-in is limited to some tenants by what a proxy adds.
	TenantRestrictions Known `yaml:"tenantRestrictions,omitempty" json:"tenantRestrictions,omitempty"`
	// Blocked are hosts that were tried and not reached, such as mcr.microsoft.com or
	// mcr.microsoft.com:443.
	Blocked []string `yaml:"blocked,omitempty" json:"blocked,omitempty"`
	// Closed are ports between networks that were tried and found closed.
	Closed []ClosedPort `yaml:"closed,omitempty" json:"closed,omitempty"`
}

// Transport is how a port is spoken to.
type Transport string

// The transports.
const (
	TCP Transport = "tcp"
	UDP Transport = "udp"
)

// A ClosedPort is a port that does not let through, between two kinds of machines. What is
// left out of it means any.
type ClosedPort struct {
	Number   int            `yaml:"number" json:"number"`
	Protocol Transport      `yaml:"protocol,omitempty" json:"protocol,omitempty"`
	From     profiles.Place `yaml:"from,omitempty" json:"from,omitempty"`
	To       profiles.Place `yaml:"to,omitempty" json:"to,omitempty"`
}

// egress judges the ways out, as far as somebody has tried them.
func (j *judge) egress() {
	e := j.in.Inventory.Egress
	if e == nil {
		return
	}
	const path = "inventory.egress"
	if e.Inspected == Yes && j.rules.Generation == profiles.AzureLocal {
		j.add(Finding{Code: "egress-inspected", Path: path + ".inspected", Evidence: "HTTPS is opened", Message: "HTTPS is opened on its way to Azure"})
	}
	if e.TenantRestrictions == Yes && j.rules.Generation == profiles.AzureLocal {
		j.add(Finding{Code: "egress-tenant", Path: path + ".tenantRestrictions", Evidence: "restricted", Message: "sign-in to Azure is limited to some tenants on its way"})
	}
	for i, tried := range e.Blocked {
		j.blocked(fmt.Sprintf("%s.blocked[%d]", path, i), tried)
	}
	for i, closed := range e.Closed {
		j.closed(fmt.Sprintf("%s.closed[%d]", path, i), closed)
	}
	for i, c := range j.in.Site.Clusters {
		for k, name := range c.AddOns {
			if a, _ := j.rules.AddOn(name); e.Inspected == Yes && a.RefusesCA {
				j.add(Finding{Code: "addon-inspected", Path: fmt.Sprintf("site.clusters[%d].addOns[%d]", i, k), Evidence: name, Source: cite(a.Source),
					Message: fmt.Sprintf("%s of %s does not work where HTTPS is opened on its way", name, c.Name)})
			}
		}
	}
}

// blocked finds who needs a host that could not be reached.
func (j *judge) blocked(path, tried string) {
	host, port := tried, 0
	if h, p, found := strings.Cut(tried, ":"); found {
		if n, err := strconv.Atoi(p); err == nil {
			host, port = h, n
		}
	}
	region := j.in.Site.Azure.Region
	for _, e := range j.rules.Endpoints {
		if reachesHost(e.Host, host, region) && (port == 0 || port == e.Port) {
			j.add(Finding{Code: "egress-blocked", Path: path, Evidence: tried, Source: cite(e.Source), Message: fmt.Sprintf("%s cannot be reached, and is needed for: %s", tried, e.Use)})
			return
		}
	}
	for _, c := range j.in.Site.Clusters {
		for _, name := range c.AddOns {
			a, _ := j.rules.AddOn(name)
			if slices.ContainsFunc(a.Endpoints, func(want string) bool { return reachesHost(want, host, region) }) {
				j.add(Finding{Code: "egress-blocked", Path: path, Evidence: tried + " for " + name, Source: cite(a.Source), Message: fmt.Sprintf("%s cannot be reached, and %s of %s needs it", tried, name, c.Name)})
				return
			}
		}
	}
}

// reachesHost reports whether a host is the one that a list of the vendor means: with
// <region> for a region, and a star for the names before a domain.
func reachesHost(want, host, region string) bool {
	want, host = strings.ToLower(strings.ReplaceAll(want, "<region>", region)), strings.ToLower(host)
	if rest, wild := strings.CutPrefix(want, "*"); wild {
		return strings.HasSuffix(host, rest) && len(host) > len(rest)
	}
	return host == want
}

// closed finds out whether a closed port is one that the platform needs. One that it needs
// in some cases only is a warning.
func (j *judge) closed(path string, c ClosedPort) {
	for _, p := range j.rules.Ports {
		if p.Number != c.Number || c.Protocol != "" && string(c.Protocol) != p.Protocol || c.From != "" && c.From != p.From || c.To != "" && c.To != p.To {
			continue
		}
		f := Finding{Code: "port-closed", Path: path, Evidence: fmt.Sprintf("%d/%s from %s to %s", p.Number, p.Protocol, p.From, p.To), Source: cite(p.Source),
			Message: fmt.Sprintf("port %d/%s is closed from %s to %s, and is needed for: %s", p.Number, p.Protocol, p.From, p.To, p.Use)}
		if p.When != "" {
			f.Severity, f.Message = Warn, f.Message+", "+p.When
		}
		j.add(f)
		return
	}
}
