package provision

import (
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// processorReply is one Win32_Processor: one socket.
type processorReply struct {
	Name           string `json:"name"`
	Cores          number `json:"cores"`
	Logical        number `json:"logical"`
	MHz            number `json:"mhz"`
	Architecture   number `json:"architecture"`
	SLAT           *bool  `json:"slat"`
	Virtualization *bool  `json:"virtualization"`
}

// architectures are the numbers of Win32_Processor.Architecture
// (WIN32:desktop-src/CIMWin32Prov/win32-processor.md, read 2026-11-22).
var architectures = map[number]string{0: "x86", 5: "ARM", 9: "x64", 12: "ARM64"}

func (r hostReply) processor() planner.Processor {
	p := planner.Processor{Sockets: len(r.Processors), SLAT: planner.Unknown, Virtualization: planner.Unknown, DEP: stated(r.System.DEP)}
	for _, one := range r.Processors {
		p.Cores += planner.Cores(one.Cores)
		p.Logical += planner.Cores(one.Logical)
	}
	if len(r.Processors) > 0 {
		first := r.Processors[0]
		p.Name, p.MHz, p.Architecture = strings.TrimSpace(first.Name), int(first.MHz), architectures[first.Architecture]
		p.SLAT, p.Virtualization = known(first.SLAT), known(first.Virtualization)
	}
	// Once a hypervisor runs, Windows no longer sees these flags of the processor and says no.
	if r.Computer.Hypervisor != nil && *r.Computer.Hypervisor {
		p.SLAT, p.Virtualization = planner.Yes, planner.Yes
	}
	return p
}

// corrects is whether the memory corrects errors, by MemoryErrorCorrection of
// Win32_PhysicalMemoryArray: 5 is ECC for single bits, 6 for several, 3 none, 4 parity, the
// others say nothing (WIN32:desktop-src/CIMWin32Prov/win32-physicalmemoryarray.md, read 2026-11-22).
func corrects(banks []number) planner.Known {
	all := planner.Known("")
	for _, kind := range banks {
		switch kind {
		case 3, 4:
			return planner.No
		case 5, 6:
			all = planner.Yes
		}
	}
	return all
}
