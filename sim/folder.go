package sim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// ErrWorldBusy is the error of a world folder that another process has open. Served is
// set when that process serves it, so that Connect works.
type ErrWorldBusy struct {
	Dir    string
	Served *Served
}

func (e *ErrWorldBusy) Error() string {
	if e.Served != nil {
		return fmt.Sprintf("open world %s: process %d serves it", e.Dir, e.Served.PID)
	}
	return fmt.Sprintf("open world %s: another process has it open", e.Dir)
}

// ErrDamaged is the error of a file of a world folder that cannot be read.
type ErrDamaged struct {
	Path string
	Line int // from 1; 0 for the whole file
	Err  error
}

func (e *ErrDamaged) Error() string {
	return fmt.Sprintf("read %s, line %d: %v", e.Path, e.Line, e.Err)
}

func (e *ErrDamaged) Unwrap() error { return e.Err }

// Discard removes the world in a folder, if there is one. It refuses one that a process
// has open.
func Discard(dir string) error {
	if _, err := ReadHeader(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f, err := lockFolder(dir)
	if err != nil {
		return err
	}
	errs := []error{}
	for _, name := range []string{"world.json", "requests.jsonl", "transcript.jsonl", "clock", "serve.json", "serve"} {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, name)))
	}
	return errors.Join(append(errs, f.close())...)
}

// A folder keeps one world.
type folder struct {
	dir      string
	lock     *flock.Flock
	requests *requestLog
	clock    *os.File
	last     time.Time // world time of the last entry or look
	lastWall time.Time // the time outside then
}

// openFolder opens or makes the folder of a world, and reads its log. h is what was asked
// for; it takes over what a world that exists has of its own.
func openFolder(dir string, h *Header) (*folder, []entry, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("make the folder of the world: %w", err)
	}
	f, err := lockFolder(dir)
	if err != nil {
		return nil, nil, err
	}
	past, err := f.open(h)
	if err != nil {
		return nil, nil, errors.Join(err, f.close())
	}
	return f, past, nil
}

// lockFolder makes sure that no other process has the world open.
func lockFolder(dir string) (*folder, error) {
	f := &folder{dir: dir, lock: flock.New(filepath.Join(dir, "lock"))}
	mine, err := f.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock world %s: %w", dir, err)
	}
	if !mine {
		busy := &ErrWorldBusy{Dir: dir}
		if s, err := readServed(dir); err == nil {
			busy.Served = &s
		}
		return nil, busy
	}
	return f, nil
}

func (f *folder) open(h *Header) ([]entry, error) {
	recorded, err := ReadHeader(f.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		h.drawSeed()
		if err := writeFile(filepath.Join(f.dir, "world.json"), h); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		if h.Seed == 0 {
			h.Seed = recorded.Seed
		}
		if err := h.differs(f.dir, recorded); err != nil {
			return nil, err
		}
		h.Start, h.Made = recorded.Start, recorded.Made
	}
	f.last = h.Start
	if f.clock, err = os.OpenFile(filepath.Join(f.dir, "clock"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, fmt.Errorf("open the clock of the world: %w", err)
	}
	f.readClock()
	var past []entry
	if f.requests, past, err = openRequests(filepath.Join(f.dir, "requests.jsonl")); err != nil {
		return nil, err
	}
	if n := len(past); n > 0 && past[n-1].At.After(f.last) {
		f.last = past[n-1].At
	}
	return past, nil
}

func (f *folder) close() error {
	var errs []error
	if f.requests != nil {
		errs = append(errs, f.requests.close())
	}
	if f.clock != nil {
		errs = append(errs, f.clock.Close())
	}
	return errors.Join(append(errs, f.lock.Unlock())...)
}

// clockForm is of one length, so that the file is overwritten in place.
const clockForm = "2006-01-02T15:04:05.000000000Z"

// seen keeps the moment that was shown to somebody, and the time outside.
func (f *folder) seen(now, wall time.Time) error {
	line := now.UTC().Format(clockForm) + " " + wall.UTC().Format(clockForm) + "\n"
	if _, err := f.clock.WriteAt([]byte(line), 0); err != nil {
		return fmt.Errorf("write the clock of the world: %w", err)
	}
	return nil
}

// readClock takes over what seen has kept. Without it the world goes on from its last request.
func (f *folder) readClock() {
	line := make([]byte, 2*len(clockForm)+1)
	if _, err := f.clock.ReadAt(line, 0); err != nil {
		return
	}
	now, err := time.Parse(clockForm, string(line[:len(clockForm)]))
	wall, err2 := time.Parse(clockForm, string(line[len(clockForm)+1:]))
	if err == nil && err2 == nil && !now.Before(f.last) {
		f.last, f.lastWall = now, wall
	}
}

// present is the world's moment when the folder is opened: it has lived on for the time
// that has passed outside, at the speed of real time whatever its own.
func (f *folder) present(wall time.Time) time.Time {
	if f.lastWall.IsZero() || wall.Before(f.lastWall) {
		return f.last
	}
	return f.last.Add(wall.Sub(f.lastWall))
}
