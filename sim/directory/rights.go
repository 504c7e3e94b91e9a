package directory

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
)

// Rights as bits ([MS-ADTS] 5.1.3.2).
const (
	createChild = 0x1
	deleteChild = 0x2
	writeSelf   = 0x8
	readAll     = 0x20094 // read the descriptor and the properties, list what is below
	writeProps  = 0x20
	deleteIt    = 0x10000
	writeDACL   = 0x40000
	fullControl = 0xf01ff
	genericAll  = 0x10000000
)

// Types and flags of entries ([MS-DTYP] 2.4.4.1).
const (
	allow       = 0
	deny        = 1
	allowObject = 5
	denyObject  = 6

	objectInherit    = 0x1
	containerInherit = 0x2
	noPropagate      = 0x4
	inheritOnly      = 0x8
	wasInherited     = 0x10
)

// An ace is one entry of a descriptor.
type ace struct {
	kind, flags byte
	mask        uint32
	object      string // class or right, raw; empty for all
	inheritedBy string
	trustee     string
}

// classIDs are the identifiers of the classes in the schema ([MS-ADSC] 2).
var classIDs = map[string]string{
	"computer":           guid("bf967a86-0de6-11d0-a285-00aa003049e2"),
	"organizationalUnit": guid("bf967aa5-0de6-11d0-a285-00aa003049e2"),
	"group":              guid("bf967a9c-0de6-11d0-a285-00aa003049e2"),
	"user":               guid("bf967aba-0de6-11d0-a285-00aa003049e2"),
	"container":          guid("bf967a8b-0de6-11d0-a285-00aa003049e2"),
	"dnsNode":            guid("e0fa1e8c-9b45-11d0-afdd-00c04fd930c9"),
	"dnsZone":            guid("e0fa1e8b-9b45-11d0-afdd-00c04fd930c9"),
}

// guid is the raw form: the first three groups are little-endian.
func guid(text string) string {
	digits := strings.ReplaceAll(text, "-", "")
	var b [16]byte
	for i := range b {
		b[i] = hexDigit(digits[2*i])<<4 | hexDigit(digits[2*i+1])
	}
	slices.Reverse(b[0:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return string(b[:])
}

func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// readACEs reads the entries of a descriptor that say who may do what.
func readACEs(descriptor string) (list []ace, control uint16, ok bool) {
	b := []byte(descriptor)
	if len(b) < 20 || b[0] != 1 {
		return nil, 0, false
	}
	control = binary.LittleEndian.Uint16(b[2:])
	at := uint64(binary.LittleEndian.Uint32(b[16:]))
	if control&0x8004 != 0x8004 || at == 0 || at+8 > uint64(len(b)) {
		return nil, 0, false
	}
	b = b[at:]
	size, count := int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint16(b[4:]))
	if size < 8 || size > len(b) {
		return nil, 0, false
	}
	b = b[8:size]
	for range count {
		if len(b) < 8 {
			return nil, 0, false
		}
		length := int(binary.LittleEndian.Uint16(b[2:]))
		if length < 8 || length > len(b) {
			return nil, 0, false
		}
		e, ok := readACE(b[:length])
		if !ok {
			return nil, 0, false
		}
		list, b = append(list, e), b[length:]
	}
	return list, control, true
}

func readACE(b []byte) (e ace, ok bool) {
	e = ace{kind: b[0], flags: b[1], mask: binary.LittleEndian.Uint32(b[4:])}
	b = b[8:]
	switch e.kind {
	case allow, deny:
	case allowObject, denyObject:
		if len(b) < 4 {
			return e, false
		}
		has := binary.LittleEndian.Uint32(b)
		b = b[4:]
		for _, part := range []struct {
			flag uint32
			to   *string
		}{{1, &e.object}, {2, &e.inheritedBy}} {
			if has&part.flag == 0 {
				continue
			}
			if len(b) < 16 {
				return e, false
			}
			*part.to, b = string(b[:16]), b[16:]
		}
	default:
		return e, false
	}
	if len(b) < 8 || b[0] != 1 || len(b) != 8+4*int(b[1]) {
		return e, false
	}
	e.trustee = string(b)
	return e, true
}

// writeACEs makes a descriptor of entries alone.
func writeACEs(list []ace, control uint16) string {
	var body []byte
	for _, e := range list {
		b := []byte{e.kind, e.flags, 0, 0}
		b = binary.LittleEndian.AppendUint32(b, e.mask)
		if e.kind == allowObject || e.kind == denyObject {
			has := uint32(0)
			if e.object != "" {
				has |= 1
			}
			if e.inheritedBy != "" {
				has |= 2
			}
			b = binary.LittleEndian.AppendUint32(b, has)
			b = append(append(b, e.object...), e.inheritedBy...)
		}
		b = append(b, e.trustee...)
		binary.LittleEndian.PutUint16(b[2:], uint16(len(b)))
		body = append(body, b...)
	}
	b := []byte{1, 0}
	b = binary.LittleEndian.AppendUint16(b, control|0x8004)
	b = append(b, make([]byte, 12)...)
	b = binary.LittleEndian.AppendUint32(b, 20)
	b = append(b, 4, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(8+len(body)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(list)))
	return string(append(append(b, 0, 0), body...))
}

var signedIn = sid(5, 11)

// rootDescriptor lets administrators do everything and everybody who signs in look.
func (t *tree) rootDescriptor() string {
	return writeACEs([]ace{
		{kind: allow, flags: containerInherit, mask: fullControl, trustee: t.admins},
		{kind: allow, flags: containerInherit, mask: readAll, trustee: signedIn},
	}, 0)
}

// inherit is the descriptor of a new object: what its class has by itself, and what it takes
// over.
func (t *tree) inherit(parent *entry, class string) string {
	list := []ace{{kind: allow, mask: fullControl, trustee: t.admins}, {kind: allow, mask: readAll, trustee: signedIn}}
	return writeACEs(append(list, takenOver(parent, class)...), 0)
}

// takenOver are the entries that an object of a class takes over from the one above.
func takenOver(parent *entry, class string) []ace {
	above, _, _ := readACEs(parent.first("nTSecurityDescriptor")) // one that cannot be read gives nothing
	var list []ace
	for _, e := range above {
		if e.flags&containerInherit == 0 {
			continue
		}
		e.flags = e.flags&^inheritOnly | wasInherited
		if e.inheritedBy != "" && e.inheritedBy != classIDs[class] {
			e.flags |= inheritOnly
		}
		if e.flags&noPropagate != 0 {
			e.flags &^= containerInherit | objectInherit | noPropagate
		}
		list = append(list, e)
	}
	return list
}

// spread gives what an object passes on to everything below, after its descriptor has changed.
func (t *tree) spread(from *entry) {
	for _, e := range t.under(from, 1) {
		list, control, ok := readACEs(e.first("nTSecurityDescriptor"))
		const protected = 0x1000
		if !ok || control&protected != 0 {
			continue
		}
		list = slices.DeleteFunc(list, func(a ace) bool { return a.flags&wasInherited != 0 })
		e.set1("nTSecurityDescriptor", writeACEs(append(list, takenOver(from, e.class())...), control))
		t.spread(e)
	}
}

// groups are the SIDs of the groups that an account is in.
func (t *tree) groups(e *entry) []string {
	found := map[string]bool{}
	switch e.class() {
	case "computer":
		found[t.computers] = true
	case "user":
		found[t.users] = true
	}
	for more := true; more; {
		more = false
		for _, g := range t.entries {
			own := g.first("objectSid")
			if own == "" || found[own] {
				continue
			}
			for _, m := range g.values("member") {
				member := t.entries[key(m)]
				if member != nil && (member == e || found[member.first("objectSid")]) {
					found[own], more = true, true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// granted is which of the wanted rights an account has over an object, for a class or for all.
func (t *tree) granted(e, who *entry, want uint32, class string) uint32 {
	if who == nil {
		return want // the world itself
	}
	token := append(t.groups(who), who.first("objectSid"), signedIn, sid(1, 0))
	list, _, ok := readACEs(e.first("nTSecurityDescriptor"))
	if !ok {
		return 0
	}
	got, decided := uint32(0), uint32(0)
	for _, a := range list {
		if a.flags&inheritOnly != 0 || !slices.Contains(token, a.trustee) || a.object != "" && a.object != classIDs[class] {
			continue
		}
		mask := a.mask
		if mask&genericAll != 0 {
			mask |= fullControl
		}
		if a.kind == allow || a.kind == allowObject {
			got |= mask &^ decided
		}
		decided |= mask
	}
	return got & want
}

// descriptorRights is which parts of a descriptor somebody may change ([MS-ADTS] 3.1.1.4.5.4).
func (t *tree) descriptorRights(e, who *entry) int {
	if t.granted(e, who, writeDACL, "") != 0 {
		return 4
	}
	return 0
}

// childClasses are the classes of which somebody may make objects below.
func (t *tree) childClasses(e, who *entry) []string {
	var list []string
	for _, class := range slices.Sorted(maps.Keys(classIDs)) {
		if t.granted(e, who, createChild, class) != 0 {
			list = append(list, class)
		}
	}
	return list
}
