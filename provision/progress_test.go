package provision

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyEvents draws events as they may stand in a journal, sensible or not.
func anyEvents() *rapid.Generator[[]Event] {
	kinds := []Kind{EventPlan, EventStart, EventProgress, EventOutput, EventRetry, EventDone, EventFail, EventSkip, EventEnd}
	one := rapid.Custom(func(t *rapid.T) Event {
		return Event{
			Kind:     rapid.SampledFrom(kinds).Draw(t, "kind"),
			Step:     rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "step"),
			Target:   rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "target"),
			State:    rapid.SampledFrom([]State{"", StateAbsent, StateWorking, StateDone, StateBroken, StateUnknown}).Draw(t, "state"),
			Attempt:  rapid.IntRange(0, 3).Draw(t, "attempt"),
			Text:     rapid.SampledFrom([]string{"", "one", "two\n", "three\nfour", "\n", strings.Repeat("l\n", 150)}).Draw(t, "text"),
			Outcome:  rapid.SampledFrom([]Outcome{OutcomeDone, OutcomeFailed}).Draw(t, "outcome"),
			Estimate: Seconds(rapid.IntRange(0, 100).Draw(t, "estimate")) * Seconds(time.Second),
			Needs:    rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 2).Draw(t, "needs"),
		}
	})
	return rapid.Custom(func(t *rapid.T) []Event {
		events := rapid.SliceOfN(one, 0, 30).Draw(t, "events")
		at := dawn
		for i := range events {
			at = at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "after")) * time.Second)
			events[i].Seq, events[i].Time = i+1, at
		}
		return events
	})
}

var sameProgress = cmp.AllowUnexported(StepProgress{})

func TestFoldingAPrefixAndThenTheRestIsFoldingAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := anyEvents().Draw(t, "events")
		all := Progress{}.With(events...)
		at := rapid.IntRange(0, len(events)).Draw(t, "at")
		prefix := Progress{}.With(events[:at]...)
		kept := fmt.Sprintf("%+v", prefix)
		if diff := cmp.Diff(all, prefix.With(events[at:]...), sameProgress); diff != "" {
			t.Fatalf("prefix of %d (-all +parts):\n%s", at, diff)
		}
		// A second continuation of the same prefix shows whether the first wrote into it.
		prefix.With(Event{Kind: EventOutput, Step: "a", Text: "other\n"}, Event{Kind: EventFail, Step: "b"})
		if now := fmt.Sprintf("%+v", prefix); now != kept {
			t.Fatalf("the prefix changed from\n%s\nto\n%s", kept, now)
		}
		if diff := cmp.Diff(all, prefix.With(events[at:]...), sameProgress); diff != "" {
			t.Fatalf("second continuation (-all +parts):\n%s", diff)
		}
	})
}

func TestProgressStaysInsideItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := anyEvents().Draw(t, "events")
		p := Progress{}.With(events...)
		now := p.At.Add(time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "now")))
		if percent := p.Percent(now); percent < 0 || percent > 100 || percent == 100 && p.Count(StepDone) != len(p.Steps) {
			t.Fatalf("%d%% with %d of %d done", percent, p.Count(StepDone), len(p.Steps))
		}
		if left := p.Remaining(now); left < 0 || p.Outcome != "" && left != 0 {
			t.Fatalf("%v remain", left)
		}
		if p.Elapsed(now) < 0 {
			t.Fatalf("%v elapsed", p.Elapsed(now))
		}
		total := 0
		for _, target := range p.Targets() {
			total += target.Total
			if (target.Done == target.Total) != (target.State == StepDone) {
				t.Fatalf("target %+v", target)
			}
		}
		if total != len(p.Steps) {
			t.Fatalf("targets have %d steps of %d", total, len(p.Steps))
		}
		for _, s := range p.Steps {
			if len(s.Output) > OutputLines || s.Elapsed(now) < 0 {
				t.Fatalf("step %s: %d lines, %v", s.ID, len(s.Output), s.Elapsed(now))
			}
			if slices.ContainsFunc(s.Output, func(l string) bool { return strings.Contains(l, "\n") }) {
				t.Fatalf("output %q", s.Output)
			}
		}
	})
}

// at makes events a minute apart.
func at(events ...Event) []Event {
	for i := range events {
		events[i].Seq, events[i].Time = i+1, dawn.Add(time.Duration(i)*time.Minute)
	}
	return events
}

func TestAStepGoesThroughItsStates(t *testing.T) {
	plan := []Event{
		{Kind: EventPlan, Run: "r", Plan: "sha256:one", Site: "edge01", Estimate: Seconds(20 * time.Minute)},
		{Kind: EventPlan, Step: "a", Target: "x", Estimate: Seconds(10 * time.Minute)},
		{Kind: EventPlan, Step: "b", Target: "y", Estimate: Seconds(10 * time.Minute), Needs: []string{"a"}},
	}
	rows := []struct {
		name   string
		events []Event
		a, b   StepState
		reason string // of a
	}{
		{"at first one is ready and the other waits", nil, StepReady, StepWaiting, ""},
		{"started", []Event{{Kind: EventStart, Step: "a", Attempt: 1}}, StepWorking, StepWaiting, ""},
		{"seen at work without a start of ours", []Event{{Kind: EventProgress, Step: "a", State: StateWorking, Text: "downloading"}}, StepWorking, StepWaiting, "downloading"},
		{"out of sight before it started", []Event{{Kind: EventProgress, Step: "a", State: StateUnknown, Text: "refused", Code: "unreachable"}}, StepRetrying, StepWaiting, "refused"},
		{"out of sight while it works", []Event{{Kind: EventStart, Step: "a"}, {Kind: EventProgress, Step: "a", State: StateUnknown, Text: "refused"}}, StepRetrying, StepWaiting, "refused"},
		{"in sight again", []Event{{Kind: EventProgress, Step: "a", State: StateUnknown}, {Kind: EventProgress, Step: "a", State: StateWorking}}, StepWorking, StepWaiting, ""},
		{"broken and repaired", []Event{{Kind: EventStart, Step: "a"}, {Kind: EventRetry, Step: "a", State: StateBroken, Text: "half"}}, StepRetrying, StepWaiting, "half"},
		{"done makes the next one ready", []Event{{Kind: EventDone, Step: "a", Text: FoundDone}}, StepDone, StepReady, FoundDone},
		{"failed skips the next one", []Event{{Kind: EventFail, Step: "a", Text: "no"}, {Kind: EventSkip, Step: "b", Text: "needs a"}}, StepFailed, StepSkipped, "no"},
		{"resumed, a failed step is open again", []Event{{Kind: EventFail, Step: "a", Text: "no"}, {Kind: EventSkip, Step: "b"}, {Kind: EventEnd, Outcome: OutcomeFailed}, plan[0]}, StepReady, StepWaiting, ""},
		{"resumed, a done step stays done", []Event{{Kind: EventDone, Step: "a"}, {Kind: EventEnd, Outcome: OutcomeInterrupted}, plan[0]}, StepDone, StepReady, ""},
		{"reality takes a done step back", []Event{{Kind: EventDone, Step: "a"}, {Kind: EventProgress, Step: "a", State: StateAbsent}}, StepReady, StepWaiting, ""},
		{"what is out of sight stays done", []Event{{Kind: EventDone, Step: "a"}, {Kind: EventProgress, Step: "a", State: StateUnknown, Text: "refused"}}, StepDone, StepReady, "refused"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			p := Progress{}.With(at(slices.Concat(plan, row.events)...)...)
			a, b := p.Steps[0], p.Steps[1]
			if a.State != row.a || b.State != row.b || a.Reason != row.reason {
				t.Errorf("a is %s (%q), b is %s", a.State, a.Reason, b.State)
			}
			if p.Run != "r" || p.Plan != "sha256:one" || p.Site != "edge01" || p.Estimate != 20*time.Minute || a.Target != "x" {
				t.Errorf("progress %+v", p)
			}
		})
	}
}

func TestTimesAndEstimates(t *testing.T) {
	p := Progress{}.With(at(
		Event{Kind: EventPlan, Run: "r"},
		Event{Kind: EventPlan, Step: "a", Target: "x", Estimate: Seconds(10 * time.Minute)},
		Event{Kind: EventPlan, Step: "b", Target: "x", Estimate: Seconds(20 * time.Minute)},
		Event{Kind: EventPlan, Step: "c", Target: "y", Estimate: Seconds(5 * time.Minute), Needs: []string{"a"}},
		Event{Kind: EventPlan, Step: "d", Target: "y", Estimate: Seconds(5 * time.Minute), Needs: []string{"a"}},
	)...)
	now := p.At
	check := func(name string, percent int, remaining time.Duration) {
		t.Helper()
		if p.Percent(now) != percent || p.Remaining(now) != remaining {
			t.Errorf("%s: %d%%, %v remain; want %d%%, %v", name, p.Percent(now), p.Remaining(now), percent, remaining)
		}
	}
	check("one target's steps come one after the other", 0, 30*time.Minute)
	p = p.With(Event{Time: now, Kind: EventStart, Step: "a"})
	now = now.Add(8 * time.Minute)
	check("what works comes nearer", 20, 22*time.Minute)
	now = now.Add(time.Hour)
	check("what is overdue is nearly done", 23, 20*time.Minute)
	p = p.With(Event{Time: now, Kind: EventDone, Step: "a"}, Event{Time: now, Kind: EventStart, Step: "b"})
	check("what is done is behind", 25, 20*time.Minute)
	p = p.With(Event{Time: now, Kind: EventFail, Step: "b"})
	check("what failed is not waited for", 25, 10*time.Minute)
	if s := p.Steps[0]; s.Elapsed(now.Add(time.Hour)) != 68*time.Minute {
		t.Errorf("a took %v", s.Elapsed(now))
	}
	p = p.With(Event{Time: now, Kind: EventEnd, Outcome: OutcomeFailed, Text: "b: no"})
	check("after the end nothing remains", 25, 0)
	if p.Reason != "b: no" || p.Outcome != OutcomeFailed || p.Elapsed(now.Add(time.Hour)) != now.Sub(dawn) {
		t.Errorf("progress %+v", p)
	}
	want := []TargetProgress{{"x", 1, 2, "b", StepFailed}, {"y", 0, 2, "c", StepReady}}
	if diff := cmp.Diff(want, p.Targets()); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

func TestOutputKeepsTheLastLines(t *testing.T) {
	p := Progress{}
	for n := range 1000 {
		p = p.With(Event{Kind: EventOutput, Step: "a", Text: fmt.Sprintf("line %d be", n)}, Event{Kind: EventOutput, Step: "a", Text: "gins\n"})
	}
	out := p.Steps[0].Output
	if len(out) != OutputLines || out[0] != "line 800 begins" || out[OutputLines-1] != "line 999 begins" {
		t.Errorf("%d lines, from %q to %q", len(out), out[0], out[len(out)-1])
	}
}

func TestPiecesAreWholeCharactersAndAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"ä", "line\n", strings.Repeat("x", 3000), strings.Repeat("€", 2000), "\n"})
		text := strings.Join(rapid.SliceOfN(part, 0, 20).Draw(t, "parts"), "")
		cut := pieces(text)
		if strings.Join(cut, "") != text {
			t.Fatal("the pieces do not add up")
		}
		for _, p := range cut {
			if len(p) > longestOutput || p == "" || strings.ToValidUTF8(p, "?") != p {
				t.Fatalf("piece of %d bytes", len(p))
			}
		}
	})
}
