package planner

import (
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

func TestReleases(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	release := func(name string) func(*Input) { return func(in *Input) { in.Inventory.Release = name } }
	fault := func(subject profiles.Subject) func(*Input) {
		return func(in *Input) {
			in.Profile.Faults = []profiles.Fault{{Release: "2506", Subject: subject, What: "it fails", Instead: "use another"}}
			in.Inventory.Release = "2506"
		}
	}
	volumes := func(n int) func(*Input) {
		return func(in *Input) { in.Inventory.Cluster.Volumes = make([]Volume, n) }
	}
	services := func(n int, kind BalancerKind) func(*Input) {
		return func(in *Input) {
			for i := range in.Site.Clusters {
				in.Site.Clusters[i].Services, in.Site.Clusters[i].Balancer.Kind = n, kind
			}
		}
	}
	offered := func(versions ...string) func(*Input) {
		return func(in *Input) {
			in.Site.Clusters = in.Site.Clusters[:1]
			in.Site.Clusters[0].Kubernetes, in.Inventory.KubernetesVersions = "v1.29.4", versions
		}
	}
	nth := func(n int) func(*Input) {
		return func(in *Input) {
			in.Profile.Releases = []profiles.Release{{Name: "d"}, {Name: "c"}, {Name: "b"}, {Name: "a"}}
			in.Inventory.Release = in.Profile.Releases[n].Name
		}
	}
	installed := func(r profiles.Release, version string) func(*Input) {
		return func(in *Input) {
			r.Name = "d"
			in.Profile.Releases = []profiles.Release{r}
			in.Inventory.Release, in.Site.Clusters = "d", in.Site.Clusters[:1]
			in.Site.Clusters[0].Kubernetes = version
		}
	}
	complete := profiles.Release{Complete: true, Minors: []string{"1.29"}, Versions: []string{"1.29.4"}}
	some := profiles.Release{Minors: []string{"1.29"}, Versions: []string{"1.29.4"}}
	bare := profiles.Release{Versions: []string{"1.29.4"}}
	none := func(in *Input) { in.Inventory.Release = "" }
	hold(t, []rule{
		{"a fault of volumes needs several", local, "release-fault", and(fault(profiles.Volumes), volumes(1)), and(fault(profiles.Volumes), volumes(2))},
		{"a fault of MetalLB needs services", local, "release-fault", and(fault(profiles.Balancers), services(0, MetalLB)), and(fault(profiles.Balancers), services(1, MetalLB))},
		{"a fault of MetalLB is none of others", local, "release-fault", and(fault(profiles.Balancers), services(1, NoBalancer)), and(fault(profiles.Balancers), services(1, MetalLB))},
		{"a fault of all plans is one of each", local, "release-fault", and(fault(profiles.AnyPlan), release("2507")), fault(profiles.AnyPlan)},
		{"without a release there is no fault", local, "release-fault", and(fault(profiles.AnyPlan), none), fault(profiles.AnyPlan)},
		{"the newest release is known", ws, "release-unknown", nth(0), and(nth(0), release("e"))},
		{"the third release is supported", ws, "lifecycle-release", nth(2), nth(3)},
		{"no release is older than none", ws, "lifecycle-release", and(nth(3), none), nth(3)},
		{"a version is offered with or without a v", ws, "kubernetes-release", offered("1.29.4"), offered("v1.29.3")},
		{"a release that is listed in full has what is listed", ws, "kubernetes-release", installed(complete, "v1.29.4"), installed(complete, "v1.29.5")},
		{"a release that is listed in part has its minor versions", ws, "kubernetes-release", installed(some, "v1.29.5"), installed(some, "v1.28.5")},
		{"a release without a list of minor versions may have any", ws, "kubernetes-release", installed(bare, "v1.28.5"), installed(some, "v1.28.5")},
		{"a release of which nothing is listed may have any", ws, "kubernetes-release", installed(profiles.Release{Complete: true}, "v1.28.5"), installed(complete, "v1.28.5")},
		{"a patch that is in no list is noted", ws, "kubernetes-patch", installed(some, "v1.29.4"), installed(some, "v1.29.5")},
		{"one of several versions is enough", ws, "kubernetes-release", offered("v1.28.1", "v1.29.4"), offered("v1.28.1", "v1.29.5")},
	})
}

func TestAReleaseEndsWithAMonth(t *testing.T) {
	for _, c := range []struct {
		release string
		months  int
		want    string
	}{
		{"2510", 6, "2026-04-30"},
		{"2512", 0, "2025-12-31"},
		{"2512", 2, "2026-02-28"},
		{"2401", 1, "2024-02-29"},
		{"2411", 1, "2024-12-31"},
	} {
		of, ok := month(c.release)
		if got := lastDayOf(of + c.months); !ok || got != day(c.want) {
			t.Errorf("%s and %d months: %s, want %s", c.release, c.months, got, c.want)
		}
	}
}

func TestReleasesOfAMonthAreTheSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2510", "2510", true},
		{"2510", "2511", false},
		{"2510", "2410", false},
		{"1.0.24.11029", "1.0.24.11029", true},
		{"1.0.24.11029", "1.0.23.10605", false},
		{"one", "two", false},
		{"2510", "", false},
	} {
		if got := sameRelease(c.a, c.b); got != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}
