package forecast_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/forecast"
)

func step(id, target string, minutes int, needs ...string) planner.Step {
	kind, _, _ := strings.Cut(id, "/")
	return planner.Step{ID: id, Kind: planner.StepKind(kind), Target: target, Estimate: time.Duration(minutes) * time.Minute, Needs: needs}
}

// Two hosts, then the site, then two clusters side by side.
func branch() []planner.Step {
	return []planner.Step{
		step("prepare-host/a", "host/a", 10), step("prepare-host/b", "host/b", 12),
		step("install", "site", 45, "prepare-host/a", "prepare-host/b"),
		step("create-cluster/x", "cluster/x", 20, "install"), step("wait-nodes/x", "cluster/x", 2, "create-cluster/x"),
		step("create-cluster/y", "cluster/y", 30, "install"),
	}
}

func TestWithoutAnySpreadAForecastIsTheSumOfTheLongestChain(t *testing.T) {
	f, err := forecast.Run(t.Context(), branch(), forecast.Model{}, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	want := (12 + 45 + 30) * time.Minute
	if f.P50 != want || f.P90 != want || f.P99 != want {
		t.Errorf("%v %v %v, want %v", f.P50, f.P90, f.P99, want)
	}
	critical := map[string]float64{}
	for _, s := range f.Steps {
		critical[s.ID] = s.Critical
	}
	if diff := cmp.Diff(map[string]float64{"prepare-host/a": 0, "prepare-host/b": 1, "install": 1, "create-cluster/x": 0, "wait-nodes/x": 0, "create-cluster/y": 1}, critical); diff != "" {
		t.Error(diff)
	}
	if top := f.Dominant()[0]; top.ID != "install" || math.Abs(top.Share-45.0/87) > 1e-9 {
		t.Errorf("%+v dominates", top)
	}
}

func TestStepsOfOneTargetTakeTurns(t *testing.T) {
	f, err := forecast.Run(t.Context(), []planner.Step{step("a", "site", 5), step("b", "site", 7), step("c", "other", 1, "b")}, forecast.Model{}, 1, 1)
	if err != nil || f.P50 != 13*time.Minute {
		t.Errorf("%v, %v, want 13 minutes", f.P50, err)
	}
}

func TestTheSpreadIsThatOfALognormal(t *testing.T) {
	f, err := forecast.Run(t.Context(), []planner.Step{step("install", "site", 100)}, forecast.Model{Spread: 0.35}, 7, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	for part, row := range map[string]struct {
		got time.Duration
		z   float64
	}{"p50": {f.P50, 0}, "p90": {f.P90, 1.2816}, "p99": {f.P99, 2.3263}} {
		want := 100 * math.Exp(0.35*row.z)
		if got := row.got.Minutes(); math.Abs(got-want) > 0.04*want {
			t.Errorf("%s is %.1f minutes, theory says %.1f", part, got, want)
		}
	}
}

func TestWhatWasLearnedCounts(t *testing.T) {
	learned := map[planner.StepKind][]float64{"install": {}}
	for range 400 {
		learned["install"] = append(learned["install"], 2)
	}
	f, err := forecast.Run(t.Context(), []planner.Step{step("install", "site", 100), step("configure", "site", 10)}, forecast.Model{Spread: 0.35, Learned: learned}, 7, 5000)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Steps[0]; got.Samples != 400 || math.Abs(got.P50.Minutes()-200) > 5 || got.P90.Minutes() > 210 {
		t.Errorf("%+v, want 200 minutes with hardly a spread", got)
	}
	if got := f.Steps[1]; got.Samples != 0 || math.Abs(got.P50.Minutes()-10) > 0.5 {
		t.Errorf("%+v, want the estimate", got)
	}
}

func TestAForecastNeedsStepsThatCanBeDone(t *testing.T) {
	for name, steps := range map[string][]planner.Step{
		"a need that is not there": {step("a", "site", 1, "b")},
		"a circle":                 {step("a", "x", 1, "b"), step("b", "y", 1, "a")},
	} {
		if _, err := forecast.Run(t.Context(), steps, forecast.Model{}, 1, 10); err == nil {
			t.Errorf("%s is forecast", name)
		}
	}
	if f, err := forecast.Run(t.Context(), nil, forecast.Model{}, 1, 10); err != nil || f.P99 != 0 {
		t.Errorf("nothing to do takes %v, %v", f.P99, err)
	}
}

// Whatever the plan: percentiles rise, the same seed gives the same, no run is shorter
// than its longest step without a spread, and none is longer than all steps in a row.
func TestForecastsAreSane(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var steps []planner.Step
		var sum, longest time.Duration
		for i := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			s := step(fmt.Sprintf("k%d/%d", i%3, i), fmt.Sprintf("t%d", rapid.IntRange(0, 3).Draw(rt, "target")), rapid.IntRange(0, 60).Draw(rt, "minutes"))
			for j := range i {
				if rapid.IntRange(0, 3).Draw(rt, "needs") == 0 {
					s.Needs = append(s.Needs, steps[j].ID)
				}
			}
			steps, sum, longest = append(steps, s), sum+s.Estimate, max(longest, s.Estimate)
		}
		exact, err := forecast.Run(t.Context(), steps, forecast.Model{}, 1, 1)
		if err != nil {
			rt.Fatal(err)
		}
		if exact.P50 < longest || exact.P50 > sum {
			rt.Errorf("%v is not between %v and %v", exact.P50, longest, sum)
		}
		m := forecast.Model{Spread: rapid.Float64Range(0, 1).Draw(rt, "spread")}
		seed := rapid.Uint64().Draw(rt, "seed")
		a, _ := forecast.Run(t.Context(), steps, m, seed, 50)
		b, _ := forecast.Run(t.Context(), steps, m, seed, 50)
		if diff := cmp.Diff(a, b); diff != "" {
			rt.Errorf("the same seed gives another forecast: %s", diff)
		}
		if a.P50 > a.P90 || a.P90 > a.P99 {
			rt.Errorf("%v %v %v", a.P50, a.P90, a.P99)
		}
	})
}

func TestTimesBeyondAllMeasureStayTimes(t *testing.T) {
	var steps []planner.Step
	for i := range 40 {
		steps = append(steps, step(fmt.Sprintf("install/%d", i), "site", 60))
	}
	f, err := forecast.Run(t.Context(), steps, forecast.Model{Learned: map[planner.StepKind][]float64{"install": {1e12}}}, 1, 10)
	if err != nil || f.P50 <= 0 || f.P99 < f.P50 || f.Steps[0].P50 != 10*365*24*time.Hour {
		t.Errorf("%v, %v, a step %v, %v", f.P50, f.P99, f.Steps[0].P50, err)
	}
}

func TestAForecastCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := forecast.Run(ctx, branch(), forecast.Model{}, 1, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped, it gave %v", err)
	}
}
