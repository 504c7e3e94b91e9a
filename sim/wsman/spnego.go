package wsman

import (
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// SPNEGO (RFC 4178) as far as it wraps NTLM: Windows clients and some libraries put
// their NTLM messages into NegTokenInit and NegTokenResp. A mechListMIC is not answered.

func oidSPNEGO() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 2} }
func oidNTLM() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}
}

// negState is the state of a NegTokenResp.
type negState int64

const (
	negCompleted  negState = 0
	negIncomplete negState = 1
)

// A negToken is what a client's token holds.
type negToken struct {
	wrapped bool   // in SPNEGO, and so must the answer be
	offers  bool   // NTLM is among the mechanisms of a first token
	ntlm    []byte // an NTLM message, or nil when the token was for something else
}

// unwrap reads a client's token: an NTLM message, as it is or in SPNEGO.
func unwrap(b []byte) (t negToken, ok bool) {
	if ntlmType(b) != 0 {
		return negToken{ntlm: b}, true
	}
	in := cryptobyte.String(b)
	const application0 = cbasn1.Tag(0x60)
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
	if hasToken && token.ReadASN1(&inner, cbasn1.OCTET_STRING) && ntlmType(inner) != 0 {
		t.ntlm = inner
	}
	return t, true
}

// wrap makes the NegTokenResp that carries an NTLM message, or none.
func wrap(state negState, message []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tagged(1), func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(tagged(0), func(b *cryptobyte.Builder) { b.AddASN1Enum(int64(state)) })
			if state == negIncomplete {
				b.AddASN1(tagged(1), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidNTLM()) })
			}
			if message != nil {
				b.AddASN1(tagged(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString(message) })
			}
		})
	})
	return b.BytesOrPanic()
}

func tagged(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }
