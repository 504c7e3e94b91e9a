package packing

import "testing"

func TestAStockIsNoWorseInEverything(t *testing.T) {
	s := stock{Vector{4, 4, 1}, 2}
	for _, c := range []struct {
		name   string
		other  stock
		covers bool
	}{
		{"the same", s, true},
		{"less memory", stock{Vector{3, 4, 1}, 2}, true},
		{"more memory", stock{Vector{5, 4, 1}, 2}, false},
		{"more processors", stock{Vector{4, 5, 1}, 2}, false},
		{"more GPUs", stock{Vector{4, 4, 2}, 2}, false},
		{"fewer siblings", stock{Vector{4, 4, 1}, 1}, true},
		{"more siblings", stock{Vector{4, 4, 1}, 3}, false},
		{"more siblings and less memory", stock{Vector{3, 4, 1}, 3}, false},
		{"fewer siblings and more memory", stock{Vector{5, 4, 1}, 1}, false},
	} {
		if got := s.covers(c.other); got != c.covers {
			t.Errorf("%s: covers %v", c.name, got)
		}
	}
}
