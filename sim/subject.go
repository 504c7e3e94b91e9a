package sim

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim/timeline"
)

// A subject is the step that a request belongs to, and the moment of it. Nothing in a
// request names the step but the record that a task is started with; the rest is told by
// what is asked for. The zero subject is a request of which that cannot be told.
type subject struct {
	step string
	at   Moment
	// only is set where the step has no other moment, which then counts as both.
	only bool
}

// meets reports whether a fault that waits for a moment of a step waits for this one.
func (s subject) meets(f Fault) bool {
	at := f.At
	if at == "" {
		at = AtSubmit
	}
	return s.step != "" && names(f.Step, s.step) && (s.only || s.at == at)
}

// subjectOf tells what a script that is sent to a host is about, in a turn.
func subjectOf(h *host, p payload) subject {
	var of struct {
		ID      string       `json:"id"`
		Script  string       `json:"script"`
		Record  recordParams `json:"record"`
		Cluster string       `json:"cluster"`
	}
	if json.Unmarshal(p.Params, &of) != nil {
		return subject{} // the script refuses it
	}
	switch p.Name {
	case "start-task":
		if !removes(of.Script) {
			return subject{step: of.Record.Step, at: AtSubmit}
		}
	case "read-task":
		if k := h.tasks[of.ID]; k != nil && k.state == taskRunning && !k.removes {
			return subject{step: k.record.Step, at: AtWork}
		}
	case "get-credential":
		return subject{step: string(planner.FetchCredential) + "/" + of.Cluster, at: AtSubmit}
	}
	return subject{}
}

// kubeSubject tells what a request to a cluster's API server is about.
func kubeSubject(cluster, method, path string) subject {
	at := AtSubmit
	if method == http.MethodGet || method == http.MethodHead {
		at = AtWork
	}
	switch {
	case path == "/readyz":
		return subject{step: string(planner.FetchCredential) + "/" + cluster, at: AtWork}
	case strings.HasPrefix(path, "/api/v1/nodes"):
		return subject{step: string(planner.WaitNodes) + "/" + cluster, at: at, only: true}
	case strings.HasPrefix(path, "/api/v1/namespaces"):
		return subject{step: string(planner.ApplyNamespace) + "/" + cluster, at: at}
	case strings.HasPrefix(path, "/apis/storage.k8s.io/v1/storageclasses"):
		return subject{step: string(planner.ApplyStorage) + "/" + cluster, at: at}
	}
	return subject{}
}

// Strikes reports whether a fault of the kind can have anything to do with a kind of
// step: only tasks fail, and only where machines are made can memory be missing.
func (k FaultKind) Strikes(step planner.StepKind) bool {
	switch k {
	case StepFailsOnce, StepFails:
		switch step {
		case planner.PrepareHost, planner.Configure, planner.Install, planner.CreateCluster, planner.CreateNodePool:
			return true
		}
		return false
	case HostOutOfMemory:
		return step == planner.Install || step == planner.CreateCluster || step == planner.CreateNodePool
	}
	return true
}

// Passes reports whether the fault ends without anybody doing something about it.
func (f Fault) Passes() bool {
	return f.For > 0 || f.Kind == ConnectionCut || f.Kind == RequestHangs || f.Kind == StepFailsOnce
}

// Struck is how often the faults of the world have done something to anybody.
func (d *Datacenter) Struck() (times int) {
	d.line.Do(func(*timeline.Turn) {
		for _, i := range d.world.faults.list {
			times += i.struck
		}
	})
	return times
}

// Mend ends every fault, also those that would last for ever: somebody has mended the cause.
func (d *Datacenter) Mend() error {
	var err error
	d.line.Do(func(t *timeline.Turn) {
		for number, i := range d.world.faults.list {
			if i.spent {
				continue
			}
			if err = d.accept(t, entry{Kind: entrySpent, Number: number}); err != nil {
				return
			}
			i.spent = true
		}
	})
	return err
}
