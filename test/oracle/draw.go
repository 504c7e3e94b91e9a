// Package oracle holds planner/packing against integer programs: it draws instances near the
// edge, writes each question as a program for cbc and glpsol, and runs them.
package oracle

import (
	"math/rand/v2"

	"github.com/arcwright/arcwright/planner/packing"
)

// An Instance is a drawn deployment. Memory is in MiB.
type Instance struct {
	Hosts  []packing.Host
	Groups []packing.Group
}

// size is a machine of the AksHci catalogue.
type size struct{ gib, vcpus, gpus int64 }

var (
	small   = []size{{8, 4, 0}, {4, 2, 0}, {4, 4, 0}, {6, 4, 0}, {8, 2, 0}}
	workers = []size{{4, 4, 0}, {4, 2, 0}, {8, 4, 0}, {8, 2, 0}, {16, 4, 0}, {32, 8, 0}, {64, 16, 0}, {128, 32, 0}, {7, 2, 0}, {14, 2, 0}, {28, 8, 0}, {56, 16, 0}, {56, 8, 0}, {2, 4, 0}, {2, 2, 0}, {6, 4, 0}}
	visual  = []size{{12, 6, 1}, {24, 12, 2}}
	memory  = []int64{96, 128, 192, 256, 384, 512, 768, 1024}
	cores   = []int64{16, 24, 32, 40, 48, 64, 80}
)

// Draw draws an instance: up to 16 hosts that are all alike, of two models or all different,
// and up to 400 machines, so many that what is left after losing up to two hosts is
// about full in memory, in virtual processors or in both.
func Draw(seed uint64, mostHosts, mostMachines int) Instance {
	r := rand.New(rand.NewPCG(seed, 20261122))
	var in Instance
	host := func() packing.Host {
		m, c := memory[r.IntN(len(memory))], cores[r.IntN(len(cores))]
		kept := max(32, (m*8+99)/100)
		if m-kept < 64 {
			kept = m / 4
		}
		return packing.Host{Room: packing.Vector{(m - kept) * 1024, (c - max(2, (c+9)/10)) * 4, 0}, Largest: 2 * c}
	}
	k := 2 + r.IntN(mostHosts-1)
	models := []packing.Host{host(), host()}
	style := r.IntN(3)
	for i := range k {
		switch style {
		case 0:
			in.Hosts = append(in.Hosts, models[0])
		case 1:
			in.Hosts = append(in.Hosts, models[min(i*2/k, 1)])
		case 2:
			h := host()
			h.Room[packing.Memory] -= int64(r.IntN(4)) * 1024 // a cache drive more or less
			in.Hosts = append(in.Hosts, h)
		}
	}
	graphics := r.IntN(6) == 0
	if graphics {
		for i := range in.Hosts {
			in.Hosts[i].Room[packing.GPUs] = int64(r.IntN(3))
		}
	}
	in.machines(r, mostMachines, graphics)
	return in
}

// machines draws machines up to a share of what is left after a loss.
func (in *Instance) machines(r *rand.Rand, most int, graphics bool) {
	lost := min(r.IntN(3), len(in.Hosts)-1)
	var room, full, need packing.Vector
	for i, h := range in.Hosts {
		for d, n := range h.Room {
			full[d] += n
			if i >= lost {
				room[d] += n
			}
		}
	}
	share := 0.90 + 0.105*r.Float64()
	total := 0
	put := func(s size, n int, apart bool) bool {
		v := packing.Vector{s.gib * 1024, s.vcpus, s.gpus}
		for ; n > 0; n-- {
			over := total+n > most
			for d := range v {
				over = over || float64(need[d]+int64(n)*v[d]) > float64(room[d])*share
			}
			if !over {
				break
			}
		}
		if n <= 0 {
			return false
		}
		total += n
		for d := range v {
			need[d] += int64(n) * v[d]
		}
		in.Groups = append(in.Groups, packing.Group{Size: v, Count: n, Apart: apart})
		return true
	}
	for range 1 + r.IntN(8) {
		control := small[r.IntN(len(small))]
		put(control, []int{1, 3, 3, 3, 5}[r.IntN(5)], true)
		put(small[r.IntN(len(small))], 1, false)
	}
	if graphics {
		put(visual[r.IntN(2)], 1+r.IntN(6), false)
	}
	kinds := 1 + r.IntN(6)
	var pools []size
	for range kinds {
		pools = append(pools, workers[r.IntN(len(workers))])
	}
	for misses := 0; misses < 4; {
		if !put(pools[r.IntN(kinds)], 1+r.IntN(24), false) {
			misses++
		}
	}
	// a few small ones, right up to the share
	for _, s := range []size{{16, 4, 0}, {8, 4, 0}, {4, 2, 0}, {2, 2, 0}} {
		put(s, r.IntN(3), false)
	}
	if r.IntN(2) == 0 { // processors as scarce as memory
		spare := 1 + 0.08*r.Float64()
		for i := range in.Hosts {
			part := float64(in.Hosts[i].Room[packing.VCPUs]) / float64(room[packing.VCPUs])
			in.Hosts[i].Room[packing.VCPUs] = max(int64(part*spare*float64(need[packing.VCPUs])), 4)
		}
	}
}

// Large draws an instance of 16 hosts and 350 to 400 machines.
func Large(seed uint64) Instance {
	for try := uint64(0); ; try++ {
		in := Draw(seed<<20+try, 16, 400)
		machines := 0
		for _, g := range in.Groups {
			machines += g.Count
		}
		if len(in.Hosts) == 16 && machines >= 350 {
			return in
		}
	}
}
