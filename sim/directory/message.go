package directory

import (
	"errors"

	ber "github.com/go-asn1-ber/asn1-ber"

	"github.com/arcwright/arcwright/sim/timeline"
)

// resultCode is how LDAP tells what became of a request (RFC 4511, appendix A).
type resultCode int

const (
	success            resultCode = 0
	operationsError    resultCode = 1
	protocolError      resultCode = 2
	authNotSupported   resultCode = 7
	noSuchAttribute    resultCode = 16
	constraintViolated resultCode = 19
	valueExists        resultCode = 20
	invalidSyntax      resultCode = 21
	noSuchObject       resultCode = 32
	invalidDN          resultCode = 34
	invalidCredentials resultCode = 49
	insufficientRights resultCode = 50
	unwilling          resultCode = 53
	namingViolation    resultCode = 64
	classViolation     resultCode = 65
	notOnNonLeaf       resultCode = 66
	alreadyExists      resultCode = 68
	notAllowedOnRDN    resultCode = 67
)

// A result is the end of a request. matched is the deepest object above one that is missing.
type result struct {
	code    resultCode
	matched string
	text    string
}

// The messages of LDAP (RFC 4511, 4.2 and on).
const (
	bindRequest     = 0
	bindResponse    = 1
	unbindRequest   = 2
	searchRequest   = 3
	searchEntry     = 4
	searchDone      = 5
	modifyRequest   = 6
	modifyResponse  = 7
	addRequest      = 8
	addResponse     = 9
	delRequest      = 10
	delResponse     = 11
	abandonRequest  = 16
	extendedRequest = 23
	extendedAnswer  = 24
)

// A session is one connection and who is signed in on it.
type session struct {
	server *Server
	who    *entry // nil for nobody
}

// answer answers one message. more is false when the connection ends with it.
func (c *session) answer(p *ber.Packet) (replies []*ber.Packet, more bool) {
	if len(p.Children) < 2 {
		return nil, false
	}
	id, ok := p.Children[0].Value.(int64)
	op := p.Children[1]
	if !ok || op.ClassType != ber.ClassApplication {
		return nil, false
	}
	end := func(tag ber.Tag, r result) ([]*ber.Packet, bool) {
		return append(replies, envelope(id, outcome(tag, r))), true
	}
	bad := result{code: protocolError, text: "the request cannot be read"}
	switch op.Tag {
	case bindRequest:
		return end(bindResponse, c.bind(op))
	case unbindRequest:
		return nil, false
	case abandonRequest:
		return nil, true
	case searchRequest:
		q, err := readSearch(op)
		if err != nil {
			return end(searchDone, bad)
		}
		var found []*ber.Packet
		var r result
		c.server.o.Line.Do(func(t *timeline.Turn) { found, r = c.search(t, q) })
		for _, e := range found {
			replies = append(replies, envelope(id, e))
		}
		return end(searchDone, r)
	case addRequest, modifyRequest, delRequest:
		request, err := readRequest(op)
		if err != nil {
			return end(op.Tag+1, bad)
		}
		var r result
		c.server.o.Line.Do(func(t *timeline.Turn) { r = c.change(t, request) })
		return end(op.Tag+1, r)
	case extendedRequest:
		return end(extendedAnswer, result{code: protocolError, text: "the extended operation is not supported"})
	}
	return end(extendedAnswer, result{code: protocolError, text: "the operation is not supported"})
}

// change makes a change for whoever is signed in.
func (c *session) change(t *timeline.Turn, request Request) result {
	tree := c.server.tree
	if c.who == nil {
		return mustSignIn
	}
	if r := tree.may(request, c.who); r.code != success {
		return r
	}
	if accepted := c.server.o.Accepted; accepted != nil {
		if err := accepted(t, request.withoutSecrets()); err != nil {
			return result{code: operationsError, text: "the change could not be kept"}
		}
	}
	return tree.change(request, t.Now())
}

// mustSignIn is what Active Directory answers whoever has not.
var mustSignIn = result{code: operationsError,
	text: "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563"}

// envelope puts a number on a message.
func envelope(id int64, op *ber.Packet) *ber.Packet {
	p := ber.NewSequence("")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	p.AppendChild(op)
	return p
}

func outcome(tag ber.Tag, r result) *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(r.code), ""))
	p.AppendChild(octets(r.matched))
	p.AppendChild(octets(r.text))
	return p
}

func octets(text string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, text, "")
}

func shown(dn string, attributes []attribute) *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, searchEntry, nil, "")
	p.AppendChild(octets(dn))
	list := ber.NewSequence("")
	for _, a := range attributes {
		pair := ber.NewSequence("")
		pair.AppendChild(octets(a.name))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range a.values {
			set.AppendChild(octets(v))
		}
		pair.AppendChild(set)
		list.AppendChild(pair)
	}
	p.AppendChild(list)
	return p
}

var errMessage = errors.New("the message has another form")

// text is the bytes of a primitive.
func text(p *ber.Packet) (string, error) {
	if p == nil || p.TagType != ber.TypePrimitive || p.Data == nil {
		return "", errMessage
	}
	return p.Data.String(), nil
}

// number is an integer or an enumeration.
func number(p *ber.Packet) (int64, error) {
	if n, ok := p.Value.(int64); ok {
		return n, nil
	}
	return 0, errMessage
}

// A Request is a change that was asked for, as a log keeps it.
type Request struct {
	Op RequestKind `json:"op"`
	DN string      `json:"dn"`
	// Edits are the attributes of an object that is added, or what is done to them.
	Edits []RequestEdit `json:"edits,omitempty"`
}

// RequestKind is what a Request does.
type RequestKind string

// The kinds.
const (
	Add    RequestKind = "add"
	Modify RequestKind = "modify"
	Delete RequestKind = "delete"
)

// A RequestEdit is what is done to one attribute.
type RequestEdit struct {
	Op     EditKind `json:"op,omitempty"`
	Name   string   `json:"name"`
	Values [][]byte `json:"values,omitempty"`
}

// EditKind is how values are changed.
type EditKind string

// The kinds; the empty one adds.
const (
	AddValues     EditKind = ""
	DeleteValues  EditKind = "delete"
	ReplaceValues EditKind = "replace"
)

// readRequest reads an add, a modify or a delete.
func readRequest(op *ber.Packet) (r Request, err error) {
	switch op.Tag {
	case delRequest:
		r.Op = Delete
		r.DN, err = text(op)
		return r, err
	case addRequest:
		r.Op = Add
	default:
		r.Op = Modify
	}
	if len(op.Children) != 2 {
		return r, errMessage
	}
	if r.DN, err = text(op.Children[0]); err != nil {
		return r, err
	}
	for _, item := range op.Children[1].Children {
		var e RequestEdit
		if r.Op == Modify {
			if len(item.Children) != 2 {
				return r, errMessage
			}
			kind, err := number(item.Children[0])
			if err != nil || kind < 0 || kind > 2 {
				return r, errMessage
			}
			e.Op = [...]EditKind{AddValues, DeleteValues, ReplaceValues}[kind]
			item = item.Children[1]
		}
		if len(item.Children) != 2 {
			return r, errMessage
		}
		if e.Name, err = text(item.Children[0]); err != nil {
			return r, err
		}
		for _, v := range item.Children[1].Children {
			value, err := text(v)
			if err != nil {
				return r, err
			}
			e.Values = append(e.Values, []byte(value))
		}
		r.Edits = append(r.Edits, e)
	}
	return r, nil
}
