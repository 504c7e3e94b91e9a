package provision

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/arcwright/arcwright/provision/clock"
)

// handshakeLimit bounds the look at a listener's certificate.
const handshakeLimit = 30 * time.Second

// errNoHandshake is a listener that does not answer.
var errNoHandshake = fmt.Errorf("no answer within %v", handshakeLimit)

// errNoShown is a listener that shows no certificate.
var errNoShown = errors.New("it showed no certificate")

// shown is the certificate that a listener shows. It is looked at and not believed: one that
// has ended, or that nobody vouches for, is to be seen too, and nothing is sent. The caller
// holds a busy token.
func shown(ctx context.Context, reach Reach, address, name string) (*x509.Certificate, error) {
	ctx, cancel := clock.WithTimeout(ctx, reach.Clock, handshakeLimit)
	defer cancel()
	reach.Clock.Wire(+1)
	reach.Clock.Busy(-1)
	cert, err := handshake(ctx, reach.Dial, address, name)
	reach.Clock.Busy(+1)
	reach.Clock.Wire(-1)
	switch cause := context.Cause(ctx); {
	case err == nil || cause == nil:
		return cert, err
	case errors.Is(cause, clock.ErrDeadline):
		return nil, errNoHandshake
	default:
		return nil, cause
	}
}

func handshake(ctx context.Context, dial clock.DialFunc, address, name string) (*x509.Certificate, error) {
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	secure := tls.Client(conn, &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name, InsecureSkipVerify: true}) // see shown
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	if certs := secure.ConnectionState().PeerCertificates; len(certs) > 0 {
		return certs[0], nil
	}
	return nil, errNoShown
}
