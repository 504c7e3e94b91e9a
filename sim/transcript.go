package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
)

// An Effect is one request that was meant to change the world, counted whether or not it
// was refused or had been made before. It holds no secret and no digest of one.
type Effect struct {
	At time.Time `json:"time"`
	// Host, Script, Task, Step and Record are of a start-task.
	Host   string `json:"host,omitempty"`
	Script string `json:"script,omitempty"`
	Task   string `json:"task,omitempty"`
	Step   string `json:"step,omitempty"`
	Record string `json:"record,omitempty"`
	// Params is the SHA-256 of the script's parameters.
	Params string `json:"params,omitempty"`
	// Cluster, Method and Path are of a request to a Kubernetes API.
	Cluster string `json:"cluster,omitempty"`
	Method  string `json:"method,omitempty"`
	Path    string `json:"path,omitempty"`
}

// A transcript is the list of effects, and the file transcript.jsonl of a world that is kept.
type transcript struct {
	mu      sync.Mutex
	effects []Effect
	file    *os.File
}

// openTranscript reads the effects of a world so far. A line that was cut off is dropped.
func openTranscript(dir string) (*transcript, error) {
	t := &transcript{}
	lines, file, err := openLines(filepath.Join(dir, "transcript.jsonl"))
	if err != nil {
		return t, err
	}
	t.file = file
	for i, line := range lines {
		var e Effect
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, errors.Join(&ErrDamaged{Path: file.Name(), Line: i + 1, Err: err}, file.Close())
		}
		t.effects = append(t.effects, e)
	}
	return t, nil
}

func (tr *transcript) add(e Effect) error {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.effects = append(tr.effects, e)
	if tr.file == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = tr.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the transcript: %w", err)
	}
	return nil
}

func (tr *transcript) close() error {
	if tr.file == nil {
		return nil
	}
	return tr.file.Close()
}

// Effects is how many requests were meant to change the world, over its whole life.
func (d *Datacenter) Effects() int {
	d.transcript.mu.Lock()
	defer d.transcript.mu.Unlock()
	return len(d.transcript.effects)
}

// Transcript is those requests, the oldest first.
func (d *Datacenter) Transcript() []Effect {
	d.transcript.mu.Lock()
	defer d.transcript.mu.Unlock()
	return slices.Clone(d.transcript.effects)
}

func (d *Datacenter) note(t *timeline.Turn, e Effect) error {
	if d.replaying {
		return nil
	}
	e.At = t.Now()
	return d.transcript.add(e)
}

// noteStart enters a start-task that was received.
func (d *Datacenter) noteStart(t *timeline.Turn, h *host, p startParams) error {
	return d.note(t, Effect{
		Host: h.Name, Script: p.Script, Task: p.ID, Step: p.Record.Step,
		Record: p.Record.Kind + " " + p.Record.Name, Params: digest(bytes.TrimSpace(p.Params)),
	})
}
