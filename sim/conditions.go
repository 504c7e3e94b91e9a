package sim

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/arcwright/arcwright/sim/timeline"
)

// conditions are how the site was found, as far as it is no part of the hosts themselves.
type conditions struct {
	paused   map[*host]bool
	restart  map[*host]bool
	modules  map[*host][]string  // beside the host's own
	silent   map[netip.Addr]bool // DNS servers
	zoneless map[netip.Addr]bool
	offline  []string // core resources of the failover cluster
	degraded []string // shared volumes, by their paths
	outside  outside
	closed   map[*host]bool // to the other hosts
	unknown  map[*host]bool // to DNS
	scanned  map[*host]bool // by Windows' virus scanner, which passes over kubectl alone
	cut      map[*host]bool // whole packets do not get out of it
	added    []string       // nodes of the failover cluster that nobody has told of
	agents   []string       // roles of cloud agents of an earlier deployment
}

func newConditions() conditions {
	return conditions{
		paused: map[*host]bool{}, restart: map[*host]bool{}, modules: map[*host][]string{},
		silent: map[netip.Addr]bool{}, zoneless: map[netip.Addr]bool{}, closed: map[*host]bool{}, unknown: map[*host]bool{},
		scanned: map[*host]bool{}, cut: map[*host]bool{},
		outside: outside{closed: map[string][]*host{}, broken: map[string]bool{}, private: map[string]bool{}},
	}
}

// Find puts the site into a condition. Conditions are part of the world: a world that is
// opened again has them still.
func (d *Datacenter) Find(c Condition) error {
	if _, err := c.info(); err != nil {
		return err
	}
	var err error
	d.line.Do(func(t *timeline.Turn) {
		if err = d.allows(c); err == nil {
			if err = d.accept(t, entry{Kind: entryCondition, Condition: &c}); err == nil {
				err = d.find(t, c)
			}
		}
	})
	return err
}

// allows says why the site cannot be in a condition.
func (d *Datacenter) allows(c Condition) error {
	if d.domain == nil && slices.Contains([]ConditionKind{DirectoryBare, DirectoryClock, DirectoryRights, DirectorySilent, PasswordExpired}, c.Kind) {
		return fmt.Errorf("condition %s: the site names no directory.server", c.Kind)
	}
	return d.world.allows(c)
}

func (d *Datacenter) find(t *timeline.Turn, c Condition) error {
	d.world.find(c)
	if d.domain == nil {
		return nil
	}
	return d.domain.find(t, c, d.password)
}

// allows says why a world cannot be in a condition.
func (w *world) allows(c Condition) error {
	switch {
	case c.Host != "" && w.host(c.Host) == nil:
		return fmt.Errorf("condition %s: there is no host %s", c.Kind, c.Host)
	case w.inventory.Cluster.Name == "" && slices.Contains([]ConditionKind{ClusterOffline, HostPaused, NodeAdded, VolumeDegraded}, c.Kind):
		return fmt.Errorf("condition %s: the hosts are in no failover cluster", c.Kind)
	case c.Kind == VolumeDegraded && w.volume(c.Name) == "":
		return fmt.Errorf("condition %s: there is no shared volume %q", c.Kind, c.Name)
	case c.Kind == WinRMCertificate && !slices.Contains([]certificateState{certificateEnded, certificateNames, certificateForeign}, certificateState(c.Name)):
		return fmt.Errorf("condition %s: name is expired, name or foreign", c.Kind)
	case c.Kind == AddressTaken && !c.Address.IsValid():
		return fmt.Errorf("condition %s: it takes an address", c.Kind)
	case c.Kind == AddressTaken && w.ledger[c.Address] != "":
		return fmt.Errorf("condition %s: %s is that of %s", c.Kind, c.Address, w.ledger[c.Address])
	}
	return nil
}

// volume is the path of a shared volume, the first when none is named; empty when there is none.
func (w *world) volume(path string) string {
	for _, v := range w.inventory.Cluster.Volumes {
		if path == "" || v.Path == path {
			return v.Path
		}
	}
	return ""
}

func (w *world) find(c Condition) {
	h := w.hosts[0]
	if c.Host != "" {
		h = w.host(c.Host)
	}
	is := &w.conditions
	servers := func(marked map[netip.Addr]bool) {
		for _, n := range w.networks {
			for _, at := range n.DNS {
				if !c.Address.IsValid() || at == c.Address {
					marked[at] = true
				}
			}
		}
	}
	if set, ok := remotingKinds[c.Kind]; ok {
		set(&h.remoting, c.Name)
		return
	}
	switch c.Kind {
	case AddressTaken:
		w.ledger.note(c.Address, "a machine of others")
	case AntivirusOn:
		is.scanned[h] = true
	case PacketsCut:
		is.cut[h] = true
	case NodeAdded:
		is.added = append(is.added, c.Name)
	case ClockOff:
		h.Skew += c.By
	case ClusterOffline:
		is.offline = append(is.offline, c.Name)
	case DNSSilent:
		servers(is.silent)
	case DNSWithoutZone:
		servers(is.zoneless)
	case EgressClosed:
		from := w.hosts
		if c.Host != "" {
			from = []*host{h}
		}
		is.outside.closed[c.Name] = append(is.outside.closed[c.Name], from...)
	case EgressOpened:
		is.outside.gateway = c.Name
	case EgressService:
		is.outside.broken[c.Name] = true
	case EgressPrivate:
		is.outside.private[c.Name] = true
	case HostClosed:
		is.closed[h] = true
	case HostUnknown:
		is.unknown[h] = true
	case HostPaused:
		is.paused[h] = true
	case HostReplaced:
		h.Model, h.Memory = cmp.Or(c.Name, "Other Model"), h.Memory/2
	case Leftover:
		is.agents = append(is.agents, c.Name)
	case MemoryUsed:
		h.reserved += c.Memory
	case ModulesOld:
		is.modules[h] = append(is.modules[h], c.Name, "1.0.1")
	case RestartPending:
		is.restart[h] = true
	case VolumeDegraded:
		is.degraded = append(is.degraded, w.volume(c.Name))
	}
}
