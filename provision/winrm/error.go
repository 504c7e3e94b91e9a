package winrm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kerberos"
)

// ErrorClass says what kind of failure an error is, for whoever decides about a retry.
type ErrorClass string

const (
	// ClassAuth: the host refused who we are. Another try may lock the account.
	ClassAuth ErrorClass = "auth"
	// ClassTrust: the host could not prove who it is, or broke off the TLS handshake, as
	// it does when it does not accept the client's certificate.
	ClassTrust ErrorClass = "trust"
	// ClassProxy: the proxy refused; a person must mend that.
	ClassProxy ErrorClass = "proxy"
	// ClassUnreachable: no connection, or it broke, or the service is not up.
	ClassUnreachable ErrorClass = "unreachable"
	// ClassTimeout: connected, and no answer in time. The request may have been heard.
	ClassTimeout ErrorClass = "timeout"
	// ClassQuota: the host has as many shells, operations or users as it allows.
	ClassQuota ErrorClass = "quota"
	// ClassShellGone: the host ended the shell or the command.
	ClassShellGone ErrorClass = "shell-gone"
	// ClassScript: the script itself reported a failure (ScriptError).
	ClassScript ErrorClass = "script"
	// ClassOutput: too much output, or a script's answer that is none.
	ClassOutput ErrorClass = "output"
	// ClassProtocol: an answer that WS-Management does not know, or any other fault.
	ClassProtocol ErrorClass = "protocol"
	// ClassInvalid: refused here, before anything was sent.
	ClassInvalid ErrorClass = "invalid"
	// ClassCanceled: the caller or Close ended it.
	ClassCanceled ErrorClass = "canceled"
)

// Class is the class of an error of this package, and "" for any other.
func Class(err error) ErrorClass {
	var classed interface{ class() ErrorClass }
	if errors.As(err, &classed) {
		return classed.class()
	}
	return ""
}

// Op is what was being done when an error occurred.
type Op string

// The requests of a command's life in their order, and what is not a request.
const (
	OpWait     Op = "wait for a free slot"
	OpCreate   Op = "create shell"
	OpCommand  Op = "start command"
	OpSend     Op = "send input"
	OpReceive  Op = "receive output"
	OpSignal   Op = "end command"
	OpDelete   Op = "delete shell"
	OpIdentify Op = "identify"
	OpLogin    Op = "log in"
	OpRun      Op = "run command"
)

// Error is a request that failed. Err is a *Fault, ErrAuth, ErrClosed, the cause of the
// context that ended, or what the connection reported.
type Error struct {
	Op    Op
	Host  string // name:port
	Class ErrorClass
	Err   error
}

// Error says what was being done, to which host, and what happened.
func (e *Error) Error() string { return fmt.Sprintf("%s on %s: %v", e.Op, e.Host, e.Err) }

// Unwrap is what happened.
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) class() ErrorClass { return e.Class }

// ErrAuth is a host that refused the user or the password.
var ErrAuth = errors.New("the host refused the user or the password")

// ErrClosed is a client that has been closed.
var ErrClosed = errors.New("client is closed")

var (
	errTooLong     = fmt.Errorf("answer is longer than %d bytes", maxReply)
	errNoAnswer    = errors.New("no answer in time")
	errNoDial      = fmt.Errorf("no connection within %v", dialTimeout)
	errCut         = errors.New("the host closed the connection")
	errPlainHTTP   = errors.New("the host speaks HTTP without TLS on this port: use its HTTPS listener")
	errReset       = errors.New("the connection was cut because the host has restarted")
	errImpatient   = errors.New("the host answers every poll at once and with nothing")
	errNoNTLM      = errors.New("the host does not offer NTLM")
	errNoBasic     = errors.New("the host does not offer Basic")
	errHalfLogin   = errors.New("the host closed the connection in the middle of the login")
	errNotReceived = errors.New("answer is none to a request for output")
)

// ended is the error of a request whose caller has gone.
func ended(ctx context.Context) (ErrorClass, error) {
	cause := context.Cause(ctx)
	if errors.Is(cause, clock.ErrDeadline) || errors.Is(cause, context.DeadlineExceeded) {
		return ClassTimeout, cause
	}
	return ClassCanceled, cause
}

// broken sorts what a connection reports. Only errors that a person must mend, or that
// mean something else than a host that is away, are told apart.
func broken(err error) (ErrorClass, error) {
	var (
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		remote *net.OpError
		denied *kerberos.Error
		away   *kerberos.ErrUnreachable
		ticket *errTicket
		proxy  *ProxyError
	)
	switch {
	case errors.As(err, &away):
		return ClassUnreachable, err
	case errors.As(err, &denied):
		return ClassAuth, err
	case errors.Is(err, kerberos.ErrMutual):
		return ClassTrust, err
	case errors.Is(err, kerberos.ErrNoKey):
		return ClassInvalid, err
	case errors.As(err, &ticket): // neither refused nor out of reach: a KDC whose answers make no sense here
		return ClassProtocol, err
	case errors.As(err, &proxy):
		return proxy.class(), err
	case errors.Is(err, errNoProxy):
		return ClassProxy, err
	case errors.Is(err, ErrAuth):
		return ClassAuth, err
	case errors.Is(err, errHalfLogin):
		return ClassUnreachable, err
	case errors.Is(err, errChallenge):
		return ClassProtocol, err
	case errors.Is(err, errTooLong):
		return ClassProtocol, err
	case errors.As(err, &verify):
		return ClassTrust, untrusted(verify)
	case errors.Is(err, errPinned):
		return ClassTrust, err
	case errors.As(err, &remote) && remote.Op == "remote error": // crypto/tls: an alert from the host
		return ClassTrust, err
	case errors.As(err, &record):
		if strings.HasPrefix(string(record.RecordHeader[:]), "HTTP/") {
			return ClassProtocol, errPlainHTTP
		}
		return ClassProtocol, err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ClassUnreachable, errCut
	}
	return ClassUnreachable, err
}

// untrusted says what to do about a certificate that does not prove who the host is.
func untrusted(err *tls.CertificateVerificationError) error {
	var (
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err.Err, &name):
		return fmt.Errorf("another machine may answer by this name, or the certificate was issued for another name: %w", err)
	case errors.As(err.Err, &unknown):
		return fmt.Errorf("nobody that is trusted vouches for the certificate: name the authority that issued it: %w", err)
	case errors.As(err.Err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("the certificate is not valid at this time: renew it, or correct the clocks: %w", err)
	}
	return err
}
