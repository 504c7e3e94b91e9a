package oracle

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/arcwright/arcwright/planner/packing"
)

func TestStat(t *testing.T) {
	n := 300
	fmt.Sscan(os.Getenv("N"), &n)
	count := map[string]int{}
	var worst time.Duration
	for seed := range uint64(n) {
		in := Draw(seed, 16, 400)
		p := packing.New(in.Hosts, in.Groups, nil)
		ask := func(lost ...int) {
			b := time.Now()
			a := p.Answer(lost...)
			d := time.Since(b)
			worst = max(worst, d)
			count[string(a.Verdict)+" "+string(a.Proof.Kind)]++
			count["all"]++
			if d > 5*time.Millisecond {
				count["slow"]++
			}
			if a.Verdict == packing.Undecided && os.Getenv("V") != "" {
				fmt.Println(seed, lost, len(in.Hosts), d)
			}
		}
		b := time.Now()
		ask()
		for i := range in.Hosts {
			ask(i)
			for j := range i {
				ask(j, i)
			}
		}
		if d := time.Since(b); d > 100*time.Millisecond {
			fmt.Println("seed", seed, "took", d, len(in.Hosts))
		}
	}
	fmt.Println(count, worst)
}
