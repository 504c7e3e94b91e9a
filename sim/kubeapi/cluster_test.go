package kubeapi_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
)

// born is when the clusters of these tests came to be; their worlds start an hour later.
var born = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// cluster is a simulated cluster on a loopback address, and the means to log in.
type cluster struct {
	*kubeapi.Server
	line    *timeline.Line
	address string
	ca      *authority
	plain   *http.Client
}

// start serves a cluster until the test is over.
func start(t testing.TB, change ...func(*kubeapi.Options)) *cluster {
	t.Helper()
	c := unserved(t, change...)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.address = listener.Addr().String()
	c.plain = c.browser(t)
	served := make(chan error, 1)
	go func() { served <- c.Serve(listener) }()
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return c
}

// unserved makes a cluster that nobody serves yet.
func unserved(t testing.TB, change ...func(*kubeapi.Options)) *cluster {
	t.Helper()
	c := &cluster{line: timeline.New(born.Add(time.Hour), 0), ca: newAuthority(t)}
	options := kubeapi.Options{
		Name: "workload-1", Version: "v1.28.5", Line: c.line, Born: born, Seed: 7,
		CloudAgent: "ca-1.corp.example", StorageContainer: "MocStorageContainer",
		Certificate: c.ca.issue(t, "kube-apiserver", born.AddDate(100, 0, 0)),
		ClientCAs:   c.ca.pool, Tokens: map[string]string{"letmein": "operator"},
	}
	for _, f := range change {
		f(&options)
	}
	server, err := kubeapi.New(options)
	if err != nil {
		t.Fatal(err)
	}
	c.Server = server
	return c
}

// config logs a client in with a token and has it speak JSON.
func (c *cluster) config() *rest.Config {
	return &rest.Config{
		Host: "https://" + c.address, BearerToken: "letmein", QPS: -1, UserAgent: "tester/1.0",
		ContentConfig:   rest.ContentConfig{ContentType: "application/json"},
		TLSClientConfig: rest.TLSClientConfig{CAData: c.ca.pem},
	}
}

func (c *cluster) typed(t testing.TB) *kubernetes.Clientset {
	t.Helper()
	client, err := kubernetes.NewForConfig(c.config())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (c *cluster) dynamic(t testing.TB) *dynamic.DynamicClient {
	t.Helper()
	client, err := dynamic.NewForConfig(c.config())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// browser is a plain HTTP client that trusts the cluster and shows the given certificates.
func (c *cluster) browser(t testing.TB, shown ...tls.Certificate) *http.Client {
	t.Helper()
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: c.ca.pool, Certificates: shown},
		ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// reply is what a raw request brought back.
type reply struct {
	*http.Response
	text string
	doc  map[string]any
}

// ask sends a raw request with the token. Headers are given as "Name: value".
func (c *cluster) ask(t testing.TB, method, path, body string, headers ...string) reply {
	t.Helper()
	return c.askAs(t, c.plain, method, path, body, append([]string{"Authorization: Bearer letmein"}, headers...)...)
}

func (c *cluster) askAs(t testing.TB, client *http.Client, method, path, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "https://"+c.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	r := reply{Response: resp, text: string(text)}
	if resp.Header.Get("Content-Type") == "application/json" {
		decoder := json.NewDecoder(bytes.NewReader(text))
		if err := decoder.Decode(&r.doc); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return r
}

// put registers a node as the world would.
func (c *cluster) put(t testing.TB, name string, change ...func(*kubeapi.Node)) {
	t.Helper()
	n := kubeapi.Node{Name: name, Address: netip.MustParseAddr("10.0.0.11"), OS: kubeapi.Linux, Version: "v1.28.5",
		Cores: 4, Memory: 8 * planner.Bytes(1<<30), MaxPods: 110, Ready: true}
	for _, f := range change {
		f(&n)
	}
	var err error
	c.line.Do(func(turn *timeline.Turn) { err = c.PutNode(turn, n) })
	if err != nil {
		t.Fatal(err)
	}
}

// authority signs the certificates of one cluster.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pool        *x509.CertPool
	pem         []byte
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kubernetes"}, NotBefore: born.AddDate(-20, 0, 0), NotAfter: born.AddDate(100, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{key: key, pool: x509.NewCertPool(), pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pool.AddCert(a.certificate)
	return a
}

// issue signs a certificate that serves a loopback server as well as a client.
func (a *authority) issue(t testing.TB, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: born.AddDate(-20, 0, 0), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
