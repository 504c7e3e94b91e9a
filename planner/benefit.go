package planner

import (
	"fmt"

	"github.com/arcwright/arcwright/profiles"
)

// HybridBenefit is Windows Server licences with Software Assurance that are to cover the
// platform's charge.
type HybridBenefit struct {
	// Cores is how many core licences there are.
	Cores Cores `yaml:"cores" json:"cores"`
}

// benefit judges whether the licences cover what they must.
func (j *judge) benefit() {
	b := j.in.Site.Azure.HybridBenefit
	if b == nil {
		return
	}
	const path = "site.azure.hybridBenefit"
	if j.rules.Generation == profiles.AzureLocal {
		var cores Cores
		for _, h := range j.in.Inventory.Hosts {
			cores += h.Processor.Cores
		}
		if b.Cores < cores {
			j.add(Finding{Code: "benefit-cores", Path: path + ".cores", Evidence: fmt.Sprintf("%d licences, %d cores", b.Cores, cores), Source: "ASD:azure-local/concepts/azure-hybrid-benefit.md (read 2026-11-22)",
				Message: fmt.Sprintf("%d core licences do not cover the %d physical cores of the hosts", b.Cores, cores), Remedy: fmt.Sprintf("have %d more, or leave the benefit out", cores-b.Cores)})
		}
		j.add(Finding{Code: "benefit-final", Path: path, Evidence: "cannot be taken back", Message: "the benefit cannot be taken back once it is activated for Azure Local"})
		return
	}
	var vcpus Cores
	for _, m := range MachinesOf(j.in.Site, j.rules) {
		if m.Role == profiles.Worker {
			vcpus += m.VCPUs * Cores(m.Count)
		}
	}
	if b.Cores < vcpus {
		j.add(Finding{Code: "benefit-cores", Severity: Warn, Path: path + ".cores", Evidence: fmt.Sprintf("%d licences, %d virtual processors", b.Cores, vcpus),
			Message: fmt.Sprintf("%d core licences do not cover the %d virtual processors of the workers, at the most that the pools grow to", b.Cores, vcpus), Remedy: fmt.Sprintf("have %d more, or expect the rest to be charged", vcpus-b.Cores)})
	}
}
