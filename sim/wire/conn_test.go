package wire_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/nettest"

	"github.com/arcwright/arcwright/sim/wire"
)

func address(text string) net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(text), Port: 5986}
}

func pipe() (*wire.Conn, *wire.Conn) { return wire.Pipe(address("10.0.0.1"), address("10.0.0.2")) }

func TestConnBehavesAsPackageNetAsks(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		a, b := pipe()
		return a, b, func() { a.Close(); b.Close() }, nil
	})
}

func TestWhatWasWrittenBeforeACloseStillArrives(t *testing.T) {
	a, b := pipe()
	if _, err := a.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(b)
	if err != nil || string(got) != "last words" {
		t.Fatalf("the peer read %q, %v", got, err)
	}
	if _, err := b.Write([]byte("answer")); !errors.Is(err, syscall.EPIPE) {
		t.Fatalf("writing to a closed peer gave %v, want a broken pipe", err)
	}
	if err := a.Close(); !errors.Is(err, net.ErrClosed) {
		t.Fatalf("a second close gave %v, want net.ErrClosed", err)
	}
}

func TestACutIsAResetAtBothEnds(t *testing.T) {
	a, b := pipe()
	if _, err := a.Write([]byte("lost")); err != nil {
		t.Fatal(err)
	}
	b.Cut()
	for name, c := range map[string]net.Conn{"near": a, "far": b} {
		if _, err := c.Read(make([]byte, 8)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("reading at the %s end gave %v, want a reset", name, err)
		}
		if _, err := c.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("writing at the %s end gave %v, want a reset", name, err)
		}
	}
	if err := a.Close(); err != nil {
		t.Errorf("closing a cut connection gave %v", err)
	}
}

func TestAWriterWaitsForASlowReaderAndNotForAShortOne(t *testing.T) {
	a, b := pipe()
	big := bytes.Repeat([]byte("x"), 3<<20)
	wrote := make(chan error, 1)
	go func() { _, err := a.Write(big); a.Close(); wrote <- err }()
	got, err := io.ReadAll(b)
	if err != nil || !bytes.Equal(got, big) {
		t.Fatalf("read %d bytes of %d: %v", len(got), len(big), err)
	}
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
	a, b = pipe()
	if err := a.SetWriteDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Write(big); !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 {
		t.Fatalf("a write that nobody reads ended with %d, %v, want part of it and a deadline", n, err)
	}
	b.Close()
}

// net.Pipe makes tls.Conn.Close wait 5 s here, because nobody reads the alert.
func TestATLSConnectionClosesAtOnceThoughThePeerDoesNotRead(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"host"}}
	der, err := x509.CreateCertificate(nil, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a, b := pipe()
	server := tls.Server(b, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	client := tls.Client(a, &tls.Config{InsecureSkipVerify: true})
	shaken := make(chan error, 1)
	go func() { shaken <- server.Handshake() }()
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-shaken; err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Fatalf("closing took %v", took)
	}
}

func TestListener(t *testing.T) {
	l := wire.Listen(address("10.0.0.2"))
	near, err := l.Dial(t.Context(), address("10.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if near.RemoteAddr().String() != "10.0.0.2:5986" || far.RemoteAddr().String() != "10.0.0.1:5986" {
		t.Fatalf("the ends call each other %v and %v", near.RemoteAddr(), far.RemoteAddr())
	}
	waiting, err := l.Dial(t.Context(), address("10.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	l.Close()
	if _, err := waiting.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Fatalf("a connection that was never accepted reads %v, want EOF", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Fatalf("Accept after Close gave %v", err)
	}
	if _, err := l.Dial(t.Context(), address("10.0.0.1")); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("Dial after Close gave %v, want refused", err)
	}
	if err := l.Pass(t.Context(), far); !errors.Is(err, net.ErrClosed) {
		t.Fatalf("a closed listener took a connection: %v", err)
	}
	var missing *net.DNSError
	if !errors.As(wire.Unknown("nowhere"), &missing) || !missing.IsNotFound {
		t.Fatal("an unknown name must be a DNS error")
	}
	if err := wire.Unreachable(address("10.0.0.2"), context.DeadlineExceeded); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("an unreachable host hides its cause: %v", err)
	}
}
