package winrm

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

func TestConnectionsAreUsedAgain(t *testing.T) {
	for _, auth := range []Auth{AuthBasic, AuthNTLM} {
		t.Run(string(auth), func(t *testing.T) {
			h := newFakeHost(t)
			h.host.Auth, h.guard = auth, basic
			if auth == AuthNTLM {
				h.guard = ntlm
			}
			c := h.client()
			for range 20 {
				if _, err := c.Run(t.Context(), Command{Line: "x", Stdin: strings.NewReader("in")}); err != nil {
					t.Fatal(err)
				}
			}
			// net/http gives up a connection whose last write took it 50 ms to notice,
			// which a busy machine may need: that may happen now and then.
			_, _, dials, logins := h.state()
			if dials > 6 {
				t.Errorf("%d connections for 20 commands, want 2", dials)
			}
			if auth == AuthNTLM && logins > 2*dials {
				t.Errorf("%d requests of NTLM handshakes for %d connections", logins, dials)
			}
		})
	}
}

func TestManyCommandsAtOnceKeepTheirLoginsApart(t *testing.T) {
	h := newFakeHost(t)
	h.host.Auth, h.guard = AuthNTLM, ntlm
	h.run = func(line string, _ []byte) fakeOutput { return fakeOutput{stdout: []byte(line)} }
	c := h.client()
	h.clk.together(40, func(i int) {
		line := fmt.Sprint("echo ", i)
		got, err := c.Run(t.Context(), Command{Line: line})
		if err != nil || string(got.Stdout) != line {
			t.Errorf("got %q, %v", got.Stdout, err)
		}
	})
	// Some more than there are lanes, as in TestConnectionsAreUsedAgain.
	if _, _, dials, _ := h.state(); dials > 3*defaultSlots {
		t.Errorf("%d connections, want at most %d", dials, 2*defaultSlots)
	}
	c.Close()
	h.noShells()
}

func TestConnectionsIdleForLongAreMadeAnew(t *testing.T) {
	h := newFakeHost(t)
	c := h.client()
	for i, pause := range []time.Duration{laneIdle, laneIdle + time.Second} {
		if _, err := c.Run(t.Context(), Command{Line: "x"}); err != nil {
			t.Fatal(err)
		}
		if err := h.clk.Sleep(t.Context(), pause); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Run(t.Context(), Command{Line: "x"}); err != nil {
			t.Fatal(err)
		}
		if _, _, dials, _ := h.state(); dials != 2+2*i {
			t.Errorf("%d connections after a pause of %v", dials, pause)
		}
	}
}

func TestARefusalOnAConnectionThatWasLetInIsTriedOnceMore(t *testing.T) {
	h := newFakeHost(t)
	h.host.Auth, h.guard = AuthNTLM, ntlm
	h.hook = func(w http.ResponseWriter, _ *http.Request, op string, n int) bool {
		if op == "Command" && n == 1 { // this connection has lost its login
			w.WriteHeader(http.StatusUnauthorized)
		}
		return op == "Command" && n == 1
	}
	if _, err := h.client().Run(t.Context(), Command{Line: "x"}); err != nil {
		t.Fatal(err)
	}
	if _, _, dials, _ := h.state(); dials != 3 {
		t.Errorf("%d connections, want 3", dials)
	}
}

func TestAWrongUserIsTriedOnceByAllCommandsTogether(t *testing.T) {
	for _, tt := range []struct {
		auth   Auth
		status int
		logins int // requests with credentials: NTLM takes two for an attempt
		says   string
	}{
		{AuthBasic, http.StatusUnauthorized, 1, "it accepts Basic"},
		{AuthNTLM, http.StatusUnauthorized, 2, "it accepts Negotiate"},
		{AuthBasic, http.StatusForbidden, 1, "HTTP 403"},
	} {
		t.Run(fmt.Sprintf("%s, HTTP %d", tt.auth, tt.status), func(t *testing.T) {
			h := newFakeHost(t)
			h.host.Auth, h.host.User, h.guard = tt.auth, "wrong", basic
			if tt.auth == AuthNTLM {
				h.guard = ntlm
			}
			if tt.status == http.StatusForbidden {
				h.hook = func(w http.ResponseWriter, _ *http.Request, _ string, _ int) bool {
					w.WriteHeader(tt.status)
					return true
				}
			}
			h.latency = time.Second
			c := h.client()
			// The first command waits for an answer, so that all others wait for it.
			var mu sync.Mutex
			var errs []error
			ready := make(chan struct{})
			first := h.hook
			h.hook = func(w http.ResponseWriter, r *http.Request, op string, n int) bool {
				<-ready
				return first != nil && first(w, r, op, n)
			}
			go func() {
				for waiting := 0; waiting < 7; {
					c.pool.mu.Lock()
					waiting = len(c.pool.queue)
					c.pool.mu.Unlock()
				}
				close(ready)
			}()
			h.clk.together(8, func(int) {
				_, err := c.Run(t.Context(), Command{Line: "x"})
				mu.Lock()
				errs = append(errs, err)
				mu.Unlock()
			})
			for _, err := range errs {
				if Class(err) != ClassAuth || !errors.Is(err, ErrAuth) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %v", err)
				}
			}
			if _, _, _, logins := h.state(); logins != tt.logins {
				t.Errorf("%d requests with credentials, want %d", logins, tt.logins)
			}
		})
	}
}

// What breaks in the middle of a login is not what it looks like at its beginning, a 401.
func TestABrokenHandshakeIsNotAWrongPassword(t *testing.T) {
	for name, broken := range map[string]struct {
		break_ func(h *fakeHost, w http.ResponseWriter, r *http.Request)
		want   ErrorClass
	}{
		"cut by the host": {func(_ *fakeHost, w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = conn.Close()
			}
		}, ClassUnreachable},
		"never answered": {func(h *fakeHost, _ http.ResponseWriter, r *http.Request) {
			h.clk.park(r, -1)
		}, ClassTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFakeHost(t)
			h.host.Auth, h.guard = AuthNTLM, ntlm
			h.hook = func(w http.ResponseWriter, r *http.Request, op string, _ int) bool {
				if op == "Create" {
					broken.break_(h, w, r)
				}
				return op == "Create"
			}
			_, err := h.client().Run(t.Context(), Command{Line: "x"})
			if Class(err) != broken.want || errors.Is(err, ErrAuth) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnAnswerHasALimit(t *testing.T) {
	h := newFakeHost(t)
	h.hook = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
		if op == "Receive" {
			_, _ = io.CopyN(w, zeros{}, maxReply+1)
		}
		return op == "Receive"
	}
	_, err := h.client().Run(t.Context(), Command{Line: "x"})
	if Class(err) != ClassProtocol || !errors.Is(err, errTooLong) {
		t.Errorf("got %v", err)
	}
	h.noShells()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAnswersWithoutAFaultAreSorted(t *testing.T) {
	for _, tt := range []struct {
		status int
		body   string
		want   ErrorClass
	}{
		{200, "<html>hello</html>", ClassProtocol},
		{200, "not XML", ClassProtocol},
		{200, "", ClassProtocol},
		{301, "", ClassProtocol},
		{404, "", ClassProtocol},
		{500, "", ClassProtocol},
		{503, "<html>busy</html>", ClassUnreachable},
	} {
		t.Run(fmt.Sprint(tt.status, " ", tt.body), func(t *testing.T) {
			h := newFakeHost(t)
			h.hook = func(w http.ResponseWriter, _ *http.Request, op string, _ int) bool {
				if op == "Receive" {
					w.Header().Set("Location", "http://elsewhere.contoso.lab/")
					w.WriteHeader(tt.status)
					_, _ = io.WriteString(w, tt.body)
				}
				return op == "Receive"
			}
			_, err := h.client().Run(t.Context(), Command{Line: "x"})
			if Class(err) != tt.want || h.count("Receive") != 1 {
				t.Errorf("got %v after %d requests", err, h.count("Receive"))
			}
			h.noShells()
		})
	}
}

func TestOnlyTheRightHostIsTrusted(t *testing.T) {
	good := func(h *fakeHost) Pin { return sha256.Sum256(h.cert.Leaf.RawSubjectPublicKeyInfo) }
	for _, tt := range []struct {
		name   string
		change func(h *fakeHost)
		want   ErrorClass
	}{
		{"vouched for", func(*fakeHost) {}, ""},
		{"with the pinned key", func(h *fakeHost) { h.host.Pin = good(h) }, ""},
		{"under another name that is asked for", func(h *fakeHost) {
			h.host.Name, h.host.ServerName = "NODE01.contoso.lab", "node01.contoso.lab"
		}, ""},
		{"with another key", func(h *fakeHost) { h.host.Pin = Pin{1} }, ClassTrust},
		{"with the pinned key alone", func(h *fakeHost) {
			h.host.Pin, h.host.RootCAs = good(h), x509.NewCertPool()
		}, ClassTrust},
		{"from an unknown authority", func(h *fakeHost) { h.host.RootCAs = nil }, ClassTrust},
		{"with another name", func(h *fakeHost) { h.host.ServerName = "node02.contoso.lab" }, ClassTrust},
		{"with a certificate that has run out on the run's clock", func(h *fakeHost) {
			_ = h.clk.Sleep(context.Background(), 400*24*time.Hour)
		}, ClassTrust},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost(t)
			tt.change(h)
			c := New(h.host, func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, h.addr)
			}, h.clk)
			t.Cleanup(c.Close)
			_, err := c.Identify(t.Context())
			if Class(err) != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAClientCertificateIsShown(t *testing.T) {
	h := newFakeHost(t)
	user := newCertificate(t, "arc", start.AddDate(0, 0, -1), start.AddDate(1, 0, 0))
	h.host.Auth, h.host.Certificate, h.host.User, h.host.Password = AuthCertificate, user, "", ""
	h.guard = func(r *http.Request) (http.Header, bool) {
		const mutual = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
		shown := r.TLS.PeerCertificates
		return nil, len(shown) == 1 && shown[0].Equal(user.Leaf) && r.Header.Get("Authorization") == mutual
	}
	if _, err := h.client().Run(t.Context(), Command{Line: "x"}); err != nil {
		t.Error(err)
	}
}

// listen answers connections with handle, each in its own goroutine.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); handle(conn) }()
		}
	}()
	return l.Addr().String()
}

func TestListenersThatAreNone(t *testing.T) {
	plain := func(conn net.Conn) {
		_, _ = io.ReadAtLeast(conn, make([]byte, 16), 16)
		_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
	}
	old := func(conn net.Conn) {
		cert := newCertificate(t, "node01.contoso.lab", start.AddDate(0, 0, -1), start.AddDate(1, 0, 0))
		_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}).Handshake()
	}
	for _, tt := range []struct {
		name   string
		handle func(net.Conn)
		want   ErrorClass
	}{
		{"HTTP without TLS", plain, ClassProtocol},
		{"a listener that hangs up", func(net.Conn) {}, ClassUnreachable},
		{"TLS before 1.2", old, ClassTrust},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost(t)
			h.addr = listen(t, tt.handle)
			_, err := h.client().Run(t.Context(), Command{Line: "x"})
			if Class(err) != tt.want {
				t.Errorf("class %q of %v, want %q", Class(err), err, tt.want)
			}
			if tt.want == ClassProtocol && !errors.Is(err, errPlainHTTP) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAHostThatDoesNotConnectIsGivenUpAfterDialTimeout(t *testing.T) {
	for _, tt := range []struct {
		name string
		dial func(h *fakeHost) func(ctx context.Context, network, address string) (net.Conn, error)
	}{
		{"at all", func(h *fakeHost) func(context.Context, string, string) (net.Conn, error) {
			return func(ctx context.Context, _, _ string) (net.Conn, error) {
				h.clk.parkFor(ctx, "", -1)
				return nil, ctx.Err()
			}
		}},
		{"beyond TCP", func(h *fakeHost) func(context.Context, string, string) (net.Conn, error) {
			return func(context.Context, string, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() {
					_, _ = far.Read(make([]byte, 1))
					h.clk.parkFor(t.Context(), "pipe", -1)
				}()
				return leavingConn{near, h.clk, "pipe"}, nil
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost(t)
			c := New(h.host, tt.dial(h), h.clk)
			t.Cleanup(c.Close)
			_, err := c.Run(t.Context(), Command{Line: "x"})
			if Class(err) != ClassUnreachable || !errors.Is(err, errNoDial) {
				t.Errorf("got %v", err)
			}
			if d := h.clk.since(); d != dialTimeout {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestNoProxyFromTheEnvironmentIsUsed(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://proxy.contoso.lab:3128")
	h := newFakeHost(t) // whose dial refuses any other address
	if _, err := h.client().Run(t.Context(), Command{Line: "x"}); err != nil {
		t.Error(err)
	}
}

func TestADialEndsWithItsRequest(t *testing.T) {
	h := newFakeHost(t)
	ended := make(chan struct{})
	l := newLane(h.host, func(ctx context.Context, _, _ string) (net.Conn, error) {
		defer close(ended)
		h.clk.parkFor(ctx, "", -1)
		return nil, ctx.Err()
	}, h.clk)
	ctx, cancel := clock.WithTimeout(t.Context(), h.clk, dialTimeout/2)
	defer cancel()
	if _, err := l.call(ctx, OpCommand, "", true); Class(err) != ClassTimeout || !errors.Is(err, clock.ErrDeadline) {
		t.Errorf("got %v", err)
	}
	select {
	case <-ended: // while the clock stands still, so not because of dialTimeout
	case <-time.After(10 * time.Second):
		t.Error("the dial goes on without its request")
	}
}

// What is left of a request that was given up may look like an empty answer.
func TestAnEmptyAnswerToARequestThatWasGivenUpIsNone(t *testing.T) {
	h := newFakeHost(t)
	for _, tt := range []struct {
		body string
		want ErrorClass
	}{{"", ClassTimeout}, {string(soapBody("")), ""}} {
		ctx, cancel := clock.WithTimeout(t.Context(), h.clk, time.Second)
		h.host.ServerName, h.host.Account = h.host.Name, NewAccount(h.clk)
		l := newLane(h.host, h.dial, h.clk)
		defer l.drop()
		l.trip = roundTripper(func(req *http.Request) (*http.Response, error) {
			h.clk.Wire(+1)
			h.clk.Busy(-1)
			h.clk.parkFor(req.Context(), "", -1)
			h.clk.Busy(+1)
			h.clk.Wire(-1)
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(tt.body))}, nil
		})
		_, err := l.call(ctx, OpReceive, "", true)
		cancel()
		if Class(err) != tt.want {
			t.Errorf("got %v for %q", err, tt.body)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// A host that closes the connection after its challenge makes a login begin anew, and is no
// reason to think that the password is wrong.
func TestALoginThatLosesItsConnectionBeginsAnew(t *testing.T) {
	for _, tt := range []struct {
		closes int
		want   ErrorClass
	}{{1, ""}, {2, ""}, {maxGreetings, ClassUnreachable}} {
		h := newFakeHost(t)
		h.host.Auth, h.guard = AuthNTLM, ntlm
		h.hook = func(w http.ResponseWriter, r *http.Request, op string, n int) bool {
			if op == greeting && n <= tt.closes {
				w.Header().Set("Connection", "close")
			}
			return false
		}
		_, err := h.client().Run(t.Context(), Command{Line: "x"})
		if Class(err) != tt.want || errors.Is(err, ErrAuth) {
			t.Errorf("after %d closed connections: %v", tt.closes, err)
		}
	}
}
