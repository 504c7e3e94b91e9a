//go:build oracle

package oracle

import (
	"flag"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arcwright/arcwright/planner/packing"
)

// The flags say how much is asked. The solver's limit is for one question.
var (
	instances = flag.Int("instances", 2000, "how many instances are drawn")
	first     = flag.Uint64("first", 0, "the seed of the first")
	limit     = flag.Duration("limit", 60*time.Second, "how long the solver may take for one question")
)

// TestVerdictsAgreeWithTheIntegerProgram draws instances near the edge and asks one question of each: no
// loss, or the loss of one or of two hosts, whichever was hardest to answer. Where the solver
// answers, possible and impossible must agree.
func TestVerdictsAgreeWithTheIntegerProgram(t *testing.T) {
	if _, err := exec.LookPath(string(CBC)); err != nil {
		t.Fatal(err)
	}
	sum := tally{given: map[string]int{}}
	seeds := make(chan uint64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		dir := t.TempDir()
		workers.Go(func() {
			for seed := range seeds {
				sum.ask(t, dir, seed)
			}
		})
	}
	for i := range uint64(*instances) {
		seeds <- *first + i
	}
	close(seeds)
	workers.Wait()

	var kinds []string
	for k, n := range sum.given {
		kinds = append(kinds, fmt.Sprintf("%s %d", strings.TrimSpace(k), n))
	}
	slices.Sort(kinds)
	t.Logf("%d questions, one of each instance: %s; unsolved by the solver in %s: %d; seconds in the solver %.0f, here, for all losses of each instance, %.1f",
		*instances, strings.Join(kinds, ", "), *limit, sum.unsolved, sum.theirs.Seconds(), sum.ours.Seconds())
	if undecided := sum.given["undecided "]; undecided*100 >= *instances {
		t.Errorf("%d of %d questions stay undecided, want less than 1 in 100", undecided, *instances)
	}
}

// A tally counts the answers.
type tally struct {
	mu           sync.Mutex
	given        map[string]int
	unsolved     int
	ours, theirs time.Duration
}

// ask asks one question of an instance, here and of the solver.
func (s *tally) ask(t *testing.T, dir string, seed uint64) {
	in := Draw(seed, 16, 400)
	began := time.Now()
	p := packing.New(in.Hosts, in.Groups, nil)
	var losses []packing.Loss
	for n := range min(3, len(in.Hosts)) {
		if list := p.Losses(n); n == int(seed%3) || n == 0 {
			losses = list
		}
	}
	ours := time.Since(began)
	l := losses[pick(losses)]
	lost, v := l.Lost[0], l.Answer.Verdict
	reply, theirs, err := Solve(t.Context(), CBC, dir, *limit, in, lost...)

	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		t.Errorf("seed %d without %v: %v", seed, lost, err)
		return
	}
	s.ours, s.theirs = s.ours+ours, s.theirs+theirs
	s.given[fmt.Sprintf("%s %s", v, l.Answer.Proof.Kind)]++
	switch {
	case v == packing.Undecided:
		t.Logf("seed %d without %v is undecided; the solver says %s", seed, lost, reply)
	case reply == Unsolved:
		s.unsolved++
		t.Logf("seed %d without %v is %s; the solver does not know", seed, lost, v)
	case (v == packing.Impossible) != (reply == No):
		t.Errorf("seed %d without %v is %s (%s), the solver says %s", seed, lost, v, l.Answer.Proof.Kind, reply)
	}
	if l.Answer.Placement != nil {
		if err := check(in, l.Answer.Placement, lost); err != nil {
			t.Errorf("seed %d without %v: %v", seed, lost, err)
		}
	}
}

// pick chooses the loss that was hardest to answer.
func pick(losses []packing.Loss) int {
	rank := func(a packing.Answer) int {
		switch {
		case a.Verdict == packing.Undecided:
			return 4
		case a.Proof.Kind == packing.Search || a.Proof.Kind == packing.Weights:
			return 3
		case a.Verdict == packing.Possible:
			return 2
		case a.Verdict == packing.Guaranteed || a.Proof.Kind == packing.Waste || a.Proof.Kind == packing.Crowd:
			return 1
		}
		return 0
	}
	best := 0
	for i, l := range losses {
		if rank(l.Answer) > rank(losses[best].Answer) {
			best = i
		}
	}
	return best
}

// check holds a placement against the rules.
func check(in Instance, placement [][]int, lost []int) error {
	count := make([]int, len(in.Groups))
	for h, host := range in.Hosts {
		var sum packing.Vector
		for g, n := range placement[h] {
			if n == 0 {
				continue
			}
			group := in.Groups[g]
			if slices.Contains(lost, h) || n < 0 || group.Size[packing.VCPUs] > host.Largest {
				return fmt.Errorf("host %d must not have %d machines of group %d", h, n, g)
			}
			if n > 1 && group.Apart && group.Count <= able(in, group, lost) {
				return fmt.Errorf("host %d has %d machines of group %d, which is kept apart", h, n, g)
			}
			count[g] += n
			for d, size := range group.Size {
				sum[d] += int64(n) * size
			}
		}
		if !sum.Fits(host.Room) {
			return fmt.Errorf("host %d has %v for %v", h, host.Room, sum)
		}
	}
	for g, n := range count {
		if n != in.Groups[g].Count {
			return fmt.Errorf("group %d has %d machines placed of %d", g, n, in.Groups[g].Count)
		}
	}
	return nil
}

func able(in Instance, g packing.Group, lost []int) int {
	n := 0
	for h, host := range in.Hosts {
		if !slices.Contains(lost, h) && g.Size.Fits(host.Room) && g.Size[packing.VCPUs] <= host.Largest {
			n++
		}
	}
	return n
}
