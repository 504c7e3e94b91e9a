package kerberos

import (
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func oidSPNEGO() asn1.ObjectIdentifier   { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 2} }
func oidKerberos() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2} }

// oidKerberosMS is the same with a bit missing, as Windows 2000 had it. Hosts may answer by it.
func oidKerberosMS() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 48018, 1, 2, 2} }

// tokenKind is the mark of a Kerberos message in GSS-API (RFC 4121, 4.1).
type tokenKind uint16

const (
	tokenAPReq tokenKind = 0x0100
	tokenAPRep tokenKind = 0x0200
	tokenError tokenKind = 0x0300
)

const application0 = cbasn1.Tag(0x60)

func tagged(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }

// wrapGSS frames a Kerberos message.
func wrapGSS(kind tokenKind, message []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(application0, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidKerberos())
		b.AddUint16(uint16(kind))
		b.AddBytes(message)
	})
	return b.BytesOrPanic()
}

// wrapInit is a NegTokenInit that offers nothing but Kerberos.
func wrapInit(token []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(application0, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSPNEGO())
		b.AddASN1(tagged(0), func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(tagged(0), func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidKerberos()) })
				})
				b.AddASN1(tagged(2), func(b *cryptobyte.Builder) { b.AddASN1OctetString(token) })
			})
		})
	})
	return b.BytesOrPanic()
}

// unwrapReply reads a host's token: the Kerberos message in a NegTokenResp, or framed as in
// GSS-API, or bare in either as some hosts send it.
func unwrapReply(token []byte) (tokenKind, []byte, error) {
	in := cryptobyte.String(token)
	if !in.PeekASN1Tag(tagged(1)) {
		return unwrapGSS(token)
	}
	var resp, fields, wrapped, inner cryptobyte.String
	var has bool
	if !in.ReadASN1(&resp, tagged(1)) || !in.Empty() || !resp.ReadASN1(&fields, cbasn1.SEQUENCE) ||
		!fields.SkipOptionalASN1(tagged(0)) || !fields.SkipOptionalASN1(tagged(1)) ||
		!fields.ReadOptionalASN1(&wrapped, &has, tagged(2)) || !has || !wrapped.ReadASN1(&inner, cbasn1.OCTET_STRING) {
		return 0, nil, errMessage
	}
	return unwrapGSS(inner)
}

func unwrapGSS(token []byte) (tokenKind, []byte, error) {
	in := cryptobyte.String(token)
	const apRep, krbError = cbasn1.Tag(0x6f), cbasn1.Tag(0x7e)
	switch {
	case in.PeekASN1Tag(apRep):
		return tokenAPRep, token, nil
	case in.PeekASN1Tag(krbError):
		return tokenError, token, nil
	}
	var framed cryptobyte.String
	var mech asn1.ObjectIdentifier
	var kind uint16
	if !in.ReadASN1(&framed, application0) || !framed.ReadASN1ObjectIdentifier(&mech) ||
		!mech.Equal(oidKerberos()) && !mech.Equal(oidKerberosMS()) || !framed.ReadUint16(&kind) {
		return 0, nil, errMessage
	}
	if k := tokenKind(kind); k == tokenAPRep || k == tokenError {
		return k, framed, nil
	}
	return 0, nil, errMessage
}
