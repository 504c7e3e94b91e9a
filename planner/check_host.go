package planner

import (
	"fmt"
	"slices"
	"strings"

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
				Message: fmt.Sprintf("%s is listed twice, first at inventory.hosts[%d]", h.Name, first), Remedy: "remove one of the two entries"})
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
		j.add(Finding{Code: "limit-hosts", Severity: Block, Path: "inventory.hosts", Owner: OwnerYou, Evidence: many(n, "host"), Source: cite(limits.HostsMax.Source),
			Message: fmt.Sprintf("%s are more than the %d that are supported", many(n, "host"), limits.HostsMax.Value), Remedy: "split the hosts into several sites"})
	case n < limits.HostsMin.Value:
		j.add(Finding{Code: "limit-hosts", Severity: Block, Path: "inventory.hosts", Owner: OwnerYou, Evidence: many(n, "host"), Source: cite(limits.HostsMin.Source),
			Message: fmt.Sprintf("%s %s fewer than the %d that are needed", many(n, "host"), does(n, "is", "are"), limits.HostsMin.Value), Remedy: "add hosts"})
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
	j.processorsAlike(i, h, first)
	j.hardware(i, h)
	if h.Memory != first.Memory {
		j.add(Finding{Code: "host-memory-differs", Severity: Warn, Path: hostPath(i, "memory"), Owner: OwnerHardware, Evidence: fmt.Sprintf("%s, %s has %s", h.Memory, shortName(first.Name), first.Memory),
			Message: h.Name + " has another amount of memory than the first host", Remedy: "the loss of the largest host then decides what fits: give all hosts the same"})
	}
	single := len(hosts) == 1
	memory, cores := rules.MemoryRecommended, rules.CoresRecommended
	if single && !rules.SingleMemoryRecommended.Unstated {
		memory, cores = rules.SingleMemoryRecommended, rules.SingleCoresRecommended
	}
	switch least, why := memoryNeeded(h, j.rules); {
	case h.Memory < least:
		j.add(Finding{Code: "host-memory-short", Severity: Block, Path: hostPath(i, "memory"), Owner: OwnerHardware, Evidence: h.Memory.String(), Source: cite(rules.MemoryMin.Source),
			Message: fmt.Sprintf("%s has %s of memory, at least %s is needed%s", h.Name, h.Memory, least, why), Remedy: "add memory"})
	case !memory.Unstated && h.Memory < memory.Value:
		j.add(Finding{Code: "host-memory-advised", Severity: Note, Path: hostPath(i, "memory"), Owner: OwnerHardware, Evidence: h.Memory.String(), Source: cite(memory.Source),
			Message: fmt.Sprintf("%s has %s of memory, %s is advised", h.Name, h.Memory, memory.Value), Remedy: "nothing, if `arcwright capacity` shows room enough"})
	}
	switch have := int(h.Processor.Cores); {
	case !rules.CoresMin.Unstated && have < rules.CoresMin.Value:
		j.add(Finding{Code: "host-cores-short", Severity: Block, Path: hostPath(i, "processor.cores"), Owner: OwnerHardware, Evidence: many(have, "core"), Source: cite(rules.CoresMin.Source),
			Message: fmt.Sprintf("%s has %s, at least %d are needed", h.Name, many(have, "core"), rules.CoresMin.Value), Remedy: "use servers with more cores"})
	case !cores.Unstated && have < cores.Value:
		j.add(Finding{Code: "host-cores-advised", Severity: Note, Path: hostPath(i, "processor.cores"), Owner: OwnerHardware, Evidence: many(have, "core"), Source: cite(cores.Source),
			Message: fmt.Sprintf("%s has %s, %d are advised", h.Name, many(have, "core"), cores.Value), Remedy: "nothing, if `arcwright capacity` shows room enough"})
	}
}

// firmware judges what the processor and the board must offer. An answer that is not
// known is no refusal, but somebody has to look.
func (j *judge) firmware(i int, h Host, rules profiles.HostRules) {
	slat := h.Processor.SLAT
	if slat == No && slices.Contains(h.Features, "Hyper-V") {
		slat = Yes // Windows stops reporting it once the hypervisor runs, which needs it
	}
	j.firmwareAnswer("host-slat", "host-slat-unknown", hostPath(i, "processor.slat"), h.Name, "second-level address translation", slat, rules.SLAT)
	j.firmwareAnswer("host-virtualization", "host-virtualization-unknown", hostPath(i, "processor.virtualization"), h.Name, "hardware virtualisation", h.Processor.Virtualization, rules.Virtualization)
	j.firmwareAnswer("host-uefi", "host-uefi-unknown", hostPath(i, "firmware.uefi"), h.Name, "UEFI boot", h.Firmware.UEFI, rules.UEFI)
	j.firmwareAnswer("host-secure-boot", "host-secure-boot-unknown", hostPath(i, "firmware.secureBoot"), h.Name, "Secure Boot", h.Firmware.SecureBoot, rules.SecureBoot)
	j.firmwareAnswer("host-tpm", "host-tpm-unknown", hostPath(i, "firmware.tpm"), h.Name, "TPM 2.0", tpm2(h.Firmware.TPM), rules.TPM)
}

// firmwareAnswer judges one answer.
func (j *judge) firmwareAnswer(code, unknownCode, path, host, name string, answer Known, rule profiles.Figure[profiles.Need]) {
	switch answer {
	case No:
		j.add(Finding{Code: code, Severity: severityOf(rule.Value), Path: path, Evidence: "no " + name, Source: cite(rule.Source),
			Message: fmt.Sprintf("%s has no %s", host, name)})
	case Unknown:
		j.add(Finding{Code: unknownCode, Path: path, Evidence: "unknown", Source: cite(rule.Source),
			Message: fmt.Sprintf("whether %s has %s is not known", host, name)})
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
