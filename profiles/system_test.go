package profiles

import "testing"

func TestHostsAreRecognisedByProductAndBuild(t *testing.T) {
	platforms := map[string]Profile{}
	for _, name := range Names() {
		platforms[name] = load1(t, name)
	}
	for name, row := range map[string]struct {
		product  string
		build    int
		platform string
		version  string
	}{
		"Windows Server 2019":                       {"Microsoft Windows Server 2019 Datacenter", 17763, "windows-server-2019", ""},
		"Windows Server 2022":                       {"Microsoft Windows Server 2022 Datacenter", 20348, "windows-server-2022", ""},
		"21H2 has the build of Windows Server 2022": {"Microsoft Azure Stack HCI", 20348, "azure-stack-hci-20h2", "21H2"},
		"20H2":                {"Azure Stack HCI", 17784, "azure-stack-hci-20h2", "20H2"},
		"22H2":                {"Azure Stack HCI", 20349, "azure-stack-hci-22h2", "22H2"},
		"Windows Server 2025": {"Windows Server 2025 Datacenter", 26100, "windows-server-2025", ""},
		"Azure Local has the build of Windows Server 2025": {"Microsoft Azure Stack HCI", 26100, "azure-local", "24H2"},
		"Azure Local 23H2":                       {"microsoft azure stack hci", 25398, "azure-local", "23H2"},
		"a server without platform":              {"Microsoft Windows Server 2016 Datacenter", 14393, "", ""},
		"a name that does not go with the build": {"Microsoft Windows Server 2022 Datacenter", 17763, "", ""},
		"no product name":                        {"", 20348, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for platform, p := range platforms {
				s, ok := p.System(row.product, row.build)
				if ok != (platform == row.platform) || s.Version != map[bool]string{true: row.version}[ok] {
					t.Errorf("%s takes %q with build %d: %v as version %q", platform, row.product, row.build, ok, s.Version)
				}
			}
		})
	}
}

func TestOnlyDatacenterIsAllowedOnWindowsServer(t *testing.T) {
	for _, name := range []string{"windows-server-2019", "windows-server-2022", "windows-server-2025"} {
		for _, s := range load1(t, name).Systems {
			if len(s.Editions) != 1 || s.Editions[0] != "Datacenter" {
				t.Errorf("%s allows the editions %q", name, s.Editions)
			}
		}
	}
}
