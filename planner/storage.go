package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// Stock answers whether storage suffices.
type Stock string

// The answers. Unknown hosts keep their data elsewhere, or say nothing of their drives.
const (
	StockEnough  Stock = "enough"
	StockShort   Stock = "short"
	StockUnknown Stock = "unknown"
)

// StorageRoom is what the pool of the hosts' capacity drives has, and what is wanted of
// it. Amounts without a word are raw: on the drives, with all copies.
type StorageRoom struct {
	// Resiliency of the volumes; Efficiency is the part of what is written that is data,
	// in percent, rounded down.
	Resiliency string `yaml:"resiliency,omitempty" json:"resiliency,omitempty"`
	Efficiency int    `yaml:"efficiency,omitempty" json:"efficiency,omitempty"`
	Drives     int    `yaml:"drives" json:"drives"`
	Raw        Bytes  `yaml:"raw" json:"raw"`
	// Repair is kept free, so that a drive that fails is repaired at once.
	Repair Bytes `yaml:"repair" json:"repair"`
	// Usable is what is left for data, before copies.
	Usable Bytes `yaml:"usable" json:"usable"`
	// Needed is what all needs below take on the drives, Free what then is left.
	Needed Bytes         `yaml:"needed" json:"needed"`
	Free   Bytes         `yaml:"free" json:"free"`
	Stock  Stock         `yaml:"stock" json:"stock"`
	Needs  []StorageNeed `yaml:"needs" json:"needs"`
	// Unknown are needs of which nobody has said how large they are.
	Unknown []string `yaml:"unknown,omitempty" json:"unknown,omitempty"`
	// Volumes and VolumeSize are how many cluster shared volumes are best made, and of what
	// size for what is left of the pool.
	Volumes    int    `yaml:"volumes,omitempty" json:"volumes,omitempty"`
	VolumeSize Bytes  `yaml:"volumeSize,omitempty" json:"volumeSize,omitempty"`
	Reason     Reason `yaml:"reason" json:"reason"`
}

// StorageNeed is one line of the demand.
type StorageNeed struct {
	Purpose string `yaml:"purpose" json:"purpose"`
	// Class is the storage class of claims.
	Class      string `yaml:"class,omitempty" json:"class,omitempty"`
	Size       Bytes  `yaml:"size" json:"size"`
	Resiliency string `yaml:"resiliency" json:"resiliency"`
	// OnDrives is the size with all copies.
	OnDrives Bytes  `yaml:"onDrives" json:"onDrives"`
	Rule     string `yaml:"rule" json:"rule"`
}

// storage works out what the drives of the hosts hold, and judges it. machines are those
// of the site in steady state.
func storage(in Input, machines []Machines) (StorageRoom, []Finding) {
	s := &stores{in: in, rules: in.Profile.Storage, hosts: len(in.Inventory.Hosts)}
	s.media()
	s.pool()
	s.needs(machines)
	s.judge()
	s.volumes()
	return s.room, s.findings
}

// stores collects the storage of one site.
type stores struct {
	in       Input
	rules    profiles.StorageRules
	hosts    int
	kind     profiles.Media
	room     StorageRoom
	kept     profiles.Resiliency
	findings []Finding
	// together is what goes where the images go: them and the machines' disks.
	together Bytes
}

func (s *stores) add(f Finding) { s.findings = append(s.findings, f) }

// pool works out what the capacity drives have. Drives that not all hosts have cannot be
// mirrored to the others: the least that a host has counts for all.
func (s *stores) pool() {
	least, perHost, largest := Bytes(0), 0, map[string]Bytes{}
	for i, h := range s.in.Inventory.Hosts {
		var raw Bytes
		n := 0
		for _, d := range h.Drives {
			if d.Role != CapacityDrive || d.Count < 1 || d.Size <= 0 {
				continue
			}
			raw, n = plus(raw, times(counted(d.Count), d.Size)), n+counted(d.Count)
			largest[d.Media] = max(largest[d.Media], d.Size)
		}
		if i == 0 || raw < least {
			least, perHost = raw, n
		}
	}
	r := &s.room
	r.Drives, r.Raw = perHost*s.hosts, times(s.hosts, least)
	reserved := min(s.hosts, s.in.Profile.Reserve.RepairDrivesMax.Value)
	for _, size := range largest {
		r.Repair = plus(r.Repair, times(reserved, size))
	}
	r.Repair = min(r.Repair, r.Raw)
	s.kept = s.resiliency("site.storage.resiliency", s.in.Site.Storage.Resiliency)
	r.Resiliency, r.Efficiency = s.kept.Name, 100*s.kept.Data/s.kept.Total
	r.Usable = data(r.Raw-r.Repair, s.kept)
	r.Reason = Reason{Source: cite(s.kept.Source), Rule: fmt.Sprintf("the smallest host's drives on each of %s, less %d of the largest drives for repair; %d of %d pieces are data, %s may fail",
		many(s.hosts, "host"), reserved*len(largest), s.kept.Data, s.kept.Total, many(s.kept.Tolerates, "drive or host", "drives or hosts"))}
	if r.Drives == 0 {
		r.Reason.Rule = "not every host lists capacity drives: the volumes are kept elsewhere, or the hosts were not read in full"
	}
}

// resiliency looks up how data are kept. One that the hosts cannot have is a finding, and
// the usual one is counted with.
func (s *stores) resiliency(path, name string) profiles.Resiliency {
	if r, ok := s.rules.Resiliency(name, s.hosts, s.kind); ok {
		return r
	}
	usual, ok := s.rules.Resiliency("", s.hosts, s.kind)
	if !ok {
		usual = profiles.Resiliency{Data: 1, Total: 1}
	}
	if name != "" {
		var names []string
		for _, r := range s.rules.Resiliencies {
			if r.Offered(s.hosts, s.kind) && !slices.Contains(names, r.Name) {
				names = append(names, r.Name)
			}
		}
		s.add(Finding{Code: "storage-resiliency", Severity: Block, Path: path, Owner: OwnerYou, Evidence: fmt.Sprintf("%s on %s", name, many(s.hosts, "host")), Source: cite(s.rules.Resiliencies[0].Source),
			Message: fmt.Sprintf("%s %s no resiliency %s", many(s.hosts, "host"), does(s.hosts, "has", "have"), quoted(name)), Remedy: "write one of: " + strings.Join(names, ", ")})
	}
	return usual
}

// data is what is left for data of an amount on the drives.
func data(raw Bytes, r profiles.Resiliency) Bytes {
	total := Bytes(r.Total)
	return raw / total * Bytes(r.Data) / profiles.MiB * profiles.MiB
}

// onDrives is what data take on the drives, in whole MiB.
func onDrives(size Bytes, r profiles.Resiliency) Bytes {
	n := Bytes(r.Data)
	return roundUp(times(r.Total, (size+n-1)/n), profiles.MiB)
}

// need writes one line of the demand.
func (s *stores) need(purpose, class string, size Bytes, r profiles.Resiliency, rule string) {
	if size <= 0 {
		return
	}
	n := StorageNeed{Purpose: purpose, Class: class, Size: size, Resiliency: r.Name, OnDrives: onDrives(size, r), Rule: rule}
	s.room.Needs = append(s.room.Needs, n)
	s.room.Needed = plus(s.room.Needed, n.OnDrives)
}

// unknown notes a need without a size.
func (s *stores) unknown(what string) { s.room.Unknown = append(s.room.Unknown, what) }

// needs lists who takes storage.
func (s *stores) needs(machines []Machines) {
	site := s.in.Site.Storage
	if own := s.rules.Infrastructure; !own.Unstated {
		s.need("the platform's own volumes", "", roundUp(own.Value, profiles.GiB), s.kept, "infrastructure and history of performance")
	}
	switch images := s.rules.Images; {
	case site.Kept > 0:
		s.together = plus(s.together, site.Kept)
		s.need("images, working folder and others", "", site.Kept, s.kept, "site.storage.kept")
	case !images.Unstated:
		s.together = plus(s.together, images.Value)
		s.need("images and working folder", "", images.Value, s.kept, cite(images.Source))
	default:
		s.unknown("images and working folder")
	}
	s.disks(machines)
	s.claims()
}

// disks are those of the machines: each grows to its full size.
func (s *stores) disks(machines []Machines) {
	disk, rule := s.in.Site.Storage.MachineDisk, "site.storage.machineDisk"
	if disk <= 0 && !s.in.Profile.OSDisk.Unstated {
		disk, rule = s.in.Profile.OSDisk.Value, "by "+cite(s.in.Profile.OSDisk.Source)
	}
	if disk <= 0 {
		s.unknown("disks of the machines")
		return
	}
	for i := 0; i < len(machines); {
		cluster, n := machines[i].Cluster, 0
		for ; i < len(machines) && machines[i].Cluster == cluster; i++ {
			if machines[i].Role != Appliance {
				n += machines[i].Count
			}
		}
		what := fmt.Sprintf("disks of %s of %s", many(n, "machine"), cluster)
		if cluster == "" {
			what = "disk of the management cluster"
		}
		s.together = plus(s.together, times(n, disk))
		s.need(what, "", times(n, disk), s.kept, fmt.Sprintf("%s each, %s", disk, rule))
	}
}

// claims are the persistent volumes, by storage class: first the classes of the site, then
// those that only workloads name.
func (s *stores) claims() {
	type sum struct {
		size   Bytes
		claims int
	}
	wanted := map[string]sum{}
	var names []string
	for i, c := range s.in.Site.Clusters {
		for k, w := range c.Workloads {
			if w.Claim <= 0 {
				continue
			}
			if w.StorageClass == "" {
				s.add(Finding{Code: "storage-class-missing", Severity: Block, Path: fmt.Sprintf("site.clusters[%d].workloads[%d].storageClass", i, k), Owner: OwnerYou, Evidence: w.Claim.String(),
					Message: fmt.Sprintf("%s claims %s for each pod, of no storage class", w.Name, w.Claim), Remedy: "name the storage class"})
			}
			s.classKnown(fmt.Sprintf("site.clusters[%d].workloads[%d].storageClass", i, k), c, w)
			if _, known := wanted[w.StorageClass]; !known {
				names = append(names, w.StorageClass)
			}
			was, pods := wanted[w.StorageClass], counted(max(w.Count, 1))*counted(w.Replicas)
			wanted[w.StorageClass] = sum{plus(was.size, times(pods, w.Claim)), was.claims + min(pods, mostCounted)}
		}
	}
	for i, c := range s.in.Site.Storage.Classes {
		path := fmt.Sprintf("site.storage.classes[%d]", i)
		if slices.ContainsFunc(s.in.Site.Storage.Classes[:i], func(o StorageClass) bool { return o.Name == c.Name }) {
			s.add(Finding{Code: "storage-class-duplicate", Severity: Block, Path: path + ".name", Owner: OwnerYou, Evidence: c.Name, Message: fmt.Sprintf("the storage class %s stands twice", quoted(c.Name)), Remedy: "write it once, with the capacity of all clusters"})
			continue
		}
		kept := s.kept
		if c.Resiliency != "" {
			kept = s.resiliency(path+".resiliency", c.Resiliency)
		}
		own := wanted[c.Name]
		size := plus(max(c.Capacity, 0), own.size)
		rule := fmt.Sprintf("%s of the class", max(c.Capacity, 0))
		if own.claims > 0 {
			rule += fmt.Sprintf(" and %s of %s", own.size, many(own.claims, "pod"))
		}
		s.need("claims", c.Name, size, kept, rule)
		s.classVolume(path, c, size)
		delete(wanted, c.Name)
	}
	for _, name := range names {
		if own, left := wanted[name]; left {
			s.need("claims", name, own.size, s.kept, fmt.Sprintf("%s of %s", own.size, many(own.claims, "pod")))
		}
	}
}

// annotateStorage writes behind the amounts how they come about.
func annotateStorage(n *node, s StorageRoom) {
	if s.Stock == StockUnknown {
		noted(n, "stock", s.Reason.Rule)
		return
	}
	noted(n, "efficiency", fmt.Sprintf("of 100 %% on the drives so much is data; the rest are copies or parity of %s", s.Resiliency))
	noted(n, "drives", "the capacity drives of the hosts of the inventory")
	noted(n, "raw", "the sizes of these drives together")
	noted(n, "repair", "so that a drive that fails is repaired at once")
	noted(n, "usable", fmt.Sprintf("%d %% of raw - repair", s.Efficiency))
	noted(n, "needed", "the sum of the needs below, on the drives with all copies")
	noted(n, "free", "raw - repair - needed")
	noted(n, "volumes", "each volume is led by one host: a multiple of the hosts")
	noted(n, "volumeSize", fmt.Sprintf("usable / %d, in whole GiB", s.Volumes))
}
