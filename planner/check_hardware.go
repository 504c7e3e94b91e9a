package planner

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// oldProcessor matches the names of processors before Intel Nehalem and AMD EPYC: Xeon
// 3000, 5000 and 7000 up to x499, Core 2, Pentium, Itanium and Opteron.
var oldProcessor = regexp.MustCompile(`(?i)\b(opteron|itanium|pentium|core\(?(tm)?\)?2|xeon\(?r?\)?( cpu)?( +[elxw])? *(30|32|33|50|51|52|53|54|70|71|72|73|74)[0-9]{2}\b)`)

// hardware judges the parts of a server that never change.
func (j *judge) hardware(i int, h Host) {
	rules, p := j.rules.Hosts, h.Processor
	if _, listed := j.rules.Certified(h.Maker, h.Model); !listed && h.Model != "" && (i == 0 || h.Model != j.in.Inventory.Hosts[0].Model) {
		page := j.rules.Hardware[0].Source
		j.add(Finding{Code: "host-catalogue", Path: hostPath(i, "model"), Evidence: strings.TrimSpace(h.Maker + " " + h.Model), Source: cite(page),
			Message: fmt.Sprintf("whether %s %s is certified is not known: it is on no list that was read by %s", h.Maker, h.Model, page.Read)})
	}
	if a := p.Architecture; a != "" && !strings.EqualFold(a, "x64") && !strings.EqualFold(a, "amd64") && !strings.EqualFold(a, "x86_64") {
		j.add(Finding{Code: "host-architecture", Path: hostPath(i, "processor.architecture"), Evidence: a,
			Message: fmt.Sprintf("the processors of %s are %s, only x64 is supported", h.Name, a)})
	}
	if oldProcessor.MatchString(p.Name) {
		j.add(Finding{Code: "host-processor-old", Path: hostPath(i, "processor.name"), Evidence: p.Name,
			Message: fmt.Sprintf("%s has %s, of a generation before Nehalem and EPYC", h.Name, p.Name)})
	}
	if least := rules.ProcessorMHzMin; !least.Unstated && p.MHz > 0 && p.MHz < least.Value {
		j.add(Finding{Code: "host-processor-slow", Path: hostPath(i, "processor.mhz"), Evidence: fmt.Sprintf("%d MHz", p.MHz), Source: cite(least.Source),
			Message: fmt.Sprintf("the processors of %s run at %d MHz, at least %d are needed", h.Name, p.MHz, least.Value)})
	}
	if p.Cores > 0 && p.Logical == p.Cores && j.rules.Billing.HyperThreadingHalves {
		j.add(Finding{Code: "host-hyper-threading", Path: hostPath(i, "processor.logical"), Evidence: fmt.Sprintf("%d cores, %d logical processors", p.Cores, p.Logical), Source: cite(j.rules.Billing.Source),
			Message: "hyper-threading is off on " + h.Name})
	}
	if p.DEP == No {
		j.add(Finding{Code: "host-dep", Path: hostPath(i, "processor.dep"), Evidence: "off", Message: "data execution prevention is off on " + h.Name})
	}
	if h.ECC == No && !rules.ECC.Unstated {
		j.add(Finding{Code: "host-ecc", Severity: severityOf(rules.ECC.Value), Path: hostPath(i, "ecc"), Evidence: "no error correction", Source: cite(rules.ECC.Source),
			Message: "the memory of " + h.Name + " corrects no errors"})
	}
	if h.Firmware.TPMReady == No && tpm2(h.Firmware.TPM) == Yes {
		j.add(Finding{Code: "host-tpm-ready", Severity: severityOf(rules.TPM.Value), Path: hostPath(i, "firmware.tpmReady"), Evidence: "TPM " + h.Firmware.TPM + ", not ready",
			Message: "the TPM of " + h.Name + " is not ready for use"})
	}
	if h.Firmware.VBS == No {
		j.add(Finding{Code: "host-vbs", Severity: severityOf(rules.VBS.Value), Path: hostPath(i, "firmware.vbs"), Evidence: "not running", Source: cite(rules.VBS.Source),
			Message: "virtualisation-based security is not running on " + h.Name})
	}
	first := j.in.Inventory.Hosts[0]
	if own, other := h.Firmware.Version, first.Firmware.Version; own != other && own != "" && other != "" && h.Model == first.Model {
		j.add(Finding{Code: "host-bios-differs", Path: hostPath(i, "firmware.version"), Evidence: fmt.Sprintf("%s, %s has %s", own, shortName(first.Name), other),
			Message: h.Name + " has another firmware version than the first host"})
	}
}

// memoryNeeded is the memory that a host must have at least, and why.
func memoryNeeded(h Host, rules profiles.Profile) (Bytes, string) {
	least := rules.Hosts.MemoryMin.Value
	var cache Bytes
	for _, d := range h.Drives {
		if d.Role == CacheDrive {
			cache = plus(cache, d.together())
		}
	}
	more := times(int(cache/1e9), rules.Reserve.Memory.PerCacheTB/1000)
	if more = roundUp(more, profiles.GiB); more <= 0 {
		return least, ""
	}
	return plus(least, more), fmt.Sprintf(", %s of it for %s of cache drives", more, cache)
}

// processorsAlike judges a host's processors against the first host's.
func (j *judge) processorsAlike(i int, h, first Host) {
	if h.Processor.Name == first.Processor.Name && h.Processor.Cores == first.Processor.Cores {
		return
	}
	rule := j.rules.Hosts.SameProcessors
	j.add(Finding{Code: "host-processor-differs", Severity: severityOf(rule.Value), Path: hostPath(i, "processor"), Source: cite(rule.Source),
		Evidence: fmt.Sprintf("%s with %s, %s has %s with %d", h.Processor.Name, many(h.Processor.Cores, "core"), shortName(first.Name), first.Processor.Name, first.Processor.Cores),
		Message:  h.Name + " has other processors than the first host", Remedy: "machines may not move between them while they run: use like processors"})
}
