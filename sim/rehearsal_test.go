package sim_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

// example reads one of the sites to start from and makes its plan.
func example(t testing.TB, name string) planner.Plan {
	t.Helper()
	read := func(file string) []byte {
		text, err := os.ReadFile(filepath.Join("..", "examples", name, file))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	site, _, findings := planner.DecodeSite("site.yaml", read("site.yaml"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	site.Azure.Secret = "prompt" // the test is asked, not the environment
	inventory, _, findings := planner.DecodeInventory("inventory.yaml", read("inventory.yaml"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return planner.Make(planner.Input{Site: site, Inventory: inventory, Profile: profile(t, site.Platform), Scripts: provision.LoadCatalogue().Digest()})
}

func profile(t testing.TB, name string) profiles.Profile {
	t.Helper()
	p, err := profiles.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world opens the simulated datacenter of a plan's site.
func world(t testing.TB, p planner.Plan, o sim.Options) *sim.Datacenter {
	t.Helper()
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 12, 5, 22, 0, 0, 0, time.UTC)
	}
	o.Profile, o.Networks = profile(t, p.Site.Platform), append([]planner.Network{p.Site.Network}, p.Site.Networks...)
	d, err := sim.New(p.Inventory, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// apply carries a plan out in a world.
func apply(t testing.TB, p planner.Plan, d *sim.Datacenter) (provision.Outcome, []provision.Event) {
	t.Helper()
	text, err := planner.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	run, err := provision.CreateRun(t.TempDir(), p.Site.Name, d.Clock().Now(), text)
	if err != nil {
		t.Fatal(err)
	}
	user, password := d.Account()
	log := new(provision.Log)
	engine := provision.New(provision.Options{
		Plan: p, Run: run, Log: log, Holder: "test", Poll: 2 * time.Minute, // fewer looks, for a quick test
		Reach: provision.Reach{Dial: d.Dial, Clock: d.Clock(), RootCAs: d.RootCAs(), User: user, Password: password, Secret: anySecret},
	})
	d.Clock().Busy(+1)
	defer d.Clock().Busy(-1)
	outcome, err := engine.Apply(t.Context(), nil)
	if err != nil {
		t.Logf("apply: %v", err)
	}
	return outcome, log.Since(0)
}

func TestThePlansOfTheExamplesAreCarriedOut(t *testing.T) {
	for _, name := range []string{"quickstart", "worked-akshci", "hci-20h2"} {
		t.Run(name, func(t *testing.T) {
			p := example(t, name)
			d := world(t, p, sim.Options{Seed: 7})
			began := time.Now()
			outcome, events := apply(t, p, d)
			t.Logf("%s after %v of world time, %v here, %d effects", outcome, d.Clock().Now().Sub(d.Start()), time.Since(began), d.Effects())
			if outcome != provision.OutcomeDone {
				for _, e := range events {
					t.Log(e.Time.Format("15:04:05"), e.Kind, e.Step, e.State, e.Text)
				}
				t.Fatal("the plan was not carried out")
			}
			if n := d.OpenShells(); n != 0 {
				t.Errorf("%d shells were left open", n)
			}
		})
	}
}

func anySecret(_ context.Context, ref planner.SecretRef) (string, error) {
	return "secret of " + string(ref), nil
}

// The engine works in many goroutines. With one seed the world takes one course
// nevertheless, to the nanosecond.
func TestARehearsalIsRepeatable(t *testing.T) {
	p := example(t, "quickstart")
	run := func(seed uint64) (string, []sim.Effect) {
		d := world(t, p, sim.Options{Seed: seed})
		if outcome, _ := apply(t, p, d); outcome != provision.OutcomeDone {
			t.Fatalf("the plan ends in %s", outcome)
		}
		return string(d.Dump()), d.Transcript()
	}
	dump, effects := run(7)
	again, effectsAgain := run(7)
	if diff := cmp.Diff(effects, effectsAgain); diff != "" {
		t.Errorf("the same seed had other effects (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(dump, again); diff != "" {
		t.Errorf("the same seed made another world (-first +second):\n%s", diff)
	}
}

// The ceiling of the platform: 8 hosts, 8 clusters and 200 machines, as apply does it.
func BenchmarkTheBaselineIsCarriedOut(b *testing.B) {
	p := example(b, "baseline")
	for b.Loop() {
		d := world(b, p, sim.Options{Seed: 7})
		if outcome, _ := apply(b, p, d); outcome != provision.OutcomeDone {
			b.Fatal(outcome)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys>>20), "MiB")
	}
}
