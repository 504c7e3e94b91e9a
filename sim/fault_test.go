package sim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

func TestAPlanSurvivesWhatAFaultDoes(t *testing.T) {
	p := example(t, "quickstart")
	undisturbed := world(t, p, sim.Options{Seed: 7})
	if outcome, _ := apply(t, p, undisturbed); outcome != provision.OutcomeDone {
		t.Fatalf("undisturbed the plan ends in %s", outcome)
	}
	for _, row := range []struct {
		fault   string
		outcome provision.Outcome
		effects int // more than undisturbed, at least
		longer  bool
	}{
		{"host-unreachable,host=brhv01,from=5m,for=15m", provision.OutcomeDone, 0, true},
		{"connection-cut,nth=4", provision.OutcomeDone, 0, false},
		{"request-hangs,nth=9", provision.OutcomeDone, 0, false},
		{"step-fails-once,step=create-cluster", provision.OutcomeDone, 1, false},
		{"step-fails-once,step=install", provision.OutcomeDone, 2, true},
		{"step-fails,step=create-cluster/shop", provision.OutcomeFailed, 0, true},
		{"host-out-of-memory,host=brhv02,from=0s,for=6h", provision.OutcomeDone, 0, false},
	} {
		t.Run(row.fault, func(t *testing.T) {
			d := world(t, p, sim.Options{Seed: 7})
			fault, err := sim.ParseFault(row.fault)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Inject(fault); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			outcome, events := apply(t, p, d)
			if outcome != row.outcome {
				for _, e := range events {
					t.Log(e.Time.Format("15:04:05"), e.Kind, e.Step, e.State, e.Text)
				}
				t.Fatalf("the plan ends in %s, want %s", outcome, row.outcome)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("waiting in the world took %v here", took)
			}
			if more := d.Effects() - undisturbed.Effects(); outcome == provision.OutcomeDone && (more < row.effects || row.effects == 0 && more > 0) {
				t.Errorf("%d more effects than undisturbed, want %d: %+v", more, row.effects, d.Transcript())
			}
			if longer := d.Clock().Now().Sub(undisturbed.Clock().Now()); row.longer && longer < time.Minute {
				t.Errorf("it took only %v longer", longer)
			}
		})
	}
}

func TestParseFault(t *testing.T) {
	for text, want := range map[string]sim.Fault{
		"host-unreachable":                       {Kind: sim.HostUnreachable, From: 5 * time.Minute, For: 15 * time.Minute},
		"host-unreachable,host=hv01,for=0s":      {Kind: sim.HostUnreachable, Host: "hv01", From: 5 * time.Minute},
		"connection-cut":                         {Kind: sim.ConnectionCut, Nth: 5},
		"step-fails-once,step=install,nth=2":     {Kind: sim.StepFailsOnce, Step: "install", Nth: 2},
		"host-out-of-memory,from=1h30m,for=24h":  {Kind: sim.HostOutOfMemory, From: 90 * time.Minute, For: 24 * time.Hour},
		"step-fails,step=create-cluster/shop":    {Kind: sim.StepFails, Step: "create-cluster/shop"},
		"request-hangs,host=hv02.lab.example":    {Kind: sim.RequestHangs, Host: "hv02.lab.example", Nth: 5},
		"connection-cut,from=0s,for=1m30s,nth=1": {Kind: sim.ConnectionCut, For: 90 * time.Second, Nth: 1},
	} {
		if got, err := sim.ParseFault(text); err != nil || got != want {
			t.Errorf("%s is %+v, %v, want %+v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"connection-cut,at=submit":            "write step=STEP as well",
		"connection-cut,step=install,at=noon": "no moment of a step",
		"step-fails,step=install,at=work":     `"at=work" is not one of its parameters`,
		"":                                    "choose one of host-unreachable",
		"host-on-fire":                        `no fault "host-on-fire"`,
		"host-unreachable,nth=3":              `"nth=3" is not one of its parameters`,
		"host-unreachable,":                   `"" is not one of its parameters`,
		"host-unreachable,host":               `"host" is not one of its parameters`,
		"host-unreachable,from=soon":          "read from",
		"host-unreachable,from=-1m":           "below zero",
		"connection-cut,nth=first":            "read nth",
		"connection-cut,nth=-1":               "below zero",
		"host-unreachable,host=a,,for":        `"" is not one`,
	} {
		if _, err := sim.ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %q", text, err, want)
		}
	}
}

func TestAFaultReadsBackAsItIsWritten(t *testing.T) {
	kinds := sim.FaultKinds()
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(rt, "kind")
		takes := func(name string) bool {
			return slices.ContainsFunc(kind.Parameters, func(p sim.FaultParameter) bool { return p.Name == name })
		}
		f := sim.Fault{Kind: sim.FaultKind(kind.Name)}
		if takes("host") {
			f.Host = rapid.StringMatching(`[a-z0-9.-]{0,8}`).Draw(rt, "host")
		}
		if takes("step") {
			f.Step = rapid.StringMatching(`[a-z0-9/-]{0,8}`).Draw(rt, "step")
		}
		if takes("at") && f.Step != "" {
			f.At = rapid.SampledFrom([]sim.Moment{"", sim.AtSubmit, sim.AtWork}).Draw(rt, "at")
		}
		if takes("from") {
			f.From = time.Duration(rapid.Int64Range(0, 1<<50).Draw(rt, "from"))
		}
		if takes("for") {
			f.For = time.Duration(rapid.Int64Range(0, 1<<50).Draw(rt, "for"))
		}
		if takes("nth") {
			f.Nth = rapid.IntRange(0, 99).Draw(rt, "nth")
		}
		if got, err := sim.ParseFault(f.String()); err != nil || got != f {
			rt.Errorf("%s is read as %+v, %v, want %+v", f, got, err, f)
		}
	})
}

func FuzzParseFault(f *testing.F) {
	f.Add("host-unreachable,host=hv01,from=5m,for=15m")
	f.Add("step-fails-once,step=install,nth=2")
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := sim.ParseFault(text)
		if err != nil {
			return
		}
		if again, err := sim.ParseFault(fault.String()); err != nil || again != fault {
			t.Errorf("%q is %+v and then %+v, %v", text, fault, again, err)
		}
	})
}

func TestInjectRefusesWhatIsNotThere(t *testing.T) {
	d := world(t, example(t, "quickstart"), sim.Options{Seed: 7})
	for _, f := range []sim.Fault{{Kind: "host-on-fire"}, {Kind: sim.HostUnreachable, Host: "hv99"}} {
		if err := d.Inject(f); err == nil {
			t.Errorf("%+v was injected", f)
		}
	}
}
