package directory

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func anySID(t *rapid.T) SID {
	return newSID(byte(rapid.IntRange(0, 9).Draw(t, "authority")), rapid.SliceOfN(rapid.Uint32(), 0, 15).Draw(t, "parts")...)
}

func anyACE(t *rapid.T) ACE {
	e := ACE{Type: ACEType(rapid.SampledFrom([]int{0, 1, 5, 6}).Draw(t, "type")), Flags: ACEFlags(rapid.Byte().Draw(t, "flags")),
		Mask: Access(rapid.Uint32().Draw(t, "mask")), Trustee: anySID(t), Rest: string(rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "rest"))}
	if e.Type.object() {
		for _, to := range []**GUID{&e.Object, &e.Inherited} {
			if rapid.Bool().Draw(t, "with a class") {
				g := GUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "class"))
				*to = &g
			}
		}
	}
	return e
}

func anyDescriptor(t *rapid.T) Descriptor {
	d := Descriptor{Control: Control(rapid.Uint16().Draw(t, "control"))&^(controlDACL|controlSACL) | controlSelf}
	if rapid.Bool().Draw(t, "owned") {
		d.Owner, d.Group = anySID(t), anySID(t)
	}
	for _, part := range []struct {
		flag Control
		to   **ACL
	}{{controlDACL, &d.DACL}, {controlSACL, &d.SACL}} {
		if rapid.Bool().Draw(t, "list") {
			list := ACL{Revision: byte(rapid.SampledFrom([]int{2, 4}).Draw(t, "revision"))}
			for range rapid.IntRange(0, 6).Draw(t, "entries") {
				list.Entries = append(list.Entries, anyACE(t))
			}
			*part.to = &list
			d.Control |= part.flag
		}
	}
	return d
}

func TestADescriptorIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDescriptor(t)
		b, err := d.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseDescriptor(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, back); diff != "" {
			t.Fatalf("written and read:\n%s", diff)
		}
	})
}

// What is granted is held from then on, by whoever had none of it before, as long as nothing
// denies it; and nothing that was held is lost.
func TestWhatIsGrantedIsHeld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, who, other := anyDescriptor(t), newSID(5, 21, 1, 2, 3, 1104), newSID(5, 21, 1, 2, 3, 1105)
		before := d.Missing([]SID{other, everyone}, FullControl, &computerClass)
		with := d.Grant(ACE{Type: AllowObject, Mask: CreateChild, Object: &computerClass, Trustee: who})
		if with.Missing([]SID{who}, CreateChild, &computerClass) != 0 {
			t.Fatal("it is not held")
		}
		if d.DACL != nil && with.Missing([]SID{who}, CreateChild, nil) == 0 {
			t.Fatal("it is held for every class")
		}
		if d.DACL != nil && with.Missing([]SID{other, everyone}, FullControl, &computerClass) != before {
			t.Fatal("others' rights have changed")
		}
	})
}

func TestTheFirstEntryAboutARightDecides(t *testing.T) {
	who, group := newSID(5, 21, 7, 7, 7, 1200), newSID(5, 21, 7, 7, 7, 512)
	other := GUID{1}
	allow := ACE{Type: Allow, Mask: FullControl, Trustee: group}
	deny := ACE{Type: Deny, Mask: CreateChild, Trustee: who}
	for name, row := range map[string]struct {
		entries []ACE
		missing Access
	}{
		"nobody says anything":                   {nil, CreateChild},
		"the group may":                          {[]ACE{allow}, 0},
		"denied first":                           {[]ACE{deny, allow}, CreateChild},
		"denied too late":                        {[]ACE{allow, deny}, 0},
		"denied to what is below alone":          {[]ACE{{Type: Deny, Flags: inheritOnly, Mask: CreateChild, Trustee: who}, allow}, 0},
		"allowed for another class":              {[]ACE{{Type: AllowObject, Mask: CreateChild, Object: &other, Trustee: who}}, CreateChild},
		"denied for another class":               {[]ACE{{Type: DenyObject, Mask: CreateChild, Object: &other, Trustee: who}, allow}, 0},
		"all generic rights":                     {[]ACE{{Type: Allow, Mask: genericAll, Trustee: who}}, 0},
		"allowed to somebody else":               {[]ACE{{Type: Allow, Mask: FullControl, Trustee: newSID(5, 21, 9)}}, CreateChild},
		"an entry of a type that nobody knows":   {[]ACE{{Type: 0x42, Rest: "????"}, allow}, 0},
		"allowed to everybody who has signed in": {[]ACE{{Type: Allow, Mask: CreateChild, Trustee: authenticatedUsers}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := Descriptor{DACL: &ACL{Entries: row.entries}}
			if got := d.Missing([]SID{everyone, authenticatedUsers, who, group}, CreateChild, &computerClass); got != row.missing {
				t.Errorf("missing %#x, want %#x", got, row.missing)
			}
		})
	}
	if (Descriptor{}).Missing([]SID{who}, FullControl, nil) != 0 {
		t.Error("without a list everybody may do everything")
	}
}

func TestAGrantStandsBeforeWhatIsInherited(t *testing.T) {
	d := Descriptor{DACL: &ACL{Revision: 2, Entries: []ACE{{Type: Allow, Mask: 1}, {Type: Deny, Flags: inherited, Mask: 1}}}}
	with := d.Grant(ACE{Type: Allow, Mask: 2})
	if with.DACL.Entries[1].Mask != 2 || len(d.DACL.Entries) != 2 || with.DACL.Revision != 4 {
		t.Errorf("granted: %+v, from %+v", with.DACL, d.DACL)
	}
}

// The descriptor of an organisational unit, in the part that says who may do what, as Samba's
// domain controller gave it.
const unitDescriptor = "" +
	"AQAEhAAAAAAAAAAAAAAAABQAAAAEAKAFHwAAAAAAFAD/AQ8AAQEAAAAAAAUSAAAAAAAkAP8BDwABBQAAAAAABRUAAACuDYC/H582nJ+9S0AAAgAABQAsAAMAAAABAAAAhnqWv+YN0BGihQCqADBJ4g" +
	"ECAAAAAAAFIAAAACQCAAAFACwAAwAAAAEAAAC6epa/5g3QEaKFAKoAMEniAQIAAAAAAAUgAAAAJAIAAAUALAADAAAAAQAAAJx6lr/mDdARooUAqgAwSeIBAgAAAAAABSAAAAAkAgAABQAsAAMAAAAB" +
	"AAAAqHqWv+YN0BGihQCqADBJ4gECAAAAAAAFIAAAACYCAAAAABQAlAACAAEBAAAAAAAFCwAAAAAAFACUAAIAAQEAAAAAAAUJAAAABQAsAAMAAAABAAAAFMwoSDcUvEWbB61vAV5fKAECAAAAAAAFIA" +
	"AAACQCAAAAAiQA/wEPAAEFAAAAAAAFFQAAAK4NgL8fnzacn71LQFUEAAAFADgAAQAAAAEAAACGepa/5g3QEaKFAKoAMEniAQUAAAAAAAUVAAAArg2Avx+fNpyfvUtAVgQAAAUaPAAQAAAAAwAAAABC" +
	"FkzAINARp2gAqgBuBSkUzChINxS8RZsHrW8BXl8oAQIAAAAAAAUgAAAAKgIAAAUaPAAQAAAAAwAAAABCFkzAINARp2gAqgBuBSm6epa/5g3QEaKFAKoAMEniAQIAAAAAAAUgAAAAKgIAAAUaPAAQAA" +
	"AAAwAAABAgIF+ledARkCAAwE/C1M8UzChINxS8RZsHrW8BXl8oAQIAAAAAAAUgAAAAKgIAAAUaPAAQAAAAAwAAABAgIF+ledARkCAAwE/C1M+6epa/5g3QEaKFAKoAMEniAQIAAAAAAAUgAAAAKgIA" +
	"AAUaPAAQAAAAAwAAAEDCCrypedARkCAAwE/C1M8UzChINxS8RZsHrW8BXl8oAQIAAAAAAAUgAAAAKgIAAAUaPAAQAAAAAwAAAEDCCrypedARkCAAwE/C1M+6epa/5g3QEaKFAKoAMEniAQIAAAAAAA" +
	"UgAAAAKgIAAAUaPAAQAAAAAwAAAEIvulmiedARkCAAwE/C088UzChINxS8RZsHrW8BXl8oAQIAAAAAAAUgAAAAKgIAAAUaPAAQAAAAAwAAAEIvulmiedARkCAAwE/C08+6epa/5g3QEaKFAKoAMEni" +
	"AQIAAAAAAAUgAAAAKgIAAAUaPAAQAAAAAwAAAPiIcAPhCtIRtCIAoMlo+TkUzChINxS8RZsHrW8BXl8oAQIAAAAAAAUgAAAAKgIAAAUaPAAQAAAAAwAAAPiIcAPhCtIRtCIAoMlo+Tm6epa/5g3QEa" +
	"KFAKoAMEniAQIAAAAAAAUgAAAAKgIAAAUaOAAQAAAAAwAAAG2exrfHLNIRhU4AoMmD9giGepa/5g3QEaKFAKoAMEniAQEAAAAAAAUJAAAABRo4ABAAAAADAAAAbZ7Gt8cs0hGFTgCgyYP2CJx6lr/m" +
	"DdARooUAqgAwSeIBAQAAAAAABQkAAAAFGjgAEAAAAAMAAABtnsa3xyzSEYVOAKDJg/YIunqWv+YN0BGihQCqADBJ4gEBAAAAAAAFCQAAAAUaLACUAAIAAgAAABTMKEg3FLxFmwetbwFeXygBAgAAAA" +
	"AABSAAAAAqAgAABRosAJQAAgACAAAAnHqWv+YN0BGihQCqADBJ4gECAAAAAAAFIAAAACoCAAAFGiwAlAACAAIAAAC6epa/5g3QEaKFAKoAMEniAQIAAAAAAAUgAAAAKgIAAAUSKAAwAQAAAQAAAN5H" +
	"5pFv2XBLlVfWP/TzzNgBAQAAAAAABQoAAAAAEiQA/wEPAAEFAAAAAAAFFQAAAK4NgL8fnzacn71LQAcCAAAAEhgABAAAAAECAAAAAAAFIAAAACoCAAAAEhgAvQEPAAECAAAAAAAFIAAAACACAAA="

func TestASampleIsRead(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(unitDescriptor)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ParseDescriptor(raw)
	if err != nil {
		t.Fatal(err)
	}
	const cluster = "S-1-5-21-3212840366-2620825375-1078705567-1110"
	if len(d.DACL.Entries) != 31 {
		t.Fatalf("%d entries", len(d.DACL.Entries))
	}
	e := d.DACL.Entries[10]
	if e.Type != AllowObject || e.Mask != CreateChild || e.Object.String() != "bf967a86-0de6-11d0-a285-00aa003049e2" || e.Trustee.String() != cluster {
		t.Errorf("the failover cluster's entry is %+v for %s", e, e.Trustee)
	}
	if d.Missing([]SID{e.Trustee}, CreateChild, &computerClass) != 0 || d.Missing([]SID{e.Trustee}, CreateChild, nil) == 0 {
		t.Error("the failover cluster may make computer objects, and no others")
	}
	back, err := d.Bytes()
	if err != nil || !bytes.Equal(back, raw) {
		t.Errorf("written again:\n%x, of\n%x, error %v", back, raw, err)
	}
}

func FuzzParseDescriptor(f *testing.F) {
	raw, err := base64.StdEncoding.DecodeString(unitDescriptor)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(raw[:30])
	f.Add([]byte{1, 0, 4, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 2, 0, 8, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseDescriptor(b)
		if err != nil {
			return
		}
		d.Missing([]SID{everyone}, FullControl, &computerClass)
		written, err := d.Bytes()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := ParseDescriptor(written)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		again.Control, d.Control = 0, 0 // flags of parts that are not there are not kept
		if diff := cmp.Diff(d, again); diff != "" {
			t.Fatalf("read, written and read:\n%s", diff)
		}
	})
}
