package planner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/profiles"
)

// vms is n machines of some GiB, 4 virtual processors each.
func vms(n int, gib Bytes) Machines {
	return Machines{Cluster: "c", Pool: "p", Role: profiles.Worker, Size: "size", Count: n, VCPUs: 4, Memory: gib * profiles.GiB}
}

func rooms(gib ...Bytes) []room {
	var list []room
	for _, g := range gib {
		list = append(list, room{fmt.Sprintf("h%d", len(list)+1), g * profiles.GiB, 4000, 64, 0})
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
		{"an arrangement exists, 45 with 35 and 20 twice, that largest-first does not find", []Machines{vms(2, 45), vms(2, 35), vms(2, 20)}, rooms(100, 100), Possible, ""},
		{"seven of 26 GiB and more in two hosts that hold three each", []Machines{vms(6, 26), vms(1, 44)}, rooms(100, 100), Impossible, "7 machines have 26GiB or more, the hosts hold 6"},
		{"a size that is not known", []Machines{{Count: 1, Role: profiles.Worker}, vms(1, 8)}, rooms(100), Undecided, "not known"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, why := judged(nil, test.machines, test.hosts)
			if got != test.want || !strings.Contains(why, test.says) {
				t.Errorf("fit says %s (%s), want %s (%s)", got, why, test.want, test.says)
			}
		})
	}
}

// rank orders the verdicts that are proofs.
func rank(v Verdict) int {
	return map[Verdict]int{Impossible: 0, Undecided: 1, Possible: 1, Guaranteed: 2}[v]
}

// judged is the answer of a question with nothing lost.
func judged(running, arriving []Machines, hosts []room) (Verdict, string) {
	s := ask(hosts, running, arriving).state("all hosts")
	return s.Verdict, s.Why
}
