package provision

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func newRun(t testing.TB) *Run {
	t.Helper()
	r, err := CreateRun(t.TempDir(), "edge01", dawn, []byte("plan"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func writeJournal(t testing.TB, r *Run, events ...Event) {
	t.Helper()
	j, _, _, err := r.openJournal("sha256:one", dawn)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := j.append(e, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
}

func someEvents() []Event {
	return []Event{
		{Seq: 1, Time: dawn, Kind: EventPlan, Run: "edge01-20261122T020000Z", Plan: "sha256:one", Site: "edge01", Estimate: Seconds(90 * time.Minute)},
		{Seq: 2, Time: dawn, Kind: EventPlan, Step: "install", Target: "site", Host: "host01.corp.example", Estimate: Seconds(1500 * time.Millisecond), Needs: []string{"configure"}},
		{Seq: 3, Time: dawn.Add(time.Nanosecond), Kind: EventStart, Step: "install", Target: "site", Attempt: 1},
		{Seq: 5, Time: dawn.Add(time.Minute), Kind: EventOutput, Step: "install", Text: "Grüße <&>\u2028\nline two\n"},
		{Seq: 9, Time: dawn.Add(time.Hour), Kind: EventEnd, Outcome: OutcomeFailed, Text: "no", Code: "auth"},
	}
}

func TestAJournalGivesBackWhatWasWritten(t *testing.T) {
	r := newRun(t)
	writeJournal(t, r, someEvents()[:2]...)
	writeJournal(t, r, someEvents()[2:]...)
	header, events, err := ReadJournal(r.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	want := JournalHeader{Version: JournalVersion, Run: r.ID, Site: "edge01", Plan: "sha256:one", Created: dawn}
	if header != want {
		t.Errorf("header %+v", header)
	}
	if diff := cmp.Diff(someEvents(), events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(r.JournalPath()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAJournalBelongsToOnePlan(t *testing.T) {
	r := newRun(t)
	writeJournal(t, r, someEvents()...)
	_, _, _, err := r.openJournal("sha256:two", dawn)
	var other *ErrOtherPlan
	if !errors.As(err, &other) || *other != (ErrOtherPlan{Run: r.ID, Begun: "sha256:one", Given: "sha256:two"}) {
		t.Fatalf("error %v", err)
	}
	for _, part := range []string{r.ID, "sha256:one", "sha256:two"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not name %s", err, part)
		}
	}
}

func TestAJournalThatEndsAnywhereIsReadUpToTheLastWholeLine(t *testing.T) {
	r := newRun(t)
	writeJournal(t, r, someEvents()...)
	whole, err := os.ReadFile(r.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	r.wrap = func(f fileLike) fileLike { return hastyFile{f} }
	for end := range len(whole) {
		if err := os.WriteFile(r.JournalPath(), whole[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		lines := bytes.Count(whole[:end], []byte("\n"))
		tail := end - (bytes.LastIndexByte(whole[:end], '\n') + 1)
		_, events, err := ReadJournal(r.JournalPath())
		if err != nil || len(events) != max(0, lines-1) {
			t.Fatalf("cut at %d: %d events of %d lines, %v", end, len(events), lines, err)
		}
		j, history, cut, err := r.openJournal("sha256:one", dawn)
		if err != nil || cut != tail || len(history) != len(events) {
			t.Fatalf("cut at %d: opened with %d events, %d bytes cut, %v", end, len(history), cut, err)
		}
		if err := j.append(Event{Seq: 100, Time: dawn, Kind: EventEnd, Outcome: OutcomeDone}, true); err != nil {
			t.Fatal(err)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
		if _, again, err := ReadJournal(r.JournalPath()); err != nil || len(again) != len(events)+1 {
			t.Fatalf("cut at %d: after an event more, %d events, %v", end, len(again), err)
		}
	}
}

func TestADamagedJournalIsRefusedByLine(t *testing.T) {
	line := func(e string) string { return e + "\n" }
	header := line(`{"version":"arcwright.dev/journal/v1","run":"r","site":"s","plan":"sha256:one","created":"2026-11-22T02:00:00Z"}`)
	event := line(`{"seq":1,"time":"2026-11-22T02:00:00Z","kind":"start","step":"a"}`)
	rows := []struct {
		name, text string
		line       int
		says       string
	}{
		{"garbage in the middle", header + event + line("\x00\x00\x00") + event, 3, "invalid character"},
		{"an empty line", header + line(""), 2, "EOF"},
		{"a line with two values", header + line(strings.TrimSpace(event)+` {}`), 2, "after the end"},
		{"a field that does not exist", header + line(`{"seq":1,"time":"2026-11-22T02:00:00Z","kind":"start","colour":"red"}`), 2, "colour"},
		{"a kind that does not exist", header + line(`{"seq":1,"time":"2026-11-22T02:00:00Z","kind":"party"}`), 2, "party"},
		{"a state that does not exist", header + line(`{"seq":1,"time":"2026-11-22T02:00:00Z","kind":"done","state":"odd"}`), 2, "odd"},
		{"an outcome that does not exist", header + line(`{"seq":1,"time":"2026-11-22T02:00:00Z","kind":"end","outcome":"odd"}`), 2, "odd"},
		{"the same event twice", header + event + event, 3, "event 1 follows event 1"},
		{"an event without a number", header + line(`{"time":"2026-11-22T02:00:00Z","kind":"start"}`), 2, "event 0 follows event 0"},
		{"another version", line(`{"version":"arcwright.dev/journal/v9","new":true}`) + event, 1, "arcwright.dev/journal/v9"},
		{"a header with a strange field", line(`{"version":"arcwright.dev/journal/v1","strange":1}`), 1, "strange"},
		{"no header", event, 1, `version is ""`},
		{"no journal at all", line("hello"), 1, "invalid character"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := newRun(t)
			if err := os.WriteFile(r.JournalPath(), []byte(row.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, read := ReadJournal(r.JournalPath())
			_, _, _, opened := r.openJournal("sha256:one", dawn)
			for _, err := range []error{read, opened} {
				var damaged *ErrJournal
				if !errors.As(err, &damaged) || damaged.Line != row.line || damaged.Path != r.JournalPath() {
					t.Fatalf("error %v", err)
				}
				if !strings.Contains(err.Error(), row.says) {
					t.Errorf("%q does not say %q", err, row.says)
				}
			}
			if text, _ := os.ReadFile(r.JournalPath()); string(text) != row.text {
				t.Error("it was changed")
			}
		})
	}
}

func TestAJournalTakesNothingAfterAFailure(t *testing.T) {
	for _, how := range []failure{failsBefore, failsHalfway, failsAfter} {
		t.Run(string(how), func(t *testing.T) {
			r := newRun(t)
			count := 0
			r.wrap = func(f fileLike) fileLike { return &failingFile{fileLike: f, how: how, left: 2, count: &count} }
			j, _, _, err := r.openJournal("sha256:one", dawn)
			if err != nil {
				t.Fatal(err)
			}
			if err := j.append(Event{Seq: 1, Time: dawn, Kind: EventStart}, true); err != nil {
				t.Fatal(err)
			}
			for seq := 2; seq < 4; seq++ {
				if err := j.append(Event{Seq: seq, Time: dawn, Kind: EventStart}, true); !errors.Is(err, errDisk) {
					t.Errorf("error %v", err)
				}
			}
			if count != 3 {
				t.Errorf("it was written to %d times", count)
			}
			if j.last != 1 {
				t.Errorf("last is %d", j.last)
			}
		})
	}
}

func TestAJournalThatCannotBeReadIsAnError(t *testing.T) {
	r := newRun(t)
	if _, _, err := ReadJournal(r.JournalPath()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a journal: %v", err)
	}
	if err := os.Mkdir(r.JournalPath(), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadJournal(r.JournalPath()); err == nil {
		t.Error("a folder was read")
	}
	if _, _, _, err := r.openJournal("sha256:one", dawn); err == nil {
		t.Error("a folder was opened")
	}
}

func FuzzReadJournal(f *testing.F) {
	r := newRun(f)
	writeJournal(f, r, someEvents()...)
	good, err := os.ReadFile(r.JournalPath())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-9])
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, events, whole, err := decodeJournal("j", bytes.NewReader(text))
		var damaged *ErrJournal
		if err != nil && !errors.As(err, &damaged) {
			t.Fatalf("error %v", err)
		}
		if err == nil && (whole > len(text) || whole > 0 && text[whole-1] != '\n' || bytes.IndexByte(text[whole:], '\n') >= 0) {
			t.Fatalf("%d whole bytes of %q", whole, text)
		}
		for i, e := range events {
			if i > 0 && e.Seq <= events[i-1].Seq {
				t.Fatalf("event %d follows event %d", e.Seq, events[i-1].Seq)
			}
		}
		p := Progress{}.With(events...)
		_ = fmt.Sprint(p.Percent(p.At), p.Remaining(p.At), p.Targets())
	})
}
