package sim

import (
	"encoding/json"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/google/go-cmp/cmp"
)

// The keys are those of an inventory, but sizes are bytes and the skew is in seconds.
func TestReadHost(t *testing.T) {
	inv := labInventory()
	inv.Hosts[0].Drives = []planner.Drive{{Role: planner.BootDrive, Count: 1, Model: "M", Media: "SSD", Bus: "SATA", Size: 480e9}}
	inv.Hosts[0].Adapters = []planner.Adapter{{Name: "NIC1", Description: "D", Gbps: 25, RDMA: true}}
	inv.Hosts[0].Firmware = planner.Firmware{UEFI: planner.Yes, SecureBoot: planner.No, TPM: "2.0"}
	l := newLab(t, inv, labOptions(t))
	result, fail := l.script("hv01", "read-host", object{})
	if fail != nil {
		t.Fatal(fail)
	}
	var got, want any
	const text = `{"name": "hv01.lab.example", "address": "10.0.0.11", "maker": "", "model": "",
		"processor": {"name": "", "sockets": 2, "cores": 32, "logical": 64, "slat": "", "virtualization": ""}, "memory": 137438953472,
		"firmware": {"uefi": "yes", "secureBoot": "no", "tpm": "2.0"},
		"os": {"product": "Windows Server 2022 Datacenter", "edition": "", "build": 20348, "language": "en-US"}, "domain": "lab.example", "skew": 0.1,
		"drives": [{"role": "boot", "count": 1, "model": "M", "media": "SSD", "bus": "SATA", "size": 480000000000}],
		"adapters": [{"name": "NIC1", "description": "D", "gbps": 25, "rdma": true}], "switches": [{"name": "Compute", "type": "External"}],
		"aksHciModule": "", "prepared": false, "features": ["Hyper-V"], "unread": [],
		"failoverCluster": {"name": "labclu", "address": "10.0.0.20", "volumes": [{"path": "C:\\ClusterStorage\\Volume01", "size": 1099511627776, "free": 549755813888}],
			"networks": [{"name": "Management", "subnet": "10.0.0.0/24", "role": "ClusterAndClient"}]}}`
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(result, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read-host (-want +got):\n%s", diff)
	}
}
