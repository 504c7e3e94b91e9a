package directory

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
)

// A Server is one domain controller and how to be let in. There is no way to ask for LDAP
// without TLS: a simple sign-in hands over the password.
type Server struct {
	// Address is name or name:port, port 636 when left out.
	Address string
	// Domain is the DNS name of the domain that it must serve.
	Domain string
	// RootCAs vouch for the server; nil is the system's.
	RootCAs *x509.CertPool `json:"-"`
	// Pin is the key that its certificate must hold, besides being vouched for.
	Pin Pin
	// Auth is how User proves who it is: DOMAIN\name or name@domain. For Kerberos the domain
	// must be Domain, or its first label before a backslash.
	Auth     planner.DirectoryAuth
	User     string
	Password string `json:"-"`
}

// Pin is the SHA-256 of a certificate's SubjectPublicKeyInfo. The zero Pin pins nothing.
type Pin [sha256.Size]byte

var errPin = errors.New("it is not 64 hexadecimal digits")

// ParsePin reads a pin in hexadecimal; empty is the zero Pin.
func ParsePin(text string) (pin Pin, err error) {
	if text == "" {
		return Pin{}, nil
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(pin) {
		return Pin{}, fmt.Errorf("read pin %q: %w", text, errPin)
	}
	return Pin(b), nil
}

const securePort = 636

// String is the address and the user, without the password.
func (s Server) String() string { return fmt.Sprintf("%s as %q", s.address(), s.User) }

// GoString is String, so that no verb prints the password.
func (s Server) GoString() string { return s.String() }

// name is the server's, which its certificate must carry.
func (s Server) name() string {
	if name, _, err := net.SplitHostPort(s.Address); err == nil {
		return name
	}
	return s.Address
}

func (s Server) address() string {
	if _, _, err := net.SplitHostPort(s.Address); err == nil {
		return s.Address
	}
	return net.JoinHostPort(s.Address, strconv.Itoa(securePort))
}

var (
	errNoServer = errors.New("no domain controller is named")
	errScheme   = errors.New("name the domain controller as NAME or NAME:PORT: only LDAP inside TLS is spoken")
	errPlain    = errors.New("port 389 speaks LDAP without TLS: use 636, or 3269")
	errNobody   = errors.New("a user and a password are needed: an empty password signs in nobody")
	errForeign  = errors.New("tickets are asked for in the domain of the site only")
)

// check refuses what cannot work, before anything is sent.
func (s Server) check() error {
	_, port, _ := net.SplitHostPort(s.address())
	switch {
	case s.name() == "":
		return errNoServer
	case strings.Contains(s.Address, "/"):
		return errScheme
	case port == "389" || port == "3268":
		return errPlain
	case s.User == "" || s.Password == "":
		return errNobody
	}
	if s.Auth == planner.DirectoryKerberos {
		_, err := s.account()
		return err
	}
	return nil
}

func (s Server) tls(clk clock.Clock) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.RootCAs, ServerName: s.name(), Time: clk.Now}
	if s.Pin != (Pin{}) {
		c.VerifyConnection = s.Pin.verify
	}
	return c
}

var errPinned = errors.New("the server's certificate does not hold the pinned key")

func (p Pin) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 || sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo) != p {
		return errPinned
	}
	return nil
}
