package provision

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// hostReply is what read-host tells: what Windows says, as it says it. Numbers may be in quotes
// and lists in any shape.
type hostReply struct {
	Computer struct {
		Name       string       `json:"name"`
		Domain     string       `json:"domain"`
		Role       number       `json:"role"`
		Maker      string       `json:"maker"`
		Model      string       `json:"model"`
		Memory     number       `json:"memory"`
		Hypervisor *bool        `json:"hypervisor"`
		TimeZone   string       `json:"timeZone"`
		Correction list[number] `json:"correction"`
	} `json:"computer"`
	Address    string               `json:"address"`
	Processors list[processorReply] `json:"processors"`
	Firmware   firmwareReply        `json:"firmware"`
	System     systemReply          `json:"system"`
	Restart    *restartReply        `json:"restart"`
	Clock      list[string]         `json:"clock"`
	Drives     list[driveReply]     `json:"drives"`
	Boot       list[bootReply]      `json:"boot"`
	Adapters   list[adapterReply]   `json:"adapters"`
	Switches   list[switchReply]    `json:"switches"`
	Graphics   list[graphicsReply]  `json:"graphics"`
	DNS        list[string]         `json:"dns"`
	Gateways   list[string]         `json:"gateways"`
	Modules    list[moduleReply]    `json:"modules"`
	Migration  *migrationReply      `json:"migration"`
	Proxy      *proxyReply          `json:"proxy"`
	CredSSP    string               `json:"credSSP"`
	Module     string               `json:"aksHciModule"`
	Prepared   bool                 `json:"prepared"`
	Features   list[string]         `json:"features"`
	Fabric     *fabricReply         `json:"failoverCluster"`
	Registered *registrationReply   `json:"registration"`
	Unread     list[struct {
		Part    string `json:"part"`
		Message string `json:"message"`
	}] `json:"unread"`
}

// host is the reply as an inventory has it, with a finding for each part that is missing.
func (r hostReply) host(path string) (planner.Host, []planner.Finding) {
	name := r.name()
	var findings []planner.Finding
	part := func(part, why string) {
		findings = append(findings, planner.Finding{
			Code: FindingPart, Severity: planner.Warn, Path: path + "." + part, Owner: planner.OwnerYou,
			Message: fmt.Sprintf("%s of %s could not be read", part, name), Evidence: tidy(why),
			Remedy: "fill it in by hand, or read the host again as an administrator",
		})
	}
	for _, u := range r.Unread {
		if strings.HasPrefix(u.Part, "failoverCluster") {
			continue // told once for all hosts
		}
		part(u.Part, u.Message)
	}
	h := planner.Host{
		Name: name, Maker: strings.TrimSpace(r.Computer.Maker), Model: strings.TrimSpace(r.Computer.Model),
		Processor: r.processor(), Memory: planner.Bytes(r.Computer.Memory), Firmware: r.Firmware.firmware(r.blind("firmware.tpm")), OS: r.System.os(),
		Domain: r.Computer.Domain, Drives: r.drives(),
		Module: r.Module, Prepared: r.Prepared, Features: r.Features, TimeZone: r.Computer.TimeZone,
		PowerShell: majorMinor(r.System.PowerShell), RestartPending: r.Restart.pending(), ECC: corrects(r.Computer.Correction),
	}
	h.Adapters = r.adapters()
	h.Switches = r.switches()
	var unnamed []string
	h.GPUs, unnamed = r.gpus()
	for _, id := range unnamed {
		part("gpus", "Windows has no name for "+id+": its driver is missing")
	}
	// 4 and 5 are the backup and the primary domain controller.
	if r.Computer.Name != "" {
		h.DomainController = answer(r.Computer.Role >= 4)
	}
	if r.Fabric != nil {
		h.ClusterState = r.Fabric.state(name)
	}
	if r.Address != "" {
		at, err := netip.ParseAddr(r.Address)
		if err != nil {
			part("address", r.Address+" is no address")
		}
		h.Address = at
	}
	h.DNS, h.Gateways = addressList(r.DNS), addressList(r.Gateways)
	h.Modules, h.Proxy, h.CredSSP = newest(r.Modules), r.Proxy.variables(), truth(r.CredSSP)
	if r.Migration != nil {
		h.LiveMigration, h.MigrationTransport = answer(r.Migration.Enabled), word(migrationWords, r.Migration.Transport)
	}
	if len(r.Clock) > 0 {
		skew, err := offset(r.Clock)
		if err != nil {
			part("skew", err.Error())
		}
		h.Skew = skew
	}
	return h, findings
}

// name is the fully qualified name.
func (r hostReply) name() string {
	if r.Computer.Name == "" || r.Computer.Domain == "" {
		return r.Computer.Name
	}
	return r.Computer.Name + "." + r.Computer.Domain
}

// blind reports whether a part could not be read.
func (r hostReply) blind(part string) bool {
	for _, u := range r.Unread {
		if u.Part == part {
			return true
		}
	}
	return false
}

// answer is yes or no.
func answer(yes bool) planner.Known {
	if yes {
		return planner.Yes
	}
	return planner.No
}

// known is a flag as an inventory has it, unknown when there is none: nothing is not no.
func known(flag *bool) planner.Known {
	if flag == nil {
		return planner.Unknown
	}
	return answer(*flag)
}

// stated is known, and left out when there is none.
func stated(flag *bool) planner.Known {
	if flag == nil {
		return ""
	}
	return answer(*flag)
}
