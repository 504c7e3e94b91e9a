package wsman_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
	"github.com/masterzen/winrm"
)

// troubled is a world in which every Command, or what the test says, meets one trouble, once.
func troubled(t *testing.T, action wsman.Action, trouble wsman.Trouble) *world {
	asked := 0
	return newWorld(t, func(o *wsman.Options) {
		o.Trouble = func(_ *timeline.Turn, a wsman.Action) wsman.Trouble {
			if a == action {
				if asked++; asked == 1 {
					return trouble
				}
			}
			return wsman.Trouble{}
		}
	})
}

func TestTrouble(t *testing.T) {
	for name, row := range map[string]struct {
		trouble wsman.Trouble
		status  int // 0: no reply
		fault   wsman.FaultCode
		done    bool
		after   time.Duration
	}{
		"none":                          {wsman.Trouble{}, 200, 0, true, 0},
		"a delay":                       {wsman.Trouble{Delay: 20 * time.Second}, 200, 0, true, 20 * time.Second},
		"a cut before anything is done": {wsman.Trouble{Kind: wsman.TroubleCutBefore}, 0, 0, false, 0},
		"a cut after it is done":        {wsman.Trouble{Kind: wsman.TroubleCutAfter, Delay: time.Second}, 0, 0, true, time.Second},
		"a cut within the reply":        {wsman.Trouble{Kind: wsman.TroubleCutWithin}, 0, 0, true, 0},
		"a service that is starting":    {wsman.Trouble{Kind: wsman.TroubleUnavailable}, 503, 0, false, 0},
		"a login that is forgotten":     {wsman.Trouble{Kind: wsman.TroubleUnauthorized}, 401, 0, false, 0},
		"a fault":                       {wsman.Trouble{Kind: wsman.TroubleFault, Fault: wsman.FaultQuotaOperations}, 500, wsman.FaultQuotaOperations, false, 0},
		"a fault nobody knows":          {wsman.Trouble{Kind: wsman.TroubleFault, Fault: 12345}, 500, 12345, false, 0},
		"a hang":                        {wsman.Trouble{Kind: wsman.TroubleHang}, 0, 0, false, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			w := troubled(t, wsman.ActionCommand, row.trouble)
			c := w.client(nil)
			plain := w.client(func(c *client) { // without the handshake that would hide a 401
				c.http = &http.Client{Transport: clock.Transport{Clock: w.line, Base: w.transport()}}
			})
			shell := c.open()
			if row.status == 401 {
				c = plain
			}
			w.line.Busy(-1) // the other client is idle
			ctx, cancel := clock.WithTimeout(t.Context(), w.line, 30*time.Second)
			r, err := c.send(ctx, winrm.NewExecuteCommandRequest(url, shell, "do it", nil, c.params).String())
			if (err != nil) != (row.status == 0) || r.status != row.status || r.fault != row.fault {
				t.Errorf("%d, fault %d, %v", r.status, r.fault, err)
			}
			if at := w.line.Now().Sub(start); at != row.after {
				t.Errorf("it took %s, want %s", at, row.after)
			}
			cancel()
			w.line.Busy(+1)
			if done := len(w.calls) == 1; done != row.done {
				t.Errorf("%d calls", len(w.calls))
			}
			await(t, "the transcript has it", func() bool { return len(w.entries(wsman.ActionCommand)) == 1 })
			e := w.entries(wsman.ActionCommand)[0]
			if e.Trouble != row.trouble.Kind || row.status > 0 && e.Status != row.status || e.Fault != row.fault {
				t.Errorf("transcript: %+v", e)
			}
			// The host goes on as if nothing had been.
			if out, _, _, _ := c.collect(shell, c.command(shell, "again")); out != "hello\r\n" {
				t.Errorf("the next command says %q", out)
			}
		})
	}
}

// TestOutputSurvivesACut loses the reply that has the output, and asks again.
func TestOutputSurvivesACut(t *testing.T) {
	for _, kind := range []wsman.TroubleKind{wsman.TroubleCutBefore, wsman.TroubleCutAfter, wsman.TroubleCutWithin} {
		t.Run(string(kind), func(t *testing.T) {
			w := troubled(t, wsman.ActionReceive, wsman.Trouble{Kind: kind})
			c := w.client(nil)
			shell := c.open()
			id := c.command(shell, "hostname")
			if r, err := c.send(t.Context(), winrm.NewGetOutputRequest(url, shell, id, "stdout stderr", c.params).String()); err == nil {
				t.Errorf("answered %d", r.status)
			}
			if out, _, _, _ := c.collect(shell, id); out != "hello\r\n" {
				t.Errorf("then %q", out)
			}
		})
	}
}

// TestACommandRunsOnWithoutItsClient cuts the connection under a Command; its effects
// stay, and the shell goes when its time has come.
func TestACommandRunsOnWithoutItsClient(t *testing.T) {
	left, ran := make(chan struct{}), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w := newWorld(t, func(o *wsman.Options) {
		o.Run = func(ctx context.Context, _ wsman.Call) wsman.Outcome {
			cancel()
			<-left
			ran <- ctx.Err()
			return wsman.Outcome{Takes: time.Hour}
		}
	})
	c := w.client(nil)
	shell := c.open()
	if _, err := c.send(ctx, winrm.NewExecuteCommandRequest(url, shell, "long", nil, c.params).String()); err == nil {
		t.Error("the cancelled request was answered")
	}
	close(left)
	if err := <-ran; err != nil {
		t.Errorf("the command was told: %v", err)
	}
	if err := w.line.Sleep(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	if n := w.server.OpenShells(); n != 0 {
		t.Errorf("%d shells are left", n)
	}
}
