package planner

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// permanent lists what can never be changed after the installation, with the value that
// the plan gives it.
func permanent(in Input, book AddressMap) []Permanent {
	values := settings(in.Site, in, book)
	var list []Permanent
	for _, p := range in.Profile.Permanent {
		value, known := values[p.Setting]
		if known && value == "" {
			value = "none"
		}
		list = append(list, Permanent{Key: p.Setting, Value: value, Rule: p.Rule, Source: cite(p.Source)})
	}
	return list
}

// settings are the values of what a profile may call permanent, by their keys in the site.
func settings(site Site, in Input, book AddressMap) map[string]string {
	n := site.Network
	dns := make([]string, len(n.DNS))
	for i, at := range n.DNS {
		dns[i] = textOf(at)
	}
	pool := func(kind PoolKind) string {
		for _, p := range book.Pools {
			if p.Kind == kind {
				return p.Range.String()
			}
		}
		return ""
	}
	perCluster := func(value func(*Cluster) string) string {
		list := make([]string, len(site.Clusters))
		same := len(list) > 0
		for i := range list {
			list[i] = value(&site.Clusters[i])
			same = same && list[i] == list[0]
		}
		if same {
			return list[0]
		}
		var all strings.Builder
		for i, text := range list {
			if i > 0 {
				all.WriteString(", ")
			}
			all.WriteString(site.Clusters[i].Name)
			all.WriteByte(' ')
			all.WriteString(text)
		}
		return all.String()
	}
	agent, proxy := "", ""
	if book.CloudAgent != nil {
		agent = book.CloudAgent.String()
	}
	if p := site.Proxy; p != nil && !strings.Contains(p.HTTPS, "@") {
		proxy = p.HTTPS
	}
	return map[string]string{
		"network":     listed(n.Name, n.Switch, vlanName(n.VLAN), textOf(n.Subnet), textOf(n.Gateway)),
		"network.dns": listed(dns...), "network.nodePool": pool(NodeAddresses), "network.vipPool": pool(VirtualAddresses),
		"network.cloudAgent": agent, "network.pods": textOf(book.Pods), "network.services": textOf(book.Services), "proxy": proxy,
		"management.vmSize":        orDefault(site.Management.VMSize, in.Profile.Defaults.Management),
		"directory.cloudAgentRole": site.Directory.CloudAgentRole, "directory.ou": site.Directory.OU,
		"azure": listed(site.Azure.Subscription, site.Azure.ResourceGroup, site.Azure.Region),
		"clusters.network": perCluster(func(c *Cluster) string {
			if c.Network == "" {
				return n.Name
			}
			return c.Network
		}),
		"clusters.loadBalancer": perCluster(func(c *Cluster) string {
			if c.Balancer.Kind == HAProxy {
				return string(c.Balancer.Kind) + " " + orDefault(c.Balancer.VMSize, in.Profile.Defaults.LoadBalancer)
			}
			return string(c.Balancer.Kind)
		}),
		"clusters.controlPlane.address": perCluster(func(c *Cluster) string {
			if c.Control.Address == nil {
				return "chosen by the platform"
			}
			return c.Control.Address.String()
		}),
	}
}

// textOf is the text of an address or a prefix, empty when it is neither.
func textOf[T interface {
	netip.Addr | netip.Prefix
	fmt.Stringer
	IsValid() bool
}](v T) string {
	if !v.IsValid() {
		return ""
	}
	return v.String()
}

// listed joins the words that are not empty.
func listed(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ", ")
}
