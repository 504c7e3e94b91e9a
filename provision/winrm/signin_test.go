package winrm_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/arcwright/arcwright/provision/kerberos"
	"github.com/arcwright/arcwright/provision/winrm"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
)

// Every way to sign in, to a host of each hardening. A host that wants to hear of the channel
// hears of it by NTLM and Kerberos, and takes no password in clear.
func TestWaysToSignIn(t *testing.T) {
	user, _, _ := certificate(t, labUser)
	known := func(c *x509.Certificate) (string, bool) { return labUser, c.Equal(user.Leaf) }
	for _, bindings := range []wsman.Bindings{wsman.BindingsRelaxed, wsman.BindingsStrict} {
		l := newLab(t, fast, func(o *wsman.Options) { o.Bindings, o.Certificates = bindings, known })
		l.realm()
		for name, change := range map[string]func(*winrm.Host){
			"ntlm":        func(h *winrm.Host) { h.Auth = winrm.AuthNTLM },
			"basic":       func(*winrm.Host) {},
			"kerberos":    func(h *winrm.Host) { h.Auth, h.Kerberos = winrm.AuthKerberos, l.tickets(labPassword) },
			"certificate": func(h *winrm.Host) { h.Auth, h.Certificate = winrm.AuthCertificate, user },
		} {
			t.Run(name+" "+string(bindings), func(t *testing.T) {
				c := l.oursIn(t, change)
				for range 3 {
					if _, err := c.Run(t.Context(), winrm.Command{Line: "read", Stdin: strings.NewReader("in")}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

// A host behind somebody in between who shows another certificate, trusted though it is.
func TestALoginThatIsPassedOnIsRefused(t *testing.T) {
	l := newLab(t, fast, nil)
	l.realm()
	inner := l.addr
	between, _, roots := certificate(t, labHost)
	door, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{between}})
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	t.Cleanup(work.Wait)
	t.Cleanup(func() { _ = door.Close() })
	work.Go(func() {
		for {
			near, err := door.Accept()
			if err != nil {
				return
			}
			far, err := tls.Dial("tcp", inner, &tls.Config{RootCAs: l.roots, ServerName: labHost})
			if err != nil {
				_ = near.Close()
				continue
			}
			work.Go(func() { _, _ = io.Copy(far, near); _ = far.Close() })
			work.Go(func() { _, _ = io.Copy(near, far); _ = near.Close() })
		}
	})
	l.addr = door.Addr().String()
	for name, change := range map[string]func(*winrm.Host){
		"ntlm":     func(h *winrm.Host) { h.Auth = winrm.AuthNTLM },
		"kerberos": func(h *winrm.Host) { h.Auth, h.Kerberos = winrm.AuthKerberos, l.tickets(labPassword) },
	} {
		_, err := l.ours(func(h *winrm.Host) { h.RootCAs = roots; change(h) }).Run(t.Context(), winrm.Command{Line: "x"})
		if winrm.Class(err) != winrm.ClassAuth {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestKerberosThatIsRefusedSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(l *lab)
		word   string
		want   winrm.ErrorClass
		says   string
	}{
		{"a wrong password", func(*lab) {}, "wrong-horse", winrm.ClassAuth, "the password or the key is wrong"},
		{"a host with another key", func(l *lab) { l.hostKey = make([]byte, 32) }, labPassword, winrm.ClassAuth, "it has another key than the KDC made the ticket with"},
		{"no KDC", func(l *lab) { _ = l.kdc.Close() }, labPassword, winrm.ClassUnreachable, "no KDC of LAB.EXAMPLE answers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, fast, nil)
			l.realm()
			tt.change(l)
			_, err := l.ours(func(h *winrm.Host) { h.Auth, h.Kerberos = winrm.AuthKerberos, l.tickets(tt.word) }).Run(t.Context(), winrm.Command{Line: "x"})
			if winrm.Class(err) != tt.want || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), tt.word) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What is wrong with Kerberos itself is no host that is away, and is not tried again.
func TestKerberosThatCannotWorkIsNoHostThatIsAway(t *testing.T) {
	weak := keytab.New()
	if err := weak.AddEntry(labUser, labRealm, labPassword, time.Now(), 1, etypeID.RC4_HMAC); err != nil {
		t.Fatal(err)
	}
	noAES, err := weak.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		id     kerberos.Identity
		answer func() ([]byte, error) // of the KDC, to whatever it is asked
		want   winrm.ErrorClass
	}{
		{"a keytab without AES", kerberos.Identity{User: labUser, Keytab: noAES}, nil, winrm.ClassInvalid},
		{"an answer that is no message", kerberos.Identity{User: labUser, Password: labPassword}, func() ([]byte, error) { return []byte("hello"), nil }, winrm.ClassProtocol},
		{"no proof that is known", kerberos.Identity{User: labUser, Password: labPassword}, func() ([]byte, error) { return wantsProof(types.ETypeInfo2{}) }, winrm.ClassProtocol},
		{"a key of too many rounds", kerberos.Identity{User: labUser, Password: labPassword}, func() ([]byte, error) {
			return wantsProof(types.ETypeInfo2{{EType: etypeID.AES256_CTS_HMAC_SHA1_96, Salt: "x", S2KParams: []byte{0xff, 0xff, 0xff, 0xff}}})
		}, winrm.ClassProtocol},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, fast, nil)
			dial := func(context.Context, string, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() {
					defer far.Close()
					var head [4]byte
					if _, err := io.ReadFull(far, head[:]); err != nil {
						return
					}
					_, _ = io.CopyN(io.Discard, far, int64(binary.BigEndian.Uint32(head[:])))
					answer, err := tt.answer()
					if err != nil {
						t.Error(err)
					}
					_, _ = far.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(answer))), answer...))
				}()
				return near, nil
			}
			tickets, err := kerberos.New(kerberos.Config{Realm: labRealm}, tt.id, dial, l.line)
			if err != nil {
				t.Fatal(err)
			}
			_, err = l.ours(func(h *winrm.Host) { h.Auth, h.Kerberos = winrm.AuthKerberos, tickets }).Run(t.Context(), winrm.Command{Line: "x"})
			if winrm.Class(err) != tt.want {
				t.Errorf("class %q of %v, want %q", winrm.Class(err), err, tt.want)
			}
		})
	}
}

// wantsProof is the refusal of a KDC that wants a proof, made with one of the given keys.
func wantsProof(entries types.ETypeInfo2) ([]byte, error) {
	info, err := asn1.Marshal(entries)
	if err != nil {
		return nil, err
	}
	hints, err := asn1.Marshal(types.PADataSequence{{PADataType: patype.PA_ETYPE_INFO2, PADataValue: info}})
	if err != nil {
		return nil, err
	}
	k := messages.NewKRBError(types.NewPrincipalName(2, "krbtgt/"+labRealm), labRealm, int32(kerberos.CodePreauthRequired), "")
	k.EData = hints
	return k.Marshal()
}

// A host whose account was reset has another key; the ticket in hand is replaced.
func TestATicketThatIsOutOfDateIsReplaced(t *testing.T) {
	l := newLab(t, fast, nil)
	l.realm()
	c := l.ours(func(h *winrm.Host) { h.Auth, h.Kerberos = winrm.AuthKerberos, l.tickets(labPassword) })
	run := func() error {
		_, err := c.Run(t.Context(), winrm.Command{Line: "x"})
		return err
	}
	if err := run(); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.key, l.hostKey = append([]byte{8}, l.key[1:]...), nil
	l.mu.Unlock()
	if err := run(); err != nil {
		t.Error(err)
	}
}

// One account signs in to many hosts at once. The password is wrong, and is tried once.
func TestAWrongPasswordIsTriedOnceOnAllHosts(t *testing.T) {
	for _, auth := range []winrm.Auth{winrm.AuthNTLM, winrm.AuthBasic} {
		l := newLab(t, fast, nil)
		account := winrm.NewAccount(l.line)
		var clients []*winrm.Client
		for range 6 {
			clients = append(clients, l.ours(func(h *winrm.Host) { h.Auth, h.Password, h.Account = auth, "wrong-horse", account }))
		}
		var mu sync.Mutex
		next := 0
		l.line.Busy(-5) // one for all of them
		l.together(6, func() {
			mu.Lock()
			c := clients[next]
			next++
			mu.Unlock()
			_, err := c.Run(t.Context(), winrm.Command{Line: "x"})
			if !errors.Is(err, winrm.ErrAuth) || winrm.Class(err) != winrm.ClassAuth {
				t.Errorf("got %v", err)
			}
		})
		if _, err := clients[0].Run(t.Context(), winrm.Command{Line: "x"}); !strings.Contains(err.Error(), "not tried") {
			t.Errorf("later: %v", err)
		}
		l.line.Busy(+5)
		want := map[winrm.Auth]int{winrm.AuthNTLM: 2, winrm.AuthBasic: 1}[auth]
		if requests, _, _ := l.made(); requests != want {
			t.Errorf("%s: %d requests with credentials, want %d", auth, requests, want)
		}
	}
}

// Once the account is known to be good, a host that refuses it keeps no other from work.
func TestAHostThatRefusesAGoodAccountIsAlone(t *testing.T) {
	good, odd := newLab(t, fast, nil), newLab(t, fast, func(o *wsman.Options) {
		o.Accounts = func(string) (string, bool) { return "", false }
	})
	account := winrm.NewAccount(good.line)
	use := func(l *lab) error {
		c := l.ours(func(h *winrm.Host) { h.Auth, h.Account = winrm.AuthNTLM, account })
		_, err := c.Run(t.Context(), winrm.Command{Line: "x"})
		return err
	}
	for i, step := range []struct {
		lab *lab
		ok  bool
	}{{good, true}, {odd, false}, {good, true}, {odd, false}, {good, true}} {
		if err := use(step.lab); (err == nil) != step.ok {
			t.Errorf("step %d: %v", i, err)
		}
	}
}

// A proxy that opens ways by CONNECT, or does not.
type proxy struct {
	addr   string
	mu     sync.Mutex
	asked  []string
	answer func(r *http.Request) string // empty lets the request through
}

func newProxy(t *testing.T, answer func(*http.Request) string) *proxy {
	t.Helper()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{addr: door.Addr().String(), answer: answer}
	var work sync.WaitGroup
	t.Cleanup(work.Wait)
	t.Cleanup(func() { _ = door.Close() })
	work.Go(func() {
		for {
			conn, err := door.Accept()
			if err != nil {
				return
			}
			work.Go(func() { p.serve(conn) })
		}
	})
	return p
}

func (p *proxy) serve(conn net.Conn) {
	defer conn.Close()
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host)
	p.mu.Unlock()
	if no := p.answer(r); no != "" {
		_, _ = io.WriteString(conn, no)
		return
	}
	far, err := net.Dial("tcp", strings.Replace(r.Host, labHost, "127.0.0.1", 1))
	if err != nil {
		return
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	done := make(chan struct{})
	go func() { defer close(done); _, _ = io.Copy(far, conn); _ = far.Close() }()
	_, _ = io.Copy(conn, far)
	_ = conn.Close()
	<-done
}

func TestProxies(t *testing.T) {
	let := func(*http.Request) string { return "" }
	for _, tt := range []struct {
		name   string
		answer func(*http.Request) string
		change func(*winrm.Proxy)
		want   winrm.ErrorClass
	}{
		{"one that lets everybody through", let, func(*winrm.Proxy) {}, ""},
		{"one that knows the user", func(r *http.Request) string {
			if r.Header.Get("Proxy-Authorization") == "Basic YW5uOnByb3h5LXNlY3JldA==" {
				return ""
			}
			return "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
		}, func(p *winrm.Proxy) { p.User, p.Password = "ann", "proxy-secret" }, ""},
		{"one that wants another user", func(*http.Request) string {
			return "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
		}, func(p *winrm.Proxy) { p.User, p.Password = "ann", "proxy-secret" }, winrm.ClassProxy},
		{"one that forbids it", func(*http.Request) string { return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" }, func(*winrm.Proxy) {}, winrm.ClassProxy},
		{"one that does not get through", func(*http.Request) string { return "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n" }, func(*winrm.Proxy) {}, winrm.ClassUnreachable},
		{"none at all", func(*http.Request) string { return "SSH-2.0-OpenSSH_9.2\r\n\r\n" }, func(*winrm.Proxy) {}, winrm.ClassProxy},
		{"one that hangs up", func(*http.Request) string { return " " }, func(*winrm.Proxy) {}, winrm.ClassProxy},
		{"one whose header has no end", func(*http.Request) string { return "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 100<<10) }, func(*winrm.Proxy) {}, winrm.ClassUnreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, fast, nil)
			host := l.addr
			p := newProxy(t, tt.answer)
			l.addr = p.addr // whoever dials gets there
			_, err := l.ours(func(h *winrm.Host) {
				h.Proxy = winrm.Proxy{Address: "proxy.lab.example:3128"}
				tt.change(&h.Proxy)
			}).Run(t.Context(), winrm.Command{Line: "x"})
			if winrm.Class(err) != tt.want || err != nil && strings.Contains(err.Error(), "proxy-secret") {
				t.Errorf("class %q of %v, want %q", winrm.Class(err), err, tt.want)
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if want := "CONNECT " + strings.Replace(host, "127.0.0.1", labHost, 1); len(p.asked) == 0 || p.asked[0] != want {
				t.Errorf("the proxy was asked %q, want %q", p.asked, want)
			}
		})
	}
}

// The accounts of a realm know nothing of a client that gives up.
func TestAContextThatEndsWhileTheKDCIsAskedIsNoRefusal(t *testing.T) {
	l := newLab(t, fast, nil)
	ctx, cancel := context.WithCancel(t.Context())
	silent := func(dialing context.Context, _, _ string) (net.Conn, error) {
		var spot *timeline.Spot
		l.line.Do(func(turn *timeline.Turn) { spot = turn.Park(-1) })
		cancel()
		return nil, spot.Wait(dialing)
	}
	tickets, err := kerberos.New(kerberos.Config{Realm: labRealm}, kerberos.Identity{User: labUser, Password: labPassword}, silent, l.line)
	if err != nil {
		t.Fatal(err)
	}
	c := l.ours(func(h *winrm.Host) { h.Auth, h.Kerberos = winrm.AuthKerberos, tickets })
	if _, err := c.Run(ctx, winrm.Command{Line: "x"}); winrm.Class(err) != winrm.ClassCanceled {
		t.Errorf("got %v", err)
	}
}

// BenchmarkCommand runs one command after another, with a shell of its own each.
func BenchmarkCommand(b *testing.B) {
	for _, auth := range []winrm.Auth{winrm.AuthBasic, winrm.AuthNTLM, winrm.AuthKerberos} {
		b.Run(string(auth), func(b *testing.B) {
			l := newLab(b, fast, nil)
			l.realm()
			h := winrm.Host{Name: labHost, Port: l.port, Auth: auth, AllowBasic: true, User: labUser, Password: labPassword, RootCAs: l.roots, Kerberos: l.tickets(labPassword)}
			open := 0
			c := winrm.New(h, func(ctx context.Context, network, _ string) (net.Conn, error) { return l.dialInto(ctx, &open, network) }, l.line)
			l.line.Busy(+1)
			for b.Loop() {
				if _, err := c.Run(b.Context(), winrm.Command{Line: "x"}); err != nil {
					b.Fatal(err)
				}
			}
			c.Close()
			l.line.Busy(-1)
		})
	}
}
