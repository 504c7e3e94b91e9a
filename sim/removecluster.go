package sim

import (
	"encoding/json"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

type removeClusterParams struct {
	Name string `json:"name"`
}

// removeClusterJob is Remove-AksHciCluster. That the cluster is gone already is a success.
func (w *world) removeClusterJob(k *task, params json.RawMessage) (job, *scriptError) {
	var p removeClusterParams
	if err := decode(params, &p); err != nil {
		return job{}, err
	}
	d := k.host.site
	if err := d.answers(k.host); err != nil {
		return job{}, err
	}
	if d.clusters[p.Name] == nil {
		return job{stages: []stage{{takes: span{time.Second, 3 * time.Second}}}}, nil
	}
	return job{stages: []stage{{
		says:  says("Kva", "Deleting the cluster "+p.Name, "Waiting for its machines to be deleted"),
		takes: span{60 * time.Second, 180 * time.Second},
		done: func(*timeline.Turn) *scriptError {
			if c := d.clusters[p.Name]; c != nil {
				w.removeCluster(d, c)
			}
			return nil
		},
	}}}, nil
}
