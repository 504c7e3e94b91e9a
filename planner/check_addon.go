package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// addOns judges what clusters are to get besides.
func (j *judge) addOns() {
	var services []string
	for i, c := range j.in.Site.Clusters {
		for k, name := range c.AddOns {
			path := fmt.Sprintf("site.clusters[%d].addOns[%d]", i, k)
			a, known := j.rules.AddOn(name)
			if !known {
				j.add(Finding{Code: "addon-unknown", Path: path, Evidence: name, Message: fmt.Sprintf("%s is no add-on that is known", quoted(name)), Remedy: didYouMean(name, j.addOnNames())})
				continue
			}
			if at, told := j.offered(name); told {
				a.Regions = at
			}
			j.addOn(path, c, a, c.AddOns[:k])
			j.addOnNeeds(path, c, a, c.AddOns[:k])
			if a.Azure && len(a.Regions) == 0 && !slices.Contains(services, name) {
				services = append(services, name)
			}
		}
		j.left(i, c)
	}
	j.addOnAccess()
	if region := j.in.Site.Azure.Region; len(services) > 0 {
		j.add(Finding{Code: "addon-region", Path: "site.azure.region", Evidence: region + ": " + strings.Join(services, ", "),
			Message: fmt.Sprintf("whether %s offers what stands behind %s is not known", region, strings.Join(services, ", "))})
	}
}

// offered are the regions that a service is in, where somebody has asked Azure.
func (j *judge) offered(addOn string) ([]string, bool) {
	list := j.in.Inventory.Offered
	at := slices.IndexFunc(list, func(s ServiceRegions) bool { return s.AddOn == addOn && len(s.Regions) > 0 })
	if at < 0 {
		return nil, false
	}
	return list[at].Regions, true
}

func (j *judge) addOnNames() []string {
	var names []string
	for _, a := range j.rules.AddOns {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return names
}

// addOn judges one, against the platform, the region, the cluster, and those before it.
func (j *judge) addOn(path string, c Cluster, a profiles.AddOn, before []string) {
	instead := a.Instead
	if instead != "" {
		instead = "use " + instead
	}
	misfit := func(h Host) bool {
		return !slices.ContainsFunc(a.Products, func(product string) bool { return strings.Contains(h.OS.Product, product) })
	}
	switch {
	case a.Standing == profiles.Unsupported:
		j.add(Finding{Code: "addon-unsupported", Path: path, Evidence: a.Name, Source: cite(a.Source), Message: fmt.Sprintf("%s does not work on %s", a.Name, j.rules.Title), Remedy: instead})
	case len(a.Products) > 0 && slices.ContainsFunc(j.in.Inventory.Hosts, misfit):
		j.add(Finding{Code: "addon-unsupported", Path: path, Evidence: a.Name, Source: cite(a.Source),
			Message: fmt.Sprintf("%s is for hosts with %s only", a.Name, strings.Join(a.Products, " or ")), Remedy: instead})
	case a.Standing == profiles.Community:
		j.add(Finding{Code: "addon-community", Path: path, Evidence: a.Name, Source: cite(a.Source), Message: a.Name + " is supported by its authors only"})
	case a.Standing == profiles.Preview:
		j.add(Finding{Code: "addon-preview", Path: path, Evidence: a.Name, Source: cite(a.Source), Message: a.Name + " is a preview without a promise of support"})
	}
	if a.LinuxOnly && slices.ContainsFunc(c.NodePools, func(p NodePool) bool { return p.OS != Linux }) {
		j.add(Finding{Code: "addon-windows", Path: path, Evidence: a.Name, Source: cite(a.Source), Message: fmt.Sprintf("%s passes the Windows nodes of %s over", a.Name, c.Name)})
	}
	for _, other := range before {
		if slices.Contains(a.Excludes, other) {
			j.add(Finding{Code: "addon-conflict", Path: path, Evidence: other + ", " + a.Name, Source: cite(a.Source), Message: fmt.Sprintf("%s and %s exclude each other in %s", other, a.Name, c.Name)})
		}
	}
	if m := versionName.FindStringSubmatch(c.Kubernetes); m != nil && a.Kubernetes != "" && minorBefore(m[1], a.Kubernetes) {
		j.add(Finding{Code: "addon-kubernetes", Path: path, Evidence: c.Kubernetes + ", " + a.Kubernetes + " needed", Source: cite(a.Source),
			Message: fmt.Sprintf("%s needs Kubernetes %s, %s has %s", a.Name, a.Kubernetes, c.Name, c.Kubernetes)})
	}
	if region := j.in.Site.Azure.Region; len(a.Regions) > 0 && !slices.Contains(a.Regions, region) {
		j.add(Finding{Code: "addon-region", Severity: Warn, Path: path, Evidence: region, Source: cite(a.Source),
			Message: fmt.Sprintf("%s is not known to be offered in %s", a.Name, region), Remedy: "use one of: " + strings.Join(a.Regions, ", ")})
	}
}

// addOnsEnding judges the retirement of add-ons on a day.
func (j *judge) addOnsEnding(day Date) {
	for i, c := range j.in.Site.Clusters {
		for k, name := range c.AddOns {
			for _, r := range j.rules.Retired {
				if r.Subject == name {
					j.ending("lifecycle-addon", fmt.Sprintf("site.clusters[%d].addOns[%d]", i, k), name, r.Ends, day, "use "+r.Instead+" instead")
				}
			}
		}
	}
}

// minorBefore compares minor versions such as 1.9 and 1.27.
func minorBefore(a, b string) bool {
	parts := func(s string) (int, int) {
		major, minor, _ := strings.Cut(s, ".")
		x, _ := strconv.Atoi(major)
		y, _ := strconv.Atoi(minor)
		return x, y
	}
	ax, ay := parts(a)
	bx, by := parts(b)
	return ax < bx || ax == bx && ay < by
}
