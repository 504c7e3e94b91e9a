package kerberos

import (
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/arcwright/arcwright/provision/clock"
)

// A host's token is believed only when it opens with the session key, which no input here does.
func FuzzHostToken(f *testing.F) {
	key := types.EncryptionKey{KeyType: 18, KeyValue: make([]byte, 32)}
	f.Add([]byte{})
	f.Add(wrapGSS(tokenAPRep, []byte{0x6f, 0}))
	f.Add(wrapGSS(tokenError, []byte{0x7e, 0}))
	f.Add(wrapInit(wrapGSS(tokenAPReq, []byte{0x6e, 0})))
	f.Add([]byte{0xa1, 0x06, 0x30, 0x04, 0xa2, 0x02, 0x04, 0x00})
	f.Fuzz(func(t *testing.T, token []byte) {
		x := &Context{client: &Client{clk: clock.Real{}}, host: host, key: key, at: time.Unix(1<<30, 0)}
		if err := x.Finish(token); err == nil {
			t.Error("a host is believed")
		}
	})
}

const host = "hv01.lab.example"

// No answer of a KDC is taken for one that our key opens, whatever it holds.
func FuzzKDCAnswer(f *testing.F) {
	for _, first := range []byte{0x6b, 0x6d, 0x7e, 0x30} {
		f.Add([]byte{first, 0})
		f.Add([]byte{first, 0x80, 1, 2, 3})
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		c := &Client{clk: clock.Real{}, realm: "LAB", name: types.PrincipalName{NameType: 1, NameString: []string{"arc"}}, proof: proof{password: "x"}}
		if _, err := c.refusal(answer, "LAB", "arc"); err != nil {
			return
		}
		key := types.EncryptionKey{KeyType: 18, KeyValue: make([]byte, 32)}
		if _, err := c.readAS(answer, asReqFor(c), key); err == nil {
			t.Error("an answer to a sign-in is taken")
		}
		if _, err := readTGS(answer, tgsReqFor(), &ticket{key: key}); err == nil {
			t.Error("a ticket is taken")
		}
		req := asReqFor(c)
		_, _ = c.prove(&req, answer)
	})
}

func FuzzFiles(f *testing.F) {
	f.Add([]byte{5, 2, 0, 0, 0, 9, 1})
	f.Add([]byte{5, 4, 0, 12, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte("[libdefaults]\n default_realm = A\n[realms]\n A = {\n kdc = a\n }\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 4<<10 {
			return
		}
		_, _ = ParseConfig(file)
		_, _ = New(Config{Realm: "LAB"}, Identity{User: "arc", Keytab: file}, nil, clock.Real{})
		_, _ = New(Config{Realm: "LAB"}, Identity{CCache: file}, nil, clock.Real{})
	})
}
