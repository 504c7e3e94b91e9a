package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/arcwright/arcwright/sim/directory"
	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
)

// entryKind names what was accepted.
type entryKind string

const (
	entryScript entryKind = "script"
	entryKube   entryKind = "kubernetes"
	entryFault  entryKind = "fault"
	entrySpent  entryKind = "spent" // a fault that hits once has hit
	entryBegun  entryKind = "begun" // a fault that waited for a step has begun

	entryCondition entryKind = "condition"
	entryDirectory entryKind = "directory"
)

// An entry is one accepted request that changed the world, as its log keeps it. It holds
// the names of secrets and never their values.
type entry struct {
	At   time.Time `json:"at"`
	Kind entryKind `json:"kind"`

	Host    string          `json:"host,omitempty"`
	Script  string          `json:"script,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Secrets []string        `json:"secrets,omitempty"`

	Cluster string           `json:"cluster,omitempty"`
	Request *kubeapi.Request `json:"request,omitempty"`

	Fault  *Fault `json:"fault,omitempty"`
	Number int    `json:"number,omitempty"`

	Condition *Condition `json:"condition,omitempty"`

	Directory *directory.Request `json:"directory,omitempty"`
}

// accept logs a request, in the turn in which it is about to change the world. With an
// error nothing may be changed.
func (d *Datacenter) accept(t *timeline.Turn, e entry) error {
	if d.replaying || d.folder == nil {
		return nil
	}
	e.At = t.Now()
	if err := d.folder.requests.append(e); err != nil {
		return fmt.Errorf("log the request: %w", err)
	}
	return nil
}

// acceptKube logs a request that is about to change a cluster.
func (d *Datacenter) acceptKube(t *timeline.Turn, site *deployment, c *cluster, r kubeapi.Request) error {
	r = withoutSecrets(r, t.Now().UnixNano())
	return d.accept(t, entry{Kind: entryKube, Host: site.hosts[0].Name, Cluster: c.name, Request: &r})
}

// kubeTrouble notes every request that may change a cluster, and is what the faults do to
// one. A request that hangs or is cut counts among the effects: it was meant to have one.
func (d *Datacenter) kubeTrouble(t *timeline.Turn, c *cluster, method, path string) kubeapi.Trouble {
	d.seen(t)
	if method != http.MethodGet && method != http.MethodHead {
		if err := d.note(t, Effect{Cluster: c.name, Method: method, Path: path}); err != nil {
			return kubeapi.Trouble{Kind: kubeapi.Refuse, Status: http.StatusInternalServerError}
		}
	}
	about := kubeSubject(c.name, method, path)
	d.world.faults.reached(t, about)
	switch {
	case about.step == "":
	case d.spend(t, nil, ConnectionCut, about):
		return kubeapi.Trouble{Kind: kubeapi.Lose}
	case d.spend(t, nil, RequestHangs, about):
		return kubeapi.Trouble{Kind: kubeapi.Hang}
	}
	return kubeapi.Trouble{}
}

// seen notes that somebody has been shown the present moment: the world never goes back
// behind it.
func (d *Datacenter) seen(t *timeline.Turn) {
	if d.folder != nil && !d.replaying {
		// The next accepted request reports a folder that cannot be written.
		_ = d.folder.seen(t.Now(), d.wall())
	}
}

// replay does again what the log of a world says, at the times it says, and then lets the
// world go on until now.
func (d *Datacenter) replay(past []entry) error {
	if d.folder == nil {
		return nil
	}
	d.replaying = true
	for i, e := range past {
		d.line.Advance(e.At)
		var err error
		d.line.Do(func(t *timeline.Turn) { err = d.redo(t, e) })
		if err != nil {
			return &ErrDamaged{Path: d.folder.requests.path, Line: i + 1, Err: err}
		}
	}
	d.replaying = false
	d.line.Advance(d.folder.present(d.wall()))
	return nil
}

func (d *Datacenter) redo(t *timeline.Turn, e entry) error {
	if e.Kind == entryFault && e.Fault != nil {
		d.world.faults.add(t, *e.Fault)
		return nil
	}
	if e.Kind == entrySpent {
		return d.world.faults.spend(e.Number)
	}
	if e.Kind == entryBegun {
		if err := d.world.faults.known(e.Number); err != nil {
			return err
		}
		d.world.faults.begin(t, e.Number)
		return nil
	}
	if e.Kind == entryCondition && e.Condition != nil {
		if err := d.allows(*e.Condition); err != nil {
			return err
		}
		return d.find(t, *e.Condition)
	}
	if e.Kind == entryDirectory && e.Directory != nil {
		if d.domain == nil {
			return errors.New("there is no directory")
		}
		d.domain.server.Replay(t, *e.Directory)
		return nil
	}
	h := d.world.host(e.Host)
	if h == nil {
		return fmt.Errorf("there is no host %q", e.Host)
	}
	switch {
	case e.Kind == entryScript:
		_, err := d.world.short(t, h, e.Script, e.Params, e.Secrets)
		return err
	case e.Kind == entryKube && e.Request != nil:
		c := h.site.clusters[e.Cluster]
		if c == nil || c.api == nil {
			return fmt.Errorf("there is no API server of the cluster %q", e.Cluster)
		}
		return c.api.server.Replay(t, *e.Request)
	}
	return fmt.Errorf("%q is not a kind of request", e.Kind)
}
