package sim

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

func TestMachinesAreSpreadOverTheHostsThatHaveRoom(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
	l.must("new-cluster", clusterOf("shop", 3, 4), "cluster", "shop")
	byRole := map[string]map[profiles.Role]int{}
	var used planner.Bytes
	for _, h := range l.world.hosts {
		byRole[h.short()] = map[profiles.Role]int{}
		for _, m := range h.machines {
			byRole[h.short()][m.role]++
			used += m.size.Memory
		}
		if h.free() < 0 {
			t.Errorf("%s has %s less memory than its machines take", h.short(), -h.free())
		}
	}
	for host, roles := range byRole {
		if n := roles[profiles.ControlPlane]; n < 1 || n > 2 {
			t.Errorf("%s has %d of the 3 control plane machines: %v", host, n, byRole)
		}
		if n := roles[profiles.Worker]; n != 2 {
			t.Errorf("%s has %d of the 4 workers: %v", host, n, byRole)
		}
	}
	if want := planner.Bytes(5*8+4*16) << 30; used != want {
		t.Errorf("the machines take %s, want %s", used, want)
	}
}

func TestEveryMachineHasAnAddressOfItsOwn(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(20, 5))
	l.must("new-cluster", clusterOf("shop", 3, 3), "cluster", "shop")
	l.must("new-cluster", clusterOf("bank", 1, 2), "cluster", "bank")
	seen := map[netip.Addr]string{}
	pool := l.site().network.nodes
	for _, h := range l.world.hosts {
		for _, m := range h.machines {
			if other := seen[m.address]; other != "" || !pool.Contains(m.address) {
				t.Errorf("%s has %s, which is %q's or in no pool", m.name, m.address, other)
			}
			seen[m.address] = m.name
		}
	}
	if pool.leased != len(seen) || len(seen) != 1+7+4 {
		t.Errorf("%d machines, %d leases, want 12 of both", len(seen), pool.leased)
	}
	if vips := l.site().network.vips; vips.leased != 3 {
		t.Errorf("%d virtual addresses are leased, want one each for the management cluster and two clusters", vips.leased)
	}
	l.must("remove-cluster", object{"name": "shop"}, "cluster", "shop")
	if pool.leased != 5 || l.site().network.vips.leased != 2 {
		t.Errorf("after a cluster is gone %d and %d addresses are leased, want 5 and 2", pool.leased, l.site().network.vips.leased)
	}
}

// In the field a cluster that finds no more addresses says how many control plane nodes
// it waits for, until the cmdlet gives up.
func TestAClusterWaitsForAddressesThatThePoolDoesNotHave(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(4, 5)) // management, load balancer, two control planes
	id, fail := l.start("new-cluster", clusterOf("shop", 3, 1), "cluster", "shop")
	if fail != nil {
		t.Fatal(fail)
	}
	l.wait(time.Hour)
	if c := l.read().Clusters[0]; c.State != creating || len(c.NodePools) != 1 {
		t.Errorf("after an hour the cluster is %+v, want Creating with its pool", c)
	}
	a := l.end(id)
	if a.State != taskFailed || a.Error.Code != "ScriptFailed" || strings.Contains(a.Error.Message, "node pool") {
		t.Errorf("the task ended with %+v, want a failure that does not say why", a.Error)
	}
	if !strings.Contains(a.Output, "Control plane count at 2, still waiting for 3: no free address in the node pool 10.0.1.10-10.0.1.13") {
		t.Errorf("the output does not say why:\n%s", a.Output)
	}
	c := l.read().Clusters[0]
	if c.State != failed || !strings.Contains(c.Error, "no free address") || c.NodePools[0].State != failed {
		t.Errorf("the cluster is %+v, want Failed for want of addresses", c)
	}
	l.must("remove-cluster", object{"name": "shop"}, "cluster", "shop")
	if n := l.site().network.nodes.leased; n != 1 {
		t.Errorf("%d addresses are leased after the removal, want the management cluster's", n)
	}
}

func TestAClusterWaitsForAVirtualAddress(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(20, 1))
	a := l.task("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
	if a.State != taskFailed || !strings.Contains(a.Output, "no free address in the VIP pool") {
		t.Fatalf("the task ended with %+v\n%s", a.Error, a.Output)
	}
	if c := l.read().Clusters[0]; c.State != failed || len(c.NodePools) != 1 {
		t.Errorf("the cluster is %+v, want Failed", c)
	}
}

// Creating a cluster does not look at the hosts' memory: it waits, and only the output
// says for what.
func TestAClusterThatFitsOnNoHostHangs(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 5))
	began := l.line.Now()
	a := l.task("new-cluster", clusterOf("shop", 1, 12), "cluster", "shop") // 11 workers fit
	if took := l.line.Now().Sub(began); took < longestWait {
		t.Errorf("the task gave up after %v, want %v", took, longestWait)
	}
	if a.State != taskFailed || strings.Contains(a.Error.Message, "OutOfCapacity") || !strings.Contains(a.Output, "OutOfCapacity") {
		t.Errorf("the task ended with %+v\n%s", a.Error, a.Output)
	}
	if c := l.read().Clusters[0]; c.State != failed || !strings.Contains(c.Error, "OutOfCapacity") {
		t.Errorf("the cluster is %+v", c)
	}
}

func TestAClusterGoesOnWhenRoomAppears(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 5))
	l.must("new-cluster", clusterOf("bank", 1, 6), "cluster", "bank")
	id, fail := l.start("new-cluster", clusterOf("shop", 1, 6), "cluster", "shop")
	if fail != nil {
		t.Fatal(fail)
	}
	l.wait(30 * time.Minute)
	if c := l.site().clusters["shop"]; !strings.Contains(c.blocked, "OutOfCapacity") {
		t.Fatalf("the cluster is not blocked: %+v", c)
	}
	l.must("remove-cluster", object{"name": "bank"}, "cluster", "bank")
	if a := l.end(id); a.State != taskSucceeded {
		t.Fatalf("the task ended with %+v\n%s", a.Error, a.Output)
	}
}

func dhcpNetwork() object {
	return object{"name": "labnet", "switch": "Compute", "vlan": 20, "addressing": "dhcp", "vipPool": object{"start": "10.0.1.200", "end": "10.0.1.210"}}
}

func dhcpOptions(t *testing.T, first, last string) Options {
	o := labOptions(t)
	o.Networks = []planner.Network{{Switch: "Compute", VLAN: 20, Addressing: planner.DHCP, Subnet: netip.MustParsePrefix("10.0.1.0/24"),
		DHCPScope: &planner.Range{Start: netip.MustParseAddr(first), End: netip.MustParseAddr(last)}}}
	return o
}

func TestDHCP(t *testing.T) {
	t.Run("machines lease from the scope of their VLAN", func(t *testing.T) {
		l := installedLab(t, labInventory(), dhcpOptions(t, "10.0.1.50", "10.0.1.90"), dhcpNetwork())
		l.must("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
		for _, h := range l.world.hosts {
			for _, m := range h.machines {
				if !l.site().network.nodes.Contains(m.address) {
					t.Errorf("%s has %s, which is not in the scope", m.name, m.address)
				}
			}
		}
	})
	t.Run("without a server on the VLAN the installation waits for an address and fails", func(t *testing.T) {
		l := prepared(t, labInventory(), labOptions(t))
		l.must("configure-akshci", configuration(dhcpNetwork()), "config", "config", "registration")
		a := l.task("install-akshci", object{}, "install", "install")
		if a.State != taskFailed || !strings.Contains(a.Output, "Waiting for VM IP address") {
			t.Errorf("the task ended with %+v\n%s", a.Error, a.Output)
		}
		if s := l.read().InstallState; s != installFailed {
			t.Errorf("the install state is %s", s)
		}
	})
	t.Run("a scope that is used up leaves a machine without an address", func(t *testing.T) {
		l := installedLab(t, labInventory(), dhcpOptions(t, "10.0.1.50", "10.0.1.52"), dhcpNetwork())
		a := l.task("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
		if a.State != taskFailed || !strings.Contains(a.Output, "no DHCP server has an address for shop-linux-") {
			t.Errorf("the task ended with %+v\n%s", a.Error, a.Output)
		}
	})
	t.Run("an address is never leased twice though the ranges overlap", func(t *testing.T) {
		l := installedLab(t, labInventory(), dhcpOptions(t, "10.0.1.200", "10.0.1.230"), dhcpNetwork())
		l.must("new-cluster", clusterOf("shop", 1, 2), "cluster", "shop")
		seen := map[netip.Addr]bool{l.site().endpoint: true, l.site().clusters["shop"].endpoint: true}
		for _, h := range l.world.hosts {
			for _, m := range h.machines {
				if seen[m.address] {
					t.Errorf("%s is leased twice", m.address)
				}
				seen[m.address] = true
			}
		}
	})
}

func TestNodesAppearWhenTheirMachinesHaveBooted(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 5))
	if _, fail := l.start("new-cluster", clusterOf("shop", 1, 2), "cluster", "shop"); fail != nil {
		t.Fatal(fail)
	}
	c := l.site().clusters["shop"]
	for ; c == nil || c.state == creating; c = l.site().clusters["shop"] {
		l.wait(time.Second)
	}
	all, up, ready := c.count(profiles.Worker, "linux")
	if all != 2 || up != 2 || ready == 2 {
		t.Fatalf("%d of %d workers run and %d are Ready as soon as the cluster is provisioned", up, all, ready)
	}
	l.wait(joinTime.most + readyTime.most)
	for _, m := range c.machines {
		if want := m.role != profiles.LoadBalancer; (m.node == nodeReady) != want {
			t.Errorf("the node of %s is %q, want Ready: %v", m.name, m.node, want)
		}
	}
}

func TestTheSameSeedMakesTheSameWorld(t *testing.T) {
	run := func(o Options) string {
		l := installedLab(t, labInventory(), o, staticNetwork(40, 5))
		l.must("new-cluster", clusterOf("shop", 3, 2), "cluster", "shop")
		l.wait(10 * time.Minute)
		return string(l.Dump())
	}
	o := labOptions(t)
	first := run(o)
	if second := run(o); first != second {
		t.Error("the same seed made another world")
	}
	o.Seed++
	if other := run(o); other == first {
		t.Error("another seed made the same world")
	}
}
