package directory

import "slices"

// Access is rights on one object, as bits ([MS-ADTS] 5.1.3.2).
type Access uint32

// The rights that a site needs.
const (
	// CreateChild is making objects below.
	CreateChild Access = 0x1
	// FullControl is all that can be done with an object.
	FullControl Access = 0xf01ff
	genericAll  Access = 0x10000000
)

// Missing is what is lacking of the wanted rights for an account with the given SIDs, its
// own and those of its groups. class is what CreateChild is about, nil for every class.
func (d Descriptor) Missing(token []SID, want Access, class *GUID) Access {
	if d.DACL == nil {
		return 0
	}
	missing := want
	for _, e := range d.DACL.Entries {
		if e.Flags&inheritOnly != 0 || !slices.Contains(token, e.Trustee) {
			continue
		}
		mask := e.Mask
		if mask&genericAll != 0 {
			mask |= FullControl
		}
		about := e.Object == nil || class != nil && *e.Object == *class
		switch e.Type {
		case Allow:
			missing &^= mask
		case AllowObject:
			if about {
				missing &^= mask
			}
		case Deny:
			if mask&missing != 0 {
				return missing
			}
		case DenyObject:
			// What is denied for some class is not held for all of them.
			if mask&missing != 0 && (about || class == nil) {
				return missing
			}
		}
	}
	return missing
}

// Grant is the descriptor with one more entry that allows, behind the entries of its own
// and before those that are inherited, as the order of entries asks.
func (d Descriptor) Grant(e ACE) Descriptor {
	list := ACL{Revision: 4}
	if d.DACL != nil {
		list.Revision = max(list.Revision, d.DACL.Revision)
		list.Entries = d.DACL.Entries
	}
	at := slices.IndexFunc(list.Entries, func(e ACE) bool { return e.Flags&inherited != 0 })
	if at < 0 {
		at = len(list.Entries)
	}
	list.Entries = slices.Insert(slices.Clone(list.Entries), at, e)
	d.DACL = &list
	return d
}
