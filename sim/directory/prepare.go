package directory

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// A Prepare puts objects into a directory as others did before anybody came. What exists
// already is left as it is. It is valid in the turn it was given in.
type Prepare struct {
	tree    *tree
	options Options
	at      time.Time
}

// Clear takes everything away that is not there in every new domain.
func (p *Prepare) Clear() {
	ahead := p.tree.ahead
	*p.tree = *newTree(p.options, p.at)
	p.tree.ahead = ahead
}

// Unit makes an organisational unit with those above it. dn must be in the domain.
func (p *Prepare) Unit(dn string) error {
	if e, _ := p.tree.get(dn); e != nil {
		return nil
	}
	first, up, more := cutDN(dn)
	if !more {
		return fmt.Errorf("prepare the directory: %q is not in the domain %s", dn, p.tree.domain)
	}
	if err := p.Unit(up); err != nil {
		return err
	}
	return p.add(first+","+up, "organizationalUnit")
}

// add makes an object of a class, by the rules for everybody.
func (p *Prepare) add(dn, class string, more ...attribute) error {
	if e, _ := p.tree.get(dn); e != nil {
		return nil
	}
	r := Request{Op: Add, DN: dn, Edits: []RequestEdit{{Name: "objectClass", Values: [][]byte{[]byte(class)}}}}
	for _, a := range more {
		e := RequestEdit{Name: a.name}
		for _, v := range a.values {
			e.Values = append(e.Values, []byte(v))
		}
		r.Edits = append(r.Edits, e)
	}
	if end := p.tree.change(r, p.at); end.code != success && end.code != alreadyExists {
		return fmt.Errorf("prepare the directory: add %s: %s", dn, strings.TrimSpace(end.text))
	}
	return nil
}

// Account makes a user who may sign in.
func (p *Prepare) Account(name, password string) error {
	var quoted []byte
	for _, c := range []byte(`"` + password + `"`) { // simulated passwords are ASCII
		quoted = append(quoted, c, 0)
	}
	return p.add("CN="+name+",CN=Users,"+p.tree.naming, "user", attribute{"sAMAccountName", []string{name}}, attribute{"userAccountControl", []string{"512"}},
		attribute{"unicodePwd", []string{string(quoted)}})
}

// Member puts an account into a group, which has all its rights from then on.
func (p *Prepare) Member(account, group string) {
	if g, e := p.tree.find(group), p.tree.find(account); g != nil && e != nil {
		g.put("member", append(g.values("member"), e.dn))
	}
}

// Computer makes the object of a computer that has joined. An empty unit is the container
// where Windows puts those that nobody has a place for.
func (p *Prepare) Computer(name, full, unit string) error {
	if unit == "" {
		unit = "CN=Computers," + p.tree.naming
	}
	const joined = 0x1000
	account := strings.ToUpper(name[:min(len(name), 15)]) + "$"
	names := []string{"HOST/" + strings.ToUpper(name), "HOST/" + full, "WSMAN/" + strings.ToUpper(name), "WSMAN/" + full}
	if p.tree.find(account) != nil {
		return nil
	}
	// Its password is known to the computer alone; here nobody signs in with it.
	if err := p.add("CN="+name+","+unit, "computer", attribute{"sAMAccountName", []string{account}}, attribute{"userAccountControl", []string{"4128"}},
		attribute{"dNSHostName", []string{full}}, attribute{"servicePrincipalName", names}); err != nil {
		return err
	}
	p.tree.find(account).set1("userAccountControl", strconv.Itoa(joined))
	return nil
}

// Prestaged makes the object of a computer that is still to come, disabled, and returns its
// distinguished name.
func (p *Prepare) Prestaged(name, full, unit string) (string, error) {
	const disabled = 0x1002
	dn := "CN=" + name + "," + unit
	return dn, p.add(dn, "computer", attribute{"sAMAccountName", []string{strings.ToUpper(name[:min(len(name), 15)]) + "$"}},
		attribute{"userAccountControl", []string{strconv.Itoa(disabled)}}, attribute{"dNSHostName", []string{full}})
}

// Group makes a global security group.
func (p *Prepare) Group(name, unit string) error {
	return p.add("CN="+name+","+unit, "group", attribute{"sAMAccountName", []string{name}}, attribute{"groupType", []string{"-2147483646"}})
}

// Record makes the DNS record of a name and returns its distinguished name; empty when the
// name is not in the domain, or there is no address.
func (p *Prepare) Record(full string, at netip.Addr) (string, error) {
	label, ok := strings.CutSuffix(strings.ToLower(full), "."+p.tree.domain)
	if !ok || !at.IsValid() {
		return "", nil
	}
	at = at.Unmap()
	kind := uint16(1)
	if at.Is6() {
		kind = 28
	}
	data := at.AsSlice()
	b := binary.LittleEndian.AppendUint16(nil, uint16(len(data)))
	b = binary.LittleEndian.AppendUint16(b, kind)
	b = append(b, 5, 0xf0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0xb0) // 1200 seconds, in network order
	b = append(append(b, 0, 0, 0, 0, 0, 0, 0, 0), data...)
	dn := "DC=" + label + ",DC=" + p.tree.domain + ",CN=MicrosoftDNS,DC=DomainDnsZones," + p.tree.naming
	return dn, p.add(dn, "dnsNode", attribute{"dnsRecord", []string{string(b)}})
}

// Control lets an account do everything with an object and what is below it.
func (p *Prepare) Control(account, dn string) {
	p.allow(account, dn, ace{kind: allow, flags: containerInherit, mask: fullControl})
}

// MakeComputers lets an account make computer objects in a unit.
func (p *Prepare) MakeComputers(account, dn string) {
	p.allow(account, dn, ace{kind: allowObject, mask: createChild, object: classIDs["computer"]})
}

func (p *Prepare) allow(account, dn string, a ace) {
	who, on := p.tree.find(account), p.tree.entries[key(dn)]
	if who == nil || on == nil {
		return
	}
	a.trustee = who.first("objectSid")
	list, control, _ := readACEs(on.first("nTSecurityDescriptor")) // the tree's own can be read
	on.set1("nTSecurityDescriptor", writeACEs(append([]ace{a}, list...), control))
	p.tree.spread(on)
}

// Ahead sets by how much the domain controller's clock is ahead of the world's.
func (p *Prepare) Ahead(by time.Duration) { p.tree.ahead = by }

// Expire makes the password of an account too old.
func (p *Prepare) Expire(account string) {
	if e := p.tree.find(account); e != nil {
		e.set = p.at.Add(-2 * passwordAge)
	}
}
