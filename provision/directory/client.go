package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/go-ldap/ldap/v3/gssapi"
	kerberos "github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
)

const (
	openLimit    = 20 * time.Second // connect and shake hands
	requestLimit = 60 * time.Second
	mostAnswer   = 8 << 20 // bytes that one request may be answered with
)

// kerberosSkew is how far clocks may be apart for Kerberos, where nobody has set it
// otherwise (RFC 4120 1.2, and the default domain policy).
const kerberosSkew = 5 * time.Minute

// A Client is one connection to a domain controller, signed in. Make it with Open; it is
// used by one goroutine at a time, which holds a busy token.
type Client struct {
	server Server
	clk    clock.Clock
	wire   *wire
	ldap   *ldap.Conn
	root   root
}

// root is what a server says about itself.
type root struct {
	naming, forest string // distinguished names of the domain and the forest's root
	name           string // of the server
	now            time.Time
	// asked and answered are the moments around the question for now, by our clock.
	asked, answered time.Time
}

// skew is how far the server's clock is ahead of ours, at the least that is certain.
func (r root) skew() time.Duration {
	switch {
	case r.now.IsZero():
	case r.now.After(r.answered):
		return r.now.Sub(r.answered)
	case r.now.Add(time.Second).Before(r.asked): // the server tells whole seconds
		return r.now.Add(time.Second).Sub(r.asked)
	}
	return 0
}

// Open connects and signs in. Call Close when done.
func Open(ctx context.Context, server Server, dial clock.DialFunc, clk clock.Clock) (*Client, error) {
	if err := server.check(); err != nil {
		return nil, &Error{"connect", server.address(), ClassInvalid, err}
	}
	c := &Client{server: server, clk: clk}
	if err := c.connect(ctx, dial); err != nil {
		return nil, err
	}
	err := c.readRoot(ctx)
	if err == nil {
		err = c.signIn(ctx)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// connect opens the connection and shakes hands.
func (c *Client) connect(ctx context.Context, dial clock.DialFunc) error {
	w := &wire{}
	err := c.out(ctx, openLimit, "connect", func(ctx context.Context) error {
		raw, err := dial(ctx, "tcp", c.server.address())
		if err != nil {
			return err
		}
		secure := tls.Client(raw, c.server.tls(c.clk))
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return err
		}
		w.Conn, w.raw = secure, raw
		return nil
	}, func(err error) (Class, error) { return dialled(err), err })
	if err != nil {
		return err
	}
	c.wire = w
	c.ldap = ldap.NewConn(c.wire, true)
	c.ldap.Start()
	return nil
}

// Close ends the connection. Closing twice is harmless.
func (c *Client) Close() {
	_ = c.wire.Close() // first, so that nothing of go-ldap waits for the server
	_ = c.ldap.Close()
}

// Skew is how far the server's clock is certainly ahead of ours; below zero it is behind.
func (c *Client) Skew() time.Duration { return c.root.skew() }

// do sends one request and waits for its answer.
func (c *Client) do(ctx context.Context, op string, request func() error) error {
	c.wire.begin()
	return c.out(ctx, requestLimit, op, func(context.Context) error { return request() }, func(err error) (Class, error) {
		return classify(err, c.wire.error())
	})
}

// out runs what waits for the network: the caller's busy token is a wire token meanwhile,
// and the clock ends it.
func (c *Client) out(ctx context.Context, limit time.Duration, op string, run func(context.Context) error, class func(error) (Class, error)) error {
	limited, cancel := clock.WithTimeout(ctx, c.clk, limit)
	defer cancel()
	done := make(chan error, 1)
	c.clk.Wire(+1)
	c.clk.Busy(-1)
	go func() { done <- run(limited) }()
	var err error
	select {
	case err = <-done:
	case <-limited.Done():
		if c.wire != nil {
			_ = c.wire.Close() // an answer that comes late would be taken for another's
		}
		err = <-done
		if err == nil {
			err = context.Cause(limited)
		}
	}
	c.clk.Busy(+1)
	c.clk.Wire(-1)
	if err == nil {
		return nil
	}
	e := &Error{Op: op, Server: c.server.address()}
	if limited.Err() != nil {
		e.Class, e.Err = ended(limited)
	} else {
		e.Class, e.Err = class(err)
	}
	return e
}

// readRoot asks the server who it is and what time it has, which everybody may.
func (c *Client) readRoot(ctx context.Context) error {
	asked := c.clk.Now()
	entry, err := c.read(ctx, "", "defaultNamingContext", "rootDomainNamingContext", "currentTime", "dnsHostName")
	if err != nil {
		return err
	}
	c.root = root{
		naming: entry.GetAttributeValue("defaultNamingContext"), forest: entry.GetAttributeValue("rootDomainNamingContext"),
		name: entry.GetAttributeValue("dnsHostName"), asked: asked, answered: c.clk.Now(),
	}
	if c.root.naming == "" {
		return &Error{"read what the server is", c.server.address(), ClassRefused, errOther}
	}
	if c.root.now, err = ldapTime(entry.GetAttributeValue("currentTime")); err != nil {
		return &Error{"read the server's time", c.server.address(), ClassProtocol, err}
	}
	return nil
}

// ldapTime reads a GeneralizedTime as Active Directory writes it.
func ldapTime(text string) (time.Time, error) { return time.Parse("20060102150405.0Z", text) }

func (c *Client) signIn(ctx context.Context) error {
	if c.server.Auth == planner.DirectoryKerberos {
		return c.kerberos(ctx)
	}
	return c.do(ctx, "sign in", func() error { return c.ldap.Bind(c.server.User, c.server.Password) })
}

// kerberos signs in with a ticket of the domain controller itself. TLS is what protects
// the connection afterwards.
func (c *Client) kerberos(ctx context.Context) error {
	realm := strings.ToUpper(c.server.Domain)
	text := fmt.Sprintf("[libdefaults]\n default_realm = %[1]s\n dns_lookup_kdc = false\n dns_lookup_realm = false\n udp_preference_limit = 1\n[realms]\n %[1]s = {\n  kdc = %[2]s\n }\n",
		realm, net.JoinHostPort(c.server.name(), "88"))
	conf, err := config.NewFromString(text)
	if err != nil {
		return &Error{"sign in", c.server.address(), ClassInvalid, err}
	}
	name, err := c.server.account()
	if err != nil {
		return &Error{"sign in", c.server.address(), ClassInvalid, err}
	}
	client := kerberos.NewWithPassword(name, realm, c.server.Password, conf, kerberos.DisablePAFXFAST(true))
	defer client.Destroy()
	err = c.do(ctx, "sign in", func() error {
		if err := client.Login(); err != nil {
			return &ticketError{err}
		}
		return c.ldap.GSSAPIBind(&gssapi.Client{Client: client}, "ldap/"+c.server.name(), "")
	})
	var known *Error
	if !errors.As(err, &known) {
		return err
	}
	var ticket *ticketError
	skew := c.root.skew()
	switch {
	case skew.Abs() >= kerberosSkew && known.Class != ClassTimeout && known.Class != ClassCanceled:
		known.Class = ClassClock
		known.Err = fmt.Errorf("the clock of the server is off by %s, and Kerberos allows %s: %w", skew.Round(time.Second), kerberosSkew, known.Err)
	case errors.As(known.Err, &ticket):
		known.Class = ClassSignIn
	}
	return err
}

// A ticketError is a ticket that the domain controller did not give.
type ticketError struct{ err error }

func (e *ticketError) Error() string { return "no ticket: " + e.err.Error() }
func (e *ticketError) Unwrap() error { return e.err }

// account is the name of a user of the server's domain. Of DOMAIN\name the short name may be
// the first label of the domain's. Any other domain is an error: the name without it may be
// somebody else's, whose failed sign-ins would be counted.
func (s Server) account() (string, error) {
	own := strings.TrimSuffix(s.Domain, ".")
	before, after, short := strings.Cut(s.User, `\`)
	name, domain := after, before
	if !short {
		name, domain, _ = strings.Cut(s.User, "@")
	}
	label, _, _ := strings.Cut(own, ".")
	switch domain = strings.TrimSuffix(domain, "."); {
	case domain == "" || strings.EqualFold(domain, own), short && strings.EqualFold(domain, label):
		return name, nil
	}
	return "", fmt.Errorf("the user %q is of %s, and the site is in %s: name one of that domain, as NAME@%s: %w", s.User, domain, own, own, errForeign)
}

// A wire is the connection under go-ldap. It counts what one request is answered with and
// keeps the error that ended it.
type wire struct {
	net.Conn
	raw  net.Conn
	mu   sync.Mutex
	room int
	told error
}

// begin makes room for one more answer.
func (w *wire) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.room = mostAnswer
}

// Close closes the connection without TLS's farewell, which waits for seconds of real time
// where the server has stopped reading.
func (w *wire) Close() error { return w.raw.Close() }

func (w *wire) error() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.told
}

// Read reads, as long as there is room.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.room -= n
	if w.room < 0 {
		err = errTooLong
	}
	if err != nil && w.told == nil {
		w.told = err
	}
	return n, err
}
