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
