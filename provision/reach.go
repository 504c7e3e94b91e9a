package provision

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kerberos"
	"github.com/arcwright/arcwright/provision/winrm"
)

// Clock is the source of time for a run.
type Clock = clock.Clock

// Reach is how the world is reached, and the only seam between a real site and a
// simulated one: the plan, its host names and its ports are the same for both.
type Reach struct {
	// Dial opens every connection of the run, to hosts and to clusters.
	Dial clock.DialFunc
	// Clock is every deadline, retry and certificate check of the run.
	Clock Clock
	// RootCAs are trusted for the hosts' certificates; nil is the authority that the
	// plan names, or the system's own.
	RootCAs *x509.CertPool
	// Pins are the keys that hosts must hold, by name in lower case.
	Pins map[string]winrm.Pin
	// Proxy is the proxy for name:port, the zero Proxy for none; nil is none for all.
	Proxy func(ctx context.Context, address string) (winrm.Proxy, error)
	// Realm is where Kerberos asks, with Keytab or CCache instead of the password.
	Realm          kerberos.Config
	Keytab, CCache []byte
	// Certificate signs in where the plan says so.
	Certificate tls.Certificate
	// DirectoryCAs are trusted for the domain controller's certificate; nil is RootCAs.
	DirectoryCAs *x509.CertPool
	// User signs in to the hosts instead of the plan's user, Password instead of the
	// plan's reference: a simulated site has its own.
	User     string
	Password string
	// Secret resolves every reference; nil is ResolveSecret, which refuses prompt.
	Secret func(ctx context.Context, ref planner.SecretRef) (string, error)
}

// pin is the key that a host must hold. A pin for the short name is for the full one too, and the
// other way round: a pin that was asked for is never passed over for the way a name is written.
func (r Reach) pin(host string) winrm.Pin {
	host = strings.ToLower(host)
	if pin, ok := r.Pins[host]; ok {
		return pin
	}
	for name, pin := range r.Pins {
		if shortName(name) == shortName(host) && (!strings.Contains(name, ".") || !strings.Contains(host, ".")) {
			return pin
		}
	}
	return winrm.Pin{}
}
