package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim"
)

func allKinds() (kinds []string) {
	for _, k := range sim.FaultKinds() {
		kinds = append(kinds, k.Name)
	}
	return kinds
}

// branchPlan has two hosts and one cluster.
func branchPlan() planner.Plan {
	p := planner.Plan{Inventory: planner.Inventory{Hosts: []planner.Host{{Name: "hv01.lab.example"}, {Name: "hv02.lab.example"}}}}
	add := func(id, target, on string, kind planner.StepKind) {
		p.Steps = append(p.Steps, planner.Step{ID: id, Kind: kind, Target: target, On: on})
	}
	add("prepare-host/hv01", "host/hv01", "hv01.lab.example", planner.PrepareHost)
	add("prepare-host/hv02", "host/hv02", "hv02.lab.example", planner.PrepareHost)
	add("install", "site", "hv01.lab.example", planner.Install)
	add("create-cluster/a-cluster-with-quite-a-long-name", "cluster/a", "hv01.lab.example", planner.CreateCluster)
	add("wait-nodes/a-cluster-with-quite-a-long-name", "cluster/a", "", planner.WaitNodes)
	return p
}

// The order has every cell once, and any first few of it hold as many steps as they can.
func TestTheOrderOfTheMatrixCoversWidelyFirst(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		m := newMatrix(branchPlan(), allKinds())
		order := m.order(seed)
		seen := map[*cell]bool{}
		for _, c := range order {
			seen[c] = true
		}
		if len(seen) != len(m.Cells) || len(order) != len(m.Cells) {
			rt.Fatalf("%d cells in order, %d of them different, want %d", len(order), len(seen), len(m.Cells))
		}
		steps := map[string]bool{}
		for _, c := range order[:len(m.steps)] {
			steps[c.Step] = true
		}
		if len(steps) != len(m.steps) {
			rt.Errorf("the first %d tries know only the steps %v", len(m.steps), steps)
		}
		var again []string
		for _, c := range newMatrix(branchPlan(), allKinds()).order(seed) {
			again = append(again, c.Step+c.Fault)
		}
		for i, c := range order {
			if again[i] != c.Step+c.Fault {
				rt.Fatalf("the same seed gives another order at %d", i)
			}
		}
	})
}

func TestACellsFaultsAreAimedAndTakeBothMoments(t *testing.T) {
	for _, c := range newMatrix(branchPlan(), allKinds()).Cells {
		moments := map[sim.Moment]bool{}
		for round := range 2 {
			f, err := c.fault(9, round)
			if err != nil {
				t.Fatalf("%s at %s: %v", c.Fault, c.Step, err)
			}
			if f.Step != c.Step || f.From != 0 || f.Nth > 1 {
				t.Errorf("%s at %s is %s", c.Fault, c.Step, f)
			}
			if again, err := sim.ParseFault(f.String()); err != nil || again != f {
				t.Errorf("%s reads back as %s, %v", f, again, err)
			}
			if f.Kind == sim.HostUnreachable && f.Host == "" {
				t.Errorf("%s takes every host away", f)
			}
			moments[f.At] = true
		}
		want := 2
		if k := sim.FaultKind(c.Fault); k == sim.StepFails || k == sim.StepFailsOnce {
			want = 1
		}
		if len(moments) != want {
			t.Errorf("%s at %s has the moments %v", c.Fault, c.Step, moments)
		}
	}
}

func TestTheWorstOfSeveralTriesCounts(t *testing.T) {
	c := &cell{Step: "install", Verdict: notTried}
	for _, try := range []struct {
		verdict verdict
		seed    uint64
		want    verdict
		from    uint64
	}{
		{nothingMet, 1, nothingMet, 1}, {recovers, 2, recovers, 2}, {needsAPerson, 3, needsAPerson, 3}, {resumes, 4, needsAPerson, 3}, {leavesBehind, 5, needsAPerson, 3},
	} {
		c.merge(cell{Step: "install", Verdict: try.verdict, Seed: try.seed})
		if c.Verdict != try.want || c.Seed != try.from {
			t.Errorf("after %s it is %s from %d, want %s from %d", try.verdict, c.Verdict, c.Seed, try.want, try.from)
		}
	}
	if c.Tries != 5 {
		t.Errorf("%d tries", c.Tries)
	}
}

func TestTheMatrixFitsATerminalAndSaysWhatToDo(t *testing.T) {
	m := newMatrix(branchPlan(), allKinds())
	for i, c := range m.Cells {
		c.Verdict = verdicts[i%len(verdicts)]
		if c.Verdict == leavesBehind {
			c.Remains, c.Injected = []string{"the cluster shop, which the platform reports as failed"}, "x"
		}
		if c.Verdict == needsAPerson {
			c.Owner, c.Remedy, c.Reason, c.Again = planner.OwnerHardware, "free memory on the hosts, or add some", strings.Repeat("a long reason ", 20), "failed"
		}
		if c.Verdict != notTried {
			m.Tried++
		}
	}
	m.Share, m.BudgetSeconds, m.SpentSeconds = float64(m.Tried)/float64(len(m.Cells)), 60, 60.04
	var out bytes.Buffer
	(&program{out: &out}).drawMatrix(m, "plan.yaml")
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > paper && !strings.Contains(line, "replay") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, want := range []string{"PERSON", "hardware", "free memory", "LEFT", "reports as failed", "arcwright resume still ends in failed", "host-unreachable lasts 15m", "…"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
}

func TestWhatEndsInSeveralClustersWithinADayIsOneEnd(t *testing.T) {
	got := together([]end{
		{Name: "kubeconfig-client", Day: 3.9, Clusters: []string{"a"}}, {Name: "kubeconfig-client", Day: 4, Clusters: []string{"b"}},
		{Name: "kubeconfig-client", Day: 6, Clusters: []string{"c"}}, {Name: "lifecycle-host", Day: 6}, {Name: "lifecycle-host", Day: 6},
	})
	var days []float64
	for _, e := range got {
		days = append(days, e.Day)
	}
	if diff := cmp.Diff([]float64{3.9, 6, 6, 6}, days); diff != "" || len(got[0].Clusters) != 2 {
		t.Errorf("%+v\n%s", got, diff)
	}
}

func TestWrappedKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.StringMatching(`[a-zü…]{1,12}`)).Draw(rt, "words"), " ")
		lines := wrapped(text, 20)
		if strings.Join(lines, " ") != text {
			rt.Errorf("%q became %q", text, lines)
		}
		for _, line := range lines {
			if utf8.RuneCountInString(line) > 20 {
				rt.Errorf("%q is too long", line)
			}
		}
	})
}

func TestDaysBetween(t *testing.T) {
	from := time.Date(2026, 12, 5, 22, 0, 0, 0, time.UTC)
	if got := daysBetween(from, from.Add(36*time.Hour)); got != 1.5 {
		t.Errorf("36 hours are %v days", got)
	}
}
