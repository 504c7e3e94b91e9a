package sim

import (
	"encoding/json"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

// uninstall is Uninstall-AksHci with -skipConfigCleanup: what an installation left is
// cleared away, and the configuration stays.
func (w *world) uninstall(k *task, params json.RawMessage) (job, *scriptError) {
	if err := decode(params, &struct{}{}); err != nil {
		return job{}, err
	}
	d := k.host.site
	switch {
	case k.host.Module == "":
		return job{}, noModule()
	case d.state == installed:
		return job{}, stop("StillInstalled", "the install state is %s; an installation in that state is not removed as a repair", d.state)
	}
	return job{stages: []stage{{
		says:  append(says("AksHci", "Initializing environment", "Uninstalling"), says("Moc", "Removing the cloud agent", "Cleaning up files on the nodes")...),
		takes: span{100 * time.Second, 260 * time.Second},
		done: func(*timeline.Turn) *scriptError {
			w.reset(d)
			return nil
		},
	}}}, nil
}
