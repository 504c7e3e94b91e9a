package planner

import (
	"fmt"
	"slices"
	"strings"
)

// A TrafficClass is a share of a host's storage ports, as data center bridging keeps it.
type TrafficClass struct {
	// Priority is 0 to 7.
	Priority int `yaml:"priority" json:"priority"`
	// Percent is the share that is kept for it, 0 for none.
	Percent int `yaml:"percent,omitempty" json:"percent,omitempty"`
	// FlowControl is whether the sender is stopped before a queue runs over.
	FlowControl bool `yaml:"flowControl,omitempty" json:"flowControl,omitempty"`
}

// The priorities of the vendor's table of traffic classes
// (ASD:azure-stack/hci/concepts/host-network-requirements.md).
const (
	heartbeatPriority = 7
	storageShare      = 50
	heartbeatSlow     = 2 // percent, on ports of 10 Gb/s and less
	heartbeatFast     = 1
)

// bandwidth judges how storage, heartbeat and live migration share the ports.
func (j *judge) bandwidth() {
	hosts := j.in.Inventory.Hosts
	if len(hosts) < 2 {
		return
	}
	for i, h := range hosts {
		j.trafficClasses(i, h)
		if i > 0 && len(h.QoS) > 0 && len(hosts[0].QoS) > 0 && classesOf(h) != classesOf(hosts[0]) {
			j.add(Finding{Code: "qos-differs", Path: hostPath(i, "qos"), Evidence: classesOf(h) + "; " + shortName(hosts[0].Name) + " has " + classesOf(hosts[0]),
				Message: h.Name + " has other traffic classes than the first host"})
		}
		j.migrationOf(i, h)
	}
}

// classesOf writes the traffic classes of a host in one line that compares.
func classesOf(h Host) string {
	var parts []string
	for _, c := range h.QoS {
		part := fmt.Sprintf("priority %d %d %%", c.Priority, c.Percent)
		if c.FlowControl {
			part += " with flow control"
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// trafficClasses judges a host that somebody has listed the classes of.
func (j *judge) trafficClasses(i int, h Host) {
	if len(h.QoS) == 0 {
		return
	}
	var fastest float64
	rdma, roce := false, false
	for _, a := range h.Adapters {
		if a.RDMA {
			rdma, roce, fastest = true, roce || rdmaKind(a) == "RoCE", max(fastest, a.Gbps)
		}
	}
	if !rdma {
		return
	}
	path := hostPath(i, "qos")
	at := slices.IndexFunc(h.QoS, func(c TrafficClass) bool { return c.Priority == 3 || c.Priority == 4 })
	switch {
	case at < 0:
		j.add(Finding{Code: "qos-storage", Path: path, Evidence: classesOf(h), Message: fmt.Sprintf("%s has no traffic class of priority 3 or 4 for storage", h.Name)})
	case roce && !h.QoS[at].FlowControl:
		j.add(Finding{Code: "qos-storage", Path: path, Evidence: classesOf(h), Message: fmt.Sprintf("the storage class of %s (priority %d) has no flow control, and its adapters are RoCE", h.Name, h.QoS[at].Priority)})
	case h.QoS[at].Percent != storageShare:
		j.add(Finding{Code: "qos-share", Path: path, Evidence: fmt.Sprintf("%d %%", h.QoS[at].Percent), Message: fmt.Sprintf("the storage class of %s is kept %d %% of the ports, %d %% is asked for", h.Name, h.QoS[at].Percent, storageShare)})
	}
	want := heartbeatFast
	if fastest <= 10 {
		want = heartbeatSlow
	}
	beat := slices.IndexFunc(h.QoS, func(c TrafficClass) bool { return c.Priority == heartbeatPriority })
	if beat < 0 || h.QoS[beat].Percent < want {
		j.add(Finding{Code: "qos-heartbeat", Path: path, Evidence: classesOf(h), Message: fmt.Sprintf("%s keeps less than %d %% of its ports for the heartbeat of the failover cluster, at priority %d", h.Name, want, heartbeatPriority)})
	}
	for _, c := range h.QoS {
		if c.FlowControl && c.Priority != 3 && c.Priority != 4 {
			j.add(Finding{Code: "qos-storage", Path: path, Evidence: classesOf(h), Message: fmt.Sprintf("%s has flow control on priority %d, which is not that of storage", h.Name, c.Priority)})
		}
	}
}

// The share of a pair of ports that live migration has: 29 % of the half kept for SMB. RDMA
// carries it from 5 Gb/s on (ASD:azure-stack/hci/concepts/host-network-requirements.md).
const (
	migrationPercent = 29
	migrationGbps    = 5
)

// migrationOf judges live migration, with which hosts are drained.
func (j *judge) migrationOf(i int, h Host) {
	if h.LiveMigration == No {
		j.add(Finding{Code: "host-migration", Path: hostPath(i, "liveMigration"), Evidence: "off", Message: "live migration is off on " + h.Name})
	}
	if h.MigrationTransport == "" {
		return
	}
	var pair float64
	for _, a := range h.Adapters {
		if a.RDMA {
			pair = max(pair, 2*a.Gbps)
		}
	}
	want := "Compression"
	if pair*storageShare/100*migrationPercent/100 >= migrationGbps {
		want = "SMB"
	}
	if !strings.EqualFold(h.MigrationTransport, want) {
		j.add(Finding{Code: "host-migration-transport", Path: hostPath(i, "migrationTransport"), Evidence: fmt.Sprintf("%s over a pair of %g Gb/s", h.MigrationTransport, pair/2),
			Message: fmt.Sprintf("%s moves machines by %s, with its ports %s is right", h.Name, h.MigrationTransport, want), Remedy: "Set-VMHost -VirtualMachineMigrationPerformanceOption " + want})
	}
}
