package sim

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
)

// clientAddress is where connections seem to come from.
func clientAddress() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 10), Port: 50000} }

// Dial connects to a host, by its full or short name or its address, to the domain controller
// by its name, to the KDC of the domain by the domain's name too, or to the API server of a
// cluster by its address, as net.Dialer does. A host that is unreachable leaves the
// dial waiting in the world until it is back or ctx ends.
func (d *Datacenter) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	name, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	port, err := strconv.Atoi(service)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("port %s is not a number", service)}
	}
	if h := d.world.host(name); h != nil {
		remote := &net.TCPAddr{IP: h.Address.AsSlice(), Port: port}
		if err := d.reach(ctx, h); err != nil {
			return nil, wire.Unreachable(remote, err)
		}
		if r := d.remotingOf(h); r.plainOnly && port == d.port {
			return nil, wire.Refused(remote)
		}
		if port == plainPort {
			return closedConn(remote), nil
		}
		if port != d.port {
			return nil, wire.Refused(remote)
		}
		return d.fronts[h].listener.Dial(ctx, clientAddress())
	}
	if d.realm.at(name) || d.realm != nil && d.domain.answers(name) && port == kdcPort {
		if port != kdcPort {
			return nil, wire.Refused(d.realm.door.Addr())
		}
		return d.realm.door.Dial(ctx, clientAddress())
	}
	if d.domain.answers(name) {
		return d.domain.dial(ctx, port)
	}
	ip, err := netip.ParseAddr(name)
	if err != nil {
		return nil, wire.Unknown(name)
	}
	if l := d.apiListener(netip.AddrPortFrom(ip, uint16(port))); l != nil {
		return l.Dial(ctx, clientAddress())
	}
	return nil, wire.Refused(&net.TCPAddr{IP: ip.AsSlice(), Port: port})
}

// reach waits while a host is unreachable.
func (d *Datacenter) reach(ctx context.Context, h *host) error {
	for {
		var spot *timeline.Spot
		d.line.Do(func(t *timeline.Turn) {
			until, lost := d.world.faults.unreachableUntil(t, h)
			switch {
			case !lost:
			case until.IsZero():
				spot = t.Park(-1)
			default:
				spot = t.Park(until.Sub(t.Now()))
			}
		})
		if spot == nil {
			return nil
		}
		if spot.Wait(ctx) != nil {
			return context.Cause(ctx)
		}
	}
}

// apiListener finds the API server that listens on an address.
func (d *Datacenter) apiListener(at netip.AddrPort) (found *wire.Listener) {
	d.line.Do(func(*timeline.Turn) {
		for _, site := range d.world.deployments {
			for _, c := range site.clusters {
				if c.api != nil && at == netip.AddrPortFrom(c.endpoint, apiPort) {
					found = c.api.listener
				}
			}
		}
	})
	return found
}

// plainPort is where WinRM listens without TLS. It takes connections, and nobody who asks there
// is let in.
const plainPort = 5985

// closedConn is a connection that the other side has closed.
func closedConn(remote net.Addr) net.Conn {
	here, there := net.Pipe()
	_ = there.Close()
	return addressed{here, remote}
}

// addressed is a connection with an address of its own.
type addressed struct {
	net.Conn
	remote net.Addr
}

func (a addressed) RemoteAddr() net.Addr { return a.remote }
