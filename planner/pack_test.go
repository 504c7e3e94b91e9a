package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arcwright/arcwright/profiles"
)

// sixteen is a node of 16 processors and 64 GiB.
var sixteen = NodeRoom{CPU: 16000, Memory: 64 * profiles.GiB, Pods: 110}

func TestPlace(t *testing.T) {
	small := PodSet{Count: 1, CPU: 500, Memory: profiles.GiB}
	of := func(p PodSet, replicas int, spread Spread) PodSet {
		p.Replicas, p.Spread = replicas, spread
		return p
	}
	full := NodeRoom{CPU: 1000, Memory: 64 * profiles.GiB, Pods: 110}
	for _, test := range []struct {
		name  string
		nodes []NodeSet
		pods  []PodSet
		want  []int
	}{
		{"eight pods of two processors fill a node of sixteen", []NodeSet{{sixteen, 60}}, []PodSet{{Count: 1, Replicas: 10_000, CPU: 2000, Memory: 8 * profiles.GiB}}, []int{480}},
		{"thirty-two small ones do", []NodeSet{{sixteen, 1000}}, []PodSet{of(small, 40_000, "")}, []int{32_000}},
		{"pods that ask for nothing end at the number of pods", []NodeSet{{sixteen, 2}}, []PodSet{{Count: 1, Replicas: 1000}}, []int{220}},
		{"memory may be what runs out", []NodeSet{{sixteen, 1}}, []PodSet{{Count: 1, Replicas: 10, CPU: 100, Memory: 30 * profiles.GiB}}, []int{2}},
		{"what comes first takes the room", []NodeSet{{sixteen, 1}}, []PodSet{of(small, 30, ""), {Count: 1, Replicas: 2, CPU: 2000, Memory: profiles.GiB}}, []int{30, 0}},
		{"apart is one on a node", []NodeSet{{sixteen, 5}}, []PodSet{of(small, 9, Apart)}, []int{5}},
		{"each Deployment is apart from itself only", []NodeSet{{sixteen, 5}}, []PodSet{{Count: 7, Replicas: 3, CPU: 500, Memory: profiles.GiB, Spread: Apart}}, []int{21}},
		{"even stops at the node that is full", []NodeSet{{sixteen, 3}, {full, 1}}, []PodSet{of(small, 100, Even)}, []int{2*4 + 3}},
		{"graphics processors are given whole", []NodeSet{{NodeRoom{CPU: 12000, Memory: 24 * profiles.GiB, Pods: 110, GPU: 2}, 3}}, []PodSet{{Count: 1, Replicas: 10, CPU: 100, GPU: 1}}, []int{6}},
		{"no node takes none", nil, []PodSet{of(small, 3, Even)}, []int{0}},
		{"nothing below zero is counted", []NodeSet{{sixteen, -4}}, []PodSet{of(small, -3, "")}, []int{0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Place(test.nodes, test.pods)); diff != "" {
				t.Errorf("placed (-want +got):\n%s", diff)
			}
		})
	}
}

// oneByOne places as the kube-scheduler does, one pod after another with every node looked at.
func oneByOne(nodes []NodeSet, pods []PodSet) []int {
	type node struct {
		room, used NodeRoom
		mine       int
	}
	var all []*node
	for _, s := range nodes {
		for range s.Count {
			all = append(all, &node{room: s.Room})
		}
	}
	placed := make([]int, len(pods))
	for i, p := range pods {
		for range p.Count {
			for _, n := range all {
				n.mine = 0
			}
			for range p.Replicas {
				least := 1 << 30
				for _, n := range all {
					least = min(least, n.mine)
				}
				var best *node
				var most float64
				for _, n := range all {
					if p.Spread == Apart && n.mine > 0 || p.Spread == Even && n.mine > least || n.room.holds(n.used, p) == 0 {
						continue
					}
					if taken := usedShare(n.room, n.used) + askedShare(n.room, p); best == nil || taken < most {
						best, most = n, taken
					}
				}
				if best == nil {
					break
				}
				best.used = NodeRoom{best.used.CPU + p.CPU, best.used.Memory + p.Memory, best.used.Pods + 1, best.used.GPU + p.GPU}
				best.mine++
				placed[i]++
			}
		}
	}
	return placed
}

func drawPods(t *rapid.T) []PodSet {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) PodSet {
		return PodSet{Count: rapid.IntRange(1, 4).Draw(t, "count"), Replicas: rapid.IntRange(1, 12).Draw(t, "replicas"),
			CPU:    Millicores(rapid.IntRange(1, 40).Draw(t, "cpu")) * 100,
			Memory: Bytes(rapid.IntRange(1, 40).Draw(t, "memory")) * 256 * profiles.MiB, Spread: rapid.SampledFrom([]Spread{"", Even, Apart}).Draw(t, "spread")}
	}), 1, 5).Draw(t, "pods")
}

func TestPlacingByLevelsIsPlacingOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := []NodeSet{{sixteen, rapid.IntRange(0, 9).Draw(t, "large")}, {NodeRoom{CPU: 3800, Memory: 13 * profiles.GiB, Pods: 20}, rapid.IntRange(0, 9).Draw(t, "small")}}
		pods := drawPods(t)
		got, want := Place(nodes, pods), oneByOne(nodes, pods)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("placed (-one by one +by levels):\n%s", diff)
		}
	})
}

func TestNodesAreNeverOverfull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPacker([]NodeSet{{sixteen, 5}, {NodeRoom{CPU: 3800, Memory: 13 * profiles.GiB, Pods: 20}, 4}})
		placed := 0
		for _, s := range drawPods(t) {
			placed += p.set(s)
		}
		nodes, pods := 0, 0
		for _, l := range p.levels {
			room := p.nodes[l.set].Room
			if l.used.CPU > room.CPU || l.used.Memory > room.Memory || l.used.Pods > room.Pods {
				t.Fatalf("a node of %+v is used %+v", room, l.used)
			}
			nodes, pods = nodes+l.n, pods+l.n*l.used.Pods
		}
		if nodes != 9 || pods != placed {
			t.Fatalf("%d nodes carry %d pods, 9 with %d were to", nodes, pods, placed)
		}
	})
}

// The work grows with the pods, whatever the nodes look like: here each is used in a way of
// its own.
func TestPlacingIsNearlyLinear(t *testing.T) {
	for _, spread := range []Spread{"", Even, Apart} {
		work := func(nodes int) float64 {
			p := newPacker([]NodeSet{{sixteen, nodes}})
			for i := range nodes {
				p.set(PodSet{Count: 1, Replicas: 1, CPU: 100, Memory: profiles.GiB + Bytes(i)*profiles.KiB})
			}
			before := p.steps
			if placed := p.set(PodSet{Count: 20 * nodes, Replicas: 1, CPU: 100, Memory: profiles.GiB, Spread: spread}); placed != 20*nodes {
				t.Fatalf("%d of %d placed", placed, 20*nodes)
			}
			return float64(p.steps - before)
		}
		if few, many := work(200), work(800); many > 5*few {
			t.Errorf("spread %q: %.0f levels are looked at for 4000 pods, %.0f for 16000", spread, few, many)
		}
	}
}

func BenchmarkPlace(b *testing.B) {
	b.Run("32000 small pods on 1000 nodes", func(b *testing.B) {
		for b.Loop() {
			if n := Place([]NodeSet{{sixteen, 1000}}, []PodSet{{Count: 1, Replicas: 32_000, CPU: 500, Memory: profiles.GiB}}); n[0] != 32_000 {
				b.Fatal(n)
			}
		}
	})
	b.Run("32000 pods of 100 kinds on 1000 nodes", func(b *testing.B) {
		var pods []PodSet
		for i := range 100 {
			pods = append(pods, PodSet{Count: 32, Replicas: 10, CPU: 300 + Millicores(i)*3, Memory: profiles.GiB - Bytes(i)*profiles.MiB, Spread: []Spread{"", Even, Apart}[i%3]})
		}
		for b.Loop() {
			Place([]NodeSet{{sixteen, 1000}}, pods)
		}
	})
}
