package kerberos_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/arcwright/arcwright/provision/kerberos"
	simkerberos "github.com/arcwright/arcwright/sim/kerberos"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
)

const (
	realmName = "LAB.EXAMPLE"
	host      = "hv01.lab.example"
	right     = "correct-horse-battery-Ä"
)

var start = time.Date(2026, 12, 5, 22, 0, 0, 123456000, time.UTC)

// A realm is a KDC in memory, and a host with an account in it.
type realm struct {
	t       *testing.T
	line    *timeline.Line
	kdc     *simkerberos.KDC
	door    *wire.Listener
	host    *simkerberos.Acceptor
	key     []byte
	mu      sync.Mutex
	dials   []string
	ahead   time.Duration // the KDC's clock
	service string        // what the host is known as besides HTTP
	users   map[string]simkerberos.Account
}

func newRealm(t *testing.T) *realm {
	t.Helper()
	r := &realm{t: t, line: timeline.New(start, 0), key: bytes.Repeat([]byte{7}, 32), service: "HTTP/" + host,
		door: wire.Listen(&net.TCPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 88}),
		users: map[string]simkerberos.Account{
			"arc": {Password: right}, "old": {Password: right, Expired: true}, "shut": {Password: right, Disabled: true},
		}}
	r.kdc = simkerberos.NewKDC(simkerberos.Options{
		Realm: realmName, Key: bytes.Repeat([]byte{1}, 32), LockAfter: 3,
		Now: func() time.Time { return r.line.Now().Add(r.ahead) },
		Accounts: func(name string) (simkerberos.Account, bool) {
			a, ok := r.users[name]
			return a, ok
		},
		Service: func(name string) ([]byte, bool) { return r.key, name == r.service },
	})
	r.host = &simkerberos.Acceptor{Now: r.line.Now, Key: func(string, string, int, int32) ([]byte, bool) { return r.key, true }}
	served := make(chan error, 1)
	go func() { served <- r.kdc.Serve(r.door) }()
	r.line.Busy(+1)
	t.Cleanup(func() {
		if err := r.kdc.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, simkerberos.ErrClosed) {
			t.Errorf("Serve returned %v", err)
		}
		r.line.Busy(-1)
		r.line.Close()
	})
	return r
}

func (r *realm) dial(ctx context.Context, _, address string) (net.Conn, error) {
	r.mu.Lock()
	r.dials = append(r.dials, address)
	r.mu.Unlock()
	if address != "lab.example:88" {
		return nil, &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
	}
	return r.door.Dial(ctx, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 9), Port: 50000})
}

func (r *realm) client(i kerberos.Identity) *kerberos.Client {
	r.t.Helper()
	c, err := kerberos.New(kerberos.Config{Realm: realmName}, i, r.dial, r.line)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *realm) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.dials)
}

// rewriting is a connection to the KDC, which sees another request than was sent.
func (r *realm) rewriting(change func(request []byte) []byte) net.Conn {
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		var head [4]byte
		if _, err := io.ReadFull(far, head[:]); err != nil {
			return
		}
		request := make([]byte, binary.BigEndian.Uint32(head[:]))
		if _, err := io.ReadFull(far, request); err != nil {
			return
		}
		answer := r.kdc.Answer(change(request))
		_, _ = far.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...))
	}()
	return near
}
