package planner

import "testing"

func TestAdapters(t *testing.T) {
	const ws = "quickstart"
	port := func(host, at int, change func(*Adapter)) func(*Input) {
		return func(in *Input) { change(&in.Inventory.Hosts[host].Adapters[at]) }
	}
	driver := func(host, at int, version string) func(*Input) {
		return port(host, at, func(a *Adapter) { a.Driver = version })
	}
	rdma := func(host int, technology string, on bool) func(*Input) {
		return port(host, 0, func(a *Adapter) { a.Technology, a.RDMA = technology, on })
	}
	team := func(names ...string) func(*Input) {
		return func(in *Input) { in.Inventory.Hosts[0].Switches[0].Adapters = names }
	}
	first := func(in *Input) { in.Inventory.Hosts = in.Inventory.Hosts[:1] }
	trunk := func(vlan int, vlans ...int) func(*Input) {
		return func(in *Input) {
			in.Site.Network.VLAN = vlan
			in.Inventory.NetworkSwitches = []NetworkSwitch{{Name: "tor1", VLANs: vlans}}
		}
	}
	hold(t, []rule{
		{"a technology that is switched off does not mix", ws, "adapter-rdma-mixed", and(rdma(0, "RoCEv2", true), rdma(1, "iWARP", false)), and(rdma(0, "RoCEv2", true), rdma(1, "iWARP", true))},
		{"versions of RoCE do not mix", ws, "adapter-rdma-mixed", and(rdma(0, "RoCE", true), rdma(1, "RoCEv2", true)), and(rdma(0, "RoCE", true), rdma(1, "InfiniBand", true))},
		{"capitals do not mix", ws, "adapter-rdma-mixed", and(rdma(0, "iWARP", true), rdma(1, "iwarp", true)), and(rdma(0, "iwarp", true), rdma(1, "InfiniBand", true))},
		{"one technology does not mix", ws, "adapter-rdma-mixed", rdma(0, "iWARP", true), and(rdma(0, "iWARP", true), rdma(1, "RoCE", true))},
		{"what is not known does not mix", ws, "adapter-rdma-mixed", and(rdma(0, "iWARP", true), rdma(1, "", true)), and(rdma(0, "iWARP", true), rdma(1, "RoCE", true))},
		{"one host alone has no traffic for flow control", ws, "adapter-dcb", and(rdma(0, "RoCE", true), first), rdma(0, "RoCE", true)},
		{"like drivers do not differ", ws, "adapter-driver-differs", and(driver(0, 0, "2.70"), driver(0, 1, "2.70"), driver(1, 0, "2.70")), and(driver(0, 0, "2.70"), driver(0, 1, "2.70"), driver(1, 0, "2.60"))},
		{"a driver that nobody read on the first host does not differ", ws, "adapter-driver-differs", driver(1, 0, "2.60"), and(driver(0, 0, "2.70"), driver(0, 1, "2.70"), driver(1, 0, "2.60"))},
		{"a driver that nobody read on the other host does not differ", ws, "adapter-driver-differs", and(driver(0, 0, "2.70"), driver(0, 1, "2.70")), and(driver(0, 0, "2.70"), driver(0, 1, "2.70"), driver(1, 0, "2.60"))},
		{"the first port may carry the switch", ws, "switch-uplink", team("Slot 3 Port 1"), team("Slot 9")},
		{"a port may go by its description", ws, "switch-uplink", team("mellanox connectx-5 adapter"), team("mellanox")},
		{"one port with a link is enough", ws, "switch-uplink", team("Slot 9", "NIC1"), team("Slot 9")},
		{"one host alone needs no rack switch", ws, "rack-switch-unknown", first, func(*Input) {}},
		{"untagged machines need no VLAN on the switch", ws, "rack-switch-vlan", trunk(0, 10, 20), trunk(30, 10, 20)},
		{"a switch without a list of VLANs is not judged", ws, "rack-switch-vlan", trunk(30), trunk(30, 10)},
		{"a switch that has the VLAN carries it", ws, "rack-switch-vlan", trunk(30, 10, 30), trunk(30, 10)},
		{"a standard may have IEEE before it", ws, "rack-switch-standards",
			func(in *Input) {
				in.Inventory.NetworkSwitches = []NetworkSwitch{{Name: "tor1", Standards: []string{"IEEE 802.1q", "802.1QBB", "ieee 802.1Qaz", "802.1AB"}}}
			},
			func(in *Input) {
				in.Inventory.NetworkSwitches = []NetworkSwitch{{Name: "tor1", Standards: []string{"802.1q", "802.1QBB", "802.1Qaz"}}}
			}},
	})
}
