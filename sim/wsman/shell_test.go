package wsman_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/sim/wsman"
	"github.com/google/go-cmp/cmp"
	"github.com/masterzen/winrm"
)

func TestQuotaOfShells(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) { o.Limits = wsman.Limits{MaxShellsPerUser: 2, MaxConcurrentUsers: 2} })
	admin := w.client(nil)
	other := w.client(func(c *client) { c.user = `LAB\other` })
	third := w.client(func(c *client) { c.user = "admin@lab.example" })
	first := admin.open()
	admin.open()
	if r := admin.ask(winrm.NewOpenShellRequest(url, admin.params)); r.status != 500 || r.fault != wsman.FaultQuotaShells {
		t.Errorf("a third shell of one user: %d %d", r.status, r.fault)
	}
	other.open() // has a quota of its own
	if r := third.ask(winrm.NewOpenShellRequest(url, third.params)); r.fault != wsman.FaultQuotaUsers {
		t.Errorf("a shell of a third user: %d", r.fault)
	}
	if r := admin.ask(winrm.NewDeleteShellRequest(url, first, admin.params)); r.status != 200 {
		t.Errorf("delete: %d %s", r.status, r.raw)
	}
	admin.open() // there is room again
	if n := w.server.OpenShells(); n != 3 {
		t.Errorf("%d shells are open, want 3", n)
	}
}

func TestQuotaOfProcesses(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) {
		o.Limits.MaxProcessesPerShell = 2
		o.Run = func(context.Context, wsman.Call) wsman.Outcome { return wsman.Outcome{Takes: time.Hour} }
	})
	c := w.client(nil)
	shell := c.open()
	one := c.command(shell, "one")
	c.command(shell, "two")
	if r := c.ask(winrm.NewExecuteCommandRequest(url, shell, "three", nil, c.params)); r.fault != wsman.FaultQuotaShellProcesses {
		t.Errorf("a third process: %d", r.fault)
	}
	c.ask(winrm.NewSignalRequest(url, shell, one, c.params))
	c.command(shell, "three")
}

// TestShellGone asks for things that are not there.
func TestShellGone(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(nil)
	shell := c.open()
	id := c.command(shell, "hostname")
	stranger := w.client(func(c *client) { c.user = `LAB\other` })
	if r := stranger.receive(shell, id); r.fault != wsman.FaultAccessDenied {
		t.Errorf("another user's shell: %d", r.fault)
	}
	if r := c.receive(strings.ToLower(shell), strings.ToLower(id)); r.status != 200 {
		t.Errorf("ids have no case, but: %d", r.fault)
	}
	if r := c.receive(shell, id); r.fault != wsman.FaultNotFound {
		t.Errorf("output fetched twice: %d", r.fault)
	}
	if r := c.ask(winrm.NewSignalRequest(url, shell, id, c.params)); r.status != 200 {
		t.Errorf("a command that is done: %d", r.fault)
	}
	if r := c.ask(winrm.NewSignalRequest(url, shell, id, c.params)); r.fault != wsman.FaultNotFound {
		t.Errorf("a released command: %d", r.fault)
	}
	c.ask(winrm.NewDeleteShellRequest(url, shell, c.params))
	for what, r := range map[string]result{
		"command": c.ask(winrm.NewExecuteCommandRequest(url, shell, "x", nil, c.params)),
		"receive": c.receive(shell, id),
		"send":    c.ask(winrm.NewSendInputRequest(url, shell, id, nil, true, c.params)),
		"signal":  c.ask(winrm.NewSignalRequest(url, shell, id, c.params)),
		"delete":  c.ask(winrm.NewDeleteShellRequest(url, shell, c.params)),
	} {
		if r.status != 500 || r.fault != wsman.FaultNotFound {
			t.Errorf("%s in a deleted shell: %d %d", what, r.status, r.fault)
		}
	}
}

// TestIdleShellsExpire lets world time pass with and without requests.
func TestIdleShellsExpire(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) { o.NeedsStdin = reads })
	c := w.client(func(c *client) { c.params.Timeout = "PT60S" })
	sleep := func(d time.Duration) {
		if err := w.line.Sleep(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	r := c.post(message(createURI, "", "", "<sh:Shell><sh:IdleTimeOut>PT600S</sh:IdleTimeOut></sh:Shell>"))
	short, err := winrm.ParseOpenShellResponse(r.raw)
	if err != nil || !strings.Contains(r.raw, "<rsp:IdleTimeOut>PT600.000S<") {
		t.Fatalf("%v %s", err, r.raw)
	}
	long := c.open()
	id := c.command(short, "read")
	for range 20 { // 20 minutes of waiting for output keep a shell alive
		if r := c.receive(short, id); r.fault != wsman.FaultTimedOut {
			t.Fatalf("receive: %d", r.fault)
		}
	}
	sleep(599 * time.Second)
	if n := w.server.OpenShells(); n != 2 {
		t.Errorf("%d shells one second before the idle time", n)
	}
	sleep(time.Second)
	if n := w.server.OpenShells(); n != 1 {
		t.Errorf("%d shells after the idle time of one", n)
	}
	if r := c.receive(short, id); r.fault != wsman.FaultNotFound {
		t.Errorf("the expired shell: %d", r.fault)
	}
	id = c.command(long, "read")
	sleep(2*time.Hour - time.Second)
	if r := c.receive(long, id); r.fault != wsman.FaultTimedOut {
		t.Errorf("a shell used just in time: %d", r.fault)
	}
	sleep(3 * time.Hour)
	if n := w.server.OpenShells(); n != 0 {
		t.Errorf("%d shells after all idle times", n)
	}
}

// TestAWaitingRequestKeepsItsShell waits for output for longer than the idle time.
func TestAWaitingRequestKeepsItsShell(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) {
		o.Limits.IdleTimeout, o.NeedsStdin = 10*time.Second, reads
	})
	c := w.client(func(c *client) { c.params.Timeout = "PT60S" })
	shell := c.open()
	if r := c.receive(shell, c.command(shell, "read")); r.fault != wsman.FaultTimedOut {
		t.Errorf("who waited hears %d", r.fault)
	}
	if at := w.line.Now().Sub(start); at != time.Minute {
		t.Errorf("after %s", at)
	}
}

// TestDeleteEndsWhoWaits deletes a shell, and terminates a command, that somebody waits on.
func TestDeleteEndsWhoWaits(t *testing.T) {
	for name, end := range map[string]func(c *client, shell, id string) result{
		"delete": func(c *client, shell, _ string) result {
			return c.ask(winrm.NewDeleteShellRequest(url, shell, c.params))
		},
		"terminate": func(c *client, shell, id string) result {
			return c.ask(winrm.NewSignalRequest(url, shell, id, c.params))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *wsman.Options) {
				o.Run = func(context.Context, wsman.Call) wsman.Outcome { return wsman.Outcome{Takes: time.Hour} }
			})
			control, data := w.client(nil), w.client(nil)
			shell := control.open()
			id := control.command(shell, "slow")
			data.open() // so that its connection is logged in
			waited := make(chan wsman.FaultCode)
			go func() {
				r, err := data.send(context.Background(), winrm.NewGetOutputRequest(url, shell, id, "stdout", data.params).String())
				if err != nil {
					t.Error(err)
				}
				waited <- r.fault
			}()
			if err := w.line.Sleep(t.Context(), time.Second); err != nil { // passes once it is parked
				t.Fatal(err)
			}
			if r := end(control, shell, id); r.status != http.StatusOK {
				t.Errorf("%d %s", r.status, r.raw)
			}
			if f := <-waited; f != wsman.FaultAborted {
				t.Errorf("who waited hears %d", f)
			}
			if at := w.line.Now().Sub(start); at != time.Second {
				t.Errorf("it took %s", at)
			}
		})
	}
}

// TestControlC stops a command and leaves it for its result to be fetched.
func TestControlC(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) {
		o.Run = func(context.Context, wsman.Call) wsman.Outcome {
			return wsman.Outcome{Stdout: []byte("late"), Takes: time.Minute}
		}
	})
	c := w.client(nil)
	shell := c.open()
	id := c.command(shell, "slow")
	signal := func(code string) result {
		return c.post(message(signalURI, shell, "", `<sh:Signal CommandId="`+id+`"><sh:Code>`+code+`</sh:Code></sh:Signal>`))
	}
	if r := signal("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/tickle"); r.fault != wsman.FaultUnsupportedFeature {
		t.Errorf("an unknown signal: %d", r.fault)
	}
	signal("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/ctrl_c")
	out, _, exit, _ := c.collect(shell, id)
	if out != "" || exit != 0xC000013A || !w.line.Now().Equal(start) {
		t.Errorf("%q, %#x at %s", out, exit, w.line.Now())
	}
}

// TestSeededIDs checks that the ids of a run come from its own randomness.
func TestSeededIDs(t *testing.T) {
	id := func() string {
		w := newWorld(t, func(o *wsman.Options) { o.Rand = strings.NewReader(strings.Repeat("seed", 100)) })
		return w.client(nil).open()
	}
	if a, b := id(), id(); a != b || len(a) != 36 || a != strings.ToUpper(a) {
		t.Error(cmp.Diff(a, b), a)
	}
}
