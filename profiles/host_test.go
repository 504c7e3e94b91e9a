package profiles

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHostRules(t *testing.T) {
	common := map[string]string{
		"memoryMin": "32GiB", "memoryRecommended": "256GiB", "coresMin": "16", "coresRecommended": "32", "singleMemory": "128GiB", "singleCores": "16",
		"bootDriveMin": "200GB", "driveSizeMin": "-", "driveBuses": "[SATA SAS NVMe PMem]", "adapters": "1", "skew": "2m0s", "language": "en-US",
		"bootDrive": "advised", "secureBoot": "advised", "tpm": "advised", "uefi": "advised", "slat": "required", "virtualization": "required",
		"sameModel": "required", "sameDrives": "required",
	}
	want := map[string]map[string]string{"azure-local": {
		"memoryMin": "32GiB", "memoryRecommended": "-", "coresMin": "-", "coresRecommended": "-", "singleMemory": "-", "singleCores": "-",
		"bootDriveMin": "200GB", "driveSizeMin": "500GB", "driveBuses": "[SATA SAS NVMe PMem]", "adapters": "2", "skew": "-", "language": "-",
		"bootDrive": "required", "secureBoot": "required", "tpm": "required", "uefi": "required", "slat": "required", "virtualization": "required",
		"sameModel": "required", "sameDrives": "required", "drivesMin": "2",
	}}
	for _, name := range aksHci {
		want[name] = map[string]string{"drivesMin": map[bool]string{true: "4", false: "2"}[name[:3] == "win"]}
		for k, v := range common {
			want[name][k] = v
		}
	}
	for _, name := range Names() {
		h := load1(t, name).Hosts
		got := map[string]string{
			"memoryMin": show(h.MemoryMin), "memoryRecommended": show(h.MemoryRecommended), "coresMin": show(h.CoresMin), "coresRecommended": show(h.CoresRecommended),
			"singleMemory": show(h.SingleMemoryRecommended), "singleCores": show(h.SingleCoresRecommended), "bootDriveMin": show(h.BootDriveMin),
			"drivesMin": show(h.DrivesMin), "driveSizeMin": show(h.DriveSizeMin), "driveBuses": show(h.DriveBuses), "adapters": show(h.AdaptersMin),
			"skew": show(h.TimeSkewMax), "language": show(h.Language), "bootDrive": show(h.BootDrive), "secureBoot": show(h.SecureBoot), "tpm": show(h.TPM),
			"uefi": show(h.UEFI), "slat": show(h.SLAT), "virtualization": show(h.Virtualization), "sameModel": show(h.SameModel), "sameDrives": show(h.SameDrives),
		}
		if diff := cmp.Diff(want[name], got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestReserve(t *testing.T) {
	for _, name := range Names() {
		r := load1(t, name).Reserve
		got := fmt.Sprint(show(r.Percent), " ", r.Memory.Base, " ", r.Memory.PerCacheTB, " ", r.Memory.Percent, " ", r.Cores.Min, " ", r.Cores.Percent, " ",
			show(r.VCPUPerCore), " ", r.Appliance.VCPU, " ", r.Appliance.Memory, " ", show(r.RepairDrivesMax))
		want := "15 32GiB 4GiB 8 2 10 4 0 0B 4"
		if name == "azure-local" {
			want = "15 32GiB 4GiB 8 2 10 4 4 8GiB 4"
		}
		if got != want {
			t.Errorf("%s keeps %q, want %q", name, got, want)
		}
	}
}
