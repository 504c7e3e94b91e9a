package directory

import (
	"context"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// sdFlags asks for the part of a security descriptor that says who may do what: its owner
// and its audits need rights that few have ([MS-ADTS] 3.1.1.3.4.1.11).
func sdFlags() ldap.Control {
	return ldap.NewControlString("1.2.840.113556.1.4.801", true, string([]byte{0x30, 3, 2, 1, 4}))
}

// errNoEntry is an object that could be asked for and was not told.
var errNoEntry = fmt.Errorf("there is no such object, or the user may not see it")

// read reads one object. The error is of ClassMissing when there is none.
func (c *Client) read(ctx context.Context, dn string, attributes ...string) (*ldap.Entry, error) {
	op := "read " + dn
	if dn == "" {
		op = "read what the server is"
	}
	entries, err := c.search(ctx, op, dn, ldap.ScopeBaseObject, "(objectClass=*)", attributes)
	if err == nil && len(entries) == 0 {
		err = &Error{op, c.server.address(), ClassMissing, errNoEntry}
	}
	if err != nil {
		return nil, err
	}
	return entries[0], nil
}

// find finds the objects of the domain that match a filter.
func (c *Client) find(ctx context.Context, filter string, attributes ...string) ([]*ldap.Entry, error) {
	return c.search(ctx, "find "+filter, c.root.naming, ldap.ScopeWholeSubtree, filter, attributes)
}

func (c *Client) search(ctx context.Context, op, base string, scope int, filter string, attributes []string) ([]*ldap.Entry, error) {
	request := ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil)
	for _, name := range attributes {
		if name == "nTSecurityDescriptor" {
			request.Controls = []ldap.Control{sdFlags()}
		}
	}
	var entries []*ldap.Entry
	err := c.do(ctx, op, func() error {
		result, err := c.ldap.Search(request)
		if err == nil {
			entries = result.Entries
		}
		return err
	})
	return entries, err
}

// add makes an object.
func (c *Client) add(ctx context.Context, dn string, attributes []Attribute) error {
	request := ldap.NewAddRequest(dn, nil)
	for _, a := range attributes {
		request.Attribute(a.Name, a.Values)
	}
	return c.do(ctx, "add "+dn, func() error { return c.ldap.Add(request) })
}

// modify changes attributes of an object.
func (c *Client) modify(ctx context.Context, dn string, edits []Edit) error {
	request := ldap.NewModifyRequest(dn, nil)
	for _, e := range edits {
		if e.Name == "nTSecurityDescriptor" {
			request.Controls = []ldap.Control{sdFlags()}
		}
		if e.Replace {
			request.Replace(e.Name, e.Values)
		} else {
			request.Add(e.Name, e.Values)
		}
	}
	return c.do(ctx, "change "+dn, func() error { return c.ldap.Modify(request) })
}
