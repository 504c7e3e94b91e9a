package directory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/arcwright/arcwright/planner"
)

// A Sight is how far the directory has what a site needs.
type Sight struct {
	Findings []planner.Finding
	// Changes would mend what they can, in the order in which they have to be made.
	Changes []Change
}

// Look looks at the directory and changes nothing.
func (c *Client) Look(ctx context.Context, w Wanted) (Sight, error) {
	s := &survey{client: c, want: w, units: map[string]*object{}, computers: map[string]*object{}, records: map[string]*object{}, denied: map[string]bool{}}
	for _, step := range []func(context.Context) error{s.domain, s.lookUnits, s.lookComputers, s.lookGroups, s.lookRecords, s.lookRights} {
		if err := step(ctx); err != nil {
			return Sight{}, err
		}
	}
	planner.SortFindings(s.sight.Findings)
	return s.sight, nil
}

// A survey is one pass of Look.
type survey struct {
	client *Client
	want   Wanted
	sight  Sight

	// What was found, by the names that Wanted has; nil for what there is not.
	units, computers, records map[string]*object
	// denied are the units in which it was told already that the user may not make a class.
	denied map[string]bool
}

// An object is one of the directory.
type object struct {
	dn         string
	ours       bool
	descriptor Descriptor
	sid        SID
	entry      *ldap.Entry
}

// common are the attributes that are read of every object.
var common = [...]string{"objectClass", "adminDescription", "nTSecurityDescriptor", "sDRightsEffective"}

func (s *survey) object(e *ldap.Entry) (*object, error) {
	o := &object{dn: e.DN, entry: e, ours: e.GetAttributeValue("adminDescription") == Mark(s.want.Site)}
	var err error
	if raw := e.GetRawAttributeValue("nTSecurityDescriptor"); len(raw) > 0 {
		if o.descriptor, err = ParseDescriptor(raw); err != nil {
			return nil, s.protocol("read "+e.DN, err)
		}
	}
	if raw := e.GetRawAttributeValue("objectSid"); len(raw) > 0 {
		if o.sid, err = ParseSID(raw); err != nil {
			return nil, s.protocol("read "+e.DN, err)
		}
	}
	return o, nil
}

func (s *survey) protocol(op string, err error) error {
	return &Error{op, s.client.server.address(), ClassProtocol, err}
}

// is reports whether the object is of a class.
func (o *object) is(class string) bool {
	return slices.ContainsFunc(o.entry.GetAttributeValues("objectClass"), func(c string) bool { return strings.EqualFold(c, class) })
}

func (s *survey) add(f planner.Finding) {
	f.Owner = planner.OwnerDirectory
	s.sight.Findings = append(s.sight.Findings, f)
}

func (s *survey) change(c Change) { s.sight.Changes = append(s.sight.Changes, c) }

// doIt is the remedy for what a change would mend.
const doIt = "have it made: arcwright directory apply SITE, or give the output of arcwright directory ldif SITE to whoever runs the directory"

// domain judges which domain it is, and the clock.
func (s *survey) domain(context.Context) error {
	if found := domainOf(s.client.root.naming); !strings.EqualFold(found, s.want.Domain) {
		s.add(planner.Finding{Code: "directory-other", Severity: planner.Block, Path: "site.directory.server", Evidence: found,
			Message: fmt.Sprintf("%s serves the domain %s, and the site is in %s", s.client.server.name(), found, s.want.Domain),
			Remedy:  "name a domain controller of " + s.want.Domain + " as directory.server"})
	}
	if skew := s.client.Skew(); skew.Abs() > s.want.Skew {
		s.add(planner.Finding{Code: "directory-clock", Severity: planner.Warn, Path: "site.directory.server",
			Evidence: skew.Round(time.Second).String(), Source: systemPage,
			Message: fmt.Sprintf("the clock of %s and that of this machine are at least %s apart, at most %s is allowed", s.client.server.name(), skew.Abs().Round(time.Second), s.want.Skew),
			Remedy:  "find out which of them is wrong and set it: w32tm /query /status on the domain controller"})
	}
	return nil
}

// domainOf is the DNS name of a naming context.
func domainOf(naming string) string {
	dn, err := ldap.ParseDN(naming)
	if err != nil {
		return naming
	}
	var labels []string
	for _, rdn := range dn.RDNs {
		for _, a := range rdn.Attributes {
			if strings.EqualFold(a.Type, "DC") {
				labels = append(labels, a.Value)
			}
		}
	}
	return strings.Join(labels, ".")
}

// lookUnit reads a unit, and those above it, once; nil when it does not exist.
func (s *survey) lookUnit(ctx context.Context, name string) (*object, error) {
	key := strings.ToLower(tidyDN(name))
	if o, known := s.units[key]; known {
		return o, nil
	}
	entry, err := s.client.read(ctx, tidyDN(name), append(common[:], "gPOptions", "allowedChildClassesEffective")...)
	if ClassOf(err) == ClassMissing {
		s.units[key] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o, err := s.object(entry)
	if err != nil {
		return nil, err
	}
	s.units[key] = o
	return o, nil
}

func (s *survey) lookUnits(ctx context.Context) error {
	for _, u := range s.want.Units {
		o, err := s.lookUnit(ctx, u.Name)
		if err != nil {
			return err
		}
		switch {
		case o == nil:
			err = s.missingUnit(ctx, u)
		case !o.is("organizationalUnit") && !o.is("container"):
			s.add(planner.Finding{Code: "directory-unit", Severity: planner.Block, Path: u.Path, Evidence: strings.Join(o.entry.GetAttributeValues("objectClass"), ", "),
				Message: u.Name + " is no organisational unit", Remedy: "name another one as " + strings.TrimPrefix(u.Path, "site.")})
		case u.Dedicated && o.entry.GetAttributeValue("gPOptions") != "1":
			s.add(planner.Finding{Code: "directory-policy", Severity: planner.Warn, Path: u.Path, Evidence: cmp.Or(o.entry.GetAttributeValue("gPOptions"), "not set"), Source: localPage,
				Message: u.Name + " inherits group policies", Remedy: doIt})
			s.change(Change{Path: u.Path, What: "keep the group policies of the units above out of " + o.dn, DN: o.dn, Existing: !o.ours,
				Edits: []Edit{{"gPOptions", []string{"1"}, true}}, Command: fmt.Sprintf(`Set-GPInheritance -Target "%s" -IsBlocked Yes`, o.dn)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// missingUnit tells of a unit that does not exist, and makes it with those above it.
func (s *survey) missingUnit(ctx context.Context, u Unit) error {
	var chain []string
	name := tidyDN(u.Name)
	var parent *object
	for name != "" && parent == nil {
		up, attribute, _ := above(name)
		if attribute != "OU" {
			break
		}
		chain = append(chain, name)
		var err error
		if parent, err = s.lookUnit(ctx, up); err != nil {
			return err
		}
		name = up
	}
	f := planner.Finding{Code: "directory-unit", Severity: planner.Block, Path: u.Path, Evidence: u.Name, Message: "there is no organisational unit " + u.Name, Remedy: doIt, Source: systemPage}
	if parent == nil {
		f.Message += ", and none above it that it could be made in"
		f.Remedy = "correct " + strings.TrimPrefix(u.Path, "site.") + ": it must be below " + s.client.root.naming
		s.add(f)
		return nil
	}
	s.add(f)
	slices.Reverse(chain)
	for i, dn := range chain {
		if s.planned(dn) {
			continue
		}
		_, _, value := above(dn)
		attributes := []Attribute{{"objectClass", []string{"top", "organizationalUnit"}}, {"ou", []string{value}}, s.mark()}
		if u.Dedicated && i == len(chain)-1 {
			attributes = append(attributes, Attribute{"gPOptions", []string{"1"}})
		}
		s.change(Change{Path: u.Path, What: "make the organisational unit " + dn, DN: dn, Attributes: attributes})
	}
	s.mayMake(parent, "organizationalUnit", u.Path)
	return nil
}

func (s *survey) mark() Attribute {
	return Attribute{"adminDescription", []string{Mark(s.want.Site)}}
}

// planned reports whether an object of this name is to be made already.
func (s *survey) planned(dn string) bool {
	return slices.ContainsFunc(s.sight.Changes, func(c Change) bool { return len(c.Attributes) > 0 && sameDN(c.DN, dn) })
}

// mayMake warns when the signed-in user may not make objects of a class in a unit, as far as
// the server tells.
func (s *survey) mayMake(in *object, class, path string) {
	if in == nil || in.entry.GetAttributeValues("allowedChildClassesEffective") == nil && !s.tells(in) {
		return
	}
	for _, c := range in.entry.GetAttributeValues("allowedChildClassesEffective") {
		if strings.EqualFold(c, class) {
			return
		}
	}
	s.deny(path, in.dn, fmt.Sprintf("%s may not make objects of the class %s in %s", s.client.server.User, class, in.dn))
}

// tells reports whether a server says what the user may do: sDRightsEffective is there for
// everybody who asks.
func (s *survey) tells(o *object) bool { return o.entry.GetAttributeValue("sDRightsEffective") != "" }

// mayGrant warns when the signed-in user may not change who may do what with an object.
func (s *survey) mayGrant(o *object, path string) {
	const changeDACL = 4 // of sDRightsEffective ([MS-ADTS] 3.1.1.4.5.4)
	if rights, err := strconv.Atoi(o.entry.GetAttributeValue("sDRightsEffective")); err == nil && rights&changeDACL == 0 {
		s.deny(path, o.dn, fmt.Sprintf("%s may not change the rights over %s", s.client.server.User, o.dn))
	}
}

func (s *survey) deny(path, dn, message string) {
	if s.denied[message] {
		return
	}
	s.denied[message] = true
	s.add(planner.Finding{Code: "directory-account", Severity: planner.Warn, Path: path, Evidence: dn, Message: message,
		Remedy: "give the output of arcwright directory ldif SITE to whoever may, or sign in as somebody else: directory.user"})
}
