package provision

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"time"
)

// followEvery is how often a followed journal is looked at.
const followEvery = time.Second

// Follow reads a journal that another process may be writing: first the events after the
// one numbered from, then each new one. It waits for a journal that does not exist yet
// and for the end of a half-written line. It ends with an error when the journal is
// damaged, when ctx is done, or when the reader stops; an end event does not end it,
// since the run may be resumed. The caller holds a busy token of the clock.
func Follow(ctx context.Context, path string, clk Clock, from int) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		f := follower{path: path}
		for {
			events, err := f.read()
			for _, e := range events {
				if e.Seq > from && !yield(e, nil) {
					return
				}
			}
			if err == nil {
				err = clk.Sleep(ctx, followEvery)
			}
			if err != nil {
				yield(Event{}, err)
				return
			}
		}
	}
}

// follower is a place in a journal: only whole lines are behind it, and those a writer
// never takes back.
type follower struct {
	path   string
	offset int64
	line   int
	last   int // the Seq of the last event
}

// read returns the events of the lines that are whole by now. With an error it returns
// those before it.
func (f *follower) read() (events []Event, err error) {
	file, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("follow journal: %w", err)
	}
	defer file.Close()
	if _, err := file.Seek(f.offset, io.SeekStart); err != nil {
		return nil, fmt.Errorf("follow journal: %w", err)
	}
	for lines := bufio.NewReader(file); ; {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, fmt.Errorf("follow journal %s: %w", f.path, err)
		}
		f.line++
		if f.line == 1 {
			_, err = decodeHeader(text)
		} else {
			var e Event
			if e, err = decodeEvent(text, f.last); err == nil {
				events = append(events, e)
				f.last = e.Seq
			}
		}
		if err != nil {
			return events, &ErrJournal{Path: f.path, Line: f.line, Err: err}
		}
		f.offset += int64(len(text))
	}
}
