package directory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	provision "github.com/arcwright/arcwright/provision/directory"
	"github.com/arcwright/arcwright/sim/timeline"
)

var start = time.Date(2026, 12, 5, 2, 0, 0, 0, time.UTC)

func testServer(accepted func(*timeline.Turn, Request) error) *Server {
	return New(Options{Domain: "lab.example", Name: "dc1.lab.example", Password: "Ground-control-1", Line: timeline.New(start, 0), Accepted: accepted})
}

// dump is all objects in one canonical form.
func (t *tree) dump() string {
	var b bytes.Buffer
	for _, k := range slices.Sorted(maps.Keys(t.entries)) {
		e := t.entries[k]
		fmt.Fprintf(&b, "%s %v", e.dn, e.set)
		for _, a := range e.attributes {
			fmt.Fprintf(&b, " %s=%q", a.name, a.values)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// asAdministrator is a session of the one who may do everything.
func asAdministrator(s *Server) *session {
	return &session{server: s, who: s.tree.find("Administrator")}
}

// A directory that is replayed from its log is the directory that was left.
func TestALogMakesTheSameDirectory(t *testing.T) {
	units := []string{"OU=a,DC=lab,DC=example", "OU=b,OU=a,DC=lab,DC=example", "OU=c\\, d,DC=lab,DC=example", "CN=Users,DC=lab,DC=example"}
	rapid.Check(t, func(rt *rapid.T) {
		var log [][]byte
		s := testServer(func(_ *timeline.Turn, r Request) error {
			line, err := json.Marshal(r)
			log = append(log, line)
			return err
		})
		c := asAdministrator(s)
		value := func(text string) [][]byte { return [][]byte{[]byte(text)} }
		name := rapid.SampledFrom([]string{"x", "y", "Z"})
		for range rapid.IntRange(1, 25).Draw(rt, "requests") {
			dn := "CN=" + name.Draw(rt, "name") + "," + rapid.SampledFrom(units).Draw(rt, "unit")
			var r Request
			switch rapid.IntRange(0, 4).Draw(rt, "request") {
			case 0:
				r = Request{Op: Add, DN: rapid.SampledFrom(units).Draw(rt, "unit"), Edits: []RequestEdit{{Name: "objectClass", Values: value("organizationalUnit")}}}
			case 1:
				r = Request{Op: Add, DN: dn, Edits: []RequestEdit{{Name: "objectClass", Values: value("computer")}, {Name: "sAMAccountName", Values: value(name.Draw(rt, "account") + "$")},
					{Name: "userAccountControl", Values: value("4098")}}}
			case 2:
				r = Request{Op: Modify, DN: dn, Edits: []RequestEdit{{Name: "servicePrincipalName", Values: value("HOST/" + name.Draw(rt, "spn"))}}}
			case 3:
				r = Request{Op: Delete, DN: dn}
			default:
				who := s.tree.find(name.Draw(rt, "who") + "$")
				if who == nil {
					continue
				}
				unit := rapid.SampledFrom(units).Draw(rt, "unit")
				r = Request{Op: Modify, DN: unit, Edits: []RequestEdit{{Op: ReplaceValues, Name: "nTSecurityDescriptor", Values: value(writeACEs([]ace{
					{kind: allow, flags: containerInherit, mask: fullControl, trustee: s.tree.admins}, {kind: allow, flags: containerInherit, mask: createChild, trustee: who.first("objectSid")}}, 0))}}}
			}
			s.o.Line.Do(func(turn *timeline.Turn) { c.change(turn, r) })
		}
		again := testServer(nil)
		for _, line := range log {
			var r Request
			if err := json.Unmarshal(line, &r); err != nil {
				rt.Fatal(err)
			}
			again.o.Line.Do(func(turn *timeline.Turn) { again.Replay(turn, r) })
		}
		if diff := cmp.Diff(s.tree.dump(), again.tree.dump()); diff != "" {
			rt.Fatalf("replayed (-left +made):\n%s", diff)
		}
	})
}

// Both ends work out rights by themselves; they agree about what one right is.
func TestBothEndsAgreeAboutRights(t *testing.T) {
	s := testServer(nil)
	who := s.tree.find("Administrator")
	mine := []string{who.first("objectSid"), s.tree.admins, s.tree.users, signedIn, sid(1, 0)}
	others := []string{sid(5, 21, 9, 9, 9, 1200)}
	rapid.Check(t, func(t *rapid.T) {
		var list []ace
		for range rapid.IntRange(0, 6).Draw(t, "entries") {
			a := ace{kind: byte(rapid.SampledFrom([]int{allow, deny, allowObject, denyObject}).Draw(t, "kind")), flags: byte(rapid.SampledFrom([]int{0, 2, 8, 0x12}).Draw(t, "flags")),
				mask: uint32(rapid.SampledFrom([]int{0, 1, 0x100, fullControl, genericAll}).Draw(t, "mask")), trustee: rapid.SampledFrom(append(mine, others...)).Draw(t, "trustee")}
			if a.kind == allowObject || a.kind == denyObject {
				a.object = rapid.SampledFrom([]string{"", classIDs["computer"], classIDs["group"]}).Draw(t, "class")
			}
			list = append(list, a)
		}
		raw := writeACEs(list, 0)
		d, err := provision.ParseDescriptor([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		var token []provision.SID
		for _, m := range mine {
			token = append(token, provision.SID(m))
		}
		class := provision.GUID([]byte(classIDs["computer"]))
		here := s.tree.granted(&entry{attributes: []attribute{{"nTSecurityDescriptor", []string{raw}}}}, who, createChild, "computer") != 0
		there := d.Missing(token, provision.CreateChild, &class) == 0
		if here != there {
			t.Fatalf("the server says %v, the client %v", here, there)
		}
	})
}

func TestWhatADomainControllerRefuses(t *testing.T) {
	s := testServer(nil)
	c := asAdministrator(s)
	edit := func(name string, values ...string) RequestEdit {
		e := RequestEdit{Name: name}
		for _, v := range values {
			e.Values = append(e.Values, []byte(v))
		}
		return e
	}
	unit := edit("objectClass", "top", "organizationalUnit")
	for _, row := range []struct {
		name string
		r    Request
		want resultCode
	}{
		{"a unit", Request{Op: Add, DN: "OU=x,DC=lab,DC=example", Edits: []RequestEdit{unit}}, success},
		{"the same once more", Request{Op: Add, DN: "ou=X, dc=lab,dc=example", Edits: []RequestEdit{unit}}, alreadyExists},
		{"below nothing", Request{Op: Add, DN: "OU=y,OU=nowhere,DC=lab,DC=example", Edits: []RequestEdit{unit}}, noSuchObject},
		{"of no class", Request{Op: Add, DN: "OU=z,DC=lab,DC=example"}, classViolation},
		{"a unit with another kind of name", Request{Op: Add, DN: "CN=z,DC=lab,DC=example", Edits: []RequestEdit{unit}}, namingViolation},
		{"a name that is none", Request{Op: Delete, DN: "nonsense"}, invalidDN},
		{"an account without a name", Request{Op: Add, DN: "CN=a,OU=x,DC=lab,DC=example", Edits: []RequestEdit{edit("objectClass", "computer"), edit("userAccountControl", "4098")}}, unwilling},
		{"an enabled account without a password", Request{Op: Add, DN: "CN=a,OU=x,DC=lab,DC=example", Edits: []RequestEdit{edit("objectClass", "computer"), edit("sAMAccountName", "A$"), edit("userAccountControl", "4096")}}, unwilling},
		{"an account", Request{Op: Add, DN: "CN=a,OU=x,DC=lab,DC=example", Edits: []RequestEdit{edit("objectClass", "computer"), edit("sAMAccountName", "A$"), edit("userAccountControl", "4098"), edit("servicePrincipalName", "HOST/a")}}, success},
		{"another of its name", Request{Op: Add, DN: "CN=b,OU=x,DC=lab,DC=example", Edits: []RequestEdit{edit("objectClass", "computer"), edit("sAMAccountName", "a$"), edit("userAccountControl", "4098")}}, alreadyExists},
		{"another with its service", Request{Op: Add, DN: "CN=b,OU=x,DC=lab,DC=example", Edits: []RequestEdit{edit("objectClass", "computer"), edit("sAMAccountName", "b$"), edit("userAccountControl", "4098"), edit("servicePrincipalName", "host/A")}}, constraintViolated},
		{"a value that is there", Request{Op: Modify, DN: "CN=a,OU=x,DC=lab,DC=example", Edits: []RequestEdit{edit("servicePrincipalName", "HOST/A")}}, valueExists},
		{"a value that is not there", Request{Op: Modify, DN: "CN=a,OU=x,DC=lab,DC=example", Edits: []RequestEdit{{Op: DeleteValues, Name: "servicePrincipalName", Values: [][]byte{[]byte("x")}}}}, noSuchAttribute},
		{"another identifier", Request{Op: Modify, DN: "CN=a,OU=x,DC=lab,DC=example", Edits: []RequestEdit{edit("objectSid", "S")}}, constraintViolated},
		{"a descriptor that is none", Request{Op: Modify, DN: "OU=x,DC=lab,DC=example", Edits: []RequestEdit{{Op: ReplaceValues, Name: "nTSecurityDescriptor", Values: [][]byte{{1, 2}}}}}, invalidSyntax},
		{"a unit with something in it", Request{Op: Delete, DN: "OU=x,DC=lab,DC=example"}, notOnNonLeaf},
		{"what is in it", Request{Op: Delete, DN: "CN=a,OU=x,DC=lab,DC=example"}, success},
		{"and the unit", Request{Op: Delete, DN: "OU=x,DC=lab,DC=example"}, success},
	} {
		s.o.Line.Do(func(turn *timeline.Turn) {
			if r := c.change(turn, row.r); r.code != row.want {
				t.Errorf("%s: %d %s, want %d", row.name, r.code, r.text, row.want)
			}
		})
	}
}

// FuzzRequests has an administrator and somebody who is not signed in send anything.
func FuzzRequests(f *testing.F) {
	seed := func(op *ber.Packet) { f.Add(envelope(1, op).Bytes()) }
	remove := ber.NewString(ber.ClassApplication, ber.TypePrimitive, delRequest, "CN=Users,DC=lab,DC=example", "")
	seed(remove)
	bind := ber.Encode(ber.ClassApplication, ber.TypeConstructed, bindRequest, nil, "")
	bind.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 3, ""))
	bind.AppendChild(octets(`LAB\Administrator`))
	bind.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "Ground-control-1", ""))
	seed(bind)
	f.Add([]byte("0\x38\x02\x01\x02\x63\x33\x04\x11DC=lab,DC=example\x0a\x01\x02\x0a\x01\x00\x02\x01\x00\x02\x01\x00\x01\x01\x00\x87\x0bobjectClass0\x00"))
	f.Add([]byte{0x30, 5, 2, 1, 1, 0x42, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		packet, err := ber.DecodePacketErr(b)
		if err != nil {
			return
		}
		s := testServer(nil)
		for _, c := range []*session{{server: s}, asAdministrator(s)} {
			before := s.tree.dump()
			replies, _ := c.answer(packet)
			for _, r := range replies {
				if len(r.Children) != 2 {
					t.Fatal("a reply of another form")
				}
			}
			if c.who == nil && s.tree.dump() != before {
				t.Fatal("somebody who is not signed in changed something")
			}
		}
	})
}
