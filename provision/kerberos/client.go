// Package kerberos proves to hosts who the user is, and makes them prove who they are, by
// Kerberos 5 (RFC 4120), in tokens of SPNEGO (RFC 4178) as HTTP carries them (RFC 4559).
//
// Messages and ciphers are gokrb5's. Its client is not used: it dials and reads the clock
// by itself, renews tickets in goroutines that nobody ends, tries a wrong password twice,
// and cannot check the proof of a host.
//
// Everything here passes a clock.Clock's rules: whoever calls holds a busy token, and waits
// for others only without it.
package kerberos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/arcwright/arcwright/provision/clock"
)

// A Client has the tickets of one user. It is made for all hosts of a run together, so that
// the user signs in once: a wrong password costs one attempt. Its methods may be called
// from any goroutine.
type Client struct {
	config   Config
	dial     clock.DialFunc
	clk      clock.Clock
	name     types.PrincipalName // as asked for; a ticket has the KDC's form of it
	realm    string
	proof    proof
	fromFile bool // the tickets are all there is

	// turn is held by who talks to a KDC.
	turn     *clock.Mutex
	refused  *Error             // what became of the one attempt to sign in
	granting map[string]*ticket // ticket-granting tickets by realm
	services map[string]*ticket // by service/host

	mu   sync.Mutex
	last time.Time // of the last proof: no two have the same time
}

// New reads an identity. It connects to nothing.
func New(config Config, identity Identity, dial clock.DialFunc, clk clock.Clock) (*Client, error) {
	c := &Client{config: config, dial: dial, clk: clk, turn: clock.NewMutex(clk), granting: map[string]*ticket{}, services: map[string]*ticket{}}
	if err := identity.open(c); err != nil {
		return nil, err
	}
	return c, nil
}

// String is name@REALM.
func (c *Client) String() string { return c.name.PrincipalNameString() + "@" + c.realm }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

const ticketGranting = "krbtgt"

// servicesOf are the names that a host's WinRM has in the realm, in the order in which they
// are tried: HTTP is what clients ask for by default, WSMAN what the service registers.
func servicesOf(host string) []string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return []string{"HTTP/" + host, "WSMAN/" + host}
}

// ticketFor is a ticket for a host.
func (c *Client) ticketFor(ctx context.Context, host string) (*ticket, error) {
	if err := c.turn.Lock(ctx); err != nil {
		return nil, err
	}
	defer c.turn.Unlock()
	var unknown error
	for _, name := range servicesOf(host) {
		if t := c.services[name]; t.good(c.clk.Now()) {
			return t, nil
		}
		t, err := c.serviceTicket(ctx, host, types.PrincipalName{NameType: 2, NameString: strings.Split(name, "/")})
		var e *Error
		if errors.As(err, &e) && e.Code == CodeServiceUnknown {
			if unknown == nil {
				unknown = err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		c.services[name] = t
		return t, nil
	}
	return nil, unknown
}

// maxReferrals bounds the way through realms that trust each other.
const maxReferrals = 8

// serviceTicket asks the realm of a host for a ticket, and those it refers to.
func (c *Client) serviceTicket(ctx context.Context, host string, service types.PrincipalName) (*ticket, error) {
	realm := c.config.realmOf(host)
	if realm == "" {
		realm = c.realm
	}
	for range maxReferrals {
		granting, err := c.grantingTicket(ctx, realm)
		if err != nil {
			return nil, err
		}
		t, err := c.tgs(ctx, realm, granting, service)
		if err != nil {
			return nil, err
		}
		to, referred := referral(t, service)
		if !referred {
			return t, nil
		}
		c.granting[to], realm = t, to
	}
	return nil, errReferrals
}

// referral is the realm that a ticket for something else than was asked for leads to.
func referral(t *ticket, asked types.PrincipalName) (realm string, is bool) {
	got := t.ticket.SName.NameString
	if len(got) != 2 || got[0] != ticketGranting || asked.NameString[0] == ticketGranting && asked.NameString[1] == got[1] {
		return "", false
	}
	return got[1], true
}

// grantingTicket is the ticket-granting ticket for a realm.
func (c *Client) grantingTicket(ctx context.Context, realm string) (*ticket, error) {
	if t := c.granting[realm]; t.good(c.clk.Now()) {
		return t, nil
	}
	if realm == c.realm {
		return c.signIn(ctx)
	}
	at := c.realm
	for range maxReferrals {
		granting := c.granting[at]
		if !granting.good(c.clk.Now()) {
			if at != c.realm {
				return nil, errReferrals
			}
			var err error
			if granting, err = c.signIn(ctx); err != nil {
				return nil, err
			}
		}
		t, err := c.tgs(ctx, at, granting, types.PrincipalName{NameType: 2, NameString: []string{ticketGranting, realm}})
		if err != nil {
			return nil, err
		}
		if len(t.ticket.SName.NameString) != 2 {
			return nil, errReply
		}
		at = t.ticket.SName.NameString[1]
		c.granting[at] = t
		if at == realm {
			return t, nil
		}
	}
	return nil, errReferrals
}

// signIn gets the first ticket. After a refusal of the user there is no other attempt.
func (c *Client) signIn(ctx context.Context) (*ticket, error) {
	if c.fromFile {
		return nil, &Error{Code: CodeTicketExpired, By: "the file of tickets", For: c.String(), Text: "it holds no ticket-granting ticket that is good now"}
	}
	if c.refused != nil {
		return nil, fmt.Errorf("not tried again, because of: %w", c.refused)
	}
	t, err := c.as(ctx)
	if e := (*Error)(nil); errors.As(err, &e) && countsAgainst(e.Code) {
		c.refused = e
	}
	if err != nil {
		return nil, err
	}
	c.granting[c.realm] = t
	return t, nil
}

// countsAgainst reports whether a KDC may count a refusal towards locking the account, or
// would only repeat it.
func countsAgainst(code Code) bool {
	switch code {
	case CodePreauthFailed, CodeBadIntegrity, CodeClientRevoked, CodeClientUnknown, CodeClientExpired, CodePasswordExpired:
		return true
	}
	return false
}

// moment is the time of a proof in seconds and microseconds, never the same twice: a host
// takes the same time again for a replay.
func (c *Client) moment() (time.Time, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clk.Now().UTC().Truncate(time.Microsecond)
	if !now.After(c.last) {
		now = c.last.Add(time.Microsecond)
	}
	c.last = now
	return now.Truncate(time.Second), now.Nanosecond() / 1000
}
