package wsman_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	azure "github.com/Azure/go-ntlmssp"
	"github.com/arcwright/arcwright/sim/timeline"
	"github.com/arcwright/arcwright/sim/wsman"
	"github.com/bodgit/ntlmssp"
	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/spnego"
)

// A wire is one TCP connection that a test logs in on by hand.
type wire struct {
	t    *testing.T
	http *http.Transport
}

// post sends a body with an Authorization and returns the status and the token that came.
func (c wire) post(authorization, body string) (int, string) {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := c.http.RoundTrip(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("WWW-Authenticate")
}

func token(t *testing.T, scheme, header string) []byte {
	t.Helper()
	value, ok := strings.CutPrefix(header, scheme+" ")
	b, err := base64.StdEncoding.DecodeString(value)
	if !ok || err != nil {
		t.Fatalf("no token in %q: %v", header, err)
	}
	return b
}

func authorization(scheme string, token []byte) string {
	return scheme + " " + base64.StdEncoding.EncodeToString(token)
}

var create = message(createURI, "", "", "<sh:Shell/>")

// TestNTLMWithKeyExchange logs in with a client that exchanges a key and vouches for its
// messages, and changes them on the way.
func TestNTLMWithKeyExchange(t *testing.T) {
	w := newWorld(t, nil)
	for name, row := range map[string]struct {
		password  string
		negotiate func([]byte) []byte
		last      func([]byte) []byte
		want      int
	}{
		"the right password logs in": {want: 200},
		"the password must be right": {password: "wrong", want: 401},
		"a changed negotiate message is noticed": {want: 401, negotiate: func(b []byte) []byte {
			b[12] ^= 1 << 5 // no sealing
			return b
		}},
		"a changed MIC is noticed": {want: 401, last: func(b []byte) []byte {
			b[80] ^= 1
			return b
		}},
		"a changed flag is noticed": {want: 401, last: func(b []byte) []byte {
			b[63] ^= 1 << 5 // no 128 bits
			return b
		}},
		"a dropped key exchange is noticed": {want: 401, last: func(b []byte) []byte {
			b[63] ^= 1 << 6
			return b
		}},
		"a changed proof is noticed": {want: 401, last: func(b []byte) []byte {
			b[binary.LittleEndian.Uint32(b[24:])] ^= 1
			return b
		}},
		"a message cut off is noticed": {want: 401, last: func(b []byte) []byte { return b[:70] }},
	} {
		t.Run(name, func(t *testing.T) {
			same := func(b []byte) []byte { return b }
			if row.negotiate == nil {
				row.negotiate = same
			}
			if row.last == nil {
				row.last = same
			}
			if row.password == "" {
				row.password = password
			}
			client, err := ntlmssp.NewClient(ntlmssp.SetUserInfo("admin", row.password), ntlmssp.SetDomain("LAB"),
				ntlmssp.SetVersion(ntlmssp.DefaultVersion()))
			if err != nil {
				t.Fatal(err)
			}
			first, err := client.Authenticate(nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			c := wire{t, w.transport()}
			status, header := c.post(authorization("Negotiate", row.negotiate(bytes.Clone(first))), create)
			if status != 401 {
				t.Fatalf("the first message is answered %d", status)
			}
			last, err := client.Authenticate(token(t, "Negotiate", header), nil)
			if err != nil {
				t.Fatal(err)
			}
			if status, _ := c.post(authorization("Negotiate", row.last(last)), create); status != row.want {
				t.Errorf("the last message is answered %d, want %d", status, row.want)
			}
			if status, _ := c.post("", create); status != row.want {
				t.Errorf("the connection is then answered %d, want %d", status, row.want)
			}
		})
	}
}

// TestChallenge checks what the challenge says of the host, by a foreign parser's eyes.
func TestChallenge(t *testing.T) {
	for host, want := range map[string]string{"hci01.lab.example": "LAB", "HCI01": "HCI01"} {
		w := newWorld(t, func(o *wsman.Options) { o.Host = host; o.Line = timeline.New(start, 0) })
		first, err := azure.NewNegotiateMessage("", "")
		if err != nil {
			t.Fatal(err)
		}
		_, header := wire{t, w.transport()}.post(authorization("NTLM", first), "")
		m := token(t, "NTLM", header)
		name := m[binary.LittleEndian.Uint32(m[16:]):][:binary.LittleEndian.Uint16(m[12:])]
		if got := strings.ReplaceAll(string(name), "\x00", ""); got != want {
			t.Errorf("%s: the target is %q, want %q", host, got, want)
		}
		stamp := binary.LittleEndian.AppendUint64([]byte{7, 0, 8, 0}, uint64(start.UnixNano()/100)+116444736000000000)
		if !bytes.Contains(m, stamp) {
			t.Errorf("%s: the challenge does not have the world's time %s", host, start.Format(time.RFC3339))
		}
	}
}

// login is a handshake without bodies by a client that sends no MIC.
func (c wire) login(user, password string) (status int, last string) {
	c.t.Helper()
	first, err := azure.NewNegotiateMessage("", "")
	if err != nil {
		c.t.Fatal(err)
	}
	_, header := c.post(authorization("Negotiate", first), "")
	answer, err := azure.NewAuthenticateMessage(token(c.t, "Negotiate", header), user, password, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	last = authorization("Negotiate", answer)
	status, _ = c.post(last, "")
	return status, last
}

func TestNTLMWithoutMIC(t *testing.T) {
	w := newWorld(t, nil)
	for _, row := range []struct {
		user, password string
		want           int
	}{
		{user, password, 200},
		{`lab\ADMIN`, password, 200},
		{"admin@lab.example", password, 200},
		{user, password + "!", 401},
		{user, "", 401},
		{`LAB\stranger`, password, 401},
	} {
		c := wire{t, w.transport()}
		if status, _ := c.login(row.user, row.password); status != row.want {
			t.Errorf("%s with %q is answered %d, want %d", row.user, row.password, status, row.want)
		}
		if status, _ := c.post("", create); status != row.want {
			t.Errorf("%s with %q is then answered %d, want %d", row.user, row.password, status, row.want)
		}
	}
}

// TestLoginBelongsToItsConnection checks when a login counts and when it does not.
func TestLoginBelongsToItsConnection(t *testing.T) {
	forget := false
	w := newWorld(t, func(o *wsman.Options) {
		o.Trouble = func(*timeline.Turn, wsman.Action) wsman.Trouble {
			if forget {
				forget = false
				return wsman.Trouble{Kind: wsman.TroubleUnauthorized}
			}
			return wsman.Trouble{}
		}
	})
	login := func(c wire) int {
		status, last := c.login(user, password)
		if again, _ := (wire{t, w.transport()}).post(last, ""); again != 401 {
			t.Errorf("an answer repeated on another connection is answered %d", again)
		}
		return status
	}
	a, b := wire{t, w.transport()}, wire{t, w.transport()}
	if status := login(a); status != 200 {
		t.Fatalf("the login with an empty body is answered %d", status)
	}
	if status, _ := a.post("", create); status != 200 {
		t.Errorf("the connection that logged in is answered %d", status)
	}
	if status, _ := b.post("", create); status != 401 {
		t.Errorf("the other connection is answered %d", status)
	}
	if status, _ := a.post("", ""); status != 401 {
		t.Errorf("an empty request on the first is answered %d", status)
	}
	if status := login(a); status != 200 {
		t.Errorf("the second login is answered %d", status)
	}
	if status, _ := a.post(authorization("Negotiate", []byte("NTLMSSP\x00\x03\x00\x00\x00")), create); status != 401 {
		t.Errorf("an answer to no challenge is answered %d", status)
	}
	if status, _ := a.post("", create); status != 401 {
		t.Errorf("and the connection is still logged in: %d", status)
	}
	if status := login(a); status != 200 {
		t.Errorf("the third login is answered %d", status)
	}
	forget = true
	for range 2 {
		if status, _ := a.post("", create); status != 401 {
			t.Errorf("a login that the host forgot is answered %d", status)
		}
	}
}

// TestSPNEGO logs in with NTLM messages wrapped by gokrb5's SPNEGO.
func TestSPNEGO(t *testing.T) {
	w := newWorld(t, nil)
	ntlm := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}
	kerberos := asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2}
	first, err := azure.NewNegotiateMessage("", "")
	if err != nil {
		t.Fatal(err)
	}
	wrapFirst := func(token []byte, mechs ...asn1.ObjectIdentifier) string {
		b, err := (&spnego.SPNEGOToken{Init: true, NegTokenInit: spnego.NegTokenInit{MechTypes: mechs, MechTokenBytes: token}}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return authorization("Negotiate", b)
	}
	wrapNext := func(token []byte) string {
		b, err := (&spnego.NegTokenResp{NegState: 1, ResponseToken: token}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return authorization("Negotiate", b)
	}
	unwrap := func(header string) *spnego.NegTokenResp {
		r := new(spnego.NegTokenResp)
		if err := r.Unmarshal(token(t, "Negotiate", header)); err != nil {
			t.Fatal(err)
		}
		return r
	}
	finish := func(t *testing.T, c wire, header string) {
		r := unwrap(header)
		if r.State() != spnego.NegStateAcceptIncomplete || !r.SupportedMech.Equal(ntlm) {
			t.Fatalf("the challenge came with state %v for %v", r.State(), r.SupportedMech)
		}
		last, err := azure.NewAuthenticateMessage(r.ResponseToken, user, password, nil)
		if err != nil {
			t.Fatal(err)
		}
		status, header := c.post(wrapNext(last), create)
		if status != 200 || unwrap(header).State() != spnego.NegStateAcceptCompleted {
			t.Errorf("the last message is answered %d %q", status, header)
		}
	}
	t.Run("NTLM is offered first", func(t *testing.T) {
		c := wire{t, w.transport()}
		_, header := c.post(wrapFirst(first, ntlm), create)
		finish(t, c, header)
	})
	t.Run("NTLM is offered after Kerberos", func(t *testing.T) {
		c := wire{t, w.transport()}
		_, header := c.post(wrapFirst([]byte("a ticket"), kerberos, ntlm), create)
		if r := unwrap(header); len(r.ResponseToken) != 0 || !r.SupportedMech.Equal(ntlm) {
			t.Fatalf("the ticket was answered with %v", r)
		}
		_, header = c.post(wrapNext(first), create)
		finish(t, c, header)
	})
	t.Run("NTLM is not offered", func(t *testing.T) {
		status, header := wire{t, w.transport()}.post(wrapFirst([]byte("a ticket"), kerberos), create)
		if status != 401 || header != "Negotiate" {
			t.Errorf("answered %d %q", status, header)
		}
	})
}

func FuzzLogin(f *testing.F) {
	first, err := azure.NewNegotiateMessage("LAB", "PC")
	if err != nil {
		f.Fatal(err)
	}
	last := append([]byte("NTLMSSP\x00\x03\x00\x00\x00"), bytes.Repeat([]byte{16, 0, 16, 0, 64, 0, 0, 0}, 10)...)
	blob := append([]byte("NTLMSSP\x00\x03\x00\x00\x00"), make([]byte, 8)...)
	blob = append(blob, 60, 0, 60, 0, 64, 0, 0, 0)
	blob = append(append(blob, make([]byte, 32)...), 1, 0, 0, 0)
	blob = append(blob, append(make([]byte, 16), append([]byte{1, 1}, make([]byte, 80)...)...)...)
	wrapped, err := (&spnego.SPNEGOToken{Init: true, NegTokenInit: spnego.NegTokenInit{
		MechTypes: []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}}, MechTokenBytes: first}}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	next, err := (&spnego.NegTokenResp{NegState: 1, ResponseToken: blob}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(first, last)
	f.Add(first, blob)
	f.Add(wrapped, next)
	f.Add([]byte{0x60, 0x80}, []byte{0xa1, 0x84, 0xff, 0xff, 0xff, 0xff})
	line := timeline.New(start, 0)
	s := wsman.New(wsman.Options{Host: "hci01.lab.example", Line: line,
		Accounts: func(string) (string, bool) { return password, true }})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		if s.AnswerToken(first, second) {
			t.Error("a login without the password")
		}
	})
}

// An OEM login is one of Python's ntlm-auth 1.4.0, as pywinrm makes it, recorded against
// the challenge below: names in ASCII, a key exchange and a MIC.
const (
	oemNegotiate    = "TlRMTVNTUAABAAAAMpCI4gMAAwAoAAAAAAAAACsAAAAGAbEdAAAAD0xBQg=="
	oemAuthenticate = "TlRMTVNTUAADAAAAGAAYAGAAAACgAKAAeAAAAAMAAwBYAAAABQAFAFsAAAAAAAAAYAAAABAAEAAYAQAAMoKJ4gYBsR0AAAAPGd2jezdTy30eUHrcn8YU1UxBQmFkbWluAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP6eln6YkAWbLPMEiyZIx1AEBAAAAAAAAABBpHB+p3AGX4x5gPLl1kgAAAAACAAYATABBAEIAAQAKAEgAQwBJADAAMQAEABYAbABhAGIALgBlAHgAYQBtAHAAbABlAAMAIgBoAGMAaQAwADEALgBsAGEAYgAuAGUAeABhAG0AcABsAGUABwAIAAAQaRwfqdwBBgAEAAIAAAAAAAAAAAAAAJizQtl0aS34Zl9p4jaZJWQ="
)

func TestRecordedOEMLogin(t *testing.T) {
	w := newWorld(t, func(o *wsman.Options) { o.Rand = strings.NewReader(strings.Repeat("recorded", 10)) })
	c := wire{t, w.transport()}
	_, header := c.post("Negotiate "+oemNegotiate, create)
	m := token(t, "Negotiate", header)
	if name := m[binary.LittleEndian.Uint32(m[16:]):][:binary.LittleEndian.Uint16(m[12:])]; string(name) != "LAB" {
		t.Errorf("the target is %q", name)
	}
	if status, _ := c.post("Negotiate "+oemAuthenticate, create); status != 200 {
		t.Errorf("the recorded answer to %s is answered %d", header, status)
	}
}
