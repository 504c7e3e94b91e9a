package winrm

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/provision/kerberos"
)

// enter connects, and waits for the account's turn where a password is to be shown. The turn
// comes before anything that the host could count against the account, and after the
// connection: a host that is away takes none. What has waited for as long as a host may keep
// an idle connection is connected anew.
func (l *lane) enter(ctx context.Context, anonymous bool) (leave func(loginResult, error), err error) {
	if err := l.connect(ctx); err != nil {
		return nil, err
	}
	if anonymous || !l.showsPassword() {
		return func(loginResult, error) {}, nil
	}
	since := l.clk.Now()
	leave, err = l.host.Account.enter(ctx, !l.letIn())
	if err == nil && l.clk.Now().Sub(since) > laneIdle {
		l.drop()
	}
	return leave, err
}

// showsPassword reports whether the next request is one that the account's turn is needed for.
func (l *lane) showsPassword() bool {
	return l.host.Auth == AuthBasic || l.host.Auth == AuthNTLM && !l.letIn()
}

// authenticated sends a request as the user. leave is the account's.
func (l *lane) authenticated(ctx context.Context, envelope string, leave func(loginResult, error)) (*answer, error) {
	switch {
	case l.host.Auth == AuthCertificate:
		return l.noted(l.post(ctx, envelope, http.Header{"Authorization": {"http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"}}))
	case l.host.Auth == AuthKerberos:
		return l.byKerberos(ctx, envelope)
	case !l.showsPassword():
		return l.noted(l.post(ctx, envelope, http.Header{}))
	}
	a, result, err := l.byPassword(ctx, envelope)
	var refusal error
	if result == loginRefused {
		refusal = &Error{OpLogin, l.host.address(), ClassAuth, a.refusal()}
	}
	leave(result, refusal)
	if err != nil {
		return nil, err
	}
	return l.noted(a, nil)
}

// noted remembers of a connection that the host has let it in.
func (l *lane) noted(a *answer, err error) (*answer, error) {
	if err == nil && !a.refused() {
		l.admit(l.state().made, false)
	}
	return a, err
}

func (l *lane) byPassword(ctx context.Context, envelope string) (*answer, loginResult, error) {
	if l.host.Auth == AuthNTLM {
		return l.byNTLM(ctx, envelope)
	}
	token := base64.StdEncoding.EncodeToString([]byte(l.host.User + ":" + l.host.Password))
	a, err := l.post(ctx, envelope, http.Header{"Authorization": {"Basic " + token}})
	if err != nil {
		return nil, loginUnknown, err
	}
	if a.login() == loginRefused && !a.offersBasic() {
		return nil, loginUnknown, &errScheme{errNoBasic, a.refusal()}
	}
	return a, a.login(), nil
}

// offersBasic reports whether a host that refused has looked at the password. One that names
// no scheme at all may have.
func (a *answer) offersBasic() bool {
	return len(a.offered) == 0 || slices.ContainsFunc(a.offered, func(s string) bool { return strings.EqualFold(s, "Basic") })
}

// login is what an answer to credentials says of them.
func (a *answer) login() loginResult {
	switch {
	case !a.refused():
		return loginTaken
	case a.status == http.StatusUnauthorized:
		return loginRefused
	}
	return loginUnknown // 403 is about something else than the password
}

// maxGreetings bounds how often a login begins anew because its connection went away in the
// middle: net/http gives one up whose last write took it 50 ms to notice.
const maxGreetings = 3

// byNTLM logs a connection in. What a host says to a proof for the challenge of another
// connection is no answer to it.
func (l *lane) byNTLM(ctx context.Context, envelope string) (*answer, loginResult, error) {
	for range maxGreetings {
		a, result, err := l.handshake(ctx, envelope)
		if !errors.Is(err, errHalfLogin) {
			return a, result, err
		}
	}
	return nil, loginUnknown, errHalfLogin
}

// handshake is a greeting, which the host answers with a challenge, and then the request with
// the proof. The greeting has no body, since the host would throw it away.
func (l *lane) handshake(ctx context.Context, envelope string) (*answer, loginResult, error) {
	a, err := l.post(ctx, "", http.Header{"Authorization": {negotiate(ntlmNegotiate())}})
	if err != nil {
		return nil, loginUnknown, err
	}
	token, offered := a.token()
	switch {
	case a.status != http.StatusUnauthorized:
		return a, loginUnknown, nil
	case len(token) == 0 && !offered:
		return nil, loginUnknown, &errScheme{errNoNTLM, a.refusal()}
	case len(token) == 0:
		return a, loginUnknown, nil
	}
	c, err := parseChallenge(token)
	if err != nil {
		return nil, loginUnknown, err
	}
	link := l.state()
	proof := ntlmAuthenticate(c, l.host.User, l.host.Password, channelBinding(link.peer), l.clk.Now())
	if a, err = l.post(ctx, envelope, http.Header{"Authorization": {negotiate(proof)}}); err != nil {
		return nil, loginUnknown, err
	}
	if l.state().made != link.made && a.refused() {
		return nil, loginUnknown, errHalfLogin
	}
	return a, a.login(), nil
}

// errScheme is a host that does not offer the way to log in that is wanted.
type errScheme struct{ err, refusal error }

func (e *errScheme) Error() string   { return e.err.Error() + ": " + e.refusal.Error() }
func (e *errScheme) Unwrap() []error { return []error{e.err, e.refusal} }

func negotiate(token []byte) string { return "Negotiate " + base64.StdEncoding.EncodeToString(token) }

// token is the host's part of a handshake, and whether it takes part in any.
func (a *answer) token() (token []byte, offered bool) {
	for _, v := range a.header.Values("Www-Authenticate") {
		scheme, value, _ := strings.Cut(v, " ")
		if !strings.EqualFold(scheme, "Negotiate") && !strings.EqualFold(scheme, "NTLM") {
			continue
		}
		offered = true
		if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value)); err == nil && len(b) > 0 {
			return b, true
		}
	}
	return nil, offered
}

// byKerberos proves the user with each request, and lets the host prove itself: an answer
// counts only on a connection on which it has.
func (l *lane) byKerberos(ctx context.Context, envelope string) (*answer, error) {
	link := l.state()
	proof, err := l.host.Kerberos.Begin(ctx, l.host.Name, channelBinding(link.peer))
	if err != nil {
		return nil, &errTicket{err}
	}
	a, err := l.post(ctx, envelope, http.Header{"Authorization": {negotiate(proof.Token)}})
	if err != nil {
		return nil, err
	}
	if now := l.state(); now.made != link.made {
		link = now
	}
	token, _ := a.token()
	refused := a.refused()
	switch {
	case len(token) > 0:
		if err := proof.Finish(token); err != nil {
			var denied *kerberos.Error
			l.staleTicket = errors.As(err, &denied)
			return nil, err
		}
		if !refused {
			l.admit(link.made, true)
		}
	case refused:
		l.staleTicket = true
	case a.status == http.StatusOK && !link.proved:
		return nil, kerberos.ErrMutual
	}
	return a, nil
}

// errTicket is a proof that could not be made: the host has nothing to do with it.
type errTicket struct{ err error }

func (e *errTicket) Error() string { return e.err.Error() }
func (e *errTicket) Unwrap() error { return e.err }

// stale drops a ticket that the host has refused, and reports whether there was one: the
// host's key may have changed since it was made.
func (l *lane) stale(ctx context.Context) bool {
	if !l.staleTicket {
		return false
	}
	return l.host.Kerberos.Forget(ctx, l.host.Name)
}
