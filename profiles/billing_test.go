package profiles

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBilling(t *testing.T) {
	for _, name := range aksHci {
		b := load1(t, name).Billing
		if b.Unit != VCPUDay || !b.HyperThreadingHalves || !b.Price.Unstated || show(b.TrialDays) != "60" || show(b.ContactDays) != "30" {
			t.Errorf("%s: %+v", name, b)
		}
	}
	b := load1(t, "azure-local").Billing
	if b.Unit != CoreDay || b.HyperThreadingHalves || b.Price.Amount != 330 || b.Price.Currency != "USD" || b.Price.AsOf.String() != "2026-07-30" {
		t.Errorf("azure-local: %+v", b)
	}
}

func TestEstimates(t *testing.T) {
	akshci := map[string]time.Duration{
		"prepare-host": 15 * time.Minute, "configure": 15 * time.Minute, "install": 45 * time.Minute, "create-network": time.Minute, "create-cluster": 30 * time.Minute,
		"create-node-pool": 20 * time.Minute, "fetch-credential": time.Minute, "wait-nodes": 270 * time.Second, "apply-namespace": 10 * time.Second, "apply-storage": 10 * time.Second,
	}
	local := map[string]time.Duration{
		"logical-network": 2 * time.Minute, "create-aksarc": 30 * time.Minute, "add-aksarc-pool": 20 * time.Minute,
		"fetch-credential": time.Minute, "wait-nodes": 270 * time.Second, "apply-namespace": 10 * time.Second, "apply-storage": 10 * time.Second,
	}
	for _, name := range Names() {
		p, want := load1(t, name), akshci
		if name == "azure-local" {
			want = local
		}
		got := map[string]time.Duration{}
		for _, e := range p.Estimates {
			found, ok := p.Estimate(e.Step)
			if !ok {
				t.Errorf("%s has no estimate of %s", name, e.Step)
			}
			got[e.Step] = found.For(5)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s with five nodes:\n%s", name, diff)
		}
		if _, ok := p.Estimate("make-coffee"); ok {
			t.Errorf("%s estimates making coffee", name)
		}
	}
}
