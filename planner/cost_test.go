package planner

import (
	"strings"
	"testing"
)

func TestCost(t *testing.T) {
	for _, test := range []struct {
		name, platform string
		change         func(*Input)
		unit           string
		amount         int
		price, rule    string
	}{
		{"AksHci bills the workers' virtual processors, halved with hyper-threading", "windows-server-2022", func(*Input) {}, "vcpu-day", 22, "unknown", "44 virtual processors of worker machines, halved"},
		{"and in full without", "windows-server-2022", func(in *Input) { in.Inventory.Hosts[2].Processor.Logical = 32 }, "vcpu-day", 44, "unknown", "44 virtual processors"},
		{"a pool that grows is billed for what it begins with", "windows-server-2022", func(in *Input) { in.Site.Clusters[0].NodePools[0].MaxCount = 50 }, "vcpu-day", 22, "unknown", "44"},
		{"Azure Local bills the hosts' cores by the list", "azure-local", func(*Input) {}, "core-day", 128, "42.24 USD a day", "128 physical cores of 4 hosts, 0.33 USD each"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := worked(t, test.platform)
			test.change(&in)
			got := cost(in)
			if got.Unit != test.unit || got.Amount != test.amount || !strings.Contains(got.Price, test.price) || !strings.Contains(got.Reason.Rule, test.rule) || got.Reason.Source == "" {
				t.Errorf("cost %+v, want %d %s, %q by %q", got, test.amount, test.unit, test.price, test.rule)
			}
		})
	}
}

func TestCostLines(t *testing.T) {
	in := worked(t, "azure-local")
	got := cost(in)
	if len(got.Lines) != 2 || got.Lines[0].Quantity != 128 || got.Lines[0].UnitPrice != "0.33" || got.Lines[0].Monthly != "1284.80" || got.Lines[0].AsOf.String() != "2026-07-30" {
		t.Errorf("lines %+v", got.Lines)
	}
	if l := got.Lines[1]; !l.Optional || l.Monthly != "2982.40" || l.Unit != "core-month" {
		t.Errorf("the add-on is %+v", l)
	}
	if !strings.Contains(got.HyperThreading, "no difference") || len(got.Included) == 0 {
		t.Errorf("cost %+v", got)
	}
	for _, l := range cost(worked(t, "windows-server-2022")).Lines {
		if l.UnitPrice != "" || l.Monthly != "" || !strings.HasSuffix(l.Note, "price unknown") || l.Source == "" {
			t.Errorf("a price is made up: %+v", l)
		}
	}
	in = worked(t, "windows-server-2022")
	in.Site.Clusters[0].NodePools[0].MaxCount = 50
	if got := cost(in); got.AmountMax != 22+45*2 || !strings.Contains(got.HyperThreading, "44 without it") {
		t.Errorf("cost %+v", got)
	}
}
