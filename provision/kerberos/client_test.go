package kerberos_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kerberos"
	simkerberos "github.com/arcwright/arcwright/sim/kerberos"
)

// accept passes a proof to the host and its answer back.
func accept(t *testing.T, r *realm, x *kerberos.Context) (simkerberos.Accepted, error) {
	t.Helper()
	message := inner(t, x.Token)
	got, refused, ok := r.host.Accept(message)
	if !ok {
		return got, x.Finish(frame(0x0300, refused))
	}
	return got, x.Finish(frame(0x0200, got.Reply))
}

func TestAUserProvesHimselfAndTheHostItself(t *testing.T) {
	r := newRealm(t)
	for _, user := range []string{"arc", `LAB\arc`, "arc@LAB.EXAMPLE", "arc@lab.example"} {
		c := r.client(kerberos.Identity{User: user, Password: right})
		bindings := [16]byte{1, 2, 3}
		x, err := c.Begin(t.Context(), "HV01.lab.example.", bindings)
		if err != nil {
			t.Fatal(err)
		}
		got, err := accept(t, r, x)
		if err != nil || got.User != "arc@LAB.EXAMPLE" || got.Bindings != bindings {
			t.Errorf("%s: got %q, %v, %v", user, got.User, got.Bindings, err)
		}
	}
}

func TestTicketsAreUsedAgainUntilTheyEnd(t *testing.T) {
	r := newRealm(t)
	c := r.client(kerberos.Identity{User: "arc", Password: right})
	for i, want := range []struct {
		after time.Duration
		dials int
	}{{0, 3}, {time.Hour, 3}, {8 * time.Hour, 3}, {time.Hour, 6}} {
		if err := r.line.Sleep(t.Context(), want.after); err != nil {
			t.Fatal(err)
		}
		x, err := c.Begin(t.Context(), host, [16]byte{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := accept(t, r, x); err != nil {
			t.Errorf("proof %d: %v", i, err)
		}
		if n := r.count(); n != want.dials {
			t.Errorf("%d exchanges with the KDC after proof %d, want %d", n, i, want.dials)
		}
	}
}

func TestAHostThatIsKnownAsWSMANOnlyIsFound(t *testing.T) {
	r := newRealm(t)
	r.service = "WSMAN/" + host
	c := r.client(kerberos.Identity{User: "arc", Password: right})
	x, err := c.Begin(t.Context(), host, [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accept(t, r, x); err != nil {
		t.Error(err)
	}
}

// A KDC that writes a name in another way gives tickets for that; the keytab keeps ours.
func TestANameThatTheKDCWritesInAnotherWayIsFoundAgainInTheKeytab(t *testing.T) {
	r := newRealm(t)
	keys := keytab.New()
	if err := keys.AddEntry("arc", realmName, right, start, 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	keys.Entries[0].Principal.Components = []string{"ARC"}
	file, err := keys.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	c, err := kerberos.New(kerberos.Config{Realm: realmName}, kerberos.Identity{User: "ARC", Keytab: file}, func(context.Context, string, string) (net.Conn, error) {
		return r.rewriting(func(request []byte) []byte {
			var req messages.ASReq
			if req.Unmarshal(request) != nil {
				return request
			}
			req.ReqBody.CName.NameString = []string{"arc"}
			written, err := req.Marshal()
			if err != nil {
				t.Error(err)
			}
			return written
		}), nil
	}, r.line)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		x, err := c.Begin(t.Context(), host, [16]byte{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := accept(t, r, x); err != nil || got.User != "arc@LAB.EXAMPLE" {
			t.Errorf("the host takes %q: %v", got.User, err)
		}
		if got := c.String(); got != "ARC@LAB.EXAMPLE" {
			t.Errorf("the user is called %s", got)
		}
		if err := r.line.Sleep(t.Context(), 11*time.Hour); err != nil { // all tickets end
			t.Fatal(err)
		}
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(r *realm)
		user   string
		word   string // the password
		code   kerberos.Code
		says   string
	}{
		{name: "a wrong password", word: "wrong-horse", code: kerberos.CodePreauthFailed, says: "the password or the key is wrong"},
		{name: "an unknown user", user: "nobody", code: kerberos.CodeClientUnknown, says: "knows no such user"},
		{name: "an expired password", user: "old", code: kerberos.CodePasswordExpired, says: "change it"},
		{name: "a disabled account", user: "shut", code: kerberos.CodeClientRevoked, says: "locked or disabled"},
		{name: "a KDC that is six minutes ahead", change: func(r *realm) { r.ahead = 6 * time.Minute }, code: kerberos.CodeSkew, says: "its clock is 6m0s from ours"},
		{name: "a host that the realm does not know", change: func(r *realm) { r.service = "HTTP/other" }, code: kerberos.CodeServiceUnknown, says: "service principal names"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRealm(t)
			if tt.change != nil {
				tt.change(r)
			}
			if tt.user == "" {
				tt.user = "arc"
			}
			if tt.word == "" {
				tt.word = right
			}
			_, err := r.client(kerberos.Identity{User: tt.user, Password: tt.word}).Begin(t.Context(), host, [16]byte{})
			var e *kerberos.Error
			if !errors.As(err, &e) || e.Code != tt.code || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), tt.word) {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

// The KDC shuts the account after three wrong passwords.
func TestAWrongPasswordIsTriedOnceByAllHostsTogether(t *testing.T) {
	r := newRealm(t)
	c := r.client(kerberos.Identity{User: "arc", Password: "wrong-horse"})
	var wg sync.WaitGroup
	r.line.Busy(+8)
	for i := range 8 {
		wg.Go(func() {
			defer r.line.Busy(-1)
			_, err := c.Begin(t.Context(), fmt.Sprintf("hv%02d.lab.example", i), [16]byte{})
			var e *kerberos.Error
			if !errors.As(err, &e) || e.Code != kerberos.CodePreauthFailed {
				t.Errorf("got %v", err)
			}
		})
	}
	r.line.Busy(-1)
	wg.Wait()
	r.line.Busy(+1)
	if n := r.kdc.Wrong("arc"); n != 1 {
		t.Errorf("%d wrong passwords were given, want 1", n)
	}
}

func TestAHostThatIsAnotherIsFoundOut(t *testing.T) {
	r := newRealm(t)
	c := r.client(kerberos.Identity{User: "arc", Password: right})
	begin := func() *kerberos.Context {
		x, err := c.Begin(t.Context(), host, [16]byte{})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	one, other := begin(), begin()
	got, _, ok := r.host.Accept(inner(t, other.Token))
	if !ok {
		t.Fatal("the host refuses")
	}
	for name, token := range map[string][]byte{
		"no token at all":       nil,
		"something else":        []byte("hello"),
		"the proof for another": frame(0x0200, got.Reply),
		"an unreadable proof":   frame(0x0200, append([]byte(nil), got.Reply[:len(got.Reply)-1]...)),
		"our own token":         one.Token,
	} {
		if err := one.Finish(token); !errors.Is(err, kerberos.ErrMutual) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := other.Finish(frame(0x0200, got.Reply)); err != nil {
		t.Error(err)
	}
	if _, refused, ok := r.host.Accept(inner(t, other.Token)); ok {
		t.Error("a proof is taken twice")
	} else if err := other.Finish(frame(0x0300, refused)); !hasCode(err, kerberos.CodeReplay) {
		t.Errorf("got %v", err)
	}
	r.key = append([]byte{8}, r.key[1:]...) // the host's account was reset
	third := begin()
	if _, err := accept(t, r, third); !hasCode(err, kerberos.CodeModified) {
		t.Errorf("got %v", err)
	}
	if !c.Forget(t.Context(), host) {
		t.Error("there was no ticket to forget")
	}
	if _, err := accept(t, r, begin()); err != nil {
		t.Error(err)
	}
}

func hasCode(err error, code kerberos.Code) bool {
	var e *kerberos.Error
	return errors.As(err, &e) && e.Code == code
}

func TestKDCsThatDoNotAnswer(t *testing.T) {
	for _, tt := range []struct {
		name string
		dial clock.DialFunc
		took time.Duration
	}{
		{"a name that leads nowhere", func(_ context.Context, _, a string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: a, IsNotFound: true}
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRealm(t)
			c, err := kerberos.New(kerberos.Config{KDCs: map[string][]string{realmName: {"a.example", "b.example:8888"}}}, kerberos.Identity{User: "arc@" + realmName, Password: right}, tt.dial, r.line)
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Begin(t.Context(), host, [16]byte{})
			var away *kerberos.ErrUnreachable
			if !errors.As(err, &away) || strings.Join(away.Tried, " ") != "a.example:88 b.example:8888" {
				t.Errorf("got %v", err)
			}
			if d := r.line.Now().Sub(start); d != tt.took {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestASilentKDCIsGivenUp(t *testing.T) {
	r := newRealm(t)
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "good.example:88" {
			return r.dial(ctx, network, "lab.example:88")
		}
		// A client that waits for it is parked in the world.
		var spot interface{ Wait(context.Context) error }
		r.line.Do(func(turn *turn) { spot = turn.Park(-1) })
		return nil, spot.Wait(ctx)
	}
	c, err := kerberos.New(kerberos.Config{KDCs: map[string][]string{realmName: {"silent.example", "good.example"}}}, kerberos.Identity{User: "arc@" + realmName, Password: right}, dial, r.line)
	if err != nil {
		t.Fatal(err)
	}
	x, err := c.Begin(t.Context(), host, [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accept(t, r, x); err != nil {
		t.Error(err)
	}
	if d := r.line.Now().Sub(start); d != 30*time.Second {
		t.Errorf("three exchanges took %v, want 10 s each", d)
	}
}

func TestNothingPrintsAProof(t *testing.T) {
	r := newRealm(t)
	i := kerberos.Identity{User: "arc", Password: right, Keytab: []byte(right)}
	c := r.client(kerberos.Identity{User: "arc", Password: right})
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{i, &i, c} {
			if text := fmt.Sprintf(format, v); strings.Contains(text, right) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(right))) {
				t.Errorf("%s of %T is %s", format, v, text)
			}
		}
	}
}

func TestIdentitiesThatCannotWork(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config kerberos.Config
		id     kerberos.Identity
		says   string
	}{
		{"no realm", kerberos.Config{}, kerberos.Identity{User: "arc", Password: "x"}, "in no realm"},
		{"no proof", kerberos.Config{}, kerberos.Identity{User: "arc@LAB"}, "needs a password"},
		{"no name", kerberos.Config{}, kerberos.Identity{User: "@LAB", Password: "x"}, "is none"},
		{"a damaged keytab", kerberos.Config{}, kerberos.Identity{User: "arc@LAB", Keytab: []byte{5, 2, 0, 0, 0, 9, 1}}, "read keytab"},
		{"a damaged file of tickets", kerberos.Config{}, kerberos.Identity{CCache: []byte{5, 4, 0, 12, 0}}, "read file of tickets"},
		{"an empty file of tickets", kerberos.Config{}, kerberos.Identity{CCache: []byte{5}}, "read file of tickets"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := kerberos.New(tt.config, tt.id, nil, clock.Real{}); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
