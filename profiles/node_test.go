package profiles

import "testing"

func TestWhatANodeKeeps(t *testing.T) {
	const MB, GB = Bytes(1e6), Bytes(1e9)
	for _, name := range Names() {
		r := load1(t, name).Nodes
		for vcpu, want := range map[int]Millicores{1: 60, 2: 100, 4: 140, 6: 160, 8: 180, 12: 220, 16: 260, 32: 420, 64: 740, 128: 740} {
			if got := r.KeptCPU(vcpu); got != want {
				t.Errorf("%s: a node of %d keeps %s, want %s", name, vcpu, got, want)
			}
		}
		// The worked examples of the page: 8 GB with 30 pods, and 4 GB with 70, in which the quarter is less.
		for _, row := range []struct {
			memory Bytes
			pods   int
			os     bool
			want   Bytes
		}{
			{8 * GB, 30, false, 650*MB + 100*MiB},
			{4 * GB, 70, false, 1000*MB + 100*MiB},
			{8 * GB, 30, true, 650*MB + 100*MiB + 2*GB},
		} {
			if got := r.KeptMemory(row.memory, row.pods, row.os); got != row.want {
				t.Errorf("%s: a node of %s with %d pods keeps %s, want %s", name, row.memory, row.pods, got, row.want)
			}
		}
	}
}
