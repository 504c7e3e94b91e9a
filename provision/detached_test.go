package provision

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/winrm"
)

func seriesOf(t *testing.T, f *fakeSite) *series {
	s := newTestSession(t, f, edge(planner.Step{}))
	s.epoch.Store(7)
	return &series{s: s, host: testHost, step: "create-node-pool/shop/linux"}
}

func TestTheNewestTaskIsFoundWithoutRememberingIt(t *testing.T) {
	f := &fakeSite{tasks: map[string]string{}}
	for n := 1; n <= 3; n++ {
		f.tasks[fmt.Sprintf("create-node-pool.shop.linux.%d", n)] = taskJSON(t, "new-node-pool", phaseFailed, fmt.Sprintf("line %d\n", n), "", "")
	}
	r := seriesOf(t, f)
	view, err := r.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.newest != 3 || view.Output != "line 3\n" {
		t.Errorf("newest is %d with %q", r.newest, view.Output)
	}
	before := len(f.calls)
	if _, err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked := len(f.calls) - before; asked != 1 {
		t.Errorf("the second look asked %d times", asked)
	}
}

func TestWithoutATaskThereIsNone(t *testing.T) {
	f := &fakeSite{}
	r := seriesOf(t, f)
	for range 2 {
		view, err := r.read(t.Context())
		if err != nil || view.Exists {
			t.Errorf("read %+v, %v", view, err)
		}
	}
	if len(f.calls) != 1 {
		t.Errorf("asked %d times", len(f.calls))
	}
}

func TestATaskIsStartedUnderItsNumberWithRecordAndLease(t *testing.T) {
	f := &fakeSite{tasks: map[string]string{"create-node-pool.shop.linux.1": taskJSON(t, "new-node-pool", phaseFailed, "", "", "")}}
	r := seriesOf(t, f)
	if _, err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	step := planner.Step{ID: r.step}
	if err := r.start(t.Context(), "new-node-pool", map[string]any{"name": "linux"}, r.s.record(poolRecord, "shop/linux", step), nil); err != nil {
		t.Fatal(err)
	}
	start := f.last(t, "start-task")
	if diff := cmp.Diff(map[string]any{
		"id": "create-node-pool.shop.linux.2", "script": "new-node-pool", "text": LoadCatalogue().Script("new-node-pool").Text,
		"params": map[string]any{"name": "linux"},
		"record": map[string]any{"kind": "node-pool", "name": "shop/linux", "site": testSite, "plan": "sha256:plan", "step": r.step, "run": "run1"},
		"lease":  map[string]any{"path": `C:\ClusterStorage\Volume01\arcwright\lease.json`, "epoch": 7.0},
	}, start.params); diff != "" {
		t.Errorf("started otherwise:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"account": "p4ssw0rd-of-the-account"}, start.secrets); diff != "" {
		t.Errorf("secrets:\n%s", diff)
	}
}

func TestALostReplyNeverStartsASecondTask(t *testing.T) {
	f := &fakeSite{tasks: map[string]string{}, fail: map[string]error{"start-task": errors.New("connection reset")}}
	r := seriesOf(t, f)
	if _, err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	submit := func() string {
		_ = r.start(t.Context(), "new-node-pool", nil, record{}, nil)
		return f.last(t, "start-task").params["id"].(string)
	}
	first := submit()
	if again := submit(); again != first {
		t.Errorf("tried %s, then %s", first, again)
	}
	// The task had been started after all.
	f.tasks[first] = taskJSON(t, "new-node-pool", phaseRunning, "at work\n", "", "")
	view, err := r.read(t.Context())
	if err != nil || view.State != phaseRunning || view.Output != "at work\n" {
		t.Errorf("read %+v, %v", view, err)
	}
	if next := submit(); next == first {
		t.Error("the next submit uses the number of a task that is there")
	}
}

func TestOutputIsReadFromWhereItWasLeft(t *testing.T) {
	const id = "create-node-pool.shop.linux.1"
	f := &fakeSite{tasks: map[string]string{id: taskJSON(t, "new-node-pool", phaseRunning, "one\n", "", "")}}
	r := seriesOf(t, f)
	if _, err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.last(t, "read-task").params["offset"]; got != 4.0 {
		t.Errorf("read from %v", got)
	}
	// A full answer makes it ask for more at once, but not for ever.
	f.tasks[id] = taskJSON(t, "new-node-pool", phaseRunning, strings.Repeat("x", fullReply), "", "")
	before := len(f.calls)
	view, err := r.read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if asked := len(f.calls) - before; asked != mostReplies || len(view.Output) != mostReplies*fullReply {
		t.Errorf("asked %d times for %d bytes", asked, len(view.Output))
	}
}

func TestATaskInAnUnknownStateIsAnError(t *testing.T) {
	f := &fakeSite{tasks: map[string]string{"create-node-pool.shop.linux.1": taskJSON(t, "new-node-pool", "paused", "", "", "")}}
	if _, err := seriesOf(t, f).read(t.Context()); err == nil || errorCode(err) != "output" {
		t.Errorf("error %v of code %q", err, errorCode(err))
	}
}

func TestErrorsOfAHostKeepTheirClass(t *testing.T) {
	f := &fakeSite{fail: map[string]error{"read-task": &winrm.Error{Op: winrm.OpCreate, Host: testHost, Class: winrm.ClassQuota, Err: errors.New("too many shells")}}}
	if _, err := seriesOf(t, f).read(t.Context()); errorCode(err) != "quota" {
		t.Errorf("error %v of code %q", err, errorCode(err))
	}
}

func TestTheLastLineSaysWhatIsWaitedForWithoutTimes(t *testing.T) {
	for output, want := range map[string]string{
		"": "",
		"VERBOSE: [AksHci] Importing Configuration\n":                                                                  "VERBOSE: [AksHci] Importing Configuration",
		"[07/29/2024 23:30:11] [Kva] Applying configuration\n\n":                                                       "[Kva] Applying configuration",
		"[07/29/2024 23:30:12] [Kva] 2024-07-29T23:30:12-07:00 - INFO - azurestackhciProvider: Reconciling Group\n":    "[Kva] azurestackhciProvider: Reconciling Group",
		"one\n2021-07-15T01:16:42-07:00          INFO    core: Waiting for API server...\r\n":                          "core: Waiting for API server...",
		"2021-01-08T10:08:29-05:00       INFO    azurestackhciProvider: Waiting for Load Balancer VM IP address\n  \n": "azurestackhciProvider: Waiting for Load Balancer VM IP address",
	} {
		if got := lastLine(output); got != want {
			t.Errorf("%q gives %q, want %q", output, got, want)
		}
	}
}
