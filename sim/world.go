package sim

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim/timeline"
)

// A world is everything that exists in the datacenter. It is looked at and changed in a
// turn only.
type world struct {
	seed        seed
	platform    platform
	inventory   planner.Inventory
	networks    []planner.Network // what the switches carry and the DHCP servers lease
	hosts       []*host
	deployments []*deployment
	ledger      ledger
	shares      map[string]*share
	starts      map[string]int // how often a script was started for a thing
	faults      *faults
	conditions  conditions
	// openAPI makes the API server of a cluster, closeAPI ends it.
	openAPI  func(*timeline.Turn, *deployment, *cluster) error
	closeAPI func(*cluster)
	// accept logs a request that is about to change the world; noteStart enters an
	// effect in the transcript. Both may fail, and then nothing is changed.
	accept    func(*timeline.Turn, entry) error
	noteStart func(*timeline.Turn, *host, startParams) error
}

func newWorld(s seed, p platform, inv planner.Inventory, networks []planner.Network) *world {
	w := &world{
		seed: s, platform: p, inventory: inv, networks: networks,
		ledger: ledger{}, shares: map[string]*share{}, starts: map[string]int{}, faults: &faults{}, conditions: newConditions(),
	}
	clustered := inv.Cluster.Name != ""
	for _, known := range inv.Hosts {
		h := &host{Host: known, reserved: p.reserved(known), tasks: map[string]*task{}}
		w.hosts = append(w.hosts, h)
		if len(w.deployments) == 0 || !clustered {
			w.deployments = append(w.deployments, &deployment{
				clustered: clustered, state: notInstalled, further: map[string]*network{}, clusters: map[string]*cluster{}, made: map[string]int{},
			})
		}
		h.site = w.deployments[len(w.deployments)-1]
		h.site.hosts = append(h.site.hosts, h)
		w.ledger.note(known.Address, known.Name)
	}
	if a := inv.Cluster.Address; a != nil {
		w.ledger.note(*a, inv.Cluster.Name)
	}
	for _, u := range inv.InUse {
		w.ledger.note(u.Address, u.By)
	}
	for _, n := range networks {
		w.ledger.note(n.Gateway, "gateway")
		for _, a := range n.DNS {
			w.ledger.note(a, "DNS server")
		}
	}
	return w
}

// host finds a host by its full name, its short name or its address.
func (w *world) host(name string) *host {
	for _, h := range w.hosts {
		if strings.EqualFold(name, h.Name) || strings.EqualFold(name, h.short()) || name == h.Address.String() {
			return h
		}
	}
	return nil
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
