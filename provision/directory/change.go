package directory

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Mark is the value of adminDescription in every object that arcwright makes for a site.
// Every class of Active Directory may have that attribute.
func Mark(site string) string { return "arcwright: made for the site " + site }

// An Attribute is one of an object that is made.
type Attribute struct {
	Name   string
	Values []string
}

// An Edit adds values to an attribute of an object, or replaces them.
type Edit struct {
	Name    string
	Values  []string
	Replace bool
}

// A Change is one object that is made, or one that is added to.
type Change struct {
	// Path is where the site or the inventory asks for it.
	Path string
	// What says what is done, such as "make the organisational unit OU=AKS,DC=corp".
	What string
	DN   string
	// Attributes are those of an object that is made; Edits are made to one that exists.
	Attributes []Attribute
	Edits      []Edit
	// Existing is whether the object was made by others.
	Existing bool
	// Later says what has to be made before, where the change cannot be written down yet.
	Later string
	// Command does the same on Windows, where LDIF alone is no good way.
	Command string

	grant *ACE // is added to the descriptor that the object has by then
}

// control is how a change of rights leaves owner and audits alone.
var control = "control: 1.2.840.113556.1.4.801 true:: " + base64.StdEncoding.EncodeToString([]byte{0x30, 3, 2, 1, 4}) + "\n"

// WriteLDIF writes changes as RFC 2849 has them, for ldapmodify. What cannot be written yet
// stands there as a comment.
func WriteLDIF(to io.Writer, changes []Change) error {
	var b strings.Builder
	b.WriteString("version: 1\n")
	for _, c := range changes {
		b.WriteByte('\n')
		comment(&b, c.What)
		if c.Existing {
			comment(&b, "the object is of others, and is added to")
		}
		if c.Command != "" {
			comment(&b, "on Windows: "+c.Command)
		}
		if c.Later != "" {
			comment(&b, "not yet: "+c.Later)
			continue
		}
		c.ldif(&b)
	}
	if _, err := io.WriteString(to, b.String()); err != nil {
		return fmt.Errorf("write LDIF: %w", err)
	}
	return nil
}

func comment(b *strings.Builder, text string) {
	fmt.Fprintf(b, "# %s\n", strings.Join(strings.Fields(text), " "))
}

func (c Change) ldif(b *strings.Builder) {
	line(b, "dn", c.DN)
	if len(c.Attributes) > 0 {
		b.WriteString("changetype: add\n")
		for _, a := range c.Attributes {
			for _, v := range a.Values {
				line(b, a.Name, v)
			}
		}
		return
	}
	if c.grant != nil {
		b.WriteString(control)
	}
	b.WriteString("changetype: modify\n")
	for _, e := range c.Edits {
		verb := "add"
		if e.Replace {
			verb = "replace"
		}
		fmt.Fprintf(b, "%s: %s\n", verb, e.Name)
		for _, v := range e.Values {
			line(b, e.Name, v)
		}
		b.WriteString("-\n")
	}
}

// line writes one value, folded as the format asks.
func line(b *strings.Builder, name, value string) {
	text := name + ": " + value
	if !safe(value) {
		text = name + ":: " + base64.StdEncoding.EncodeToString([]byte(value))
	}
	const width = 76
	for len(text) > width {
		b.WriteString(text[:width] + "\n ")
		text = text[width:]
	}
	b.WriteString(text + "\n")
}

// safe reports whether a value may stand in LDIF as it is (RFC 2849, SAFE-STRING). A space at
// the end could be lost on the way.
func safe(value string) bool {
	if value == "" {
		return true
	}
	for i := range len(value) {
		if c := value[i]; c == 0 || c == '\n' || c == '\r' || c >= utf8.RuneSelf {
			return false
		}
	}
	return !strings.ContainsRune(" :<", rune(value[0])) && !strings.HasSuffix(value, " ")
}
