package kerberos_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/arcwright/arcwright/sim/kerberos"
)

// Whatever a client sends, it gets no ticket and is let in nowhere.
func FuzzRequest(f *testing.F) {
	for _, first := range []byte{0x6a, 0x6c, 0x6e, 0x30} {
		f.Add([]byte{first, 0})
		f.Add([]byte{first, 4, 0x30, 2, 0xa1, 0})
	}
	now := func() time.Time { return time.Unix(1<<30, 0) }
	kdc := kerberos.NewKDC(kerberos.Options{
		Realm: "LAB", Now: now, Key: bytes.Repeat([]byte{1}, 32),
		Accounts: func(string) (kerberos.Account, bool) { return kerberos.Account{Password: "x"}, true },
		Service:  func(string) ([]byte, bool) { return bytes.Repeat([]byte{7}, 32), true },
	})
	host := &kerberos.Acceptor{Now: now, Key: func(string, string, int, int32) ([]byte, bool) { return bytes.Repeat([]byte{7}, 32), true }}
	f.Fuzz(func(t *testing.T, request []byte) {
		if answer := kdc.Answer(request); len(answer) > 0 && answer[0] != 0x7e {
			t.Errorf("the KDC grants %x", answer)
		}
		if _, _, ok := host.Accept(request); ok {
			t.Error("the host lets in")
		}
	})
}
