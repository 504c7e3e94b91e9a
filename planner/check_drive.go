package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// drives judges the local drives, which Storage Spaces Direct makes volumes of.
func (j *judge) drives() {
	for i, h := range j.inventoryHosts() {
		j.driveBuses(i, h)
		j.driveCount(i, h)
		j.driveSpace(i, h)
		j.bootDrive(i, h)
		j.flash(i, h)
		j.driveState(i, h)
		j.sameDrives(i, h, j.in.Inventory.Hosts[0])
	}
}

func (j *judge) inventoryHosts() []Host { return j.in.Inventory.Hosts }

func (j *judge) driveBuses(i int, h Host) {
	buses := j.rules.Hosts.DriveBuses
	for k, d := range h.Drives {
		known := slices.ContainsFunc(buses.Value, func(bus string) bool { return strings.EqualFold(bus, d.Bus) })
		if d.Role == BootDrive || known {
			continue
		}
		if san := j.rules.Hosts.SANBuses; !san.Unstated && slices.ContainsFunc(san.Value, func(bus string) bool { return strings.EqualFold(bus, d.Bus) }) {
			j.add(Finding{Code: "drive-san", Path: hostPath(i, fmt.Sprintf("drives[%d].bus", k)), Evidence: d.Bus + ", " + d.Model, Source: cite(san.Source),
				Message: fmt.Sprintf("%s has drives on a storage network (%s)", h.Name, d.Bus)})
			continue
		}
		j.add(Finding{Code: "drive-bus", Severity: Block, Path: hostPath(i, fmt.Sprintf("drives[%d].bus", k)), Owner: OwnerHardware, Evidence: d.Bus + ", " + d.Model, Source: cite(buses.Source),
			Message: fmt.Sprintf("%s has drives on %s, which Storage Spaces Direct does not take", h.Name, d.Bus),
			Remedy:  "attach the drives directly over " + strings.Join(buses.Value, ", ") + "; put a RAID controller into pass-through mode"})
	}
}

func (j *judge) driveCount(i int, h Host) {
	rules := j.rules.Hosts
	n := 0
	for k, d := range h.Drives {
		if d.Count < 1 || d.Size <= 0 {
			j.add(Finding{Code: "drive-invalid", Severity: Block, Path: hostPath(i, fmt.Sprintf("drives[%d]", k)), Owner: OwnerYou, Evidence: fmt.Sprintf("%d of %s", d.Count, d.Size),
				Message: fmt.Sprintf("%s lists %s of %s", h.Name, many(d.Count, "drive"), d.Size), Remedy: "write how many there are and how large one is"})
			continue
		}
		if d.Role != CapacityDrive {
			continue
		}
		n += d.Count
		if least := rules.DriveSizeMin; !least.Unstated && d.Size < least.Value {
			j.add(Finding{Code: "drive-size", Severity: Block, Path: hostPath(i, fmt.Sprintf("drives[%d].size", k)), Owner: OwnerHardware, Evidence: d.Size.String(), Source: cite(least.Source),
				Message: fmt.Sprintf("%s has capacity drives of %s, at least %s is needed", h.Name, d.Size, least.Value), Remedy: "fit larger drives"})
		}
	}
	severity := j.forGeneration(Warn)
	if least := j.drivesMin(); !least.Unstated && n < least.Value && (len(j.in.Inventory.Hosts) > 1 || severity == Block) {
		j.add(Finding{Code: "drive-count", Severity: severity, Path: hostPath(i, "drives"), Owner: OwnerHardware, Evidence: many(n, "capacity drive"), Source: cite(least.Source),
			Message: fmt.Sprintf("%s has %s, Storage Spaces Direct wants at least %d", h.Name, many(n, "capacity drive"), least.Value), Remedy: "add drives; hosts on a SAN may leave this as it is"})
	}
}

// driveSpace judges what the drives of a host hold together, and whether paths to them are
// doubled, which Storage Spaces Direct does not take.
func (j *judge) driveSpace(i int, h Host) {
	rules, raw := j.rules.Hosts, capacity(h)
	single := j.rules.Storage.SingleWanted
	switch alone := len(j.in.Inventory.Hosts) == 1 && len(j.in.Inventory.Cluster.Volumes) == 0; {
	case raw == 0:
	case !rules.StorageMin.Unstated && raw < rules.StorageMin.Value:
		j.add(Finding{Code: "storage-least", Path: hostPath(i, "drives"), Evidence: raw.String(), Source: cite(rules.StorageMin.Source),
			Message: fmt.Sprintf("the capacity drives of %s hold %s, at least %s is needed", h.Name, raw, rules.StorageMin.Value)})
	case alone && !single.Unstated && raw < single.Value:
		j.add(Finding{Code: "storage-least", Severity: Warn, Path: hostPath(i, "drives"), Evidence: raw.String(), Source: cite(single.Source),
			Message: fmt.Sprintf("the capacity drives of %s hold %s, %s are wanted on a single host", h.Name, raw, single.Value)})
	}
	if rules.SANBuses.Unstated && slices.ContainsFunc(h.Features, func(have string) bool { return strings.EqualFold(have, "Multipath-IO") }) {
		j.add(Finding{Code: "drive-multipath", Path: hostPath(i, "features"), Evidence: "Multipath-IO", Message: "Multipath-IO is installed on " + h.Name})
	}
}

func (j *judge) bootDrive(i int, h Host) {
	least := j.rules.Hosts.BootDriveMin
	if least.Unstated {
		return
	}
	for k, d := range h.Drives {
		if d.Role == BootDrive && d.Size < least.Value {
			j.add(Finding{Code: "drive-boot", Severity: severityOf(j.rules.Hosts.BootDrive.Value), Path: hostPath(i, fmt.Sprintf("drives[%d].size", k)), Owner: OwnerHardware, Evidence: d.Size.String(), Source: cite(least.Source),
				Message: fmt.Sprintf("the boot drive of %s has %s, %s is wanted", h.Name, d.Size, least.Value), Remedy: "fit a larger boot drive"})
		} else if large := j.rules.Hosts.BootDriveLarge; d.Role == BootDrive && !large.Unstated && h.Memory > j.rules.Hosts.BootDriveLargeMemory.Value && d.Size < large.Value {
			j.add(Finding{Code: "drive-boot-dump", Path: hostPath(i, fmt.Sprintf("drives[%d].size", k)), Evidence: fmt.Sprintf("%s with %s of memory", d.Size, h.Memory), Source: cite(large.Source),
				Message: fmt.Sprintf("the boot drive of %s has %s; with %s of memory %s is advised", h.Name, d.Size, h.Memory, large.Value)})
		}
	}
}

func (j *judge) sameDrives(i int, h, first Host) {
	have, want := driveSet(h, false), driveSet(first, false)
	if have != want {
		j.add(Finding{Code: "drive-differs", Severity: severityOf(j.rules.Hosts.SameDrives.Value), Path: hostPath(i, "drives"), Owner: OwnerHardware, Evidence: have + "; " + shortName(first.Name) + " has " + want, Source: cite(j.rules.Hosts.SameDrives.Source),
			Message: h.Name + " has other drives than the first host", Remedy: "give every host drives of the same kind and number"})
		return
	}
	if have, want = driveSet(h, true), driveSet(first, true); have != want {
		j.add(Finding{Code: "drive-model-differs", Severity: Warn, Path: hostPath(i, "drives"), Owner: OwnerHardware, Evidence: have + "; " + shortName(first.Name) + " has " + want, Source: cite(j.rules.Hosts.SameDrives.Source),
			Message: h.Name + " has drives of another size or model than the first host", Remedy: "use one size and model everywhere: the smallest decides what can be used"})
	}
}

// driveSet writes a host's data drives in one line that compares.
func driveSet(h Host, exact bool) string {
	var parts []string
	for _, d := range h.Drives {
		if d.Role == BootDrive {
			continue
		}
		part := fmt.Sprintf("%d %s %s %s", d.Count, d.Media, d.Bus, d.Role)
		if exact {
			part += fmt.Sprintf(" %s %s", d.Model, d.Size)
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// flash judges the kinds of data drives: etcd needs flash, and Azure Local one kind of it.
func (j *judge) flash(i int, h Host) {
	kinds := map[string]bool{}
	hdd, quick := false, false
	for k, d := range h.Drives {
		if d.Role == BootDrive {
			continue
		}
		kinds[strings.ToUpper(d.Media)] = true
		if strings.EqualFold(d.Media, "HDD") {
			hdd = true
		} else {
			quick = true
		}
		if least := j.rules.Hosts.CacheDriveMin; d.Role == CacheDrive && !least.Unstated && d.Size < least.Value {
			j.add(Finding{Code: "drive-cache-small", Path: hostPath(i, fmt.Sprintf("drives[%d].size", k)), Evidence: d.Size.String(), Source: cite(least.Source),
				Message: fmt.Sprintf("%s has cache drives of %s, at least %s is needed", h.Name, d.Size, least.Value)})
		}
	}
	switch single := len(j.in.Inventory.Hosts) == 1; {
	case hdd && !quick:
		j.add(Finding{Code: "drive-flash", Path: hostPath(i, "drives"), Evidence: driveSet(h, false), Message: h.Name + " has hard disks only, etcd needs flash"})
	case j.rules.Generation != profiles.AzureLocal || len(kinds) < 2:
	case single:
		j.add(Finding{Code: "drive-hybrid", Severity: Block, Path: hostPath(i, "drives"), Evidence: driveSet(h, false), Message: "a single machine takes one kind of flash drives, " + h.Name + " has several kinds"})
	default:
		j.add(Finding{Code: "drive-hybrid", Path: hostPath(i, "drives"), Evidence: driveSet(h, false), Message: h.Name + " has several kinds of drives, one kind of flash is advised"})
	}
}

// driveState judges what the drives say of themselves.
func (j *judge) driveState(i int, h Host) {
	for k, d := range h.Drives {
		at := hostPath(i, fmt.Sprintf("drives[%d]", k))
		if d.Health != "" && !strings.EqualFold(d.Health, "Healthy") {
			j.add(Finding{Code: "drive-health", Path: at + ".health", Evidence: d.Health + ", " + d.Model, Message: fmt.Sprintf("a drive of %s (%s) reports: %s", h.Name, d.Model, d.Health)})
		}
		if d.PowerLossProtection == No && d.Role != BootDrive && !strings.EqualFold(d.Media, "HDD") {
			j.add(Finding{Code: "drive-power-loss", Path: at + ".powerLossProtection", Evidence: d.Model, Message: fmt.Sprintf("flash drives of %s (%s) lose what they confirmed when power fails", h.Name, d.Model)})
		}
	}
}
