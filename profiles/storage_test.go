package profiles

import "testing"

func TestResiliencyByTheNumberOfHosts(t *testing.T) {
	for _, row := range []struct {
		name        string
		hosts       int
		media       Media
		want        string
		data, total int
	}{
		{"", 1, Flash, "two-way-mirror", 1, 2},
		{"", 2, Flash, "two-way-mirror", 1, 2},
		{"", 3, Hybrid, "three-way-mirror", 1, 3},
		{"", 16, Flash, "three-way-mirror", 1, 3},
		{"nested-two-way-mirror", 2, Flash, "nested-two-way-mirror", 1, 4},
		{"two-way-mirror", 8, Flash, "two-way-mirror", 1, 2},
		{"dual-parity", 4, Hybrid, "dual-parity", 2, 4},
		{"dual-parity", 8, Flash, "dual-parity", 4, 6},
		{"dual-parity", 11, Hybrid, "dual-parity", 4, 6},
		{"dual-parity", 11, Flash, "dual-parity", 6, 8},
		{"dual-parity", 14, Hybrid, "dual-parity", 8, 11},
		{"dual-parity", 16, Flash, "dual-parity", 12, 15},
		{"dual-parity", 3, Flash, "", 0, 0},
		{"three-way-mirror", 2, Flash, "", 0, 0},
		{"nested-two-way-mirror", 4, Flash, "", 0, 0},
	} {
		for _, platform := range Names() {
			got, ok := load1(t, platform).Storage.Resiliency(row.name, row.hosts, row.media)
			if ok != (row.want != "") || got.Name != row.want || got.Data != row.data || got.Total != row.total {
				t.Errorf("%s: %q on %d hosts of %s is %+v, want %s with %d of %d", platform, row.name, row.hosts, row.media, got, row.want, row.data, row.total)
			}
		}
	}
}
