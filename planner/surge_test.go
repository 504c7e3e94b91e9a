package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/profiles"
)

func TestAnUpgradeAddsTheLargestMachines(t *testing.T) {
	machine := func(size string, role profiles.Role, memory Bytes, vcpus Cores, gpus int) Machines {
		return Machines{Size: size, Role: role, Memory: memory * profiles.GiB, VCPUs: vcpus, GPUs: gpus, Count: 3}
	}
	worker := func(size string, memory Bytes, vcpus Cores, gpus int) Machines {
		return machine(size, profiles.Worker, memory, vcpus, gpus)
	}
	for _, c := range []struct {
		name   string
		steady []Machines
		want   []string
	}{
		{"the machine with most memory", []Machines{worker("a", 4, 8, 0), worker("b", 8, 1, 0), worker("c", 6, 9, 0)}, []string{"b"}},
		{"of like memory the one with most processors", []Machines{worker("a", 8, 2, 0), worker("b", 8, 4, 0), worker("c", 8, 3, 0)}, []string{"b"}},
		{"of like machines the first", []Machines{worker("a", 8, 4, 0), worker("b", 8, 4, 0)}, []string{"a"}},
		{"less memory is not made up by processors", []Machines{worker("a", 8, 2, 0), worker("b", 4, 64, 0)}, []string{"a"}},
		{"the management cluster besides", []Machines{machine("m", profiles.Management, 64, 16, 0), worker("a", 4, 4, 0)}, []string{"m", "a"}},
		{"the appliance is not replaced", []Machines{machine("x", Appliance, 64, 16, 0), worker("a", 4, 4, 0)}, []string{"a"}},
		{"the machine with most GPUs besides", []Machines{worker("a", 8, 4, 0), worker("g", 4, 4, 1), worker("h", 4, 4, 2)}, []string{"a", "h"}},
		{"of like GPUs the machine with most memory", []Machines{worker("a", 9, 4, 0), worker("g", 4, 4, 1), worker("h", 5, 4, 1), worker("i", 3, 4, 1)}, []string{"a", "h"}},
		{"of like GPUs and memory the first", []Machines{worker("a", 9, 4, 0), worker("g", 4, 4, 1), worker("h", 4, 4, 1)}, []string{"a", "g"}},
		{"fewer GPUs are not made up by memory", []Machines{worker("a", 9, 4, 0), worker("g", 4, 4, 2), worker("h", 8, 4, 1)}, []string{"a", "g"}},
		{"one machine that is both once", []Machines{worker("a", 8, 4, 0), worker("g", 9, 4, 1)}, []string{"g"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, m := range surge(c.steady) {
				got = append(got, m.Size)
				if m.Count != 1 {
					t.Errorf("%d of %s", m.Count, m.Size)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("machines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheWorstStateIsJudgedForCores(t *testing.T) {
	state := func(name string, in, carried int, short Shortage) FabricRoom {
		return FabricRoom{State: name, VCPUsIn: Cores(in), VCPUs: Cores(carried), Short: short}
	}
	for _, c := range []struct {
		name   string
		states []FabricRoom
		worst  string
	}{
		{"nothing is short", []FabricRoom{state("a", 8, 8, ""), state("b", 7, 8, "")}, ""},
		{"one processor too many", []FabricRoom{state("a", 9, 8, "")}, "a"},
		{"the state that lacks most", []FabricRoom{state("a", 10, 8, ""), state("b", 13, 9, ""), state("c", 9, 7, "")}, "b"},
		{"of states that lack as much the first", []FabricRoom{state("a", 10, 8, ""), state("b", 11, 9, "")}, "a"},
		{"a state that fits only with more on some host", []FabricRoom{state("a", 8, 8, ""), state("b", 6, 8, ShortProcessors)}, "b"},
		{"of two such states the first", []FabricRoom{state("a", 6, 8, ShortProcessors), state("b", 6, 8, ShortProcessors)}, "a"},
		{"a state that lacks goes before one that fits so", []FabricRoom{state("a", 9, 8, ""), state("b", 6, 8, ShortProcessors)}, "a"},
		{"memory is judged elsewhere", []FabricRoom{state("a", 8, 8, ""), state("b", 6, 8, ShortMemory)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, found := coresFinding(Headroom{States: c.states}, profiles.Reserve{})
			if found != (c.worst != "") || found && f.Message[:1] != c.worst {
				t.Errorf("found %v: %s", found, f.Message)
			}
		})
	}
}

func TestTheShareThatStaysFree(t *testing.T) {
	room := func(free Bytes, verdict Verdict, short Shortage) Headroom {
		return Headroom{ReservePercent: 10, States: []FabricRoom{{Usable: 100 * profiles.GiB, Free: free, Verdict: verdict, Short: short}}}
	}
	const tenth = 10 * profiles.GiB
	for _, c := range []struct {
		name   string
		room   Headroom
		missed bool
	}{
		{"the share is free", room(tenth, Guaranteed, ""), false},
		{"a byte less is free", room(tenth-1, Guaranteed, ""), true},
		{"machines that do not fit are another matter", room(0, Impossible, ShortMemory), false},
		{"machines that wait for processors fit", room(0, Impossible, ShortProcessors), true},
		{"machines that stand together fit", room(0, Impossible, ShortSeparation), true},
	} {
		if _, missed := reserveFinding(c.room, ""); missed != c.missed {
			t.Errorf("%s: missed %v", c.name, missed)
		}
	}
}
