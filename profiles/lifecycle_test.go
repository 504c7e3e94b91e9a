package profiles

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEndsOfSupport(t *testing.T) {
	for name, want := range map[string]struct{ support, updates string }{
		"azure-stack-hci-20h2": {"2023-11-14", "17784:2022-12-13 20348:2023-11-14"},
		"azure-stack-hci-22h2": {"2025-05-31", "20349:2025-05-31"},
		"windows-server-2019":  {"2028-03-31", "17763:2029-01-09"},
		"windows-server-2022":  {"2028-03-31", "20348:2031-10-14"},
		"windows-server-2025":  {"2028-03-31", "26100:"},
		"azure-local":          {"", "26100: 25398:2026-04-30"},
	} {
		p := load1(t, name)
		updates := ""
		for i, s := range p.Systems {
			if i > 0 {
				updates += " "
			}
			updates += fmt.Sprint(s.Build, ":", s.Updates.Date)
		}
		if got := p.Lifecycle.Support.Date.String(); got != want.support || updates != want.updates {
			t.Errorf("%s ends %q with updates %q, want %q and %q", name, got, updates, want.support, want.updates)
		}
		nodes := map[string]string{}
		for _, n := range p.NodeOS {
			nodes[n.Name] = n.Ends.Date.String()
		}
		if diff := cmp.Diff(map[string]string{"linux": "", "windows2019": "2026-03-31", "windows2022": "2027-03-31"}, nodes); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if p := load1(t, "azure-local"); show(p.Lifecycle.ReleaseMonths) != "6" || p.Lifecycle.Successor != "" {
		t.Errorf("Azure Local supports a release for %s months and is followed by %q", show(p.Lifecycle.ReleaseMonths), p.Lifecycle.Successor)
	}
}

func TestTheLastDayIsStillSupported(t *testing.T) {
	end := load1(t, "windows-server-2022").Lifecycle.Support
	if end.Ended(end.Date) || !end.Ended(end.Date+1) {
		t.Errorf("support until %s has ended on the day: %v, the day after: %v", end.Date, end.Ended(end.Date), end.Ended(end.Date+1))
	}
	if rolling := load1(t, "azure-local").Lifecycle.Support; rolling.Ended(lastDay) {
		t.Error("an end that nobody states has come")
	}
}

func TestRetiredComponents(t *testing.T) {
	for _, name := range Names() {
		got := map[string]string{}
		for _, r := range load1(t, name).Retired {
			got[r.Subject] = r.Ends.Date.String()
		}
		want := map[string]string{"flannel": "2023-12-31", "docker": "2022-08-31", "flux-v1": "2025-05-24", "open-service-mesh": "2027-09-30", "ingress-nginx": "2026-03-31", "hybrid-worker-v1": "2024-08-31"}
		if name == "azure-local" {
			want = map[string]string{"azure-linux-2": "2025-07-31", "flux-v1": "2025-05-24", "open-service-mesh": "2027-09-30", "ingress-nginx": "2026-03-31", "hybrid-worker-v1": "2024-08-31"}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestReleases(t *testing.T) {
	lines := func(name string) (got []string) {
		for _, r := range load1(t, name).Releases {
			got = append(got, fmt.Sprint(r.Name, " ", r.Module, " ", r.Minors, " ", r.Versions, " ", r.Complete))
		}
		return got
	}
	for _, name := range aksHci {
		if diff := cmp.Diff([]string{
			"1.3.0.10605  [] [] false",
			"1.0.24.11029 1.2.16 [1.27 1.28 1.29] [1.29.4] false",
			"1.0.23.10605 1.2.4 [1.26 1.27 1.28] [1.28.5] false",
			"1.0.22.10209  [1.25 1.26 1.27] [] false",
		}, lines(name)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{
		"2604  [1.33] [1.33.5] false",
		"2510  [1.30 1.31 1.32] [1.30.13 1.30.14 1.31.9 1.31.10 1.32.5 1.32.6] true",
		"2509  [1.29 1.30 1.31] [1.29.12 1.29.13 1.30.8 1.30.9 1.31.4 1.31.5] true",
		"2508  [1.29 1.30 1.31] [1.29.12 1.29.13 1.30.8 1.30.9 1.31.4 1.31.5] true",
		"2507  [1.28 1.29 1.30] [1.28.12 1.28.14 1.29.7 1.29.9 1.30.3 1.30.4] true",
		"2503  [1.28 1.29 1.30] [1.28.12 1.28.14 1.29.7 1.29.9 1.30.3 1.30.4] true",
		"2411  [1.27 1.28 1.29] [1.27.7 1.27.9 1.28.5 1.28.9 1.29.2 1.29.4] true",
		"2408  [1.27 1.28 1.29] [1.27.7 1.27.9 1.28.5 1.28.9 1.29.2 1.29.4] true",
		"2405  [1.26 1.27 1.28] [1.26.10 1.26.12 1.27.7 1.27.9 1.28.3 1.28.5] true",
	}, lines("azure-local")); diff != "" {
		t.Errorf("azure-local:\n%s", diff)
	}
}

func TestEndsOfKubernetesMinors(t *testing.T) {
	got := map[string]string{}
	for _, m := range load1(t, "azure-local").Minors {
		got[m.Name] = m.LastRelease + " " + m.Ends.Date.String()
	}
	want := map[string]string{
		"1.26": "2405 ", "1.27": "2411 ", "1.28": "2507 2025-08-31", "1.29": "2509 2025-10-31", "1.30": "2601 ", "1.31": " ", "1.32": " ", "1.33": " ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, name := range Names() {
		k := load1(t, name).Kubernetes
		if got := show(k.MinorsSupported) + " " + show(k.GraceDays) + " " + show(k.MinorsPerUpgrade); got != "3 30 1" {
			t.Errorf("%s: %q, want three minors, 30 days and one minor at a time", name, got)
		}
	}
}

func TestModulesRegionsAndDisks(t *testing.T) {
	for name, want := range map[string]string{
		"windows-server-2022": "AksHci 1.2.16 every-host;  [australiaeast eastus southeastasia westeurope] -",
		"azure-local":         "aksarc 1.5.37 client; azure-cli 2.77.0 client;  [australiaeast canadacentral centralindia eastus japaneast southcentralus southeastasia usgovvirginia westeurope] 200GiB",
	} {
		p, got := load1(t, name), ""
		for _, m := range p.Modules {
			got += fmt.Sprint(m.Name, " ", m.Version, " ", m.Where, "; ")
		}
		if got += " " + show(p.Regions) + " " + show(p.OSDisk); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}
