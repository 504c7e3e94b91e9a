package provision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// A difference is a value that the inventory has and the hosts do not.
type difference struct{ key, was, is string }

// compare holds a host against the inventory, and reports whether it is that host at all.
func (i *inspection) compare(v *visit) bool {
	if v.now.Name != "" && !strings.EqualFold(shortName(v.now.Name), shortName(v.host.Name)) {
		i.add(planner.Finding{
			Code: FindingOther, Severity: planner.Block, Path: hostPath(v.index) + ".name", Owner: planner.OwnerNetwork,
			Message: fmt.Sprintf("%s is answered by another host, %s", v.host.Name, v.now.Name), Evidence: v.now.Name + " at " + v.now.Address.String(),
			Remedy: "correct the DNS record, or the name in the inventory",
		})
		return false
	}
	v.now.Name = v.host.Name // as the plan's steps are addressed
	for _, d := range hostDifferences(v.host, v.now) {
		i.add(planner.Finding{
			Code: FindingDiffers, Severity: planner.Warn, Path: hostPath(v.index) + "." + d.key, Owner: planner.OwnerYou,
			Message:  fmt.Sprintf("%s has %s, the inventory says %s", v.host.Name, d.is, d.was),
			Evidence: d.was + " -> " + d.is,
			Remedy:   "if the host is right, read the inventory anew and plan again: arcwright discover HOST... --out FILE",
		})
	}
	return true
}

// hostDifferences are what matters to a plan: what a run of our own changes, such as the
// module and the features, and what changes by itself, such as the clock, is left out. A
// value that is not known on either side is no difference.
func hostDifferences(was, is planner.Host) []difference {
	var out []difference
	differ := func(key, was, is string) {
		if was != is {
			out = append(out, difference{key, cmp.Or(was, "nothing"), cmp.Or(is, "nothing")})
		}
	}
	if is.Address.IsValid() {
		differ("address", was.Address.String(), is.Address.String())
	}
	differ("maker", was.Maker, is.Maker)
	differ("model", was.Model, is.Model)
	differ("processor", processor(was.Processor), processor(is.Processor))
	// Firmware updates move the memory that is visible a little.
	if gap := was.Memory - is.Memory; max(gap, -gap) > max(was.Memory, is.Memory)/64 {
		differ("memory", was.Memory.String()+" of memory", is.Memory.String()+" of memory")
	}
	known := func(key, name string, was, is planner.Known) {
		if was != planner.Unknown && is != planner.Unknown && was != "" && is != "" {
			differ(key, name+": "+string(was), name+": "+string(is))
		}
	}
	known("firmware.uefi", "UEFI", was.Firmware.UEFI, is.Firmware.UEFI)
	known("firmware.secureBoot", "Secure Boot", was.Firmware.SecureBoot, is.Firmware.SecureBoot)
	if was.Firmware.TPM != string(planner.Unknown) && is.Firmware.TPM != string(planner.Unknown) {
		differ("firmware.tpm", "TPM "+cmp.Or(was.Firmware.TPM, "none"), "TPM "+cmp.Or(is.Firmware.TPM, "none"))
	}
	differ("os", system(was.OS), system(is.OS))
	if !strings.EqualFold(was.Domain, is.Domain) {
		differ("domain", "domain "+cmp.Or(was.Domain, "none"), "domain "+cmp.Or(is.Domain, "none"))
	}
	differ("drives", drives(was.Drives), drives(is.Drives))
	differ("switches", switches(was.Switches), switches(is.Switches))
	return out
}

func processor(p planner.Processor) string {
	return fmt.Sprintf("%s, %d sockets, %d cores, %d logical", p.Name, p.Sockets, p.Cores, p.Logical)
}

func system(o planner.OS) string {
	return strings.Join([]string{o.Product, o.Edition, fmt.Sprintf("build %d", o.Build), o.Language}, ", ")
}

// drives are a host's drives in an order of their own; the roles are Windows' to choose.
func drives(all []planner.Drive) string {
	count := map[string]int{}
	for _, d := range all {
		count[fmt.Sprintf("%s %s %s %s", d.Model, d.Media, d.Bus, d.Size)] += d.Count
	}
	var out []string
	for kind, n := range count {
		out = append(out, fmt.Sprintf("%d x %s", n, kind))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func switches(all []planner.Switch) string {
	var out []string
	for _, s := range all {
		out = append(out, fmt.Sprintf("switch %s (%s)", s.Name, s.Type))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func shortName(name string) string {
	short, _, _ := strings.Cut(name, ".")
	return short
}

// compareClusters holds the failover cluster against the inventory's. Free space is not
// compared: the planner judges what there is now.
func (i *inspection) compareClusters(is planner.FailoverCluster) {
	was := i.in.Inventory.Cluster
	differ := func(key, was, is string) {
		if was == is {
			return
		}
		i.add(planner.Finding{
			Code: FindingDiffers, Severity: planner.Warn, Path: "inventory.failoverCluster" + key, Owner: planner.OwnerYou,
			Message:  fmt.Sprintf("the failover cluster has %s, the inventory says %s", cmp.Or(is, "nothing"), cmp.Or(was, "nothing")),
			Evidence: cmp.Or(was, "nothing") + " -> " + cmp.Or(is, "nothing"),
			Remedy:   "if the hosts are right, read the inventory anew and plan again: arcwright discover HOST... --out FILE",
		})
	}
	if !strings.EqualFold(was.Name, is.Name) {
		i.add(planner.Finding{
			Code: FindingDiffers, Severity: planner.Warn, Path: "inventory.failoverCluster.name", Owner: planner.OwnerYou,
			Message:  fmt.Sprintf("the hosts are in %s, the inventory says %s", clusterName(is.Name), clusterName(was.Name)),
			Evidence: cmp.Or(was.Name, "none") + " -> " + cmp.Or(is.Name, "none"),
			Remedy:   "if the hosts are right, read the inventory anew and plan again: arcwright discover HOST... --out FILE",
		})
		return
	}
	if was.Address != nil && is.Address != nil {
		differ(".address", "the address "+was.Address.String(), "the address "+is.Address.String())
	}
	differ(".volumes", volumes(was.Volumes), volumes(is.Volumes))
	differ(".networks", networks(was.Nets), networks(is.Nets))
}

func clusterName(name string) string {
	if name == "" {
		return "no failover cluster"
	}
	return "the failover cluster " + name
}

func volumes(all []planner.Volume) string {
	var out []string
	for _, v := range all {
		out = append(out, fmt.Sprintf("%s (%s)", v.Path, v.Size))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func networks(all []planner.ClusterNetwork) string {
	var out []string
	for _, n := range all {
		out = append(out, fmt.Sprintf("%s %s (%s)", n.Name, n.Subnet, n.Role))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
