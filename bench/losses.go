package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner/packing"
	"github.com/arcwright/arcwright/test/oracle"
)

// fabrics is how many drawn fabrics are asked, patience how long a solver may take for
// one loss.
const (
	fabrics  = 5
	patience = 5 * time.Second
)

// losses measures all losses of up to two of 16 hosts with 350 to 400 machines, near the edge, and the
// same questions as integer programs, one for each loss.
func losses(dir string) ([]figure, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var ours []time.Duration
	var drawn []oracle.Instance
	var answers []map[[2]int]packing.Verdict
	undecided := 0
	for seed := range uint64(fabrics) {
		in := oracle.Large(seed + 1)
		drawn = append(drawn, in)
		began := time.Now()
		p := packing.New(in.Hosts, in.Groups, nil)
		lists := [][]packing.Loss{p.Losses(0), p.Losses(1), p.Losses(2)}
		ours = append(ours, time.Since(began))
		given := map[[2]int]packing.Verdict{}
		for _, l := range slices.Concat(lists...) {
			for _, lost := range l.Lost {
				given[key(lost)] = l.Answer.Verdict
				if l.Answer.Verdict == packing.Undecided {
					undecided++
				}
			}
		}
		answers = append(answers, given)
	}
	row := summary("two-host losses, 16 hosts 400 VMs", slices.Clone(ours), 100*time.Millisecond)
	row.note = fmt.Sprintf("%d fabrics of 137 losses, %d losses undecided", fabrics, undecided)
	rows := []figure{row}
	for _, peer := range []struct {
		solver oracle.Solver
		want   int
	}{{oracle.CBC, 100}, {oracle.GLPK, 20}} {
		what := "the same by " + string(peer.solver)
		if _, err := exec.LookPath(string(peer.solver)); err != nil {
			rows = append(rows, figure{what: what, note: "not measured: " + string(peer.solver) + " is not installed"})
			continue
		}
		row, err := against(peer.solver, dir, drawn, ours, answers)
		if err != nil {
			return nil, err
		}
		row.what = what
		row.note += fmt.Sprintf(", want %d", peer.want)
		rows = append(rows, row)
	}
	return rows, nil
}

func key(lost []int) [2]int {
	k := [2]int{-1, -1}
	copy(k[:], lost)
	return k
}

// against asks a solver the same, and holds its answers against ours.
func against(solver oracle.Solver, dir string, drawn []oracle.Instance, ours []time.Duration, answers []map[[2]int]packing.Verdict) (figure, error) {
	var theirs []time.Duration
	var ratios []float64
	same, unsolved := 0, 0
	for i, in := range drawn {
		var sum time.Duration
		for lost, verdict := range answers[i] {
			reply, took, err := oracle.Solve(context.Background(), solver, dir, patience, in, slices.DeleteFunc(lost[:], func(h int) bool { return h < 0 })...)
			if err != nil {
				return figure{}, err
			}
			sum += took
			switch {
			case reply == oracle.Unsolved || verdict == packing.Undecided:
				unsolved++
			case (reply == oracle.No) != (verdict == packing.Impossible):
				return figure{}, fmt.Errorf("compare fabric %d without %v: %s says %s, we say %s", i, lost, solver, reply, verdict)
			default:
				same++
			}
		}
		theirs = append(theirs, sum)
		ratios = append(ratios, float64(sum)/float64(ours[i]))
	}
	slices.Sort(ratios)
	row := summary("", theirs, 0)
	row.note = fmt.Sprintf("median %.0f times slower, from %.0f to %.0f; %d answers the same, %d open on one side",
		ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1], same, unsolved)
	return row, nil
}
