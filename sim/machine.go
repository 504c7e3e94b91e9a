package sim

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/timeline"
)

// machineState is how far a machine is.
type machineState string

const (
	machineBooting machineState = "booting"
	machineNoLease machineState = "waiting for an address" // running, and DHCP gives it none
	machineRunning machineState = "running"
	machineGone    machineState = "gone"
)

// A machine is one virtual machine.
type machine struct {
	name    string
	network *network
	cluster string // management for the management cluster's
	role    profiles.Role
	pool    string // node pool of a worker
	os      planner.NodeOS
	size    profiles.VMSize
	host    *host
	address netip.Addr
	state   machineState
	running time.Time // when it got there
	node    nodeState
}

// nodeState is how a machine looks in its cluster.
type nodeState string

const (
	nodeAbsent   nodeState = ""
	nodeNotReady nodeState = "NotReady"
	nodeReady    nodeState = "Ready"
)

// retryAfter is how long the platform waits before it tries again what it had no room for.
const retryAfter = 20 * time.Second

// outOfCapacity is how the cloud agent says that no host has room.
func outOfCapacity(d *deployment) string {
	return fmt.Sprintf("failed to create or get machine: cannot create vm: rpc error: code = Unknown desc = Unable to find a Node that satisfies the input requirement. Total Nodes [%d]: OutOfCapacity", len(d.hosts))
}

// startMachine places a machine and boots it. booted is called in a turn once it runs and
// has its address. Of a machine that cannot be started it returns why; an address that the
// machine has got by then stays its own.
func (w *world) startMachine(t *timeline.Turn, d *deployment, m *machine, booted func(*timeline.Turn)) (blocked string) {
	n := m.network
	if n.addressing == planner.Static && !m.address.IsValid() {
		a, ok := n.nodes.lease(m.name)
		if !ok {
			return fmt.Sprintf("no free address in the node pool %s-%s for %s", n.nodes.Start, n.nodes.End, m.name)
		}
		m.address = a
	}
	h := w.place(t, d, m)
	if h == nil {
		return outOfCapacity(d)
	}
	m.host, m.state = h, machineBooting
	h.machines = append(h.machines, m)
	takes := bootLinux
	if m.os == planner.Windows2019 || m.os == planner.Windows2022 {
		takes = bootWindows
	}
	t.After(w.seed.within(takes, "boot", m.name), func(t *timeline.Turn) { w.leaseMachine(t, d, m, booted) })
	return ""
}

// leaseMachine gives a booted machine its address, at once or when DHCP has one.
func (w *world) leaseMachine(t *timeline.Turn, d *deployment, m *machine, booted func(*timeline.Turn)) {
	if m.state == machineGone {
		return
	}
	if !m.address.IsValid() {
		a, ok := m.network.dhcp(m.name)
		if !ok {
			m.state = machineNoLease
			t.After(retryAfter, func(t *timeline.Turn) { w.leaseMachine(t, d, m, booted) })
			return
		}
		m.address = a
	}
	m.state, m.running = machineRunning, t.Now()
	booted(t)
}

// stopMachine removes a machine and gives back what it held.
func (d *deployment) stopMachine(m *machine) {
	m.state = machineGone
	if m.host != nil {
		m.host.machines = slices.DeleteFunc(m.host.machines, func(x *machine) bool { return x == m })
	}
	if m.address.IsValid() {
		m.network.nodes.release(m.address)
	}
}
