package planner

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/arcwright/arcwright/profiles"
)

// hosts judges each host by itself and against the first.
func (j *judge) hosts() {
	hosts, rules := j.in.Inventory.Hosts, j.rules.Hosts
	if len(hosts) == 0 {
		j.add(Finding{Code: "host-none", Severity: Block, Path: "inventory.hosts", Owner: OwnerYou,
			Message: "the inventory has no host", Remedy: "list the hosts, or write the inventory with: arcwright discover HOST... --out inventory.yaml"})
		return
	}
	j.hostCount(len(hosts))
	names, addresses := map[string]int{}, map[string]int{}
	for i, h := range hosts {
		if first, again := names[strings.ToLower(h.Name)]; again {
			j.add(Finding{Code: "host-duplicate", Severity: Block, Path: hostPath(i, "name"), Owner: OwnerYou, Evidence: h.Name,
				Message: fmt.Sprintf("%s is listed twice, first as host %d", h.Name, first), Remedy: "remove one of the two entries"})
		} else {
			names[strings.ToLower(h.Name)] = i
		}
		if first, again := addresses[h.Address.String()]; again && h.Address.IsValid() {
			j.add(Finding{Code: "host-address-duplicate", Severity: Block, Path: hostPath(i, "address"), Owner: OwnerNetwork, Evidence: h.Address.String(),
				Message: fmt.Sprintf("%s has the address of %s", h.Name, hosts[first].Name), Remedy: "give each host an address of its own and read the hosts again"})
		} else {
			addresses[h.Address.String()] = i
		}
		j.machine(i, h, rules)
		j.firmware(i, h, rules)
		j.system(i, h)
		j.membership(i, h)
	}
}

func (j *judge) hostCount(n int) {
	limits := j.rules.Limits
	switch {
	case n > limits.HostsMax.Value:
		j.add(Finding{Code: "limit-hosts", Severity: Block, Path: "inventory.hosts", Owner: OwnerYou, Evidence: fmt.Sprintf("%d hosts", n), Source: cite(limits.HostsMax.Source),
			Message: fmt.Sprintf("%d hosts are more than the %d that are supported", n, limits.HostsMax.Value), Remedy: "split the hosts into several sites"})
	case n < limits.HostsMin.Value:
		j.add(Finding{Code: "limit-hosts", Severity: Block, Path: "inventory.hosts", Owner: OwnerYou, Evidence: fmt.Sprintf("%d hosts", n), Source: cite(limits.HostsMin.Source),
			Message: fmt.Sprintf("%d hosts are fewer than the %d that are needed", n, limits.HostsMin.Value), Remedy: "add hosts"})
	case n == 1 && limits.HostsForHA.Value > 1:
		j.add(Finding{Code: "host-single", Severity: Note, Path: "inventory.hosts", Owner: OwnerYou, Evidence: "1 host", Source: cite(limits.HostsForHA.Source),
			Message: "one host alone: its loss stops everything", Remedy: "add a second host where the clusters must survive one"})
	}
}

// machine judges maker, processors and memory.
func (j *judge) machine(i int, h Host, rules profiles.HostRules) {
	hosts := j.in.Inventory.Hosts
	first := hosts[0]
	for _, word := range []string{"virtual machine", "vmware", "virtualbox", "kvm", "qemu"} {
		if strings.Contains(strings.ToLower(h.Maker+" "+h.Model), word) {
			j.add(Finding{Code: "host-nested", Severity: Block, Path: hostPath(i, "model"), Owner: OwnerHardware, Evidence: h.Maker + " " + h.Model, Source: "ASD:AKS-Hybrid/system-requirements.md (read 2026-11-22)",
				Message: h.Name + " is itself a virtual machine; nested virtualisation is supported for evaluation only", Remedy: "use physical servers, or waive this for an evaluation"})
			break
		}
	}
	if h.Maker != first.Maker || h.Model != first.Model {
		j.add(Finding{Code: "host-model-differs", Severity: severityOf(rules.SameModel.Value), Path: hostPath(i, "model"), Owner: OwnerHardware,
			Evidence: fmt.Sprintf("%s %s, %s is %s %s", h.Maker, h.Model, shortName(first.Name), first.Maker, first.Model), Source: cite(rules.SameModel.Source),
			Message: h.Name + " is of another maker or model than the first host", Remedy: "use servers of one maker and model"})
	}
	if h.Processor.Name != first.Processor.Name || h.Processor.Cores != first.Processor.Cores {
		j.add(Finding{Code: "host-processor-differs", Severity: Warn, Path: hostPath(i, "processor"), Owner: OwnerHardware,
			Evidence: fmt.Sprintf("%s with %d cores, %s has %s with %d", h.Processor.Name, h.Processor.Cores, shortName(first.Name), first.Processor.Name, first.Processor.Cores), Source: cite(rules.SameModel.Source),
			Message: h.Name + " has other processors than the first host", Remedy: "machines may not move between them while they run: use like processors"})
	}
	if h.Memory != first.Memory {
		j.add(Finding{Code: "host-memory-differs", Severity: Warn, Path: hostPath(i, "memory"), Owner: OwnerHardware, Evidence: fmt.Sprintf("%s, %s has %s", h.Memory, shortName(first.Name), first.Memory),
			Message: h.Name + " has another amount of memory than the first host", Remedy: "the loss of the largest host then decides what fits: give all hosts the same"})
	}
	single := len(hosts) == 1
	memory, cores := rules.MemoryRecommended, rules.CoresRecommended
	if single && !rules.SingleMemoryRecommended.Unstated {
		memory, cores = rules.SingleMemoryRecommended, rules.SingleCoresRecommended
	}
	switch {
	case h.Memory < rules.MemoryMin.Value:
		j.add(Finding{Code: "host-memory-short", Severity: Block, Path: hostPath(i, "memory"), Owner: OwnerHardware, Evidence: h.Memory.String(), Source: cite(rules.MemoryMin.Source),
			Message: fmt.Sprintf("%s has %s of memory, at least %s is needed", h.Name, h.Memory, rules.MemoryMin.Value), Remedy: "add memory"})
	case !memory.Unstated && h.Memory < memory.Value:
		j.add(Finding{Code: "host-memory-advised", Severity: Note, Path: hostPath(i, "memory"), Owner: OwnerHardware, Evidence: h.Memory.String(), Source: cite(memory.Source),
			Message: fmt.Sprintf("%s has %s of memory, %s is advised", h.Name, h.Memory, memory.Value), Remedy: "nothing, if `arcwright capacity` shows room enough"})
	}
	switch have := int(h.Processor.Cores); {
	case !rules.CoresMin.Unstated && have < rules.CoresMin.Value:
		j.add(Finding{Code: "host-cores-short", Severity: Block, Path: hostPath(i, "processor.cores"), Owner: OwnerHardware, Evidence: fmt.Sprintf("%d cores", have), Source: cite(rules.CoresMin.Source),
			Message: fmt.Sprintf("%s has %d cores, at least %d are needed", h.Name, have, rules.CoresMin.Value), Remedy: "use servers with more cores"})
	case !cores.Unstated && have < cores.Value:
		j.add(Finding{Code: "host-cores-advised", Severity: Note, Path: hostPath(i, "processor.cores"), Owner: OwnerHardware, Evidence: fmt.Sprintf("%d cores", have), Source: cite(cores.Source),
			Message: fmt.Sprintf("%s has %d cores, %d are advised", h.Name, have, cores.Value), Remedy: "nothing, if `arcwright capacity` shows room enough"})
	}
}

// firmware judges what the processor and the board must offer. An answer that is not
// known is no refusal, but somebody has to look.
func (j *judge) firmware(i int, h Host, rules profiles.HostRules) {
	slat := h.Processor.SLAT
	if slat == No && slices.Contains(h.Features, "Hyper-V") {
		slat = Yes // Windows stops reporting it once the hypervisor runs, which needs it
	}
	for _, item := range []struct {
		code, key, name string
		answer          Known
		rule            profiles.Figure[profiles.Need]
		remedy          string
	}{
		{"host-slat", "processor.slat", "second-level address translation", slat, rules.SLAT, "use 64-bit processors of the Nehalem or EPYC generation or later"},
		{"host-virtualization", "processor.virtualization", "hardware virtualisation", h.Processor.Virtualization, rules.Virtualization, "turn VT-x or AMD-V on in the firmware"},
		{"host-uefi", "firmware.uefi", "UEFI boot", h.Firmware.UEFI, rules.UEFI, "install the host anew in UEFI mode"},
		{"host-secure-boot", "firmware.secureBoot", "Secure Boot", h.Firmware.SecureBoot, rules.SecureBoot, "turn Secure Boot on in the firmware"},
		{"host-tpm", "firmware.tpm", "TPM 2.0", tpm2(h.Firmware.TPM), rules.TPM, "turn the TPM on in the firmware, or fit one of version 2.0"},
	} {
		switch item.answer {
		case No:
			j.add(Finding{Code: item.code, Severity: severityOf(item.rule.Value), Path: hostPath(i, item.key), Owner: OwnerHardware, Evidence: "no " + item.name, Source: cite(item.rule.Source),
				Message: fmt.Sprintf("%s has no %s", h.Name, item.name), Remedy: item.remedy})
		case Unknown:
			j.add(Finding{Code: item.code + "-unknown", Severity: Warn, Path: hostPath(i, item.key), Owner: OwnerYou, Evidence: "unknown", Source: cite(item.rule.Source),
				Message: fmt.Sprintf("whether %s has %s is not known", h.Name, item.name), Remedy: "read the host again as an administrator, or look in its firmware and write yes or no"})
		}
	}
}

func tpm2(version string) Known {
	switch {
	case version == "unknown":
		return Unknown
	case strings.HasPrefix(version, "2."):
		return Yes
	}
	return No
}

// system judges the operating system.
func (j *judge) system(i int, h Host) {
	rules, first := j.rules, j.in.Inventory.Hosts[0].OS
	evidence := fmt.Sprintf("%s, build %d", h.OS.Product, h.OS.Build)
	system, ok := rules.System(h.OS.Product, h.OS.Build)
	switch {
	case !ok:
		remedy := j.platformOf(h.OS)
		j.add(Finding{Code: "host-os", Severity: Block, Path: hostPath(i, "os"), Owner: OwnerYou, Evidence: evidence,
			Message: fmt.Sprintf("%s runs %s, which is not %s", h.Name, evidence, rules.Title), Remedy: remedy})
	case len(system.Editions) > 0 && !slices.Contains(system.Editions, h.OS.Edition):
		j.add(Finding{Code: "host-os-edition", Severity: Block, Path: hostPath(i, "os.edition"), Owner: OwnerYou, Evidence: h.OS.Edition, Source: cite(system.Source),
			Message: fmt.Sprintf("%s has the %s edition, %s is needed", h.Name, h.OS.Edition, strings.Join(system.Editions, " or ")), Remedy: "change the edition with DISM, or install the host anew"})
	case h.OS.Build != first.Build || h.OS.Product != first.Product:
		j.add(Finding{Code: "host-os-differs", Severity: Block, Path: hostPath(i, "os"), Owner: OwnerYou, Evidence: fmt.Sprintf("%s, the first host has %s, build %d", evidence, first.Product, first.Build),
			Message: h.Name + " runs another version of Windows than the first host", Remedy: "bring all hosts to one version"})
	}
	if language := rules.Hosts.Language; !language.Unstated && !strings.EqualFold(h.OS.Language, language.Value) {
		j.add(Finding{Code: "host-language", Severity: Block, Path: hostPath(i, "os.language"), Owner: OwnerYou, Evidence: h.OS.Language, Source: cite(language.Source),
			Message: fmt.Sprintf("%s speaks %s, only %s is supported", h.Name, h.OS.Language, language.Value), Remedy: "install the host anew in " + language.Value + "; the language cannot be changed afterwards"})
	}
}

// platformOf says which platform a host has. Profiles take milliseconds to read, so it
// looks once for each system.
func (j *judge) platformOf(os OS) string {
	if remedy, known := j.platforms[os]; known {
		return remedy
	}
	remedy := "name the platform that the hosts have"
	for _, name := range profiles.Names() {
		if other, err := profiles.Load(name); err == nil {
			if _, match := other.System(os.Product, os.Build); match {
				remedy = "write platform: " + name + " in the site"
			}
		}
	}
	j.platforms[os] = remedy
	return remedy
}

// membership judges clock and domain.
func (j *judge) membership(i int, h Host) {
	if most := j.rules.Hosts.TimeSkewMax; !most.Unstated && h.Skew.Abs() > most.Value {
		j.add(Finding{Code: "host-clock", Severity: Block, Path: hostPath(i, "skew"), Owner: OwnerYou, Evidence: h.Skew.Round(time.Millisecond).String(), Source: cite(most.Source),
			Message: fmt.Sprintf("the clock of %s is %s off, at most %s is allowed", h.Name, h.Skew.Abs().Round(time.Second), most.Value), Remedy: "point the time service at the domain controllers: w32tm /config /syncfromflags:domhier /update"})
	}
	if !strings.EqualFold(h.Domain, j.in.Site.Directory.Domain) {
		evidence := h.Domain
		if evidence == "" {
			evidence = "no domain"
		}
		j.add(Finding{Code: "host-domain", Severity: Block, Path: hostPath(i, "domain"), Owner: OwnerDirectory, Evidence: evidence,
			Message: fmt.Sprintf("%s is not a member of %s", h.Name, j.in.Site.Directory.Domain), Remedy: "join the host to the domain, or correct directory.domain in the site"})
	}
	if module := j.in.Inventory.Hosts[0].Module; h.Module != module {
		j.add(Finding{Code: "host-module-differs", Severity: Warn, Path: hostPath(i, "aksHciModule"), Owner: OwnerYou, Evidence: fmt.Sprintf("%q, the first host has %q", h.Module, module), Source: "ASD:AKS-Hybrid/known-issues-installation.yml (read 2026-11-22)",
			Message: h.Name + " has another version of the AksHci module than the first host", Remedy: "preparing the hosts installs one version everywhere; remove older ones by hand"})
	}
}
