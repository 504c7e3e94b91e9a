package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// media judges whether hard disks have a cache, and tells whether the pool is all flash. Hard
// disks alone are judged with the drives, and so is all but one kind of flash on a single
// machine of Azure Local, which has no cache.
func (s *stores) media() {
	s.kind = profiles.Flash
	oneKind := s.hosts == 1 && s.in.Profile.Generation == profiles.AzureLocal
	for i, h := range s.in.Inventory.Hosts {
		var disks, flash bool // of the capacity drives
		cache := false
		for _, d := range h.Drives {
			spinning := strings.EqualFold(d.Media, "HDD")
			switch {
			case d.Role == BootDrive:
			case spinning:
				disks = true
			case d.Role == CapacityDrive:
				flash = true
			default:
				cache = true
			}
		}
		if !disks {
			continue
		}
		s.kind = profiles.Hybrid
		if flash && !cache && !oneKind {
			s.add(Finding{Code: "storage-cache", Severity: Warn, Path: hostPath(i, "drives"), Owner: OwnerHardware, Evidence: "hard disks and flash, none of it a cache", Source: "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)",
				Message: h.Name + " has hard disks and flash drives for capacity, and no cache", Remedy: "let Storage Spaces Direct take the flash drives as cache, and read the hosts again"})
		}
	}
}

// judge compares what is needed with what there is.
func (s *stores) judge() {
	r := &s.room
	for _, what := range []struct {
		path string
		size Bytes
	}{{"machineDisk", s.in.Site.Storage.MachineDisk}, {"kept", s.in.Site.Storage.Kept}} {
		if what.size < 0 {
			s.add(Finding{Code: "storage-amount", Severity: Block, Path: "site.storage." + what.path, Owner: OwnerYou, Evidence: what.size.String(), Message: "an amount of storage cannot be negative", Remedy: "write an amount such as 200GiB"})
		}
	}
	if len(r.Unknown) > 0 {
		s.add(Finding{Code: "storage-unknown", Severity: Note, Path: "site.storage.images", Owner: OwnerYou, Evidence: strings.Join(r.Unknown, ", "),
			Message: "not all storage is counted: nobody says how large these grow: " + strings.Join(r.Unknown, ", "), Remedy: "write site.storage.machineDisk and site.storage.kept, from what such a deployment takes elsewhere"})
	}
	r.Stock = StockUnknown
	if r.Drives == 0 {
		return
	}
	have := r.Raw - r.Repair
	r.Free, r.Stock = max(have-r.Needed, 0), StockEnough
	if r.Needed > have {
		r.Stock = StockShort
		s.add(Finding{Code: "storage-fit", Severity: Block, Path: "inventory.hosts", Owner: OwnerHardware, Source: r.Reason.Source,
			Message:  fmt.Sprintf("the storage does not suffice: with all copies %s are needed, %s are there after %s kept for repair: %s short", about(r.Needed), about(have), about(r.Repair), about(r.Needed-have)),
			Evidence: fmt.Sprintf("%s needed, %s there", r.Needed, have), Remedy: s.remedy(r.Needed - have)})
		return
	}
	full := s.rules.AlertPercent
	if most := share(r.Raw, full.Value); !full.Unstated && r.Needed > most {
		s.add(Finding{Code: "storage-alert", Severity: Warn, Path: "inventory.hosts", Owner: OwnerHardware, Source: cite(full.Source),
			Message:  fmt.Sprintf("%s of %s on the drives will be taken: Windows complains from %d %% on", about(r.Needed), about(r.Raw), full.Value),
			Evidence: fmt.Sprintf("%s of %s", r.Needed, r.Raw), Remedy: s.remedy(r.Needed - most)})
	}
}

// remedy is the smallest change that gives so much more on the drives.
func (s *stores) remedy(short Bytes) string {
	var drive Bytes
	for _, d := range s.in.Inventory.Hosts[0].Drives {
		if d.Role == CapacityDrive {
			drive = max(drive, d.Size)
		}
	}
	ways := []string{}
	if drive > 0 && s.hosts > 0 {
		each := times(s.hosts, drive)
		ways = append(ways, fmt.Sprintf("add %s of %s to each host", many((short+each-1)/each, "drive"), drive))
	}
	if len(s.room.Needs) > 0 {
		most := slices.MaxFunc(s.room.Needs, func(a, b StorageNeed) int { return int(min(max(a.OnDrives-b.OnDrives, -1), 1)) })
		ways = append(ways, fmt.Sprintf("want %s less of the %s%s", roundUp(data(short+profiles.MiB*Bytes(s.kept.Total), s.kept), profiles.GiB), most.Purpose, named(most.Class)))
	}
	return strings.Join(ways, ", or ")
}

// about writes an amount for reading; the evidence of a finding has it exactly.
func about(b Bytes) string {
	for _, unit := range []Bytes{profiles.TiB, profiles.GiB} {
		if b >= unit {
			return strconv.FormatFloat(float64(b)/float64(unit), 'f', 1, 64) + unit.String()[1:]
		}
	}
	return b.String()
}

func named(class string) string {
	if class == "" {
		return ""
	}
	return " of " + class
}

// volumes judges the cluster shared volumes that there are, and says how many are best.
func (s *stores) volumes() {
	r := &s.room
	have := s.in.Inventory.Cluster.Volumes
	if r.Drives > 0 && s.hosts > 0 {
		r.Volumes = s.hosts
		if most := s.rules.VolumeMax; most.Value > 0 {
			// as many for each host as hold all when each is as large as may be
			rounds := (r.Usable-1)/(most.Value*Bytes(s.hosts)) + 1
			r.Volumes = s.hosts * int(max(rounds, 1))
		}
		if most := s.rules.VolumesMax; !most.Unstated && r.Volumes > most.Value {
			wanted := r.Volumes
			r.Volumes = max(most.Value/s.hosts*s.hosts, 1)
			s.add(Finding{Code: "storage-volumes-limit", Severity: Warn, Path: "inventory.hosts", Owner: OwnerHardware, Evidence: fmt.Sprintf("%d volumes of at most %s", wanted, s.rules.VolumeMax.Value), Source: cite(most.Source),
				Message: fmt.Sprintf("%d volumes would be needed to use all of the pool, at most %d are supported: %s of it stays unused", wanted, most.Value, about(r.Usable-times(r.Volumes, s.rules.VolumeMax.Value))),
				Remedy:  "Buy fewer or smaller drives, or split the hosts into several sites; nothing, if what stays unused is not wanted."})
		}
		r.VolumeSize = r.Usable / Bytes(r.Volumes) / profiles.GiB * profiles.GiB
		if most := s.rules.VolumeMax; most.Value > 0 {
			r.VolumeSize = min(r.VolumeSize, most.Value/profiles.GiB*profiles.GiB)
		}
	}
	if len(have) == 0 {
		return
	}
	var size, free Bytes
	for _, v := range have {
		size, free = plus(size, max(v.Size, 0)), plus(free, max(v.Free, 0))
	}
	if s.hosts > 1 && len(have)%s.hosts != 0 {
		s.add(Finding{Code: "storage-volumes-count", Severity: Note, Path: "inventory.failoverCluster.volumes", Owner: OwnerYou, Evidence: fmt.Sprintf("%s, %s", many(len(have), "volume"), many(s.hosts, "host")), Source: cite(s.rules.VolumesMax.Source),
			Message: fmt.Sprintf("the number of volumes (%d) is no multiple of that of the hosts (%d): each volume is led by one host, and some get more work than others", len(have), s.hosts), Remedy: fmt.Sprintf("make %s", many(s.hosts*(len(have)/s.hosts+1), "volume"))})
	}
	if on := onDrives(size, s.kept); r.Drives > 0 && on > r.Raw-r.Repair {
		s.add(Finding{Code: "storage-volumes-promise", Severity: Warn, Path: "inventory.failoverCluster.volumes", Owner: OwnerYou, Evidence: fmt.Sprintf("%s promised, %s there", size, r.Usable), Source: cite(s.kept.Source),
			Message: fmt.Sprintf("the volumes promise %s, the pool holds %s as %s: it can be full while the volumes say they are not", about(size), about(r.Usable), s.kept.Name), Remedy: "watch the pool, not the volumes, or make the volumes smaller"})
	}
	s.volumesFree(free)
	s.imageVolume()
}

// volumesFree judges whether what is new fits into the volumes as they are.
func (s *stores) volumesFree(free Bytes) {
	var size Bytes
	for _, n := range s.room.Needs {
		size = plus(size, n.Size)
	}
	if s.room.Stock == StockShort {
		return
	}
	if size <= free {
		s.pathFree()
		return
	}
	s.add(Finding{Code: "storage-volumes-free", Severity: Warn, Path: "inventory.failoverCluster.volumes", Owner: OwnerYou, Evidence: fmt.Sprintf("%s wanted, %s free", size, free), Source: cite(s.rules.VolumesMax.Source),
		Message: fmt.Sprintf("%s are wanted and %s are free in the volumes: they fill up before the disks and claims have grown to their size", about(size), about(free)),
		Remedy:  fmt.Sprintf("extend the volumes by %s, or add some", roundUp(size-free, profiles.GiB))})
}

// pathFree judges whether what goes to one path fits there, where all volumes together would do:
// the platform does not turn to another.
func (s *stores) pathFree() {
	for i, v := range s.in.Inventory.Cluster.Volumes {
		if !below(s.in.Site.Storage.Images, v.Path) || s.together <= v.Free {
			continue
		}
		s.add(Finding{Code: "storage-volume-free", Severity: Warn, Owner: OwnerYou, Source: "ASD:AKS-Arc/storage-provision-issue.md (read 2026-11-22)", Path: fmt.Sprintf("inventory.failoverCluster.volumes[%d].free", i), Evidence: fmt.Sprintf("%s wanted, %s free", s.together, v.Free),
			Message: fmt.Sprintf("images and machines want %s of %s, which has %s free", about(s.together), v.Path, about(v.Free)),
			Remedy:  fmt.Sprintf("extend the volume by %s, or name a path on another that has the room", roundUp(s.together-v.Free, profiles.GiB))})
	}
}

// imageVolume judges the size of the volume that images and machines go to.
func (s *stores) imageVolume() {
	wanted := s.rules.VolumeWanted
	if s.hosts == 1 {
		wanted = s.rules.SingleWanted
	}
	for i, v := range s.in.Inventory.Cluster.Volumes {
		if !wanted.Unstated && below(s.in.Site.Storage.Images, v.Path) && v.Size < wanted.Value {
			s.add(Finding{Code: "storage-volume-size", Severity: Warn, Path: fmt.Sprintf("inventory.failoverCluster.volumes[%d].size", i), Owner: OwnerYou, Evidence: v.Size.String(), Source: cite(wanted.Source),
				Message: fmt.Sprintf("%s, where the images go, has %s; %s are wanted", v.Path, v.Size, wanted.Value), Remedy: "extend the volume: Resize-VirtualDisk, then Resize-Partition"})
		}
	}
}

// classKnown judges the storage class that a workload names, where the site lists classes.
func (s *stores) classKnown(path string, c Cluster, w Workload) {
	known := []string{"default"}
	if c.StorageClass != "" {
		known = append(known, c.StorageClass)
	}
	for _, class := range s.in.Site.Storage.Classes {
		known = append(known, class.Name)
	}
	if w.StorageClass == "" || len(s.in.Site.Storage.Classes) == 0 || slices.Contains(known, w.StorageClass) {
		return
	}
	s.add(Finding{Code: "storage-class-unknown", Severity: Warn, Path: path, Owner: OwnerYou, Evidence: w.StorageClass,
		Message: fmt.Sprintf("%s claims storage of the class %s, which neither the site nor the cluster %s has", w.Name, quoted(w.StorageClass), c.Name), Remedy: didYouMean(w.StorageClass, known)})
}

// classVolume judges the volume that a storage class is kept on.
func (s *stores) classVolume(path string, c StorageClass, size Bytes) {
	if c.Volume == "" {
		return
	}
	volumes := s.in.Inventory.Cluster.Volumes
	at := slices.IndexFunc(volumes, func(v Volume) bool { return below(c.Volume, v.Path) })
	switch {
	case at < 0:
		s.add(Finding{Code: "storage-class-volume", Severity: Block, Path: path + ".volume", Owner: OwnerYou, Evidence: c.Volume,
			Message: fmt.Sprintf("%s is no cluster shared volume of the inventory", quoted(c.Volume)), Remedy: "use " + volumePaths(volumes)})
	case size > volumes[at].Free:
		s.add(Finding{Code: "storage-class-fit", Severity: Warn, Path: path + ".volume", Owner: OwnerYou, Evidence: fmt.Sprintf("%s wanted, %s free", size, volumes[at].Free),
			Message: fmt.Sprintf("the class %s wants %s, %s has %s free", c.Name, size, volumes[at].Path, volumes[at].Free), Remedy: fmt.Sprintf("extend the volume by %s, or name another", roundUp(size-volumes[at].Free, profiles.GiB))})
	}
}
