package sim

import (
	"encoding/json"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

type removePoolParams struct {
	Cluster string `json:"cluster"`
	Name    string `json:"name"`
}

// removeNodePoolJob is Remove-AksHciNodePool. That the pool is gone already is a success.
func (w *world) removeNodePoolJob(k *task, params json.RawMessage) (job, *scriptError) {
	var p removePoolParams
	if err := decode(params, &p); err != nil {
		return job{}, err
	}
	d := k.host.site
	c, err := d.cluster(k.host, p.Cluster)
	if err != nil {
		return job{}, err
	}
	if c.pool(p.Name) == nil {
		return job{stages: []stage{{takes: span{time.Second, 3 * time.Second}}}}, nil
	}
	return job{stages: []stage{{
		says:  says("Kva", "Deleting the node pool "+p.Name+" of the cluster "+p.Cluster),
		takes: span{40 * time.Second, 120 * time.Second},
		done: func(t *timeline.Turn) *scriptError {
			if pool := c.pool(p.Name); pool != nil && !c.removed {
				w.removePool(t, d, c, pool)
			}
			return nil
		},
	}}}, nil
}
