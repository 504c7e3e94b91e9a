package directory

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// A tree is all objects of a domain.
type tree struct {
	domain, server string
	naming         string
	entries        map[string]*entry // by key
	next           uint32            // relative identifier of the next account
	admins         string            // SID of the group of administrators
	computers      string            // SID of the group of computers
	users          string            // SID of the group of users
	ahead          time.Duration     // of the domain controller's clock
	replaying      bool              // requests come from a log, which has no passwords
}

// An entry is one object.
type entry struct {
	dn         string
	parent     *entry
	attributes []attribute
	password   string
	born       time.Time
	// set is when the password was set; zero for one that has to be changed.
	set time.Time
}

// An attribute is a name with its values; those of octet strings are raw.
type attribute struct {
	name   string
	values []string
}

// passwordAge is how long a password lasts: the default of a new domain.
const passwordAge = 42 * 24 * time.Hour

// key is a distinguished name in the one form by which it is looked up; empty for none.
func key(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return ""
	}
	var parts []string
	for _, rdn := range parsed.RDNs {
		for _, a := range rdn.Attributes {
			parts = append(parts, strings.ToLower(a.Type)+"="+strings.ToLower(ldap.EscapeDN(a.Value)))
		}
	}
	return strings.Join(parts, ",")
}

func namingOf(domain string) string { return "DC=" + strings.ReplaceAll(domain, ".", ",DC=") }

// domainSID is that of every simulated domain.
var domainSID = sid(5, 21, 1004336348, 1177238915, 682003330)

// sid is a security identifier in its binary form.
func sid(authority byte, subs ...uint32) string {
	b := []byte{1, byte(len(subs)), 0, 0, 0, 0, 0, authority}
	for _, s := range subs {
		b = binary.LittleEndian.AppendUint32(b, s)
	}
	return string(b)
}

// account is the SID of a relative identifier.
func account(rid uint32) string {
	b := []byte(domainSID)
	b[1]++
	return string(binary.LittleEndian.AppendUint32(b, rid))
}

// The relative identifiers that every domain has.
const (
	ridAdministrator = 500
	ridAdmins        = 512
	ridUsers         = 513
	ridComputers     = 515
)

func newTree(o Options, at time.Time) *tree {
	t := &tree{domain: strings.ToLower(o.Domain), server: o.Name, naming: namingOf(o.Domain), entries: map[string]*entry{}, next: 1103,
		admins: account(ridAdmins), users: account(ridUsers), computers: account(ridComputers)}
	root := t.put(t.naming, nil, at, attribute{"objectClass", []string{"top", "domain", "domainDNS"}})
	root.set1("objectSid", domainSID)
	root.set1("nTSecurityDescriptor", t.rootDescriptor())
	zones := t.put("DC=DomainDnsZones,"+t.naming, nil, at, attribute{"objectClass", []string{"top", "domainDNS"}})
	zones.set1("nTSecurityDescriptor", t.rootDescriptor())
	for _, name := range []string{"CN=Users", "CN=Computers", "CN=System"} {
		t.grow(root, name, "container", at)
	}
	t.grow(t.grow(zones, "CN=MicrosoftDNS", "container", at), "DC="+t.domain, "dnsZone", at)
	in := t.entries[key("CN=Users,"+t.naming)]
	admin := t.grow(in, "CN=Administrator", "user", at)
	admin.set1("sAMAccountName", "Administrator")
	admin.set1("userAccountControl", "512")
	admin.set1("objectSid", account(ridAdministrator))
	admin.password, admin.set = o.Password, at.AddDate(10, 0, 0) // the world may go on for years
	for rid, name := range map[uint32]string{ridAdmins: "Domain Admins", ridUsers: "Domain Users", ridComputers: "Domain Computers"} {
		g := t.grow(in, "CN="+name, "group", at)
		g.set1("sAMAccountName", name)
		g.set1("groupType", "-2147483646")
		g.set1("objectSid", account(rid))
	}
	t.entries[key("CN=Domain Admins,CN=Users,"+t.naming)].set1("member", admin.dn)
	return t
}

// superiors are the classes above each that is known; the first is the most general.
var superiors = map[string][]string{
	"organizationalUnit": {"top", "organizationalUnit"}, "container": {"top", "container"}, "group": {"top", "group"},
	"user":     {"top", "person", "organizationalPerson", "user"},
	"computer": {"top", "person", "organizationalPerson", "user", "computer"},
	"dnsNode":  {"top", "dnsNode"}, "dnsZone": {"top", "dnsZone"},
}

// grow makes an object of a class below another.
func (t *tree) grow(parent *entry, rdn, class string, at time.Time) *entry {
	e := t.put(rdn+","+parent.dn, parent, at, attribute{"objectClass", superiors[class]})
	name, value, _ := strings.Cut(rdn, "=")
	e.set1(map[string]string{"CN": "cn", "OU": "ou", "DC": "dc"}[name], value)
	e.set1("nTSecurityDescriptor", t.inherit(parent, class))
	return e
}

func (t *tree) put(dn string, parent *entry, at time.Time, more ...attribute) *entry {
	e := &entry{dn: dn, parent: parent, attributes: more, born: at}
	t.entries[key(dn)] = e
	return e
}

// get finds an object, or says how far its name leads.
func (t *tree) get(dn string) (*entry, result) {
	k := key(dn)
	if k == "" {
		return nil, result{code: invalidDN, text: "0000208F: NameErr: DSID-03100232, problem 2006 (BAD_NAME), data 8349, best match of:\n\t'" + dn + "'\n"}
	}
	if e := t.entries[k]; e != nil {
		return e, result{}
	}
	best := ""
	for rest := k; best == "" && rest != ""; _, rest, _ = strings.Cut(rest, ",") {
		if e := t.entries[rest]; e != nil {
			best = e.dn
		}
	}
	return nil, result{noSuchObject, best, fmt.Sprintf("0000208D: NameErr: DSID-0310028B, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'%s'\n", best)}
}

// under are the objects that a search looks at, by their names.
func (t *tree) under(base *entry, scope int64) []*entry {
	if scope == 0 {
		return []*entry{base}
	}
	var list []*entry
	for _, e := range t.entries {
		for up, depth := e, int64(0); up != nil; up, depth = up.parent, depth+1 {
			if up == base && (scope == 2 || depth == 1) {
				list = append(list, e)
				break
			}
		}
	}
	slices.SortFunc(list, func(a, b *entry) int { return cmp.Compare(key(a.dn), key(b.dn)) })
	return list
}

// find finds the account of a name for signing in.
func (t *tree) find(account string) *entry {
	for _, e := range t.entries {
		if strings.EqualFold(e.first("sAMAccountName"), account) && account != "" {
			return e
		}
	}
	return nil
}

func (e *entry) values(name string) []string {
	for _, a := range e.attributes {
		if strings.EqualFold(a.name, name) {
			return a.values
		}
	}
	return nil
}

func (e *entry) first(name string) string {
	if v := e.values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// put replaces the values of an attribute; none takes it away.
func (e *entry) put(name string, values []string) {
	i := slices.IndexFunc(e.attributes, func(a attribute) bool { return strings.EqualFold(a.name, name) })
	switch {
	case i < 0 && len(values) > 0:
		e.attributes = append(e.attributes, attribute{name, values})
	case i >= 0 && len(values) == 0:
		e.attributes = slices.Delete(e.attributes, i, i+1)
	case i >= 0:
		e.attributes[i].values = values
	}
}

func (e *entry) set1(name, value string) { e.put(name, []string{value}) }

// class is the most special class of an object.
func (e *entry) class() string {
	if c := e.values("objectClass"); len(c) > 0 {
		return c[len(c)-1]
	}
	return ""
}

func (e *entry) flags() int {
	n, _ := strconv.Atoi(e.first("userAccountControl")) // one that is no number has none
	return n
}

// exact are attributes whose values are bytes.
var exact = []string{"objectsid", "objectguid", "ntsecuritydescriptor", "dnsrecord", "tokengroups"}

// same compares two values of an attribute.
func same(name, a, b string) bool {
	if slices.Contains(exact, strings.ToLower(name)) {
		return a == b
	}
	return strings.EqualFold(a, b) || key(a) != "" && strings.Contains(a, ",") && key(a) == key(b)
}

// root is what the domain controller tells everybody about itself.
func (t *tree) root(at time.Time) []attribute {
	return []attribute{
		{"currentTime", []string{t.now(at).UTC().Format("20060102150405.0Z")}},
		{"defaultNamingContext", []string{t.naming}}, {"rootDomainNamingContext", []string{t.naming}},
		{"namingContexts", []string{t.naming, "DC=DomainDnsZones," + t.naming}},
		{"dnsHostName", []string{t.server}}, {"supportedLDAPVersion", []string{"3"}},
		{"supportedCapabilities", []string{"1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"}},
	}
}

// workedOut are attributes that no object has, and that are told to whoever asks by name.
var workedOut = []string{"tokenGroups", "sDRightsEffective", "allowedChildClassesEffective", "distinguishedName", "whenCreated", "pwdLastSet"}

// names are the attributes that a search tells.
func (t *tree) names(e *entry, asked []string) []string {
	var all []string
	for _, a := range e.attributes {
		if len(asked) == 0 || slices.Contains(asked, "*") || slices.ContainsFunc(asked, func(n string) bool { return strings.EqualFold(n, a.name) }) {
			if a.name != "nTSecurityDescriptor" || slices.Contains(asked, a.name) {
				all = append(all, a.name)
			}
		}
	}
	for _, n := range workedOut {
		if slices.ContainsFunc(asked, func(a string) bool { return strings.EqualFold(a, n) }) {
			all = append(all, n)
		}
	}
	return all
}

// value is what an attribute of an object is for somebody.
func (t *tree) value(e *entry, name string, who *entry, one bool) []string {
	switch strings.ToLower(name) {
	case "distinguishedname":
		return []string{e.dn}
	case "whencreated":
		return []string{e.born.UTC().Format("20060102150405.0Z")}
	case "tokengroups":
		if !one || e.first("objectSid") == "" {
			return nil
		}
		return t.groups(e)
	case "sdrightseffective":
		return []string{strconv.Itoa(t.descriptorRights(e, who))}
	case "allowedchildclasseseffective":
		return t.childClasses(e, who)
	case "pwdlastset":
		return nil
	}
	return e.values(name)
}
