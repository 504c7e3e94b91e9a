package directory_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/arcwright/arcwright/provision/directory"
	simulated "github.com/arcwright/arcwright/sim/directory"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
)

var worldStart = time.Date(2026, 12, 5, 2, 0, 0, 0, time.UTC)

// simulation is the simulated domain controller, on a wire of its own.
func simulation(t *testing.T) *lab {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: worldStart.Add(-time.Hour), NotAfter: worldStart.AddDate(1, 0, 0),
		DNSNames: []string{"dc1.lab.example"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	line := timeline.New(worldStart, 0)
	line.Busy(+1) // the test itself
	server := simulated.New(simulated.Options{Domain: "lab.example", Name: "dc1.lab.example", Password: "Ground-control-1", Line: line,
		TLS: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12, Time: line.Now}})
	at := &net.TCPAddr{IP: net.IPv4(10, 9, 0, 5), Port: 636}
	listener := wire.Listen(at)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		listener.Close()
		server.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return listener.Dial(ctx, at) }
	return &lab{
		server: directory.Server{Address: "dc1.lab.example", Domain: "lab.example", RootCAs: pool, User: `LAB\Administrator`, Password: "Ground-control-1"},
		dial:   dial, clock: line,
		plain: func(t *testing.T) *ldap.Conn {
			t.Helper()
			raw, err := dial(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			conn := ldap.NewConn(tls.Client(raw, &tls.Config{RootCAs: pool, ServerName: "dc1.lab.example", Time: line.Now}), true)
			conn.Start()
			return conn
		},
		expire: func(t *testing.T, l *lab, dn string) {
			line.Do(func(turn *timeline.Turn) { server.Turn(turn, func(p *simulated.Prepare) { p.Expire("gate-late") }) })
		},
	}
}

func TestSimulation(t *testing.T) { suite(t, simulation(t)) }
