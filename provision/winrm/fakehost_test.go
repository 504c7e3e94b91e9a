package winrm

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A fakeHost answers WS-Management as far as this package asks for it. It is not the
// simulator: it exists to do one thing wrong at a time.
type fakeHost struct {
	t     *testing.T
	clk   *testClock
	host  Host
	cert  tls.Certificate
	addr  string
	guard func(r *http.Request) (http.Header, bool) // nil lets everybody in

	mu      sync.Mutex
	dials   int
	ops     []string // in order of arrival
	asked   map[string]int
	shells  map[string]*fakeShell
	named   int
	logins  int           // requests with credentials
	latency time.Duration // of every answer
	// hook may answer a request itself; n counts the requests of that kind from 1.
	hook func(w http.ResponseWriter, r *http.Request, op string, n int) bool
	run  func(line string, stdin []byte) fakeOutput
}

type fakeShell struct {
	line    string
	stdin   []byte
	closed  bool
	started bool
	left    fakeOutput
}

type fakeOutput struct {
	takes          time.Duration
	stdout, stderr []byte
	exit           int
}

// greeting is a request that only begins a login.
const greeting = "Greeting"

const fakePassword = "correct-horse-battery"

func newFakeHost(t *testing.T) *fakeHost {
	t.Helper()
	h := &fakeHost{t: t, clk: newTestClock(t), shells: map[string]*fakeShell{}, asked: map[string]int{}}
	h.run = func(string, []byte) fakeOutput { return fakeOutput{} }
	h.cert = newCertificate(t, "node01.contoso.lab", start.AddDate(0, 0, -1), start.AddDate(1, 0, 0))
	h.host = Host{
		Name: "node01.contoso.lab", Port: 5986, RootCAs: roots(h.cert),
		Auth: AuthBasic, AllowBasic: true, User: "arc", Password: fakePassword,
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(h.serve))
	srv.Config.ConnContext = withLogin
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{h.cert}, ClientAuth: tls.RequestClientCert, Time: h.clk.Now}
	srv.StartTLS()
	h.addr = srv.Listener.Addr().String()
	t.Cleanup(srv.Close)
	return h
}

// client is a client of the host, closed at the end of the test before the tokens are
// counted.
func (h *fakeHost) client() *Client {
	c := New(h.host, h.dial, h.clk)
	h.t.Cleanup(c.Close)
	return c
}

func (h *fakeHost) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if address != "node01.contoso.lab:5986" {
		h.t.Errorf("dialled %s", address)
	}
	h.mu.Lock()
	h.dials++
	h.mu.Unlock()
	conn, err := new(net.Dialer).DialContext(ctx, network, h.addr)
	if err != nil {
		return nil, err
	}
	return leavingConn{conn, h.clk, conn.LocalAddr().String()}, nil
}

// A leavingConn tells the clock that the client has gone before the host can notice.
type leavingConn struct {
	net.Conn
	clk  *testClock
	name string
}

func (c leavingConn) Close() error {
	c.clk.leave(c.name)
	return c.Conn.Close()
}

func (h *fakeHost) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m, op := new(request), greeting
	if len(body) > 0 {
		if m, err = parseRequest(body); err != nil {
			h.t.Errorf("request: %v", err)
			return
		}
		op = m.op()
	}
	h.mu.Lock()
	if op != greeting {
		h.ops = append(h.ops, op)
	}
	h.asked[op]++
	n := h.asked[op]
	hook, latency := h.hook, h.latency
	if r.Header.Get("Authorization") != "" {
		h.logins++
	}
	h.mu.Unlock()
	if hook != nil && hook(w, r, op, n) {
		return
	}
	if h.guard != nil && op != "Identify" {
		if header, ok := h.guard(r); !ok {
			for k, v := range header {
				w.Header()[k] = v
			}
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
	}
	if op == greeting {
		h.t.Error("a message without a body was let in")
	}
	if len(body) > envelopeSize {
		answerFault(w, 2150858790, "EncodingLimit", "the message is too long")
		return
	}
	if latency > 0 && !h.clk.park(r, latency) {
		return
	}
	h.answer(w, r, m)
}

func (h *fakeHost) answer(w http.ResponseWriter, r *http.Request, m *request) {
	h.mu.Lock()
	s := h.shells[m.shell()]
	if s == nil && m.op() != "Create" && m.op() != "Identify" {
		h.mu.Unlock()
		answerFault(w, codeShellNotFound, "InvalidSelectors", "no such shell")
		return
	}
	var text string
	var takes time.Duration
	switch m.op() {
	case "Identify":
		text = `<id:IdentifyResponse xmlns:id="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><id:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</id:ProtocolVersion><id:ProductVendor>Microsoft Corporation</id:ProductVendor><id:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</id:ProductVersion></id:IdentifyResponse>`
	case "Create":
		h.named++
		id := fmt.Sprintf("5E110000-0000-0000-0000-%012d", h.named)
		h.shells[id] = &fakeShell{}
		text = "<rsp:Shell><rsp:ShellId>" + id + "</rsp:ShellId></rsp:Shell>"
	case "Command":
		s.line = m.Body.CommandLine.Command
		text = "<rsp:CommandResponse><rsp:CommandId>C0</rsp:CommandId></rsp:CommandResponse>"
	case "Send":
		data, err := base64.StdEncoding.DecodeString(m.Body.Send.Stream.Data)
		if err != nil || s.closed {
			h.t.Errorf("stdin after its end, or not in base64: %v", err)
		}
		s.stdin = append(s.stdin, data...)
		s.closed = m.Body.Send.Stream.End == "true"
		text = "<rsp:SendResponse/>"
	case "Receive":
		if !s.started {
			s.started = true
			s.left = h.run(s.line, s.stdin)
			takes = s.left.takes
		}
		text = s.left.next()
	case "Signal":
		text = "<rsp:SignalResponse/>"
	case "Delete":
		delete(h.shells, m.shell())
	}
	h.mu.Unlock()
	if takes > 0 && !h.clk.park(r, takes) {
		return
	}
	respond(w, http.StatusOK, text)
}

// next is at most 60 KiB of each stream, in two elements.
func (o *fakeOutput) next() string {
	var b strings.Builder
	for _, s := range []struct {
		name string
		data *[]byte
	}{{"stdout", &o.stdout}, {"stderr", &o.stderr}} {
		for range 2 {
			n := min(30<<10, len(*s.data))
			fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="C0">%s</rsp:Stream>`, s.name, base64.StdEncoding.EncodeToString((*s.data)[:n]))
			*s.data = (*s.data)[n:]
		}
	}
	if len(o.stdout)+len(o.stderr) == 0 {
		fmt.Fprintf(&b, `<rsp:CommandState CommandId="C0" State="%s"><rsp:ExitCode>%d</rsp:ExitCode></rsp:CommandState>`, stateDone, o.exit)
	}
	return "<rsp:ReceiveResponse>" + b.String() + "</rsp:ReceiveResponse>"
}

// A request is decoded by its own types, so that both sides cannot share one mistake.
type request struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Header  struct {
		Action    string `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing Action"`
		Timeout   string `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd OperationTimeout"`
		Selectors []struct {
			Name  string `xml:"Name,attr"`
			Value string `xml:",chardata"`
		} `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd SelectorSet>Selector"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Header"`
	Body struct {
		CommandLine struct{ Command string }
		Send        struct {
			Stream struct {
				Data string `xml:",chardata"`
				End  string `xml:"End,attr"`
			}
		}
		Identify *struct{}
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

func parseRequest(body []byte) (*request, error) {
	m := new(request)
	return m, xml.Unmarshal(body, m)
}

func (m *request) op() string {
	if m.Body.Identify != nil {
		return "Identify"
	}
	return m.Header.Action[strings.LastIndexByte(m.Header.Action, '/')+1:]
}

func (m *request) shell() string {
	for _, s := range m.Header.Selectors {
		if s.Name == "ShellId" {
			return s.Value
		}
	}
	return ""
}

func respond(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header/><s:Body>`+body+`</s:Body></s:Envelope>`)
}

func answerFault(w http.ResponseWriter, code uint32, subcode, text string) {
	respond(w, http.StatusInternalServerError, fmt.Sprintf(`<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:%s</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">the request went wrong </s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="%d" Machine="node01"><f:Message>%s </f:Message></f:WSManFault></s:Detail></s:Fault>`, subcode, code, text))
}

func (h *fakeHost) count(op string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.asked[op]
}

func (h *fakeHost) state() (ops []string, shells, dials, logins int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.ops), len(h.shells), h.dials, h.logins
}

// noShells fails the test if a shell has been left behind. Call it after Close.
func (h *fakeHost) noShells() {
	h.t.Helper()
	if _, shells, _, _ := h.state(); shells != 0 {
		h.t.Errorf("%d shells left on the host", shells)
	}
}

func newCertificate(t *testing.T, name string, from, to time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func roots(certs ...tls.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c.Leaf)
	}
	return p
}

// await waits for a state that another goroutine is about to reach.
func await(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !reached(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
