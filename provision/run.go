package provision

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// Run is the folder of one application of a plan: the plan, the journal, the lock and the
// credentials that were fetched. It outlives the process, and applying it again resumes
// it. Everything in it is readable by its owner only.
type Run struct {
	// ID is the folder's name: the site and the moment of creation, such as
	// edge01-20261122T224236Z.
	ID string
	// Dir is the folder.
	Dir string
	// Site is the site's name.
	Site string
	// At is when the run was created, in UTC, to the second.
	At time.Time

	number int                     // tells runs of one second apart, from 1
	wrap   func(fileLike) fileLike // tests make the journal's file fail
}

// ErrNoRun is the error of a state folder that holds no unfinished run.
var ErrNoRun = errors.New("no unfinished run")

// The stamp of a run's name is its time in UTC; a second run of that second is numbered.
const runStamp = "20060102T150405Z"

var runName = regexp.MustCompile(`^([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)-([0-9]{8}T[0-9]{6}Z)(?:-([0-9]{1,9}))?$`)

// CreateRun makes a new run folder for a site under the state folder and writes the
// plan's bytes into it.
func CreateRun(state, site string, at time.Time, plan []byte) (*Run, error) {
	id := site + "-" + at.UTC().Format(runStamp)
	if !runName.MatchString(id) {
		return nil, fmt.Errorf("create run: %q is no name of a site", site)
	}
	runs := filepath.Join(state, "runs")
	if err := os.MkdirAll(runs, 0o700); err != nil {
		return nil, fmt.Errorf("create run: %w", err)
	}
	dir := filepath.Join(runs, id)
	err := os.Mkdir(dir, 0o700)
	for n := 2; errors.Is(err, fs.ErrExist); n++ {
		dir = filepath.Join(runs, id+"-"+strconv.Itoa(n))
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("create run: %w", err)
	}
	r, err := OpenRun(dir)
	if err != nil {
		return nil, err
	}
	if err := writeSynced(r.PlanPath(), plan); err != nil {
		return nil, fmt.Errorf("create run %s: %w", r.ID, err)
	}
	if err := errors.Join(os.Mkdir(r.Credentials(), 0o700), syncDir(dir), syncDir(runs)); err != nil {
		return nil, fmt.Errorf("create run %s: %w", r.ID, err)
	}
	return r, nil
}

// OpenRun returns the run of an existing folder.
func OpenRun(dir string) (*Run, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open run: %w", err)
	}
	r, ok := parseRun(dir)
	if !ok {
		return nil, fmt.Errorf("open run: %s is not named like a run, SITE-TIME", dir)
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("open run: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("open run: %s is no folder", dir)
	}
	return r, nil
}

// Runs returns the runs under a state folder, newest first.
func Runs(state string) ([]*Run, error) {
	dir, err := filepath.Abs(filepath.Join(state, "runs"))
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	var runs []*Run
	for _, entry := range entries {
		if r, ok := parseRun(filepath.Join(dir, entry.Name())); ok && entry.IsDir() {
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b *Run) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.number, a.number), cmp.Compare(a.ID, b.ID))
	})
	return runs, nil
}

// LatestUnfinished returns the newest run under a state folder that is not done and that
// no later run of its site has overtaken by being done. It returns ErrNoRun when there is
// none. A run whose journal cannot be read counts as unfinished; one without a
// plan does not, and one that was refused only where there is no other.
func LatestUnfinished(state string) (*Run, error) {
	runs, err := Runs(state)
	if err != nil {
		return nil, err
	}
	overtaken := map[string]bool{}
	var refused *Run
	for _, r := range runs {
		if overtaken[r.Site] {
			continue
		}
		if _, err := os.Stat(r.PlanPath()); errors.Is(err, fs.ErrNotExist) {
			continue // it was never made whole
		}
		p, err := r.Progress()
		if err == nil && p.Outcome == OutcomeRefused {
			if refused == nil {
				refused = r // taken up only where none has changed anything
			}
			continue
		}
		if err != nil || p.Outcome != OutcomeDone {
			return r, nil
		}
		overtaken[r.Site] = true
	}
	if refused != nil {
		return refused, nil
	}
	return nil, ErrNoRun
}

// PlanPath is the run's copy of the plan.
func (r *Run) PlanPath() string { return filepath.Join(r.Dir, "plan.yaml") }

// JournalPath is the journal. It does not exist before the run was first applied.
func (r *Run) JournalPath() string { return filepath.Join(r.Dir, "journal.jsonl") }

// Credentials is the folder for credentials that steps fetch.
func (r *Run) Credentials() string { return filepath.Join(r.Dir, "credentials") }

// Progress folds the journal. A run that was never applied has the zero Progress.
func (r *Run) Progress() (Progress, error) {
	_, events, err := ReadJournal(r.JournalPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Progress{}, err
	}
	return Progress{}.With(events...), nil
}

func parseRun(dir string) (*Run, bool) {
	id := filepath.Base(dir)
	parts := runName.FindStringSubmatch(id)
	if parts == nil {
		return nil, false
	}
	at, err := time.Parse(runStamp, parts[2])
	if err != nil {
		return nil, false
	}
	r := &Run{ID: id, Dir: dir, Site: parts[1], At: at, number: 1}
	if parts[3] != "" {
		r.number, _ = strconv.Atoi(parts[3]) // digits only, by the pattern
	}
	return r, true
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes new names in a folder durable. Windows has no such call and needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
