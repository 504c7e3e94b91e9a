package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// largest judges hosts, drives and volumes against the most that the system takes.
func (j *judge) largest() {
	limits := j.rules.Limits
	over := func(value Bytes, most profiles.Size) bool { return !most.Unstated && value > most.Value }
	var all Bytes
	for i, h := range j.in.Inventory.Hosts {
		if over(h.Memory, limits.HostMemoryMax) {
			j.add(Finding{Code: "limit-host-memory", Path: hostPath(i, "memory"), Evidence: h.Memory.String(), Source: cite(limits.HostMemoryMax.Source),
				Message: fmt.Sprintf("%s has %s of memory, %s is the most that is supported", h.Name, h.Memory, limits.HostMemoryMax.Value)})
		}
		if most := limits.HostProcessorsMax; !most.Unstated && int(h.Processor.Logical) > most.Value {
			j.add(Finding{Code: "limit-host-processors", Path: hostPath(i, "processor.logical"), Evidence: many(h.Processor.Logical, "logical processor"), Source: cite(most.Source),
				Message: fmt.Sprintf("%s has %s, %d are the most that are supported", h.Name, many(h.Processor.Logical, "logical processor"), most.Value)})
		}
		raw := capacity(h)
		if over(raw, limits.HostStorageMax) {
			j.add(Finding{Code: "limit-host-storage", Path: hostPath(i, "drives"), Evidence: raw.String(), Source: cite(limits.HostStorageMax.Source),
				Message: fmt.Sprintf("the capacity drives of %s hold %s, %s is the most that is supported", h.Name, raw, limits.HostStorageMax.Value)})
		}
		all = plus(all, raw)
	}
	if over(all, limits.StorageMax) {
		j.add(Finding{Code: "limit-storage", Path: "inventory.hosts", Evidence: all.String(), Source: cite(limits.StorageMax.Source),
			Message: fmt.Sprintf("the capacity drives hold %s, %s is the most that is supported", all, limits.StorageMax.Value)})
	}
	volumes := j.in.Inventory.Cluster.Volumes
	if most := limits.VolumesMax; !most.Unstated && len(volumes) > most.Value {
		j.add(Finding{Code: "limit-volumes", Path: "inventory.failoverCluster.volumes", Evidence: many(len(volumes), "volume"), Source: cite(most.Source),
			Message: fmt.Sprintf("the failover cluster has %s, %d are the most that are supported", many(len(volumes), "volume"), most.Value)})
	}
	for i, v := range volumes {
		if over(v.Size, limits.VolumeSizeMax) {
			j.add(Finding{Code: "limit-volume-size", Path: fmt.Sprintf("inventory.failoverCluster.volumes[%d].size", i), Evidence: v.Size.String(), Source: cite(limits.VolumeSizeMax.Source),
				Message: fmt.Sprintf("the volume %s has %s, %s is the most that is supported", v.Path, v.Size, limits.VolumeSizeMax.Value)})
		}
		if v.Encrypted == No {
			j.add(Finding{Code: "volume-encryption", Path: fmt.Sprintf("inventory.failoverCluster.volumes[%d].encrypted", i), Evidence: "not encrypted",
				Message: fmt.Sprintf("the volume %s is not encrypted", v.Path)})
		}
	}
}

// capacity is the raw size of a host's capacity drives.
func capacity(h Host) Bytes {
	var sum Bytes
	for _, d := range h.Drives {
		if d.Role == CapacityDrive {
			sum = plus(sum, d.together())
		}
	}
	return sum
}

// together is the size of all drives of a set.
func (d Drive) together() Bytes { return times(max(d.Count, 0), max(d.Size, 0)) }
