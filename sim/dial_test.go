package sim_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/masterzen/winrm"
	"gopkg.in/yaml.v3"

	"github.com/arcwright/arcwright/provision"
	own "github.com/arcwright/arcwright/provision/winrm"
	"github.com/arcwright/arcwright/sim"
)

func TestDial(t *testing.T) {
	d := world(t, example(t, "quickstart"), sim.Options{Seed: 7})
	for _, address := range []string{"brhv01.corp.contoso.com:5986", "BRHV01:5986", "10.40.10.11:5986"} {
		c, err := d.Dial(t.Context(), "tcp", address)
		if err != nil {
			t.Errorf("dial %s: %v", address, err)
			continue
		}
		if got := c.RemoteAddr().String(); got != "10.40.10.11:5986" {
			t.Errorf("dial %s led to %s", address, got)
		}
		c.Close()
	}
	for _, address := range []string{"brhv01:5987", "10.40.10.99:6443", "10.40.20.200:6443"} {
		if _, err := d.Dial(t.Context(), "tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dial %s gave %v, want refused", address, err)
		}
	}
	var unknown *net.DNSError
	if _, err := d.Dial(t.Context(), "tcp", "brhv99.corp.contoso.com:5986"); !errors.As(err, &unknown) {
		t.Errorf("a name that nobody has gave %v", err)
	}
	for _, address := range []string{"brhv01", "brhv01:winrm"} {
		if _, err := d.Dial(t.Context(), "tcp", address); err == nil {
			t.Errorf("dial %s worked", address)
		}
	}
}

func TestADialToABlackHoleEndsWithItsClient(t *testing.T) {
	d := world(t, example(t, "quickstart"), sim.Options{Seed: 7})
	if err := d.Inject(sim.Fault{Kind: sim.HostUnreachable, Host: "brhv01"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("had enough")
	dialled := make(chan error, 1)
	d.Clock().Busy(+1)
	d.Clock().Wire(+1)
	go func() {
		_, err := d.Dial(ctx, "tcp", "brhv01:5986")
		dialled <- err
	}()
	if err := d.Clock().Sleep(t.Context(), time.Hour); err != nil { // it passes at once, so the dial is parked
		t.Fatal(err)
	}
	cancel(reason)
	if err := <-dialled; !errors.Is(err, reason) {
		t.Errorf("the dial gave %v", err)
	}
}

func TestADialWaitsForAHostThatComesBack(t *testing.T) {
	d := world(t, example(t, "quickstart"), sim.Options{Seed: 7})
	if err := d.Inject(sim.Fault{Kind: sim.HostUnreachable, Host: "brhv01", For: 20 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	d.Clock().Wire(+1)
	c, err := d.Dial(t.Context(), "tcp", "brhv01:5986")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if waited := d.Clock().Now().Sub(d.Start()); waited != 20*time.Minute {
		t.Errorf("the dial waited %v", waited)
	}
}

// masterzen/winrm was not written for this server. A command that waits needs nobody who
// says so: its request is the only one on the wire.
func TestAForeignClientRunsACommand(t *testing.T) {
	d := world(t, example(t, "quickstart"), sim.Options{Seed: 7, Speed: 600, Start: time.Now()})
	user, password := d.Account()
	_, name, _ := strings.Cut(user, `\`)
	params := winrm.NewParameters("PT20S", "en-US", 153600)
	params.Dial = func(network, address string) (net.Conn, error) { return d.Dial(t.Context(), network, address) }
	params.TransportDecorator = func() winrm.Transporter { return winrm.NewClientNTLMWithDial(params.Dial) }
	endpoint := winrm.NewEndpoint("brhv02.corp.contoso.com", 5986, true, false, d.CAPEM(), nil, nil, 20*time.Second)
	client, err := winrm.NewClientWithParameters(endpoint, name, password, params)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	for command, want := range map[string]struct {
		exit int
		out  string
	}{"hostname": {0, "brhv02\r\n"}, "format c:": {1, "'format' is not recognized"}} {
		stdout.Reset()
		stderr.Reset()
		exit, err := client.RunWithContext(t.Context(), command, &stdout, &stderr)
		if err != nil || exit != want.exit || !strings.Contains(stdout.String()+stderr.String(), want.out) {
			t.Errorf("%s ended with %d, %v and printed %q %q", command, exit, err, stdout.String(), stderr.String())
		}
	}
	if n := d.OpenShells(); n != 0 {
		t.Errorf("%d shells were left open", n)
	}
}

func TestAWrongPasswordIsRefused(t *testing.T) {
	d := world(t, example(t, "quickstart"), sim.Options{Seed: 7})
	user, password := d.Account()
	for _, who := range []struct{ user, password string }{{user, password + "x"}, {"somebody", password}} {
		d.Clock().Busy(+1)
		c := own.New(own.Host{Name: "brhv01.corp.contoso.com", Auth: own.AuthNTLM, User: who.user, Password: who.password, RootCAs: d.RootCAs()}, d.Dial, d.Clock())
		_, err := c.Run(t.Context(), own.Command{Line: "hostname"})
		if own.Class(err) != own.ClassAuth {
			t.Errorf("%s was let in: %v", who.user, err)
		}
		c.Close()
		d.Clock().Busy(-1)
	}
}

// Whoever is outside of the process finds the world through its folder.
func TestAServedWorldIsReachedFromOutside(t *testing.T) {
	p := example(t, "quickstart")
	dir := t.TempDir()
	past := world(t, p, sim.Options{Seed: 7, World: dir})
	if outcome, _ := apply(t, p, past); outcome != provision.OutcomeDone {
		t.Fatal(outcome)
	}
	if err := past.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sim.Connect(dir); !errors.Is(err, sim.ErrNotServed) {
		t.Errorf("connecting to a world that nobody serves gave %v", err)
	}
	if _, err := sim.Connect(t.TempDir()); !errors.Is(err, sim.ErrNotServed) {
		t.Errorf("connecting to no world gave %v", err)
	}

	d := world(t, p, sim.Options{Seed: 7, World: dir, Speed: 10})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := d.Serve(ctx, "192.0.2.1"); err == nil {
		t.Error("it is served on an address that is not loopback")
	}
	endpoints, err := d.Serve(ctx, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if len(endpoints) != 4 {
		t.Errorf("two hosts, their KDC and a cluster are served as %v", endpoints)
	}
	r, err := sim.Connect(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if apart := r.Clock().Now().Sub(d.Clock().Now()).Abs(); apart > 10*time.Second { // one here
		t.Errorf("the clocks are %v apart", apart)
	}
	user, password := r.Account()
	c := own.New(own.Host{Name: "brhv02.corp.contoso.com", Auth: own.AuthNTLM, User: user, Password: password, RootCAs: r.RootCAs()}, r.Dial, r.Clock())
	result, err := c.Run(t.Context(), own.Command{Line: "hostname"})
	if err != nil || string(result.Stdout) != "brhv02\r\n" {
		t.Errorf("hostname printed %q, %v", result.Stdout, err)
	}
	c.Close()
	for _, address := range []string{"brhv02:22", "10.9.9.9:6443"} {
		if _, err := r.Dial(t.Context(), "tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dial %s gave %v", address, err)
		}
	}
	if nodes := throughKubeconfig(t, filepath.Join(dir, "serve", "shop.kubeconfig"), "/api/v1/nodes"); strings.Count(nodes, `"type":"Ready"`) != 6 {
		t.Errorf("the nodes are %s", nodes)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sim.Connect(dir); !errors.Is(err, sim.ErrNotServed) {
		t.Errorf("connecting to a closed world gave %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "serve")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("kubeconfigs are left behind: %v", err)
	}
}

func TestAWorldThatRunsFlatOutIsNotServed(t *testing.T) {
	d := world(t, example(t, "quickstart"), sim.Options{Seed: 7, World: t.TempDir()})
	if _, err := d.Serve(t.Context(), "127.0.0.1"); !errors.Is(err, sim.ErrNoSpeed) {
		t.Errorf("serving gave %v", err)
	}
}

// throughKubeconfig reads from a cluster with what is in a file and nothing else, as curl would.
func throughKubeconfig(t *testing.T, file, path string) string {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s may be read by others: %v", file, info.Mode())
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var k struct {
		Clusters []struct {
			Cluster struct {
				Server string `yaml:"server"`
				CA     string `yaml:"certificate-authority-data"`
			}
		}
		Users []struct {
			User struct {
				Certificate string `yaml:"client-certificate-data"`
				Key         string `yaml:"client-key-data"`
			}
		}
	}
	if err := yaml.Unmarshal(text, &k); err != nil {
		t.Fatal(err)
	}
	cert, err := tls.X509KeyPair(fromBase64(t, k.Users[0].User.Certificate), fromBase64(t, k.Users[0].User.Key))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	block, _ := pem.Decode(fromBase64(t, k.Clusters[0].Cluster.CA))
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(ca)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{cert}}}}
	resp, err := client.Get(k.Clusters[0].Cluster.Server + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func fromBase64(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
