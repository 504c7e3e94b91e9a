package clock

import (
	"context"
	"net"
	"net/http"
)

// Transport tells a clock about every request it carries: the caller's busy token
// becomes a wire token while the request is out, and is busy again before the reply
// is handed over. The caller of RoundTrip must hold a busy token.
type Transport struct {
	Clock Clock
	Base  http.RoundTripper
}

// RoundTrip carries one request out.
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	req = req.WithContext(context.WithValue(ctx, requestKey{}, ctx))
	t.Clock.Wire(+1)
	t.Clock.Busy(-1)
	resp, err := t.Base.RoundTrip(req)
	t.Clock.Busy(+1)
	t.Clock.Wire(-1)
	return resp, err
}

type requestKey struct{}

// DialFunc opens a connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Dial returns a dial for the Base of a Transport that ends with the request it was
// started for. net/http lets such a dial go on, so a host that never answers would
// hold the connection's only slot for ever.
func Dial(dial DialFunc) DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if request, ok := ctx.Value(requestKey{}).(context.Context); ok {
			var cancel context.CancelCauseFunc
			ctx, cancel = context.WithCancelCause(ctx)
			defer cancel(nil)
			stop := context.AfterFunc(request, func() { cancel(context.Cause(request)) })
			defer stop()
		}
		return dial(ctx, network, address)
	}
}
