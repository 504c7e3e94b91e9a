package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/arcwright/arcwright/provision"
)

// An eventWriter prints events as they come, for a person or for a program.
type eventWriter interface {
	event(provision.Event) error
}

// plain prints one line for each happening, in the order of the log; what is too wide goes on
// below. It is also the form for screen readers.
type plain struct {
	out     io.Writer
	paint   painter
	began   time.Time
	started map[string]time.Time
	printed map[string]string // the last line of output of each step
	width   int
}

func (w *plain) event(e provision.Event) error {
	if w.began.IsZero() {
		w.began, w.started, w.printed = e.Time, map[string]time.Time{}, map[string]string{}
	}
	if e.Kind == provision.EventPlan {
		w.width = max(w.width, len(e.Step))
		if e.Step == "" {
			return w.say(e, e.Site, fmt.Sprintf("run %s, usually %s", e.Run, time.Duration(e.Estimate).Round(time.Minute)))
		}
		return nil
	}
	switch e.Kind {
	case provision.EventStart:
		if _, again := w.started[e.Step]; !again {
			w.started[e.Step] = e.Time
		}
		text := "started"
		if e.Host != "" {
			text += " on " + e.Host
		}
		if e.Attempt > 1 {
			text += fmt.Sprintf(", attempt %d", e.Attempt)
		}
		return w.say(e, e.Step, text)
	case provision.EventProgress:
		if e.Text == "" || strings.Contains(w.printed[e.Step], e.Text) {
			return nil // the line above says it already
		}
		return w.say(e, e.Step, w.paint.dim("waiting: "+e.Text))
	case provision.EventOutput:
		for line := range strings.Lines(e.Text) {
			w.printed[e.Step] = line
			if err := w.say(e, e.Step, w.paint.dim("  | "+strings.TrimRight(line, "\r\n"))); err != nil {
				return err
			}
		}
		return nil
	case provision.EventRetry:
		return w.say(e, e.Step, w.paint.warn("again: ")+e.Text)
	case provision.EventDone:
		text := w.paint.good("done")
		if e.Text != "" {
			text += ", " + e.Text
		} else if start, ok := w.started[e.Step]; ok {
			text += " after " + e.Time.Sub(start).Round(time.Second).String()
		}
		return w.say(e, e.Step, text)
	case provision.EventFail:
		if err := w.say(e, e.Step, w.paint.bad("failed: ")+e.Text); err != nil || e.Known.Entry == "" {
			return err
		}
		return w.say(e, e.Step, e.Known.Hint())
	case provision.EventSkip:
		return w.say(e, e.Step, w.paint.warn("not tried: ")+e.Text)
	case provision.EventEnd:
		text := string(e.Outcome)
		if e.Text != "" {
			text += ": " + e.Text
		}
		return w.say(e, e.Site, w.paint.bold(text))
	}
	return nil
}

func (w *plain) say(e provision.Event, subject, text string) error {
	since := e.Time.Sub(w.began).Round(time.Second)
	head := fmt.Sprintf("%02d:%02d:%02d  %-*s  ", int(since.Hours()), int(since.Minutes())%60, int(since.Seconds())%60, w.width, subject)
	return hangAt(w.out, head, 12, text)
}

// eventsVersion is the version of the JSON lines of --progress json.
const eventsVersion = "arcwright.dev/events/v1"

// lines prints every event as one line of JSON, after a line with the version.
type lines struct {
	encoder *json.Encoder
	begun   bool
}

func (w *lines) event(e provision.Event) error {
	if !w.begun {
		w.begun = true
		if err := w.encoder.Encode(map[string]string{"version": eventsVersion}); err != nil {
			return err
		}
	}
	return w.encoder.Encode(e)
}
