package planner

import (
	"strings"
	"testing"
	"time"
)

func TestSystems(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	host := func(at int, change func(*Host)) func(*Input) {
		return func(in *Input) { change(&in.Inventory.Hosts[at]) }
	}
	patch := func(first, second int) func(*Input) {
		return and(host(0, func(h *Host) { h.OS.Patch = first }), host(1, func(h *Host) { h.OS.Patch = second }))
	}
	zone := func(first, second string) func(*Input) {
		return and(host(0, func(h *Host) { h.TimeZone = first }), host(1, func(h *Host) { h.TimeZone = second }))
	}
	// clocks sets the hosts' skews, in parts of a thousand of the most that is allowed.
	clocks := func(parts ...int) func(*Input) {
		return func(in *Input) {
			j := &judge{rules: in.Profile}
			for i, p := range parts {
				in.Inventory.Hosts[i].Skew = j.skewMax().Value / 1000 * time.Duration(p)
			}
		}
	}
	named := func(short int) func(*Input) {
		return host(1, func(h *Host) { h.Name = strings.Repeat("a", short) + "." + h.Domain })
	}
	shell := func(version string) func(*Input) {
		return host(0, func(h *Host) { h.PowerShell = version })
	}
	features := func(hosts int, names ...string) func(*Input) {
		return and(func(in *Input) { in.Inventory.Hosts = in.Inventory.Hosts[:hosts] }, host(0, func(h *Host) { h.Features = names }))
	}
	module := func(first, second string) func(*Input) {
		return and(host(0, func(h *Host) { h.Module = first }), host(1, func(h *Host) { h.Module = second }))
	}
	hold(t, []rule{
		{"one level of updates does not differ", ws, "host-patch-differs", patch(2700, 2700), patch(2700, 2701)},
		{"updates that nobody read on the first host do not differ", ws, "host-patch-differs", patch(0, 2700), patch(2700, 2701)},
		{"updates that nobody read on the other host do not differ", ws, "host-patch-differs", patch(2700, 0), patch(1, 2)},
		{"another build has other updates", ws, "host-patch-differs", and(patch(2700, 2701), host(1, func(h *Host) { h.OS.Build = 1 })), patch(2700, 2701)},
		{"one time zone does not differ", ws, "host-time-zone", zone("UTC", "UTC"), zone("UTC", "GMT Standard Time")},
		{"a time zone that nobody read on the first host does not differ", ws, "host-time-zone", zone("", "UTC"), zone("UTC", "GMT Standard Time")},
		{"a time zone that nobody read on the other host does not differ", ws, "host-time-zone", zone("UTC", ""), zone("UTC", "GMT Standard Time")},
		{"clocks are as near to each other as to the domain", ws, "host-clock", clocks(-500, 500), clocks(-500, 501)},
		{"the order of the hosts does not matter for their clocks", ws, "host-clock", clocks(500, -500), clocks(501, -500)},
		{"a clock may be off by the most that is allowed", ws, "host-clock", clocks(1000, 1000), clocks(1001, 1000)},
		{"a clock may be behind by the most that is allowed", ws, "host-clock", clocks(-1000, -1000), clocks(-1001, -1000)},
		{"a computer name has fifteen characters", ws, "host-name", named(15), named(16)},
		{"a host is named in its own domain", ws, "host-name", host(1, func(h *Host) { h.Name = strings.ToUpper(h.Name) }), host(1, func(h *Host) { h.Name = "a." + h.Domain + ".com" })},
		{"a host without a domain has any name", ws, "host-name", host(1, func(h *Host) { h.Name, h.Domain = "a", "" }), host(1, func(h *Host) { h.Name = "a" })},
		{"a PowerShell that nobody read is not judged", ws, "host-powershell", shell(""), shell("7.4")},
		{"a later PowerShell of 5 will do", ws, "host-powershell", shell("5.2"), shell("5")},
		{"PowerShell 5.1 will do", ws, "host-powershell", shell("5.1.20348.1"), shell("5.0.1")},
		{"one host alone needs Hyper-V only", ws, "host-feature", features(1, "hyper-v"), features(1, "Failover-Clustering")},
		{"several hosts need the features of a cluster", ws, "host-feature", features(2, "Hyper-V", "Failover-Clustering", "RSAT-Clustering-PowerShell"), features(2, "Hyper-V")},
		{"one version of the module does not differ", ws, "host-module-differs", module("1.2.3", "1.2.3"), module("1.2.3", "1.2.4")},
		{"Azure Local has no module of AksHci", local, "host-other-product", module("", ""), module("", "1.2.3")},
		{"the module of AksHci belongs on AksHci", ws, "host-other-product", module("1.2.3", "1.2.3"), func(in *Input) { in.Inventory.ResourceBridge = Yes }},
		{"a resource bridge belongs to Azure Local", local, "host-other-product", func(in *Input) { in.Inventory.ResourceBridge = Yes }, module("", "1.2.3")},
		{"one build does not differ", ws, "host-os-differs", func(*Input) {}, func(in *Input) {
			in.Profile.Systems = append(in.Profile.Systems, in.Profile.Systems[0])
			s := &in.Profile.Systems[len(in.Profile.Systems)-1]
			s.Product, s.Editions = "Another Windows", nil
			in.Inventory.Hosts[1].OS.Product = s.Product
		}},
	})
}

func TestClocksAreJudgedTogetherOnlyWhereEachIsNear(t *testing.T) {
	in := exampleInput(t, "quickstart")
	j := &judge{rules: in.Profile}
	most := j.skewMax().Value
	together := func(skews ...time.Duration) int {
		n := 0
		for i, s := range skews {
			in.Inventory.Hosts[i].Skew = s
		}
		for _, f := range Check(in) {
			if f.Code == "host-clock" && f.Path == "inventory.hosts" {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		first, second time.Duration
		want          int
	}{{most, -most, 1}, {most + 1, -most, 0}, {most, -most - 1, 0}, {most, 0, 0}, {-1, most, 1}} {
		if got := together(c.first, c.second); got != c.want {
			t.Errorf("%s and %s: %d findings, want %d", c.first, c.second, got, c.want)
		}
	}
}
