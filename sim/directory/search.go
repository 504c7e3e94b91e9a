package directory

import (
	"slices"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"

	"github.com/arcwright/arcwright/sim/timeline"
)

// A search is one question.
type search struct {
	base       string
	scope      int64 // 0 the object, 1 those below it, 2 all under it
	filter     filter
	attributes []string
}

// A filter decides about one object. It is asked for attributes by a function that knows
// those which are worked out as well.
type filter func(values func(name string) []string) bool

func readSearch(op *ber.Packet) (q search, err error) {
	if len(op.Children) < 8 {
		return q, errMessage
	}
	if q.base, err = text(op.Children[0]); err != nil {
		return q, err
	}
	if q.scope, err = number(op.Children[1]); err != nil || q.scope < 0 || q.scope > 2 {
		return q, errMessage
	}
	if q.filter, err = readFilter(op.Children[6]); err != nil {
		return q, err
	}
	for _, a := range op.Children[7].Children {
		name, err := text(a)
		if err != nil {
			return q, err
		}
		q.attributes = append(q.attributes, name)
	}
	return q, nil
}

// The kinds of filters that are known (RFC 4511, 4.5.1).
const (
	filterAnd     = 0
	filterOr      = 1
	filterNot     = 2
	filterEqual   = 3
	filterPresent = 7
)

func readFilter(p *ber.Packet) (filter, error) {
	if p.ClassType != ber.ClassContext {
		return nil, errMessage
	}
	switch p.Tag {
	case filterAnd, filterOr:
		var parts []filter
		for _, c := range p.Children {
			f, err := readFilter(c)
			if err != nil {
				return nil, err
			}
			parts = append(parts, f)
		}
		all := p.Tag == filterAnd
		return func(values func(string) []string) bool {
			for _, f := range parts {
				if f(values) != all {
					return !all
				}
			}
			return all
		}, nil
	case filterNot:
		if len(p.Children) != 1 {
			return nil, errMessage
		}
		f, err := readFilter(p.Children[0])
		if err != nil {
			return nil, err
		}
		return func(values func(string) []string) bool { return !f(values) }, nil
	case filterEqual:
		if len(p.Children) != 2 {
			return nil, errMessage
		}
		name, err := text(p.Children[0])
		if err != nil {
			return nil, err
		}
		value, err := text(p.Children[1])
		if err != nil {
			return nil, err
		}
		return func(values func(string) []string) bool {
			return slices.ContainsFunc(values(name), func(v string) bool { return same(name, v, value) })
		}, nil
	case filterPresent:
		name, err := text(p)
		if err != nil {
			return nil, err
		}
		return func(values func(string) []string) bool { return len(values(name)) > 0 }, nil
	}
	return nil, errMessage
}

// search answers a question, in a turn.
func (c *session) search(t *timeline.Turn, q search) ([]*ber.Packet, result) {
	tree := c.server.tree
	if q.base == "" && q.scope == 0 {
		return []*ber.Packet{shown("", chosen(q.attributes, tree.root(t.Now())))}, result{}
	}
	if c.who == nil {
		return nil, mustSignIn
	}
	base, r := tree.get(q.base)
	if r.code != success {
		return nil, r
	}
	var found []*ber.Packet
	for _, e := range tree.under(base, q.scope) {
		// What is worked out is only for whoever asks for one object, as tokenGroups is.
		values := func(name string) []string { return tree.value(e, name, c.who, q.scope == 0) }
		if !q.filter(values) {
			continue
		}
		var list []attribute
		for _, a := range tree.names(e, q.attributes) {
			if v := values(a); len(v) > 0 {
				list = append(list, attribute{a, v})
			}
		}
		found = append(found, shown(e.dn, list))
	}
	return found, result{}
}

// chosen are those attributes that were asked for; all when none or * was.
func chosen(names []string, all []attribute) []attribute {
	if len(names) == 0 || slices.Contains(names, "*") {
		return all
	}
	return slices.DeleteFunc(all, func(a attribute) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, a.name) })
	})
}
