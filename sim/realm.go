package sim

import (
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/arcwright/arcwright/sim/kerberos"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wire"
)

const kdcPort = 88

// A realm is the domain of the hosts as Kerberos knows it. Its KDC answers by the name of the
// domain, as domain controllers do.
type realm struct {
	name   string // in capitals
	domain string
	seed   seed
	world  *world
	kdc    *kerberos.KDC
	door   *wire.Listener
	served chan error
}

// openRealm starts the KDC, if the hosts are in a domain.
func (d *Datacenter) openRealm(domain string) {
	if domain == "" {
		return
	}
	r := &realm{name: strings.ToUpper(domain), domain: strings.ToLower(domain), seed: d.seed, world: d.world, served: make(chan error, 1)}
	key := d.seed.sum("kerberos", ticketGranting)
	r.kdc = kerberos.NewKDC(kerberos.Options{
		Realm: r.name, Now: d.line.Now, Key: key[:],
		Accounts: func(user string) (kerberos.Account, bool) {
			return kerberos.Account{Password: d.password}, strings.EqualFold(user, "arcwright")
		},
		Service: func(name string) ([]byte, bool) {
			class, host, _ := strings.Cut(name, "/")
			switch class {
			case "HTTP", "WSMAN", "HOST":
				if h := r.world.host(host); h != nil {
					return r.key(h), true
				}
			}
			return nil, false
		},
	})
	// The address is one that no host has; only the log of a failure shows it.
	r.door = wire.Listen(&net.TCPAddr{IP: net.IPv4(192, 0, 2, 88), Port: kdcPort})
	d.realm = r
	go func() { r.served <- r.kdc.Serve(r.door) }()
}

const ticketGranting = "krbtgt"

// key is the secret of a host's account. It comes from the seed, so that tickets outlive a
// world that is opened again.
func (r *realm) key(h *host) []byte {
	key := r.seed.sum("kerberos", h.Name)
	return key[:]
}

func (r *realm) close() error {
	if r == nil {
		return nil
	}
	err := r.kdc.Close()
	if served := <-r.served; !errors.Is(served, kerberos.ErrClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// address is where the KDC is to be found.
func (r *realm) address() string { return net.JoinHostPort(r.domain, strconv.Itoa(kdcPort)) }

// at reports whether a name leads to the KDC.
func (r *realm) at(name string) bool { return r != nil && strings.EqualFold(name, r.domain) }

// is reports whether a name is the account's in the realm.
func (r *realm) is(user string) bool {
	name, suffix, found := strings.Cut(user, "@")
	return r != nil && found && strings.EqualFold(name, "arcwright") && strings.EqualFold(suffix, r.domain)
}

// acceptor checks the tickets that are shown to a host, by the host's own clock.
func (r *realm) acceptor(d *Datacenter, h *host) *kerberos.Acceptor {
	if r == nil {
		return nil
	}
	return &kerberos.Acceptor{
		Now: func() (now time.Time) {
			d.line.Do(func(t *timeline.Turn) { now = h.clock(t) })
			return now
		},
		Key: func(string, string, int, int32) ([]byte, bool) { return r.key(h), true },
	}
}

// Realm is the hosts' Kerberos realm, empty when they are in no domain.
func (d *Datacenter) Realm() string {
	if d.realm == nil {
		return ""
	}
	return d.realm.name
}

// Certificate is a client certificate that the hosts map to the account.
func (d *Datacenter) Certificate() (tls.Certificate, error) { return d.authority.client(d.user) }
