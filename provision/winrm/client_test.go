package winrm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

func TestHostsThatCannotWorkAreRefusedBeforeAnythingIsSent(t *testing.T) {
	good := Host{Name: "node01", Auth: AuthNTLM, User: `CONTOSO\arc`, Password: "x"}
	for _, tt := range []struct {
		name   string
		change func(h *Host)
		ok     bool
	}{
		{"a name and a user", func(*Host) {}, true},
		{"an IPv6 address", func(h *Host) { h.Name = "fd00::7" }, true},
		{"no name", func(h *Host) { h.Name = "" }, false},
		{"a name that holds a path", func(h *Host) { h.Name = "node01/x" }, false},
		{"a name that holds XML", func(h *Host) { h.Name = "a&b" }, false},
		{"a port out of range", func(h *Host) { h.Port = 65536 }, false},
		{"no user", func(h *Host) { h.User = "" }, false},
		{"a user with a colon", func(h *Host) { h.User = "a:b" }, false},
		{"basic that is not allowed", func(h *Host) { h.Auth = AuthBasic }, false},
		{"basic that is allowed", func(h *Host) { h.Auth, h.AllowBasic = AuthBasic, true }, true},
		{"a certificate that is missing", func(h *Host) { h.Auth = AuthCertificate }, false},
		{"kerberos", func(h *Host) { h.Auth = "kerberos" }, false},
		{"more slots than Windows has shells", func(h *Host) { h.Slots = 31 }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clk := newTestClock(t)
			h := good
			tt.change(&h)
			c := New(h, nil, clk) // a dial would panic
			defer c.Close()
			if c.invalid == nil != tt.ok {
				t.Fatalf("got %v", c.invalid)
			}
			if tt.ok {
				return
			}
			_, run := c.Run(t.Context(), Command{Line: "x"})
			_, script := c.Script(t.Context(), Script{Name: "s"})
			_, identify := c.Identify(t.Context())
			for _, err := range []error{run, script, identify} {
				if Class(err) != ClassInvalid {
					t.Errorf("got %v", err)
				}
			}
		})
	}
}

func TestIdentifyNeedsNoLoginAndNoSlot(t *testing.T) {
	h := newFakeHost(t)
	h.host.Slots, h.host.User = 1, "wrong"
	h.guard = basic
	c := h.client()
	h.hook = func(_ http.ResponseWriter, r *http.Request, op string, _ int) bool {
		if op == "Identify" && (r.Header.Get("Authorization") != "" || r.Header.Get("WSMANIDENTIFY") != "unauthenticated") {
			t.Errorf("headers %v", r.Header)
		}
		return false
	}
	s, err := c.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.give(s, nil)
	got, err := c.Identify(t.Context())
	want := Identity{"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd", "Microsoft Corporation", "OS: 0.0.0 SP: 0.0 Stack: 3.0"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCommandsWaitForASlotWithoutStoppingTheClock(t *testing.T) {
	h := newFakeHost(t)
	h.host.Slots = 2
	h.run = func(string, []byte) fakeOutput { return fakeOutput{takes: 5 * time.Second} }
	c := h.client()
	c.pool.proven = true
	h.clk.together(6, func(int) {
		if _, err := c.Run(t.Context(), Command{Line: "x"}); err != nil {
			t.Error(err)
		}
	})
	if d := h.clk.since(); d != 15*time.Second {
		t.Errorf("6 commands of 5 s took %v in 2 slots", d)
	}
}

func TestWhoWaitsForASlotMayLeave(t *testing.T) {
	h := newFakeHost(t)
	h.host.Slots = 1
	h.run = func(string, []byte) fakeOutput { return fakeOutput{takes: 10 * time.Second} }
	c := h.client()
	h.clk.together(2, func(i int) {
		if i == 0 {
			if _, err := c.Run(t.Context(), Command{Line: "x"}); err != nil {
				t.Error(err)
			}
			return
		}
		await(t, "the other has the slot", func() bool { return h.count("Receive") > 0 })
		ctx, cancel := clock.WithTimeout(t.Context(), h.clk, 3*time.Second)
		defer cancel()
		_, err := c.Run(ctx, Command{Line: "x"})
		var e *Error
		if !errors.As(err, &e) || e.Op != OpWait || e.Class != ClassTimeout {
			t.Errorf("got %v", err)
		}
	})
	if n := h.count("Create"); n != 1 {
		t.Errorf("%d shells were made", n)
	}
}

func TestCloseEndsWhatRunsAndRefusesTheRest(t *testing.T) {
	h := newFakeHost(t)
	h.host.Slots = 2
	h.run = func(string, []byte) fakeOutput { return fakeOutput{takes: 24 * time.Hour} }
	c := h.client()
	c.pool.proven = true
	h.clk.together(4, func(i int) {
		if i > 0 {
			_, err := c.Run(t.Context(), Command{Line: "x"})
			if !errors.Is(err, ErrClosed) || Class(err) != ClassCanceled {
				t.Errorf("got %v", err)
			}
			return
		}
		await(t, "two run and one waits", func() bool {
			c.pool.mu.Lock()
			defer c.pool.mu.Unlock()
			return h.count("Receive") == 2 && len(c.pool.queue) == 1
		})
		c.Close()
	})
	h.noShells()
	if d := h.clk.since(); d > endTimeout {
		t.Errorf("took %v", d)
	}
	if _, err := c.Run(t.Context(), Command{Line: "x"}); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Identify(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestResetCutsConnectionsAndTheRequestsOnThem(t *testing.T) {
	h := newFakeHost(t)
	h.run = func(string, []byte) fakeOutput { return fakeOutput{takes: 24 * time.Hour} }
	c := h.client()
	h.clk.together(2, func(i int) {
		if i == 1 {
			_, err := c.Run(t.Context(), Command{Line: "x"})
			if Class(err) != ClassUnreachable {
				t.Errorf("got %v", err)
			}
			return
		}
		await(t, "output is awaited", func() bool { return h.count("Receive") > 0 })
		c.Reset()
	})
	h.run = func(string, []byte) fakeOutput { return fakeOutput{} }
	if _, err := c.Run(t.Context(), Command{Line: "x"}); err != nil {
		t.Error(err)
	}
	h.noShells()
}

func TestNoGoroutineOutlivesClose(t *testing.T) {
	h := newFakeHost(t)
	h.host.Auth, h.guard = AuthNTLM, ntlm
	h.hook = func(w http.ResponseWriter, r *http.Request, op string, n int) bool {
		switch {
		case op == "Receive" && n == 3:
			answerFault(w, codeShellNotFound, "InvalidSelectors", "gone")
			return true
		case op == "Receive" && n == 4:
			h.clk.park(r, -1)
			return true
		}
		return false
	}
	c := New(h.host, h.dial, h.clk)
	h.clk.together(8, func(int) { _, _ = c.Run(t.Context(), Command{Line: "x"}) })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _ = c.Run(ctx, Command{Line: "x"})
	_, _ = c.Identify(t.Context())
	c.Close()
	c.Close() // twice is once
	var left string
	await(t, "all goroutines of the client have ended", func() bool {
		left = ""
		var all bytes.Buffer
		_ = pprof.Lookup("goroutine").WriteTo(&all, 2)
		for g := range strings.SplitSeq(all.String(), "\n\n") {
			if strings.Contains(g, "winrm.(*conversation)") || strings.Contains(g, "winrm.(*lane)") ||
				strings.Contains(g, "http.(*persistConn)") || strings.Contains(g, "http.(*Transport)") {
				left += g + "\n\n"
			}
		}
		return left == ""
	})
}

func TestNothingPrintsAPassword(t *testing.T) {
	h := Host{Name: "node01", Auth: AuthNTLM, User: "arc", Password: fakePassword}
	c := New(h, nil, newTestClock(t))
	defer c.Close()
	s := Script{Name: "x", Secrets: map[string]string{"a": fakePassword}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{h, &h, c, s, &s} {
			if text := fmt.Sprintf(format, v); strings.Contains(text, fakePassword) {
				t.Errorf("%s of %T is %s", format, v, text)
			}
		}
	}
}
