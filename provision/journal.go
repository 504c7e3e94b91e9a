package provision

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// JournalVersion is the version of the journals that this program reads and writes.
const JournalVersion = "arcwright.dev/journal/v1"

// JournalHeader is the first line of a journal.
type JournalHeader struct {
	Version string `json:"version"`
	Run     string `json:"run"`
	Site    string `json:"site"`
	// Plan is the digest of the only plan this run may be resumed with.
	Plan string `json:"plan"`
	// Created is when the journal was begun.
	Created time.Time `json:"created"`
}

// ErrJournal is the error of a journal that cannot be trusted: something other than the
// end of its last line is damaged.
type ErrJournal struct {
	Path string
	// Line is the damaged line, from 1.
	Line int
	Err  error
}

// Error names the file and the line.
func (e *ErrJournal) Error() string {
	return fmt.Sprintf("journal %s, line %d: %v", e.Path, e.Line, e.Err)
}

// Unwrap returns what is wrong with the line.
func (e *ErrJournal) Unwrap() error { return e.Err }

// ErrOtherPlan is the error of resuming a run with a plan it was not begun with.
type ErrOtherPlan struct {
	Run string
	// Begun is the digest of the plan that the run was begun with, Given of the one offered.
	Begun, Given string
}

// Error gives both digests.
func (e *ErrOtherPlan) Error() string {
	return fmt.Sprintf("run %s was begun with plan %s and cannot go on with plan %s", e.Run, e.Begun, e.Given)
}

// fileLike is what a journal needs of its file.
type fileLike interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// journal appends events to a run's file. One goroutine uses it at a time. After the
// first failure it takes nothing more: what follows a hole is worth nothing.
type journal struct {
	path string
	file fileLike
	size int64 // of the whole lines
	last int   // the Seq of the last event
	err  error
}

// openJournal opens the run's journal for a plan, or begins it, and returns it with the
// events it holds. cut is how many bytes of a half-written last line were cut off. It
// returns *ErrOtherPlan for another plan and *ErrJournal for a damaged file.
func (r *Run) openJournal(plan string, now time.Time) (j *journal, history []Event, cut int, err error) {
	path := r.JournalPath()
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, 0, fmt.Errorf("open journal: %w", err)
	}
	header, history, whole, err := decodeJournal(path, bytes.NewReader(text))
	if err != nil {
		return nil, nil, 0, err
	}
	if whole > 0 && header.Plan != plan {
		return nil, nil, 0, &ErrOtherPlan{Run: r.ID, Begun: header.Plan, Given: plan}
	}
	// O_APPEND: a line is one write at the end, wherever another writer might have been.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("open journal: %w", err)
	}
	j = &journal{path: path, file: f, size: int64(whole)}
	if r.wrap != nil {
		j.file = r.wrap(f)
	}
	if cut = len(text) - whole; cut > 0 {
		if err := j.file.Truncate(j.size); err != nil {
			return nil, nil, 0, errors.Join(fmt.Errorf("cut journal: %w", err), j.close())
		}
	}
	if n := len(history); n > 0 {
		j.last = history[n-1].Seq
	}
	if whole == 0 {
		err := j.write(JournalHeader{Version: JournalVersion, Run: r.ID, Site: r.Site, Plan: plan, Created: now}, true)
		if err == nil {
			err = syncDir(filepath.Dir(path))
		}
		if err != nil {
			return nil, nil, 0, errors.Join(err, j.close())
		}
	}
	return j, history, cut, nil
}

// append writes an event, and with durable set returns only when it is on the disk.
func (j *journal) append(e Event, durable bool) error {
	if err := j.write(e, durable); err != nil {
		return err
	}
	j.last = e.Seq
	return nil
}

func (j *journal) write(line any, durable bool) error {
	if j.err != nil {
		return j.err
	}
	text, err := json.Marshal(line)
	if err == nil {
		_, err = j.file.Write(append(text, '\n'))
	}
	if err == nil && durable {
		err = j.file.Sync()
	}
	if err != nil {
		j.err = fmt.Errorf("write journal %s: %w", j.path, err)
		// Half a line would be cut at the next opening as well; a reader who follows
		// the file is better off without it.
		_ = j.file.Truncate(j.size)
		return j.err
	}
	j.size += int64(len(text)) + 1
	return nil
}

func (j *journal) close() error {
	if err := j.file.Close(); err != nil {
		return fmt.Errorf("close journal %s: %w", j.path, err)
	}
	return nil
}

// ReadJournal reads a journal, also while a run writes it: half a last line is left out.
// It returns *ErrJournal for a damaged file, and fs.ErrNotExist before the first Apply.
func ReadJournal(path string) (JournalHeader, []Event, error) {
	f, err := os.Open(path)
	if err != nil {
		return JournalHeader{}, nil, fmt.Errorf("read journal: %w", err)
	}
	defer f.Close()
	header, events, _, err := decodeJournal(path, f)
	return header, events, err
}

// decodeJournal reads whole lines; size is their length. What follows the last line end
// was half written when the writer died, and is left out.
func decodeJournal(path string, from io.Reader) (header JournalHeader, events []Event, size int, err error) {
	lines := bufio.NewReaderSize(from, 1<<16)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return header, events, size, nil
		}
		if err != nil {
			return header, events, size, fmt.Errorf("read journal %s: %w", path, err)
		}
		if number == 1 {
			header, err = decodeHeader(line)
		} else {
			var e Event
			e, err = decodeEvent(line, last(events))
			events = append(events, e)
		}
		if err != nil {
			return JournalHeader{}, nil, 0, &ErrJournal{Path: path, Line: number, Err: err}
		}
		size += len(line)
	}
}

func last(events []Event) int {
	if len(events) == 0 {
		return 0
	}
	return events[len(events)-1].Seq
}

func decodeHeader(line []byte) (JournalHeader, error) {
	var h JournalHeader
	// The version decides how to read the rest, so it is looked at first and leniently.
	var v struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(line, &v); err != nil {
		return h, err
	}
	if v.Version != JournalVersion {
		return h, fmt.Errorf("version is %q, this program reads %q", v.Version, JournalVersion)
	}
	err := decodeStrict(line, &h)
	return h, err
}

// decodeEvent reads one line whose predecessor has the Seq after.
func decodeEvent(line []byte, after int) (Event, error) {
	var e Event
	if err := decodeStrict(line, &e); err != nil {
		return e, err
	}
	switch {
	case e.Seq <= after:
		return e, fmt.Errorf("event %d follows event %d", e.Seq, after)
	case !e.Kind.known():
		return e, fmt.Errorf("unknown kind %q", e.Kind)
	case !e.State.known():
		return e, fmt.Errorf("unknown state %q", e.State)
	case !e.Outcome.known():
		return e, fmt.Errorf("unknown outcome %q", e.Outcome)
	}
	return e, nil
}

func decodeStrict(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the end of the line's value")
	}
	return nil
}
