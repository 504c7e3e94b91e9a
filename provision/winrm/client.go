// Package winrm runs commands and scripts on Windows hosts by WS-Management inside TLS.
//
// Every wait ends by a clock.Clock, and every goroutine that works for a Client can be
// seen by it: the callers of Run, Script, Identify, Reset and Close hold one busy token
// each, before, during and after the call. An error says what was being done, to which
// host, and by its Class what kind of failure it is; none holds a password or a secret.
package winrm

import (
	"context"
	"errors"
	"fmt"

	"github.com/arcwright/arcwright/provision/clock"
)

// Client runs commands on one host, as many at once as it has slots. Its methods may be
// called from any goroutine.
type Client struct {
	host      Host
	clk       clock.Clock
	dial      clock.DialFunc
	invalid   error
	envelopes envelopes
	pool      *pool
	slots     []*slot
	life      context.Context // ends with Close
	end       context.CancelCauseFunc
}

// New returns a client. It connects to nothing; a host that cannot work is reported by
// every later call, with ClassInvalid. Call Close when done.
func New(host Host, dial clock.DialFunc, clk clock.Clock) *Client {
	host, err := host.complete()
	if host.Account == nil {
		host.Account = NewAccount(clk)
	}
	c := &Client{host: host, clk: clk, dial: dial, invalid: err, envelopes: newEnvelopes(host.url()), pool: &pool{clk: clk}}
	c.life, c.end = context.WithCancelCause(context.Background())
	if err != nil {
		return c
	}
	for range host.Slots {
		s := &slot{control: newLane(host, dial, clk), receive: newLane(host, dial, clk)}
		c.slots = append(c.slots, s)
		c.pool.free = append(c.pool.free, s)
	}
	return c
}

// String is the host and the user.
func (c *Client) String() string { return c.host.String() }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// Reset cuts all connections, and ends the requests on them as ClassUnreachable; later
// ones connect and log in anew. Call it when the host has restarted.
func (c *Client) Reset() {
	c.pool.doubt()
	c.host.Account.doubt()
	for _, s := range c.slots {
		s.cut()
	}
}

// Close ends all running commands with ErrClosed, waits until their shells are deleted
// or endTimeout has passed, and closes all connections. Later calls fail with ErrClosed.
// Cancel a clock.WithTimeout of your own first: one that has passed stops the clock.
func (c *Client) Close() {
	c.pool.close(func() { c.end(ErrClosed) })
	for _, s := range c.slots {
		s.drop()
	}
}

// fail wraps an error that no request reported.
func (c *Client) fail(op Op, class ErrorClass, err error) error {
	return &Error{op, c.host.address(), class, err}
}

// take is a slot, with fresh connections when it has been idle for so long that the
// host may have closed them.
func (c *Client) take(ctx context.Context) (*slot, error) {
	s, err := c.pool.take(ctx)
	if err != nil {
		var known *Error
		switch {
		case errors.As(err, &known): // somebody else's login was refused
			return nil, c.fail(OpWait, known.Class, fmt.Errorf("not tried, because of: %w", known))
		case ctx.Err() != nil:
			class, err := ended(ctx)
			return nil, c.fail(OpWait, class, err)
		}
		return nil, c.fail(OpWait, ClassCanceled, err)
	}
	if c.clk.Now().Sub(s.used) > laneIdle {
		s.drop()
	}
	return s, nil
}

func (c *Client) give(s *slot, err error) {
	s.used = c.clk.Now()
	c.pool.give(s, err)
}

// join is a context that also ends with the client.
func (c *Client) join(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.life, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}
