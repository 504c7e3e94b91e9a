package planner

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func TestFabric(t *testing.T) {
	const ws, hci, local = "quickstart", "hci-20h2", "worked-azurelocal"
	const agent = "ca-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
	group := func(role, name, state string) func(*Input) {
		return func(in *Input) {
			in.Site.Directory.CloudAgentRole = role
			in.Inventory.Cluster.Groups = []ClusterGroup{{Name: name, State: state}}
		}
	}
	prepared := func(in *Input) { in.Inventory.Hosts[1].Prepared = true }
	contact := func(planned, last string) func(*Input) {
		return func(in *Input) {
			in.Site.PlannedFor = Date(0)
			if planned != "" {
				in.Site.PlannedFor = day(planned)
			}
			if last != "" {
				in.Inventory.Cluster.LastContact = day(last)
			}
		}
	}
	vlan := func(n int) func(*Input) { return func(in *Input) { in.Site.Network.VLAN = n } }
	witness := func(hosts int) func(*Input) {
		return and(likeHosts(hosts, func(int, *Host) {}), func(in *Input) { in.Inventory.Cluster.Witness = "None" })
	}
	switchless := func(hosts int) func(*Input) {
		return and(likeHosts(hosts, func(int, *Host) {}), func(in *Input) { in.Inventory.Cluster.Switchless = Yes })
	}
	subnet := func(text string, pods *netip.Prefix) func(*Input) {
		return func(in *Input) {
			in.Inventory.Cluster.Nets[1].Subnet, in.Site.Network.Pods = netip.MustParsePrefix(text), pods
		}
	}
	own := netip.MustParsePrefix("10.120.0.0/16")
	nets := func(subnets ...string) func(*Input) {
		return func(in *Input) {
			in.Inventory.Cluster.Nets = nil
			for i, s := range subnets {
				p, _ := netip.ParsePrefix(s)
				in.Inventory.Cluster.Nets = append(in.Inventory.Cluster.Nets, ClusterNetwork{Name: string(rune('a' + i)), Subnet: p, Role: clusterAndClient})
			}
		}
	}
	hold(t, []rule{
		{"three machines do without a switch", local, "cluster-switchless", switchless(3), switchless(4)},
		{"an odd number of hosts needs no witness", ws, "cluster-witness", witness(3), witness(4)},
		{"no host needs no witness", ws, "cluster-witness", witness(0), witness(2)},
		{"the core group is online in any spelling", ws, "cluster-group-state", group("", "cluster group", "online"), group("", "Cluster Group", "PartialOnline")},
		{"an agent's role belongs to a deployment", ws, "cluster-leftover", and(group("", agent, "Online"), prepared), group("", agent, "Online")},
		{"another role is nobody's leftover", ws, "cluster-leftover", group("ca-one", "ca-two", "Online"), group("ca-one", "CA-ONE", "Online")},
		{"a role without a name is nobody's leftover", ws, "cluster-leftover", group("", "", "Online"), group("ca-one", "ca-one", "Online")},
		{"Azure Local has a deployment from the start", local, "cluster-leftover", group("", agent, "Online"), func(in *Input) {
			in.Profile.Generation = "akshci"
			group("", agent, "Online")(in)
		}},
		{"thirty days without contact are borne", hci, "cluster-contact", contact("2026-12-01", "2026-11-01"), contact("2026-12-02", "2026-11-01")},
		{"a contact that is not known is not judged", hci, "cluster-contact", contact("2026-12-01", ""), contact("2026-12-02", "2026-11-01")},
		{"without a day nothing is judged", hci, "cluster-contact", contact("", "2026-11-01"), contact("2026-12-02", "2026-11-01")},
		{"710 is no storage VLAN of Azure Local, 711 is", local, "network-vlan-storage", vlan(710), vlan(711)},
		{"712 is a storage VLAN of Azure Local", local, "network-vlan-storage", vlan(715), vlan(712)},
		{"714 is no storage VLAN of Azure Local, 713 is", local, "network-vlan-storage", vlan(714), vlan(713)},
		{"two untagged networks share no VLAN", ws, "network-vlan-storage", vlan(0), func(in *Input) { in.Inventory.Cluster.Nets[1].VLAN = in.Site.Network.VLAN }},
		{"machines may share the VLAN of the clients", ws, "network-vlan-storage", func(in *Input) { in.Inventory.Cluster.Nets[0].VLAN = in.Site.Network.VLAN }, func(in *Input) { in.Inventory.Cluster.Nets[1].VLAN = in.Site.Network.VLAN }},
		{"a range of pods of one's own frees the platform's, where it can be changed", local, "address-inner-overlap", subnet("10.244.1.0/24", &own), subnet("10.244.1.0/24", nil)},
		{"a range of pods of one's own frees nothing where it cannot be changed", ws, "address-inner-overlap", subnet("10.71.1.0/24", &own), subnet("10.244.1.0/24", &own)},
		{"subnets side by side do not overlap", ws, "cluster-network-overlap", nets("10.0.0.0/24", "10.0.1.0/24"), nets("10.0.0.0/23", "10.0.1.0/24")},
		{"the first network may be overlapped", ws, "cluster-network-overlap", nets("10.0.0.0/24", "", ""), nets("10.0.0.0/24", "10.0.0.0/25")},
	})
}

// TestOverlapsAreWithTheFirst holds the overlaps of many subnets against asking each pair.
func TestOverlapsAreWithTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := overlaps{own: map[netip.Prefix]int{}, wider: map[netip.Prefix]int{}}
		var before []netip.Prefix
		for i := range rapid.IntRange(1, 8).Draw(t, "subnets") {
			bits := rapid.SampledFrom([]int{0, 6, 7, 8, 9, 24}).Draw(t, "bits")
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{rapid.ByteRange(0, 7).Draw(t, "a"), rapid.SampledFrom([]byte{0, 128}).Draw(t, "b"), 0, 0}), bits)
			want := -1
			for k, other := range before {
				if other.Overlaps(p) {
					want = k
					break
				}
			}
			if got := o.add(p, i); got != want {
				t.Fatalf("%v after %v: overlaps %d, want %d", p, before, got, want)
			}
			before = append(before, p)
		}
	})
}
