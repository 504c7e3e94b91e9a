package provision

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

func (b *bench) status() (Progress, error) {
	b.clock.Busy(+1)
	defer b.clock.Busy(-1)
	return b.engine().Status(context.Background())
}

func TestStatusLooksAtEverythingAndChangesNothing(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.things["prepare-host/host01"].state = StateDone
		b.things["prepare-host/host02"].state, b.things["prepare-host/host02"].said = StateBroken, "half a module"
		b.things["install"].look = func(context.Context, int) (Observation, error, bool) { return Observation{}, errAway, true }
		b.acquire = func(context.Context) error { return &ErrLeased{Owner: "bob@desk"} }
		p, err := b.status()
		if err != nil {
			t.Fatal(err)
		}
		want := []struct {
			state    StepState
			observed State
			reason   string
		}{
			{StepDone, StateDone, ""}, {StepReady, StateBroken, "half a module"}, {StepWaiting, StateAbsent, ""},
			{StepWaiting, StateUnknown, errAway.Error()}, {StepWaiting, StateAbsent, ""}, {StepWaiting, StateAbsent, ""}, {StepWaiting, StateAbsent, ""},
		}
		for i, s := range p.Steps {
			if s.State != want[i].state || s.Observed != want[i].observed || s.Reason != want[i].reason {
				t.Errorf("%s is %s, observed %s, %q", s.ID, s.State, s.Observed, s.Reason)
			}
		}
		if len(b.acts) > 0 || len(b.events()) > 0 {
			t.Errorf("did %q, told %+v", b.acts, b.events())
		}
		if _, err := os.Stat(b.run.JournalPath()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("journal: %v", err)
		}
	})
}

func TestStatusOfARunKnowsItsHistoryAndBelievesItsEyes(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.mustApply(OutcomeDone)
		b.things["create-cluster/till"].state = StateAbsent // somebody removed it
		before, err := os.ReadFile(b.run.JournalPath())
		if err != nil {
			t.Fatal(err)
		}
		p, err := b.status()
		if err != nil {
			t.Fatal(err)
		}
		if s := p.Steps[5]; s.State != StepReady || s.Observed != StateAbsent {
			t.Errorf("%s is %s, observed %s", s.ID, s.State, s.Observed)
		}
		if s := p.Steps[3]; s.State != StepDone || s.Elapsed(p.At) < 20*time.Minute || s.Elapsed(p.At) > 21*time.Minute {
			t.Errorf("%s is %s after %v", s.ID, s.State, s.Elapsed(p.At))
		}
		if after, _ := os.ReadFile(b.run.JournalPath()); string(after) != string(before) {
			t.Error("the journal was written to")
		}
	})
}

func TestStatusOfABlackHoledHostComesBack(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.things["prepare-host/host01"].look = func(ctx context.Context, _ int) (Observation, error, bool) {
			return Observation{}, b.clock.Sleep(ctx, 1000*time.Hour), true
		}
		p, err := b.status()
		if err != nil || p.Steps[0].Observed != StateUnknown || p.Steps[0].Code != "timeout" || p.Steps[1].Observed != StateAbsent {
			t.Errorf("%v: %+v", err, p.Steps[:2])
		}
		if took := b.clock.Now().Sub(dawn); took > lookLimit+time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestStatusWithAnotherPlanIsRefused(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.mustApply(OutcomeDone)
		b.plan.Digest = "sha256:two"
		_, err := b.status()
		var other *ErrOtherPlan
		if !errors.As(err, &other) {
			t.Errorf("error %v", err)
		}
	})
}

func TestStatusThatIsCancelledSaysSo(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		ctx, cancel := context.WithCancel(context.Background())
		b.things["prepare-host/host01"].look = func(context.Context, int) (Observation, error, bool) {
			cancel()
			return Observation{}, nil, false
		}
		b.clock.Busy(+1)
		p, err := b.engine().Status(ctx)
		b.clock.Busy(-1)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("progress %+v, error %v", p, err)
		}
	})
}
