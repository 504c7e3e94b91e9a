package winrm

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Proxy is an HTTP proxy that opens a way to the host by CONNECT. TLS goes through it to
// the host: a proxy that looks inside would have to show the host's own certificate.
type Proxy struct {
	// Address is name:port.
	Address string
	// User and Password sign in to the proxy by Basic, in clear text; an empty User does not.
	User     string
	Password string `json:"-"`
}

// String is the address and the user.
func (p Proxy) String() string {
	if p.User == "" {
		return p.Address
	}
	return fmt.Sprintf("%s as %q", p.Address, p.User)
}

// GoString is String, so that no verb prints the password.
func (p Proxy) GoString() string { return p.String() }

func (p Proxy) check() error {
	if p.Address == "" {
		return nil
	}
	if name, port, err := net.SplitHostPort(p.Address); err != nil || name == "" || port == "" || strings.IndexFunc(name, notInName) >= 0 {
		return fmt.Errorf("proxy %q is not name:port", p.Address)
	}
	if strings.Contains(p.User, ":") {
		return fmt.Errorf("user %q of the proxy holds a colon", p.User)
	}
	return nil
}

// ProxyError is a proxy that refused to connect.
type ProxyError struct {
	Proxy  string // name:port
	Status int    // of HTTP
}

// Error says what to look at.
func (e *ProxyError) Error() string {
	why := "it does not let anybody reach the host: ask for an exception, or leave the host out of the proxy"
	switch {
	case e.Status == http.StatusProxyAuthRequired:
		why = "it wants another user or password"
	case e.Status >= http.StatusInternalServerError:
		why = "it does not reach the host"
	}
	return fmt.Sprintf("proxy %s answers HTTP %d: %s", e.Proxy, e.Status, why)
}

func (e *ProxyError) class() ErrorClass {
	if e.Status >= http.StatusInternalServerError {
		return ClassUnreachable
	}
	return ClassProxy
}

// errNoProxy is something that answers and is no HTTP proxy.
var errNoProxy = errors.New("the proxy does not answer as an HTTP proxy does")

// maxProxyReply bounds the header of a proxy's answer, in bytes.
const maxProxyReply = 64 << 10

// through asks a proxy on conn for a way to address. conn is closed when ctx ends.
func (p Proxy) through(ctx context.Context, conn net.Conn, address string) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{"User-Agent": {"arcwright"}}}
	if p.User != "" {
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(p.User+":"+p.Password)))
	}
	if err := req.Write(conn); err != nil {
		return nil, fmt.Errorf("ask proxy %s: %w", p.Address, err)
	}
	in := bufio.NewReader(io.LimitReader(conn, maxProxyReply))
	resp, err := http.ReadResponse(in, req)
	switch {
	case err != nil && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || ctx.Err() != nil):
		return nil, fmt.Errorf("ask proxy %s: %w", p.Address, err)
	case err != nil:
		return nil, fmt.Errorf("ask proxy %s: %w", p.Address, errNoProxy)
	}
	_ = resp.Body.Close() // of an answer to CONNECT there is none
	if resp.StatusCode != http.StatusOK {
		return nil, &ProxyError{Proxy: p.Address, Status: resp.StatusCode}
	}
	if in.Buffered() > 0 { // TLS has the client speak first
		return nil, fmt.Errorf("ask proxy %s: %w", p.Address, errNoProxy)
	}
	return conn, nil
}
