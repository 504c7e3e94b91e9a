package provision

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
)

// tale makes the events of applications of a plan with two hosts and a cluster. Each line
// is "MINUTE KIND STEP [TEXT]"; a line "plan" opens an application.
func tale(t *testing.T, text string) []Event {
	t.Helper()
	began := time.Date(2026, 12, 5, 22, 0, 0, 0, time.UTC)
	plan := []Event{
		{Kind: EventPlan, Run: "branch-20261205T220000Z"},
		{Kind: EventPlan, Step: "prepare-host/a", Target: "host/a", Estimate: Seconds(10 * time.Minute)},
		{Kind: EventPlan, Step: "prepare-host/b", Target: "host/b", Estimate: Seconds(10 * time.Minute)},
		{Kind: EventPlan, Step: "create-cluster/shop", Target: "cluster/shop", Estimate: Seconds(20 * time.Minute), Needs: []string{"prepare-host/a", "prepare-host/b"}},
		{Kind: EventPlan, Step: "wait-nodes/shop", Target: "cluster/shop", Estimate: Seconds(4 * time.Minute), Needs: []string{"create-cluster/shop"}},
	}
	targets := map[string]string{}
	for _, e := range plan {
		targets[e.Step] = e.Target
	}
	var events []Event
	at := began
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.SplitN(strings.TrimSpace(line), " ", 4)
		minutes, err := time.ParseDuration(words[0] + "m")
		if err != nil {
			t.Fatal(err)
		}
		at = began.Add(minutes)
		if words[1] == "plan" {
			for _, e := range plan {
				e.Time = at
				events = append(events, e)
			}
			continue
		}
		e := Event{Time: at, Kind: Kind(words[1])}
		if len(words) > 2 {
			e.Step, e.Target = words[2], targets[words[2]]
		}
		if len(words) > 3 {
			e.Text = words[3]
		}
		events = append(events, e)
	}
	for i := range events {
		events[i].Seq = i + 1
	}
	return events
}

func TestDurationsOfARun(t *testing.T) {
	for name, row := range map[string]struct {
		tale string
		want map[string]time.Duration
	}{
		"steps are counted from when nothing kept them any more": {`
			0 plan
			1 start prepare-host/a
			1 start prepare-host/b
			6 done prepare-host/a
			9 done prepare-host/b
			10 start create-cluster/shop
			29 done create-cluster/shop
			31 done wait-nodes/shop
			`, map[string]time.Duration{"prepare-host/a": 6 * time.Minute, "prepare-host/b": 9 * time.Minute, "create-cluster/shop": 20 * time.Minute, "wait-nodes/shop": 2 * time.Minute}},
		"what was there before tells nothing": {`
			0 plan
			1 done prepare-host/a found done
			1 done prepare-host/b found done
			2 start create-cluster/shop
			21 done create-cluster/shop
			`, map[string]time.Duration{"create-cluster/shop": 20 * time.Minute}},
		"nodes that are ready before anybody waits count": {`
			0 plan
			1 done prepare-host/a found done
			1 done prepare-host/b found done
			2 start create-cluster/shop
			21 done create-cluster/shop
			21 done wait-nodes/shop found done
			`, map[string]time.Duration{"create-cluster/shop": 20 * time.Minute, "wait-nodes/shop": 0}},
		"nodes of a cluster that was there do not": {`
			0 plan
			1 done prepare-host/a found done
			1 done prepare-host/b found done
			2 done create-cluster/shop found done
			3 done wait-nodes/shop found done
			`, map[string]time.Duration{}},
		"a step that an earlier application began tells nothing": {`
			0 plan
			1 start prepare-host/a
			2 start prepare-host/b
			5 done prepare-host/b
			6 end
			60 plan
			61 done prepare-host/a
			61 done prepare-host/b found done
			62 start create-cluster/shop
			81 done create-cluster/shop
			`, map[string]time.Duration{"prepare-host/b": 5 * time.Minute, "create-cluster/shop": 20 * time.Minute}},
		"a step that failed tells nothing": {`
			0 plan
			1 start prepare-host/a
			5 fail prepare-host/a
			6 skip create-cluster/shop
			`, map[string]time.Duration{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]time.Duration{}
			for _, took := range durations(tale(t, row.tale)) {
				got[took.Step] = took.Time
				if kind, _, _ := strings.Cut(took.Step, "/"); took.Kind != planner.StepKind(kind) || took.Estimate == 0 {
					t.Errorf("%+v", took)
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadDurationsTakesTornJournalsAndNamesDamagedOnes(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, lines ...any) string {
		path := filepath.Join(dir, name, "journal.jsonl")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		var text []byte
		for _, l := range lines {
			if s, ok := l.(string); ok {
				text = append(text, s...)
				continue
			}
			b, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			text = append(append(text, b...), '\n')
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	lines := []any{JournalHeader{Version: JournalVersion, Run: "branch-20261205T220000Z", Site: "branch"}}
	for _, e := range tale(t, "0 plan\n1 start prepare-host/a\n6 done prepare-host/a") {
		lines = append(lines, e)
	}
	torn := write("runs/one", append(lines, `{"seq":99,"time":"2026-`)...)
	damaged := write("runs/two", lines[0], "no event\n")
	all, bad, err := ReadDurations(dir)
	if err != nil || len(all) != 1 || len(bad) != 1 {
		t.Fatalf("%+v, %v, %v", all, bad, err)
	}
	if all[0].Path != torn || all[0].Header.Site != "branch" || len(all[0].Steps) != 1 || all[0].Steps[0].Time != 6*time.Minute {
		t.Errorf("%+v", all[0])
	}
	if !strings.Contains(bad[0].Error(), damaged) {
		t.Errorf("%v does not name %s", bad[0], damaged)
	}
	if _, _, err := ReadDurations(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder that is not there is read")
	}
}
