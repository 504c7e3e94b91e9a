package sim_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/sim"
)

func TestParseCondition(t *testing.T) {
	for text, want := range map[string]sim.Condition{
		"host-paused":                         {Kind: sim.HostPaused},
		"clock-off":                           {Kind: sim.ClockOff, By: 5 * time.Minute},
		"clock-off,host=hv02,by=-3m":          {Kind: sim.ClockOff, Host: "hv02", By: -3 * time.Minute},
		"address-taken,address=10.0.1.20":     {Kind: sim.AddressTaken, Address: netip.MustParseAddr("10.0.1.20")},
		"memory-used,memory=8GiB":             {Kind: sim.MemoryUsed, Memory: 8 << 30},
		"cluster-offline,name=Cluster Name":   {Kind: sim.ClusterOffline, Name: "Cluster Name"},
		"dns-silent,address=10.0.0.5":         {Kind: sim.DNSSilent, Address: netip.MustParseAddr("10.0.0.5")},
		"volume-degraded,name=C:\\Volumes\\1": {Kind: sim.VolumeDegraded, Name: `C:\Volumes\1`},
	} {
		if got, err := sim.ParseCondition(text); err != nil || got != want {
			t.Errorf("%s is %+v, %v, want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                           "choose one of address-taken",
		"host-on-fire":               `no condition "host-on-fire"`,
		"address-taken":              "write address=VALUE as well",
		"address-taken,address=here": "read address",
		"host-paused,by=3m":          `"by=3m" is not one of its parameters`,
		"host-paused,":               `"" is not one of its parameters`,
		"clock-off,by=soon":          "read by",
		"memory-used,memory=much":    "read memory",
	} {
		if _, err := sim.ParseCondition(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %q", text, err, want)
		}
	}
}

func FuzzParseCondition(f *testing.F) {
	f.Add("clock-off,host=hv01,by=5m")
	f.Add("address-taken,address=10.0.0.1")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := sim.ParseCondition(text)
		if err == nil && !strings.HasPrefix(text, string(c.Kind)) {
			t.Errorf("%q is %+v", text, c)
		}
	})
}

func TestAWorldRefusesConditionsThatItCannotBeIn(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	for _, c := range []sim.Condition{
		{Kind: "host-on-fire"}, {Kind: sim.HostPaused, Host: "hv99"}, {Kind: sim.VolumeDegraded, Name: `C:\nowhere`},
		{Kind: sim.AddressTaken}, {Kind: sim.AddressTaken, Address: p.Site.Network.Gateway},
	} {
		if err := d.Find(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
	p.Inventory.Cluster.Name = ""
	if err := world(t, p, sim.Options{Seed: 7}).Find(sim.Condition{Kind: sim.HostPaused}); err == nil {
		t.Error("a host of no cluster was paused in it")
	}
}
