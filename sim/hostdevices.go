package sim

import (
	"cmp"
	"fmt"

	"github.com/arcwright/arcwright/planner"
)

type driveAnswer struct {
	ID             string `json:"id"`
	Serial         string `json:"serial"`
	Model          string `json:"model"`
	Media          string `json:"media"`
	Bus            string `json:"bus"`
	Usage          string `json:"usage"`
	Size           int64  `json:"size"`
	Logical        int    `json:"logicalSector"`
	Physical       int    `json:"physicalSector"`
	Health         string `json:"health"`
	PowerProtected *bool  `json:"powerProtected"`
}

type bootAnswer struct {
	ID     string `json:"id"`
	Serial string `json:"serial"`
	Model  string `json:"model"`
}

type adapterAnswer struct {
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Status      string  `json:"status"`
	Speed       float64 `json:"speed"`
	Driver      string  `json:"driver"`
	MTU         int     `json:"mtu"`
	RDMA        bool    `json:"rdma"`
	Technology  string  `json:"technology"`
	IPv6        *bool   `json:"ipv6"`
}

type switchAnswer struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	Embedded bool     `json:"embedded"`
	Adapters []string `json:"adapters"`
}

type graphicsAnswer struct {
	Name       string `json:"name"`
	ID         string `json:"id"`
	Assignable bool   `json:"assignable"`
}

// disks are the host's drives one by one, and those that it starts from. Storage Spaces Direct,
// which is on in a failover cluster, marks its cache.
func (h *host) disks(pooled bool) ([]driveAnswer, []bootAnswer) {
	all, boot := []driveAnswer{}, []bootAnswer{}
	for k, d := range h.Drives {
		for n := range d.Count {
			serial := fmt.Sprintf("%s-%02d%03d", h.short(), k, n)
			one := driveAnswer{ID: "eui." + serial, Serial: " " + serial, Model: d.Model, Media: d.Media, Bus: d.Bus, Usage: "Auto-Select",
				Size: int64(d.Size), Health: cmp.Or(d.Health, "Healthy"), PowerProtected: flag(d.PowerLossProtection)}
			one.Logical, one.Physical = sectorSizes(d.Sector)
			switch {
			case d.Media == "NVMe":
				one.Media = "SSD"
			case d.Media == "PMem":
				one.Media, one.Bus = "SCM", "SCM"
			}
			switch {
			case d.Role == planner.BootDrive:
				boot = append(boot, bootAnswer{ID: one.ID, Serial: serial, Model: d.Model})
			case d.Role == planner.CacheDrive && pooled:
				one.Usage = "Journal"
			}
			all = append(all, one)
		}
	}
	return all, boot
}

// sectorSizes are those of a format in bytes, nought when nobody said.
func sectorSizes(format string) (logical, physical int) {
	switch format {
	case "512n":
		return 512, 512
	case "512e":
		return 512, 4096
	case "4Kn":
		return 4096, 4096
	}
	return 0, 0
}

// technologies are the values of *NetworkDirectTechnology.
var technologies = map[string]string{"iWARP": "1", "InfiniBand": "2", "RoCE": "3", "RoCEv2": "4"}

// ports are the physical ports, and last the one of the service processor.
func (h *host) ports() []adapterAnswer {
	all := []adapterAnswer{}
	for _, a := range h.Adapters {
		one := adapterAnswer{Name: a.Name, Description: a.Description, Status: "Up", Speed: a.Gbps * 1e9, Driver: a.Driver, MTU: a.MTU,
			RDMA: a.RDMA, Technology: technologies[a.Technology], IPv6: flag(a.IPv6)}
		if a.Gbps == 0 {
			one.Status = "Disconnected"
		}
		all = append(all, one)
	}
	if len(all) > 0 {
		all = append(all, adapterAnswer{Name: "Ethernet", Description: "Remote NDIS Compatible Device", Status: "Up", Speed: 426e6})
	}
	return all
}

func (h *host) bridges() []switchAnswer {
	all := []switchAnswer{}
	for _, s := range h.Switches {
		one := switchAnswer{Name: s.Name, Type: s.Type, Embedded: s.Teaming == "SET", Adapters: []string{}}
		for _, name := range s.Adapters {
			for _, a := range h.Adapters {
				if a.Name == name {
					one.Adapters = append(one.Adapters, a.Description)
				}
			}
		}
		if s.Teaming == "LBFO" {
			one.Adapters = []string{"Microsoft Network Adapter Multiplexor Driver"}
		}
		all = append(all, one)
	}
	return all
}

func (h *host) graphics() []graphicsAnswer {
	all := []graphicsAnswer{}
	for k, g := range h.GPUs {
		for n := range g.Count {
			all = append(all, graphicsAnswer{Name: g.Model, Assignable: g.Assignable != planner.No, ID: fmt.Sprintf(`PCI\VEN_10DE&DEV_1EB8&SUBSYS_12A210DE&REV_A1\6&%d&0&%04d`, k, n)})
		}
	}
	return all
}
