package directory

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
)

// identity is a certificate for dc1.lab.example and who vouches for it.
func identity(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"dc1.lab.example"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// answering is a dial to a server that hands each request to f, and ends when f does not go
// on.
func answering(cert tls.Certificate, f func(n int, request *ber.Packet, to io.Writer) bool) clock.DialFunc {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			conn := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{cert}})
			defer far.Close()
			in := bufio.NewReader(conn)
			for n := 0; ; n++ {
				request, err := ber.ReadPacket(in)
				if err != nil || !f(n, request, conn) {
					return
				}
			}
		}()
		return near, nil
	}
}

func testServer(pool *x509.CertPool) Server {
	return Server{Address: "dc1.lab.example", Domain: "lab.example", RootCAs: pool, User: `LAB\a`, Password: "secret"}
}

func TestWhatCannotWorkIsNotTried(t *testing.T) {
	for name, row := range map[string]struct {
		address, user, password string
		want                    error
	}{
		"no server":                {"", "a", "b", errNoServer},
		"a scheme":                 {"ldap://dc1.lab.example", "a", "b", errScheme},
		"the port without TLS":     {"dc1.lab.example:389", "a", "b", errPlain},
		"the catalogue without it": {"dc1.lab.example:3268", "a", "b", errPlain},
		"no user":                  {"dc1.lab.example", "", "b", errNobody},
		"no password":              {"dc1.lab.example", "a", "", errNobody},
	} {
		t.Run(name, func(t *testing.T) {
			s := Server{Address: row.address, User: row.user, Password: row.password}
			_, err := Open(t.Context(), s, func(context.Context, string, string) (net.Conn, error) {
				t.Error("it was tried")
				return nil, io.EOF
			}, clock.Real{})
			if !errors.Is(err, row.want) || ClassOf(err) != ClassInvalid {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestTicketsAreAskedForInTheDomainOfTheUserOnly(t *testing.T) {
	for user, want := range map[string]string{
		"bob": "bob", "bob@lab.example": "bob", "bob@LAB.Example.": "bob", `LAB\bob`: "bob", `lab.example\bob`: "bob",
		"bob@other.example": "", `OTHER\bob`: "", "bob@LAB": "", "bob@lab.example.org": "",
	} {
		t.Run(user, func(t *testing.T) {
			s := testServer(nil)
			s.Auth, s.User = planner.DirectoryKerberos, user
			if name, err := s.account(); name != want || (err == nil) != (want != "") {
				t.Errorf("the account is %q, error %v", name, err)
			}
			tried := false
			_, err := Open(t.Context(), s, func(context.Context, string, string) (net.Conn, error) {
				tried = true
				return nil, io.EOF
			}, clock.Real{})
			if foreign := errors.Is(err, errForeign) && ClassOf(err) == ClassInvalid; foreign == (want != "") || tried == foreign {
				t.Errorf("tried: %t, error %v", tried, err)
			}
		})
	}
}

func TestPins(t *testing.T) {
	if p, err := ParsePin(""); err != nil || p != (Pin{}) {
		t.Errorf("nothing: %v, %v", p, err)
	}
	if p, err := ParsePin(strings.Repeat("Ab", 32)); err != nil || p[31] != 0xab {
		t.Errorf("64 digits: %v, %v", p, err)
	}
	for _, text := range []string{"ab", strings.Repeat("g", 64), strings.Repeat("a", 66)} {
		if _, err := ParsePin(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestAServerThatNobodyVouchesFor(t *testing.T) {
	cert, pool := identity(t)
	_, other := identity(t)
	dial := answering(cert, func(int, *ber.Packet, io.Writer) bool { return false })
	s := testServer(other)
	if _, err := Open(t.Context(), s, dial, clock.Real{}); ClassOf(err) != ClassTrust {
		t.Errorf("another authority: %v", err)
	}
	s = testServer(pool)
	s.Address = "dc2.lab.example"
	if _, err := Open(t.Context(), s, dial, clock.Real{}); ClassOf(err) != ClassTrust {
		t.Errorf("another name: %v", err)
	}
}

func TestNothingOfAServerTellsThePassword(t *testing.T) {
	s := testServer(nil)
	if text := s.String() + s.GoString(); strings.Contains(text, s.Password) || !strings.Contains(text, "dc1.lab.example:636") {
		t.Error(text)
	}
}

func TestReasons(t *testing.T) {
	for text, want := range map[string]SignInError{
		"80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 532, v1db1": {PasswordExpired, 0x532},
		"... data 775, v4563": {AccountLocked, 0x775},
		"... data 999, v1":    {WrongPassword, 0x999},
		"data , v1":           {WrongPassword, 0},
		"":                    {WrongPassword, 0},
	} {
		if got := signIn(text); *got != want {
			t.Errorf("%q is %+v, want %+v", text, *got, want)
		}
	}
}

func TestHowFarAClockIsCertainlyOff(t *testing.T) {
	at := time.Date(2026, 12, 5, 2, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		server, asked, answered time.Duration
		want                    time.Duration
	}{
		"within the asking":             {time.Second, 0, 2 * time.Second, 0},
		"ahead":                         {10 * time.Minute, 0, time.Second, 10*time.Minute - time.Second},
		"behind by less than a second":  {0, 900 * time.Millisecond, time.Second, 0},
		"behind":                        {-time.Minute, 0, time.Second, -59 * time.Second},
		"exactly the end of the asking": {time.Second, 0, time.Second, 0},
	} {
		r := root{now: at.Add(row.server), asked: at.Add(row.asked), answered: at.Add(row.answered)}
		if got := r.skew(); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
}

// FuzzAnswers has a server answer anything: the client must end, and never take it for an
// answer that it is not.
func FuzzAnswers(f *testing.F) {
	good := ber.NewSequence("")
	good.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, ""))
	entry := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 4, nil, "")
	entry.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	entry.AppendChild(ber.NewSequence(""))
	good.AppendChild(entry)
	f.Add(good.Bytes(), 0)
	f.Add([]byte{0x30, 0x0c, 2, 1, 1, 0x65, 7, 10, 1, 0, 4, 0, 4, 0}, 0)
	f.Add([]byte{0x30, 0x0c, 2, 1, 1, 0x65, 7, 10, 1, 49, 4, 0, 4, 0}, 1)
	f.Add([]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 2, 1, 1}, 0)
	f.Add([]byte{0x30, 0x80, 0, 0}, 2)
	cert, pool := identity(f)
	f.Fuzz(func(t *testing.T, answer []byte, healthy int) {
		dial := answering(cert, func(n int, request *ber.Packet, to io.Writer) bool {
			if n < healthy {
				return reply(request, to)
			}
			// Half of it at once, as it may come over a network.
			_, err := to.Write(answer[:len(answer)/2])
			if err == nil {
				_, _ = to.Write(answer[len(answer)/2:]) // the client may have had enough
			}
			return false // it hangs up, so that nobody waits for the rest
		})
		c, err := Open(t.Context(), testServer(pool), dial, clock.Real{})
		if err != nil {
			if ClassOf(err) == "" {
				t.Fatalf("an error of no class: %v", err)
			}
			return
		}
		defer c.Close()
		if _, err := c.Look(t.Context(), Wanted{Site: "s", Domain: "lab.example", Units: []Unit{{"site.directory.ou", "OU=A,DC=lab,DC=example", true}},
			Computers: []Computer{{Name: "hv1", Role: RoleHost, Unit: "OU=A,DC=lab,DC=example"}}}); err != nil && ClassOf(err) == "" {
			t.Fatalf("an error of no class: %v", err)
		}
	})
}

// reply answers a request as a healthy server of an empty domain does.
func reply(request *ber.Packet, to io.Writer) bool {
	if len(request.Children) < 2 {
		return false
	}
	id, _ := request.Children[0].Value.(int64)
	envelope := func(op *ber.Packet) []byte {
		p := ber.NewSequence("")
		p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
		p.AppendChild(op)
		return p.Bytes()
	}
	octets := func(text string) *ber.Packet {
		return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, text, "")
	}
	done := func(tag ber.Tag) []byte {
		p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
		p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, 0, ""))
		p.AppendChild(octets(""))
		p.AppendChild(octets(""))
		return envelope(p)
	}
	op := request.Children[1]
	if op.Tag != 3 {
		_, err := to.Write(done(op.Tag + 1))
		return err == nil
	}
	entry := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 4, nil, "")
	entry.AppendChild(octets(""))
	list := ber.NewSequence("")
	for _, a := range [][2]string{{"defaultNamingContext", "DC=lab,DC=example"}, {"currentTime", "20261205020000.0Z"}} {
		pair := ber.NewSequence("")
		pair.AppendChild(octets(a[0]))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		set.AppendChild(octets(a[1]))
		pair.AppendChild(set)
		list.AppendChild(pair)
	}
	entry.AppendChild(list)
	_, err := to.Write(slices.Concat(envelope(entry), done(5)))
	return err == nil
}

func TestAnAnswerWithoutEnd(t *testing.T) {
	cert, pool := identity(t)
	dial := answering(cert, func(_ int, _ *ber.Packet, to io.Writer) bool {
		// A packet of 2 GiB, of which as much comes as is taken.
		if _, err := to.Write([]byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 2, 1, 1, 4, 0x84, 0x7f, 0xff, 0xff, 0xf0}); err != nil {
			return false
		}
		for {
			if _, err := to.Write(make([]byte, 16<<10)); err != nil {
				return false
			}
		}
	})
	if _, err := Open(t.Context(), testServer(pool), dial, clock.Real{}); !errors.Is(err, errTooLong) {
		t.Errorf("error %v", err)
	}
}

func TestAServerOfAnotherKind(t *testing.T) {
	cert, pool := identity(t)
	dial := answering(cert, func(_ int, request *ber.Packet, to io.Writer) bool {
		_, err := to.Write([]byte{0x30, 0x0c, 2, 1, byte(request.Children[0].Value.(int64)), 0x65, 7, 10, 1, 0, 4, 0, 4, 0}) // no object at all
		return err == nil
	})
	if _, err := Open(t.Context(), testServer(pool), dial, clock.Real{}); ClassOf(err) != ClassMissing {
		t.Errorf("error %v", err)
	}
}
