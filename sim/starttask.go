package sim

import (
	"encoding/json"
	"regexp"

	"github.com/arcwright/arcwright/sim/timeline"
)

type startParams struct {
	ID     string          `json:"id"`
	Script string          `json:"script"`
	Text   string          `json:"text,omitempty"` // not kept in the log of requests
	Params json.RawMessage `json:"params"`
	Record recordParams    `json:"record"`
	Lease  struct {
		Path  string `json:"path"`
		Epoch int64  `json:"epoch"`
	} `json:"lease"`
}

// startAnswer is what start-task prints.
type startAnswer struct {
	State string `json:"state"` // started, or running for an id that was started before
}

var taskID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,199}$`)

func (w *world) startTask(t *timeline.Turn, h *host, params json.RawMessage, secrets []string) (any, error) {
	var p startParams
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	if !taskID.MatchString(p.ID) {
		return nil, stop("BadRequest", "%s is no name for a task", p.ID)
	}
	if err := w.noteStart(t, h, p); err != nil {
		return nil, err
	}
	s := w.share(h, p.Lease.Path)
	if s.lease.epoch != p.Lease.Epoch {
		return nil, stop("LeaseOvertaken", "the lease is at epoch %d and this run holds epoch %d", s.lease.epoch, p.Lease.Epoch)
	}
	if h.tasks[p.ID] != nil {
		return startAnswer{"running"}, nil
	}
	for _, id := range sortedKeys(h.tasks) {
		if other := h.tasks[id]; other.state == taskRunning && excludes(other.record, p.Record) {
			return nil, stop("TaskBusy", "the task %s is still running on this host", id)
		}
	}
	k := &task{id: p.ID, script: p.Script, host: h, record: p.Record, share: s, removes: removes(p.Script)}
	found, known := s.records[p.Record.key()]
	k.recordIsNew = !known
	switch {
	case known && found.Site != p.Record.Site:
		return nil, stop("RecordForeign", "%s %s belongs to the site %s", p.Record.Kind, p.Record.Name, found.Site)
	case k.removes && !known:
		return nil, stop("RecordMissing", "%s %s was not made by this site, so it is not removed", p.Record.Kind, p.Record.Name)
	}
	if err := w.accept(t, startEntry(h, p, secrets)); err != nil {
		return nil, err
	}
	if !k.removes {
		s.records[p.Record.key()] = record{p.Record, whole(h.clock(t))}
	}
	w.launch(t, k, p.Params, secrets)
	return startAnswer{"started"}, nil
}

// excludes reports whether two tasks must not run side by side: they work on the same
// thing, or one of them changes the whole site.
func excludes(a, b recordParams) bool {
	wide := func(kind string) bool { return kind == "config" || kind == "install" }
	return a.Kind == b.Kind && a.Name == b.Name || wide(a.Kind) || wide(b.Kind)
}

// startEntry is a start-task as the log of requests keeps it, without the script's text
// and without the values of the secrets.
func startEntry(h *host, p startParams, secrets []string) entry {
	p.Text = ""
	params, err := json.Marshal(p)
	if err != nil {
		panic(err) // everything in it came out of JSON
	}
	return entry{Kind: entryScript, Host: h.Name, Script: "start-task", Params: params, Secrets: secrets}
}
