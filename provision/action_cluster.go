package provision

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// nodePoolParams are those of a node pool, in its own step or in its cluster's.
type nodePoolParams struct {
	Cluster  string `json:"cluster"` // empty in the cluster's step
	Name     string `json:"name"`
	OS       string `json:"os"`
	Count    int    `json:"count"`
	VMSize   string `json:"vmSize"`
	MaxCount int    `json:"maxCount"`
}

// clusterParams are the parameters of create-cluster.
type clusterParams struct {
	Name       string `json:"name"`
	Kubernetes string `json:"kubernetes"`
	Control    struct {
		Count  int    `json:"count"`
		VMSize string `json:"vmSize"`
	} `json:"controlPlane"`
	NodePool nodePoolParams `json:"nodePool"`
}

func (p clusterParams) need() error {
	return missing("name", p.Name, "kubernetes", p.Kubernetes, "controlPlane.vmSize", p.Control.VMSize,
		"nodePool.name", p.NodePool.Name, "nodePool.vmSize", p.NodePool.VMSize)
}

// createCluster makes a workload cluster with its first node pool.
func createCluster(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[clusterParams](step)
	if err != nil {
		return nil, err
	}
	m := newMaking(s, step, clusterRecord, p.Name, "new-cluster")
	m.undo, m.undone = "remove-cluster", map[string]any{"name": p.Name}
	m.judge = m.in(func(a *akshci) sighting {
		c := a.cluster(p.Name)
		switch {
		case c == nil:
			return sighting{presence: thingAbsent}
		case c.State == deployFailed:
			return sighting{presence: thingFailed, reason: "the platform reports the cluster " + p.Name + " as failed" + because(c.Error)}
		case c.State != deployed:
			return sighting{presence: thingPartial, reason: "the platform is creating the cluster " + p.Name}
		}
		wrong := unmet(
			property{"its Kubernetes version", plainVersion(p.Kubernetes), plainVersion(c.Kubernetes)},
			property{"its control plane", strconv.Itoa(p.Control.Count), strconv.FormatInt(int64(c.Control.Count), 10)},
			property{"its control plane's machine", p.Control.VMSize, c.Control.VMSize})
		if wrong != "" {
			return sighting{presence: thingOther, reason: "the cluster " + p.Name + " is otherwise: " + wrong}
		}
		pool := c.pool(p.NodePool.Name)
		if pool == nil {
			return sighting{presence: thingOther, reason: "the cluster " + p.Name + " has no node pool " + p.NodePool.Name}
		}
		f := p.NodePool.judge(pool)
		if f.presence == thingFailed {
			// The cluster stands; taking it away for a pool would take away too much.
			f.keep = "only its node pool failed"
		}
		return f
	})
	return m, nil
}

// judge says how a node pool that is there compares with the plan. A pool that scales by
// itself may have any number of machines.
func (p nodePoolParams) judge(pool *poolView) sighting {
	switch {
	case pool.State == deployFailed:
		return sighting{presence: thingFailed, reason: "the platform reports the node pool " + p.Name + " as failed" + because(pool.Error)}
	case pool.State != deployed:
		return sighting{presence: thingPartial, reason: "the platform is creating the node pool " + p.Name}
	}
	wrong := unmet(property{"its system", cmp.Or(p.OS, string(planner.Linux)), pool.OS}, property{"its machine", p.VMSize, pool.VMSize})
	if p.MaxCount == 0 && wrong == "" {
		wrong = unmet(property{"its count", strconv.Itoa(p.Count), strconv.FormatInt(int64(pool.Count), 10)})
	}
	if wrong != "" {
		return sighting{presence: thingOther, reason: "the node pool " + p.Name + " is otherwise: " + wrong}
	}
	return sighting{presence: thingWhole}
}

// plainVersion is a Kubernetes version without the v that some cmdlets leave out.
func plainVersion(version string) string { return strings.TrimPrefix(version, "v") }

// because puts an error of the platform behind a sentence.
func because(text string) string {
	if text = tidy(text); text == "" {
		return ""
	}
	return ": " + text
}
