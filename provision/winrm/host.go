package winrm

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kerberos"
)

// Auth is how a client proves who it is.
type Auth string

const (
	// AuthNTLM is NTLMv2 inside TLS, bound to the TLS channel.
	AuthNTLM Auth = "ntlm"
	// AuthKerberos is Kerberos inside TLS, bound to the TLS channel. The host has to prove
	// who it is, too.
	AuthKerberos Auth = "kerberos"
	// AuthBasic hands the password to the host, and needs Host.AllowBasic.
	AuthBasic Auth = "basic"
	// AuthCertificate is a client certificate that the host maps to a user.
	AuthCertificate Auth = "certificate"
)

// Pin is the SHA-256 of a certificate's SubjectPublicKeyInfo. The zero Pin pins nothing.
type Pin [sha256.Size]byte

// Host is one WinRM listener and how to be let in. There is no way to ask for HTTP
// without TLS.
type Host struct {
	// Name is the DNS name or address to dial; Port is 5986 by default.
	Name string
	Port int
	Auth Auth
	// User is user, DOMAIN\user or user@domain, for ntlm and basic.
	User     string
	Password string `json:"-"`
	// Account is shared by all hosts that this user signs in to with this password, for ntlm
	// and basic; nil is one of the host's own.
	Account *Account `json:"-"`
	// Kerberos has the user's tickets, for kerberos. It is shared by all hosts.
	Kerberos *kerberos.Client `json:"-"`
	// Certificate proves who the client is, for certificate.
	Certificate tls.Certificate `json:"-"`
	// RootCAs vouch for the host; nil is the system's.
	RootCAs *x509.CertPool `json:"-"`
	// ServerName is the name the host's certificate must carry; "" is Name.
	ServerName string
	// Pin is the key the host's certificate must hold, besides being vouched for.
	Pin Pin
	// Proxy is what stands between; the zero Proxy is none. None comes from the environment.
	Proxy Proxy
	// AllowBasic permits AuthBasic: the host sees the password itself.
	AllowBasic bool
	// Slots is how many commands run at once; 0 is 4. Windows allows one user 30
	// shells (MaxShellsPerUser) on all its clients together.
	Slots int
}

const (
	defaultPort  = 5986
	defaultSlots = 4
	maxSlots     = 25
)

// String is the address and the user, without the password.
func (h Host) String() string { return fmt.Sprintf("%s as %q by %s", h.address(), h.User, h.Auth) }

// GoString is String, so that no verb prints the password.
func (h Host) GoString() string { return h.String() }

func (h Host) address() string { return net.JoinHostPort(h.Name, strconv.Itoa(h.Port)) }

func (h Host) url() string { return "https://" + h.address() + "/wsman" }

// complete fills in the defaults and refuses what cannot work.
func (h Host) complete() (Host, error) {
	if h.Port == 0 {
		h.Port = defaultPort
	}
	if h.ServerName == "" {
		h.ServerName = h.Name
	}
	if h.Slots == 0 {
		h.Slots = defaultSlots
	}
	switch {
	case h.Name == "" || strings.IndexFunc(h.Name, notInName) >= 0:
		return h, fmt.Errorf("host name %q is not a DNS name or an address", h.Name)
	case h.Port < 1 || h.Port > 65535:
		return h, fmt.Errorf("port %d is outside 1-65535", h.Port)
	case h.Slots < 1 || h.Slots > maxSlots:
		return h, fmt.Errorf("%d slots are outside 1-%d", h.Slots, maxSlots)
	}
	if err := h.Proxy.check(); err != nil {
		return h, err
	}
	return h, h.checkAuth()
}

func (h Host) checkAuth() error {
	switch h.Auth {
	case AuthCertificate:
		if len(h.Certificate.Certificate) == 0 {
			return errors.New("authentication by certificate needs a certificate")
		}
		return nil
	case AuthKerberos:
		if h.Kerberos == nil {
			return errors.New("authentication by Kerberos needs a client of Kerberos")
		}
		return nil
	case AuthBasic:
		if !h.AllowBasic {
			return errors.New("basic authentication hands the host the password: allow it explicitly, or use ntlm")
		}
	case AuthNTLM:
	default:
		return fmt.Errorf("authentication %q is not ntlm, kerberos, basic or certificate", h.Auth)
	}
	// A colon would end the user name in an Authorization header.
	if h.User == "" || strings.Contains(h.User, ":") {
		return fmt.Errorf("user %q is empty or holds a colon", h.User)
	}
	return nil
}

// notInName keeps out of a host name whatever would change the meaning of a URL or of
// the XML the name is put into.
func notInName(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("-._:", r)
}

func (h Host) tlsConfig(clk clock.Clock) *tls.Config {
	c := &tls.Config{
		MinVersion: tls.VersionTLS12,
		RootCAs:    h.RootCAs,
		ServerName: h.ServerName,
		Time:       clk.Now,
	}
	if h.Auth == AuthCertificate {
		c.Certificates = []tls.Certificate{h.Certificate}
	}
	if h.Pin != (Pin{}) {
		c.VerifyConnection = h.Pin.verify
	}
	return c
}

// verify refuses a connection to a host whose certificate holds another key.
func (p Pin) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errPinned
	}
	if sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo) != p {
		return errPinned
	}
	return nil
}

var errPinned = errors.New("the host's certificate does not hold the pinned key")
