package directory

import (
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"github.com/arcwright/arcwright/sim/timeline"
)

// bind signs in by name and password.
func (c *session) bind(op *ber.Packet) result {
	c.who = nil
	if len(op.Children) != 3 {
		return refused(protocolError, "the request cannot be read")
	}
	name, err := text(op.Children[1])
	how := op.Children[2]
	if err != nil || how.ClassType != ber.ClassContext {
		return refused(protocolError, "the request cannot be read")
	}
	if how.Tag != 0 {
		return refused(authNotSupported, "00002027: LdapErr: DSID-0C090549, comment: Invalid Authentication method, data 0, v4563")
	}
	password := how.Data.String()
	if name == "" && password == "" {
		return result{} // nobody
	}
	var r result
	c.server.o.Line.Do(func(t *timeline.Turn) { c.who, r = c.server.tree.signIn(name, password, t.Now()) })
	return r
}

// The reasons for not letting in, as Windows numbers them.
const (
	noSuchUser  = 0x525
	badPassword = 0x52e
	expired     = 0x532
	off         = 0x533
	mustChange  = 0x773
)

// signIn finds who it is. Only whoever knows the password is told what else is wrong.
func (t *tree) signIn(name, password string, at time.Time) (*entry, result) {
	e := t.named(name)
	const disabled, lasting = 0x2, 0x10000
	reason := 0
	switch {
	case e == nil:
		reason = noSuchUser
	case e.password == "" || subtle.ConstantTimeCompare([]byte(e.password), []byte(password)) != 1:
		reason = badPassword
	case e.flags()&disabled != 0:
		reason = off
	case e.set.IsZero():
		reason = mustChange
	case e.class() == "user" && e.flags()&lasting == 0 && t.now(at).Sub(e.set) > passwordAge:
		reason = expired
	default:
		return e, result{}
	}
	return nil, refused(invalidCredentials, fmt.Sprintf("80090308: LdapErr: DSID-0C090449, comment: AcceptSecurityContext error, data %x, v4563", reason))
}

// named finds an account by DOMAIN\name, name@domain or its distinguished name.
func (t *tree) named(name string) *entry {
	if _, after, found := strings.Cut(name, `\`); found && !strings.Contains(name, "=") {
		return t.find(after)
	}
	if before, at, found := strings.Cut(name, "@"); found {
		for _, e := range t.entries {
			if strings.EqualFold(e.first("userPrincipalName"), name) {
				return e
			}
		}
		if strings.EqualFold(at, t.domain) {
			return t.find(before)
		}
		return nil
	}
	return t.entries[key(name)]
}
