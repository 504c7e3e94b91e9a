package wsman

import (
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// SPNEGO (RFC 4178) as far as it wraps NTLM and Kerberos: Windows clients and some libraries
// put their messages into NegTokenInit and NegTokenResp. A mechListMIC is not answered.

func oidSPNEGO() asn1.ObjectIdentifier   { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 2} }
func oidKerberos() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2} }

// oidKerberosMS is the same with a bit missing, which Windows clients offer as well.
func oidKerberosMS() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 48018, 1, 2, 2} }

func oidNTLM() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}
}

// negState is the state of a NegTokenResp.
type negState int64

const (
	negCompleted  negState = 0
	negIncomplete negState = 1
	negReject     negState = 2
)

// A negToken is what a client's token holds.
type negToken struct {
	wrapped  bool   // in SPNEGO, and so must the answer be
	offers   bool   // NTLM is among the mechanisms of a first token
	ntlm     []byte // an NTLM message, or nil when the token was for something else
	kerberos []byte // an AP-REQ, or nil
}

// Marks of Kerberos messages in GSS-API (RFC 4121, 4.1).
const (
	gssAPReq = 0x0100
	gssAPRep = 0x0200
	gssError = 0x0300
)

// unwrapGSS is the AP-REQ in a token of GSS-API, nil when it holds something else.
func unwrapGSS(in cryptobyte.String) []byte {
	var app cryptobyte.String
	var mech asn1.ObjectIdentifier
	var kind uint16
	if !in.ReadASN1(&app, cbasn1.Tag(0x60)) || !app.ReadASN1ObjectIdentifier(&mech) ||
		!mech.Equal(oidKerberos()) && !mech.Equal(oidKerberosMS()) || !app.ReadUint16(&kind) || kind != gssAPReq {
		return nil
	}
	return app
}

// wrapGSS frames a Kerberos message.
func wrapGSS(kind uint16, message []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.Tag(0x60), func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidKerberos())
		b.AddUint16(kind)
		b.AddBytes(message)
	})
	return b.BytesOrPanic()
}

// unwrap reads a client's token: a message of NTLM or Kerberos, as it is or in SPNEGO.
func unwrap(b []byte) (t negToken, ok bool) {
	if ntlmType(b) != 0 {
		return negToken{ntlm: b}, true
	}
	in := cryptobyte.String(b)
	const application0 = cbasn1.Tag(0x60)
	if message := unwrapGSS(in); message != nil {
		return negToken{kerberos: message}, true
	}
	if in.PeekASN1Tag(application0) {
		return unwrapInit(in)
	}
	var resp, fields, token cryptobyte.String
	if !in.ReadASN1(&resp, tagged(1)) || !resp.ReadASN1(&fields, cbasn1.SEQUENCE) ||
		!fields.SkipOptionalASN1(tagged(0)) || !fields.SkipOptionalASN1(tagged(1)) ||
		!fields.ReadASN1(&token, tagged(2)) {
		return negToken{}, false
	}
	var inner cryptobyte.String
	if !token.ReadASN1(&inner, cbasn1.OCTET_STRING) || ntlmType(inner) == 0 {
		return negToken{}, false
	}
	return negToken{wrapped: true, ntlm: inner}, true
}

func unwrapInit(in cryptobyte.String) (t negToken, ok bool) {
	var app, init, fields, list, mechs, token cryptobyte.String
	var mech asn1.ObjectIdentifier
	var hasToken bool
	if !in.ReadASN1(&app, cbasn1.Tag(0x60)) || !app.ReadASN1ObjectIdentifier(&mech) || !mech.Equal(oidSPNEGO()) ||
		!app.ReadASN1(&init, tagged(0)) || !init.ReadASN1(&fields, cbasn1.SEQUENCE) ||
		!fields.ReadASN1(&list, tagged(0)) || !list.ReadASN1(&mechs, cbasn1.SEQUENCE) ||
		!fields.SkipOptionalASN1(tagged(1)) || !fields.ReadOptionalASN1(&token, &hasToken, tagged(2)) {
		return negToken{}, false
	}
	t.wrapped = true
	for !mechs.Empty() {
		if !mechs.ReadASN1ObjectIdentifier(&mech) {
			return negToken{}, false
		}
		t.offers = t.offers || mech.Equal(oidNTLM())
	}
	var inner cryptobyte.String
	if hasToken && token.ReadASN1(&inner, cbasn1.OCTET_STRING) {
		if ntlmType(inner) != 0 {
			t.ntlm = inner
		} else {
			t.kerberos = unwrapGSS(inner)
		}
	}
	return t, true
}

// wrap makes the NegTokenResp that carries a message of a mechanism, or none.
func wrap(state negState, mech asn1.ObjectIdentifier, message []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tagged(1), func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(tagged(0), func(b *cryptobyte.Builder) { b.AddASN1Enum(int64(state)) })
			if state == negIncomplete || !mech.Equal(oidNTLM()) {
				b.AddASN1(tagged(1), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(mech) })
			}
			if message != nil {
				b.AddASN1(tagged(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString(message) })
			}
		})
	})
	return b.BytesOrPanic()
}

func tagged(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }
