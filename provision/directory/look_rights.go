package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/arcwright/arcwright/planner"
)

func (s *survey) lookRights(ctx context.Context) error {
	tokens := map[string][]SID{}
	for _, w := range s.want.Rights {
		target, name, known := s.target(w)
		if !known {
			continue // told already: it cannot be made
		}
		token, asked := tokens[w.Account]
		if !asked {
			var err error
			if token, err = s.token(ctx, w.Account); err != nil {
				return err
			}
			tokens[w.Account] = token
		}
		s.judgeRight(w, target, name, token)
	}
	return nil
}

// target is what a right is about; the object is nil when it is still to be made, and known
// is false when it neither exists nor will.
func (s *survey) target(w Right) (o *object, name string, known bool) {
	switch {
	case w.Unit != "":
		name = tidyDN(w.Unit)
		o = s.units[strings.ToLower(name)]
	case w.Computer != "":
		name, o = w.Computer, s.computers[w.Computer]
	default:
		name, o = w.Record, s.records[w.Record]
	}
	if o != nil {
		return o, o.dn, true
	}
	for _, c := range s.sight.Changes {
		if len(c.Attributes) == 0 {
			continue
		}
		if w.Unit != "" && sameDN(c.DN, name) || w.Computer != "" && c.has("sAMAccountName", name) || w.Record != "" && c.Path == w.Path && c.has("objectClass", "dnsNode") {
			return nil, c.DN, true
		}
	}
	return nil, name, false
}

func (c Change) has(attribute, value string) bool {
	return slices.ContainsFunc(c.Attributes, func(a Attribute) bool { return a.Name == attribute && slices.Contains(a.Values, value) })
}

// token is the SIDs of an account: its own, those of all its groups, and those of everybody.
// It is empty when there is no such account.
func (s *survey) token(ctx context.Context, account string) ([]SID, error) {
	entries, err := s.client.find(ctx, fmt.Sprintf("(sAMAccountName=%s)", ldap.EscapeFilter(account)), "objectSid")
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	// tokenGroups is worked out by the server, for one object at a time.
	entry, err := s.client.read(ctx, entries[0].DN, "objectSid", "tokenGroups")
	if err != nil {
		return nil, err
	}
	token := []SID{everyone, authenticatedUsers}
	for _, raw := range append(entry.GetRawAttributeValues("objectSid"), entry.GetRawAttributeValues("tokenGroups")...) {
		sid, err := ParseSID(raw)
		if err != nil {
			return nil, s.protocol("read "+entry.DN, err)
		}
		token = append(token, sid)
	}
	return token, nil
}

func (s *survey) judgeRight(w Right, o *object, name string, token []SID) {
	mask, class := FullControl, (*GUID)(nil)
	if w.Kind == MakeComputers {
		mask, class = CreateChild, &computerClass
	}
	if o != nil && len(token) > 0 {
		if o.entry.GetRawAttributeValue("nTSecurityDescriptor") == nil {
			s.add(planner.Finding{Code: "directory-right-unknown", Severity: planner.Note, Path: w.Path, Evidence: name,
				Message: fmt.Sprintf("%s may not see who may do what with %s", s.client.server.User, name), Remedy: "ask whoever runs the directory whether " + w.Account + " may " + string(w.Kind) + " it"})
			return
		}
		if o.descriptor.Missing(token, mask, class) == 0 {
			return
		}
	}
	if o != nil && len(token) > 0 { // what there is not was told of already
		s.add(planner.Finding{Code: "directory-right", Severity: w.Severity, Path: w.Path, Evidence: name, Source: w.Source,
			Message: fmt.Sprintf("%s may not %s %s", w.Account, w.Kind, name), Remedy: doIt})
	}
	c := Change{Path: w.Path, What: fmt.Sprintf("allow %s to %s %s", w.Account, w.Kind, name), DN: name, Existing: o != nil && !o.ours, Command: w.command(name, s.want.Domain)}
	switch {
	case len(token) == 0:
		c.Later = "there has to be an account " + w.Account + " first"
	case o == nil:
		c.Later = "the object has to be made first"
	default:
		c.grant = &ACE{Type: Allow, Mask: mask, Trustee: token[2]}
		if class != nil {
			c.grant.Type, c.grant.Object = AllowObject, class
		}
		if w.Kind == ControlAll {
			c.grant.Flags = containerInherit
		}
		edits, err := granted(o.descriptor, *c.grant)
		if err != nil {
			c.Later = err.Error()
			c.grant = nil
		}
		c.Edits = edits
		s.mayGrant(o, w.Path)
	}
	s.change(c)
}

// granted is the edit that adds an entry to a descriptor.
func granted(d Descriptor, e ACE) ([]Edit, error) {
	d = d.Grant(e)
	d.Owner, d.Group, d.SACL = "", "", nil
	b, err := d.Bytes()
	if err != nil {
		return nil, err
	}
	return []Edit{{"nTSecurityDescriptor", []string{string(b)}, true}}, nil
}

// command gives a right with the tool that Windows has for it.
func (w Right) command(on, domain string) string {
	who := w.Account + "@" + domain
	switch w.Kind {
	case MakeComputers:
		return fmt.Sprintf(`dsacls "%s" /G "%s:CC;computer"`, on, who)
	case ControlAll:
		return fmt.Sprintf(`dsacls "%s" /I:T /G "%s:GA"`, on, who)
	}
	return fmt.Sprintf(`dsacls "%s" /G "%s:GA"`, on, who)
}
