package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// A requestLog is the file requests.jsonl. Once a write has failed it accepts nothing more.
type requestLog struct {
	path   string
	file   *os.File
	sync   func() error // waits until the file is on the disk
	failed error
}

// openRequests reads the log so far. A last line that was cut off belongs to a request
// that was never answered; it is dropped. Any other line that cannot be read is an error.
func openRequests(path string) (*requestLog, []entry, error) {
	lines, file, err := openLines(path)
	if err != nil {
		return nil, nil, err
	}
	var past []entry
	for i, line := range lines {
		var e entry
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			return nil, nil, errors.Join(&ErrDamaged{Path: path, Line: i + 1, Err: err}, file.Close())
		}
		past = append(past, e)
	}
	return &requestLog{path: path, file: file, sync: file.Sync}, past, nil
}

// append writes an entry and waits until it is on the disk.
func (l *requestLog) append(e entry) error {
	if l.failed != nil {
		return l.failed
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = l.file.Write(append(line, '\n'))
	}
	if err == nil {
		err = l.sync()
	}
	l.failed = err
	return err
}

func (l *requestLog) close() error { return l.file.Close() }

// openLines opens a file of lines for appending, and reads those that are complete. What
// is after the last line end is cut off.
func openLines(path string) ([][]byte, *os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", path, err)
	}
	text, err := os.ReadFile(path)
	end := bytes.LastIndexByte(text, '\n') + 1
	if err == nil && end < len(text) {
		err = file.Truncate(int64(end))
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read %s: %w", path, err), file.Close())
	}
	if end == 0 {
		return nil, file, nil
	}
	return bytes.Split(text[:end-1], []byte("\n")), file, nil
}

// writeFile replaces a file as a whole, readable by its owner alone.
func writeFile(path string, content any) error {
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	return replaceFile(path, append(text, '\n'))
}

func replaceFile(path string, text []byte) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
