package kerberos

import (
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// tgs gives a ticket for a service to who has one for the realm (RFC 4120, 3.3).
func (k *KDC) tgs(request []byte) []byte {
	var req messages.TGSReq
	if err := req.Unmarshal(request); err != nil {
		return nil
	}
	service := req.ReqBody.SName
	raw, ok := bodyOf(request)
	if !ok {
		return nil
	}
	c, code := k.holder(req.PAData, raw)
	if code != 0 {
		return k.deny(code, service, nil)
	}
	name := strings.Join(service.NameString, "/")
	key, known := k.opts.Service(name)
	if name == ticketGranting+"/"+k.opts.Realm {
		key, known = k.opts.Key, true
	}
	cipher := choose(req.ReqBody.EType)
	switch {
	case !known:
		return k.deny(errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN, service, nil)
	case cipher == 0:
		return k.deny(errorcode.KDC_ERR_ETYPE_NOSUPP, service, nil)
	}
	part, ticket, err := k.issue(grant{
		client: c.ticket.CName, service: service, nonce: req.ReqBody.Nonce, till: req.ReqBody.Till, session: cipher,
		serviceKey: types.EncryptionKey{KeyType: aes256, KeyValue: key}, authTime: c.ticket.AuthTime.UTC(), notAfter: c.ticket.EndTime,
	})
	if err != nil {
		return nil
	}
	rep := messages.TGSRep{KDCRepFields: messages.KDCRepFields{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_TGS_REP, CRealm: c.ticket.CRealm, CName: c.ticket.CName, Ticket: ticket,
	}}
	usage := uint32(keyusage.TGS_REP_ENCPART_SESSION_KEY)
	if c.subkey {
		usage = keyusage.TGS_REP_ENCPART_AUTHENTICATOR_SUB_KEY
	}
	if rep.EncPart, err = seal(part, asnAppTag.EncTGSRepPart, c.key, usage, 0); err != nil {
		return nil
	}
	answer, err := rep.Marshal()
	if err != nil {
		return nil
	}
	return answer
}

// A holder is who has shown a ticket for the realm.
type holder struct {
	ticket messages.EncTicketPart
	key    types.EncryptionKey // that the answer is sealed with
	subkey bool                // it is the client's own
}

// holder checks a ticket-granting ticket, and that the request is by its owner. code is 0
// when it is.
func (k *KDC) holder(data types.PADataSequence, body []byte) (h holder, code int32) {
	for _, pa := range data {
		if pa.PADataType != patype.PA_TGS_REQ {
			continue
		}
		var ap messages.APReq
		if err := ap.Unmarshal(pa.PADataValue); err != nil || len(ap.Ticket.SName.NameString) == 0 {
			return h, errorcode.KRB_AP_ERR_MSG_TYPE
		}
		return k.check(ap, body)
	}
	return h, errorcode.KDC_ERR_PADATA_TYPE_NOSUPP
}

func (k *KDC) check(ap messages.APReq, body []byte) (h holder, code int32) {
	part, auth, code := shown(ap, k.own(), keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR, k.opts.Now())
	if code != 0 {
		return h, code
	}
	e, err := crypto.GetChksumEtype(auth.Cksum.CksumType)
	if err != nil || !e.VerifyChecksum(part.Key.KeyValue, body, auth.Cksum.Checksum, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM) {
		return h, errorcode.KRB_AP_ERR_MODIFIED
	}
	h = holder{ticket: part, key: part.Key}
	if choose([]int32{auth.SubKey.KeyType}) != 0 {
		h.key, h.subkey = auth.SubKey, true
	}
	return h, 0
}

// shown opens a ticket and the proof that it is the client's (RFC 4120, 3.2.3).
func shown(ap messages.APReq, key types.EncryptionKey, usage uint32, now time.Time) (part messages.EncTicketPart, auth types.Authenticator, code int32) {
	plain, err := open(ap.Ticket.EncPart, key, keyusage.KDC_REP_TICKET)
	if err != nil || part.Unmarshal(plain) != nil {
		return part, auth, errorcode.KRB_AP_ERR_MODIFIED
	}
	plain, err = open(ap.EncryptedAuthenticator, part.Key, usage)
	if err != nil || auth.Unmarshal(plain) != nil {
		return part, auth, errorcode.KRB_AP_ERR_BAD_INTEGRITY
	}
	at := auth.CTime.Add(time.Duration(auth.Cusec) * time.Microsecond)
	switch {
	case !auth.CName.Equal(part.CName) || auth.CRealm != part.CRealm:
		return part, auth, errorcode.KRB_AP_ERR_BADMATCH
	case at.Sub(now).Abs() > skew:
		return part, auth, errorcode.KRB_AP_ERR_SKEW
	case now.Sub(part.EndTime) > skew:
		return part, auth, errorcode.KRB_AP_ERR_TKT_EXPIRED
	case part.StartTime.Sub(now) > skew:
		return part, auth, errorcode.KRB_AP_ERR_TKT_NYV
	}
	return part, auth, 0
}

// bodyOf is the body of a request as it was sent, which the client vouches for.
func bodyOf(request []byte) ([]byte, bool) {
	in := cryptobyte.String(request)
	var app, fields, body cryptobyte.String
	const tgsReq = cbasn1.Tag(0x6c)
	if !in.ReadASN1(&app, tgsReq) || !app.ReadASN1(&fields, cbasn1.SEQUENCE) || !fields.SkipASN1(tagged(1)) ||
		!fields.SkipASN1(tagged(2)) || !fields.SkipOptionalASN1(tagged(3)) || !fields.ReadASN1(&body, tagged(4)) {
		return nil, false
	}
	return body, true
}

func tagged(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }
