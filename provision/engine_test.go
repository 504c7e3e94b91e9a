package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/winrm"
)

func TestApplyDoesEveryStepOnceAfterItsNeeds(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.mustApply(OutcomeDone)
		if len(b.acts) != len(b.plan.Steps) {
			t.Errorf("did %q", b.acts)
		}
		done := map[string]bool{}
		busy := map[string]string{}
		for _, e := range b.events() {
			switch e.Kind {
			case EventStart:
				for _, s := range b.plan.Steps {
					for _, need := range s.Needs {
						if s.ID == e.Step && !done[need] {
							t.Errorf("%s started before %s was done", s.ID, need)
						}
					}
				}
				if other := busy[e.Target]; other != "" {
					t.Errorf("%s started while %s was going on, both on %s", e.Step, other, e.Target)
				}
				busy[e.Target] = e.Step
			case EventDone:
				if e.Text == FoundDone {
					t.Errorf("%s was found done", e.Step)
				}
				done[e.Step], busy[e.Target] = true, ""
			}
		}
		p := b.progress()
		if p.Outcome != OutcomeDone || p.Count(StepDone) != 7 || p.Percent(p.At) != 100 {
			t.Errorf("progress is %+v", p)
		}
		// 2m + 1m + 20m + 15m + 1m is the longest chain; each step may be seen to be
		// done one poll late.
		if took := p.Elapsed(p.At); took < 39*time.Minute || took > 41*time.Minute {
			t.Errorf("it took %v", took)
		}
		if b.lease != "" {
			t.Error("the lease was not given back")
		}
	})
}

func TestTheSameRunTakesTheSameCourse(t *testing.T) {
	var first string
	for range 20 {
		onBench(t, benchSteps(), func(b *bench) {
			b.things["create-cluster/shop"].breaks = 1
			b.mustApply(OutcomeDone)
			if first == "" {
				first = b.story()
			}
			if diff := cmp.Diff(first, b.story()); diff != "" {
				t.Errorf("another course (-first +now):\n%s", diff)
			}
		})
	}
}

func TestWhatIsDoneIsOnlyLookedAt(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		for _, x := range b.things {
			x.state = StateDone
		}
		b.mustApply(OutcomeDone)
		if len(b.acts) > 0 {
			t.Errorf("did %q", b.acts)
		}
		for _, s := range b.plan.Steps {
			if e := b.kinds(s.ID, EventDone, EventStart); len(e) != 1 || e[0].Text != FoundDone {
				t.Errorf("%s: events %+v", s.ID, e)
			}
		}
	})
}

func TestABlackHoledHostStallsOnlyItsOwnLane(t *testing.T) {
	steps := []planner.Step{
		aStep("prepare-host/host01", "host/host01", 2*time.Minute),
		aStep("prepare-host/host02", "host/host02", 2*time.Minute),
		aStep("check/host02", "host/host02", time.Minute, "prepare-host/host02"),
		aStep("configure", "site", time.Minute, "prepare-host/host01", "prepare-host/host02"),
	}
	onBench(t, steps, func(b *bench) {
		b.things["prepare-host/host01"].look = func(ctx context.Context, _ int) (Observation, error, bool) {
			return Observation{}, b.clock.Sleep(ctx, 1000*time.Hour), true
		}
		err := b.mustApply(OutcomeFailed)
		var steps *ErrSteps
		if !errors.As(err, &steps) || !slices.Equal(steps.Failed, []string{"prepare-host/host01"}) || !slices.Equal(steps.Skipped, []string{"configure"}) {
			t.Errorf("error is %v", err)
		}
		if !slices.Equal(b.acts, []string{"submit prepare-host/host02", "submit check/host02"}) {
			t.Errorf("did %q", b.acts)
		}
		if e := b.kinds("check/host02", EventDone); len(e) != 1 || e[0].Time.Sub(dawn) > 5*time.Minute {
			t.Errorf("the other host was held up: %+v", e)
		}
		if e := b.kinds("prepare-host/host01", EventFail); len(e) != 1 || e[0].Code != "timeout" || e[0].Time.Sub(dawn) < patience {
			t.Errorf("the host was not waited for: %+v", e)
		}
	})
}

func TestALookThatHangsIsToldAndEndedOnTheRunsClock(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.things["install"].look = func(ctx context.Context, n int) (Observation, error, bool) {
			if n > 1 {
				return Observation{}, nil, false
			}
			return Observation{}, b.clock.Sleep(ctx, 1000*time.Hour), true
		}
		b.mustApply(OutcomeDone)
		for i, e := range b.kinds("install", EventProgress) {
			at, want := e.Time.Sub(dawn), time.Duration(i+1)*heartbeat
			if want >= lookLimit {
				if at != lookLimit || e.Code != "timeout" || e.State != StateUnknown {
					t.Errorf("at the deadline: %+v", e)
				}
				break
			}
			if at != want || e.Text != "no answer yet" {
				t.Errorf("heartbeat %d: %v %q", i+1, at, e.Text)
			}
		}
	})
}

func TestAFailedStepSkipsOnlyWhatNeedsIt(t *testing.T) {
	onBench(t, benchSteps(), func(b *bench) {
		b.things["create-cluster/shop"].breaks = 99
		b.things["create-cluster/shop"].said = "quota of the volume exceeded"
		err := b.mustApply(OutcomeFailed)
		var broken *ErrBroken
		if !errors.As(err, &broken) || broken.Repairs != mostRepairs {
			t.Errorf("error is %v", err)
		}
		want := map[string]StepState{"create-cluster/shop": StepFailed, "wait-nodes/shop": StepSkipped}
		for _, s := range b.progress().Steps {
			if w := want[s.ID]; s.State != w && !(w == "" && s.State == StepDone) {
				t.Errorf("%s is %s", s.ID, s.State)
			}
		}
		skip := b.kinds("wait-nodes/shop", EventSkip)
		if len(skip) != 1 || skip[0].Text != "needs create-cluster/shop, which failed" {
			t.Errorf("skip events: %+v", skip)
		}
		if text := err.Error(); !strings.Contains(text, "quota of the volume exceeded (after 2 repairs)") {
			t.Errorf("error reads %q", text)
		}
		if b.lease != "" {
			t.Error("the lease was not given back")
		}
	})
}

func TestABrokenThingIsRepairedAndMadeAgain(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", 10*time.Minute)}, func(b *bench) {
		x := b.things["install"]
		x.breaks, x.said = 1, "agent did not start"
		b.mustApply(OutcomeDone)
		if !slices.Equal(b.acts, []string{"submit install", "repair install", "submit install"}) {
			t.Errorf("did %q", b.acts)
		}
		if !slices.Equal(x.submits, []int{1, 2}) || !slices.Equal(x.repairs, []int{2}) {
			t.Errorf("attempts: submits %v, repairs %v", x.submits, x.repairs)
		}
		retry := b.kinds("install", EventRetry)
		if len(retry) != 1 || retry[0].Text != "agent did not start" || retry[0].Attempt != 2 {
			t.Errorf("retry events: %+v", retry)
		}
	})
}

func TestWhatNeedsNoClearingIsSubmittedAgain(t *testing.T) {
	onBench(t, []planner.Step{aStep("prepare", "host/a", time.Minute)}, func(b *bench) {
		x := b.things["prepare"]
		x.breaks, x.again, x.manual = 2, true, true
		b.mustApply(OutcomeDone)
		if !slices.Equal(x.submits, []int{1, 2, 3}) {
			t.Errorf("submits %v", x.submits)
		}
	})
}

func TestAThingThatOnlyAPersonCanMendFails(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.things["install"].state, b.things["install"].manual = StateBroken, true
		b.things["install"].said = "half of an update"
		err := b.mustApply(OutcomeFailed)
		var broken *ErrBroken
		if !errors.As(err, &broken) || !broken.Manual || broken.Repairs != 0 {
			t.Errorf("error is %v", err)
		}
	})
}

func TestAForeignThingIsLeftAlone(t *testing.T) {
	steps := []planner.Step{
		aStep("create-cluster/shop", "cluster/shop", time.Minute),
		aStep("wait-nodes/shop", "cluster/shop", time.Minute, "create-cluster/shop"),
		aStep("create-cluster/till", "cluster/till", time.Minute),
	}
	t.Run("the run is refused when nothing was submitted", func(t *testing.T) {
		onBench(t, steps, func(b *bench) {
			b.things["create-cluster/shop"].state, b.things["create-cluster/shop"].said = StateForeign, "a cluster shop without a record"
			b.things["create-cluster/till"].state = StateDone
			err := b.mustApply(OutcomeRefused)
			var foreign *ErrForeign
			if !errors.As(err, &foreign) || len(b.acts) > 0 {
				t.Errorf("error %v, did %q", err, b.acts)
			}
		})
	})
	t.Run("the run has failed when something was", func(t *testing.T) {
		onBench(t, steps, func(b *bench) {
			b.things["create-cluster/shop"].state = StateForeign
			b.mustApply(OutcomeFailed)
			if !slices.Equal(b.acts, []string{"submit create-cluster/till"}) {
				t.Errorf("did %q", b.acts)
			}
		})
	})
}

func TestUnknownIsNeverSubmitted(t *testing.T) {
	for name, look := range map[string]func(context.Context, int) (Observation, error, bool){
		"an observation that could not tell": func(context.Context, int) (Observation, error, bool) {
			return Observation{State: StateUnknown, Reason: "the cluster service is down"}, nil, true
		},
		"a host that is away":          func(context.Context, int) (Observation, error, bool) { return Observation{}, errAway, true },
		"an answer nobody understands": func(context.Context, int) (Observation, error, bool) { return Observation{}, errors.New("?"), true },
		"a state that does not exist":  func(context.Context, int) (Observation, error, bool) { return Observation{State: "odd"}, nil, true },
		"absent, together with an error": func(context.Context, int) (Observation, error, bool) {
			return Observation{State: StateAbsent}, errAway, true
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
				b.things["install"].look = look
				b.mustApply(OutcomeFailed)
				if len(b.acts) > 0 {
					t.Errorf("did %q", b.acts)
				}
			})
		})
	}
}

func TestFailuresAreBorneByTheirClass(t *testing.T) {
	classed := func(c winrm.ErrorClass) error {
		return fmt.Errorf("read state: %w", &winrm.Error{Op: winrm.OpRun, Host: "h", Class: c, Err: errors.New("x")})
	}
	rows := []struct {
		name  string
		err   error
		looks int // until the step is given up; 0 is many
		code  string
	}{
		{"a refused password is not tried twice", classed(winrm.ClassAuth), 1, "auth"},
		{"a wrong certificate is not tried twice", classed(winrm.ClassTrust), 1, "trust"},
		{"an answer that makes no sense is tried three times", classed(winrm.ClassProtocol), 3, "protocol"},
		{"a script that fails is tried three times", classed(winrm.ClassScript), 3, "script"},
		{"an error without a class is tried three times", errors.New("x"), 3, ""},
		{"an unreachable host is waited for", classed(winrm.ClassUnreachable), 0, "unreachable"},
		{"a timeout is waited for", classed(winrm.ClassTimeout), 0, "timeout"},
		{"a full quota is waited for", classed(winrm.ClassQuota), 0, "quota"},
		{"a shell that is gone is opened again", classed(winrm.ClassShellGone), 0, "shell-gone"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
				b.things["install"].look = func(context.Context, int) (Observation, error, bool) { return Observation{}, row.err, true }
				err := b.mustApply(OutcomeFailed)
				if !errors.Is(err, row.err) {
					t.Errorf("error %v does not hold the cause", err)
				}
				fail := b.kinds("install", EventFail)
				if len(fail) != 1 || fail[0].Code != row.code {
					t.Fatalf("fail events: %+v", fail)
				}
				waited := fail[0].Time.Sub(dawn)
				if row.looks > 0 && (b.things["install"].looks != row.looks || waited > time.Minute) {
					t.Errorf("looked %d times in %v, want %d", b.things["install"].looks, waited, row.looks)
				}
				if row.looks == 0 && (waited < patience || waited > patience+2*longWait) {
					t.Errorf("waited %v", waited)
				}
			})
		})
	}
}

func TestWhatCannotBeToldIsWaitedFor(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.things["install"].look = func(_ context.Context, n int) (Observation, error, bool) {
			return Observation{State: StateUnknown, Reason: "the cluster service is down"}, nil, n < 20
		}
		b.mustApply(OutcomeDone)
		if said := b.kinds("install", EventProgress); said[0].State != StateUnknown || said[0].Text != "the cluster service is down" || said[0].Code != "unknown" {
			t.Errorf("progress events: %+v", said[0])
		}
	})
}

func TestFailuresWithSuccessesBetweenThemAreNotAddedUp(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", 10*time.Minute)}, func(b *bench) {
		b.things["install"].look = func(_ context.Context, n int) (Observation, error, bool) {
			return Observation{}, errors.New("odd"), n%3 != 0
		}
		b.mustApply(OutcomeDone)
	})
}

func TestARepairThatDidNotArriveKeepsItsNumber(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		x := b.things["install"]
		x.state = StateBroken
		tries := 0
		x.mend = func() error {
			if tries++; tries < 9 {
				return errAway
			}
			return nil
		}
		b.mustApply(OutcomeDone)
		if !slices.Equal(x.repairs, []int{1}) || !slices.Equal(x.submits, []int{1}) {
			t.Errorf("repairs %v, submits %v", x.repairs, x.submits)
		}
	})
}

func TestAHostThatComesBackLosesNothing(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.things["install"].look = func(_ context.Context, n int) (Observation, error, bool) {
			return Observation{}, errAway, n > 2 && n < 12
		}
		b.mustApply(OutcomeDone)
		var away []Event
		for _, e := range b.kinds("install", EventProgress) {
			if e.State == StateUnknown {
				away = append(away, e)
			}
		}
		if len(away) == 0 || !strings.Contains(away[0].Text, "connection refused") {
			t.Errorf("nothing says why it waited: %+v", away)
		}
		if !slices.Equal(b.acts, []string{"submit install"}) {
			t.Errorf("did %q", b.acts)
		}
	})
}

func TestASubmitWhoseReplyIsLostIsNotDoneTwice(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.things["install"].given = func() error { return errAway }
		b.mustApply(OutcomeDone)
		if !slices.Equal(b.things["install"].submits, []int{1}) {
			t.Errorf("submits %v", b.things["install"].submits)
		}
	})
}

func TestASubmitThatDidNotArriveKeepsItsNumber(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		tries := 0
		b.things["install"].give = func(context.Context, int) error {
			if tries++; tries < 5 {
				return errAway
			}
			return nil
		}
		b.mustApply(OutcomeDone)
		if !slices.Equal(b.things["install"].submits, []int{1}) {
			t.Errorf("submits %v", b.things["install"].submits)
		}
		if starts := b.kinds("install", EventStart); len(starts) != 5 || starts[4].Attempt != 1 {
			t.Errorf("start events: %+v", starts)
		}
	})
}

func TestABusyHostIsWaitedFor(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		tries := 0
		b.things["install"].give = func(context.Context, int) error {
			if tries++; tries < 10 {
				return &winrm.ScriptError{Script: "start-task", Code: codeTaskBusy, Message: "another install is running"}
			}
			return nil
		}
		b.mustApply(OutcomeDone)
	})
}

func TestARepairByASubmitThatDidNotArriveIsNotCountedTwice(t *testing.T) {
	onBench(t, []planner.Step{aStep("prepare", "host/a", time.Minute)}, func(b *bench) {
		x := b.things["prepare"]
		x.breaks, x.again = 1, true
		tries := 0
		x.give = func(_ context.Context, attempt int) error {
			if tries++; attempt == 2 && tries < 9 {
				return &winrm.ScriptError{Script: "start-task", Code: codeTaskBusy, Message: "busy"}
			}
			return nil
		}
		b.mustApply(OutcomeDone)
		if !slices.Equal(x.submits, []int{1, 2}) {
			t.Errorf("submits %v", x.submits)
		}
	})
}

func TestASubmitThatLeavesNoTraceIsTriedAgainAndGivenUp(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.things["install"].given = func() error {
			b.things["install"].state = StateAbsent
			return nil
		}
		b.mustApply(OutcomeFailed)
		if !slices.Equal(b.things["install"].submits, []int{1, 2, 3}) {
			t.Errorf("submits %v", b.things["install"].submits)
		}
	})
}

func TestWorkThatNeverEndsIsGivenUp(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", 40*time.Minute)}, func(b *bench) {
		b.things["install"].takes = 1000 * time.Hour
		err := b.mustApply(OutcomeFailed)
		var late *ErrOverdue
		if !errors.As(err, &late) || late.Waited < 160*time.Minute || late.Waited > 161*time.Minute {
			t.Errorf("error is %v", err)
		}
	})
}

func TestReasonsAreSaidWhenTheyChangeAndOnceAMinute(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", 10*time.Minute)}, func(b *bench) {
		b.things["install"].look = func(_ context.Context, n int) (Observation, error, bool) {
			x := b.things["install"]
			return Observation{State: x.state, Reason: map[bool]string{true: "downloading", false: "creating machines"}[n < 20]}, nil, x.state == StateWorking
		}
		b.mustApply(OutcomeDone)
		said := b.kinds("install", EventProgress)
		for i := 1; i < len(said); i++ {
			gap := said[i].Time.Sub(said[i-1].Time)
			if said[i].Text == said[i-1].Text && gap < heartbeat {
				t.Errorf("%q was said twice within %v", said[i].Text, gap)
			}
			if gap > heartbeat+b.engine().options.Poll+wire {
				t.Errorf("silence of %v", gap)
			}
		}
		if len(said) < 10 || len(said) > 14 {
			t.Errorf("%d progress events:\n%s", len(said), b.story())
		}
	})
}

func TestOutputIsWholeLinesWithoutSecretsAndNeverTooLong(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.secret = "hunter2"
		long := strings.Repeat("äöü ", 3000)
		b.things["install"].prints = []string{"", "one\r\nthe password is hun", "ter2\x1b[31m\r\n" + long, "\n", "no end"}
		b.mustApply(OutcomeDone)
		var all string
		for _, e := range b.kinds("install", EventOutput) {
			if len(e.Text) > longestOutput {
				t.Errorf("an event carries %d bytes", len(e.Text))
			}
			all += e.Text
		}
		if diff := cmp.Diff("one\nthe password is [secret][31m\n"+long+"\nno end", all); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
	})
}

func TestOutputOfWhatIsFoundDoneIsNotPrintedAgain(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.things["install"].prints = []string{"made\n"}
		b.mustApply(OutcomeDone)
		b.things["install"].prints = []string{"made\n"}
		b.mustApply(OutcomeDone)
		if out := b.kinds("install", EventOutput); len(out) != 1 {
			t.Errorf("output events: %+v", out)
		}
	})
}

func TestSecretsInErrorsAreRedacted(t *testing.T) {
	onBench(t, []planner.Step{aStep("install", "site", time.Minute)}, func(b *bench) {
		b.secret = "hunter2"
		b.things["install"].look = func(context.Context, int) (Observation, error, bool) {
			return Observation{}, errors.New("cannot use hunter2"), true
		}
		b.mustApply(OutcomeFailed)
		_, kept, err := ReadJournal(b.run.JournalPath())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range append(kept, b.events()...) {
			if strings.Contains(e.Text, "hunter2") {
				t.Errorf("event %+v", e)
			}
		}
	})
}

func TestPlansThatCannotBeCarriedOutAreRefused(t *testing.T) {
	for name, steps := range map[string][]planner.Step{
		"two steps of one id":   {aStep("a", "x", 0), aStep("a", "y", 0)},
		"a need that is absent": {aStep("a", "x", 0, "b")},
		"a circle":              {aStep("a", "x", 0, "b"), aStep("b", "x", 0, "c"), aStep("c", "y", 0, "a")},
	} {
		t.Run(name, func(t *testing.T) {
			onBench(t, steps, func(b *bench) {
				err := b.mustApply(OutcomeRefused)
				var plan *ErrPlan
				if !errors.As(err, &plan) {
					t.Errorf("error %v", err)
				}
				if e := b.events(); len(e) != 1 || e[0].Kind != EventEnd || e[0].Outcome != OutcomeRefused {
					t.Errorf("events %+v", e)
				}
			})
		})
	}
}

func TestAPlanWithoutStepsIsDone(t *testing.T) {
	onBench(t, nil, func(b *bench) { b.mustApply(OutcomeDone) })
}
