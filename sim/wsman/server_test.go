package wsman_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
	"github.com/google/go-cmp/cmp"
	"github.com/masterzen/winrm"
)

// reads says that commands beginning with "read" take input.
func reads(command string, _ []string) bool { return strings.HasPrefix(command, "read") }

// TestForeignClient has masterzen/winrm run commands with its own transports.
func TestForeignClient(t *testing.T) {
	for name, decorate := range map[string]func(dial func(network, addr string) (net.Conn, error)) winrm.Transporter{
		"NTLM": func(dial func(network, addr string) (net.Conn, error)) winrm.Transporter {
			return winrm.NewClientNTLMWithDial(dial)
		},
		"Basic": func(dial func(network, addr string) (net.Conn, error)) winrm.Transporter {
			return winrm.NewClientWithDial(dial)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *wsman.Options) {
				o.Line = timeline.New(start, 1000)
				o.NeedsStdin = reads
				o.Run = func(_ context.Context, c wsman.Call) wsman.Outcome {
					if c.Command == "hostname" {
						return wsman.Outcome{Stdout: []byte("HCI01\r\n"), Takes: 30 * time.Second}
					}
					return wsman.Outcome{Stdout: bytes.ToUpper(c.Stdin), Stderr: []byte("warning"), ExitCode: 7, Takes: time.Minute}
				}
			})
			_, ca := issue()
			endpoint := winrm.NewEndpoint("hci01.lab.example", 5986, true, false, ca, nil, nil, 10*time.Second)
			params := winrm.NewParameters("PT20S", "en-US", 153600)
			params.TransportDecorator = func() winrm.Transporter {
				return decorate(func(network, _ string) (net.Conn, error) { return net.Dial(network, w.addr) })
			}
			c, err := winrm.NewClientWithParameters(endpoint, user, password, params)
			if err != nil {
				t.Fatal(err)
			}
			out, errs, exit, err := c.RunCmdWithContext(t.Context(), "hostname")
			if err != nil || out != "HCI01\r\n" || errs != "" || exit != 0 {
				t.Errorf("hostname: %q, %q, %d, %v", out, errs, exit, err)
			}
			// The stock NTLM transport mixes the handshakes of requests that overlap, as
			// those of a command with input do.
			if name == "Basic" {
				out, errs, exit, err = c.RunWithContextWithString(t.Context(), "read it & more", "some input")
				if err != nil || out != "SOME INPUT" || errs != "warning" || exit != 7 {
					t.Errorf("read: %q, %q, %d, %v", out, errs, exit, err)
				}
			}
			if n := w.server.OpenShells(); n != 0 {
				t.Errorf("%d shells were left open", n)
			}
			if got := w.entries(wsman.ActionDelete)[0].User; got != user {
				t.Errorf("the user is %q", got)
			}
		})
	}
}

// TestCallIsWhatTheClientSent checks what Run is told and what the transcript says of it.
func TestCallIsWhatTheClientSent(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) { o.NeedsStdin = reads })
	c := w.client(nil)
	shell := c.open()
	id := c.command(shell, `read "a" < b & c`, "-x", "y z")
	if r := c.ask(winrm.NewSendInputRequest(url, shell, id, []byte("in\x00put"), true, c.params)); r.status != http.StatusOK {
		t.Fatal(r.raw)
	}
	want := []wsman.Call{{
		Host: "hci01.lab.example", User: user, Command: `read "a" < b & c`, Arguments: []string{"-x", "y z"},
		Stdin: []byte("in\x00put"), Shell: shell, ID: id,
	}}
	if d := cmp.Diff(want, w.calls); d != "" {
		t.Error(d)
	}
	e := w.entries(wsman.ActionSend)[0]
	if e.Shell != shell || e.Command != id || e.In == 0 || e.Out == 0 || e.Status != http.StatusOK || !e.At.Equal(start) {
		t.Errorf("transcript: %+v", e)
	}
}

func TestHTTP(t *testing.T) {
	w := newWorld(t, nil)
	c := &http.Client{Transport: w.transport()}
	create := message(createURI, "", "", "<sh:Shell/>")
	for name, row := range map[string]struct {
		method, url, user, media, body string
		want                           int
	}{
		"another path is not there":                {"POST", "/other", user, "application/soap+xml", create, 404},
		"GET is not for this resource":             {"GET", "/wsman", user, "", "", 405},
		"nobody gets in without a login":           {"POST", "/wsman", "", "application/soap+xml", create, 401},
		"a stranger does not get in":               {"POST", "/wsman", "stranger", "application/soap+xml", create, 401},
		"UTF-16 is not spoken":                     {"POST", "/wsman", user, "application/soap+xml;charset=UTF-16", create, 415},
		"JSON is not spoken":                       {"POST", "/wsman", user, "application/json", "{}", 415},
		"a message that is not XML is a fault":     {"POST", "/wsman", user, "application/soap+xml", "<", 500},
		"the path and the user have no case":       {"POST", "/WSMAN", `lab\ADMIN`, "application/soap+xml", create, 200},
		"user@domain is a user":                    {"POST", "/wsman", "Admin@lab.example", "application/soap+xml", create, 200},
		"the charset may be UTF-8 in any spelling": {"POST", "/wsman", user, `application/soap+xml; charset="utf-8"`, create, 200},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequest(row.method, strings.TrimSuffix(url, "/wsman")+row.url, strings.NewReader(row.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", row.media)
			if row.user != "" {
				req.SetBasicAuth(row.user, password)
			}
			resp, err := c.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != row.want || resp.ProtoMajor != 1 {
				t.Errorf("%s %s, want %d", resp.Proto, resp.Status, row.want)
			}
			if offered := resp.Header.Values("WWW-Authenticate"); row.want == 401 {
				if resp.ContentLength != 0 || !cmp.Equal(offered, []string{"Negotiate", `Basic realm="WSMAN"`}) {
					t.Errorf("401 with %d bytes and %q", resp.ContentLength, offered)
				}
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	w := newWorld(t, nil)
	const identify = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>`
	post := func(message string) (int, string) {
		req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(message))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
		req.Header.Set("WSMANIDENTIFY", "unauthenticated")
		resp, err := w.transport().RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	if status, body := post(identify); status != 200 || !strings.Contains(body, "OS: 0.0.0 ") {
		t.Errorf("without a login: %d %s", status, body)
	}
	if status, body := post(message(createURI, "", "", "<sh:Shell/>")); status != 401 || body != "" {
		t.Errorf("the header let another action in: %d %s", status, body)
	}
	if r := w.client(nil).post(identify); r.status != 200 || !strings.Contains(r.raw, "OS: 10.0.20348 ") {
		t.Errorf("with a login: %d %s", r.status, r.raw)
	}
}

// TestCloseLeavesNothing closes a host while requests are parked, computing and hung.
func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	line := timeline.New(start, 0)
	entered, w := make(chan struct{}), (*world)(nil)
	t.Run("world", func(t *testing.T) {
		w = newWorld(t, func(o *wsman.Options) {
			o.Line, o.NeedsStdin = line, reads
			o.Run = func(ctx context.Context, _ wsman.Call) wsman.Outcome {
				close(entered)
				<-ctx.Done()
				return wsman.Outcome{}
			}
			o.Trouble = func(_ *timeline.Turn, a wsman.Action) wsman.Trouble {
				if a == wsman.ActionSignal {
					return wsman.Trouble{Kind: wsman.TroubleHang}
				}
				return wsman.Trouble{}
			}
		})
		ended := make(chan struct{}, 3)
		var sends []func()
		for _, text := range []func(c *client, shell, id string) string{
			func(c *client, shell, id string) string {
				return winrm.NewGetOutputRequest(url, shell, id, "stdout", c.params).String()
			},
			func(c *client, shell, id string) string {
				return winrm.NewSignalRequest(url, shell, id, c.params).String()
			},
			func(c *client, shell, _ string) string {
				return winrm.NewExecuteCommandRequest(url, shell, "block", nil, c.params).String()
			},
		} {
			c := w.client(nil)
			shell := c.open()
			m := text(c, shell, c.command(shell, "read"))
			sends = append(sends, func() {
				r, err := c.send(context.Background(), m)
				if err == nil {
					t.Errorf("a closed host answered %d %s", r.status, r.raw)
				}
				ended <- struct{}{}
			})
		}
		go sends[0]()
		go sends[1]()
		if err := line.Sleep(t.Context(), time.Second); err != nil { // passes once both are parked
			t.Fatal(err)
		}
		go sends[2]()
		<-entered
		if err := w.server.Close(); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			<-ended
		}
	})
	await(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	if err := w.server.Serve(noListener{}); err != http.ErrServerClosed {
		t.Errorf("Serve after Close: %v", err)
	}
}

type noListener struct{ net.Listener }

func (noListener) Close() error { return nil }
