package kerberos

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/jcmturner/gofork/encoding/asn1"
)

// An Acceptor is a host's side of Kerberos. Both fields are required.
type Acceptor struct {
	// Key knows the key of a service of the host, by its name as HTTP/hci01.lab.example, its
	// realm, its version (0 is any) and its cipher, as a keytab does.
	Key func(service, realm string, version int, cipher int32) (key []byte, ok bool)
	// Now is the time on the host.
	Now func() time.Time

	mu   sync.Mutex
	seen map[[sha256.Size]byte]time.Time // proofs, for as long as they might be shown again
}

// Accepted is a client that has proved who it is.
type Accepted struct {
	// User is name@REALM.
	User string
	// Reply is an AP-REP, the host's proof in return, nil when none was asked for.
	Reply []byte
	// Bindings are the client's (RFC 4121, 4.1.1.2), zero when it gave none.
	Bindings [16]byte
}

// Accept checks an AP-REQ. A refusal is a KRB-ERROR for the client, with ok false.
func (a *Acceptor) Accept(message []byte) (accepted Accepted, refused []byte, ok bool) {
	now := a.Now()
	var ap messages.APReq
	if err := ap.Unmarshal(message); err != nil || len(ap.Ticket.SName.NameString) == 0 {
		return accepted, refusal(errorcode.KRB_AP_ERR_MSG_TYPE, types.PrincipalName{}, "", now, nil), false
	}
	service, realm := ap.Ticket.SName, ap.Ticket.Realm
	deny := func(code int32) (Accepted, []byte, bool) {
		return Accepted{}, refusal(code, service, realm, now, nil), false
	}
	sealed := ap.Ticket.EncPart
	value, known := a.Key(strings.Join(service.NameString, "/"), realm, sealed.KVNO, sealed.EType)
	if !known {
		return deny(errorcode.KRB_AP_ERR_NOKEY)
	}
	part, auth, code := shown(ap, types.EncryptionKey{KeyType: sealed.EType, KeyValue: value}, keyusage.AP_REQ_AUTHENTICATOR, now)
	if code != 0 {
		return deny(code)
	}
	accepted.User = strings.Join(part.CName.NameString, "/") + "@" + part.CRealm
	if !a.fresh(sha256.Sum256(ap.EncryptedAuthenticator.Cipher), now) {
		return deny(errorcode.KRB_AP_ERR_REPEAT)
	}
	if sum := auth.Cksum; sum.CksumType != chksumtype.GSSAPI || len(sum.Checksum) < 24 || binary.LittleEndian.Uint32(sum.Checksum) != 16 {
		return deny(errorcode.KRB_AP_ERR_INAPP_CKSUM)
	}
	copy(accepted.Bindings[:], auth.Cksum.Checksum[4:20])
	if !types.IsFlagSet(&ap.APOptions, flags.APOptionMutualRequired) {
		return accepted, nil, true
	}
	reply, err := apRep(part.Key, auth)
	if err != nil {
		return deny(errorcode.KRB_ERR_GENERIC)
	}
	accepted.Reply = reply
	return accepted, nil, true
}

// fresh notes a proof, and reports whether it is new.
func (a *Acceptor) fresh(proof [sha256.Size]byte, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil {
		a.seen = map[[sha256.Size]byte]time.Time{}
	}
	if len(a.seen) > 4096 {
		for p, at := range a.seen {
			if now.Sub(at) > 2*skew {
				delete(a.seen, p)
			}
		}
	}
	if _, again := a.seen[proof]; again {
		return false
	}
	a.seen[proof] = now
	return true
}

// apRep is the proof that the host could read the client's (RFC 4120, 3.2.4).
func apRep(session types.EncryptionKey, auth types.Authenticator) ([]byte, error) {
	type part struct {
		CTime time.Time `asn1:"generalized,explicit,tag:0"`
		Cusec int       `asn1:"explicit,tag:1"`
	}
	sealed, err := seal(part{auth.CTime.UTC(), auth.Cusec}, asnAppTag.EncAPRepPart, session, keyusage.AP_REP_ENCPART, 0)
	if err != nil {
		return nil, err
	}
	b, err := asn1.Marshal(messages.APRep{PVNO: iana.PVNO, MsgType: msgtype.KRB_AP_REP, EncPart: sealed})
	if err != nil {
		return nil, err
	}
	return asn1tools.AddASNAppTag(b, asnAppTag.APREP), nil
}
