package provision

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/provision/winrm"
)

func TestAfterTheFirstStopNothingMoreIsSubmitted(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		stop := make(chan struct{})
		b.things["configure"].given = func() error {
			close(stop) // while this submit is on its way
			return nil
		}
		outcome, err := b.apply(context.Background(), stop)
		if outcome != OutcomeInterrupted || err != nil {
			t.Fatalf("outcome %s, %v", outcome, err)
		}
		if last := b.acts[len(b.acts)-1]; last != "submit configure" {
			t.Errorf("did %q", b.acts)
		}
		said := b.kinds("configure", EventProgress)
		if len(said) != 1 || said[0].Text != "submitted" {
			t.Errorf("the submit in flight was not written down: %+v", said)
		}
		if b.lease != "" {
			t.Error("the lease was not given back")
		}
		p := b.progress()
		if p.Outcome != OutcomeInterrupted {
			t.Errorf("progress says %q", p.Outcome)
		}
		begun := p.Steps[2].Started

		b.things["configure"].given = nil
		b.mustApply(OutcomeDone)
		for id, x := range b.things {
			if len(x.submits) != 1 {
				t.Errorf("%s was submitted %d times", id, len(x.submits))
			}
		}
		if p := b.progress(); !p.Steps[2].Started.Equal(begun) {
			t.Errorf("the step's time began anew: %v, before %v", p.Steps[2].Started, begun)
		}
	})
}

// hookedFile calls a function after each line it has written.
type hookedFile struct {
	fileLike
	wrote func(line string)
}

func (f hookedFile) Write(line []byte) (int, error) {
	n, err := f.fileLike.Write(line)
	f.wrote(string(line))
	return n, err
}

func TestAStopAtTheLastMomentStillKeepsFromActing(t *testing.T) {
	rows := []struct {
		name  string
		state State
		line  string
	}{
		{"before a submit", StateAbsent, `"kind":"start"`},
		{"before a repair", StateBroken, `"kind":"retry"`},
	}
	for _, row := range rows {
		t.Run(row.name+", while it is written down", func(t *testing.T) {
			onBench(t, benchSteps()[:1], func(b *bench) {
				stop := make(chan struct{})
				b.things["prepare-host/host01"].state = row.state
				b.run.wrap = func(f fileLike) fileLike {
					return hookedFile{hastyFile{f}, func(line string) {
						if strings.Contains(line, row.line) {
							close(stop)
						}
					}}
				}
				outcome, err := b.apply(context.Background(), stop)
				if outcome != OutcomeInterrupted || err != nil || len(b.acts) > 0 {
					t.Errorf("outcome %s, %v, did %q", outcome, err, b.acts)
				}
			})
		})
		t.Run(row.name+", while it is looked for", func(t *testing.T) {
			onBench(t, benchSteps()[:1], func(b *bench) {
				stop := make(chan struct{})
				b.things["prepare-host/host01"].state = row.state
				b.things["prepare-host/host01"].look = func(context.Context, int) (Observation, error, bool) {
					close(stop)
					return Observation{}, nil, false
				}
				outcome, err := b.apply(context.Background(), stop)
				if outcome != OutcomeInterrupted || err != nil || len(b.acts) > 0 || len(b.kinds("prepare-host/host01", EventStart, EventRetry)) > 0 {
					t.Errorf("outcome %s, %v\n%s", outcome, err, b.story())
				}
			})
		})
	}
}

func TestStopBeforeAnythingSubmitsNothing(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		stop := make(chan struct{})
		close(stop)
		outcome, err := b.apply(context.Background(), stop)
		if outcome != OutcomeInterrupted || err != nil || len(b.acts) > 0 {
			t.Errorf("outcome %s, %v, did %q", outcome, err, b.acts)
		}
	})
}

func TestStopWhenEverythingIsDoneIsDone(t *testing.T) {
	onBench(t, benchSteps()[:1], func(b *bench) {
		stop := make(chan struct{})
		x := b.things["prepare-host/host01"]
		x.look = func(context.Context, int) (Observation, error, bool) {
			if x.state == StateDone {
				close(stop)
			}
			return Observation{}, nil, false
		}
		if outcome, err := b.apply(context.Background(), stop); outcome != OutcomeDone || err != nil {
			t.Errorf("outcome %s, %v", outcome, err)
		}
	})
}

func TestCancelLeavesAtOnceWithAValidJournal(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		ctx, cancel := context.WithCancel(context.Background())
		b.things["install"].give = func(ctx context.Context, _ int) error {
			cancel() // with the submit on its way, which then hangs
			return b.clock.Sleep(ctx, 1000*time.Hour)
		}
		outcome, err := b.apply(ctx, nil)
		if outcome != OutcomeInterrupted || err != nil {
			t.Fatalf("outcome %s, %v", outcome, err)
		}
		if b.lease == "" {
			t.Error("it stayed to give the lease back")
		}
		all := b.events()
		if before := all[len(all)-2]; before.Kind != EventStart {
			t.Errorf("before the end there is %+v", before)
		}
		if _, kept, err := ReadJournal(b.run.JournalPath()); err != nil || !cmp.Equal(kept, b.events()) {
			t.Errorf("journal: %v, %s", err, cmp.Diff(kept, b.events()))
		}
		b.things["install"].give = nil
		b.mustApply(OutcomeDone)
		if !slices.Equal(b.things["install"].submits, []int{1}) {
			t.Errorf("submits %v", b.things["install"].submits)
		}
	})
}

func TestALeasedSiteIsRefused(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		held := &ErrLeased{Owner: "bob@desk", Expires: dawn.Add(time.Minute)}
		b.acquire = func(context.Context) error { return held }
		err := b.mustApply(OutcomeRefused)
		var leased *ErrLeased
		if !errors.As(err, &leased) || leased != held {
			t.Errorf("error %v", err)
		}
		if len(b.acts) > 0 || b.things["prepare-host/host01"].looks > 0 {
			t.Errorf("looked or did %q", b.acts)
		}
		if p := b.progress(); p.Outcome != OutcomeRefused {
			t.Errorf("progress says %q", p.Outcome)
		}
		b.acquire = nil
		b.mustApply(OutcomeDone)
	})
}

func TestAHostThatKeepsTheLeaseMayBeLate(t *testing.T) {
	t.Run("for a while", func(t *testing.T) {
		onBench(t, benchSteps(), func(b *bench) {
			b.acquire = func(context.Context) error {
				if b.clock.Now().Sub(dawn) < 3*time.Minute {
					return errAway
				}
				return nil
			}
			b.mustApply(OutcomeDone)
		})
	})
	t.Run("but not for ever", func(t *testing.T) {
		onBench(t, benchSteps(), func(b *bench) {
			b.acquire = func(context.Context) error { return errAway }
			if err := b.mustApply(OutcomeFailed); !errors.Is(err, errAway) {
				t.Errorf("error %v", err)
			}
			if waited := b.clock.Now().Sub(dawn); waited < leasePatience || waited > leasePatience+longWait {
				t.Errorf("waited %v", waited)
			}
		})
	})
	t.Run("and never answer at all", func(t *testing.T) {
		onBench(t, benchSteps(), func(b *bench) {
			b.acquire = func(ctx context.Context) error { return b.clock.Sleep(ctx, 1000*time.Hour) }
			b.mustApply(OutcomeFailed)
		})
	})
}

func TestALostLeaseEndsTheRun(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.renew = func(context.Context) error {
			if b.clock.Now().Sub(dawn) < 10*time.Minute {
				return nil
			}
			return &ErrLeased{Owner: "bob@desk", Expires: dawn.Add(time.Hour)}
		}
		err := b.mustApply(OutcomeFailed)
		var lost *ErrLeaseLost
		var leased *ErrLeased
		if !errors.As(err, &lost) || !errors.As(err, &leased) {
			t.Errorf("error %v", err)
		}
		if last := b.acts[len(b.acts)-1]; last != "submit install" {
			t.Errorf("did %q", b.acts)
		}
		if b.lease == "" {
			t.Error("gave back a lease that is somebody else's")
		}
	})
}

func TestASubmitThatWasOvertakenEndsTheRun(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.things["configure"].give = func(context.Context, int) error {
			return &winrm.ScriptError{Script: "start-task", Code: codeLeaseOvertaken, Message: "epoch 4, not 3"}
		}
		err := b.mustApply(OutcomeFailed)
		var lost *ErrLeaseLost
		if !errors.As(err, &lost) || len(b.kinds("configure", EventFail)) > 0 {
			t.Errorf("error %v", err)
		}
	})
}

func TestTheLeaseIsRenewedAThirdOfTheWay(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		var at []time.Duration
		b.renew = func(context.Context) error {
			at = append(at, b.clock.Now().Sub(dawn))
			return nil
		}
		b.mustApply(OutcomeDone)
		if len(at) < 20 {
			t.Errorf("renewed at %v", at)
		}
		for i := 1; i < len(at); i++ {
			if gap := at[i] - at[i-1]; gap > 101*time.Second {
				t.Errorf("renewed %v after the last time", gap)
			}
		}
	})
}

func TestWhileTheLeaseMayHaveRunOutNothingIsSubmitted(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		away := func() bool {
			at := b.clock.Now().Sub(dawn)
			return at > 12*time.Minute && at < 35*time.Minute
		}
		b.renew = func(context.Context) error {
			if away() {
				return errAway
			}
			return nil
		}
		b.mustApply(OutcomeDone)
		silent, waited := 0, false
		for _, e := range b.events() {
			at := e.Time.Sub(dawn)
			// The last renewal that worked was asked for before 12m and held for 5m;
			// the clusters could have been submitted at 24m.
			if e.Kind == EventStart && at > 17*time.Minute && at < 35*time.Minute {
				t.Errorf("%s was submitted at %v", e.Step, at)
			}
			if e.Step == "create-cluster/shop" && e.Text == "waiting until the lease is renewed" {
				waited = true
			}
			if e.Step == "" && e.Text == "the lease is renewed again" {
				silent++
			}
		}
		if silent != 1 || !waited {
			t.Errorf("the renewal was told %d times, the wait: %v\n%s", silent, waited, b.story())
		}
	})
}

func TestALeaseThatCannotBeRenewedEndsTheRunAtLast(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.renew = func(ctx context.Context) error { return b.clock.Sleep(ctx, 1000*time.Hour) }
		b.things["install"].takes = 3 * time.Hour
		err := b.mustApply(OutcomeFailed)
		var lost *ErrLeaseLost
		if !errors.As(err, &lost) {
			t.Errorf("error %v", err)
		}
		closed := slices.IndexFunc(b.events(), func(e Event) bool { return strings.HasPrefix(e.Text, "the lease may have run out") })
		if closed < 0 || b.events()[closed].Time.Sub(dawn) > 5*time.Minute {
			t.Errorf("submits were not stopped when the lease ran out:\n%s", b.story())
		}
	})
}

func TestABrokenThingWaitsForTheLeaseToo(t *testing.T) {
	onBench(t, benchSteps()[:1], func(b *bench) {
		x := b.things["prepare-host/host01"]
		x.takes, x.breaks = 20*time.Minute, 1
		b.renew = func(context.Context) error {
			if b.clock.Now().Sub(dawn) < 30*time.Minute {
				return errAway
			}
			return nil
		}
		b.mustApply(OutcomeDone)
		if retry := b.kinds("prepare-host/host01", EventRetry); len(retry) != 1 || retry[0].Time.Sub(dawn) < 30*time.Minute {
			t.Errorf("retry events: %+v", retry)
		}
	})
}

func TestARunWhoseWorldCannotBeOpenedHasFailed(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		e := b.engine()
		e.open = func(Options) (*world, error) { return nil, errNoHost }
		b.clock.Busy(+1)
		outcome, err := e.Apply(context.Background(), nil)
		b.clock.Busy(-1)
		if outcome != OutcomeFailed || !errors.Is(err, errNoHost) {
			t.Errorf("outcome %s, %v", outcome, err)
		}
	})
}
