package wire

import (
	"context"
	"net"
	"sync"
)

// Listener waits for connections in memory. Make it with Listen.
type Listener struct {
	addr   net.Addr
	queue  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Listen returns a listener that says it has the given address.
func Listen(addr net.Addr) *Listener {
	return &Listener{addr: addr, queue: make(chan net.Conn, 16), closed: make(chan struct{})}
}

// Accept waits for the next connection, or returns net.ErrClosed.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.queue:
		return c, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.addr, Err: net.ErrClosed}
	}
}

// Dial connects to the listener from the given address. It is refused once the listener
// is closed.
func (l *Listener) Dial(ctx context.Context, from net.Addr) (*Conn, error) {
	near, far := Pipe(from, l.addr)
	switch err := l.Pass(ctx, far); {
	case err == nil:
		return near, nil
	case ctx.Err() != nil:
		return nil, Unreachable(l.addr, err)
	default:
		return nil, Refused(l.addr)
	}
}

// hangUp closes the connections that nobody will accept any more.
func (l *Listener) hangUp() {
	for {
		select {
		case c := <-l.queue:
			_ = c.Close() // it was never used
		default:
			return
		}
	}
}

// Pass hands an accepted connection to whoever waits in Accept. It returns net.ErrClosed,
// or the context's cause, when the connection is still the caller's to close.
func (l *Listener) Pass(ctx context.Context, c net.Conn) error {
	select {
	case <-l.closed:
		return net.ErrClosed
	default:
	}
	select {
	case l.queue <- c:
	case <-l.closed:
		return net.ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-l.closed:
		l.hangUp()
	default:
	}
	return nil
}

// Close ends Accept and refuses further dials. Closing twice is harmless.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	l.hangUp()
	return nil
}

// Addr is the address the listener was made with.
func (l *Listener) Addr() net.Addr { return l.addr }
