package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/winrm"
)

// fakeSite answers scripts from what a test puts into it.
type fakeSite struct {
	mu     sync.Mutex
	akshci string            // what read-akshci answers
	host   string            // what read-host answers
	tasks  map[string]string // what read-task answers, by id
	other  map[string]string // what the other scripts answer
	fail   map[string]error  // scripts that fail
	calls  []call
	closed int
}

// call is one script that was run.
type call struct {
	host, script string
	params       map[string]any
	secrets      map[string]string
}

// on is a client of the site for one host.
func (f *fakeSite) on(_ context.Context, host string) (runner, error) {
	return &fakeRunner{f, host}, nil
}

type fakeRunner struct {
	site *fakeSite
	host string
}

func (r *fakeRunner) Close() {
	r.site.mu.Lock()
	defer r.site.mu.Unlock()
	r.site.closed++
}

func (r *fakeRunner) Script(ctx context.Context, s winrm.Script) (json.RawMessage, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	f := r.site
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.Text != LoadCatalogue().Script(s.Name).Text {
		return nil, fmt.Errorf("script %s has another text", s.Name)
	}
	text, err := json.Marshal(s.Params)
	if err != nil {
		return nil, err
	}
	c := call{host: r.host, script: s.Name, secrets: maps.Clone(s.Secrets)}
	if err := json.Unmarshal(text, &c.params); err != nil {
		return nil, err
	}
	f.calls = append(f.calls, c)
	if err := f.fail[s.Name]; err != nil {
		return nil, err
	}
	answer, ok := f.other[s.Name]
	switch s.Name {
	case "read-akshci":
		answer, ok = f.akshci, f.akshci != ""
	case "read-host":
		answer, ok = f.host, f.host != ""
	case "read-task":
		id := c.params["id"].(string)
		if answer, ok = f.tasks[id]; !ok {
			answer, ok = `{"exists": false, "id": "`+id+`", "script": "", "state": "", "output": "", "next": 0, "error": null, "startedAt": null, "endedAt": null}`, true
		}
	case "start-task":
		answer, ok = `{"state": "started"}`, true
	}
	if !ok {
		return nil, fmt.Errorf("test has no answer for %s", s.Name)
	}
	return json.RawMessage(answer), nil
}

// ran are the scripts that were run, in order.
func (f *fakeSite) ran() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	for _, c := range f.calls {
		names = append(names, c.script)
	}
	return names
}

// last is the last call of a script.
func (f *fakeSite) last(t *testing.T, script string) call {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range slices.Backward(f.calls) {
		if c.script == script {
			return c
		}
	}
	t.Fatalf("%s was not run", script)
	return call{}
}

const (
	testSite   = "edge01"
	testHost   = "hv01.corp.contoso.com"
	testSecret = "s3cr3t-of-the-application"
)

// edge is a plan with one step.
func edge(step planner.Step) planner.Plan {
	return planner.Plan{
		Digest: "sha256:plan",
		Site: planner.Site{
			Name:    testSite,
			Access:  planner.Access{User: `CORP\svc`, Password: "env:AW_TEST_PASSWORD"},
			Azure:   planner.Azure{Secret: "env:AW_TEST_AZURE"},
			Storage: planner.Storage{Working: `C:\ClusterStorage\Volume01\AksHci`},
		},
		Inventory: planner.Inventory{Hosts: []planner.Host{{Name: testHost}}},
		Steps:     []planner.Step{step},
	}
}

// newTestSession is a session whose hosts are a fake site. It holds a busy token, and
// checks at the end that exactly that one is left.
func newTestSession(t *testing.T, f *fakeSite, plan planner.Plan) *session {
	t.Helper()
	t.Setenv("AW_TEST_PASSWORD", "p4ssw0rd-of-the-account")
	t.Setenv("AW_TEST_AZURE", testSecret)
	clk := &benchClock{now: dawn, busy: 1}
	dial := func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("this test dials nothing")
	}
	s, err := newSession(Options{Plan: plan, Reach: Reach{Clock: clk, Dial: dial}, Holder: "ann@laptop/run1"})
	if err != nil {
		t.Fatal(err)
	}
	s.folder, s.run, s.dial = t.TempDir(), "run1", f.on
	t.Cleanup(func() {
		s.close()
		for i := 0; clk.tokens() > 1 && i < 1e6; i++ { // a goroutine that has ended is giving its own back
			runtime.Gosched()
		}
		if busy := clk.tokens(); busy != 1 {
			t.Errorf("%d busy tokens are left, not the caller's one", busy)
		}
	})
	return s
}

// tokens is how many busy tokens are out.
func (c *benchClock) tokens() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.busy
}

func TestClientsAreMadeOnceAndClosed(t *testing.T) {
	f := &fakeSite{akshci: `{}`}
	s := newTestSession(t, f, edge(planner.Step{}))
	for range 3 {
		for _, host := range []string{testHost, "hv02"} {
			if _, err := runScript[akshci](t.Context(), s, host, "read-akshci", nil, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(s.runners) != 2 {
		t.Errorf("%d clients were made for 2 hosts", len(s.runners))
	}
	s.close()
	if f.closed != 2 {
		t.Errorf("%d clients were closed", f.closed)
	}
	s.readers = group{clock: s.reach.Clock} // the clean-up closes once more
}

func TestAnAnswerThatIsNoneIsAnErrorWithoutItsText(t *testing.T) {
	f := &fakeSite{akshci: `{"clusters": "hunter22"}`}
	s := newTestSession(t, f, edge(planner.Step{}))
	_, err := runScript[akshci](t.Context(), s, testHost, "read-akshci", nil, nil)
	if err == nil || errorCode(err) != "output" || strings.Contains(err.Error(), "hunter22") {
		t.Errorf("error %v of code %q", err, errorCode(err))
	}
}

// A canary stands for every secret; it must come out nowhere.
func TestNoSecretLeavesTheSession(t *testing.T) {
	const account, application = "p4ssw0rd-of-the-account", testSecret
	f := &fakeSite{
		akshci: `{"moduleVersion": "1.2.16", "records": {"kind": "config", "name": "config", "site": "edge01"}}`,
		tasks: map[string]string{"configure.1": taskJSON(t, "configure-akshci", phaseFailed,
			"signing in with "+application+"\nas "+account+"\n", "ScriptFailed", "AADSTS7000215: invalid secret "+application)},
	}
	plan := edge(configureStep())
	s := newTestSession(t, f, plan)
	f.other = map[string]string{"lease": `{"held": true, "owner": "ann@laptop/run1", "epoch": 3, "expires": "2026-11-22T02:05:00Z"}`}
	if err := s.acquire(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := newAction(plan.Steps[0], s)
	if err != nil {
		t.Fatal(err)
	}
	o, err := a.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o.State != StateBroken || !o.Retryable {
		t.Errorf("observed %+v", o)
	}
	if err := a.Submit(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	start := f.last(t, "start-task")
	if start.secrets["registration"] != application || start.secrets["account"] != account || len(start.secrets) != 2 {
		t.Error("the task was not given its secrets")
	}
	f.fail = map[string]error{"start-task": &winrm.ScriptError{Script: "start-task", Code: "TaskNotRegistered", Message: "no right to log on as a batch job"}}
	failed := a.Submit(t.Context(), 3)
	params, err := json.Marshal(f.calls)
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%v %+v %s %s %v %s", o, o, params, s.redact(o.Output), failed, dumpFolder(t, s.folder))
	for i, c := range f.calls {
		said += fmt.Sprint(i, c.params)
	}
	for _, canary := range []string{account, application} {
		if strings.Contains(said, canary) {
			t.Errorf("a secret came out: %s", strings.ReplaceAll(said, canary, "<<<HERE>>>"))
		}
	}
	if !strings.Contains(o.Reason, Redacted) || strings.Count(o.Output, Redacted) != 2 {
		t.Errorf("nothing was redacted in %q and %q", o.Reason, o.Output)
	}
}

func dumpFolder(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(file + strconv.Quote(string(text)))
	}
	return all.String()
}

// taskJSON is a task as read-task tells it.
func taskJSON(t *testing.T, script string, state taskPhase, output, code, message string) string {
	t.Helper()
	v := map[string]any{"exists": true, "id": "x", "script": script, "state": state, "output": output, "next": len(output), "error": nil,
		"startedAt": "2026-11-22T01:00:00Z", "endedAt": nil}
	if state != phaseRunning {
		v["endedAt"] = "2026-11-22T01:30:00Z"
	}
	if code != "" || message != "" {
		v["error"] = map[string]string{"code": code, "message": message}
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMissingSecretsAreMissedBeforeTheLeaseIsTaken(t *testing.T) {
	for _, name := range []string{"AW_TEST_PASSWORD", "AW_TEST_AZURE"} {
		t.Run(name, func(t *testing.T) {
			f := &fakeSite{}
			s := newTestSession(t, f, edge(configureStep()))
			t.Setenv(name, "")
			err := s.acquire(t.Context())
			var missing *ErrSecret
			if !errors.As(err, &missing) || len(f.calls) > 0 {
				t.Errorf("error %v after %v", err, f.ran())
			}
		})
	}
}
