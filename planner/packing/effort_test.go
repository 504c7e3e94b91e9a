package packing

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// hard draws a problem of a few models of hosts and sizes of machines, with the machines of
// some placement that leaves little free; now and then there is one more.
func hard(r *rand.Rand) ([]Host, []Group) {
	sizes := make([]Vector, 2+r.IntN(6))
	for i := range sizes {
		sizes[i] = Vector{5 + r.Int64N(40), 2 + r.Int64N(14), 0}
		if r.IntN(8) == 0 {
			sizes[i][GPUs] = 1
		}
	}
	counts := make([]int, len(sizes))
	var hosts []Host
	for range 1 + r.IntN(3) {
		model := Host{Room: Vector{60 + r.Int64N(100), 30 + r.Int64N(60), r.Int64N(3)}, Largest: 64}
		if r.IntN(2) == 0 {
			model.Room[VCPUs] = 500
		}
		for range 2 + r.IntN(6) {
			hosts = append(hosts, model)
			best, least := []int(nil), int64(1)<<40
			for range 200 {
				room, n := model.Room, make([]int, len(sizes))
				for range 30 {
					if s := r.IntN(len(sizes)); sizes[s].Fits(room) {
						for d := range room {
							room[d] -= sizes[s][d]
						}
						n[s]++
					}
				}
				if room[Memory]+room[VCPUs]%400 < least {
					best, least = n, room[Memory]+room[VCPUs]%400
				}
			}
			for s, n := range best {
				counts[s] += n
			}
		}
	}
	if r.IntN(4) == 0 {
		counts[0]++
	}
	groups := make([]Group, len(sizes))
	for i := range sizes {
		groups[i] = Group{Size: sizes[i], Count: counts[i], Apart: r.IntN(4) == 0}
	}
	return hosts, groups
}

// TestTheEffortIsKnown holds what hard problems cost each way to an answer. An answer that
// takes more than it did, or another way, shows here and nowhere else.
func TestTheEffortIsKnown(t *testing.T) {
	var b strings.Builder
	fmt.Fprintln(&b, "problem: hosts, machines | divided hosts: ways to fill | dive: tries, steps | search: steps | answer")
	for n := range uint64(300) {
		hosts, groups := hard(rand.New(rand.NewPCG(n, 0)))
		p := New(hosts, nil, groups)
		items := p.items(hosts)
		first, like := classes(hosts)
		count := make([]int, len(like))
		for i, list := range like {
			count[i] = len(list)
		}
		f := newFillings(items, first, count)
		divided, _, _ := f.solve()
		dived, _ := p.dive(newLayout(hosts, items), orders(hosts, items))
		s := newSearch(newLayout(hosts, items), 5_000)
		searched := s.run()
		a := New(hosts, nil, groups).Answer()
		if p.tries == allTries && p.steps == allSteps && searched != Undecided && s.spent < 1000 && a.Proof.Kind != Weights && n > 20 {
			continue // an easy one
		}
		fmt.Fprintf(&b, "%3d: %2d %3d | %d: %2d | %s: %d %d | %s: %d | %s %s\n", n, len(hosts), machines(groups), divided, len(f.columns),
			dived, allTries-p.tries, allSteps-p.steps, searched, s.spent, a.Verdict, a.Proof.Kind)
	}
	const golden = "testdata/effort.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("effort (-want +got):\n%s", diff)
	}
}
