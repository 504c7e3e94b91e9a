package provision

import (
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// adapterReply is one physical port as Get-NetAdapter tells it.
type adapterReply struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Status      string `json:"status"`
	// Speed is in bits a second; a port without a link may tell any.
	Speed  float64 `json:"speed"`
	Driver string  `json:"driver"`
	MTU    number  `json:"mtu"`
	RDMA   bool    `json:"rdma"`
	// Technology is the value of *NetworkDirectTechnology.
	Technology string `json:"technology"`
	IPv6       *bool  `json:"ipv6"`
}

// switchReply is one virtual switch.
type switchReply struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Embedded bool   `json:"embedded"`
	// Adapters are the descriptions of the ports that it is bound to.
	Adapters list[string] `json:"adapters"`
}

// graphicsReply is one graphics processor on the PCI bus.
type graphicsReply struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	// Assignable is whether it is dismounted, so that a machine can take it.
	Assignable bool `json:"assignable"`
}

// directTechnologies are the values of the keyword *NetworkDirectTechnology
// (WDD:windows-driver-docs-pr/network/inf-requirements-for-networkdirect--rdma-.md, read 2026-11-22).
var directTechnologies = map[string]string{"1": "iWARP", "2": "InfiniBand", "3": "RoCE", "4": "RoCEv2"}

// adapters are the ports of the host. The service processor's own port over USB, which is a
// Remote NDIS device, is no network of the host.
func (r hostReply) adapters() []planner.Adapter {
	var out []planner.Adapter
	for _, a := range r.Adapters {
		if strings.EqualFold(a.Status, "Not Present") || strings.Contains(a.Description, "NDIS") {
			continue
		}
		one := planner.Adapter{Name: a.Name, Description: a.Description, RDMA: a.RDMA, IPv6: stated(a.IPv6), Driver: strings.TrimSpace(a.Driver), MTU: int(a.MTU)}
		if strings.EqualFold(a.Status, "Up") && a.Speed > 0 && a.Speed < maxLink {
			one.Gbps = a.Speed / 1e9
		}
		if a.RDMA {
			one.Technology = directTechnologies[a.Technology]
		}
		out = append(out, one)
	}
	return out
}

// maxLink is above every link in bits a second; Windows tells 2^64-1 for one it does not know.
const maxLink = 1e15

// multiplexor begins the description of a team of the old kind, whatever its number.
const multiplexor = "Microsoft Network Adapter Multiplexor"

func (r hostReply) switches() []planner.Switch {
	names := map[string]string{}
	for _, a := range r.Adapters {
		names[a.Description] = a.Name
	}
	var out []planner.Switch
	for _, s := range r.Switches {
		one := planner.Switch{Name: s.Name, Type: s.Type}
		if strings.EqualFold(s.Type, "External") {
			one.Teaming = "none"
			if s.Embedded {
				one.Teaming = "SET"
			}
		}
		for _, description := range s.Adapters {
			if strings.HasPrefix(description, multiplexor) {
				one.Teaming = "LBFO"
			}
			if name := names[description]; name != "" {
				one.Adapters = append(one.Adapters, name)
			}
		}
		out = append(out, one)
	}
	return out
}

// gpus are the graphics processors in sets of one model, and the places of those that Windows
// has no name for. One that is given to machines may be told twice.
func (r hostReply) gpus() (out []planner.GPU, unnamed []string) {
	assignable := map[string]bool{}
	for _, g := range r.Graphics {
		assignable[g.place()] = assignable[g.place()] || g.Assignable
	}
	seen := map[string]bool{}
	for _, g := range r.Graphics {
		if seen[g.place()] {
			continue
		}
		seen[g.place()] = true
		model := strings.TrimSpace(g.Name)
		if model == "" || strings.Contains(model, "Video Controller") {
			unnamed = append(unnamed, g.ID)
			continue
		}
		one := planner.GPU{Model: model, Count: 1, Assignable: answer(assignable[g.place()])}
		i := slices.IndexFunc(out, func(have planner.GPU) bool { return have.Model == one.Model && have.Assignable == one.Assignable })
		if i < 0 {
			out = append(out, one)
			continue
		}
		out[i].Count++
	}
	return out, unnamed
}

// place is where the processor is. One that is given away keeps its place behind another prefix.
func (g graphicsReply) place() string {
	id := strings.ToUpper(g.ID)
	return id[max(strings.Index(id, "VEN_"), 0):]
}
