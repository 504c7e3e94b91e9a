package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// Lifecycle judges what has ended, or soon will, on the given day. A plan is judged on
// the day it is planned for; whoever applies it judges again on the day itself.
func Lifecycle(in Input, day Date) []Finding {
	j := &judge{in: in, rules: in.Profile}
	j.ended(day)
	return slices.DeleteFunc(Waive(in.Site.Waivers, day, j.findings), func(f Finding) bool { return !strings.HasPrefix(f.Code, "lifecycle-") })
}

// soon is how many days before an end a warning is given: half a year.
const soon = 183

func (j *judge) lifecycle() {
	if j.in.Site.PlannedFor.IsZero() {
		j.add(Finding{Code: "site-date", Severity: Block, Path: "site.plannedFor", Owner: OwnerYou, Message: "the plan has no date", Remedy: "write the day of the change, such as plannedFor: 2026-12-05"})
		return
	}
	if read := j.in.Inventory.ReadAt; !read.IsZero() && profiles.DateOf(read) > j.in.Site.PlannedFor {
		j.add(Finding{Code: "inventory-newer", Path: "site.plannedFor", Evidence: fmt.Sprintf("planned for %s, read on %s", j.in.Site.PlannedFor, profiles.DateOf(read)),
			Message: fmt.Sprintf("the site is planned for %s, a day before its hosts were read on %s", j.in.Site.PlannedFor, profiles.DateOf(read))})
	}
	if other := j.rules.Lifecycle.Contested; !other.Unstated {
		j.add(Finding{Code: "platform-contested", Path: "site.platform", Evidence: j.rules.Title, Source: cite(other.Source), Message: "the vendor's pages do not agree on " + j.rules.Title + ": " + other.Value})
	}
	j.ended(j.in.Site.PlannedFor)
}

func (j *judge) ended(day Date) {
	route := "move to a platform that is supported"
	if next := j.rules.Lifecycle.Successor; next != "" {
		route = "move to " + next
	}
	j.ending("lifecycle-platform", "site.platform", j.rules.Title, j.rules.Lifecycle.Support, day, route)
	j.releaseEnding(day)
	j.addOnsEnding(day)
	seen := map[string]bool{}
	for i, h := range j.in.Inventory.Hosts {
		system, ok := j.rules.System(h.OS.Product, h.OS.Build)
		if name := system.Product + " " + system.Version; ok && !seen[name] {
			seen[name] = true
			j.ending("lifecycle-host", hostPath(i, "os"), "security updates for "+strings.TrimSpace(name), system.Updates, day, route)
		}
	}
	for i, c := range j.in.Site.Clusters {
		j.kubernetes(fmt.Sprintf("site.clusters[%d].kubernetes", i), c, day)
		for k, p := range c.NodePools {
			at := slices.IndexFunc(j.rules.NodeOS, func(o profiles.NodeOS) bool { return o.Name == string(p.OS) })
			path := fmt.Sprintf("site.clusters[%d].nodePools[%d].os", i, k)
			if at < 0 {
				j.add(Finding{Code: "pool-os", Severity: Block, Path: path, Owner: OwnerYou, Evidence: string(p.OS), Message: fmt.Sprintf("%s has no nodes with %s", j.rules.Title, p.OS), Remedy: "choose another operating system"})
				continue
			}
			j.ending("lifecycle-node-os", path, "node pools with "+string(p.OS), j.rules.NodeOS[at].Ends, day, j.newerThan(j.rules.NodeOS[at]))
		}
	}
}

// newerThan is the remedy for a node operating system that ends.
func (j *judge) newerThan(old profiles.NodeOS) string {
	for _, o := range j.rules.NodeOS {
		if o.Name != string(Linux) && !o.Ends.Unstated && o.Ends.Date > old.Ends.Date {
			return "write os: " + o.Name + "; a pool that exists cannot be changed, only replaced"
		}
	}
	return j.rules.Title + " has no newer one: plan until then where these workloads go, to Linux pools or another platform"
}

// ending adds a block for what has ended by the day, a warning for what soon will.
func (j *judge) ending(code, path, what string, e profiles.Ending, day Date, remedy string) {
	if e.Unstated {
		return
	}
	f := Finding{Code: code, Path: path, Owner: OwnerYou, Evidence: what + " ends " + e.Date.String(), Source: cite(e.Source), Remedy: remedy}
	switch left := int(e.Date - day); {
	case left < 0:
		f.Severity = Block
		f.Message = fmt.Sprintf("%s ended on %s, before the %s that is judged for", what, e.Date, day)
	case left <= soon:
		f.Severity = Warn
		f.Message = fmt.Sprintf("%s ends on %s, %s after %s", what, e.Date, many(left, "day"), day)
	default:
		return
	}
	j.add(f)
}

var versionName = regexp.MustCompile(`^v?([0-9]+\.[0-9]+)\.[0-9]+$`)
