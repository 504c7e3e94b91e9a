package sim_test

import (
	"context"
	"testing"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

// A site that is left alone lapses on the days that the profile gives, as the engine sees
// it over the wire, and applying the plan once more mends what that can.
func TestASiteThatIsLeftAloneLapses(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	text, err := planner.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	run, err := provision.CreateRun(t.TempDir(), p.Site.Name, d.Clock().Now(), text)
	if err != nil {
		t.Fatal(err)
	}
	user, password := d.Account()
	clock := d.Clock()
	clock.Busy(+1)
	defer clock.Busy(-1)
	engine := provision.New(provision.Options{
		Plan: p, Run: run, Holder: "test", Poll: 2 * time.Minute,
		Reach: provision.Reach{Dial: d.Dial, Clock: clock, RootCAs: d.RootCAs(), User: user, Password: password, Secret: anySecret},
	})
	apply := func() {
		t.Helper()
		if outcome, err := engine.Apply(t.Context(), nil); outcome != provision.OutcomeDone {
			t.Fatalf("it ends in %s: %v", outcome, err)
		}
	}
	lapsed := func() (n int) {
		t.Helper()
		progress, err := engine.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range progress.Steps {
			if s.Observed != provision.StateDone {
				n++
			}
		}
		return n
	}
	apply()
	began := clock.Now()
	wait := func(days float64) {
		t.Helper()
		until := began.Add(time.Duration(days * float64(24*time.Hour)))
		if err := clock.Sleep(context.Background(), until.Sub(clock.Now())); err != nil {
			t.Fatal(err)
		}
	}
	const ofCluster, ofHosts = 4, 3 // credential, nodes, namespace, storage; configure, install, cluster
	for _, row := range []struct {
		day  float64
		want int
	}{{3.9, 0}, {4.1, ofCluster}} {
		wait(row.day)
		if got := lapsed(); got != row.want {
			t.Errorf("on day %v %d steps have lapsed, want %d", row.day, got, row.want)
		}
	}
	apply() // fetches the credential again
	if got := lapsed(); got != 0 {
		t.Errorf("applied again %d steps have lapsed", got)
	}
	for _, row := range []struct {
		day  float64
		want int
	}{{8, 0}, {59.9, ofCluster}, {60.1, ofCluster + ofHosts}} {
		wait(row.day)
		if got := lapsed(); got != row.want {
			t.Errorf("on day %v %d steps have lapsed, want %d", row.day, got, row.want)
		}
	}
}

func TestDaysCostNoRealTime(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	if outcome, _ := apply(t, p, d); outcome != provision.OutcomeDone {
		t.Fatal(outcome)
	}
	began, from := time.Now(), d.Clock().Now()
	d.Clock().Busy(+1)
	defer d.Clock().Busy(-1)
	if err := d.Clock().Sleep(t.Context(), 3650*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*time.Second || d.Clock().Now().Sub(from) < 3650*24*time.Hour {
		t.Errorf("ten years took %v, and it is %v", took, d.Clock().Now())
	}
}
