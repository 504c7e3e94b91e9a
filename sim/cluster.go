package sim

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/timeline"
)

// provisioning is the state of a cluster or a node pool, as the cmdlets print it.
type provisioning string

const (
	creating provisioning = "Creating"
	deployed provisioning = "Deployed"
	failed   provisioning = "Failed"
)

// A cluster is one workload cluster. It is built by events, whether or not the task that
// asked for it still waits, as the management cluster does.
type cluster struct {
	name, version string
	network       *network
	make          int // which cluster of this name it is, from 1
	control       controlPlane
	balancer      loadBalancer
	pools         []*nodePool
	endpoint      netip.Addr
	machines      []*machine
	state         provisioning
	err           string
	blocked       string   // why nothing happens at present; empty when something does
	told          string   // the last reason that was printed
	next          *machine // what there was no room for; it keeps its address
	working       bool     // a machine is on its way
	retrying      bool
	removed       bool
	api           *api // nil until the first control plane node runs
	// say prints in the task that waits for the cluster; nil when none does.
	say func(t *timeline.Turn, module, text string)
}

// A controlPlane is what a cluster's control plane is made of.
type controlPlane struct {
	controlPlaneParams
	size profiles.VMSize
}

// A loadBalancer is the machine in front of a cluster, or none.
type loadBalancer struct {
	loadBalancerParams
	size profiles.VMSize
}

// A nodePool is a set of like workers.
type nodePool struct {
	name  string
	os    planner.NodeOS
	size  profiles.VMSize
	count int
	pods  int // the most pods on a node
	state provisioning
	err   string
}

func (c *cluster) pool(name string) *nodePool {
	for _, p := range c.pools {
		if p.name == name {
			return p
		}
	}
	return nil
}

// count is how many machines of a role, and of a pool for workers, there are; up is how
// many of them run and ready how many are Ready nodes.
func (c *cluster) count(role profiles.Role, pool string) (all, up, ready int) {
	for _, m := range c.machines {
		if m.role != role || m.pool != pool {
			continue
		}
		all++
		if m.state == machineRunning {
			up++
		}
		if m.node == nodeReady {
			ready++
		}
	}
	return all, up, ready
}

// build does the next thing that a cluster lacks. It is called after every change and
// does nothing while a machine is on its way: the platform makes one after another.
func (w *world) build(t *timeline.Turn, d *deployment, c *cluster) {
	if c.removed || c.working || c.state == failed {
		return
	}
	c.blocked = ""
	if !c.endpoint.IsValid() {
		a, ok := c.network.vips.lease("api server of " + c.name)
		if !ok {
			w.block(t, d, c, fmt.Sprintf("no free address in the VIP pool %s-%s for the API server of %s", c.network.vips.Start, c.network.vips.End, c.name))
			return
		}
		c.endpoint = a
	}
	if lbs, _, _ := c.count(profiles.LoadBalancer, ""); lbs == 0 && c.balancer.Kind == planner.HAProxy {
		w.add(t, d, c, profiles.LoadBalancer, nil, c.balancer.size)
		return
	}
	if all, _, _ := c.count(profiles.ControlPlane, ""); all < c.control.Count {
		w.add(t, d, c, profiles.ControlPlane, nil, c.control.size)
		return
	}
	for _, p := range c.pools {
		if p.state == failed {
			continue
		}
		if all, _, _ := c.count(profiles.Worker, p.name); all < p.count {
			w.add(t, d, c, profiles.Worker, p, p.size)
			return
		}
		if p.state == creating {
			p.state = deployed
			c.tell(t, "Kva", fmt.Sprintf("Node pool %s has %d of %d machines", p.name, p.count, p.count))
		}
	}
	if c.state == creating {
		c.state = deployed
		c.tell(t, "Kva", fmt.Sprintf("Cluster %s is provisioned", c.name))
	}
}

// add starts the next machine of a role, or waits until that can be done.
func (w *world) add(t *timeline.Turn, d *deployment, c *cluster, role profiles.Role, p *nodePool, size profiles.VMSize) {
	m := c.next
	if m == nil {
		m = &machine{cluster: c.name, network: c.network, role: role, size: size, os: planner.Linux}
		stem := c.name + "-" + string(role)
		if p != nil {
			m.pool, m.os = p.name, p.os
			stem = c.name + "-" + p.name
		}
		all, _, _ := c.count(role, m.pool)
		m.name = stem + "-" + w.seed.suffix("machine", stem, fmt.Sprint(c.make), fmt.Sprint(all))
		c.next = m
	}
	if why := w.startMachine(t, d, m, func(t *timeline.Turn) { w.booted(t, d, c, m) }); why != "" {
		if all, _, _ := c.count(role, ""); role == profiles.ControlPlane && all > 0 {
			why = fmt.Sprintf("Control plane count at %d, still waiting for %d: %s", all, c.control.Count, why)
		}
		w.block(t, d, c, why)
		return
	}
	c.next, c.working = nil, true
	c.machines = append(c.machines, m)
	c.tell(t, "Kva", "azurestackhciProvider: Waiting for VM IP address of "+m.name)
}

// booted goes on once a machine runs; after the first control plane node that is when the
// API server answers.
func (w *world) booted(t *timeline.Turn, d *deployment, c *cluster, m *machine) {
	c.tell(t, "Kva", fmt.Sprintf("azurestackhciProvider: %s has the IP address %s", m.name, m.address))
	goOn := func(t *timeline.Turn) {
		if c.removed {
			return
		}
		c.working = false
		w.join(t, c, m)
		w.build(t, d, c)
	}
	if m.role != profiles.ControlPlane || c.api != nil {
		goOn(t)
		return
	}
	c.tell(t, "Kva", "core: Waiting for API server")
	t.After(w.seed.within(apiTime, "api", m.name), func(t *timeline.Turn) {
		if !c.removed {
			if err := w.openAPI(t, d, c); err != nil {
				panic(err) // everything it is made of is ours
			}
		}
		goOn(t)
	})
}

// block notes why the cluster does not go on and tries again later. The reason shows in
// the output of whoever waits, and nowhere else.
func (w *world) block(t *timeline.Turn, d *deployment, c *cluster, why string) {
	if c.blocked = why; c.told != why {
		c.told = why
		c.tell(t, "Kva", "azurestackhciProvider: "+why)
	}
	if c.retrying {
		return
	}
	c.retrying = true
	t.After(retryAfter, func(t *timeline.Turn) {
		c.retrying = false
		w.build(t, d, c)
	})
}

func (c *cluster) tell(t *timeline.Turn, module, text string) {
	if c.say != nil {
		c.say(t, module, text)
	}
}

// waits says what the cluster waits for at present, for the output of a task.
func (c *cluster) waits() string {
	for _, m := range c.machines {
		if m.state == machineNoLease {
			return "no DHCP server has an address for " + m.name
		}
	}
	return c.blocked
}

// giveUp drops the machine that there was no room for.
func (c *cluster) giveUp(d *deployment) {
	if c.next != nil {
		d.stopMachine(c.next)
		c.next = nil
	}
}

// removeCluster stops every machine of a cluster and gives back what it held.
func (w *world) removeCluster(d *deployment, c *cluster) {
	c.removed = true
	c.giveUp(d)
	for _, m := range c.machines {
		d.stopMachine(m)
	}
	c.machines = nil
	if c.endpoint.IsValid() {
		c.network.vips.release(c.endpoint)
	}
	w.closeAPI(c)
	delete(d.clusters, c.name)
}

// removePool stops the machines of a node pool.
func (w *world) removePool(t *timeline.Turn, d *deployment, c *cluster, p *nodePool) {
	if c.next != nil && c.next.pool == p.name {
		c.giveUp(d)
	}
	for _, m := range slices.Clone(c.machines) {
		if m.role != profiles.Worker || m.pool != p.name {
			continue
		}
		if m.state != machineRunning {
			c.working = false
		}
		w.leave(t, c, m)
		d.stopMachine(m)
		c.machines = slices.DeleteFunc(c.machines, func(x *machine) bool { return x == m })
	}
	c.pools = slices.DeleteFunc(c.pools, func(x *nodePool) bool { return x == p })
	w.build(t, d, c)
}

// join makes a running machine a node of its cluster after some time.
func (w *world) join(t *timeline.Turn, c *cluster, m *machine) {
	if m.role == profiles.LoadBalancer {
		return
	}
	t.After(w.seed.within(joinTime, "join", m.name), func(t *timeline.Turn) {
		w.show(t, c, m, nodeNotReady)
		t.After(w.seed.within(readyTime, "ready", m.name), func(t *timeline.Turn) { w.show(t, c, m, nodeReady) })
	})
}
