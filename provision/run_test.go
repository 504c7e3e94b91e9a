package provision

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestARunIsAFolderOnlyItsOwnerReads(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	r, err := CreateRun(state, "edge01", dawn.In(time.FixedZone("", 3600)), []byte("plan: text\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != "edge01-20261122T020000Z" || r.Site != "edge01" || !r.At.Equal(dawn) {
		t.Errorf("run %+v", r)
	}
	if text, err := os.ReadFile(r.PlanPath()); err != nil || string(text) != "plan: text\n" {
		t.Errorf("plan %q, %v", text, err)
	}
	unlock, err := r.lock("ann", dawn)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	writeJournal(t, r)
	err = filepath.WalkDir(state, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	again, err := OpenRun(r.Dir)
	if err != nil || again.ID != r.ID || again.Site != "edge01" || !again.At.Equal(dawn) {
		t.Errorf("opened %+v, %v", again, err)
	}
}

func TestTwoRunsOfOneSecondAreTwo(t *testing.T) {
	state := t.TempDir()
	var ids []string
	for range 12 {
		r, err := CreateRun(state, "edge01", dawn, nil)
		if err != nil {
			t.Fatal(err)
		}
		ids = append([]string{r.ID}, ids...)
	}
	runs, err := Runs(state)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range runs {
		if r.ID != ids[i] {
			t.Errorf("run %d is %s, want %s", i, r.ID, ids[i])
		}
	}
}

func TestNamesThatAreNoSiteAreRefused(t *testing.T) {
	for _, site := range []string{"", "..", "a/b", `a\b`, "-a", "a-", "Edge", "a.b", strings.Repeat("a", 41), "a\x00"} {
		if r, err := CreateRun(t.TempDir(), site, dawn, nil); err == nil {
			t.Errorf("%q made run %s", site, r.ID)
		}
	}
	for _, site := range []string{"a", "a-b", strings.Repeat("a", 40), "4u"} {
		if _, err := CreateRun(t.TempDir(), site, dawn, nil); err != nil {
			t.Errorf("%q: %v", site, err)
		}
	}
}

func TestOnlyAFolderNamedLikeARunIsOne(t *testing.T) {
	state := t.TempDir()
	file := filepath.Join(state, "edge01-20261122T020000Z")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, state, filepath.Join(state, "edge01-20261122T020001Z"), filepath.Join(state, "edge01-20261399T020001Z")} {
		if _, err := OpenRun(dir); err == nil {
			t.Errorf("%s was opened", dir)
		}
	}
}

func TestTheLatestUnfinishedRun(t *testing.T) {
	type made struct {
		site    string
		after   time.Duration
		outcome Outcome // empty: never ended; "none": never applied; "torn": damaged
	}
	rows := []struct {
		name string
		runs []made
		want string
	}{
		{"there is none at all", nil, ""},
		{"there are only finished ones", []made{{"a", 0, OutcomeDone}, {"b", 1, OutcomeDone}}, ""},
		{"the newest of several", []made{{"a", 0, OutcomeInterrupted}, {"b", time.Second, OutcomeFailed}}, "b"},
		{"a finished one of another site is passed over", []made{{"a", 0, OutcomeInterrupted}, {"b", time.Second, OutcomeDone}}, "a"},
		{"one that a later run of its site has finished is not taken up", []made{{"a", 0, OutcomeFailed}, {"a", time.Second, OutcomeDone}}, ""},
		{"one that is going on", []made{{"a", 0, ""}}, "a"},
		{"one that was refused", []made{{"a", 0, OutcomeRefused}}, "a"},
		{"one that was refused hides none that changed something", []made{{"a", 0, OutcomeInterrupted}, {"b", time.Second, OutcomeRefused}}, "a"},
		{"one that was never applied", []made{{"a", 0, "none"}}, "a"},
		{"one whose journal is damaged", []made{{"a", 0, "torn"}}, "a"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			state := t.TempDir()
			for _, m := range row.runs {
				r, err := CreateRun(state, m.site, dawn.Add(m.after), nil)
				if err != nil {
					t.Fatal(err)
				}
				start, end := Event{Seq: 1, Time: dawn, Kind: EventPlan}, Event{Seq: 2, Time: dawn, Kind: EventEnd, Outcome: m.outcome}
				switch m.outcome {
				case "none":
				case "torn":
					if err := os.WriteFile(r.JournalPath(), []byte("?\n"), 0o600); err != nil {
						t.Fatal(err)
					}
				case "":
					writeJournal(t, r, start)
				default:
					writeJournal(t, r, start, end)
				}
			}
			r, err := LatestUnfinished(state)
			switch {
			case row.want == "" && !errors.Is(err, ErrNoRun):
				t.Errorf("got %v, %v", r, err)
			case row.want != "" && (err != nil || r.Site != row.want):
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
}
