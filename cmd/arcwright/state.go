package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/arcwright/arcwright/provision"
)

// stateDir is the folder of runs and worlds.
func (p *program) stateDir() (string, error) {
	if p.state != "" {
		return p.state, nil
	}
	if dir := os.Getenv("ARCWRIGHT_STATE"); dir != "" {
		return dir, nil
	}
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "arcwright"), nil
	}
	if dir := os.Getenv("LOCALAPPDATA"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "arcwright"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", usagef("give --state DIR, or set ARCWRIGHT_STATE", "there is no folder to keep runs in: %s", err)
	}
	return filepath.Join(home, ".local", "state", "arcwright"), nil
}

// how is the way a run was started; resume goes the same way.
type how struct {
	On    place  `json:"on"`
	World string `json:"world,omitempty"`
	Speed speed  `json:"speed"`
	Seed  uint64 `json:"seed,omitempty"`
	// Base is the folder that the plan's relative paths count from.
	Base string `json:"base"`
}

const howFile = "how.json"

func (h how) save(run *provision.Run) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(run.Dir, howFile), text, 0o600)
}

func loadHow(run *provision.Run) (how, error) {
	var h how
	text, err := os.ReadFile(filepath.Join(run.Dir, howFile))
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	if err != nil {
		return h, fmt.Errorf("read how run %s was started: %w", run.ID, err)
	}
	return h, nil
}

// findRun is the named run, or the newest that is not finished. With any it falls back
// to the newest run at all.
func (p *program) findRun(args []string, anyRun bool) (*provision.Run, error) {
	state, err := p.stateDir()
	if err != nil {
		return nil, err
	}
	if len(args) == 1 {
		for _, dir := range []string{filepath.Join(state, "runs", args[0]), args[0]} {
			if info, err := os.Stat(dir); err == nil && info.IsDir() {
				return provision.OpenRun(dir)
			}
		}
		return nil, usagef(p.knownRuns(state), "there is no run %q in %s", args[0], state)
	}
	run, err := provision.LatestUnfinished(state)
	if !errors.Is(err, provision.ErrNoRun) {
		return run, err
	}
	runs, err := provision.Runs(state)
	switch {
	case err != nil:
		return nil, err
	case len(runs) == 0:
		return nil, usagef("start one: arcwright apply plan.yaml --on sim", "there is no run in %s", state)
	case anyRun:
		return runs[0], nil
	}
	return nil, usagef("arcwright status "+runs[0].ID+" shows the newest", "there is no unfinished run in %s", state)
}

func (p *program) knownRuns(state string) string {
	runs, err := provision.Runs(state)
	if err != nil || len(runs) == 0 {
		return "there are no runs there"
	}
	var ids []string
	for _, r := range runs[:min(len(runs), 5)] {
		ids = append(ids, r.ID)
	}
	return "the newest are: " + strings.Join(ids, ", ")
}
