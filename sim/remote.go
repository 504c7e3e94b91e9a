package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/arcwright/arcwright/sim/wire"
)

// ErrNotServed is what Connect returns for a world that no process serves.
var ErrNotServed = errors.New("no process serves this world: start arcwright sim serve")

func servedPath(dir string) string { return filepath.Join(dir, "serve.json") }

func readServed(dir string) (Served, error) {
	var s Served
	text, err := os.ReadFile(servedPath(dir))
	if err != nil {
		return s, fmt.Errorf("read where the world is served: %w", err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, &ErrDamaged{Path: servedPath(dir), Err: err}
	}
	return s, nil
}

// A Remote is a world that another process serves. Make it with Connect.
type Remote struct {
	dir       string
	header    Header
	account   string
	realm     string
	authority *authority
	clock     *RemoteClock
}

// Connect finds the process that serves the world in a folder. The error wraps
// ErrNotServed when there is none.
func Connect(dir string) (*Remote, error) {
	h, err := ReadHeader(dir)
	var s Served
	if err == nil {
		s, err = readServed(dir)
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("connect to world %s: %w", dir, ErrNotServed)
	}
	if err != nil {
		return nil, err
	}
	r := &Remote{dir: dir, header: h, account: s.Account, realm: s.Realm}
	if r.clock, err = readClock(s.Clock); err != nil {
		return nil, fmt.Errorf("connect to world %s: %w", dir, err)
	}
	if r.authority, err = newAuthority(seed(h.Seed), "datacenter", authorityName, h.validity()); err != nil {
		return nil, err
	}
	return r, nil
}

// Dial connects to what Datacenter.Dial does, on the loopback address where it is served.
func (r *Remote) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	s, err := readServed(r.dir) // anew, for clusters that have appeared since
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	at, ok := s.Endpoints[address]
	if ok {
		return new(net.Dialer).DialContext(ctx, "tcp", at)
	}
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	ip, err := netip.ParseAddr(name)
	if err != nil && !s.knows(name) {
		return nil, wire.Unknown(name)
	}
	return nil, wire.Refused(&net.TCPAddr{IP: ip.AsSlice()})
}

// knows reports whether some endpoint has a name.
func (s Served) knows(name string) bool {
	for address := range s.Endpoints {
		if host, _, err := net.SplitHostPort(address); err == nil && host == name {
			return true
		}
	}
	return false
}

// Clock is the served world's time.
func (r *Remote) Clock() *RemoteClock { return r.clock }

// Close ends nothing: the world goes on in the process that serves it.
func (r *Remote) Close() error { return nil }

// Seed is the seed of the world.
func (r *Remote) Seed() uint64 { return r.header.Seed }

// Account is the one account that the hosts let in.
func (r *Remote) Account() (user, password string) {
	return r.account, seed(r.header.Seed).password("account")
}

// Realm is the hosts' Kerberos realm, empty when they are in no domain.
func (r *Remote) Realm() string { return r.realm }

// Certificate is a client certificate that the hosts map to the account.
func (r *Remote) Certificate() (tls.Certificate, error) { return r.authority.client(r.account) }

// RootCAs has the authority of the hosts' certificates.
func (r *Remote) RootCAs() *x509.CertPool { return r.authority.pool() }

// CAPEM is the same authority as a PEM file.
func (r *Remote) CAPEM() []byte { return r.authority.pem() }

// A RemoteClock follows the time of a world in another process: real time, at the world's
// speed. It passes by itself, so Busy and Wire do nothing.
type RemoteClock struct {
	base  time.Time
	real  time.Time
	speed float64
}

type clockAnswer struct {
	Now   time.Time `json:"now"`
	Speed float64   `json:"speed"`
}

// readClock asks a served world for its time. Half of the way there and back counts as
// the age of the answer.
func readClock(url string) (*RemoteClock, error) {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}} // never through a proxy
	asked := time.Now()
	resp, err := client.Get(url)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotServed, err)
	}
	defer resp.Body.Close()
	var a clockAnswer
	// A server that is gone may have left its port to another program.
	if err := json.NewDecoder(io.LimitReader(resp.Body, 4096)).Decode(&a); err != nil {
		return nil, fmt.Errorf("%w: read the time: %w", ErrNotServed, err)
	}
	if a.Speed <= 0 {
		return nil, fmt.Errorf("%w: read the time: the speed is %v", ErrNotServed, a.Speed)
	}
	return &RemoteClock{base: a.Now.UTC(), real: asked.Add(time.Since(asked) / 2), speed: a.Speed}, nil
}

// Now is the world's present moment, in UTC.
func (c *RemoteClock) Now() time.Time {
	return c.base.Add(time.Duration(float64(time.Since(c.real)) * c.speed))
}

// Speed is the number of simulated seconds in a real one.
func (c *RemoteClock) Speed() float64 { return c.speed }

// outside is how long d of world time really is.
func (c *RemoteClock) outside(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.speed)
}

// Sleep returns nil after d of world time, or the context's error as soon as that is done.
func (c *RemoteClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(c.outside(d))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// AfterFunc runs f in its own goroutine after d of world time.
func (c *RemoteClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(c.outside(d), f).Stop
}

// Busy does nothing.
func (c *RemoteClock) Busy(int) {}

// Wire does nothing.
func (c *RemoteClock) Wire(int) {}
