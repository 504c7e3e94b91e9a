package provision

import (
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// firmwareReply is the platform security of a host.
type firmwareReply struct {
	// Type is PEFirmwareType: 1 is BIOS, 2 is UEFI.
	Type       number `json:"type"`
	SecureBoot *bool  `json:"secureBoot"`
	// Chips are the TPMs, and last one without a version that says that all were read.
	Chips list[chipReply] `json:"chips"`
	// VBS is VirtualizationBasedSecurityStatus: 0 is off, 1 configured, 2 running.
	VBS     *number `json:"vbs"`
	Version string  `json:"version"`
}

// chipReply is one Win32_Tpm, with Get-Tpm's lock.
type chipReply struct {
	Version   string `json:"version"` // such as "2.0, 0, 1.38"
	Enabled   *bool  `json:"enabled"`
	Activated *bool  `json:"activated"`
	LockedOut *bool  `json:"lockedOut"`
}

// firmware is the reply as an inventory has it. blind is whether the TPM could not be read.
func (r firmwareReply) firmware(blind bool) planner.Firmware {
	f := planner.Firmware{UEFI: planner.Unknown, SecureBoot: known(r.SecureBoot), Version: strings.TrimSpace(r.Version)}
	switch r.Type {
	case 1:
		f.UEFI = planner.No
	case 2:
		f.UEFI = planner.Yes
	}
	if blind || len(r.Chips) == 0 {
		f.TPM = string(planner.Unknown)
	} else {
		version, _, _ := strings.Cut(r.Chips[0].Version, ",")
		f.TPM = strings.TrimSpace(version)
		f.TPMReady = r.Chips[0].ready()
	}
	if r.VBS != nil {
		f.VBS = answer(*r.VBS == 2)
	}
	return f
}

// ready is whether the chip can be used. Older builds do not say it all, and one no is enough.
func (r chipReply) ready() planner.Known {
	if r.LockedOut != nil && *r.LockedOut {
		return planner.No
	}
	for _, flag := range []*bool{r.Enabled, r.Activated} {
		if flag == nil {
			return ""
		}
		if !*flag {
			return planner.No
		}
	}
	return planner.Yes
}
