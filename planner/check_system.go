package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/arcwright/arcwright/profiles"
)

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
	if language := rules.Hosts.Language; !language.Unstated && h.OS.Region != "" && !strings.EqualFold(h.OS.Region, language.Value) {
		j.add(Finding{Code: "host-region", Path: hostPath(i, "os.region"), Evidence: h.OS.Region, Source: cite(language.Source),
			Message: fmt.Sprintf("%s has the region %s, only %s is supported", h.Name, h.OS.Region, language.Value)})
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
	if most := j.skewMax(); h.Skew.Abs() > most.Value {
		j.add(Finding{Code: "host-clock", Severity: j.skewSeverity(), Path: hostPath(i, "skew"), Evidence: h.Skew.Round(time.Millisecond).String(), Source: cite(most.Source),
			Message: fmt.Sprintf("the clock of %s is %s off, at most %s is allowed", h.Name, h.Skew.Abs().Round(time.Second), most.Value)})
	}
	// A single host needs no directory; a domain that the site does name must be its own.
	// The deployment of an instance joins its machines.
	if want := j.in.Site.Directory.Domain; !strings.EqualFold(h.Domain, want) && !(h.Domain == "" && j.undeployed()) {
		evidence := h.Domain
		if evidence == "" {
			evidence = "no domain"
		}
		j.add(Finding{Code: "host-domain", Path: hostPath(i, "domain"), Evidence: evidence,
			Message: fmt.Sprintf("%s is not a member of %s", h.Name, orNone(want)), Remedy: "join the host to the domain, or correct directory.domain in the site"})
	}
	if h.DomainController == Yes {
		j.add(Finding{Code: "host-domain-controller", Path: hostPath(i, "domainController"), Evidence: "domain controller", Message: h.Name + " is a domain controller"})
	}
	short := shortName(h.Name)
	switch {
	case h.Domain != "" && !strings.HasSuffix(strings.ToLower(h.Name), "."+strings.ToLower(h.Domain)):
		j.add(Finding{Code: "host-name", Path: hostPath(i, "name"), Evidence: h.Name + " in " + h.Domain,
			Message: fmt.Sprintf("%s is not the full name of a host of %s", quoted(h.Name), h.Domain), Remedy: "write " + short + "." + h.Domain + ", if that is its name"})
	case len(short) > netBIOSMax:
		j.add(Finding{Code: "host-name", Path: hostPath(i, "name"), Evidence: short,
			Message: fmt.Sprintf("the name %s is longer than the %d characters that Windows takes", quoted(short), netBIOSMax)})
	}
}

// netBIOSMax is how long a Windows computer name may be, a limit of NetBIOS.
const netBIOSMax = 15

// orNone names a domain, or says that there is none.
func orNone(domain string) string {
	if domain == "" {
		return "the site's workgroup: the site names no domain"
	}
	return domain
}

// kerberosSkew is what Kerberos takes by default; platforms without a stricter rule fail at it.
const kerberosSkew = 5 * time.Minute

func (j *judge) skewMax() profiles.Figure[time.Duration] {
	most := j.rules.Hosts.TimeSkewMax
	if most.Unstated {
		most.Value = kerberosSkew
	}
	return most
}

func (j *judge) skewSeverity() Severity {
	if j.rules.Hosts.TimeSkewMax.Unstated {
		return Warn
	}
	return Block
}

// systems judges what all hosts must have alike, and what is installed on each.
func (j *judge) systems() {
	hosts := j.in.Inventory.Hosts
	if len(hosts) == 0 {
		return
	}
	j.skewBetween(hosts)
	first := hosts[0]
	for i, h := range hosts {
		if h.OS.Patch != first.OS.Patch && h.OS.Patch > 0 && first.OS.Patch > 0 && h.OS.Build == first.OS.Build {
			j.add(Finding{Code: "host-patch-differs", Path: hostPath(i, "os.patch"), Evidence: fmt.Sprintf("%d.%d, %s has %d.%d", h.OS.Build, h.OS.Patch, shortName(first.Name), first.OS.Build, first.OS.Patch),
				Message: h.Name + " has other updates installed than the first host"})
		}
		if h.TimeZone != first.TimeZone && h.TimeZone != "" && first.TimeZone != "" {
			j.add(Finding{Code: "host-time-zone", Path: hostPath(i, "timeZone"), Evidence: fmt.Sprintf("%s, %s has %s", h.TimeZone, shortName(first.Name), first.TimeZone),
				Message: h.Name + " has another time zone than the first host"})
		}
		if h.PowerShell != "" && !windowsPowerShell(h.PowerShell) {
			j.add(Finding{Code: "host-powershell", Path: hostPath(i, "powerShell"), Evidence: h.PowerShell,
				Message: fmt.Sprintf("the PowerShell of %s is %s, Windows PowerShell 5.1 is needed", h.Name, h.PowerShell)})
		}
		if h.RestartPending == Yes {
			j.add(Finding{Code: "host-restart", Path: hostPath(i, "restartPending"), Evidence: "restart pending", Message: h.Name + " waits for a restart"})
		}
		j.features(i, h)
		j.modules(i, h, first)
	}
	if j.rules.Generation == profiles.AksHci && j.in.Inventory.ResourceBridge == Yes {
		j.add(Finding{Code: "host-other-product", Path: "inventory.resourceBridge", Evidence: "resource bridge",
			Message: "an Azure Arc resource bridge runs on these hosts; with it the management cluster cannot be installed",
			Remedy:  "remove the bridge, then install; if both are wanted, the bridge comes last"})
	}
}

// skewBetween judges the clocks against each other, where each by itself is near enough
// to the domain's.
func (j *judge) skewBetween(hosts []Host) {
	most := j.skewMax()
	slow, fast := hosts[0], hosts[0]
	for _, h := range hosts {
		if h.Skew < slow.Skew {
			slow = h
		}
		if h.Skew > fast.Skew {
			fast = h
		}
	}
	if slow.Skew.Abs() > most.Value || fast.Skew.Abs() > most.Value || fast.Skew-slow.Skew <= most.Value {
		return
	}
	j.add(Finding{Code: "host-clock", Severity: j.skewSeverity(), Path: "inventory.hosts", Source: cite(most.Source),
		Evidence: fmt.Sprintf("%s %s, %s %s", shortName(slow.Name), slow.Skew.Round(time.Millisecond), shortName(fast.Name), fast.Skew.Round(time.Millisecond)),
		Message:  fmt.Sprintf("the clocks of %s and %s are %s apart, at most %s is allowed", slow.Name, fast.Name, (fast.Skew - slow.Skew).Round(time.Second), most.Value)})
}

// windowsPowerShell reports whether a version is Windows PowerShell 5.1 or a later 5.
func windowsPowerShell(version string) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(minor)
	return major == "5" && err == nil && n >= 1
}

// features judges the Windows features. Preparing a host installs them, so a missing one
// is a warning; an Azure Local instance that lacks one is not whole.
func (j *judge) features(i int, h Host) {
	wanted := []string{"Hyper-V"}
	if len(j.in.Inventory.Hosts) > 1 {
		wanted = append(wanted, "Failover-Clustering", "RSAT-Clustering-PowerShell")
	}
	var missing []string
	for _, name := range wanted {
		if !slices.ContainsFunc(h.Features, func(have string) bool { return strings.EqualFold(have, name) }) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return
	}
	list := strings.Join(missing, ", ")
	j.add(Finding{Code: "host-feature", Severity: j.forGeneration(Warn), Path: hostPath(i, "features"), Evidence: "without " + list,
		Message: fmt.Sprintf("%s is not installed on %s", list, h.Name),
		Remedy:  "Install-WindowsFeature " + list + " -IncludeManagementTools, and restart the host before the change"})
}

// modules judges the AksHci module.
func (j *judge) modules(i int, h, first Host) {
	switch {
	case j.rules.Generation == profiles.AzureLocal && h.Module != "":
		j.add(Finding{Code: "host-other-product", Path: hostPath(i, "aksHciModule"), Evidence: "AksHci " + h.Module,
			Message: h.Name + " has the AksHci module; both products on one cluster are advised against",
			Remedy:  "remove a deployment of it first (Uninstall-AksHci), then the module"})
	case h.Module != first.Module:
		j.add(Finding{Code: "host-module-differs", Path: hostPath(i, "aksHciModule"), Evidence: fmt.Sprintf("%s, the first host has %s", quoted(h.Module), quoted(first.Module)),
			Message: h.Name + " has another version of the AksHci module than the first host"})
	}
}
