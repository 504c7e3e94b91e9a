package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// An Ending is the last day on which something that a site uses is supported.
type Ending struct {
	What string
	// Path is the key of the site or the inventory that it comes from.
	Path string
	// Ends has the day and its source; it is unstated where the vendor publishes none.
	Ends   profiles.Ending
	Remedy string
}

// Endings lists what has an end in a site: the platform, the hosts' systems, the Kubernetes
// versions and the nodes' systems, each once. Whether it is near is not judged.
func Endings(in Input) []Ending {
	j := &judge{in: in, rules: in.Profile}
	route := "move to a platform that is supported"
	if next := in.Profile.Lifecycle.Successor; next != "" {
		route = "move to " + next
	}
	var list []Ending
	add := func(e Ending) {
		if !slices.ContainsFunc(list, func(other Ending) bool { return other.What == e.What }) {
			list = append(list, e)
		}
	}
	add(Ending{"support for AKS on " + in.Profile.Title, "site.platform", in.Profile.Lifecycle.Support, route})
	for i, h := range in.Inventory.Hosts {
		if system, ok := in.Profile.System(h.OS.Product, h.OS.Build); ok {
			add(Ending{"security updates for " + strings.TrimSpace(system.Product+" "+system.Version), hostPath(i, "os"), system.Updates, route})
		}
	}
	for i, c := range in.Site.Clusters {
		path := fmt.Sprintf("site.clusters[%d]", i)
		if m := versionName.FindStringSubmatch(c.Kubernetes); m != nil {
			at := slices.IndexFunc(in.Profile.Minors, func(n profiles.Minor) bool { return n.Name == m[1] })
			e := Ending{"Kubernetes " + m[1], path + ".kubernetes", profiles.Ending{Unstated: true}, "upgrade to a newer minor version"}
			if at >= 0 {
				e.Ends = in.Profile.Minors[at].Ends
			}
			add(e)
		}
		for k, p := range c.NodePools {
			if at := slices.IndexFunc(in.Profile.NodeOS, func(o profiles.NodeOS) bool { return o.Name == string(p.OS) }); at >= 0 {
				add(Ending{"node pools with " + string(p.OS), fmt.Sprintf("%s.nodePools[%d].os", path, k), in.Profile.NodeOS[at].Ends, j.newerThan(in.Profile.NodeOS[at])})
			}
		}
	}
	return list
}
