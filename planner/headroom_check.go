package planner

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// headroomFindings judges the room that headroom worked out.
func headroomFindings(h Headroom, rules profiles.Reserve) []Finding {
	if len(h.Hosts) == 0 {
		return nil
	}
	var list []Finding
	page := cite(rules.Percent.Source)
	for _, s := range h.States {
		switch {
		case s.Lost != "":
		case s.Verdict == Impossible && s.Surge:
			list = append(list, Finding{Code: "headroom-upgrade", Severity: Block, Path: "inventory.hosts",
				Message:  "an upgrade does not fit: " + s.Why,
				Evidence: fmt.Sprintf("%s usable, %s needed", s.Usable, s.Needed), Remedy: "take machines out, choose smaller ones, or add memory or a host", Owner: OwnerHardware, Source: page})
		case s.Verdict == Impossible:
			list = append(list, Finding{Code: "headroom-fit", Severity: Block, Path: "inventory.hosts",
				Message:  "the machines do not fit on the hosts: " + s.Why,
				Evidence: fmt.Sprintf("%s usable, %s needed", s.Usable, s.Needed), Remedy: "take machines out, choose smaller ones, or add memory or a host", Owner: OwnerHardware, Source: page})
		}
	}
	list = append(list, lossFindings(h, page)...)
	if f, missed := reserveFinding(h, page); missed {
		list = append(list, f)
	}
	if f, crowded := coresFinding(h, rules); crowded {
		list = append(list, f)
	}
	return list
}

// lossFindings judges the loss of each host.
func lossFindings(h Headroom, page string) []Finding {
	var lost, open []string
	var why, whyOpen string
	for _, s := range h.States {
		switch {
		case s.Lost == "":
		case s.Verdict == Impossible:
			lost, why = append(lost, shortName(s.Lost)), s.Why
		case s.Verdict == Undecided:
			open, whyOpen = append(open, shortName(s.Lost)), s.Why
		}
	}
	var list []Finding
	if len(lost) > 0 {
		list = append(list, Finding{Code: "headroom-host-loss", Severity: Block, Path: "inventory.hosts",
			Message:  fmt.Sprintf("the machines do not survive the loss of %s: %s", oneOf(lost, len(h.Hosts)), why),
			Evidence: strings.Join(lost, ", ") + ": " + why, Remedy: "take machines out, choose smaller ones, or add memory or a host", Owner: OwnerHardware, Source: page})
	}
	if len(open) > 0 {
		list = append(list, Finding{Code: "headroom-host-loss-open", Severity: Warn, Path: "inventory.hosts",
			Message:  fmt.Sprintf("it is not known whether the machines survive the loss of %s: %s", oneOf(open, len(h.Hosts)), whyOpen),
			Evidence: strings.Join(open, ", ") + ": " + whyOpen, Remedy: "leave more memory free, or choose smaller machines", Owner: OwnerHardware, Source: page})
	}
	return list
}

// oneOf names the hosts whose loss is meant.
func oneOf(hosts []string, of int) string {
	if len(hosts) == of {
		return "any host"
	}
	return strings.Join(hosts, " or ")
}

// reserveFinding judges the share that must stay free with all hosts. That one host's
// worth stays free is judged by the loss of each.
func reserveFinding(h Headroom, page string) (Finding, bool) {
	all := h.States[0]
	part := roundUp(share(all.Usable, h.ReservePercent), profiles.MiB)
	if all.Verdict == Impossible || all.Free >= part {
		return Finding{}, false
	}
	return Finding{Code: "headroom-reserve", Severity: Block, Path: "inventory.hosts",
		Message:  fmt.Sprintf("%s of %s stay free, %d %% (%s) must: %s short", all.Free, all.Usable, h.ReservePercent, part, part-all.Free),
		Evidence: fmt.Sprintf("%s usable, %s needed, %d %%", all.Usable, all.Needed, h.ReservePercent),
		Remedy:   "take machines out, choose smaller ones, or add memory or a host", Owner: OwnerHardware, Source: page}, true
}

// coresFinding judges how many virtual processors share a core, in the worst state.
func coresFinding(h Headroom, rules profiles.Reserve) (Finding, bool) {
	worst := h.States[0]
	for _, s := range h.States {
		if s.VCPUsIn-s.VCPUs > worst.VCPUsIn-worst.VCPUs {
			worst = s
		}
	}
	if worst.VCPUsIn <= worst.VCPUs {
		return Finding{}, false
	}
	return Finding{Code: "headroom-cores", Severity: Warn, Path: "inventory.hosts",
		Message:  fmt.Sprintf("%s: the machines have %d virtual processors, at %d a core the hosts carry %d", worst.State, worst.VCPUsIn, rules.VCPUPerCore.Value, worst.VCPUs),
		Evidence: fmt.Sprintf("%d needed, %d carried", worst.VCPUsIn, worst.VCPUs),
		Remedy:   "expect machines to wait for processors, or choose smaller ones", Owner: OwnerHardware, Source: cite(rules.VCPUPerCore.Source)}, true
}
