package planner

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// Check judges the hosts, the names, the sizes, the limits and the lifecycle of an
// input. Addresses and headroom are judged where they are counted.
func Check(in Input) []Finding {
	j := &judge{in: in, rules: in.Profile, platforms: map[OS]string{}}
	j.hosts()
	j.systems()
	j.environment()
	j.antivirus()
	j.racks()
	j.gpus()
	j.drives()
	j.adapters()
	j.rackSwitches()
	j.fabric()
	j.fabricState()
	j.pooled()
	j.resolvers()
	j.bandwidth()
	j.instance()
	j.preparedDirectory()
	j.largest()
	j.site()
	j.subscription()
	j.directory()
	j.networks()
	j.surroundings()
	j.ways()
	j.clusters()
	j.addOns()
	j.identities()
	j.backups()
	j.gitOps()
	j.policies()
	j.resources()
	j.benefit()
	j.egress()
	j.tools()
	j.arcGateway()
	j.lifecycle()
	j.release()
	return j.findings
}

// judge collects findings about one input.
type judge struct {
	in       Input
	rules    profiles.Profile
	findings []Finding
	// platforms are the remedies for hosts of another platform, by their system.
	platforms map[OS]string
}

// add adds a finding; what it leaves out is as its code says.
func (j *judge) add(f Finding) { j.findings = append(j.findings, complete(f)) }

// cite is the source of a value, for a finding.
func cite(s profiles.Source) string {
	if s.Derived != "" {
		return fmt.Sprintf("%s (read %s; derived: %s)", s.Page, s.Read, s.Derived)
	}
	return fmt.Sprintf("%s (read %s)", s.Page, s.Read)
}

// severityOf is what it means to lack something of the given strength.
func severityOf(need profiles.Need) Severity {
	if need == profiles.Required {
		return Block
	}
	return Warn
}

// forGeneration is a severity that only Azure Local raises to a block.
func (j *judge) forGeneration(otherwise Severity) Severity {
	if j.rules.Generation == profiles.AzureLocal {
		return Block
	}
	return otherwise
}

func hostPath(i int, key string) string { return fmt.Sprintf("inventory.hosts[%d].%s", i, key) }

// shortName is a host's name without its domain.
func shortName(name string) string {
	short, _, _ := strings.Cut(name, ".")
	return short
}
