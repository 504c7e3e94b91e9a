package kube

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

var dawn = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// testClock stands at dawn, counts tokens, and fires deadlines when a test says so.
type testClock struct {
	mu     sync.Mutex
	now    time.Time
	busy   int
	wire   int
	alarms []func()
}

func (c *testClock) Now() time.Time { return c.now }

func (c *testClock) Sleep(context.Context, time.Duration) error { panic("nobody sleeps here") }

func (c *testClock) AfterFunc(_ time.Duration, f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := len(c.alarms)
	c.alarms = append(c.alarms, f)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		was := c.alarms[i] != nil
		c.alarms[i] = nil
		return was
	}
}

// ring ends every deadline that is set.
func (c *testClock) ring() {
	c.mu.Lock()
	var due []func()
	for i, f := range c.alarms {
		if f != nil {
			due = append(due, f)
			c.alarms[i] = nil
		}
	}
	c.mu.Unlock()
	for _, f := range due {
		f()
	}
}

func (c *testClock) Busy(delta int) { c.mu.Lock(); c.busy += delta; c.mu.Unlock() }
func (c *testClock) Wire(delta int) { c.mu.Lock(); c.wire += delta; c.mu.Unlock() }

// authority signs certificates that are valid for a day around dawn.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: dawn.Add(-12 * time.Hour), NotAfter: dawn.Add(12 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return a
}

// issue is a certificate and its key, both in PEM.
func (a *authority) issue(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name, Organization: []string{"system:masters"}},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: dawn.Add(-12 * time.Hour), NotAfter: dawn.Add(12 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.cert, &own.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := x509.MarshalECPrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: bytes})
}

// seen is a request as the server saw it.
type seen struct {
	method, path, query, content, user, token string
	body                                      map[string]any
}

// server is an API server that answers by a function and remembers what it was asked.
type server struct {
	*httptest.Server
	authority *authority
	clock     *testClock
	answer    func(w http.ResponseWriter, r seen)

	mu   sync.Mutex
	asks []seen
}

func newServer(t *testing.T, answer func(w http.ResponseWriter, r seen)) *server {
	t.Helper()
	s := &server{authority: newAuthority(t), clock: &testClock{now: dawn, busy: 1}, answer: answer}
	s.Server = httptest.NewUnstartedServer(s)
	cert, key := s.authority.issue(t, "kube-apiserver")
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what some tests want
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ask := seen{method: r.Method, path: r.URL.Path, query: r.URL.RawQuery, content: r.Header.Get("Content-Type"), token: r.Header.Get("Authorization")}
	if len(r.TLS.PeerCertificates) > 0 {
		ask.user = r.TLS.PeerCertificates[0].Subject.CommonName
	}
	if text, _ := io.ReadAll(r.Body); len(text) > 0 {
		if err := json.Unmarshal(text, &ask.body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	s.mu.Lock()
	s.asks = append(s.asks, ask)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	s.answer(w, ask)
}

// kubeconfig is one for the server, with a client certificate.
func (s *server) kubeconfig(t *testing.T) []byte {
	t.Helper()
	cert, key := s.authority.issue(t, "kubernetes-admin")
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters:
- {name: shop, cluster: {server: %q, certificate-authority-data: %s}}
users:
- {name: admin, user: {client-certificate-data: %s, client-key-data: %s}}
contexts:
- {name: admin@shop, context: {cluster: shop, user: admin}}
current-context: admin@shop
`, s.URL, b64(s.authority.pem), b64(cert), b64(key))
}

func b64(text []byte) string { return base64.StdEncoding.EncodeToString(text) }

// client is one that signs in with a certificate. At the end every token must be back.
func (s *server) client(t *testing.T) *Client {
	t.Helper()
	credential, err := ParseCredential(s.kubeconfig(t))
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(credential, (&net.Dialer{}).DialContext, s.clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		s.clock.ring()
		if s.clock.busy != 1 || s.clock.wire != 0 {
			t.Errorf("%d busy and %d wire tokens are left, want 1 and 0", s.clock.busy, s.clock.wire)
		}
	})
	return c
}

// status answers with a failure as an API server does.
func status(w http.ResponseWriter, code int, reason, message string, causes ...map[string]string) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message,
		"details": map[string]any{"causes": causes},
	})
}
