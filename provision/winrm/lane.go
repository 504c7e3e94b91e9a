package winrm

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/Azure/go-ntlmssp"

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
//	the NTLM negotiator (up to three requests for one)
//	witness, which remembers what the negotiator swallows
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
	lost      error // what the connection reported in the present attempt

	mu    sync.Mutex
	abort context.CancelCauseFunc // ends the present attempt, nil when there is none
	back  chan struct{}           // closed when it has ended
}

func newLane(host Host, open clock.DialFunc, clk clock.Clock) *lane {
	l := &lane{host: host, clk: clk, open: open, tls: host.tlsConfig(clk)}
	l.transport = &http.Transport{
		Proxy:               nil, // never one from the environment
		DialTLSContext:      clock.Dial(l.dial),
		MaxConnsPerHost:     1,
		MaxIdleConnsPerHost: 1,
		DisableCompression:  true,
	}
	l.trip = witness{lane: l, base: clock.Transport{Clock: clk, Base: whole{l.transport}}}
	if host.Auth == AuthNTLM {
		l.trip = ntlmssp.Negotiator{RoundTripper: l.trip}
	}
	return l
}

// An answer is one HTTP reply, body and all.
type answer struct {
	status  int
	offered []string // authentication schemes, when the host refused
	body    []byte
}

// attempt sends one request and waits for its answer, requestTimeout at most. The
// caller holds a busy token.
func (l *lane) attempt(ctx context.Context, envelope string, anonymous bool) (*answer, ErrorClass, error) {
	limited, cancel := clock.WithTimeout(ctx, l.clk, requestTimeout)
	defer cancel()
	limited, end := l.begin(limited)
	defer end()
	req, err := http.NewRequestWithContext(limited, http.MethodPost, l.host.url(), strings.NewReader(envelope))
	if err != nil {
		return nil, ClassInvalid, err
	}
	req.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	if anonymous {
		req.Header.Set("WSMANIDENTIFY", "unauthenticated")
	} else {
		l.authorize(req)
	}
	l.lost = nil
	resp, err := l.trip.RoundTrip(req)
	if err == nil {
		err = l.lost // the negotiator hands out its first 401 instead of this
	}
	var body []byte
	if err == nil {
		body, err = io.ReadAll(resp.Body) // in memory since whole
	}
	// An answer that is whole counts, however late. An empty one may be no answer but
	// what is left of a request that was given up.
	if err == nil && (len(body) > 0 || limited.Err() == nil) {
		return &answer{resp.StatusCode, schemes(resp.Header), body}, "", nil
	}
	switch {
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

func (l *lane) authorize(req *http.Request) {
	switch l.host.Auth {
	case AuthCertificate:
		req.Header.Set("Authorization", "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual")
	default: // the negotiator takes its user and password from here, and removes them
		req.SetBasicAuth(l.host.User, l.host.Password)
	}
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

// dial connects and shakes hands, dialTimeout for both. The handshake is done here
// because net/http would let one that hangs outlive its request, and with it the only
// connection the lane may have.
func (l *lane) dial(ctx context.Context, network, address string) (net.Conn, error) {
	limited, cancel := clock.WithTimeout(ctx, l.clk, dialTimeout)
	defer cancel()
	conn, err := l.shake(limited, network, address)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return nil, errNoDial
	}
	return conn, err
}

func (l *lane) shake(ctx context.Context, network, address string) (net.Conn, error) {
	raw, err := l.open(ctx, network, address)
	if err != nil {
		return nil, err
	}
	secure := tls.Client(raw, l.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return secure, nil
}

// drop closes the lane's connection if no request is on it; the next one connects anew.
func (l *lane) drop() { l.transport.CloseIdleConnections() }

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

// A witness keeps the error of a request that the negotiator made on its own: that one
// reports the host's first 401 instead, which would look like a wrong password.
type witness struct {
	lane *lane
	base http.RoundTripper
}

func (w witness) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.base.RoundTrip(req)
	if err != nil {
		w.lane.lost = err
	}
	return resp, err
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
