package provision

import (
	"cmp"
	"context"
	"net"
	"strconv"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kerberos"
	"github.com/arcwright/arcwright/provision/winrm"
)

// A hostDialer makes clients for the hosts of a site, which sign in as one account: a wrong
// password is tried once on all of them together, and one set of tickets does for all.
type hostDialer struct {
	reach    Reach
	access   planner.Access
	secret   func(context.Context, planner.SecretRef) (string, error)
	password string // instead of the reference in access
	account  *winrm.Account

	making  *clock.Mutex
	tickets *kerberos.Client
}

func newHostDialer(reach Reach, access planner.Access, secret func(context.Context, planner.SecretRef) (string, error)) *hostDialer {
	access.Auth = cmp.Or(access.Auth, planner.AuthNTLM)
	return &hostDialer{
		reach: reach, access: access, secret: secret, password: reach.Password,
		account: winrm.NewAccount(reach.Clock), making: clock.NewMutex(reach.Clock),
	}
}

// needsPassword reports whether a password has to be resolved to sign in.
func (d *hostDialer) needsPassword() bool {
	switch {
	case d.password != "", d.access.Auth == planner.AuthCertificate:
		return false
	case d.access.Auth == planner.AuthKerberos:
		return len(d.reach.Keytab) == 0 && len(d.reach.CCache) == 0
	}
	return true
}

// dial makes the client of one host. It opens no connection to it.
func (d *hostDialer) dial(ctx context.Context, host string) (runner, error) {
	h, err := d.host(ctx, host)
	if err != nil {
		return nil, err
	}
	return winrm.New(h, d.reach.Dial, d.reach.Clock), nil
}

// host is how one host is signed in to.
func (d *hostDialer) host(ctx context.Context, host string) (winrm.Host, error) {
	h := winrm.Host{
		Name: host, Port: d.access.Port, Auth: winrm.Auth(d.access.Auth), User: cmp.Or(d.reach.User, d.access.User),
		RootCAs: d.reach.RootCAs, Pin: d.reach.pin(host), Account: d.account,
		Certificate: d.reach.Certificate, Password: d.password,
		// Whoever writes basic into the site has been told what it means.
		AllowBasic: d.access.Auth == planner.AuthBasic,
	}
	var err error
	if d.needsPassword() {
		if h.Password, err = d.secret(ctx, d.access.Password); err != nil {
			return winrm.Host{}, err
		}
	}
	if h.RootCAs == nil && d.access.CA != "" {
		if h.RootCAs, err = readRoots(d.access.CA); err != nil {
			return winrm.Host{}, err
		}
	}
	if d.reach.Proxy != nil {
		if h.Proxy, err = d.reach.Proxy(ctx, net.JoinHostPort(host, strconv.Itoa(cmp.Or(h.Port, winRMPort)))); err != nil {
			return winrm.Host{}, err
		}
	}
	if h.Auth == winrm.AuthKerberos {
		if h.Kerberos, err = d.kerberos(ctx, h.User, h.Password); err != nil {
			return winrm.Host{}, err
		}
	}
	return h, nil
}

// kerberos is the client that has the account's tickets, made once.
func (d *hostDialer) kerberos(ctx context.Context, user, password string) (*kerberos.Client, error) {
	if err := d.making.Lock(ctx); err != nil {
		return nil, err
	}
	defer d.making.Unlock()
	if d.tickets != nil {
		return d.tickets, nil
	}
	tickets, err := kerberos.New(d.reach.Realm, kerberos.Identity{User: user, Password: password, Keytab: d.reach.Keytab, CCache: d.reach.CCache}, d.reach.Dial, d.reach.Clock)
	if err != nil {
		return nil, &errSignIn{err}
	}
	d.tickets = tickets
	return tickets, nil
}

// errSignIn is an account that cannot sign in by what is known of it.
type errSignIn struct{ err error }

func (e *errSignIn) Error() string { return "sign in by Kerberos: " + e.err.Error() }
func (e *errSignIn) Unwrap() error { return e.err }
func (e *errSignIn) code() string  { return string(winrm.ClassInvalid) }
