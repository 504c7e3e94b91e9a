package wsman

import (
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
)

// A login is the state of one TCP connection. Requests on a connection come one after
// the other, so it needs no lock.
type login struct {
	user      string // who has logged in by NTLM, as the client spelt it; empty for nobody
	handshake *handshake
}

type loginKey struct{}

// A verdict is what authentication says of one request.
type verdict struct {
	user  string // empty: answer 401
	token string // WWW-Authenticate value to go with the reply; empty for the list of schemes
}

// secureProfile is the Authorization of a client that has shown its certificate.
const secureProfile = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

// authenticate says who sends a request. A login by NTLM or Kerberos counts for the
// connection, one by Basic or certificate for the request. A POST without a body and without credentials is asked to log
// in again, because that is how clients that seal their messages start.
func (s *Server) authenticate(l *login, r *http.Request, empty bool) verdict {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch strings.ToLower(scheme) {
	case "":
		if empty {
			return verdict{}
		}
		return verdict{user: l.user}
	case "basic":
		user, password, ok := r.BasicAuth()
		if !ok || !s.basic() {
			return verdict{}
		}
		want, known := s.opts.Accounts(user)
		if !known || subtle.ConstantTimeCompare([]byte(password), []byte(want)) == 0 {
			return verdict{}
		}
		return verdict{user: user}
	case "negotiate", "ntlm":
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err != nil {
			return verdict{}
		}
		t, ok := unwrap(raw)
		if !ok {
			return verdict{}
		}
		return s.negotiate(l, scheme, t)
	case secureProfile:
		return verdict{user: s.certified(r)}
	default:
		return verdict{}
	}
}

// certified is the user that a client's certificate is mapped to.
func (s *Server) certified(r *http.Request) string {
	if s.opts.Certificates == nil || r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return ""
	}
	user, ok := s.opts.Certificates(r.TLS.PeerCertificates[0])
	if !ok {
		return ""
	}
	return user
}

// negotiate takes one step of a handshake.
func (s *Server) negotiate(l *login, scheme string, t negToken) verdict {
	if t.kerberos != nil && s.opts.Kerberos != nil {
		return s.kerberos(l, scheme, t)
	}
	answer := func(state negState, message []byte) string {
		if t.wrapped {
			message = wrap(state, oidNTLM(), message)
		}
		if message == nil {
			return ""
		}
		return scheme + " " + base64.StdEncoding.EncodeToString(message)
	}
	pending := l.handshake
	l.user, l.handshake = "", nil
	switch ntlmType(t.ntlm) {
	case ntlmNegotiate:
		var nonce [8]byte
		s.random(nonce[:])
		h, err := newHandshake(t.ntlm, s.opts.Host, s.opts.Line.Now(), nonce)
		if err != nil {
			return verdict{}
		}
		l.handshake = h
		return verdict{token: answer(negIncomplete, h.challenge)}
	case ntlmAuthenticate:
		a, err := parseAuthenticate(t.ntlm)
		if pending == nil || err != nil {
			return verdict{}
		}
		password, known := s.opts.Accounts(a.name())
		if !known || !pending.verify(t.ntlm, a, password) || !s.bound(a.bindings) {
			return verdict{}
		}
		l.user = a.name()
		return verdict{user: l.user, token: answer(negCompleted, nil)}
	default:
		if t.offers {
			return verdict{token: answer(negIncomplete, nil)}
		}
		return verdict{}
	}
}

// kerberos checks a client's only message and answers with the host's.
func (s *Server) kerberos(l *login, scheme string, t negToken) verdict {
	answer := func(state negState, kind uint16, message []byte) string {
		if message != nil {
			message = wrapGSS(kind, message)
		}
		if t.wrapped {
			message = wrap(state, oidKerberos(), message)
		}
		if message == nil {
			return ""
		}
		return scheme + " " + base64.StdEncoding.EncodeToString(message)
	}
	l.user, l.handshake = "", nil
	client, refused, ok := s.opts.Kerberos.Accept(t.kerberos)
	if !ok {
		return verdict{token: answer(negReject, gssError, refused)}
	}
	if _, known := s.opts.Accounts(client.User); !known || !s.bound(client.Bindings) {
		return verdict{}
	}
	l.user = client.User
	return verdict{user: l.user, token: answer(negCompleted, gssAPRep, client.Reply)}
}

// challenge asks for a login, or carries one on.
func (v verdict) challenge(h http.Header, basic bool) {
	if v.token != "" {
		h.Set("WWW-Authenticate", v.token)
		return
	}
	h.Add("WWW-Authenticate", "Negotiate")
	if basic {
		h.Add("WWW-Authenticate", `Basic realm="WSMAN"`)
	}
}

// basic reports whether the host takes Basic.
func (s *Server) basic() bool { return s.opts.Basic == nil || s.opts.Basic() }

// owner is the user as shells and quotas know them: Windows names have no case.
func owner(user string) string { return strings.ToLower(user) }
