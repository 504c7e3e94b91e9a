package profiles

// NodeRules is what a worker node keeps for itself of its processors and memory before
// pods get the rest.
type NodeRules struct {
	// Processors is what the node keeps by its number of virtual processors, rising.
	// Between two entries it grows in a straight line.
	Processors Figure[[]NodeProcessors] `yaml:"processors"`
	Memory     NodeMemory               `yaml:"memory"`
	// Daemons run on every node: network, proxy, disk driver and the like.
	Daemons SystemPods `yaml:"daemons"`
	// Agents run once in a cluster, on Linux nodes: those of Azure Arc.
	Agents SystemPods `yaml:"agents"`
}

// NodeProcessors is what a node of VCPU virtual processors keeps.
type NodeProcessors struct {
	VCPU  int        `yaml:"vcpu"`
	Keeps Millicores `yaml:"keeps"`
}

// NodeMemory is PerPod for each pod that the node may have and Base, but no more than
// Percent of its memory; and besides it Eviction, below which pods are put out, and on
// Windows nodes Windows.
type NodeMemory struct {
	PerPod   Bytes  `yaml:"perPod"`
	Base     Bytes  `yaml:"base"`
	Percent  int    `yaml:"percent"`
	Eviction Bytes  `yaml:"eviction"`
	Windows  Bytes  `yaml:"windows"`
	Source   Source `yaml:",inline"`
}

// SystemPods are pods of the platform's own and what they ask for together.
type SystemPods struct {
	Pods   int        `yaml:"pods"`
	CPU    Millicores `yaml:"cpu"`
	Memory Bytes      `yaml:"memory"`
	Source Source     `yaml:",inline"`
}

// KeptCPU is what a node of vcpu virtual processors keeps.
func (r NodeRules) KeptCPU(vcpu int) Millicores {
	list := r.Processors.Value
	if len(list) == 0 {
		return 0
	}
	for i, above := range list {
		if vcpu > above.VCPU {
			continue
		}
		if i == 0 {
			return above.Keeps
		}
		below := list[i-1]
		return below.Keeps + (above.Keeps-below.Keeps)*Millicores(vcpu-below.VCPU)/Millicores(above.VCPU-below.VCPU)
	}
	return list[len(list)-1].Keeps
}

// KeptMemory is what a node of so much memory keeps when it may have so many pods.
func (r NodeRules) KeptMemory(memory Bytes, pods int, windows bool) Bytes {
	m := r.Memory
	kept := min(m.Base+Bytes(pods)*m.PerPod, memory/100*Bytes(m.Percent)) + m.Eviction
	if windows {
		kept += m.Windows
	}
	return kept
}

func (c *checker) nodes(r NodeRules) {
	for i, p := range r.Processors.Value {
		if p.VCPU < 1 || p.Keeps < 0 || i > 0 && (p.VCPU <= r.Processors.Value[i-1].VCPU || p.Keeps < r.Processors.Value[i-1].Keeps) {
			c.refuse("nodes.processors", "has %s at %d, want amounts that rise with the processors", p.Keeps, p.VCPU)
		}
	}
	if m := r.Memory; m.Percent < 0 || m.Percent > 100 || m.PerPod < 0 {
		c.refuse("nodes.memory", "wants a percent of 0 to 100")
	}
}
