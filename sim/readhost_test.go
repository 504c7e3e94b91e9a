package sim

import (
	"encoding/json"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/google/go-cmp/cmp"
)

// What Windows says is passed on as it says it: sizes in bytes, enumerations as numbers, flags of
// the processor that a hypervisor hides, drives one by one, and the service processor's own port.
func TestReadHost(t *testing.T) {
	inv := labInventory()
	h := &inv.Hosts[0]
	h.Drives = []planner.Drive{{Role: planner.BootDrive, Count: 1, Model: "M", Media: "SSD", Bus: "SATA", Size: 480e9},
		{Role: planner.CacheDrive, Count: 2, Model: "N", Media: "NVMe", Bus: "NVMe", Size: 800e9, PowerLossProtection: planner.Yes}}
	h.Adapters = []planner.Adapter{{Name: "NIC1", Description: "D", Gbps: 25, RDMA: true, Technology: "RoCEv2", IPv6: planner.No}}
	h.Firmware = planner.Firmware{UEFI: planner.Yes, SecureBoot: planner.No, TPM: "2.0", TPMReady: planner.Yes}
	h.GPUs = []planner.GPU{{Model: "NVIDIA T4", Count: 1}}
	l := newLab(t, inv, labOptions(t))
	result, fail := l.script("hv01", "read-host", object{})
	if fail != nil {
		t.Fatal(fail)
	}
	var got, want any
	const text = `{"computer": {"name": "hv01", "domain": "lab.example", "role": 3, "maker": "", "model": "", "memory": 137438953472, "hypervisor": true, "timeZone": "", "correction": [2]},
		"address": "10.0.0.11", "dns": [], "gateways": [], "modules": [], "migration": null, "proxy": null, "credSSP": "",
		"processors": [{"name": "", "cores": 16, "logical": 32, "mhz": 0, "architecture": 9, "slat": false, "virtualization": false},
			{"name": "", "cores": 16, "logical": 32, "mhz": 0, "architecture": 9, "slat": false, "virtualization": false}],
		"firmware": {"type": 2, "secureBoot": false, "vbs": null, "version": "",
			"chips": [{"version": "2.0, 0, 1.38", "enabled": true, "activated": true, "lockedOut": null}, {"version": "", "enabled": null, "activated": null, "lockedOut": null}]},
		"system": {"caption": "Microsoft Windows Server 2022 Datacenter", "sku": 0, "build": 20348, "patch": 0, "language": "en-US", "region": "", "dep": null, "powerShell": "5.1.20348"},
		"restart": {"servicing": false, "update": false, "name": false, "renames": []},
		"clock": ["Tracking lab.example.", "The current time is 12/5/2026 10:00:00 PM.", "22:00:00, +00.1000000s"],
		"drives": [
			{"id": "eui.hv01-00000", "serial": " hv01-00000", "model": "M", "media": "SSD", "bus": "SATA", "usage": "Auto-Select", "size": 480000000000, "logicalSector": 0, "physicalSector": 0, "health": "Healthy", "powerProtected": null},
			{"id": "eui.hv01-01000", "serial": " hv01-01000", "model": "N", "media": "SSD", "bus": "NVMe", "usage": "Journal", "size": 800000000000, "logicalSector": 0, "physicalSector": 0, "health": "Healthy", "powerProtected": true},
			{"id": "eui.hv01-01001", "serial": " hv01-01001", "model": "N", "media": "SSD", "bus": "NVMe", "usage": "Journal", "size": 800000000000, "logicalSector": 0, "physicalSector": 0, "health": "Healthy", "powerProtected": true}],
		"boot": [{"id": "eui.hv01-00000", "serial": "hv01-00000", "model": "M"}],
		"adapters": [{"name": "NIC1", "description": "D", "status": "Up", "speed": 25000000000, "driver": "", "mtu": 0, "rdma": true, "technology": "4", "ipv6": false},
			{"name": "Ethernet", "description": "Remote NDIS Compatible Device", "status": "Up", "speed": 426000000, "driver": "", "mtu": 0, "rdma": false, "technology": "", "ipv6": null}],
		"switches": [{"name": "Compute", "type": "External", "embedded": false, "adapters": []}],
		"graphics": [{"name": "NVIDIA T4", "assignable": true, "id": "PCI\\VEN_10DE&DEV_1EB8&SUBSYS_12A210DE&REV_A1\\6&0&0&0000"}],
		"aksHciModule": "", "prepared": false, "features": ["Hyper-V"], "registration": null, "unread": [],
		"failoverCluster": {"name": "labclu", "address": "10.0.0.20", "witness": "File Share Witness", "places": 1, "storageSpaces": "", "pools": ["Healthy"],
			"nodes": [{"name": "HV01", "state": "Up"}, {"name": "HV02", "state": "Up"}],
			"groups": [{"name": "Cluster Group", "state": "Online"}, {"name": "Available Storage", "state": "Offline"}],
			"volumes": [{"path": "C:\\ClusterStorage\\Volume01", "size": 1099511627776, "free": 549755813888, "protection": null}],
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
