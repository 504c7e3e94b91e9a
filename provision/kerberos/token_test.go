package kerberos_test

import (
	"encoding/asn1"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/arcwright/arcwright/sim/timeline"
)

type turn = timeline.Turn

func tagged(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }

// inner is the AP-REQ in a NegTokenInit.
func inner(t *testing.T, token []byte) []byte {
	t.Helper()
	in := cryptobyte.String(token)
	var app, init, fields, mechs, wrapped, gss, body cryptobyte.String
	var mech asn1.ObjectIdentifier
	if !in.ReadASN1(&app, 0x60) || !app.ReadASN1ObjectIdentifier(&mech) || mech.String() != "1.3.6.1.5.5.2" ||
		!app.ReadASN1(&init, tagged(0)) || !init.ReadASN1(&fields, cbasn1.SEQUENCE) || !fields.ReadASN1(&mechs, tagged(0)) ||
		!fields.ReadASN1(&wrapped, tagged(2)) || !wrapped.ReadASN1(&gss, cbasn1.OCTET_STRING) ||
		!gss.ReadASN1(&body, 0x60) || !body.ReadASN1ObjectIdentifier(&mech) || mech.String() != "1.2.840.113554.1.2.2" || len(body) < 2 {
		t.Fatalf("the token is %x", token)
	}
	return body[2:]
}

// frame is a host's message as GSS-API has it.
func frame(kind uint16, message []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(0x60, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2})
		b.AddUint16(kind)
		b.AddBytes(message)
	})
	return b.BytesOrPanic()
}
