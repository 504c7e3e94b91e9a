package directory

import (
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// sameDN reports whether two distinguished names are of one object. Spaces around the parts
// and the case of letters make no difference.
func sameDN(a, b string) bool {
	x, errX := ldap.ParseDN(a)
	y, errY := ldap.ParseDN(b)
	return errX == nil && errY == nil && x.EqualFold(y)
}

// above is the name of the object above, empty when there is none, and the first part's
// attribute and value.
func above(name string) (parent, attribute, value string) {
	dn, err := ldap.ParseDN(name)
	if err != nil || len(dn.RDNs) == 0 || len(dn.RDNs[0].Attributes) == 0 {
		return "", "", ""
	}
	first := dn.RDNs[0].Attributes[0]
	dn.RDNs = dn.RDNs[1:]
	return printDN(dn), strings.ToUpper(first.Type), first.Value
}

// tidyDN is a distinguished name as the directory writes it.
func tidyDN(name string) string {
	dn, err := ldap.ParseDN(name)
	if err != nil {
		return name
	}
	return printDN(dn)
}

func printDN(dn *ldap.DN) string {
	var parts []string
	for _, rdn := range dn.RDNs {
		var pairs []string
		for _, a := range rdn.Attributes {
			pairs = append(pairs, strings.ToUpper(a.Type)+"="+ldap.EscapeDN(a.Value))
		}
		parts = append(parts, strings.Join(pairs, "+"))
	}
	return strings.Join(parts, ",")
}

// child is the name of an object below another.
func child(attribute, value, parent string) string {
	return attribute + "=" + ldap.EscapeDN(value) + "," + parent
}
