// Package directory is a simulated domain controller: Active Directory as far as LDAP inside
// TLS shows it. It signs users in, finds objects, and lets those who may add, change and
// delete them: rights are worked out from the descriptors of the objects, and refusals carry
// the codes that the real one has.
//
// It knows the classes organizationalUnit, container, computer, user, group and dnsNode, and
// of the schema what these need. What it does not know it refuses.
package directory

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"github.com/arcwright/arcwright/sim/timeline"
)

// Options say which directory is wanted.
type Options struct {
	// Domain is the DNS name of the domain, Name that of the domain controller.
	Domain, Name string
	// Password is that of the Administrator.
	Password string
	// TLS has the domain controller's certificate.
	TLS *tls.Config
	// Line is the world's time.
	Line *timeline.Line
	// Accepted, if not nil, is called in the turn in which a request is about to change the
	// directory. With an error nothing is changed.
	Accepted func(*timeline.Turn, Request) error
}

// A Server is a directory and who is connected to it. Make it with New; its methods may be
// called from any goroutine.
type Server struct {
	o    Options
	tree *tree // looked at and changed in a turn

	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
	work   sync.WaitGroup
}

// New makes a domain with its Administrator, and nothing in it.
func New(o Options) *Server {
	s := &Server{o: o, conns: map[net.Conn]bool{}}
	o.Line.Do(func(t *timeline.Turn) { s.tree = newTree(o, t.Now()) })
	return s
}

// Serve lets clients in until the listener or the server is closed.
func (s *Server) Serve(l net.Listener) error {
	for {
		raw, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			_ = raw.Close()
			return nil
		}
		s.conns[raw] = true
		s.work.Go(func() { s.serve(raw) })
		s.mu.Unlock()
	}
}

// Close ends all connections and waits for them.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.work.Wait()
}

// mostRequest is far more than any request of a client that means well.
const mostRequest = 4 << 20

// serve answers one client, one request after the other, as the clients that there are ask.
func (s *Server) serve(raw net.Conn) {
	ctx, gone := context.WithCancel(context.Background())
	defer func() {
		gone()
		_ = raw.Close()
		s.mu.Lock()
		delete(s.conns, raw)
		s.mu.Unlock()
	}()
	conn := tls.Server(raw, s.o.TLS)
	if conn.HandshakeContext(ctx) != nil {
		return
	}
	c := &session{server: s}
	in := bufio.NewReader(conn)
	for {
		packet, err := ber.ReadPacket(&io.LimitedReader{R: in, N: mostRequest})
		if err != nil {
			return
		}
		replies, more := c.answer(packet)
		for _, r := range replies {
			if _, err := conn.Write(r.Bytes()); err != nil {
				return
			}
		}
		if !more {
			return
		}
	}
}

// Replay does again what a log says, in its turn. What was refused then is refused again.
// Passwords are in no log: who got one is there afterwards, and cannot sign in.
func (s *Server) Replay(t *timeline.Turn, r Request) {
	s.tree.replaying = true
	s.tree.change(r, t.Now())
	s.tree.replaying = false
}

// Turn lets f look at the directory and change it, as the machines of the world do.
func (s *Server) Turn(t *timeline.Turn, f func(*Prepare)) { f(&Prepare{s.tree, s.o, t.Now()}) }

// now is the time that the domain controller has.
func (s *tree) now(at time.Time) time.Time { return at.Add(s.ahead) }
