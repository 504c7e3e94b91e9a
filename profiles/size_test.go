package profiles

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSizesOfTheAksHciGeneration(t *testing.T) {
	want := map[string]string{
		"Default": "4 4GiB", "Standard_A2_v2": "2 4GiB", "Standard_A4_v2": "4 8GiB",
		"Standard_D2s_v3": "2 8GiB", "Standard_D4s_v3": "4 16GiB", "Standard_D8s_v3": "8 32GiB", "Standard_D16s_v3": "16 64GiB", "Standard_D32s_v3": "32 128GiB",
		"Standard_DS2_v2": "2 7GiB", "Standard_DS4_v2": "8 28GiB", "Standard_DS5_v2": "16 56GiB", "Standard_DS13_v2": "8 56GiB",
		"Standard_DS3_v2": "2 14GiB", // 4 processors in public Azure
		"Standard_K8S_v1": "4 2GiB test", "Standard_K8S2_v1": "2 2GiB test", "Standard_K8S3_v1": "4 6GiB",
		"Standard_NK6": "6 12GiB 1 Tesla T4 8GiB", "Standard_NK12": "12 24GiB 2 Tesla T4 16GiB",
	}
	for _, name := range aksHci {
		if diff := cmp.Diff(want, catalogue(load1(t, name))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestSizesOfAzureLocal(t *testing.T) {
	want := map[string]string{
		"Standard_A2_v2": "2 4GiB", "Standard_K8S3_v1": "4 6GiB", "Standard_A4_v2": "4 8GiB", "Standard_D4s_v3": "4 16GiB",
		"Standard_D8s_v3": "8 32GiB", "Standard_D16s_v3": "16 64GiB since 2503", "Standard_D32s_v3": "32 128GiB since 2503",
		"Standard_NK6": "6 12GiB 1 T4 8GiB since 2408", "Standard_NK12": "12 24GiB 2 T4 16GiB since 2408",
		"Standard_NC4_A2": "4 8GiB 1 A2 16GiB since 2311.2", "Standard_NC8_A2": "8 16GiB 1 A2 16GiB since 2311.2",
		"Standard_NC16_A2": "16 64GiB 2 A2 32GiB since 2311.2", "Standard_NC32_A2": "32 128GiB 2 A2 32GiB since 2311.2",
		"Standard_NC4_A16": "4 8GiB 1 A16 16GiB since 2402", "Standard_NC8_A16": "8 16GiB 1 A16 16GiB since 2402",
		"Standard_NC16_A16": "16 64GiB 2 A16 32GiB since 2402", "Standard_NC32_A16": "32 128GiB 2 A16 32GiB since 2402",
		"Standard_NC16_L4_1": "16 64GiB 1 L4 24GiB since 2512 preview", "Standard_NC16_L4_2": "16 64GiB 2 L4 48GiB since 2512 preview",
		"Standard_NC32_L4_1": "32 128GiB 1 L4 24GiB since 2512 preview", "Standard_NC32_L4_2": "32 128GiB 2 L4 48GiB since 2512 preview",
		"Standard_NC16_L40_1": "16 64GiB 1 L40 48GiB since 2512 preview", "Standard_NC16_L40_2": "16 64GiB 2 L40 96GiB since 2512 preview",
		"Standard_NC32_L40_1": "32 128GiB 1 L40 48GiB since 2512 preview", "Standard_NC32_L40_2": "32 128GiB 2 L40 96GiB since 2512 preview",
		"Standard_NC16_L40S_1": "16 64GiB 1 L40S 48GiB since 2512 preview", "Standard_NC16_L40S_2": "16 64GiB 2 L40S 96GiB since 2512 preview",
		"Standard_NC32_L40S_1": "32 128GiB 1 L40S 48GiB since 2512 preview", "Standard_NC32_L40S_2": "32 128GiB 2 L40S 96GiB since 2512 preview",
		"Standard_NC16_RTX6000Pro_1": "16 64GiB 1 RTX Pro 6000 48GiB since 2603 preview", "Standard_NC16_RTX6000Pro_2": "16 64GiB 2 RTX Pro 6000 96GiB since 2603 preview",
		"Standard_NC32_RTX6000Pro_1": "32 128GiB 1 RTX Pro 6000 48GiB since 2603 preview", "Standard_NC32_RTX6000Pro_2": "32 128GiB 2 RTX Pro 6000 96GiB since 2603 preview",
	}
	if diff := cmp.Diff(want, catalogue(load1(t, "azure-local"))); diff != "" {
		t.Error(diff)
	}
}

// catalogue is a platform's sizes, one line each.
func catalogue(p Profile) map[string]string {
	list := map[string]string{}
	for _, s := range p.Sizes {
		line := fmt.Sprint(s.VCPU, " ", s.Memory)
		if s.GPU.Count > 0 {
			line += fmt.Sprint(" ", s.GPU.Count, " ", s.GPU.Model, " ", s.GPU.Memory)
		}
		if s.Since != "" {
			line += " since " + s.Since
		}
		if s.Preview {
			line += " preview"
		}
		if s.TestOnly {
			line += " test"
		}
		list[s.Name] = line
	}
	return list
}

func TestRolesOfSizes(t *testing.T) {
	for name, row := range map[string]struct {
		platform, size string
		role           Role
		want           bool
	}{
		"a management cluster of the usual size":          {"windows-server-2022", "Standard_A4_v2", Management, true},
		"a load balancer that grew":                       {"windows-server-2022", "Standard_D8s_v3", LoadBalancer, true},
		"a GPU is for workers":                            {"windows-server-2022", "Standard_NK6", Worker, true},
		"no GPU for a control plane":                      {"windows-server-2022", "Standard_NK6", ControlPlane, false},
		"a test size is no management cluster":            {"windows-server-2022", "Standard_K8S_v1", Management, false},
		"the smallest control plane on Azure Local":       {"azure-local", "Standard_K8S3_v1", ControlPlane, true},
		"too small for a control plane on Azure Local":    {"azure-local", "Standard_A2_v2", ControlPlane, false},
		"too large for a control plane on Azure Local":    {"azure-local", "Standard_D16s_v3", ControlPlane, false},
		"no load balancer machine on Azure Local":         {"azure-local", "Standard_A4_v2", LoadBalancer, false},
		"no management cluster of its own on Azure Local": {"azure-local", "Standard_A4_v2", Management, false},
	} {
		s, ok := load1(t, row.platform).VMSize(row.size)
		if !ok || s.Allows(row.role) != row.want {
			t.Errorf("%s: %s on %s for %s: known %v, allowed %v; want %v", name, row.size, row.platform, row.role, ok, s.Allows(row.role), row.want)
		}
	}
	if s, ok := load1(t, "windows-server-2022").VMSize("standard_a4_v2"); ok {
		t.Errorf("standard_a4_v2 is taken for %s", s.Name)
	}
}

func TestDefaultSizes(t *testing.T) {
	for _, name := range Names() {
		d := load1(t, name).Defaults
		got := [...]string{show(d.Management), show(d.ControlPlane), show(d.LoadBalancer), show(d.LinuxWorker), show(d.WindowsWorker)}
		want := [...]string{"Standard_A4_v2", "Standard_A4_v2", "Standard_A4_v2", "Standard_K8S3_v1", "Standard_K8S3_v1"}
		if name == "azure-local" {
			want = [...]string{"-", "Standard_A4_v2", "-", "Standard_A4_v2", "Standard_K8S3_v1"}
		}
		if got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
