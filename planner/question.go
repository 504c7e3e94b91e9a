package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner/packing"
	"github.com/arcwright/arcwright/profiles"
)

// A room is what one host has for machines.
type room struct {
	name    string
	usable  Bytes
	vcpus   Cores // what all machines together may have
	logical Cores // the most virtual processors one machine may have here
	gpus    int
}

// A question is whether machines fit on hosts: those that run, and those that arrive.
type question struct {
	rooms    []room
	machines []Machines // those that run first
	running  int
	// unknown says what is not known and keeps the question from being asked; empty when
	// nothing is.
	unknown string
	problem *packing.Problem
}

// relaxed is what a question leaves out.
type relaxed struct{ memory, processors, gpus, separation bool }

// unlimited is more than all machines take, and small enough to be summed.
const unlimited = 1 << 56

func ask(rooms []room, running, arriving []Machines) *question {
	q := &question{rooms: rooms, machines: slices.Concat(running, arriving), running: len(running)}
	model := ""
	for _, m := range q.machines {
		switch {
		case m.Memory == 0:
			q.unknown = fmt.Sprintf("the size of the %s is not known", m.name())
		case m.GPUs > 0 && model != "" && m.GPUModel != model:
			q.unknown = fmt.Sprintf("the machines take GPUs of two models, %s and %s; the hosts must all have one", model, m.GPUModel)
		case m.GPUs > 0:
			model = m.GPUModel
		}
	}
	if q.unknown == "" {
		q.problem = q.pack()
	}
	return q
}

// pack states the question in numbers: memory in MiB, what hosts have rounded down and
// what machines take rounded up.
func (q *question) pack() *packing.Problem {
	groups := make([]packing.Group, len(q.machines))
	for i, m := range q.machines {
		groups[i] = packing.Group{Size: m.size(), Count: m.Count, Apart: m.Role == profiles.ControlPlane}
	}
	return packing.New(hosts(q.rooms, relaxed{}), groups[:q.running], groups[q.running:])
}

// hosts states rooms in numbers.
func hosts(rooms []room, r relaxed) []packing.Host {
	list := make([]packing.Host, len(rooms))
	for i, h := range rooms {
		list[i] = packing.Host{Room: packing.Vector{int64(h.usable / profiles.MiB), int64(h.vcpus), int64(h.gpus)}, Largest: int64(h.logical)}
		for d, left := range [...]bool{r.memory, r.processors, r.gpus} {
			if left {
				list[i].Room[d] = unlimited
			}
		}
	}
	return list
}

// answer answers for the loss of some hosts.
func (q *question) answer(lost ...int) packing.Answer {
	if q.unknown != "" {
		return packing.Answer{Verdict: packing.Undecided}
	}
	return q.problem.Answer(lost...)
}

// short looks for what alone makes it impossible: first what the fabric does without, then
// what it does not.
func (q *question) short(lost ...int) Shortage {
	running, _ := bundles(q.machines[:q.running])
	arriving, _ := bundles(q.machines[q.running:])
	for _, try := range []struct {
		r relaxed
		s Shortage
	}{
		{relaxed{separation: true}, ShortSeparation}, {relaxed{processors: true}, ShortProcessors},
		{relaxed{processors: true, separation: true}, ShortProcessors}, {relaxed{gpus: true}, ShortGPUs}, {relaxed{memory: true}, ShortMemory},
	} {
		apart := !try.r.separation
		if packing.New(hosts(q.rooms, try.r), groups(running, apart), groups(arriving, apart)).Within(part).Fits(lost...) {
			return try.s
		}
	}
	return ""
}

// part is the part of the effort for one answer that a question beside it may take.
const part = 20

// why words an answer that is not a yes.
func (q *question) why(a packing.Answer) string {
	if q.unknown != "" {
		return q.unknown
	}
	p := a.Proof
	switch {
	case a.Verdict == packing.Undecided:
		return "each resource suffices in sum, but no arrangement of the machines was found, and none was ruled out"
	case a.Verdict != packing.Impossible:
		return ""
	case p.Kind == packing.NoHost:
		return q.tooLarge(p)
	case p.Kind == packing.Sum:
		return fmt.Sprintf("%s: %s needed, %s usable, %s short", resourceName(p.Resource), amountOf(p.Resource, p.Needed), amountOf(p.Resource, p.Have), amountOf(p.Resource, p.Missing))
	case p.Kind == packing.Crowd:
		return fmt.Sprintf("%s %s %s or more, the hosts hold %s", many(p.Needed, "machine"), does(p.Needed, "has", "have"), sizeOf(p.Resource, p.Size), many(p.Have, "such machine"))
	case p.Kind == packing.Waste:
		return fmt.Sprintf("%s: %s needed, machines of these sizes fill at most %s of the hosts, %s short", resourceName(p.Resource), amountOf(p.Resource, p.Needed), amountOf(p.Resource, p.Have), amountOf(p.Resource, p.Missing))
	case p.Kind == packing.Weights:
		return fmt.Sprintf("no way to fill the hosts takes all: with %s, the machines count %d and the hosts hold %d at most", q.weights(p.Weights), p.Needed, p.Have)
	}
	return "every arrangement was tried, and none fits"
}

func (q *question) tooLarge(p packing.Proof) string {
	m := q.machines[p.Group]
	switch {
	case p.Missing == 0:
		return fmt.Sprintf("%s: no host has both the memory and the processors of one machine", m.name())
	case p.Resource == packing.VCPUs:
		return fmt.Sprintf("%s: one machine takes %s, the largest host has %d", m.name(), many(p.Needed, "virtual processor"), p.Have)
	case p.Resource == packing.GPUs:
		return fmt.Sprintf("%s: one machine takes %d GPUs of the model %s, the largest host has %d", m.name(), p.Needed, m.GPUModel, p.Have)
	}
	return fmt.Sprintf("%s: one machine takes %s, the largest host has %s", m.name(), m.Memory, amountOf(p.Resource, p.Have))
}

// weights lists what each size counts for, in the order of the machines.
func (q *question) weights(list []int64) string {
	var words []string
	for i, w := range list {
		word := fmt.Sprintf("%s counted %d", q.machines[i].Size, w)
		if w > 0 && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

func resourceName(r packing.Resource) string {
	switch r {
	case packing.VCPUs:
		return "virtual processors"
	case packing.GPUs:
		return "GPUs"
	}
	return "memory"
}

func amountOf(r packing.Resource, n int64) string {
	if r == packing.Memory {
		return (Bytes(n) * profiles.MiB).String()
	}
	return fmt.Sprint(n)
}

// sizeOf is the same for one machine, with its unit.
func sizeOf(r packing.Resource, n int64) string {
	if r == packing.Memory {
		return amountOf(r, n)
	}
	return fmt.Sprintf("%d %s", n, resourceName(r))
}

// placed says what stands on each host in a placement.
func (q *question) placed(placement [][]int) []HostLoad {
	var list []HostLoad
	for i, counts := range placement {
		load := HostLoad{Host: q.rooms[i].name}
		for g, n := range counts {
			if n > 0 {
				load.Machines = append(load.Machines, fmt.Sprintf("%d %s", n, q.machines[g].short()))
			}
		}
		if len(load.Machines) > 0 {
			list = append(list, load)
		}
	}
	return list
}
