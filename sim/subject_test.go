package sim_test

import (
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/sim"
)

// Every step of a plan is met by a fault that is aimed at it, and no other step is: by turns
// as it is submitted and while it is looked at, so that each way of telling is tried.
func TestAFaultMeetsTheStepItIsAimedAt(t *testing.T) {
	p := example(t, "quickstart")
	for i, step := range p.Steps {
		for _, at := range []sim.Moment{sim.AtSubmit, sim.AtWork} {
			if (at == sim.AtWork) != (i%2 == 0) {
				continue
			}
			t.Run(step.ID+" at "+string(at), func(t *testing.T) {
				t.Parallel()
				d := world(t, p, sim.Options{Seed: 7})
				if err := d.Inject(sim.Fault{Kind: sim.RequestHangs, Step: step.ID, At: at}); err != nil {
					t.Fatal(err)
				}
				outcome, events := apply(t, p, d)
				if outcome != provision.OutcomeDone {
					t.Errorf("it ends in %s", outcome)
				}
				if d.Struck() != 1 {
					t.Errorf("the fault struck %d times", d.Struck())
				}
				slow := ""
				for _, e := range events {
					if e.Code == "timeout" && e.Step != step.ID {
						slow += " " + e.Step
					}
				}
				if slow != "" {
					t.Errorf("it was missed by%s", slow)
				}
			})
		}
	}
}

func TestAFaultThatWaitsForItsStepBeginsThere(t *testing.T) {
	p := example(t, "quickstart")
	host := p.Steps[len(p.Inventory.Hosts)].On // of the site's own steps
	fault, err := sim.ParseFault("host-unreachable,step=install,at=work,for=20m,host=" + host)
	if err != nil {
		t.Fatal(err)
	}
	d := world(t, p, sim.Options{Seed: 7})
	if err := d.Inject(fault); err != nil {
		t.Fatal(err)
	}
	outcome, events := apply(t, p, d)
	if outcome != provision.OutcomeDone {
		t.Fatalf("it ends in %s", outcome)
	}
	for _, e := range events {
		if e.Code == "unreachable" || e.Code == "timeout" {
			if e.Step != "install" && e.Step != "" {
				t.Errorf("%s was without its host at %v", e.Step, e.Time)
			}
		}
	}
	if d.Struck() == 0 {
		t.Error("nobody met the fault")
	}
}

func TestMendingEndsAFaultThatWouldLast(t *testing.T) {
	p := example(t, "quickstart")
	d := world(t, p, sim.Options{Seed: 7})
	if err := d.Inject(sim.Fault{Kind: sim.StepFails, Step: "configure"}); err != nil {
		t.Fatal(err)
	}
	if outcome, _ := apply(t, p, d); outcome != provision.OutcomeFailed {
		t.Fatalf("with the fault it ends in %s", outcome)
	}
	if err := d.Mend(); err != nil {
		t.Fatal(err)
	}
	if outcome, _ := apply(t, p, d); outcome != provision.OutcomeDone {
		t.Fatalf("mended it ends in %s", outcome)
	}
}

func TestOnlyTasksFailAndOnlyMachinesNeedMemory(t *testing.T) {
	for _, row := range []struct {
		kind sim.FaultKind
		step planner.StepKind
		want bool
	}{
		{sim.StepFails, planner.Install, true},
		{sim.StepFailsOnce, planner.FetchCredential, false},
		{sim.HostOutOfMemory, planner.CreateNodePool, true},
		{sim.HostOutOfMemory, planner.Configure, false},
		{sim.RequestHangs, planner.ApplyStorage, true},
	} {
		if got := row.kind.Strikes(row.step); got != row.want {
			t.Errorf("%s strikes %s: %v", row.kind, row.step, got)
		}
	}
}
