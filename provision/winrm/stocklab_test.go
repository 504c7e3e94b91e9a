package winrm_test

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
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	stock "github.com/masterzen/winrm"

	"github.com/arcwright/arcwright/provision/kerberos"
	"github.com/arcwright/arcwright/provision/winrm"
	simkerberos "github.com/arcwright/arcwright/sim/kerberos"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
)

const (
	labHost     = "localhost" // stock transports cannot all be told how to dial
	labUser     = "arc"
	labPassword = "correct-horse-battery-Ä"
	labRealm    = "LAB.EXAMPLE"
	tooLong     = 10 * time.Second
)

// A lab is one simulated host behind a real port, which foreign clients and ours both use.
type lab struct {
	t      testing.TB
	line   *timeline.Line
	server *wsman.Server
	addr   string
	port   int
	cert   tls.Certificate
	ca     []byte
	roots  *x509.CertPool
	key    []byte // of the host, for Kerberos
	// hostKey is the key that the host has, when it is another.
	hostKey []byte

	mu      sync.Mutex
	log     []wsman.Entry
	arrived map[wsman.Action]int
	dials   int
	kept    int // connections of stock clients
	calls   []wsman.Call
	trouble func(wsman.Action) wsman.Trouble
	run     func(wsman.Call) wsman.Outcome

	kdc     *simkerberos.KDC
	kdcAddr string
	asked   int // connections to the KDC
}

// newLab starts a host in world time that runs at the given speed.
func newLab(t testing.TB, speed float64, change func(*wsman.Options)) *lab {
	t.Helper()
	l := &lab{t: t, arrived: map[wsman.Action]int{}, line: timeline.New(time.Now().UTC(), speed), key: bytes.Repeat([]byte{7}, 32), run: func(wsman.Call) wsman.Outcome { return wsman.Outcome{} }}
	t.Cleanup(l.line.Close)
	l.issue()
	o := wsman.Options{
		Host: labHost, TLS: &tls.Config{Certificates: []tls.Certificate{l.cert}}, Line: l.line, ErrorLog: log.New(io.Discard, "", 0),
		Accounts: func(user string) (string, bool) {
			return labPassword, user == labUser || user == labUser+"@"+labRealm
		},
		NeedsStdin: func(command string, _ []string) bool {
			return strings.HasPrefix(command, "read") || strings.Contains(command, "-EncodedCommand")
		},
		Run: func(_ context.Context, c wsman.Call) wsman.Outcome {
			l.mu.Lock()
			l.calls = append(l.calls, c)
			run := l.run
			l.mu.Unlock()
			return run(c)
		},
		Trouble: func(_ *timeline.Turn, a wsman.Action) wsman.Trouble {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.arrived[a]++
			if l.trouble == nil {
				return wsman.Trouble{}
			}
			return l.trouble(a)
		},
		Transcript: func(e wsman.Entry) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.log = append(l.log, e)
		},
		Kerberos: &simkerberos.Acceptor{Now: l.line.Now, Key: func(string, string, int, int32) ([]byte, bool) {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.hostKey != nil {
				return l.hostKey, true
			}
			return l.key, true
		}},
	}
	if change != nil {
		change(&o)
	}
	l.server = wsman.New(o)
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.addr, l.port = door.Addr().String(), door.Addr().(*net.TCPAddr).Port
	served := make(chan error, 1)
	go func() { served <- l.server.Serve(door) }()
	t.Cleanup(func() {
		if err := l.server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve returned %v", err)
		}
	})
	return l
}

func (l *lab) issue() {
	l.cert, l.ca, l.roots = certificate(l.t, labHost)
}

func (l *lab) serverTLS() *tls.Config { return &tls.Config{Certificates: []tls.Certificate{l.cert}} }

func certificate(t testing.TB, name string) (tls.Certificate, []byte, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().AddDate(0, 0, -1), NotAfter: time.Now().AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), roots
}

// realm starts a KDC that knows the host and the user.
func (l *lab) realm() {
	l.t.Helper()
	l.kdc = simkerberos.NewKDC(simkerberos.Options{
		Realm: labRealm, Now: l.line.Now, Key: bytes.Repeat([]byte{1}, 32),
		Accounts: func(name string) (simkerberos.Account, bool) {
			return simkerberos.Account{Password: labPassword}, name == labUser
		},
		Service: func(name string) ([]byte, bool) { return l.key, name == "HTTP/"+labHost },
	})
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		l.t.Fatal(err)
	}
	l.kdcAddr = door.Addr().String()
	served := make(chan error, 1)
	go func() { served <- l.kdc.Serve(countingDoor{door, l}) }()
	l.t.Cleanup(func() {
		_ = l.kdc.Close()
		<-served
	})
}

// A countingDoor counts who comes in.
type countingDoor struct {
	net.Listener
	lab *lab
}

func (d countingDoor) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if err == nil {
		d.lab.mu.Lock()
		d.lab.asked++
		d.lab.mu.Unlock()
	}
	return c, err
}

func (l *lab) krb5conf() string {
	l.t.Helper()
	path := filepath.Join(l.t.TempDir(), "krb5.conf")
	text := fmt.Sprintf("[libdefaults]\n default_realm = %s\n udp_preference_limit = 1\n[realms]\n %s = {\n  kdc = %s\n }\n", labRealm, labRealm, l.kdcAddr)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return path
}

func (l *lab) tickets(password string) *kerberos.Client {
	l.t.Helper()
	c, err := kerberos.New(kerberos.Config{Realm: labRealm, KDCs: map[string][]string{labRealm: {l.kdcAddr}}}, kerberos.Identity{User: labUser, Password: password},
		new(net.Dialer).DialContext, l.line)
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// stock is a client of masterzen/winrm; nil is its default transport, for Basic.
func (l *lab) stock(transport stock.Transporter, timeout time.Duration) *stock.Client {
	l.t.Helper()
	params := stock.NewParameters("PT20S", "en-US", 153600)
	params.Dial = l.dialPlain
	if transport != nil {
		params.TransportDecorator = func() stock.Transporter { return transport }
	}
	c, err := stock.NewClientWithParameters(stock.NewEndpoint(labHost, l.port, true, false, l.ca, nil, nil, timeout), labUser, labPassword, params)
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

func (l *lab) dialPlain(network, _ string) (net.Conn, error) {
	return l.dialInto(context.Background(), &l.kept, network)
}

// dialInto counts the connection in open until it is closed.
func (l *lab) dialInto(ctx context.Context, open *int, network string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, l.addr)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dials++
	*open++
	return &countedConn{Conn: c, closed: sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		*open--
	})}, nil
}

type countedConn struct {
	net.Conn
	closed func()
}

func (c *countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// ours is our client, which is closed at the end and must leave nothing behind. From here on
// the test holds a busy token; a stock client must not run then, since time stands still
// while it waits.
func (l *lab) ours(change func(*winrm.Host)) *winrm.Client {
	l.t.Helper()
	return l.oursIn(l.t, change)
}

func (l *lab) oursIn(t testing.TB, change func(*winrm.Host)) *winrm.Client {
	t.Helper()
	h := winrm.Host{Name: labHost, Port: l.port, Auth: winrm.AuthBasic, AllowBasic: true, User: labUser, Password: labPassword, RootCAs: l.roots}
	if change != nil {
		change(&h)
	}
	open := 0
	c := winrm.New(h, func(ctx context.Context, network, _ string) (net.Conn, error) { return l.dialInto(ctx, &open, network) }, l.line)
	l.line.Busy(+1)
	t.Cleanup(func() {
		c.Close()
		l.line.Busy(-1)
		await(t, "every connection is closed", func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return open == 0
		})
		if n := l.server.OpenShells(); n != 0 {
			t.Errorf("%d shells were left open", n)
		}
	})
	return c
}

// forget begins to count anew, after the stock client.
func (l *lab) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log, l.calls, l.dials, l.kept, l.asked = nil, nil, 0, 0, 0
	clear(l.arrived)
}

func (l *lab) count(a wsman.Action) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, e := range l.log {
		if e.Action == a {
			n++
		}
	}
	return n
}

// received is how many requests of a kind have come, answered or not.
func (l *lab) received(a wsman.Action) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.arrived[a]
}

func (l *lab) made() (requests, dials, asked int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.log), l.dials, l.asked
}

func (l *lab) stdin() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.calls {
		n += len(c.Stdin)
	}
	return n
}

// set changes what the host does.
func (l *lab) set(run func(wsman.Call) wsman.Outcome, trouble func(wsman.Action) wsman.Trouble) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if run != nil {
		l.run = run
	}
	l.trouble = trouble
}

// on is trouble with one kind of request.
func on(action wsman.Action, trouble wsman.Trouble) func(wsman.Action) wsman.Trouble {
	return func(a wsman.Action) wsman.Trouble {
		if a == action {
			return trouble
		}
		return wsman.Trouble{}
	}
}

func await(t testing.TB, what string, reached func() bool) {
	t.Helper()
	for limit := time.Now().Add(tooLong); !reached(); runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatalf("%s: has not come about", what)
		}
	}
}
