package profiles

import "testing"

func TestCertifiedHardwareIsFoundByMakerAndFamily(t *testing.T) {
	for _, c := range []struct {
		maker, model string
		certified    bool
	}{
		{"Dell Inc.", "AX-650", true},
		{"DELL INC.", "ax-7525", true},
		{"Lenovo", "ThinkAgile MX650 V3", true},
		{"Lenovo", "Lenovo ThinkAgile MX650 V3", true},
		{"Lenovo", "ThinkSystem SR650", false},
		{"Dell Inc.", "PowerEdge R750", false},
		{"Contoso", "AX-650", false},
		{"", "", false},
	} {
		for _, name := range Names() {
			h, found := load1(t, name).Certified(c.maker, c.model)
			if found != c.certified {
				t.Errorf("%s: %s %s is certified: %v, as %+v", name, c.maker, c.model, found, h)
			}
		}
	}
}
