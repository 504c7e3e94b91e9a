package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/timeline"
)

// A host is one physical server: what the inventory says of it and what has happened to
// it since.
type host struct {
	planner.Host
	reserved planner.Bytes // kept by the operating system
	machines []*machine    // in the order they were placed
	tasks    map[string]*task
	remoting remoting
	site     *deployment // the AksHci deployment that the host belongs to
}

// short is the name without its domain.
func (h *host) short() string {
	name, _, _ := strings.Cut(h.Name, ".")
	return name
}

// clock is the time on the host, which may be off.
func (h *host) clock(t *timeline.Turn) time.Time { return t.Now().Add(h.Skew) }

// free is the memory that new machines can have.
func (h *host) free() planner.Bytes {
	free := h.Memory - h.reserved
	for _, m := range h.machines {
		free -= m.size.Memory
	}
	return free
}

// ready reports whether the node agent runs on the host.
func (h *host) ready() bool { return h.Module != "" && h.Prepared }

// runs reports whether the host has a machine of that cluster and role.
func (h *host) runs(cluster string, role profiles.Role) bool {
	return slices.ContainsFunc(h.machines, func(m *machine) bool { return m.cluster == cluster && m.role == role })
}

// place finds the host for a machine: the one with the most free memory of those with
// room, and for control planes, if there is one, a host without another of the cluster. It
// returns nil when the machine fits nowhere.
func (w *world) place(t *timeline.Turn, d *deployment, m *machine) *host {
	var best *host
	better := func(a, b *host) bool {
		if b == nil {
			return true
		}
		if m.role == profiles.ControlPlane {
			if x, y := a.runs(m.cluster, m.role), b.runs(m.cluster, m.role); x != y {
				return y
			}
		}
		return a.free() > b.free()
	}
	for _, h := range d.hosts {
		room := h.ready() && h.free() >= m.size.Memory && int(h.Processor.Logical) >= m.size.VCPU
		if room && !w.faults.outOfMemory(t, h) && better(h, best) {
			best = h
		}
	}
	return best
}
