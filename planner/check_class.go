package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// lowCapacityClass judges machines that were bought as Azure Local's small class.
func (j *judge) lowCapacityClass(inst *Instance) {
	if inst.Class != LowCapacityClass {
		return
	}
	rules, hosts := j.rules.Instance.LowCapacity, j.in.Inventory.Hosts
	if most := rules.HostsMax; len(hosts) > most.Value {
		j.add(Finding{Code: "class-size", Path: "inventory.hosts", Evidence: fmt.Sprintf("%d hosts", len(hosts)), Source: cite(most.Source),
			Message: fmt.Sprintf("%d machines are more than the %d of the low-capacity class", len(hosts), most.Value)})
	}
	for i, h := range hosts {
		if most := rules.CoresMax; int(h.Processor.Cores) > most.Value {
			j.add(Finding{Code: "class-size", Path: hostPath(i, "processor.cores"), Evidence: fmt.Sprintf("%d cores", h.Processor.Cores), Source: cite(most.Source),
				Message: fmt.Sprintf("%s has %d cores, the low-capacity class has at most %d", h.Name, h.Processor.Cores, most.Value)})
		}
		if most := rules.MemoryMax; h.Memory > most.Value {
			j.add(Finding{Code: "class-size", Path: hostPath(i, "memory"), Evidence: h.Memory.String(), Source: cite(most.Source),
				Message: fmt.Sprintf("%s has %s of memory, the low-capacity class has at most %s", h.Name, h.Memory, most.Value)})
		}
		j.classDrives(i, h, rules)
		fast := slices.ContainsFunc(h.Adapters, func(a Adapter) bool { return a.Gbps >= float64(rules.StorageGbpsMin.Value) })
		if len(hosts) > 1 && len(h.Adapters) > 0 && !fast {
			j.add(Finding{Code: "class-ports", Path: hostPath(i, "adapters"), Evidence: fmt.Sprintf("no port of %d Gb/s", rules.StorageGbpsMin.Value), Source: cite(rules.StorageGbpsMin.Source),
				Message: fmt.Sprintf("%s has no port of %d Gb/s for storage, which several machines of the low-capacity class need", h.Name, rules.StorageGbpsMin.Value)})
		}
	}
}

// classDrives judges the data drives of a small machine: flash of one kind, and no cache.
func (j *judge) classDrives(i int, h Host, rules profiles.ClassRules) {
	kinds := map[string]bool{}
	for k, d := range h.Drives {
		path := hostPath(i, fmt.Sprintf("drives[%d]", k))
		switch {
		case d.Role == BootDrive:
			continue
		case d.Role == CacheDrive:
			j.add(Finding{Code: "class-drives", Path: path + ".role", Evidence: "cache", Source: cite(rules.DriveSizeMin.Source), Message: h.Name + " has cache drives; the low-capacity class has none"})
		case strings.EqualFold(d.Media, "HDD"):
			j.add(Finding{Code: "class-drives", Path: path + ".media", Evidence: d.Media, Source: cite(rules.DriveSizeMin.Source), Message: h.Name + " has hard disks; the low-capacity class is all-flash"})
		case d.Size < rules.DriveSizeMin.Value:
			j.add(Finding{Code: "class-drives", Path: path + ".size", Evidence: d.Size.String(), Source: cite(rules.DriveSizeMin.Source),
				Message: fmt.Sprintf("%s has data drives of %s, the low-capacity class wants %s or more", h.Name, d.Size, rules.DriveSizeMin.Value)})
		}
		if kinds[strings.ToUpper(d.Media)] = true; len(kinds) == 2 {
			j.add(Finding{Code: "class-drives", Path: hostPath(i, "drives"), Evidence: driveSet(h, false), Source: cite(rules.DriveSizeMin.Source), Message: h.Name + " has data drives of several kinds; the low-capacity class takes one"})
		}
	}
}

// class is the class of hardware that hosts are judged as.
func (j *judge) class() HardwareClass {
	if i := j.in.Inventory.Instance; i != nil && i.Class != "" && j.rules.Generation == profiles.AzureLocal {
		return i.Class
	}
	return StandardClass
}

// adaptersMin is how many ports a host must have, drivesMin how many capacity drives.
func (j *judge) adaptersMin() profiles.Limit {
	if j.class() == LowCapacityClass {
		return j.rules.Instance.LowCapacity.AdaptersMin
	}
	return j.rules.Hosts.AdaptersMin
}

func (j *judge) drivesMin() profiles.Limit {
	if j.class() == LowCapacityClass {
		return j.rules.Instance.LowCapacity.DrivesMin
	}
	return j.rules.Hosts.DrivesMin
}
