package winrm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// call sends an envelope and decodes the answer. A host that refuses on a connection that
// was let in before has forgotten the login, as after a restart of its service: it is asked
// once more on a new connection. So is one that refuses a ticket, which may be out of date.
// A refusal on a new connection is final: each may count towards locking the account. So is
// one by Basic, which shows the password with each request and has no login to forget. once
// leaves the second try out.
func (l *lane) call(ctx context.Context, op Op, envelope string, once bool) (*reply, error) {
	if ctx.Err() != nil {
		class, err := ended(ctx)
		return nil, &Error{op, l.host.address(), class, err}
	}
	forgotten := l.letIn() && l.host.Auth != AuthBasic
	a, class, err := l.attempt(ctx, envelope, op == OpIdentify)
	refused := class == ClassAuth || err == nil && a.refused()
	if refused && !once && (l.stale(ctx) || forgotten) {
		l.drop()
		a, class, err = l.attempt(ctx, envelope, op == OpIdentify)
	}
	if err != nil {
		return nil, &Error{op, l.host.address(), class, err}
	}
	r, class, err := a.reply()
	if err != nil {
		return nil, &Error{op, l.host.address(), class, err}
	}
	return r, nil
}

// refused reports a 401 or 403 that is the web server's and not the service's.
func (a *answer) refused() bool {
	if a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
		return false
	}
	r, err := decode(a.body)
	return err != nil || r.Body.Fault == nil
}

// reply decodes an answer. A fault is one under any status.
func (a *answer) reply() (*reply, ErrorClass, error) {
	r, err := decode(a.body)
	if err == nil && r.Body.Fault != nil {
		f := r.Body.Fault.fault(a.status)
		return nil, f.class(), f
	}
	switch {
	case a.status == http.StatusOK && err == nil:
		return r, "", nil
	case a.status == http.StatusOK:
		return nil, ClassProtocol, err
	case a.refused():
		return nil, ClassAuth, a.refusal()
	case a.status >= http.StatusBadGateway && a.status <= http.StatusGatewayTimeout:
		return nil, ClassUnreachable, fmt.Errorf("HTTP %d: the service is not available", a.status)
	}
	return nil, ClassProtocol, fmt.Errorf("HTTP %d without a fault", a.status)
}

func (a *answer) refusal() error {
	if len(a.offered) == 0 {
		return fmt.Errorf("%w (HTTP %d)", ErrAuth, a.status)
	}
	return fmt.Errorf("%w (HTTP %d; it accepts %s)", ErrAuth, a.status, strings.Join(a.offered, ", "))
}

// fault is the fault in err, or an empty one.
func fault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{}
}
