package wsman_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"encoding/xml"
	"io"
	"math/big"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/go-ntlmssp"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
	"github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"
)

const (
	user     = `LAB\admin`
	password = "Pässw0rd \U0001F511"
	url      = "https://hci01.lab.example:5986/wsman"
)

var start = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)

// issue makes the certificate that every host of these tests shows.
var issue = sync.OnceValues(func() (tls.Certificate, []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "hci01.lab.example"},
		NotBefore: start.AddDate(-10, 0, 0), NotAfter: start.AddDate(100, 0, 0),
		DNSNames: []string{"hci01.lab.example"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
})

// A world is one host, its time, and what it was asked.
type world struct {
	t      *testing.T
	line   *timeline.Line
	server *wsman.Server
	addr   string
	mu     sync.Mutex
	log    []wsman.Entry
	calls  []wsman.Call
}

// newWorld starts a host that greets, in flat-out time unless the options say otherwise.
func newWorld(t *testing.T, change func(*wsman.Options)) *world {
	t.Helper()
	w := &world{t: t}
	cert, _ := issue()
	o := wsman.Options{
		Host: "hci01.lab.example", TLS: &tls.Config{Certificates: []tls.Certificate{cert}},
		Accounts: func(name string) (string, bool) {
			short := strings.ToLower(name)
			return password, slices.Contains([]string{`lab\admin`, "admin@lab.example", "admin", `lab\other`}, short)
		},
		Run:     func(context.Context, wsman.Call) wsman.Outcome { return wsman.Outcome{Stdout: []byte("hello\r\n")} },
		Version: "10.0.20348",
	}
	if change != nil {
		change(&o)
	}
	if o.Line == nil {
		o.Line = timeline.New(start, 0)
	}
	t.Cleanup(o.Line.Close)
	w.line = o.Line
	run := o.Run
	o.Run = func(ctx context.Context, c wsman.Call) wsman.Outcome {
		w.mu.Lock()
		w.calls = append(w.calls, c)
		w.mu.Unlock()
		return run(ctx, c)
	}
	o.Transcript = func(e wsman.Entry) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.log = append(w.log, e)
	}
	w.server = wsman.New(o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.addr = l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- w.server.Serve(l) }()
	t.Cleanup(func() {
		if err := w.server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != http.ErrServerClosed {
			t.Errorf("Serve returned %v", err)
		}
	})
	return w
}

// entries are the transcript's so far for one action.
func (w *world) entries(a wsman.Action) (es []wsman.Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.log {
		if e.Action == a {
			es = append(es, e)
		}
	}
	return es
}

// await waits until the world has come to a state.
func await(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); !reached(); runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatalf("%s: has not come about", what)
		}
	}
}

// transport is one connection to the host at most.
func (w *world) transport() *http.Transport {
	_, ca := issue()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	tr := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", w.addr)
		},
		TLSClientConfig: &tls.Config{RootCAs: pool}, MaxConnsPerHost: 1, ForceAttemptHTTP2: true,
	}
	w.t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// A client sends messages of masterzen/winrm over a connection of its own and tells the
// line about it, as a run does. Its user holds one busy token.
type client struct {
	t      *testing.T
	http   *http.Client
	user   string
	params *winrm.Parameters
}

func (w *world) client(change func(*client)) *client {
	w.t.Helper()
	c := &client{t: w.t, user: user, params: winrm.NewParameters("PT20S", "en-US", 153600)}
	c.http = &http.Client{Transport: ntlmssp.Negotiator{RoundTripper: clock.Transport{Clock: w.line, Base: w.transport()}}}
	if change != nil {
		change(c)
	}
	w.line.Busy(+1)
	w.t.Cleanup(func() { w.line.Busy(-1) })
	return c
}

// A result is a reply as a foreign parser sees it.
type result struct {
	status int
	raw    string
	fault  wsman.FaultCode
	header http.Header
}

func (c *client) send(ctx context.Context, message string) (result, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(message))
	if err != nil {
		return result{}, err
	}
	req.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	if c.user != "" {
		req.SetBasicAuth(c.user, password)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return result{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return result{}, err
	}
	r := result{status: resp.StatusCode, raw: string(b), header: resp.Header}
	var envelope struct {
		Fault struct {
			Code string `xml:"Code,attr"`
		} `xml:"Body>Fault>Detail>WSManFault"`
	}
	if len(b) > 0 {
		if err := xml.Unmarshal(b, &envelope); err != nil {
			c.t.Errorf("the reply is not XML: %v\n%s", err, b)
		}
	}
	if code := envelope.Fault.Code; code != "" {
		n, err := strconv.ParseUint(code, 10, 32)
		if err != nil {
			c.t.Errorf("fault code %q: %v", code, err)
		}
		r.fault = wsman.FaultCode(n)
	}
	return r, nil
}

// ask sends a message that must be answered.
func (c *client) ask(m *soap.SoapMessage) result {
	c.t.Helper()
	defer m.Free()
	r, err := c.send(c.t.Context(), m.String())
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *client) open() string {
	c.t.Helper()
	r := c.ask(winrm.NewOpenShellRequest(url, c.params))
	id, err := winrm.ParseOpenShellResponse(r.raw)
	if err != nil || id == "" {
		c.t.Fatalf("open a shell: %v: %d %s", err, r.status, r.raw)
	}
	return id
}

func (c *client) command(shell, line string, args ...string) string {
	c.t.Helper()
	r := c.ask(winrm.NewExecuteCommandRequest(url, shell, line, args, c.params))
	id, err := winrm.ParseExecuteCommandResponse(r.raw)
	if err != nil || id == "" {
		c.t.Fatalf("start a command: %v: %d %s", err, r.status, r.raw)
	}
	return id
}

func (c *client) receive(shell, command string) result {
	c.t.Helper()
	return c.ask(winrm.NewGetOutputRequest(url, shell, command, "stdout stderr", c.params))
}

// collect receives until the command is done.
func (c *client) collect(shell, command string) (stdout, stderr string, exit, replies int) {
	c.t.Helper()
	var out, errs bytes.Buffer
	for {
		r := c.receive(shell, command)
		replies++
		if r.fault == wsman.FaultTimedOut {
			continue
		}
		if r.status != http.StatusOK {
			c.t.Fatalf("receive: %d %s", r.status, r.raw)
		}
		if len(r.raw) > c.params.EnvelopeSize {
			c.t.Errorf("a reply of %d bytes is longer than the %d asked for", len(r.raw), c.params.EnvelopeSize)
		}
		done, code, err := winrm.ParseSlurpOutputErrResponse(r.raw, &out, &errs)
		if err != nil {
			c.t.Fatal(err)
		}
		if done {
			return out.String(), errs.String(), code, replies
		}
	}
}

// message is a hand-made request in other prefixes than masterzen's.
func message(action, shell, header, body string) string {
	return `<?xml version="1.0" encoding="utf-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:wsman="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"` +
		` xmlns:sh="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><env:Header>` +
		`<wsa:Action env:mustUnderstand="true">` + action + `</wsa:Action><wsa:MessageID>uuid:1&amp;2</wsa:MessageID>` +
		`<wsman:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd</wsman:ResourceURI>` + header +
		`<wsman:SelectorSet><wsman:Selector Name="ShellId">` + shell + `</wsman:Selector></wsman:SelectorSet>` +
		`</env:Header><env:Body>` + body + `</env:Body></env:Envelope>`
}

const (
	createURI  = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
	deleteURI  = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete"
	commandURI = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command"
	sendURI    = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Send"
	receiveURI = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Receive"
	signalURI  = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Signal"
)

// post sends a hand-made message that must be answered.
func (c *client) post(message string) result {
	c.t.Helper()
	r, err := c.send(c.t.Context(), message)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}
