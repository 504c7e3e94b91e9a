package planner

import (
	"strings"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

func TestLifecycle(t *testing.T) {
	const ws = "quickstart"
	left := func(days int) func(*Input) {
		return func(in *Input) { in.Site.PlannedFor = in.Profile.Lifecycle.Support.Date - Date(days) }
	}
	hold(t, []rule{
		{"half a year before its end nothing is said of a platform", ws, "lifecycle-platform", left(184), left(183)},
		{"a plan has a date", ws, "site-date", left(1), func(in *Input) { in.Site.PlannedFor = Date(0) }},
		{"hosts may be read on the day", ws, "inventory-newer", func(in *Input) { in.Site.PlannedFor = profiles.DateOf(in.Inventory.ReadAt) },
			func(in *Input) { in.Site.PlannedFor = profiles.DateOf(in.Inventory.ReadAt) - 1 }},
	})
	for days, want := range map[int]Severity{0: Warn, -1: Block} {
		in := exampleInput(t, ws)
		left(days)(&in)
		expect(t, Check(in), "lifecycle-platform", want, "site.platform")
	}
}

func TestTheWayOnIsNamed(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Site.PlannedFor = day("2028-04-01")
	remedy := func() string {
		for _, f := range Check(in) {
			if f.Code == "lifecycle-platform" {
				return f.Remedy
			}
		}
		return ""
	}
	in.Profile.Lifecycle.Successor = "the next one"
	if got := remedy(); !strings.Contains(got, "move to the next one") {
		t.Errorf("with a successor: %q", got)
	}
	in.Profile.Lifecycle.Successor = ""
	if got := remedy(); !strings.Contains(got, "a platform that is supported") {
		t.Errorf("without one: %q", got)
	}
}

func TestANewerNodeSystemIsNamed(t *testing.T) {
	system := func(name, ends string) profiles.NodeOS {
		o := profiles.NodeOS{Name: name}
		if o.Ends.Unstated = ends == ""; ends != "" {
			o.Ends.Date = day(ends)
		}
		return o
	}
	old := system("windows2019", "2026-01-01")
	for _, c := range []struct {
		name string
		list []profiles.NodeOS
		want string
	}{
		{"one that ends later is named", []profiles.NodeOS{old, system("windows2022", "2027-01-01")}, "windows2022"},
		{"one that ends with it is not newer", []profiles.NodeOS{old, system("windows2022", "2026-01-01")}, ""},
		{"one that ends nobody knows when is not named", []profiles.NodeOS{old, system("windows2022", "")}, ""},
		{"Linux is no newer Windows", []profiles.NodeOS{old, system("linux", "2030-01-01")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := &judge{rules: profiles.Profile{Title: "it", NodeOS: c.list}}
			got := j.newerThan(old)
			if named := strings.Contains(got, "write os: "+c.want+";"); c.want != "" && !named || c.want == "" && !strings.Contains(got, "has no newer one") {
				t.Errorf("%q", got)
			}
		})
	}
}
