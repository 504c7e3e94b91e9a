package directory

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

func refused(code resultCode, text string) result { return result{code: code, text: text} }

// What Active Directory says with its refusals.
var (
	noRights   = refused(insufficientRights, "00002098: SecErr: DSID-031514A0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n")
	sameExists = refused(alreadyExists, "00002071: UpdErr: DSID-0305038D, problem 6005 (ENTRY_EXISTS), data 0\n")
	nameTaken  = refused(constraintViolated, "000021C7: AtrErr: DSID-03200E6D, #1:\n\t0: 000021C7: DSID-03200E6D, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90303 (servicePrincipalName)\n")
)

// may says whether somebody may make a change.
func (t *tree) may(r Request, who *entry) result {
	if r.Op == Add {
		parent, class, end := t.place(r)
		if end.code != success {
			return end
		}
		if t.granted(parent, who, createChild, class) == 0 {
			return noRights
		}
		return result{}
	}
	e, end := t.get(r.DN)
	if end.code != success {
		return end
	}
	if r.Op == Delete {
		if t.granted(e, who, deleteIt, "") == 0 && (e.parent == nil || t.granted(e.parent, who, deleteChild, e.class()) == 0) {
			return noRights
		}
		return result{}
	}
	for _, edit := range r.Edits {
		need := uint32(writeProps)
		if strings.EqualFold(edit.Name, "nTSecurityDescriptor") {
			need = writeDACL
		}
		if t.granted(e, who, need, "") == 0 {
			return noRights
		}
	}
	return result{}
}

// place is where an object would be added, and of which class it would be.
func (t *tree) place(r Request) (parent *entry, class string, end result) {
	if key(r.DN) == "" {
		_, end := t.get(r.DN)
		return nil, "", end
	}
	_, up, _ := cutDN(r.DN)
	parent, end = t.get(up)
	if end.code != success {
		return nil, "", end
	}
	for _, e := range r.Edits {
		if strings.EqualFold(e.Name, "objectClass") {
			for _, v := range e.Values { // the most special is the one with most above it
				if name := knownClass(string(v)); len(superiors[name]) > len(superiors[class]) || class == "" {
					class = name
				}
			}
		}
	}
	if class == "" {
		return nil, "", refused(classViolation, "0000207B: UpdErr: DSID-030511DD, problem 6002 (OBJ_CLASS_VIOLATION), data 0\n")
	}
	return parent, class, result{}
}

func knownClass(name string) string {
	for class := range superiors {
		if strings.EqualFold(class, name) {
			return class
		}
	}
	return ""
}

// cutDN takes the first part of a distinguished name that was checked before. A comma with a
// backslash before it is no end.
func cutDN(dn string) (first, rest string, ok bool) {
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case ',':
			return strings.TrimSpace(dn[:i]), strings.TrimSpace(dn[i+1:]), true
		}
	}
	return dn, "", false
}

// change makes a change. Whether somebody may was asked before.
func (t *tree) change(r Request, at time.Time) result {
	switch r.Op {
	case Add:
		return t.add(r, at)
	case Delete:
		e, end := t.get(r.DN)
		if end.code != success {
			return end
		}
		if len(t.under(e, 1)) > 0 {
			return refused(notOnNonLeaf, "00002015: UpdErr: DSID-031A11F9, problem 6003 (CANT_ON_NON_LEAF), data 0\n")
		}
		delete(t.entries, key(e.dn))
		return result{}
	}
	e, end := t.get(r.DN)
	if end.code != success {
		return end
	}
	next := &entry{dn: e.dn, parent: e.parent, attributes: slices.Clone(e.attributes), password: e.password, born: e.born, set: e.set}
	for _, edit := range r.Edits {
		if end := t.edit(next, e, edit, at); end.code != success {
			return end
		}
	}
	before := e.first("nTSecurityDescriptor")
	*e = *next
	if e.first("nTSecurityDescriptor") != before {
		t.spread(e)
	}
	return result{}
}

func (t *tree) add(r Request, at time.Time) result {
	parent, class, end := t.place(r)
	if end.code != success {
		return end
	}
	if t.entries[key(r.DN)] != nil {
		return sameExists
	}
	first, _, _ := cutDN(r.DN)
	rdn, _, _ := strings.Cut(first, "=")
	wanted := map[string]string{"organizationalUnit": "OU", "dnsNode": "DC", "dnsZone": "DC"}[class]
	if wanted == "" {
		wanted = "CN"
	}
	if !strings.EqualFold(rdn, wanted) {
		return refused(namingViolation, "00002099: NameErr: DSID-03050EE3, problem 2005 (NAMING_VIOLATION), data 0, best match of:\n\t'"+parent.dn+"'\n")
	}
	e := &entry{dn: first + "," + parent.dn, parent: parent, born: at, attributes: []attribute{{"objectClass", superiors[class]}}}
	_, value, _ := strings.Cut(first, "=")
	e.set1(strings.ToLower(wanted), strings.ReplaceAll(value, `\`, ""))
	e.set1("nTSecurityDescriptor", t.inherit(parent, class))
	if class == "computer" || class == "user" || class == "group" {
		e.set1("objectSid", account(t.next))
	}
	for _, edit := range r.Edits {
		name := strings.ToLower(edit.Name)
		if name == "objectclass" || name == strings.ToLower(wanted) {
			continue
		}
		edit.Op = ReplaceValues
		if end := t.edit(e, e, edit, at); end.code != success {
			return end
		}
	}
	if e.first("objectSid") != "" {
		t.next++
		if e.first("sAMAccountName") == "" {
			return refused(unwilling, "00000523: SysErr: DSID-031A1253, problem 22 (Invalid argument), data 0\n")
		}
	}
	const disabled, passwordNotNeeded = 0x2, 0x20
	if (class == "computer" || class == "user") && e.flags()&(disabled|passwordNotNeeded) == 0 && e.password == "" && !t.replaying {
		return refused(unwilling, "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0\n")
	}
	t.entries[key(e.dn)] = e
	return result{}
}

// kept are attributes that nobody writes.
var kept = []string{"objectsid", "objectguid", "objectclass", "tokengroups", "whencreated", "distinguishedname", "sdrightseffective", "allowedchildclasseseffective"}

// edit does one edit to an object that is not yet in the tree; now is the one that is.
func (t *tree) edit(e, now *entry, edit RequestEdit, at time.Time) result {
	name := strings.ToLower(edit.Name)
	var given []string
	for _, v := range edit.Values {
		given = append(given, string(v))
	}
	if slices.Contains(kept, name) {
		return refused(constraintViolated, "0000209A: AtrErr: DSID-03153CBE, problem 1005 (CONSTRAINT_ATT_TYPE), data 0\n")
	}
	switch name {
	case "unicodepwd":
		return e.setPassword(given, at)
	case "pwdlastset":
		if len(given) == 1 && given[0] == "0" {
			e.set = time.Time{}
		} else {
			e.set = at
		}
		return result{}
	case "ntsecuritydescriptor":
		if len(given) != 1 {
			return refused(constraintViolated, "a descriptor is one value")
		}
		list, control, ok := readACEs(given[0])
		if !ok {
			return refused(invalidSyntax, "00000057: LdapErr: DSID-0C090EB8, comment: Error in attribute conversion operation, data 0, v4563")
		}
		given = []string{writeACEs(list, control)}
	case "useraccountcontrol", "grouptype", "gpoptions":
		if len(given) == 1 {
			if _, err := strconv.Atoi(given[0]); err != nil {
				return refused(invalidSyntax, "00000057: LdapErr: DSID-0C090EB8, comment: Error in attribute conversion operation, data 0, v4563")
			}
		}
	}
	values := slices.Clone(e.values(edit.Name))
	switch edit.Op {
	case AddValues:
		for _, v := range given {
			if slices.ContainsFunc(values, func(o string) bool { return same(name, o, v) }) {
				return refused(valueExists, "00002083: AtrErr: DSID-031519F7, problem 1006 (ATT_OR_VALUE_EXISTS), data 0\n")
			}
			values = append(values, v)
		}
	case DeleteValues:
		for _, v := range given {
			i := slices.IndexFunc(values, func(o string) bool { return same(name, o, v) })
			if i < 0 {
				return refused(noSuchAttribute, "00002085: AtrErr: DSID-03152EBD, problem 1001 (NO_ATTRIBUTE_OR_VAL), data 0\n")
			}
			values = slices.Delete(values, i, i+1)
		}
		if len(given) == 0 {
			values = nil
		}
	default:
		values = given
	}
	if end := t.unique(name, values, now); end.code != success {
		return end
	}
	e.put(edit.Name, values)
	return result{}
}

// unique refuses names that another object has.
func (t *tree) unique(name string, values []string, but *entry) result {
	if name != "samaccountname" && name != "serviceprincipalname" && name != "userprincipalname" {
		return result{}
	}
	for _, e := range t.entries {
		if e == but {
			continue
		}
		for _, v := range values {
			if !slices.ContainsFunc(e.values(name), func(o string) bool { return strings.EqualFold(o, v) }) {
				continue
			}
			if name == "samaccountname" {
				return sameExists
			}
			return nameTaken
		}
	}
	return result{}
}

// setPassword takes the text in quotes, in UTF-16.
func (e *entry) setPassword(given []string, at time.Time) result {
	weak := refused(unwilling, "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0\n")
	if len(given) != 1 || len(given[0])%2 != 0 || len(given[0]) == 0 {
		return weak
	}
	var units []uint16
	for i := 0; i < len(given[0]); i += 2 {
		units = append(units, uint16(given[0][i])|uint16(given[0][i+1])<<8)
	}
	text := string(utf16.Decode(units))
	if len(text) < 2+7 || text[0] != '"' || text[len(text)-1] != '"' {
		return weak
	}
	e.password, e.set = text[1:len(text)-1], at
	return result{}
}

// withoutSecrets is the request as a log may keep it.
func (r Request) withoutSecrets() Request {
	r.Edits = slices.DeleteFunc(slices.Clone(r.Edits), func(e RequestEdit) bool { return strings.EqualFold(e.Name, "unicodePwd") })
	return r
}
