package winrm

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

const (
	dialTimeout    = 10 * time.Second // connect and shake hands
	requestTimeout = operationTimeout + 15*time.Second
	maxReply       = 2 << 20 // bytes; the host is told envelopeSize
)

// A lane is one connection, used by one goroutine at a time: NTLM lets in a connection,
// not a request, so that two goroutines on two connections would spoil each other's
// handshake. From the top, a request passes
//
//	clock.Transport, which turns the busy token into a wire token
//	whole, which reads the body while the request still counts as out
//	http.Transport with room for one connection, and no timer of its own
type lane struct {
	host Host
	clk  clock.Clock
	open clock.DialFunc
	tls  *tls.Config

	transport *http.Transport
	trip      http.RoundTripper

	mu    sync.Mutex
	abort context.CancelCauseFunc // ends the present attempt, nil when there is none
	back  chan struct{}           // closed when it has ended
	link  link

	staleTicket bool // the host refused the last ticket of Kerberos
}

// A link is what is known of the lane's connection.
type link struct {
	made   int      // connections so far
	up     bool     // there is one, as far as is known
	conn   net.Conn // the last one
	ready  net.Conn // the same, while no request has gone through it yet
	peer   *x509.Certificate
	in     bool // the host has let it in
	proved bool // the host has proved on it who it is, for Kerberos
}

func newLane(host Host, open clock.DialFunc, clk clock.Clock) *lane {
	l := &lane{host: host, clk: clk, open: open, tls: host.tlsConfig(clk)}
	l.transport = &http.Transport{
		Proxy:               nil, // never one from the environment; dial knows the host's
		DialTLSContext:      clock.Dial(l.next),
		MaxConnsPerHost:     1,
		MaxIdleConnsPerHost: 1,
		DisableCompression:  true,
	}
	l.trip = clock.Transport{Clock: clk, Base: whole{l.transport}}
	return l
}

// An answer is one HTTP reply, body and all.
type answer struct {
	status  int
	header  http.Header
	offered []string // authentication schemes, when the host refused
	body    []byte
}

// attempt connects and logs in if need be, sends one request and waits for its answer,
// requestTimeout at most. The wait for the account's turn does not count: only ctx ends it.
// The caller holds a busy token.
func (l *lane) attempt(ctx context.Context, envelope string, anonymous bool) (*answer, ErrorClass, error) {
	abortable, end := l.begin(ctx)
	defer end()
	l.staleTicket = false
	leave, err := l.enter(abortable, anonymous)
	limited, cancel := clock.WithTimeout(abortable, l.clk, requestTimeout)
	defer cancel()
	var a *answer
	if err == nil {
		a, err = l.exchange(limited, envelope, anonymous, leave)
	}
	if err == nil {
		return a, "", nil
	}
	l.broke()
	var known *errNotTried
	switch {
	case errors.As(err, &known):
		return nil, ClassAuth, err
	case ctx.Err() != nil:
		class, err := ended(ctx)
		return nil, class, err
	case errors.Is(context.Cause(limited), errReset):
		return nil, ClassUnreachable, errReset
	case limited.Err() != nil:
		return nil, ClassTimeout, errNoAnswer
	}
	class, err := broken(err)
	return nil, class, err
}

// exchange sends the request of an attempt and gives the account's turn back.
func (l *lane) exchange(ctx context.Context, envelope string, anonymous bool, leave func(loginResult, error)) (*answer, error) {
	if err := l.connect(ctx); err != nil {
		leave(loginUnknown, nil)
		return nil, err
	}
	if anonymous {
		return l.post(ctx, envelope, http.Header{"Wsmanidentify": {"unauthenticated"}})
	}
	return l.authenticated(ctx, envelope, leave)
}

// begin lets cut end an attempt.
func (l *lane) begin(ctx context.Context) (context.Context, func()) {
	ctx, abort := context.WithCancelCause(ctx)
	back := make(chan struct{})
	l.mu.Lock()
	l.abort, l.back = abort, back
	l.mu.Unlock()
	return ctx, func() {
		l.mu.Lock()
		l.abort, l.back = nil, nil
		l.mu.Unlock()
		close(back)
		abort(nil)
	}
}

// post sends one HTTP request and reads its reply.
func (l *lane) post(ctx context.Context, body string, header http.Header) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.host.url(), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	req.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	resp, err := l.trip.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(resp.Body) // in memory since whole
	if err != nil {
		return nil, err
	}
	// An answer that is whole counts, however late. An empty one may be no answer but what is
	// left of a request that was given up.
	if len(bytes.TrimSpace(text)) == 0 && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return &answer{resp.StatusCode, resp.Header, schemes(resp.Header), text}, nil
}

// schemes names what a host would accept, without the tokens.
func schemes(h http.Header) []string {
	var names []string
	for _, v := range h.Values("Www-Authenticate") {
		name, _, _ := strings.Cut(v, " ")
		names = append(names, excerpt(name, 32))
	}
	return names
}

// connect makes a connection if there is none, before anything secret is made for it: what
// proves the user is bound to the connection, and a host that is away takes no attempt.
func (l *lane) connect(ctx context.Context) error {
	l.mu.Lock()
	up := l.link.up
	l.mu.Unlock()
	if up {
		return nil
	}
	l.clk.Wire(+1)
	l.clk.Busy(-1)
	conn, err := l.dial(ctx, "tcp", l.host.address())
	l.clk.Busy(+1)
	l.clk.Wire(-1)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.link.ready = conn
	l.mu.Unlock()
	return nil
}

// next hands the connection that connect made to net/http, or makes another.
func (l *lane) next(ctx context.Context, network, address string) (net.Conn, error) {
	l.mu.Lock()
	conn := l.link.ready
	l.link.ready = nil
	l.mu.Unlock()
	if conn != nil {
		return conn, nil
	}
	return l.dial(ctx, network, address)
}

// dial connects and shakes hands, dialTimeout for both. The handshake is done here
// because net/http would let one that hangs outlive its request, and with it the only
// connection the lane may have.
func (l *lane) dial(ctx context.Context, network, address string) (net.Conn, error) {
	limited, cancel := clock.WithTimeout(ctx, l.clk, dialTimeout)
	defer cancel()
	conn, err := l.shake(limited, network, address)
	if err != nil {
		if ctx.Err() == nil && limited.Err() != nil {
			return nil, errNoDial
		}
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.link = link{made: l.link.made + 1, up: true, conn: conn, ready: l.link.ready}
	if shown := conn.ConnectionState().PeerCertificates; len(shown) > 0 {
		l.link.peer = shown[0]
	}
	return conn, nil
}

func (l *lane) shake(ctx context.Context, network, address string) (*tls.Conn, error) {
	to := address
	if l.host.Proxy.Address != "" {
		to = l.host.Proxy.Address
	}
	raw, err := l.open(ctx, network, to)
	if err != nil {
		return nil, err
	}
	if l.host.Proxy.Address != "" {
		if _, err := l.host.Proxy.through(ctx, raw, address); err != nil {
			_ = raw.Close()
			return nil, err
		}
	}
	secure := tls.Client(raw, l.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return secure, nil
}

// state is what is known of the connection now.
func (l *lane) state() link {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.link
}

// letIn reports whether the host has let the present connection in.
func (l *lane) letIn() bool { return l.state().in }

// admit notes that it has on the connection of that number.
func (l *lane) admit(made int, proved bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.link.made == made {
		l.link.in = true
		l.link.proved = l.link.proved || proved
	}
}

// broke notes that there is no connection to count on, and closes what there may be. No
// request is on it: net/http may still think so for a moment after the last one, and would
// then keep a connection that it was told to close.
func (l *lane) broke() {
	l.mu.Lock()
	conn := l.link.conn
	l.link = link{made: l.link.made}
	l.mu.Unlock()
	if conn != nil {
		_ = conn.Close()
	}
}

// drop closes the lane's connection, on which no request is; the next one connects anew.
func (l *lane) drop() {
	l.broke()
	l.transport.CloseIdleConnections()
}

// cut ends the request on the lane with errReset, waits until whoever sent it is back,
// and drops the connection. The caller holds a busy token, so that the clock stands
// still meanwhile.
func (l *lane) cut() {
	l.mu.Lock()
	abort, back := l.abort, l.back
	l.mu.Unlock()
	if abort != nil {
		abort(errReset)
		<-back
	}
	l.drop()
}

// whole reads the body before it hands over the reply. A host that stops in the middle
// of one thus counts as an open request, and meets its deadline.
type whole struct{ base http.RoundTripper }

func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	_ = resp.Body.Close() // cuts the connection when there is more to read
	if err != nil {
		return nil, err
	}
	if len(body) > maxReply {
		return nil, errTooLong
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
