// Package wire is the simulated network: connections in memory that behave as TCP does.
//
// They are buffered, unlike net.Pipe's, so that a peer which has stopped reading holds up
// neither the closing of a TLS connection nor a short write.
package wire

import (
	"net"
	"syscall"
	"time"
)

// capacity is how many bytes one direction holds before a writer waits, as a TCP window does.
const capacity = 1 << 20

// Conn is one end of a connection. Make a pair with Pipe. Its methods may be called from
// several goroutines at once.
type Conn struct {
	in, out       *stream
	local, remote net.Addr
}

// Pipe returns the two ends of a connection between the addresses a and b.
func Pipe(a, b net.Addr) (*Conn, *Conn) {
	ab, ba := newStream(), newStream()
	return &Conn{in: ba, out: ab, local: a, remote: b}, &Conn{in: ab, out: ba, local: b, remote: a}
}

// Read waits for bytes from the peer. After the peer has closed it gives what is left and
// then io.EOF.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.wrap("read", err)
}

// Write hands bytes to the peer. It waits only while the peer has a megabyte unread.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.wrap("write", err)
}

// Close ends both directions; what was written before still arrives.
func (c *Conn) Close() error {
	if !c.in.hangUp(net.ErrClosed, syscall.EPIPE) {
		return c.wrap("close", net.ErrClosed)
	}
	c.out.finish()
	return nil
}

// Cut breaks the connection as a failing network does: both ends find it reset, and what
// was on its way is lost.
func (c *Conn) Cut() {
	for _, s := range []*stream{c.in, c.out} {
		s.hangUp(syscall.ECONNRESET, syscall.ECONNRESET)
	}
}

// LocalAddr is this end's address.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the peer's address.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline sets the read and the write deadline, in real time.
func (c *Conn) SetDeadline(t time.Time) error {
	c.in.readBy.set(t)
	c.out.writeBy.set(t)
	return nil
}

// SetReadDeadline ends present and future reads at t with os.ErrDeadlineExceeded; the
// zero time is no deadline.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.in.readBy.set(t)
	return nil
}

// SetWriteDeadline does the same for writes.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.out.writeBy.set(t)
	return nil
}
