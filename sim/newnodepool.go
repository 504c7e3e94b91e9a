package sim

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

type newPoolParams struct {
	Cluster string `json:"cluster"`
	poolParams
}

// newNodePool is New-AksHciNodePool.
func (w *world) newNodePool(k *task, params json.RawMessage) (job, *scriptError) {
	var p newPoolParams
	if err := decode(params, &p); err != nil {
		return job{}, err
	}
	d := k.host.site
	c, err := d.cluster(k.host, p.Cluster)
	if err != nil {
		return job{}, err
	}
	if c.pool(p.Name) != nil {
		return job{}, stop(codeNameTaken, "a node pool with the name %s has been made in the cluster %s by somebody else", p.Name, p.Cluster)
	}
	if c.state != deployed {
		return job{}, throw("The cluster %s is in the state %s; node pools can be added to one that is %s.", c.name, c.state, deployed)
	}
	pool, err := w.checkPool(p.poolParams)
	if err != nil {
		return job{}, err
	}
	return job{
		stages: []stage{
			{
				says:  says("AksHci", "Initializing environment", "Verifying product installation state", "  Installation state is: "+string(installed)),
				takes: span{5 * time.Second, 20 * time.Second},
			},
			{
				says:  says("Kva", "Creating the node pool "+p.Name+" in the cluster "+p.Cluster),
				takes: span{5 * time.Second, 15 * time.Second},
				begin: func(t *timeline.Turn) *scriptError {
					if c.removed || c.pool(p.Name) != nil {
						return throw("The node pool %s cannot be created in the cluster %s.", p.Name, p.Cluster)
					}
					c.pools = append(c.pools, pool)
					c.say = k.say
					w.build(t, d, c)
					return nil
				},
				waits: func() string { return c.waiting(pool.state) },
			},
			{says: says("AksHci", "Done"), takes: span{time.Second, 3 * time.Second}},
		},
		limit: longestWait,
		late: func(*timeline.Turn) *scriptError {
			c.say = nil
			if why := c.waits(); why != "" && pool.state == creating {
				c.failPool(d, pool, why)
			}
			return throw("kvactl.exe cluster nodepool create returned a non zero exit code 1 [Error: timed out waiting for the condition]")
		},
		failed: func(_ *timeline.Turn, err *scriptError) {
			if k.breakage == err && slices.Contains(c.pools, pool) {
				c.say = nil
				c.failPool(d, pool, err.Message)
			}
		},
	}, nil
}

// cluster finds a cluster that a cmdlet is to work on.
func (d *deployment) cluster(h *host, name string) (*cluster, *scriptError) {
	if err := d.answers(h); err != nil {
		return nil, err
	}
	c := d.clusters[name]
	if c == nil {
		return nil, throw("A workload cluster with the name '%s' was not found.", name)
	}
	return c, nil
}

func (c *cluster) failPool(d *deployment, p *nodePool, why string) {
	if c.next != nil && c.next.pool == p.name {
		c.giveUp(d)
	}
	p.state, p.err = failed, why
}
