package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func startOf(id, script, kind, name string, params object) object {
	return object{"id": id, "script": script, "text": "", "params": params,
		"record": object{"kind": kind, "name": name, "site": "lab", "plan": "p", "step": kind + "/" + name, "run": "r"},
		"lease":  object{"path": labLease, "epoch": 0}}
}

func TestStartTask(t *testing.T) {
	prepare := startOf("prepare.1", "prepare-host", "host", "hv01.lab.example", object{"module": "1.2.16"})
	start := func(l *lab, params object) (startAnswer, *scriptError) {
		result, fail := l.script("hv01", "start-task", params)
		return startAnswer{strings.TrimSuffix(strings.TrimPrefix(string(result), `{"state":"`), `"}`)}, fail
	}
	t.Run("an id is started once, ever", func(t *testing.T) {
		l := newLab(t, labInventory(), labOptions(t))
		if a, fail := start(l, prepare); fail != nil || a.State != "started" {
			t.Fatalf("the first start gave %v, %v", a, fail)
		}
		if a, fail := start(l, prepare); fail != nil || a.State != "running" {
			t.Errorf("a second start gave %v, %v", a, fail)
		}
		l.wait(time.Hour)
		if a, fail := start(l, prepare); fail != nil || a.State != "running" {
			t.Errorf("a start after the end gave %v, %v", a, fail)
		}
		if n := l.Effects(); n != 3 {
			t.Errorf("%d effects are counted, want every start that was received", n)
		}
	})
	for name, row := range map[string]struct {
		change object
		code   string
	}{
		"an overtaken lease":           {object{"lease.epoch": 1}, "LeaseOvertaken"},
		"an id that is no file name":   {object{"id": "../x"}, "BadRequest"},
		"somebody else's record":       {object{"id": "prepare.9", "record.site": "other", "record.name": "taken"}, "RecordForeign"},
		"a removal without a record":   {object{"id": "remove.1", "script": "remove-cluster", "record.kind": "cluster", "record.name": "shop"}, "RecordMissing"},
		"a record without a parameter": {object{"record.site": nil}, "PropertyNotFoundStrict"},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			l := newLab(t, labInventory(), labOptions(t))
			if _, fail := start(l, with(prepare, object{"record.name": "taken"})); fail != nil {
				t.Fatal(fail)
			}
			l.wait(time.Hour)
			_, fail := start(l, with(prepare, row.change))
			if fail == nil || fail.Code != row.code {
				t.Errorf("it gave %v, want %s", fail, row.code)
			}
		})
	}
	t.Run("two tasks do not work on one thing, nor beside a change of the whole site", func(t *testing.T) {
		l := newLab(t, labInventory(), labOptions(t))
		if _, fail := start(l, prepare); fail != nil {
			t.Fatal(fail)
		}
		for _, other := range []object{
			with(prepare, object{"id": "prepare.2"}),
			startOf("install.1", "install-akshci", "install", "install", object{}),
		} {
			if _, fail := start(l, other); fail == nil || fail.Code != "TaskBusy" {
				t.Errorf("%v beside it gave %v", other["id"], fail)
			}
		}
		if _, fail := start(l, with(prepare, object{"id": "prepare.3", "record.name": "hv02.lab.example"})); fail != nil {
			t.Errorf("a task on another thing gave %v", fail)
		}
	})
}

func TestRecords(t *testing.T) {
	l := installedLab(t, labInventory(), labOptions(t), staticNetwork(40, 10))
	names := func() (all []string) {
		for _, r := range l.read().Records {
			all = append(all, r.Kind+" "+r.Name)
		}
		return all
	}
	l.must("new-cluster", clusterOf("shop", 1, 1), "cluster", "shop")
	if diff := cmp.Diff([]string{"cluster shop", "config config", "host hv01.lab.example", "host hv02.lab.example", "install install"}, names()); diff != "" {
		t.Errorf("records after creating (-want +got):\n%s", diff)
	}
	// A cluster that somebody else has made by now: the new record would be a false claim.
	if a := l.task("new-cluster", clusterOf("shop", 1, 1), "cluster", "other"); a.Error == nil || a.Error.Code != "NameTaken" {
		t.Errorf("a taken name gave %+v", a.Error)
	}
	if diff := cmp.Diff([]string{"cluster shop", "config config", "host hv01.lab.example", "host hv02.lab.example", "install install"}, names()); diff != "" {
		t.Errorf("records after a taken name (-want +got):\n%s", diff)
	}
	l.must("remove-cluster", object{"name": "shop"}, "cluster", "shop")
	if diff := cmp.Diff([]string{"config config", "host hv01.lab.example", "host hv02.lab.example", "install install"}, names()); diff != "" {
		t.Errorf("records after removing (-want +got):\n%s", diff)
	}
}

func TestReadTask(t *testing.T) {
	l := newLab(t, labInventory(), labOptions(t))
	var a taskAnswer
	l.ask("hv01", "read-task", object{"id": "nothing.1", "offset": 5}, &a)
	if diff := cmp.Diff(taskAnswer{ID: "nothing.1", Next: 5}, a); diff != "" {
		t.Errorf("a task that is not there (-want +got):\n%s", diff)
	}
	id, fail := l.start("prepare-host", object{"module": "1.2.16"}, "host", "hv01.lab.example")
	if fail != nil {
		t.Fatal(fail)
	}
	var output string
	var next int64
	for range 60 {
		l.wait(10 * time.Second)
		l.ask("hv01", "read-task", object{"id": id, "offset": next}, &a)
		output, next = output+a.Output, a.Next
	}
	var all taskAnswer
	l.ask("hv01", "read-task", object{"id": id, "offset": 0}, &all)
	if output != all.Output || all.State != taskSucceeded || !strings.HasPrefix(output, "[12/05/2026 22:0") {
		t.Errorf("read in pieces:\n%s\nat once:\n%s", output, all.Output)
	}
	if all.Started == nil || *all.Started != "2026-12-05T22:00:00Z" || all.Ended == nil {
		t.Errorf("the task started at %v and ended at %v", all.Started, all.Ended)
	}
}

func TestWholeLines(t *testing.T) {
	long := strings.Repeat("ä", mostOutput)
	for name, row := range map[string]struct {
		output  string
		offset  int64
		running bool
		want    string
	}{
		"whole lines":                                 {"one\ntwo\n", 0, true, "one\ntwo\n"},
		"from an offset":                              {"one\ntwo\n", 4, true, "two\n"},
		"a line that is not complete waits":           {"one\ntw", 4, true, ""},
		"the last line of a task that has ended":      {"one\ntw", 4, false, "tw"},
		"an offset behind the end":                    {"one\n", 9, true, ""},
		"an offset below zero":                        {"one\n", -1, true, ""},
		"a line that is too long ends in a character": {"x" + long, 0, true, "x" + long[:mostOutput-2]},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wholeLines([]byte(row.output), row.offset, row.running); got != row.want {
				t.Errorf("%d bytes, want %d", len(got), len(row.want))
			}
		})
	}
}
