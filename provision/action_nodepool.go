package provision

import "github.com/arcwright/arcwright/planner"

func (p nodePoolParams) need() error {
	return missing("cluster", p.Cluster, "name", p.Name, "os", p.OS, "vmSize", p.VMSize)
}

// createNodePool makes one more node pool of a cluster.
func createNodePool(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[nodePoolParams](step)
	if err != nil {
		return nil, err
	}
	m := newMaking(s, step, poolRecord, p.Cluster+"/"+p.Name, "new-node-pool")
	m.undo, m.undone = "remove-node-pool", map[string]any{"cluster": p.Cluster, "name": p.Name}
	m.judge = m.in(func(a *akshci) sighting {
		c := a.cluster(p.Cluster)
		if c == nil || c.pool(p.Name) == nil {
			return sighting{presence: thingAbsent}
		}
		return p.judge(c.pool(p.Name))
	})
	return m, nil
}
