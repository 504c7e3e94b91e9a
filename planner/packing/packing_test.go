package packing

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func alike(n int, memory, vcpus int64) []Host {
	return slices.Repeat([]Host{{Room: Vector{memory, vcpus, 0}, Largest: 64}}, n)
}

func group(n int, memory, vcpus int64) Group {
	return Group{Size: Vector{memory, vcpus, 0}, Count: n}
}

func apart(n int, memory, vcpus int64) Group {
	return Group{Size: Vector{memory, vcpus, 0}, Count: n, Apart: true}
}

func TestAnswer(t *testing.T) {
	for _, test := range []struct {
		name     string
		hosts    []Host
		running  []Group
		arriving []Group
		lost     []int
		want     Verdict
		proof    Kind
	}{
		{"nothing asks for nothing", alike(1, 10, 10), nil, nil, nil, Guaranteed, ""},
		{"no host is left", alike(1, 10, 10), []Group{group(1, 1, 1)}, nil, []int{0}, Impossible, NoHost},
		{"small machines and much room", alike(3, 100, 100), []Group{group(10, 4, 4)}, nil, []int{0, 1}, Guaranteed, ""},
		{"one more than the memory holds", alike(3, 100, 100), []Group{group(51, 4, 1)}, nil, []int{0}, Impossible, Sum},
		{"one more than the processors hold", alike(3, 100, 100), []Group{group(51, 1, 4)}, nil, []int{0}, Impossible, Sum},
		{"large machines of which a host holds one", alike(3, 100, 100), []Group{group(3, 51, 1)}, nil, []int{0}, Impossible, Crowd},
		{"sizes that never fill a host, with room to spare", alike(2, 100, 100), nil, []Group{group(2, 32, 1), group(7, 16, 1)}, nil, Guaranteed, ""},
		{"and one more of them", alike(2, 100, 100), nil, []Group{group(2, 32, 1), group(8, 16, 1), group(1, 2, 1)}, nil, Possible, ""},
		{"where rounding decides", alike(2, 100, 100), []Group{group(2, 32, 1), group(8, 16, 1), group(1, 8, 1)}, nil, nil, Impossible, Waste},
		{"memory on one machine, processors on the other: each alone suffices in sum", alike(2, 10, 10), []Group{group(3, 6, 1), group(2, 1, 6)}, nil, nil, Impossible, Crowd},
		{"what runs and is not lost does not start again", alike(2, 100, 100), []Group{group(2, 32, 1), group(7, 16, 1)}, nil, nil, Guaranteed, ""},
		{"three that stay apart on three hosts", alike(3, 10, 10), []Group{apart(3, 6, 1)}, nil, nil, Guaranteed, ""},
		{"three that may share the two that are left", alike(3, 20, 20), []Group{apart(3, 6, 1)}, nil, []int{0}, Guaranteed, ""},
		{"a machine that fills a host keeps those that stay apart from it", append(alike(2, 24, 24), Host{Room: Vector{24, 24, 0}, Largest: 64}),
			[]Group{apart(3, 8, 1), group(1, 24, 1)}, nil, nil, Impossible, Weights},
		{"without the third host they may share: the one case where less is more", alike(2, 24, 24), nil, []Group{apart(3, 8, 1), group(1, 24, 1)}, nil, Possible, ""},
		{"a machine with too many processors", alike(2, 500, 500), []Group{group(1, 1, 65)}, nil, nil, Impossible, NoHost},
		{"what runs on hosts that stay need not start", []Host{{Room: Vector{8, 8, 0}, Largest: 8}, {Room: Vector{64, 64, 0}, Largest: 64}},
			[]Group{group(1, 60, 1), group(1, 4, 1)}, nil, []int{0}, Guaranteed, ""},
		{"but what arrives must", []Host{{Room: Vector{8, 8, 0}, Largest: 8}, {Room: Vector{64, 64, 0}, Largest: 64}},
			[]Group{group(1, 4, 1)}, []Group{group(1, 60, 1)}, []int{0}, Guaranteed, ""},
		{"and may wait behind two small ones", []Host{{Room: Vector{8, 8, 0}, Largest: 8}, {Room: Vector{64, 64, 0}, Largest: 64}},
			[]Group{group(2, 4, 1)}, []Group{group(1, 60, 1)}, nil, Possible, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := New(test.hosts, test.running, test.arriving).Answer(test.lost...)
			if a.Verdict != test.want || a.Proof.Kind != test.proof {
				t.Errorf("answer %s %+v, want %s %s", a.Verdict, a.Proof, test.want, test.proof)
			}
			if a.Verdict == Possible {
				if err := valid(test.hosts, slices.Concat(test.running, test.arriving), a.Placement, test.lost); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestLossesOfLikeHostsAreOne(t *testing.T) {
	hosts := append(alike(3, 10, 10), alike(1, 20, 20)...)
	p := New(hosts, []Group{group(4, 5, 5)}, nil)
	var got []string
	for n := range 3 {
		for _, l := range p.Losses(n) {
			got = append(got, strings.Repeat("-", n)+string(l.Answer.Verdict))
			got[len(got)-1] += " " + cmp.Diff([][]int(nil), l.Lost)[:0]
			for _, lost := range l.Lost {
				got[len(got)-1] += "|"
				for _, i := range lost {
					got[len(got)-1] += string(rune('a' + i))
				}
			}
		}
	}
	want := []string{"guaranteed |", "-guaranteed |a|b|c", "-guaranteed |d", "--guaranteed |ab|ac|bc", "--guaranteed |ad|bd|cd"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("losses (-want +got):\n%s", diff)
	}
	if !p.Holds(2) || p.Holds(1) != true {
		t.Error("Holds differs from Losses")
	}
}

// TestLessRoomNeverHelps draws larger fabrics without groups that are kept apart, to which the
// rule has no exception.
func TestLessRoomNeverHelps(t *testing.T) {
	rank := map[Verdict]int{Impossible: 0, Undecided: 1, Possible: 1, Guaranteed: 2}
	rapid.Check(t, func(t *rapid.T) {
		var hosts []Host
		for range rapid.IntRange(2, 8).Draw(t, "hosts") {
			hosts = append(hosts, Host{Room: Vector{rapid.Int64Range(0, 300).Draw(t, "memory"), rapid.Int64Range(0, 200).Draw(t, "vCPUs"), 0}, Largest: rapid.Int64Range(2, 64).Draw(t, "largest")})
		}
		draw := func() Group {
			return group(rapid.IntRange(1, 30).Draw(t, "count"), rapid.SampledFrom([]int64{2, 4, 8, 16, 32, 64}).Draw(t, "size"), rapid.SampledFrom([]int64{2, 4, 8, 16}).Draw(t, "processors"))
		}
		var groups []Group
		for range rapid.IntRange(1, 6).Draw(t, "groups") {
			groups = append(groups, draw())
		}
		all := New(hosts, nil, groups).Answer()
		i := rapid.IntRange(0, len(hosts)-1).Draw(t, "removed")
		if fewer := New(slices.Delete(slices.Clone(hosts), i, i+1), nil, groups).Answer(); rank[fewer.Verdict] > rank[all.Verdict] {
			t.Fatalf("%s with all hosts and %s with one less", all.Verdict, fewer.Verdict)
		}
		p := New(hosts, groups, nil)
		if one, two := p.Answer(0), p.Answer(0, len(hosts)-1); rank[two.Verdict] > rank[one.Verdict] {
			t.Fatalf("%s after the loss of one and %s after the loss of two", one.Verdict, two.Verdict)
		}
		if more := New(hosts, nil, append(slices.Clone(groups), draw())).Answer(); rank[more.Verdict] > rank[all.Verdict] {
			t.Fatalf("%s with the machines and %s with more", all.Verdict, more.Verdict)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add(uint8(3), int64(100), int64(50), uint8(2), 3, int64(16), int64(4), int64(1)<<40, 1<<30)
	f.Fuzz(func(t *testing.T, hosts uint8, memory, vcpus int64, groups uint8, count int, size, processors, huge int64, many int) {
		if memory < 0 || vcpus < 0 || size < 1 || processors < 0 || huge < 1 || count < 0 || many < 0 || count > 1<<30 || many > 1<<30 {
			return
		}
		list := []Group{{Size: Vector{huge, processors, 0}, Count: many, Apart: groups%2 == 0}}
		for range groups % 5 {
			list = append(list, Group{Size: Vector{size, processors, 0}, Count: count, Apart: groups%3 == 0})
		}
		space := alike(int(hosts%9), memory, vcpus)
		a := New(space, list, nil).Answer()
		if a.Verdict == Possible {
			for h := range space {
				var sum Vector
				for g, n := range a.Placement[h] {
					for d := range resources {
						sum[d] += int64(n) * list[g].Size[d]
					}
				}
				if !sum.Fits(space[h].Room) {
					t.Fatalf("host %d has %v of %v", h, sum, space[h].Room)
				}
			}
		}
	})
}
