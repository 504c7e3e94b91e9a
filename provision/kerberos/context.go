package kerberos

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// A Context is one proof of the user to one host, which owes one in return.
type Context struct {
	// Token goes to the host, in SPNEGO.
	Token []byte

	client *Client
	host   string
	key    types.EncryptionKey
	at     time.Time
	micro  int
}

// Begin makes a proof for a host. bindings is the hash of the channel that it goes through
// (RFC 4121, 4.1.1.2), zero for none. Errors are *Error and *ErrUnreachable, ErrNoKey, the
// cause of ctx's end, and others when an answer makes no sense. The caller holds a busy token.
func (c *Client) Begin(ctx context.Context, host string, bindings [16]byte) (*Context, error) {
	t, err := c.ticketFor(ctx, host)
	if err != nil {
		return nil, err
	}
	a, ap, err := c.apReq(t, types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: gssChecksum(bindings)})
	if err != nil {
		return nil, err
	}
	types.SetFlag(&ap.APOptions, flags.APOptionMutualRequired)
	message, err := ap.Marshal()
	if err != nil {
		return nil, err
	}
	return &Context{Token: wrapInit(wrapGSS(tokenAPReq, message)), client: c, host: host, key: t.key, at: a.CTime, micro: a.Cusec}, nil
}

// gssChecksum is what a GSS-API client puts in the place of a checksum.
func gssChecksum(bindings [16]byte) []byte {
	const mutual, integrity = 2, 32
	sum := binary.LittleEndian.AppendUint32(nil, uint32(len(bindings)))
	sum = append(sum, bindings[:]...)
	return binary.LittleEndian.AppendUint32(sum, mutual|integrity)
}

// Finish checks the host's token: nil when the host has proved that it could read the
// proof. The error is a *Error when the host refused, and ErrMutual when it proved nothing.
func (x *Context) Finish(token []byte) error {
	kind, message, err := unwrapReply(token)
	if err != nil {
		return ErrMutual
	}
	if kind == tokenError {
		refusal, err := x.client.refusal(message, x.host, x.client.String())
		if err != nil || refusal == nil {
			return ErrMutual
		}
		return refusal
	}
	var rep messages.APRep
	if err := rep.Unmarshal(message); err != nil {
		return ErrMutual
	}
	plain, err := open(rep.EncPart, x.key, keyusage.AP_REP_ENCPART)
	if err != nil {
		return ErrMutual
	}
	var part messages.EncAPRepPart
	if err := part.Unmarshal(plain); err != nil || !part.CTime.Equal(x.at) || part.Cusec != x.micro {
		return ErrMutual
	}
	return nil
}

// Forget drops the ticket for a host, so that the next proof is made with a new one, and
// reports whether there was one that can be replaced: those of a file cannot. The caller
// holds a busy token.
func (c *Client) Forget(ctx context.Context, host string) bool {
	if c.turn.Lock(ctx) != nil {
		return false
	}
	defer c.turn.Unlock()
	if c.fromFile && !c.granting[c.realm].good(c.clk.Now()) {
		return false
	}
	had := false
	for _, name := range servicesOf(host) {
		had = had || c.services[name] != nil
		delete(c.services, name)
	}
	return had
}
