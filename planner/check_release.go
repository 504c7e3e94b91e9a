package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// monthly finds the year and month in a version of Azure Local, such as 2510 or
// 12.2510.1002.88.
var monthly = regexp.MustCompile(`(?:^|\.)(2[0-9])(0[1-9]|1[0-2])(?:\.|$)`)

// month is the year and month of a monthly release as a count of months; false for others.
func month(release string) (int, bool) {
	m := monthly.FindStringSubmatch(release)
	if m == nil {
		return 0, false
	}
	year, _ := strconv.Atoi(m[1])
	of, _ := strconv.Atoi(m[2])
	return (2000+year)*12 + of - 1, true
}

// lastDayOf is the last day of a month counted as month does.
func lastDayOf(m int) Date {
	first, err := profiles.ParseDate(fmt.Sprintf("%04d-%02d-01", (m+1)/12, (m+1)%12+1))
	if err != nil {
		return 0 // not reached: months of this century make dates
	}
	return first - 1
}

// sameRelease compares releases: those of a month by their month.
func sameRelease(a, b string) bool {
	x, isA := month(a)
	y, isB := month(b)
	return a == b || isA && isB && x == y
}

// fault finds a known defect of the installed release.
func (j *judge) fault(subject profiles.Subject) (profiles.Fault, bool) {
	for _, f := range j.rules.Faults {
		if f.Subject == subject && j.in.Inventory.Release != "" && sameRelease(f.Release, j.in.Inventory.Release) {
			return f, true
		}
	}
	return profiles.Fault{}, false
}

// release judges the platform's release that is installed.
func (j *judge) release() {
	const path = "inventory.release"
	own := j.in.Inventory.Release
	if own == "" {
		return
	}
	if _, known := j.installed(); !known {
		if _, dated := month(own); !dated || j.rules.Generation != profiles.AzureLocal {
			j.add(Finding{Code: "release-unknown", Path: path, Evidence: own, Message: fmt.Sprintf("no release %s of %s is known", own, j.rules.Title)})
		}
	}
	services := slices.ContainsFunc(j.in.Site.Clusters, func(c Cluster) bool { return c.Services > 0 && c.Balancer.Kind == MetalLB })
	for _, s := range []struct {
		subject   profiles.Subject
		concerned bool
	}{{profiles.AnyPlan, true}, {profiles.Volumes, len(j.in.Inventory.Cluster.Volumes) > 1}, {profiles.Balancers, services}} {
		if f, faulty := j.fault(s.subject); faulty && s.concerned {
			j.add(Finding{Code: "release-fault", Path: path, Evidence: own, Source: cite(f.Source), Message: fmt.Sprintf("release %s: %s", own, f.What), Remedy: f.Instead})
		}
	}
}

// installed is the release of the inventory as the profile knows it.
func (j *judge) installed() (profiles.Release, bool) {
	at := slices.IndexFunc(j.rules.Releases, func(r profiles.Release) bool {
		return j.in.Inventory.Release != "" && sameRelease(r.Name, j.in.Inventory.Release)
	})
	if at < 0 {
		return profiles.Release{}, false
	}
	return j.rules.Releases[at], true
}

// releaseEnding judges the support of the installed release on a day.
func (j *judge) releaseEnding(day Date) {
	own, months := j.in.Inventory.Release, j.rules.Lifecycle.ReleaseMonths
	if of, dated := month(own); dated && !months.Unstated && j.rules.Generation == profiles.AzureLocal {
		end := profiles.Ending{Date: lastDayOf(of + months.Value), Source: months.Source}
		j.ending("lifecycle-release", "inventory.release", "release "+own, end, day, "update the platform, and write its release into the inventory")
		return
	}
	at := slices.IndexFunc(j.rules.Releases, func(r profiles.Release) bool { return r.Name == own })
	if at >= releasesSupported && j.rules.Generation == profiles.AksHci {
		j.add(Finding{Code: "lifecycle-release", Severity: Warn, Path: "inventory.release", Evidence: own, Source: "ASD:AKS-Hybrid/support-policies.md (read 2026-11-22)",
			Message: fmt.Sprintf("release %s is older than the newest %d, which are supported", own, releasesSupported), Remedy: "Update-AksHci, release by release: the files of older ones may be gone"})
	}
}

// releasesSupported is how many releases of AksHci are supported, the newest ones
// (ASD:AKS-Hybrid/support-policies.md).
const releasesSupported = 3

// minorEnding is when a Kubernetes minor version ends: by its own date, or with the last
// release that had it.
func (j *judge) minorEnding(m profiles.Minor) profiles.Ending {
	months := j.rules.Lifecycle.ReleaseMonths
	if of, dated := month(m.LastRelease); m.Ends.Unstated && dated && !months.Unstated {
		return profiles.Ending{Date: lastDayOf(of + months.Value), Source: months.Source}
	}
	return m.Ends
}

// kubernetes judges a version: against what the platform itself says it offers, or the
// release that is installed, or the releases that are known. Their lists are not complete,
// so an unknown patch is a note.
func (j *judge) kubernetes(path string, c Cluster, day Date) {
	m := versionName.FindStringSubmatch(c.Kubernetes)
	if m == nil {
		j.add(Finding{Code: "kubernetes-version", Path: path, Evidence: c.Kubernetes, Message: fmt.Sprintf("%s is not a version", quoted(c.Kubernetes)), Remedy: "write major, minor and patch, such as v1.29.4"})
		return
	}
	minor, version := m[1], strings.TrimPrefix(c.Kubernetes, "v")
	at := slices.IndexFunc(j.rules.Minors, func(n profiles.Minor) bool { return n.Name == minor })
	if at >= 0 {
		j.ending("lifecycle-kubernetes", path, "Kubernetes "+minor+" on "+j.rules.Title, j.minorEnding(j.rules.Minors[at]), day, "use a newer minor version")
	}
	if offered := j.in.Inventory.KubernetesVersions; len(offered) > 0 {
		if !slices.ContainsFunc(offered, func(o string) bool { return strings.TrimPrefix(o, "v") == version }) {
			j.notOffered(path, c, "the platform", offered)
		}
		return
	}
	if r, known := j.installed(); known && len(r.Minors)+len(r.Versions) > 0 {
		switch {
		case slices.Contains(r.Versions, version):
			return
		case r.Complete:
			j.notOffered(path, c, "release "+r.Name, r.Versions)
			return
		case len(r.Minors) > 0 && !slices.Contains(r.Minors, minor):
			j.notOffered(path, c, "release "+r.Name, r.Minors)
			return
		}
	}
	if at < 0 {
		j.unknownMinor(path, c, minor)
		return
	}
	if last := j.rules.Minors[at].LastRelease; j.after(last) {
		j.add(Finding{Code: "lifecycle-kubernetes", Path: path, Evidence: fmt.Sprintf("%s, last in release %s, installed is %s", c.Kubernetes, last, j.in.Inventory.Release), Source: cite(j.rules.Minors[at].Ends.Source),
			Message: fmt.Sprintf("Kubernetes %s went with release %s, and %s is installed", minor, last, j.in.Inventory.Release), Remedy: "use a newer minor version; if the platform offers this one all the same, write kubernetesVersions into the inventory"})
		return
	}
	if r, known := j.planned(); known && !slices.Contains(r.Minors, minor) {
		j.add(Finding{Code: "lifecycle-kubernetes", Path: path, Evidence: fmt.Sprintf("%s, release %s has %s", c.Kubernetes, r.Name, strings.Join(r.Minors, ", ")), Source: cite(r.Source),
			Message: fmt.Sprintf("release %s, which the plan installs, no longer has Kubernetes %s", r.Name, minor),
			Remedy:  "use one of " + strings.Join(r.Minors, ", ") + "; if the platform offers it all the same, write kubernetesVersions into the inventory"})
		return
	}
	if most, newer := j.rules.Kubernetes.MinorsSupported, j.rules.Minors[at+1:]; j.rules.Minors[at].Ends.Unstated && j.rules.Minors[at].LastRelease != "" && len(newer) >= most.Value && hasAgent(j.rules) {
		j.add(Finding{Code: "lifecycle-kubernetes", Severity: Warn, Path: path, Evidence: c.Kubernetes + ", newest " + newer[len(newer)-1].Name, Source: cite(most.Source),
			Message: fmt.Sprintf("Kubernetes %s is older than the newest %d minor versions, which are supported", minor, most.Value), Remedy: "use one of the newest: " + newer[len(newer)-1].Name + ", or a minor version or two before it"})
		return
	}
	j.patch(path, c, minor, version)
}

// after reports whether the installed release is known to be later than another.
func (j *judge) after(other string) bool {
	place := func(name string) int {
		return slices.IndexFunc(j.rules.Releases, func(r profiles.Release) bool { return name != "" && r.Name == name })
	}
	own, than := place(j.in.Inventory.Release), place(other) // the newest is the first
	return own >= 0 && than > own
}

// notOffered reports a version that the release has no images of.
func (j *judge) notOffered(path string, c Cluster, who string, offered []string) {
	j.add(Finding{Code: "kubernetes-release", Path: path, Evidence: fmt.Sprintf("%s, %s has %s", c.Kubernetes, who, strings.Join(offered, ", ")),
		Message: fmt.Sprintf("%s has no Kubernetes %s for %s", who, c.Kubernetes, c.Name), Remedy: "write one of: " + strings.Join(offered, ", ")})
}

// unknownMinor reports a minor version that is in no list: too old, or too new to know.
func (j *judge) unknownMinor(path string, c Cluster, minor string) {
	var names []string
	for _, n := range j.rules.Minors {
		names = append(names, n.Name)
	}
	if len(names) > 0 && minorBefore(minor, names[0]) {
		j.add(Finding{Code: "lifecycle-kubernetes", Path: path, Evidence: c.Kubernetes,
			Message: fmt.Sprintf("Kubernetes %s is older than any that %s has had since %s", minor, j.rules.Title, names[0]), Remedy: "use one of: " + strings.Join(names, ", ")})
		return
	}
	j.add(Finding{Code: "kubernetes-minor", Path: path, Evidence: c.Kubernetes, Message: fmt.Sprintf("no release of %s with Kubernetes %s is known", j.rules.Title, minor), Remedy: "ask the platform (Get-AksHciKubernetesVersion, or az aksarc get-versions), or use one of: " + strings.Join(names, ", ")})
}

// planned is the release that the module of the plan belongs to, where no release is
// installed yet.
func (j *judge) planned() (profiles.Release, bool) {
	module := moduleVersion(j.rules)
	if module == "" || j.in.Inventory.Release != "" {
		return profiles.Release{}, false
	}
	at := slices.IndexFunc(j.rules.Releases, func(r profiles.Release) bool { return r.Module == module && len(r.Minors) > 0 })
	if at < 0 {
		return profiles.Release{}, false
	}
	return j.rules.Releases[at], true
}

// patch reports a patch version that is in no list.
func (j *judge) patch(path string, c Cluster, minor, version string) {
	complete := false
	for _, r := range j.rules.Releases {
		if slices.Contains(r.Versions, version) {
			return
		}
		complete = complete || r.Complete && slices.Contains(r.Minors, minor)
	}
	f := Finding{Code: "kubernetes-patch", Path: path, Evidence: c.Kubernetes, Message: fmt.Sprintf("the patch %s is not in the releases that are known", version),
		Remedy: "check with Get-AksHciKubernetesVersion before the change"}
	if complete {
		f.Severity, f.Remedy = Warn, "check with: az aksarc get-versions"
	}
	j.add(f)
}
