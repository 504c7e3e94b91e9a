package provision

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked is the error of a run folder that another process works on.
type ErrLocked struct {
	// Dir is the run folder.
	Dir string `json:"-"`
	// PID and Owner are the process and its operator, as far as they are known: 0 and
	// empty when the other process has not written them yet.
	PID   int    `json:"pid"`
	Owner string `json:"owner"`
	// Since is when it began.
	Since time.Time `json:"since"`
}

// Error says who works on the run.
func (e *ErrLocked) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("run %s is being worked on by another process", filepath.Base(e.Dir))
	}
	return fmt.Sprintf("run %s is being worked on by %s (process %d) since %s",
		filepath.Base(e.Dir), e.Owner, e.PID, e.Since.Format(time.RFC3339))
}

// lock takes the run folder for this process until unlock is called or the process ends.
// It returns *ErrLocked when another one has it. Who has it stands in a file of its own,
// because on Windows nobody can read a locked file.
func (r *Run) lock(owner string, now time.Time) (unlock func() error, err error) {
	lock := flock.New(filepath.Join(r.Dir, "lock"))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock run %s: %w", r.ID, err)
	}
	info := filepath.Join(r.Dir, "lock.json")
	if !held {
		return nil, r.holder()
	}
	text, err := json.Marshal(ErrLocked{PID: os.Getpid(), Owner: owner, Since: now})
	if err == nil {
		err = os.WriteFile(info, text, 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock run %s: %w", r.ID, err), lock.Unlock())
	}
	return func() error {
		if err := lock.Unlock(); err != nil {
			return fmt.Errorf("unlock run %s: %w", r.ID, err)
		}
		return nil
	}, nil
}

// holder is who has locked the run, as far as it is known. That only makes messages
// better, and they may be writing it just now.
func (r *Run) holder() *ErrLocked {
	other := &ErrLocked{}
	if text, err := os.ReadFile(filepath.Join(r.Dir, "lock.json")); err != nil || json.Unmarshal(text, other) != nil {
		other = &ErrLocked{}
	}
	other.Dir = r.Dir
	return other
}

// Worker says who works on the run just now, if anybody does.
func (r *Run) Worker() (who ErrLocked, working bool) {
	lock := flock.New(filepath.Join(r.Dir, "lock"))
	free, err := lock.TryLock()
	if err != nil {
		return ErrLocked{}, false
	}
	if free {
		_ = lock.Unlock()
		return ErrLocked{}, false
	}
	return *r.holder(), true
}
