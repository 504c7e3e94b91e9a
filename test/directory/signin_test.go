//go:build samba

package directory_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kerberos"
	"github.com/arcwright/arcwright/provision/winrm"
	simkerberos "github.com/arcwright/arcwright/sim/kerberos"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
)

// signInByTickets runs a command on a simulated host whose key is that of its account in the
// domain, with tickets that the domain controller has given.
func signInByTickets(t *testing.T, l *lab, keytabFile string) {
	const host = "keytab-hv1.lab.example"
	keys, err := keytab.Load(keytabFile)
	if err != nil {
		t.Fatal(err)
	}
	// The keytab is that of the account; its service names share the key.
	account := types.NewPrincipalName(1, "KEYTAB-HV1$")
	at, roots := simulatedHost(t, host, func(_, realm string, version int, cipher int32) ([]byte, bool) {
		key, _, err := keys.GetEncryptionKey(account, realm, version, cipher)
		return key.KeyValue, err == nil
	})
	text, err := os.ReadFile(filepath.Join(os.Getenv("ARCWRIGHT_LAB"), "krb5.conf"))
	if err != nil {
		t.Fatal(err)
	}
	realm, err := kerberos.ParseConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, host) {
			address = at
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	run := func(password string) (winrm.Result, error) {
		tickets, err := kerberos.New(realm, kerberos.Identity{User: "Administrator@LAB.EXAMPLE", Password: password}, dial, clock.Real{})
		if err != nil {
			t.Fatal(err)
		}
		c := winrm.New(winrm.Host{Name: host, Auth: winrm.AuthKerberos, User: "Administrator@LAB.EXAMPLE", Kerberos: tickets, RootCAs: roots}, dial, clock.Real{})
		defer c.Close()
		return c.Run(t.Context(), winrm.Command{Line: "hostname"})
	}
	got, err := run(l.server.Password)
	if err != nil || strings.TrimSpace(string(got.Stdout)) != host {
		t.Errorf("the host answers %q, %v", got.Stdout, err)
	}
	var refused *kerberos.Error
	if _, err := run("not the password"); !errors.As(err, &refused) || refused.Code != kerberos.CodePreauthFailed || winrm.Class(err) != winrm.ClassAuth {
		t.Errorf("a wrong password gives %v", err)
	}
}

// simulatedHost is one that takes tickets alone and knows one command.
func simulatedHost(t *testing.T, name string, key func(service, realm string, version int, cipher int32) ([]byte, bool)) (string, *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().AddDate(0, 0, -1), NotAfter: time.Now().AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	line := timeline.New(time.Now().UTC(), 1)
	t.Cleanup(line.Close)
	server := wsman.New(wsman.Options{
		Host: name, TLS: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private, Leaf: leaf}}}, Line: line,
		Accounts: func(string) (string, bool) { return "", true }, Basic: func() bool { return false },
		Kerberos: &simkerberos.Acceptor{Now: time.Now, Key: key},
		Run: func(_ context.Context, c wsman.Call) wsman.Outcome {
			return wsman.Outcome{Stdout: []byte(name + "\r\n")}
		},
		ErrorLog: log.New(io.Discard, "", 0),
	})
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(door) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve returned %v", err)
		}
		if n := server.OpenShells(); n != 0 {
			t.Errorf("%d shells were left open", n)
		}
	})
	return door.Addr().String(), roots
}
