package profiles

import "testing"

func TestAddOnsStandDifferentlyByPlatform(t *testing.T) {
	for _, c := range []struct {
		platform, name string
		standing       Standing
	}{
		{"windows-server-2022", "azure-rbac", Unsupported},
		{"azure-local", "azure-rbac", Supported},
		{"azure-local", "gmsa", Unsupported},
		{"azure-stack-hci-22h2", "gmsa", Supported},
		{"windows-server-2025", "defender", Preview},
	} {
		a, ok := load1(t, c.platform).AddOn(c.name)
		if !ok || a.Standing != c.standing {
			t.Errorf("%s on %s: %q, %v", c.name, c.platform, a.Standing, ok)
		}
	}
	if a, _ := load1(t, "azure-stack-hci-22h2").AddOn("gmsa"); len(a.Products) != 1 || a.Products[0] != "Windows Server" {
		t.Errorf("gmsa is for hosts with %v", a.Products)
	}
	if _, ok := load1(t, "azure-local").AddOn("coffee"); ok {
		t.Error("there is an add-on for coffee")
	}
}

// What may be asked for and has ended must be an add-on, or its end is never judged.
func TestRetiredComponentsAreAddOns(t *testing.T) {
	for _, name := range Names() {
		p := load1(t, name)
		for _, r := range p.Retired {
			if _, ok := p.AddOn(r.Subject); !ok && r.Subject != "azure-linux-2" {
				t.Errorf("%s: %s is retired and no add-on", name, r.Subject)
			}
		}
	}
}

func TestFaultsAreOfReleases(t *testing.T) {
	for _, name := range Names() {
		p := load1(t, name)
		for _, f := range p.Faults {
			if _, ok := p.Release(f.Release); !ok && f.Release != "2506" {
				t.Errorf("%s: the release %s is not listed", name, f.Release)
			}
		}
	}
}

func TestSizesThatCannotBeFirst(t *testing.T) {
	p := load1(t, "azure-local")
	for size, notFirst := range map[string]bool{"Standard_NC16_L4_1": true, "Standard_NC32_L40S_2": true, "Standard_NC4_A2": false, "Standard_D4s_v3": false} {
		if s, ok := p.VMSize(size); !ok || s.NotFirst != notFirst {
			t.Errorf("%s: %v, %v", size, s.NotFirst, ok)
		}
	}
}
