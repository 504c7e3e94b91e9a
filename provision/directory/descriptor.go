package directory

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Errors of descriptors that cannot be read.
var (
	errShort    = errors.New("it ends too early")
	errRevision = errors.New("it has an unknown revision")
	errLong     = errors.New("it is too long to be written")
)

// A Descriptor is the value of nTSecurityDescriptor: who owns an object and who may do what
// with it, in the self-relative form of [MS-DTYP] 2.4.6.
type Descriptor struct {
	// Control has the flags as they are on the wire.
	Control      Control
	Owner, Group SID
	// SACL and DACL are nil when the descriptor has none. Without a DACL everybody may do
	// everything, with an empty one nobody may do anything.
	SACL, DACL *ACL
}

// Control is the flags of a Descriptor.
type Control uint16

// The flags that this package looks at.
const (
	controlDACL Control = 0x0004
	controlSACL Control = 0x0010
	controlSelf Control = 0x8000 // self-relative, which every one on the wire is
)

// An ACL is a list of entries, of which the first that is about a right decides it.
type ACL struct {
	Revision byte
	Entries  []ACE
}

// An ACE allows or denies rights to one account.
type ACE struct {
	Type  ACEType
	Flags ACEFlags
	Mask  Access
	// Object is the class or the right that Mask is about, nil for all. Inherited is the
	// class of the objects below that take the entry over. Only object entries have them.
	Object, Inherited *GUID
	Trustee           SID
	// Rest is what follows the trustee; for types that this package does not know it is
	// all that follows the head, and Mask and Trustee are not set.
	Rest string
}

// ACEType is what an entry does.
type ACEType byte

// The types of entries that decide about rights.
const (
	Allow       ACEType = 0
	Deny        ACEType = 1
	AllowObject ACEType = 5
	DenyObject  ACEType = 6
)

// ACEFlags say how an entry is inherited.
type ACEFlags byte

// The flags that this package looks at.
const (
	containerInherit ACEFlags = 0x02
	inheritOnly      ACEFlags = 0x08
	inherited        ACEFlags = 0x10
)

// known reports whether the layout of a type is that of Mask, GUIDs and Trustee.
func (t ACEType) known() bool {
	switch t {
	case Allow, Deny, AllowObject, DenyObject, 2, 3, 7: // and those of audits
		return true
	}
	return false
}

func (t ACEType) object() bool { return t == AllowObject || t == DenyObject || t == 7 }

// ParseDescriptor reads a descriptor. What it reads, Bytes writes so that it is read the
// same again.
func ParseDescriptor(b []byte) (Descriptor, error) {
	d, err := parseDescriptor(b)
	if err != nil {
		return Descriptor{}, fmt.Errorf("read security descriptor of %d bytes: %w", len(b), err)
	}
	return d, nil
}

func parseDescriptor(b []byte) (d Descriptor, err error) {
	if len(b) < 20 {
		return d, errShort
	}
	if b[0] != 1 {
		return d, errRevision
	}
	d.Control = Control(binary.LittleEndian.Uint16(b[2:]))
	at := func(i int) ([]byte, bool) {
		offset := binary.LittleEndian.Uint32(b[i:])
		if offset == 0 {
			return nil, false
		}
		if uint64(offset) > uint64(len(b)) {
			return nil, true
		}
		return b[offset:], true
	}
	for _, part := range []struct {
		at int
		to *SID
	}{{4, &d.Owner}, {8, &d.Group}} {
		if text, there := at(part.at); there {
			if *part.to, _, err = cutSID(text); err != nil {
				return d, err
			}
		}
	}
	for _, part := range []struct {
		at   int
		flag Control
		to   **ACL
	}{{12, controlSACL, &d.SACL}, {16, controlDACL, &d.DACL}} {
		if text, there := at(part.at); there && d.Control&part.flag != 0 {
			list, err := parseACL(text)
			if err != nil {
				return d, err
			}
			*part.to = &list
		}
	}
	return d, nil
}

func parseACL(b []byte) (list ACL, err error) {
	if len(b) < 8 {
		return list, errShort
	}
	list.Revision = b[0]
	size, count := int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint16(b[4:]))
	if size < 8 || size > len(b) {
		return list, errShort
	}
	b = b[8:size]
	for range count {
		if len(b) < 4 {
			return list, errShort
		}
		size := int(binary.LittleEndian.Uint16(b[2:]))
		if size < 4 || size > len(b) {
			return list, errShort
		}
		entry := ACE{Type: ACEType(b[0]), Flags: ACEFlags(b[1])}
		if err := entry.body(b[4:size]); err != nil {
			return list, err
		}
		list.Entries = append(list.Entries, entry)
		b = b[size:]
	}
	return list, nil
}

// body reads what follows the head of an entry.
func (e *ACE) body(b []byte) (err error) {
	if !e.Type.known() {
		e.Rest = string(b)
		return nil
	}
	if len(b) < 4 {
		return errShort
	}
	e.Mask, b = Access(binary.LittleEndian.Uint32(b)), b[4:]
	if e.Type.object() {
		if len(b) < 4 {
			return errShort
		}
		has := binary.LittleEndian.Uint32(b)
		b = b[4:]
		if b, err = cutGUID(b, has&1 != 0, &e.Object); err != nil {
			return err
		}
		if b, err = cutGUID(b, has&2 != 0, &e.Inherited); err != nil {
			return err
		}
	}
	e.Trustee, b, err = cutSID(b)
	e.Rest = string(b)
	return err
}

func cutGUID(b []byte, there bool, to **GUID) ([]byte, error) {
	if !there {
		return b, nil
	}
	if len(b) < 16 {
		return nil, errShort
	}
	g := GUID(b[:16])
	*to = &g
	return b[16:], nil
}

// Bytes is the descriptor as it goes on the wire.
func (d Descriptor) Bytes() ([]byte, error) {
	control := d.Control&^(controlDACL|controlSACL) | controlSelf
	var parts [4][]byte
	parts[0], parts[1] = []byte(d.Owner), []byte(d.Group)
	var err error
	if d.SACL != nil {
		control |= controlSACL
		parts[2], err = d.SACL.bytes()
	}
	if d.DACL != nil && err == nil {
		control |= controlDACL
		parts[3], err = d.DACL.bytes()
	}
	if err != nil {
		return nil, fmt.Errorf("write security descriptor: %w", err)
	}
	b := []byte{1, 0}
	b = binary.LittleEndian.AppendUint16(b, uint16(control))
	offset := uint32(20)
	for _, part := range parts {
		if len(part) == 0 {
			b = binary.LittleEndian.AppendUint32(b, 0)
			continue
		}
		b = binary.LittleEndian.AppendUint32(b, offset)
		offset += uint32(len(part))
	}
	for _, part := range parts {
		b = append(b, part...)
	}
	return b, nil
}

func (l ACL) bytes() ([]byte, error) {
	var body []byte
	for _, e := range l.Entries {
		entry := e.bytes()
		if len(entry) > 0xffff {
			return nil, errLong
		}
		body = append(body, entry...)
	}
	if len(body)+8 > 0xffff {
		return nil, errLong
	}
	b := []byte{l.Revision, 0}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)+8))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(l.Entries)))
	b = append(b, 0, 0)
	return append(b, body...), nil
}

func (e ACE) bytes() []byte {
	b := []byte{byte(e.Type), byte(e.Flags), 0, 0}
	if e.Type.known() {
		b = binary.LittleEndian.AppendUint32(b, uint32(e.Mask))
		if e.Type.object() {
			var has uint32
			var guids []byte
			if e.Object != nil {
				has, guids = has|1, append(guids, e.Object[:]...)
			}
			if e.Inherited != nil {
				has, guids = has|2, append(guids, e.Inherited[:]...)
			}
			b = append(binary.LittleEndian.AppendUint32(b, has), guids...)
		}
		b = append(b, e.Trustee...)
	}
	b = append(b, e.Rest...)
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}
