package winrm_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/arcwright/arcwright/provision/winrm"
	"github.com/arcwright/arcwright/sim/wsman"
)

// A tapped connection keeps what goes through it, to see what a network sees.
type tapped struct {
	net.Conn
	mu   *sync.Mutex
	seen *bytes.Buffer
}

func (c tapped) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.seen.Write(p)
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// traces are the forms in which a secret might show.
func traces(secret string) []string {
	var wide []byte
	for _, u := range utf16.Encode([]rune(secret)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	return []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), string(wide), base64.StdEncoding.EncodeToString(wide), fmt.Sprintf("%x", secret)}
}

// Canaries stand for every secret there is. None shows on a command line, in an error, in a
// printed value, in what the host writes down, or outside of TLS.
func TestNoSecretShowsAnywhere(t *testing.T) {
	const param, password, proxyWord = "canary-of-the-script", labPassword, "canary-of-the-proxy"
	for _, auth := range []winrm.Auth{winrm.AuthNTLM, winrm.AuthKerberos, winrm.AuthBasic} {
		t.Run(string(auth), func(t *testing.T) {
			l := newLab(t, fast, nil)
			l.realm()
			// A host that repeats all it has been told, in every stream.
			l.set(func(c wsman.Call) wsman.Outcome {
				raw, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(string(c.Stdin)))
				return wsman.Outcome{Stdout: append(c.Stdin, raw...), Stderr: append(raw, c.Stdin...), ExitCode: 1}
			}, nil)
			var mu sync.Mutex
			var wire bytes.Buffer
			host := winrm.Host{Name: labHost, Port: l.port, Auth: auth, AllowBasic: true, User: labUser, Password: password, RootCAs: l.roots}
			if auth == winrm.AuthKerberos {
				host.Kerberos = l.tickets(password)
			}
			open := 0
			c := winrm.New(host, func(ctx context.Context, network, _ string) (net.Conn, error) {
				conn, err := l.dialInto(ctx, &open, network)
				return tapped{conn, &mu, &wire}, err
			}, l.line)
			l.line.Busy(+1)
			script := winrm.Script{Name: "s", Text: "param($p, $s)", Params: map[string]string{"a": "b"}, Secrets: map[string]string{"x": param}}
			_, err := c.Script(t.Context(), script)
			wrong := host
			wrong.Password, wrong.User = password+"-wrong", "nobody"
			wrong.Kerberos = l.tickets(password + "-wrong")
			bad := winrm.New(wrong, func(ctx context.Context, network, _ string) (net.Conn, error) { return l.dialInto(ctx, &open, network) }, l.line)
			_, refused := bad.Script(t.Context(), script)
			if err == nil || refused == nil {
				t.Errorf("got %v, %v", err, refused)
			}
			bad.Close()
			c.Close()
			l.line.Busy(-1)

			var shown strings.Builder
			proxy := winrm.Proxy{Address: "proxy:3128", User: "ann", Password: proxyWord}
			host.Proxy = proxy
			for _, v := range []any{err, refused, host, &host, c, script, &script, proxy, &proxy, host.Kerberos} {
				for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
					fmt.Fprintf(&shown, format+"\n", v)
				}
				if text, err := json.Marshal(v); err == nil {
					shown.Write(text)
				}
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			for _, call := range l.calls {
				shown.WriteString(call.Command + strings.Join(call.Arguments, " "))
				encoded := call.Command[strings.LastIndexByte(call.Command, ' ')+1:]
				if raw, err := base64.StdEncoding.DecodeString(encoded); err == nil {
					shown.Write(raw)
				}
			}
			for _, e := range l.log {
				fmt.Fprintf(&shown, "%+v\n", e)
			}
			mu.Lock()
			defer mu.Unlock()
			if len(l.calls) == 0 || wire.Len() == 0 {
				t.Fatal("nothing was sent")
			}
			for _, secret := range []string{param, password, proxyWord} {
				for _, trace := range traces(secret) {
					if strings.Contains(shown.String(), trace) {
						t.Errorf("%q shows as %q in %s", secret, trace, shown.String())
					}
					if bytes.Contains(wire.Bytes(), []byte(trace)) {
						t.Errorf("%q goes over the network", secret)
					}
				}
			}
		})
	}
}
