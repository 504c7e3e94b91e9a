package kerberos

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// lifetime is what is asked for; a KDC grants what its policy allows, ten hours by default.
const lifetime = 10 * time.Hour

// nonce marks an answer as one to this question. It is positive and has 31 bits, since
// some KDCs have trouble with others.
func nonce() int {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails
	return int(binary.BigEndian.Uint32(b[:]) &^ (1 << 31))
}

// as signs the user in (RFC 4120, 3.1). The first request carries no proof: only the answer
// tells with which cipher and salt to make the key. Then there is one attempt and no other.
func (c *Client) as(ctx context.Context) (*ticket, error) {
	req := messages.ASReq{KDCReqFields: messages.KDCReqFields{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_AS_REQ,
		ReqBody: messages.KDCReqBody{
			KDCOptions: types.NewKrbFlags(), CName: c.name, Realm: c.realm,
			SName: types.PrincipalName{NameType: 2, NameString: []string{ticketGranting, c.realm}},
			Till:  c.clk.Now().UTC().Add(lifetime).Truncate(time.Second), Nonce: nonce(), EType: c.offered(),
		},
	}}
	types.SetFlag(&req.ReqBody.KDCOptions, flags.RenewableOK)
	types.SetFlag(&req.ReqBody.KDCOptions, flags.Canonicalize)
	if len(req.ReqBody.EType) == 0 {
		return nil, fmt.Errorf("sign in %s: %w", c, ErrNoKey)
	}
	answer, err := c.askAS(ctx, &req)
	var e *Error
	var key types.EncryptionKey
	if errors.As(err, &e) && e.Code == CodePreauthRequired {
		if key, err = c.prove(&req, answer); err != nil {
			return nil, fmt.Errorf("sign in %s: %w", c, err)
		}
		answer, err = c.askAS(ctx, &req)
	}
	if err != nil {
		return nil, err
	}
	t, err := c.readAS(answer, req, key)
	if err != nil {
		return nil, fmt.Errorf("sign in %s: %w", c, err)
	}
	return t, nil
}

func (c *Client) askAS(ctx context.Context, req *messages.ASReq) ([]byte, error) {
	message, err := req.Marshal()
	if err != nil {
		return nil, fmt.Errorf("sign in %s: %w", c, err)
	}
	return c.ask(ctx, c.realm, c.String(), message)
}

// offered are the ciphers that there is a key for.
func (c *Client) offered() []int32 {
	if c.proof.keytab == nil {
		return ciphers()
	}
	var have []int32
	for _, cipher := range ciphers() {
		if _, _, err := c.proof.keytab.GetEncryptionKey(c.name, c.realm, 0, cipher); err == nil {
			have = append(have, cipher)
		}
	}
	return have
}

// prove adds the time, sealed with the user's key, to a request that was refused for want
// of it (RFC 4120, 5.2.7.2).
func (c *Client) prove(req *messages.ASReq, refusal []byte) (types.EncryptionKey, error) {
	var k messages.KRBError
	if err := k.Unmarshal(refusal); err != nil {
		return types.EncryptionKey{}, errMessage
	}
	var hints types.PADataSequence
	if err := hints.Unmarshal(k.EData); err != nil {
		return types.EncryptionKey{}, errMessage
	}
	key, version, err := c.key(hints, 0)
	if err != nil {
		return key, err
	}
	now := c.clk.Now().UTC()
	plain, err := asn1.Marshal(types.PAEncTSEnc{PATimestamp: now.Truncate(time.Second), PAUSec: now.Nanosecond() / 1000})
	if err != nil {
		return key, err
	}
	sealed, err := crypto.GetEncryptedData(plain, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP, version)
	if err != nil {
		return key, err
	}
	value, err := sealed.Marshal()
	if err != nil {
		return key, err
	}
	req.PAData = types.PADataSequence{{PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: value}}
	req.ReqBody.Nonce = nonce()
	return key, nil
}

// errNoHint is a KDC that wants a proof of a kind that is not known here.
var errNoHint = errors.New("the KDC takes no proof by password or keytab with a cipher that is known here")

// key is the user's key by what the KDC says of it (RFC 4120, 5.2.7.5): of the ciphers that
// it names the first that is known, or just the one that is wanted.
func (c *Client) key(hints types.PADataSequence, wanted int32) (types.EncryptionKey, int, error) {
	for _, hint := range hints {
		if hint.PADataType != patype.PA_ETYPE_INFO2 {
			continue
		}
		var entries types.ETypeInfo2
		if err := entries.Unmarshal(hint.PADataValue); err != nil {
			return types.EncryptionKey{}, 0, errMessage
		}
		for _, entry := range entries {
			if !known(entry.EType) || wanted != 0 && entry.EType != wanted {
				continue
			}
			if c.proof.keytab != nil {
				key, version, err := c.proof.keytab.GetEncryptionKey(c.name, c.realm, 0, entry.EType)
				if err != nil {
					continue
				}
				return key, version, nil
			}
			salt := entry.Salt
			if salt == "" {
				salt = c.name.GetSalt(c.realm)
			}
			key, err := fromPassword(c.proof.password, salt, entry.EType, entry.S2KParams)
			return key, 0, err
		}
	}
	return types.EncryptionKey{}, 0, errNoHint
}

// keyOf is the key of an answer to a request that needed no proof.
func (c *Client) keyOf(rep messages.ASRep) (types.EncryptionKey, error) {
	cipher := rep.EncPart.EType
	key, _, err := c.key(rep.PAData, cipher)
	if !errors.Is(err, errNoHint) {
		return key, err
	}
	if c.proof.keytab != nil {
		key, _, err = c.proof.keytab.GetEncryptionKey(c.name, c.realm, 0, cipher)
		return key, err
	}
	return fromPassword(c.proof.password, c.name.GetSalt(c.realm), cipher, nil)
}

// readAS checks an answer (RFC 4120, 3.1.5). key is the one of the proof, if one was needed.
func (c *Client) readAS(answer []byte, req messages.ASReq, key types.EncryptionKey) (*ticket, error) {
	var rep messages.ASRep
	if err := rep.Unmarshal(answer); err != nil {
		return nil, errMessage
	}
	if len(key.KeyValue) == 0 {
		var err error
		if key, err = c.keyOf(rep); err != nil {
			return nil, err
		}
	}
	part, err := openReply(rep.EncPart, key, keyusage.AS_REP_ENCPART)
	if err != nil {
		// A KDC that asked for no proof tells a wrong password only by this.
		return nil, &Error{Code: CodeBadIntegrity, By: c.realm, For: c.String(), Text: "its answer cannot be opened"}
	}
	same := rep.CName.Equal(req.ReqBody.CName) && rep.CRealm == c.realm
	renamed := req.ReqBody.CName.NameType == enterprise || strings.EqualFold(rep.CName.PrincipalNameString(), req.ReqBody.CName.PrincipalNameString())
	if !same && !renamed || part.Nonce != req.ReqBody.Nonce || part.SRealm != rep.Ticket.Realm || !part.SName.Equal(rep.Ticket.SName) ||
		len(part.SName.NameString) != 2 || part.SName.NameString[0] != ticketGranting || !strings.EqualFold(part.SName.NameString[1], c.realm) {
		return nil, errReply
	}
	if off := part.AuthTime.Sub(c.clk.Now()); off.Abs() > c.config.skew() {
		return nil, &Error{Code: CodeSkew, By: c.realm, For: c.String(), Off: off}
	}
	return &ticket{ticket: rep.Ticket, key: part.Key, name: rep.CName, realm: rep.CRealm, start: part.StartTime, end: part.EndTime}, nil
}

// enterprise is the name type of user@suffix (RFC 6806, 5).
const enterprise = 10

func openReply(sealed types.EncryptedData, key types.EncryptionKey, usage uint32) (messages.EncKDCRepPart, error) {
	var part messages.EncKDCRepPart
	plain, err := open(sealed, key, usage)
	if err != nil {
		return part, err
	}
	if err := part.Unmarshal(plain); err != nil {
		return part, errMessage
	}
	return part, nil
}

// tgs gets a ticket with a ticket-granting one (RFC 4120, 3.3).
func (c *Client) tgs(ctx context.Context, realm string, granting *ticket, service types.PrincipalName) (*ticket, error) {
	about := service.PrincipalNameString()
	req := messages.TGSReq{KDCReqFields: messages.KDCReqFields{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_TGS_REQ,
		ReqBody: messages.KDCReqBody{
			KDCOptions: types.NewKrbFlags(), Realm: realm, SName: service,
			Till: c.clk.Now().UTC().Add(lifetime).Truncate(time.Second), Nonce: nonce(), EType: ciphers(),
		},
	}}
	types.SetFlag(&req.ReqBody.KDCOptions, flags.Canonicalize)
	message, err := c.signTGS(&req, granting)
	if err != nil {
		return nil, fmt.Errorf("ask for a ticket for %s: %w", about, err)
	}
	answer, err := c.ask(ctx, realm, about, message)
	if err != nil {
		return nil, err
	}
	t, err := readTGS(answer, req, granting)
	if err != nil {
		return nil, fmt.Errorf("get a ticket for %s: %w", about, err)
	}
	return t, nil
}

// signTGS adds the proof that the ticket-granting ticket is the user's.
func (c *Client) signTGS(req *messages.TGSReq, granting *ticket) ([]byte, error) {
	body, err := req.ReqBody.Marshal()
	if err != nil {
		return nil, err
	}
	cipher, err := crypto.GetEtype(granting.key.KeyType)
	if err != nil {
		return nil, err
	}
	sum, err := cipher.GetChecksumHash(granting.key.KeyValue, body, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM)
	if err != nil {
		return nil, err
	}
	_, ap, err := c.apReq(granting, types.Checksum{CksumType: cipher.GetHashID(), Checksum: sum})
	if err != nil {
		return nil, err
	}
	value, err := ap.Marshal()
	if err != nil {
		return nil, err
	}
	req.PAData = types.PADataSequence{{PADataType: patype.PA_TGS_REQ, PADataValue: value}}
	return req.Marshal()
}

// apReq is a ticket with the proof that it is the user's.
func (c *Client) apReq(t *ticket, sum types.Checksum) (types.Authenticator, messages.APReq, error) {
	at, micro := c.moment()
	a := types.Authenticator{
		AVNO: iana.PVNO, CRealm: t.realm, CName: t.name, Cksum: sum, CTime: at, Cusec: micro, SeqNumber: int64(nonce() &^ (1 << 30)),
	}
	ap, err := messages.NewAPReq(t.ticket, t.key, a)
	return a, ap, err
}

func readTGS(answer []byte, req messages.TGSReq, granting *ticket) (*ticket, error) {
	var rep messages.TGSRep
	if err := rep.Unmarshal(answer); err != nil {
		return nil, errMessage
	}
	part, err := openReply(rep.EncPart, granting.key, keyusage.TGS_REP_ENCPART_SESSION_KEY)
	if err != nil {
		return nil, err
	}
	asked, got := req.ReqBody.SName.NameString, rep.Ticket.SName.NameString
	referred := len(got) == 2 && got[0] == ticketGranting
	if part.Nonce != req.ReqBody.Nonce || !part.SName.Equal(rep.Ticket.SName) || part.SRealm != rep.Ticket.Realm ||
		!referred && !strings.EqualFold(strings.Join(asked, "/"), strings.Join(got, "/")) ||
		!rep.CName.Equal(granting.name) || !known(part.Key.KeyType) {
		return nil, errReply
	}
	return &ticket{ticket: rep.Ticket, key: part.Key, name: rep.CName, realm: rep.CRealm, start: part.StartTime, end: part.EndTime}, nil
}

// line is another's text as one short line.
func line(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	const most = 200
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}
