package provision

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// hostReply is what read-host tells. Numbers may be in quotes and lists in any shape.
type hostReply struct {
	Name      string `json:"name"`
	Address   string `json:"address"`
	Maker     string `json:"maker"`
	Model     string `json:"model"`
	Processor struct {
		Name           string        `json:"name"`
		Sockets        number        `json:"sockets"`
		Cores          number        `json:"cores"`
		Logical        number        `json:"logical"`
		SLAT           planner.Known `json:"slat"`
		Virtualization planner.Known `json:"virtualization"`
	} `json:"processor"`
	Memory   number `json:"memory"`
	Firmware struct {
		UEFI       planner.Known `json:"uefi"`
		SecureBoot planner.Known `json:"secureBoot"`
		TPM        string        `json:"tpm"`
	} `json:"firmware"`
	OS struct {
		Product  string `json:"product"`
		Edition  string `json:"edition"`
		Build    number `json:"build"`
		Language string `json:"language"`
	} `json:"os"`
	Domain string   `json:"domain"`
	Skew   *float64 `json:"skew"` // seconds, null when it could not be measured
	Drives list[struct {
		Role  planner.DriveRole `json:"role"`
		Count number            `json:"count"`
		Model string            `json:"model"`
		Media string            `json:"media"`
		Bus   string            `json:"bus"`
		Size  number            `json:"size"`
	}] `json:"drives"`
	Adapters list[planner.Adapter] `json:"adapters"`
	Switches list[planner.Switch]  `json:"switches"`
	Module   string                `json:"aksHciModule"`
	Prepared bool                  `json:"prepared"`
	Features list[string]          `json:"features"`
	Fabric   *fabricReply          `json:"failoverCluster"`
	Unread   list[struct {
		Part    string `json:"part"`
		Message string `json:"message"`
	}] `json:"unread"`
}

// fabricReply is the failover cluster as one host sees it.
type fabricReply struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Volumes list[struct {
		Path string `json:"path"`
		Size number `json:"size"`
		Free number `json:"free"`
	}] `json:"volumes"`
	Networks list[struct {
		Name   string `json:"name"`
		Subnet string `json:"subnet"`
		Role   string `json:"role"`
	}] `json:"networks"`
}

// host is the reply as an inventory has it, with a finding for each part that is missing.
func (r hostReply) host(path string) (planner.Host, []planner.Finding) {
	var findings []planner.Finding
	part := func(part, why string) {
		findings = append(findings, planner.Finding{
			Code: FindingPart, Severity: planner.Warn, Path: path + "." + part, Owner: planner.OwnerYou,
			Message: fmt.Sprintf("%s of %s could not be read", part, r.Name), Evidence: tidy(why),
			Remedy: "fill it in by hand, or read the host again as an administrator",
		})
	}
	for _, u := range r.Unread {
		part(u.Part, u.Message)
	}
	h := planner.Host{
		Name: r.Name, Maker: r.Maker, Model: r.Model,
		Processor: planner.Processor{
			Name: r.Processor.Name, Sockets: int(r.Processor.Sockets),
			Cores: planner.Cores(r.Processor.Cores), Logical: planner.Cores(r.Processor.Logical),
			SLAT: known(r.Processor.SLAT), Virtualization: known(r.Processor.Virtualization),
		},
		Memory:   planner.Bytes(r.Memory),
		Firmware: planner.Firmware{UEFI: known(r.Firmware.UEFI), SecureBoot: known(r.Firmware.SecureBoot), TPM: r.Firmware.TPM},
		OS:       planner.OS{Product: r.OS.Product, Edition: r.OS.Edition, Build: int(r.OS.Build), Language: r.OS.Language},
		Domain:   r.Domain, Drives: []planner.Drive{}, Adapters: r.Adapters, Switches: r.Switches,
		Module: r.Module, Prepared: r.Prepared, Features: r.Features,
	}
	if r.Address != "" {
		at, err := netip.ParseAddr(r.Address)
		if err != nil {
			part("address", r.Address+" is no address")
		}
		h.Address = at
	}
	if r.Skew != nil {
		h.Skew = time.Duration(math.Round(*r.Skew * float64(time.Second)))
	}
	for _, d := range r.Drives {
		h.Drives = append(h.Drives, planner.Drive{Role: d.Role, Count: int(d.Count), Model: d.Model, Media: d.Media, Bus: d.Bus, Size: planner.Bytes(d.Size)})
	}
	return h, findings
}

// known is an answer, unknown when there is none: nothing is not no.
func known(k planner.Known) planner.Known {
	switch k {
	case planner.Yes, planner.No:
		return k
	}
	return planner.Unknown
}

// cluster is the reply as an inventory has it. Networks without an IPv4 subnet, such as
// that of the service processors, are left out.
func (r fabricReply) cluster() (planner.FailoverCluster, []planner.Finding) {
	c := planner.FailoverCluster{Name: r.Name}
	var findings []planner.Finding
	part := func(path, why string) {
		findings = append(findings, planner.Finding{
			Code: FindingPart, Severity: planner.Warn, Path: "inventory.failoverCluster." + path, Owner: planner.OwnerYou,
			Message: path + " of the failover cluster could not be read", Evidence: why, Remedy: "fill it in by hand",
		})
	}
	if r.Address != "" {
		if at, err := netip.ParseAddr(r.Address); err == nil {
			c.Address = &at
		} else {
			part("address", r.Address+" is no address")
		}
	}
	for _, v := range r.Volumes {
		c.Volumes = append(c.Volumes, planner.Volume{Path: v.Path, Size: planner.Bytes(v.Size), Free: planner.Bytes(v.Free)})
	}
	for i, n := range r.Networks {
		if n.Subnet == "" {
			continue
		}
		s, err := subnet(n.Subnet)
		if err != nil {
			part(fmt.Sprintf("networks[%d]", i), n.Subnet+": "+err.Error())
			continue
		}
		c.Nets = append(c.Nets, planner.ClusterNetwork{Name: n.Name, Subnet: s, Role: n.Role})
	}
	return c, findings
}
