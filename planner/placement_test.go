package planner

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/profiles"
)

// vms is n machines of some GiB, 4 virtual processors each.
func vms(n int, gib Bytes) Machines {
	return Machines{Cluster: "c", Pool: "p", Role: profiles.Worker, Size: "size", Count: n, VCPUs: 4, Memory: gib * profiles.GiB}
}

func rooms(gib ...Bytes) []room {
	var list []room
	for _, g := range gib {
		list = append(list, room{g * profiles.GiB, 64})
	}
	return list
}

func TestFit(t *testing.T) {
	big := vms(1, 8)
	big.VCPUs = 65
	for _, test := range []struct {
		name     string
		machines []Machines
		hosts    []room
		want     Verdict
		says     string
	}{
		{"nothing fits anywhere", nil, nil, Guaranteed, ""},
		{"one host with room for all", []Machines{vms(4, 16)}, rooms(64), Guaranteed, ""},
		{"one GiB too little", []Machines{vms(4, 16)}, rooms(63), Impossible, "1GiB short"},
		{"small machines and much room: wherever they stand", []Machines{vms(20, 8)}, rooms(100, 100, 100), Guaranteed, ""},
		{"tight, but an arrangement exists", []Machines{vms(2, 32), vms(4, 16)}, rooms(64, 64), Possible, ""},
		{"a machine larger than any host, though the sum is ample", []Machines{vms(1, 128)}, rooms(100, 100, 100), Impossible, "largest host has 100GiB"},
		{"a machine with more processors than any host", []Machines{big}, rooms(100, 100), Impossible, "65 virtual processors"},
		{"three large machines on two hosts that hold one each", []Machines{vms(3, 60)}, rooms(100, 100), Impossible, "3 machines have 60GiB or more, the hosts hold 2"},
		{"every host full to the last GiB", []Machines{vms(2, 30), vms(4, 20), vms(1, 10)}, rooms(60, 60, 30), Possible, ""},
		{"an arrangement exists, 45 with 35 and 20 twice, that largest-first does not find", []Machines{vms(2, 45), vms(2, 35), vms(2, 20)}, rooms(100, 100), Undecided, "no arrangement"},
		{"seven of 26 GiB and more in two hosts that hold three each", []Machines{vms(6, 26), vms(1, 44)}, rooms(100, 100), Impossible, "7 machines have 26GiB or more, the hosts hold 6"},
		{"a size that is not known", []Machines{{Count: 1, Role: profiles.Worker}, vms(1, 8)}, rooms(100), Undecided, "not known"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, why := fit(test.machines, test.hosts)
			if got != test.want || !strings.Contains(why, test.says) {
				t.Errorf("fit says %s (%s), want %s (%s)", got, why, test.want, test.says)
			}
		})
	}
}

func TestTheGuaranteeIsExactToTheByte(t *testing.T) {
	sized := func(memory Bytes, n int) Machines {
		m := vms(n, 1)
		m.Memory = memory
		return m
	}
	// with 5 in each host there is no place for 6; with one byte more there always is
	machines := []Machines{sized(6, 1), sized(5, 2)}
	if got, _ := fit(machines, []room{{10, 64}, {10, 64}}); got != Possible {
		t.Errorf("in two hosts of 10: %s, want possible", got)
	}
	if got, _ := fit([]Machines{sized(6, 1), sized(5, 1), sized(4, 1)}, []room{{10, 64}, {10, 64}}); got != Guaranteed {
		t.Errorf("with one less to place: %s, want guaranteed", got)
	}
}

// arranged tries every arrangement of single machines.
func arranged(machines, hosts []Bytes) bool {
	if len(machines) == 0 {
		return true
	}
	for i := range hosts {
		if hosts[i] >= machines[0] {
			hosts[i] -= machines[0]
			ok := arranged(machines[1:], hosts)
			hosts[i] += machines[0]
			if ok {
				return true
			}
		}
	}
	return false
}

// stuck reports whether some order and some choice of hosts leaves a machine without one.
func stuck(machines, hosts []Bytes) bool {
	for i, m := range machines {
		rest := append(append([]Bytes{}, machines[:i]...), machines[i+1:]...)
		placed := false
		for h := range hosts {
			if hosts[h] >= m {
				placed = true
				hosts[h] -= m
				bad := stuck(rest, hosts)
				hosts[h] += m
				if bad {
					return true
				}
			}
		}
		if !placed {
			return true
		}
	}
	return false
}

// TestFitIsNeverWrong holds the verdicts against trying everything.
func TestFitIsNeverWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var single, hosts []Bytes
		var groups []Machines
		var space []room
		for range rapid.IntRange(1, 3).Draw(t, "hosts") {
			h := rapid.Int64Range(0, 24).Draw(t, "host")
			hosts, space = append(hosts, Bytes(h)), append(space, room{Bytes(h), 64})
		}
		for range rapid.IntRange(1, 3).Draw(t, "groups") {
			g := vms(rapid.IntRange(1, 2).Draw(t, "count"), 1)
			g.Memory = Bytes(rapid.Int64Range(1, 12).Draw(t, "memory"))
			groups = append(groups, g)
			for range g.Count {
				single = append(single, g.Memory)
			}
		}
		verdict, why := fit(groups, space)
		fits := arranged(single, hosts)
		switch {
		case verdict == Impossible && (fits || why == ""):
			t.Fatalf("says impossible (%q) of %v on %v", why, single, hosts)
		case verdict == Possible && !fits:
			t.Fatalf("says possible of %v on %v", single, hosts)
		case verdict == Guaranteed && stuck(single, hosts):
			t.Fatalf("says guaranteed of %v on %v", single, hosts)
		}
	})
}

// rank orders the verdicts that are proofs.
func rank(v Verdict) int {
	return map[Verdict]int{Impossible: 0, Undecided: 1, Possible: 1, Guaranteed: 2}[v]
}

func TestLessRoomNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var space []room
		for range rapid.IntRange(2, 8).Draw(t, "hosts") {
			space = append(space, room{Bytes(rapid.Int64Range(0, 600).Draw(t, "host")) * profiles.GiB, Cores(rapid.IntRange(2, 128).Draw(t, "logical"))})
		}
		var machines []Machines
		for range rapid.IntRange(1, 8).Draw(t, "groups") {
			g := vms(rapid.IntRange(1, 30).Draw(t, "count"), Bytes(rapid.SampledFrom([]int64{2, 4, 8, 16, 32, 64, 128}).Draw(t, "memory")))
			g.VCPUs = Cores(rapid.SampledFrom([]int{2, 4, 8, 16, 32}).Draw(t, "vcpus"))
			machines = append(machines, g)
		}
		verdict, _ := fit(machines, space)
		fewer, _ := fit(machines, without(space, rapid.IntRange(0, len(space)-1).Draw(t, "lost")))
		if rank(fewer) > rank(verdict) {
			t.Fatalf("%s with all hosts and %s with one less", verdict, fewer)
		}
		more, _ := fit(append(append([]Machines{}, machines...), vms(1, 16)), space)
		if rank(more) > rank(verdict) {
			t.Fatalf("%s with the machines and %s with one more", verdict, more)
		}
	})
}
