package winrm

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// sharing makes hosts on one clock with one account.
func sharing(t *testing.T, n int) []*fakeHost {
	t.Helper()
	hosts := []*fakeHost{newFakeHost(t)}
	clk := hosts[0].clk
	account := NewAccount(clk)
	hosts[0].host.Account = account
	for range n - 1 {
		h := newFakeHost(t)
		h.clk, h.host.Account = clk, account
		hosts = append(hosts, h)
	}
	return hosts
}

// A host that finishes TLS and then says nothing costs the others a turn each, and not the login.
func TestHostsThatHangKeepNoOtherFromBeingTried(t *testing.T) {
	for _, hung := range []int{1, 4} {
		t.Run(fmt.Sprint(hung, " of them"), func(t *testing.T) {
			hosts := sharing(t, hung+1)
			clk := hosts[0].clk
			var clients []*Client
			for i, h := range hosts {
				h.latency = 50 * time.Millisecond
				if i < hung {
					h.hook = func(_ http.ResponseWriter, r *http.Request, _ string, _ int) bool {
						h.clk.park(r, -1)
						return true
					}
				}
				clients = append(clients, h.client())
			}
			clk.together(hung+1, func(i int) {
				if i > 0 {
					await(t, "the first has the turn", func() bool { return hosts[0].count("Create") > 0 })
				}
				_, err := clients[i].Run(t.Context(), Command{Line: "x"})
				switch {
				case i < hung && Class(err) != ClassTimeout:
					t.Errorf("host %d, which hangs: got %v", i, err)
				case i == hung && err != nil:
					t.Errorf("the host that answers: got %v", err)
				case i == hung && clk.since() > time.Duration(hung)*turnTimeout+time.Second:
					t.Errorf("the host that answers took %v", clk.since())
				}
			})
		})
	}
}

// A host that does not offer Basic has not looked at the password that it refuses.
func TestAHostWithoutBasicIsNoWrongPassword(t *testing.T) {
	for _, tt := range []struct {
		name    string
		offered []string
		others  bool // are tried still
	}{
		{"it offers something else", []string{"Negotiate", "Kerberos"}, true},
		{"it offers Basic too", []string{"Negotiate", `basic realm="WSMAN"`}, false},
		{"it does not say what it offers", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hosts := sharing(t, 2)
			hosts[0].guard = func(*http.Request) (http.Header, bool) {
				return http.Header{"Www-Authenticate": tt.offered}, false
			}
			_, err := hosts[0].client().Run(t.Context(), Command{Line: "x"})
			if Class(err) != ClassAuth || errors.Is(err, errNoBasic) != tt.others {
				t.Errorf("got %v", err)
			}
			_, err = hosts[1].client().Run(t.Context(), Command{Line: "x"})
			if (err == nil) != tt.others {
				t.Errorf("the other host: got %v", err)
			}
		})
	}
}

// By Basic each request shows the password: a refusal is a verdict, whatever was let in before.
func TestBasicIsTriedOnceInACall(t *testing.T) {
	h := newFakeHost(t)
	refuse := false
	h.guard = func(*http.Request) (http.Header, bool) {
		return http.Header{"Www-Authenticate": {`Basic realm="WSMAN"`}}, !refuse
	}
	h.host.Slots = 1
	c := h.client()
	if _, err := c.Run(t.Context(), Command{Line: "x"}); err != nil {
		t.Fatal(err)
	}
	_, _, _, before := h.state()
	refuse = true
	if _, err := c.Run(t.Context(), Command{Line: "x"}); Class(err) != ClassAuth {
		t.Errorf("got %v", err)
	}
	if _, _, _, logins := h.state(); logins != before+1 {
		t.Errorf("the password was shown %d times, want once", logins-before)
	}
}

// Meanwhile the password may have been changed: as at the first login, one alone finds out.
func TestAfterAPauseOrAResetOneAloneTriesFirst(t *testing.T) {
	for name, doubt := range map[string]func(c *Client, clk *testClock) error{
		"a pause": func(_ *Client, clk *testClock) error { return clk.Sleep(t.Context(), laneIdle+time.Second) },
		"a reset": func(c *Client, _ *testClock) error { c.Reset(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			hosts := sharing(t, 6)
			clk := hosts[0].clk
			var clients []*Client
			for _, h := range hosts {
				clients = append(clients, h.client())
			}
			if _, err := clients[0].Run(t.Context(), Command{Line: "x"}); err != nil {
				t.Fatal(err)
			}
			if err := doubt(clients[0], clk); err != nil {
				t.Fatal(err)
			}
			for _, h := range hosts[1:] {
				h.hook = func(w http.ResponseWriter, r *http.Request, _ string, _ int) bool {
					if clk.park(r, time.Second) {
						w.Header().Set("Www-Authenticate", `Basic realm="WSMAN"`)
						w.WriteHeader(http.StatusUnauthorized)
					}
					return true
				}
			}
			clk.together(5, func(i int) {
				if _, err := clients[i+1].Run(t.Context(), Command{Line: "x"}); Class(err) != ClassAuth {
					t.Errorf("got %v", err)
				}
			})
			tried := 0
			for _, h := range hosts[1:] {
				_, _, _, logins := h.state()
				tried += logins
			}
			if tried != 2 { // the first refusal may be that host's own matter
				t.Errorf("the password was shown %d times, want 2", tried)
			}
		})
	}
}
