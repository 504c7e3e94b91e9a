package kerberos

import (
	"strings"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

const (
	ticketGranting = "krbtgt"
	lifetime       = 10 * time.Hour
	// skew is how far the clocks of a realm may be apart (Active Directory's default).
	skew = 5 * time.Minute
)

// as signs a user in (RFC 4120, 3.1).
func (k *KDC) as(request []byte) []byte {
	var req messages.ASReq
	if err := req.Unmarshal(request); err != nil {
		return nil
	}
	body := req.ReqBody
	deny := func(code int32, data []byte) []byte { return k.deny(code, body.SName, data) }
	user := strings.Join(body.CName.NameString, "/")
	account, known := k.opts.Accounts(user)
	cipher := choose(body.EType)
	switch {
	case body.Realm != k.opts.Realm:
		return deny(errorcode.KDC_ERR_WRONG_REALM, nil)
	case !known:
		return deny(errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN, nil)
	case account.Disabled, k.locked(user):
		return deny(errorcode.KDC_ERR_CLIENT_REVOKED, nil)
	case cipher == 0:
		return deny(errorcode.KDC_ERR_ETYPE_NOSUPP, nil)
	case len(body.SName.NameString) != 2 || body.SName.NameString[0] != ticketGranting || body.SName.NameString[1] != k.opts.Realm:
		return deny(errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN, nil)
	}
	if proved := cipherOf(req.PAData); proved != 0 {
		cipher = proved
	}
	salt := k.opts.Realm + user
	hint, err := asn1.Marshal(types.ETypeInfo2{{EType: cipher, Salt: salt}})
	if err != nil {
		return nil
	}
	about := types.PAData{PADataType: patype.PA_ETYPE_INFO2, PADataValue: hint}
	key, _, err := crypto.GetKeyFromPassword(account.Password, body.CName, k.opts.Realm, cipher, types.PADataSequence{about})
	if err != nil {
		return nil
	}
	methods, err := asn1.Marshal(types.MethodData{about, {PADataType: patype.PA_ENC_TIMESTAMP}})
	if err != nil {
		return nil
	}
	switch at, given, right := proof(req.PAData, key); {
	case !given:
		return deny(errorcode.KDC_ERR_PREAUTH_REQUIRED, methods)
	case !right:
		k.count(user, false)
		return deny(errorcode.KDC_ERR_PREAUTH_FAILED, methods)
	case at.Sub(k.opts.Now()).Abs() > skew:
		return deny(errorcode.KRB_AP_ERR_SKEW, nil)
	}
	k.count(user, true)
	if account.Expired {
		return deny(errorcode.KDC_ERR_KEY_EXPIRED, nil)
	}
	g := grant{client: body.CName, service: body.SName, nonce: body.Nonce, till: body.Till, session: cipher, serviceKey: k.own(), authTime: k.now(), initial: true}
	part, ticket, err := k.issue(g)
	if err != nil {
		return nil
	}
	rep := messages.ASRep{KDCRepFields: messages.KDCRepFields{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_AS_REP, CRealm: k.opts.Realm, CName: body.CName, Ticket: ticket, PAData: []types.PAData{about},
	}}
	if rep.EncPart, err = seal(part, asnAppTag.EncASRepPart, key, keyusage.AS_REP_ENCPART, 0); err != nil {
		return nil
	}
	answer, err := rep.Marshal()
	if err != nil {
		return nil
	}
	return answer
}

// cipherOf is the cipher of a client's proof, 0 without one that is known here: some clients
// do not wait to be told which.
func cipherOf(data types.PADataSequence) int32 {
	for _, pa := range data {
		var sealed types.EncryptedData
		if pa.PADataType == patype.PA_ENC_TIMESTAMP && sealed.Unmarshal(pa.PADataValue) == nil {
			return choose([]int32{sealed.EType})
		}
	}
	return 0
}

// proof is the time that a client has sealed with the user's key.
func proof(data types.PADataSequence, key types.EncryptionKey) (at time.Time, given, right bool) {
	for _, pa := range data {
		if pa.PADataType != patype.PA_ENC_TIMESTAMP {
			continue
		}
		var sealed types.EncryptedData
		if err := sealed.Unmarshal(pa.PADataValue); err != nil {
			return at, true, false
		}
		plain, err := open(sealed, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP)
		if err != nil {
			return at, true, false
		}
		var stamp types.PAEncTSEnc
		if err := stamp.Unmarshal(plain); err != nil {
			return at, true, false
		}
		return stamp.PATimestamp.Add(time.Duration(stamp.PAUSec) * time.Microsecond), true, true
	}
	return at, false, false
}

// A grant is what a ticket is issued for.
type grant struct {
	client, service types.PrincipalName
	nonce           int
	till            time.Time
	session         int32 // the cipher of the session key
	serviceKey      types.EncryptionKey
	authTime        time.Time
	notAfter        time.Time // of the ticket that this one is got with; zero for none
	initial         bool
}

func (k *KDC) now() time.Time { return k.opts.Now().UTC().Truncate(time.Second) }

// issue makes a ticket, and what the client is told of it.
func (k *KDC) issue(g grant) (messages.EncKDCRepPart, messages.Ticket, error) {
	session, err := sessionKey(g.session)
	if err != nil {
		return messages.EncKDCRepPart{}, messages.Ticket{}, err
	}
	now := k.now()
	end := now.Add(lifetime)
	for _, limit := range []time.Time{g.till, g.notAfter} {
		if limit.Unix() > 0 && limit.Before(end) {
			end = limit.UTC()
		}
	}
	options := types.NewKrbFlags()
	types.SetFlag(&options, flags.PreAuthent)
	if g.initial {
		types.SetFlag(&options, flags.Initial)
	}
	sealed, err := seal(messages.EncTicketPart{
		Flags: options, Key: session, CRealm: k.opts.Realm, CName: g.client, Transited: messages.TransitedEncoding{TRType: 1},
		AuthTime: g.authTime, StartTime: now, EndTime: end,
	}, asnAppTag.EncTicketPart, g.serviceKey, keyusage.KDC_REP_TICKET, 1)
	if err != nil {
		return messages.EncKDCRepPart{}, messages.Ticket{}, err
	}
	part := messages.EncKDCRepPart{
		Key: session, LastReqs: []messages.LastReq{{LRValue: now}}, Nonce: g.nonce, Flags: options,
		AuthTime: g.authTime, StartTime: now, EndTime: end, SRealm: k.opts.Realm, SName: g.service,
	}
	return part, messages.Ticket{TktVNO: iana.PVNO, Realm: k.opts.Realm, SName: g.service, EncPart: sealed}, nil
}

// deny is a KRB-ERROR.
func (k *KDC) deny(code int32, service types.PrincipalName, data []byte) []byte {
	return refusal(code, service, k.opts.Realm, k.opts.Now(), data)
}

// refusal is a KRB-ERROR with the time at which it was made.
func refusal(code int32, service types.PrincipalName, realm string, now time.Time, data []byte) []byte {
	e := messages.KRBError{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_ERROR, STime: now.UTC().Truncate(time.Second), Susec: now.Nanosecond() / 1000,
		ErrorCode: code, Realm: realm, SName: service, EData: data,
	}
	if len(service.NameString) == 0 {
		e.SName = types.PrincipalName{NameType: 2, NameString: []string{ticketGranting, realm}}
	}
	b, err := e.Marshal()
	if err != nil {
		return nil
	}
	return b
}
