package winrm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"

	"github.com/arcwright/arcwright/provision/clock"
)

// A Glance is what a listener shows to anybody, before a password is sent.
type Glance struct {
	// Remote is the address that answered, empty when nobody did.
	Remote string
	// Certificate is the listener's, nil when there was no TLS.
	Certificate *x509.Certificate
	// Distrust is why the certificate is not trusted here; nil when it is.
	Distrust error
	// Offered are the ways to sign in, as the host names them, such as Negotiate.
	Offered []string
	// Err is what went wrong after what has been seen, an *Error; nil when everything was seen.
	Err error
}

// Look connects to a host's listener, shakes hands whatever its certificate is, and asks without a
// name. It sends nothing secret. The caller holds a busy token.
func Look(ctx context.Context, host Host, dial clock.DialFunc, clk clock.Clock) Glance {
	var g Glance
	// Who signs in, and how, makes no difference here.
	host, err := Host{Name: host.Name, Port: host.Port, Auth: AuthNTLM, User: "nobody", Password: "-", RootCAs: host.RootCAs,
		ServerName: host.ServerName, Pin: host.Pin, Proxy: host.Proxy}.complete()
	if err != nil {
		g.Err = &Error{OpIdentify, host.address(), ClassInvalid, err}
		return g
	}
	strict := host.tlsConfig(clk)
	seen := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err == nil {
			g.Remote = conn.RemoteAddr().String()
		}
		return conn, err
	}
	l := newLane(host, seen, clk)
	defer l.drop()
	l.tls = strict.Clone()
	l.tls.InsecureSkipVerify = true // judged below: what is wrong with it is the answer
	l.tls.VerifyConnection = func(state tls.ConnectionState) error {
		g.Certificate = state.PeerCertificates[0]
		g.Distrust = distrust(state, strict, clk)
		return nil
	}
	limited, cancel := clock.WithTimeout(ctx, clk, requestTimeout)
	defer cancel()
	limited, end := l.begin(limited)
	defer end()
	var a *answer
	if err = l.connect(limited); err == nil {
		a, err = l.post(limited, "", http.Header{})
	}
	if err != nil {
		class, err := broken(err)
		switch {
		case ctx.Err() != nil:
			class, err = ended(ctx)
		case limited.Err() != nil:
			class, err = ClassTimeout, errNoAnswer
		}
		g.Err = &Error{OpIdentify, host.address(), class, err}
		return g
	}
	g.Offered = a.offered
	if a.status != http.StatusUnauthorized {
		g.Err = &Error{OpIdentify, host.address(), ClassProtocol, fmt.Errorf("HTTP %d to a request without a name; WinRM answers 401", a.status)}
	}
	return g
}

// distrust judges what TLS itself would have judged.
func distrust(state tls.ConnectionState, strict *tls.Config, clk clock.Clock) error {
	others := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		others.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: strict.ServerName, Roots: strict.RootCAs, Intermediates: others, CurrentTime: clk.Now()})
	if err == nil && strict.VerifyConnection != nil {
		err = strict.VerifyConnection(state)
	}
	return err
}
