// Package kube speaks to the Kubernetes API of one cluster: it waits for nodes, and
// applies the few objects that a plan asks for by server-side apply, under our own field
// manager and label, so that it can always be told what is ours.
//
// Nothing is watched: lists are read again instead, with one mechanism for the real
// cluster and the simulated one. Every request ends by a clock.Clock and is seen by it,
// certificates are judged at its time, and nothing is tried twice behind its back: the
// caller of every method holds one busy token, before, during and after the call.
package kube

import (
	"context"
	"net/http"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/arcwright/arcwright/provision/clock"
)

// limit is how long one request may take. A list of all nodes takes milliseconds; an API
// server that is overloaded says so within its own limit of 60 seconds, or not at all.
const limit = 30 * time.Second

// Client speaks to one cluster. Its methods may be called from any goroutine.
type Client struct {
	server  string
	clk     clock.Clock
	conns   *http.Transport
	rest    rest.Interface
	objects dynamic.Interface
}

// New returns a client that signs in with a credential. It connects to nothing.
func New(c *Credential, dial clock.DialFunc, clk clock.Clock) (*Client, error) {
	conns := connections(c, dial, clk)
	config := &rest.Config{
		Host:           c.server,
		BearerToken:    c.token,
		UserAgent:      "arcwright",
		QPS:            -1, // the default of 5 a second makes whoever waits wait for nothing
		WarningHandler: rest.NoWarnings{},
		Transport:      clock.Transport{Clock: clk, Base: conns},
	}
	config = dynamic.ConfigFor(config) // JSON
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, &Error{OpSetUp, c.server, ClassInvalid, err}
	}
	api, err := rest.UnversionedRESTClientForConfigAndClient(config, client)
	if err != nil {
		return nil, &Error{OpSetUp, c.server, ClassInvalid, err}
	}
	once := tryOnce{api}
	return &Client{server: c.server, clk: clk, conns: conns, rest: once, objects: dynamic.New(once)}, nil
}

// connections carry requests by HTTP/1.1: the health checks of HTTP/2 run on real time, and
// so do all of net/http's own time limits, which is why none is set.
func connections(c *Credential, dial clock.DialFunc, clk clock.Clock) *http.Transport {
	config := c.tls.Clone()
	config.Time = clk.Now
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:         clock.Dial(dial),
		TLSClientConfig:     config,
		Protocols:           protocols,
		MaxIdleConnsPerHost: 4,
		DisableCompression:  true,
	}
}

// String is the server's address.
func (c *Client) String() string { return c.server }

// Close closes the connections that nobody uses.
func (c *Client) Close() { c.conns.CloseIdleConnections() }

// Ready asks the API server whether it is ready, with our credential.
func (c *Client) Ready(ctx context.Context) error {
	return c.within(ctx, OpReady, func(ctx context.Context) error {
		return c.rest.Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

// within bounds one request and says what failed.
func (c *Client) within(ctx context.Context, op Op, f func(context.Context) error) error {
	ctx, cancel := clock.WithTimeout(ctx, c.clk, limit)
	defer cancel()
	if err := f(ctx); err != nil {
		class, err := classify(ctx, err)
		return &Error{op, c.server, class, err}
	}
	return nil
}

// tryOnce is an API client whose requests are never repeated by themselves: client-go
// would wait in real time before it did, and say nothing of it.
type tryOnce struct{ rest.Interface }

func (t tryOnce) Verb(verb string) *rest.Request { return t.Interface.Verb(verb).MaxRetries(0) }
func (t tryOnce) Post() *rest.Request            { return t.Interface.Post().MaxRetries(0) }
func (t tryOnce) Put() *rest.Request             { return t.Interface.Put().MaxRetries(0) }
func (t tryOnce) Get() *rest.Request             { return t.Interface.Get().MaxRetries(0) }
func (t tryOnce) Delete() *rest.Request          { return t.Interface.Delete().MaxRetries(0) }
func (t tryOnce) Patch(kind types.PatchType) *rest.Request {
	return t.Interface.Patch(kind).MaxRetries(0)
}
