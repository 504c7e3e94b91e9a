// Package wsman is the WinRM listener of a simulated host: WS-Management over HTTPS with
// logins by NTLM, Kerberos, Basic and certificate, remote shells and their commands, all in the simulated world's
// time. What a command does is the caller's; this package is the wire.
//
// A request that waits for the world is parked there, so that time may pass; one that
// the server works on holds time still.
package wsman

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/arcwright/arcwright/sim/kerberos"
	"github.com/arcwright/arcwright/sim/timeline"
)

// Options describe one host's listener. Host, TLS, Line, Accounts and Run are required.
type Options struct {
	// Host is the full name of the host: HCI01.lab.example, or HCI01 outside of a domain.
	// The NTLM challenge and every fault carry it.
	Host string
	// TLS has the host's certificate.
	TLS *tls.Config
	// Line is the world's time.
	Line *timeline.Line
	// Accounts knows the password of a user, spelt as the client did: DOMAIN\user,
	// user@domain or user, in any case. It is called outside of any turn.
	Accounts func(user string) (password string, ok bool)
	// Basic is whether Basic is taken; nil is yes. It is called outside of any turn.
	Basic func() bool
	// Kerberos checks clients that log in by it; nil lets none in. Accounts must know them as
	// name@REALM.
	Kerberos *kerberos.Acceptor
	// Certificates knows the user that a client's certificate is mapped to; nil knows none.
	Certificates func(*x509.Certificate) (user string, ok bool)
	// Bindings is CbtHardeningLevel.
	Bindings Bindings
	// Run does what a command does, when its input has ended, or at once if it reads
	// none. It is called outside of any turn with time standing still and must not wait
	// for the world: a command takes time by its Outcome. ctx ends with the server only.
	Run func(ctx context.Context, call Call) Outcome
	// NeedsStdin says which commands read their input to its end; nil is none. Input for
	// any other is accepted while it runs and thrown away.
	NeedsStdin func(command string, arguments []string) bool
	// Version is the Windows version that Identify names after a login, like 10.0.20348.
	Version string
	Limits  Limits
	// Trouble is asked once for each request that is logged in and understood, and for
	// each Identify; nil is no trouble. It must not block.
	Trouble func(turn *timeline.Turn, action Action) Trouble
	// Transcript hears of every HTTP request, before its reply is written, from several
	// goroutines at a time. nil hears nothing.
	Transcript func(Entry)
	// Rand is where ids and NTLM challenges come from; it must not fail. nil is crypto/rand.
	Rand io.Reader
	// ErrorLog hears of failed TLS handshakes and of panics in Run. nil is the log
	// package's standard logger.
	ErrorLog *log.Logger
}

// Server is the WinRM listener of one host. Make it with New.
type Server struct {
	opts   Options
	limits Limits
	http   *http.Server
	ctx    context.Context
	cancel context.CancelFunc
	shells map[string]*shell // by id; in a turn only

	binding [16]byte // of the host's certificate

	randMu sync.Mutex

	mu     sync.Mutex
	closed bool
	serves sync.WaitGroup // calls of Serve
	conns  sync.WaitGroup // connections
}

// New returns a server that listens to nothing yet.
func New(o Options) *Server {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	s := &Server{opts: o, limits: o.Limits.withDefaults(), shells: map[string]*shell{}, binding: bindingOf(o.TLS)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.http = &http.Server{
		Handler:     http.HandlerFunc(s.handle),
		ErrorLog:    o.ErrorLog,
		Protocols:   new(http.Protocols),
		BaseContext: func(net.Listener) context.Context { return s.ctx },
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, loginKey{}, new(login))
		},
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				s.conns.Add(1)
			case http.StateClosed:
				s.conns.Done()
			}
		},
	}
	s.http.Protocols.SetHTTP1(true)
	return s
}

// Serve answers on the connections of l, which carry plain bytes: TLS is the server's
// own. It returns http.ErrServerClosed after Close.
func (s *Server) Serve(l net.Listener) error {
	if s.opts.TLS == nil {
		return fmt.Errorf("serve %s: no TLS certificate", s.opts.Host)
	}
	s.mu.Lock()
	if !s.closed { // otherwise http.Serve returns at once
		s.serves.Add(1)
		defer s.serves.Done()
	}
	s.mu.Unlock()
	config := s.opts.TLS.Clone()
	if s.opts.Certificates != nil {
		config.ClientAuth = tls.RequestClientCert
	}
	config.NextProtos = []string{"http/1.1"} // NTLM belongs to a connection, so no HTTP/2
	return s.http.Serve(tls.NewListener(l, config))
}

// Close closes listeners and connections and waits for everything that served them.
// Parked requests end without a reply.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	err := s.http.Close()
	s.serves.Wait()
	// A connection accepted during the first Close is known only now.
	err = errors.Join(err, s.http.Close())
	s.conns.Wait()
	if err != nil {
		return fmt.Errorf("close %s: %w", s.opts.Host, err)
	}
	return nil
}

// OpenShells is the number of shells that have been neither deleted nor reaped.
func (s *Server) OpenShells() int {
	var n int
	s.opts.Line.Do(func(*timeline.Turn) { n = len(s.shells) })
	return n
}

func (s *Server) random(b []byte) {
	s.randMu.Lock()
	defer s.randMu.Unlock()
	if _, err := io.ReadFull(s.opts.Rand, b); err != nil {
		panic(fmt.Errorf("read randomness: %w", err))
	}
}

// newID is a random UUID as Windows writes it.
func (s *Server) newID() string {
	var b [16]byte
	s.random(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := strings.ToUpper(hex.EncodeToString(b[:]))
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
