package sim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

// taskState is how far a task is.
type taskState string

const (
	taskRunning   taskState = "running"
	taskSucceeded taskState = "succeeded"
	taskFailed    taskState = "failed"
)

// A task is one detached run of a script on a host.
type task struct {
	id, script  string
	host        *host
	record      recordParams
	share       *share // where the record is
	recordIsNew bool
	removes     bool // the script takes away what the record stands for
	label       string
	state       taskState
	output      []byte
	err         *taskError
	started     time.Time // by the host's clock, as is ended
	ended       time.Time
	job         job
	breaks      int // the stage at which a fault ends the task; -1 is none
	breakage    *scriptError
}

// removes reports whether no record is left after a script.
func removes(script string) bool {
	return script == "remove-cluster" || script == "remove-node-pool" || script == "uninstall-akshci"
}

// launch begins a task. Its script starts a moment later, when the scheduler has started a process.
func (w *world) launch(t *timeline.Turn, k *task, params json.RawMessage, secrets []string) {
	w.starts[k.script+" "+k.record.Name]++
	k.label = fmt.Sprintf("%s %s %d", k.script, k.record.Name, w.starts[k.script+" "+k.record.Name])
	k.state, k.started, k.breaks = taskRunning, k.host.clock(t), -1
	k.host.tasks[k.id] = k
	t.After(w.seed.within(processStart, "process", k.label), func(t *timeline.Turn) {
		j, err := w.jobOf(k, params, secrets)
		if err != nil {
			w.finish(t, k, err)
			return
		}
		k.job = j
		if f := w.faults.strikes(t, k); f != nil {
			k.breaks = w.seed.below(len(j.stages), "breaks", k.label)
			k.breakage = stop("ScriptFailed", "%s", f.message())
		}
		if j.limit > 0 {
			t.After(j.limit, func(t *timeline.Turn) {
				if k.state == taskRunning {
					w.finish(t, k, j.late(t))
				}
			})
		}
		w.enter(t, k, 0)
	})
}

// say appends a line to the output of a running task, in the form of the AksHci module's
// verbose messages.
func (k *task) say(t *timeline.Turn, module, text string) {
	if k.state != taskRunning {
		return
	}
	k.output = fmt.Appendf(k.output, "[%s] [%s] %s\n", k.host.clock(t).Format("01/02/2006 15:04:05"), module, text)
}

// plainWord is a code; vendor modules put whole messages there.
var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,63}$`)

// finish ends a task, with an error or with none.
func (w *world) finish(t *timeline.Turn, k *task, err *scriptError) {
	k.state, k.ended = taskSucceeded, k.host.clock(t)
	key := k.record.key()
	switch {
	case err == nil && k.removes:
		delete(k.share.records, key)
	case err != nil:
		k.state, k.err = taskFailed, &taskError{"ScriptFailed", err.Message}
		if plainWord.MatchString(err.Code) {
			k.err.Code = err.Code
		}
		k.output = fmt.Appendf(k.output, "ERROR: %s\n", err.Message)
		if err.Code == codeNameTaken && k.recordIsNew {
			delete(k.share.records, key) // it would be a false claim
		}
		if k.job.failed != nil {
			k.job.failed(t, err)
		}
	}
	k.job = job{}
}
