package planner

import (
	"fmt"
	"slices"
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
		case s.Lost != "" || s.Verdict != Impossible || s.Short.soft():
		case s.Surge:
			list = append(list, Finding{Code: "headroom-upgrade", Severity: Block, Path: "inventory.hosts",
				Message:  "an upgrade does not fit: " + s.Why,
				Evidence: fmt.Sprintf("%s usable, %s needed", s.Usable, s.Needed), Remedy: h.remedy("all hosts, upgrading"), Owner: OwnerHardware, Source: page})
		default:
			list = append(list, Finding{Code: "headroom-fit", Severity: Block, Path: "inventory.hosts",
				Message:  "the machines do not fit on the hosts: " + s.Why,
				Evidence: fmt.Sprintf("%s usable, %s needed", s.Usable, s.Needed), Remedy: h.remedy("all hosts"), Owner: OwnerHardware, Source: page})
		}
	}
	list = append(list, lossFindings(h, rules, page)...)
	if f, missed := reserveFinding(h, page); missed {
		list = append(list, f)
	}
	for _, judged := range []func() (Finding, bool){
		func() (Finding, bool) { return coresFinding(h, rules) },
		func() (Finding, bool) { return separationFinding(h, rules) },
	} {
		if f, found := judged(); found {
			list = append(list, f)
		}
	}
	return list
}

// untold is the headroom without the verdicts for which graphics processors alone are short, when
// a finding has told already which pools ask for more than the hosts have.
func (h Headroom) untold(findings []Finding) Headroom {
	if !slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == "gpu-missing" || f.Code == "gpu-packing" }) {
		return h
	}
	h.States = slices.Clone(h.States)
	for i := range h.States {
		if h.States[i].Short == ShortGPUs {
			h.States[i].Verdict = Undecided
		}
	}
	h.Losses = slices.DeleteFunc(slices.Clone(h.Losses), func(l LossRoom) bool { return l.Short == ShortGPUs })
	return h
}

// soft reports whether the fabric runs the machines all the same.
func (s Shortage) soft() bool { return s == ShortProcessors || s == ShortSeparation }

// remedy says what is enough for a goal.
func (h Headroom) remedy(goal string) string {
	var list []string
	for _, c := range h.Changes {
		if c.For == goal {
			list = append(list, c.What)
		}
	}
	remedy := "take machines out, choose smaller ones, or add memory or a host"
	if len(list) > 0 {
		remedy = "any one of these is enough: " + strings.Join(list, "; ")
	}
	if h.Unsearched != "" {
		remedy += " (" + h.Unsearched + ")"
	}
	return remedy
}

// lossFindings judges the loss of one host: in steady state, and then during an upgrade.
func lossFindings(h Headroom, rules profiles.Reserve, page string) []Finding {
	var list []Finding
	fits := func(surge bool) bool {
		return !slices.ContainsFunc(h.States, func(s FabricRoom) bool {
			return s.Lost == "" && s.Surge == surge && s.Verdict == Impossible && !s.Short.soft()
		})
	}
	for _, l := range h.Losses {
		which := oneOf(l.Lost)
		evidence := strings.Join(l.Lost, ", ") + ": " + l.Why
		switch {
		case l.Hosts != 1 || l.Short.soft():
		case l.Surge && l.Verdict == Impossible && fits(true) && !slices.ContainsFunc(h.Losses, func(o LossRoom) bool { return o.Hosts == 1 && !o.Surge && o.Verdict == Impossible }):
			list = append(list, Finding{Code: "headroom-upgrade-loss", Severity: Warn, Path: "inventory.hosts",
				Message:  fmt.Sprintf("during an upgrade the machines do not survive the loss of %s: %s", which, l.Why),
				Evidence: evidence, Remedy: h.remedy("the loss of a host, upgrading"), Owner: OwnerHardware, Source: page})
		case l.Surge:
		case l.Verdict == Impossible && l.Short == ShortGPUs && rules.GPUMachines.Value == profiles.StaysOff:
			list = append(list, Finding{Code: "headroom-gpu-loss", Severity: Warn, Path: "inventory.hosts",
				Message:  fmt.Sprintf("after the loss of %s the machines with GPUs find no other host, all others do: %s", which, l.Why),
				Evidence: evidence, Remedy: "count on fewer of them until the host is back, or have idle GPUs in the other hosts", Owner: OwnerHardware, Source: cite(rules.GPUMachines.Source)})
		case l.Verdict == Impossible:
			list = append(list, Finding{Code: "headroom-host-loss", Severity: Block, Path: "inventory.hosts",
				Message:  fmt.Sprintf("the machines do not survive the loss of %s: %s", which, l.Why),
				Evidence: evidence, Remedy: h.remedy("the loss of a host"), Owner: OwnerHardware, Source: page})
		case l.Verdict == Undecided:
			list = append(list, Finding{Code: "headroom-host-loss-open", Severity: Warn, Path: "inventory.hosts",
				Message:  fmt.Sprintf("it is not known whether the machines survive the loss of %s: %s", which, l.Why),
				Evidence: evidence, Remedy: "leave more memory free, or choose smaller machines", Owner: OwnerHardware, Source: page})
		}
	}
	return list
}

// oneOf names the hosts whose loss is meant.
func oneOf(hosts []string) string { return strings.Join(hosts, " or ") }

// reserveFinding judges the share that must stay free with all hosts. That one host's
// worth stays free is judged by the loss of each.
func reserveFinding(h Headroom, page string) (Finding, bool) {
	all := h.States[0]
	part := roundUp(share(all.Usable, h.ReservePercent), profiles.GiB)
	if all.Verdict == Impossible && !all.Short.soft() || all.Free >= part {
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
		if s.VCPUsIn-s.VCPUs > worst.VCPUsIn-worst.VCPUs || s.Short == ShortProcessors && worst.VCPUsIn <= worst.VCPUs && worst.Short != ShortProcessors {
			worst = s
		}
	}
	f := Finding{Code: "headroom-cores", Severity: Warn, Path: "inventory.hosts",
		Message:  fmt.Sprintf("%s: the machines have %s, at %d a core the hosts carry %d", worst.State, many(worst.VCPUsIn, "virtual processor"), rules.VCPUPerCore.Value, worst.VCPUs),
		Evidence: fmt.Sprintf("%d needed, %d carried", worst.VCPUsIn, worst.VCPUs),
		Remedy:   "expect machines to wait for processors, or choose smaller ones", Owner: OwnerHardware, Source: cite(rules.VCPUPerCore.Source)}
	if worst.VCPUsIn <= worst.VCPUs {
		f.Message = fmt.Sprintf("%s: the machines fit only with more than %s a core on some host: %s", worst.State, many(rules.VCPUPerCore.Value, "virtual processor"), worst.Why)
	}
	return f, worst.VCPUsIn > worst.VCPUs || worst.Short == ShortProcessors
}

// separationFinding judges whether each cluster's control planes can stay apart.
func separationFinding(h Headroom, rules profiles.Reserve) (Finding, bool) {
	for _, s := range h.States {
		if s.Short == ShortSeparation {
			return Finding{Code: "headroom-separation", Severity: Warn, Path: "inventory.hosts",
				Message:  s.State + ": the machines fit, but not with each cluster's control planes on hosts of their own",
				Evidence: s.State + ": " + s.Why, Remedy: "leave more room on each host, or accept that the loss of one host may stop a cluster",
				Owner: OwnerHardware, Source: cite(rules.ControlPlanesApart.Source)}, true
		}
	}
	return Finding{}, false
}
