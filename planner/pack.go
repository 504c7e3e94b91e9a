package planner

// NodeRoom is what one node has for pods, or what one pod asks for.
type NodeRoom struct {
	CPU    Millicores
	Memory Bytes
	// Pods is how many pods the node may have.
	Pods int
	// GPU is graphics processors, given to pods whole.
	GPU int
}

// holds is how many pods of one kind a node that has used some of its room still takes.
func (r NodeRoom) holds(used NodeRoom, p PodSet) int {
	n := r.Pods - used.Pods
	if p.CPU > 0 {
		n = min(n, int((r.CPU-used.CPU)/p.CPU))
	}
	if p.Memory > 0 {
		n = min(n, int((r.Memory-used.Memory)/p.Memory))
	}
	if p.GPU > 0 {
		n = min(n, (r.GPU-used.GPU)/p.GPU)
	}
	return max(n, 0)
}

// A NodeSet is a number of like nodes.
type NodeSet struct {
	Room  NodeRoom
	Count int
}

// A PodSet is the pods of Count like Deployments with Replicas pods each, and what one
// pod requests.
type PodSet struct {
	Count, Replicas int
	CPU             Millicores
	Memory          Bytes
	GPU             int
	Spread          Spread
}

// Pods is how many pods the set has.
func (p PodSet) Pods() int { return p.Count * p.Replicas }

// A level is a number of like nodes that are used alike.
type level struct {
	set   int // of the nodes
	used  NodeRoom
	taken float64 // usedShare of what is used
	n     int     // nodes
}

// What a pod that requests nothing counts for when nodes are compared (kubernetes,
// pkg/scheduler/util/pod_resources.go).
const (
	unaskedCPU    Millicores = 100
	unaskedMemory Bytes      = 200 << 20
)

// A packer places pods on nodes as the kube-scheduler does: each pod on the node of those
// with room that has the largest share of its processors and memory left
// (NodeResourcesFit with LeastAllocated, the default). Nodes that are used alike are kept
// together, so the work grows with the number of different nodes, not with that of nodes.
type packer struct {
	nodes  []NodeSet
	asked  []float64 // askedShare of the pod that is being placed, on each set of nodes
	levels []level
	merged int // levels after the last merge
	// queue are the levels that the pods of one set may go to, and full tells that there are
	// others. aside are those that have got a pod of the present Deployment.
	queue queue
	full  bool
	aside []int
	// steps counts the levels that were looked at.
	steps int
}

// Place places sets of pods in their order on nodes that are empty, and tells how many of
// each set found a node. Counts are limited to what a platform could have; negative ones
// are none.
func Place(nodes []NodeSet, pods []PodSet) []int {
	p := newPacker(nodes)
	placed := make([]int, len(pods))
	for i, s := range pods {
		placed[i] = p.set(s)
	}
	return placed
}

func newPacker(nodes []NodeSet) *packer {
	p := &packer{nodes: nodes, asked: make([]float64, len(nodes))}
	for i, s := range nodes {
		if n := counted(s.Count); n > 0 {
			p.levels = append(p.levels, level{set: i, n: n})
		}
	}
	p.merged = len(p.levels)
	return p
}

// set places a set of pods and tells how many found a node.
func (p *packer) set(s PodSet) int {
	for i, set := range p.nodes {
		p.asked[i] = askedShare(set.Room, s)
	}
	p.line()
	count, replicas := counted(s.Count), counted(s.Replicas)
	if s.Spread == "" {
		return p.place(s, count*replicas)
	}
	placed := 0
	for range count {
		n := p.place(s, replicas)
		if placed += n; n == 0 {
			break
		}
	}
	return placed
}

// line queues all levels for the pods of a set.
func (p *packer) line() {
	p.queue, p.full = p.queue[:0], false
	for i := range p.levels {
		p.queue = append(p.queue, waiting{p.key(i), i})
	}
	p.queue.order()
	p.steps += len(p.levels)
}

// key is what levels are chosen by, the lowest first and of like ones the first in the list.
func (p *packer) key(at int) float64 {
	l := &p.levels[at]
	return l.taken + p.asked[l.set]
}

// place places the pods of one Deployment, or of many that are not spread, and tells how
// many found a node.
func (p *packer) place(s PodSet, pods int) int {
	rest := pods
	for rest > 0 {
		at := p.best(s)
		if at < 0 {
			break
		}
		rest -= p.fill(at, s, rest)
	}
	p.back()
	if len(p.levels) > 2*p.merged {
		p.merge()
		p.line()
	}
	return pods - rest
}

// back queues what was put aside.
func (p *packer) back() {
	for _, at := range p.aside {
		p.queue.push(waiting{p.key(at), at})
	}
	p.aside = p.aside[:0]
}

// best takes the level whose nodes the next pod goes to out of the queue, -1 when none has
// room. Pods that are spread evenly go to a second one on a node when every node has one: a
// node without room keeps them from it.
func (p *packer) best(s PodSet) int {
	for {
		if len(p.queue) == 0 {
			if s.Spread != Even || p.full || len(p.aside) == 0 {
				return -1
			}
			p.back()
		}
		p.steps++
		at := p.queue.pop().level
		if l := &p.levels[at]; p.nodes[l.set].Room.holds(l.used, s) > 0 {
			return at
		}
		p.full = true
	}
}

// usedShare is the share of a node's processors that is used, and that of its memory, added up.
func usedShare(room, used NodeRoom) float64 {
	return float64(used.CPU)/float64(max(room.CPU, 1)) + float64(used.Memory)/float64(max(room.Memory, 1))
}

// askedShare is what one pod adds to the used share of a node.
func askedShare(room NodeRoom, s PodSet) float64 {
	asked := NodeRoom{CPU: s.CPU, Memory: s.Memory}
	if asked.CPU == 0 {
		asked.CPU = unaskedCPU
	}
	if asked.Memory == 0 {
		asked.Memory = unaskedMemory
	}
	return usedShare(room, asked)
}

// fill gives one pod to each node of a level that was taken out of the queue, as long as
// there are pods. The nodes of a level are alike, and one that has got a pod comes after those
// that have not: so this is what placing one pod after another comes to.
func (p *packer) fill(at int, s PodSet, pods int) int {
	n := min(p.levels[at].n, pods)
	if n < p.levels[at].n {
		rest := p.levels[at]
		rest.n -= n
		p.levels = append(p.levels, rest)
		p.queue.push(waiting{p.key(len(p.levels) - 1), len(p.levels) - 1})
	}
	l := &p.levels[at]
	l.n = n
	l.used.CPU += s.CPU
	l.used.Memory += s.Memory
	l.used.GPU += s.GPU
	l.used.Pods++
	l.taken = usedShare(p.nodes[l.set].Room, l.used)
	if s.Spread == "" {
		p.queue.push(waiting{p.key(at), at})
	} else {
		p.aside = append(p.aside, at)
	}
	return n
}

// merge joins levels that have become alike.
func (p *packer) merge() {
	type key struct {
		set  int
		used NodeRoom
	}
	at := make(map[key]int, len(p.levels))
	kept := p.levels[:0]
	for _, l := range p.levels {
		k := key{l.set, l.used}
		if i, ok := at[k]; ok {
			kept[i].n += l.n
			continue
		}
		at[k] = len(kept)
		kept = append(kept, l)
	}
	p.steps += len(p.levels)
	p.levels, p.merged = kept, len(kept)
}
