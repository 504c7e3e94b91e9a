package directory

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// unfold reads LDIF back, as RFC 2849 says, into one line for each attribute.
func unfold(t *rapid.T, text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > 77 {
			t.Fatalf("a line of %d characters", len(line))
		}
		if rest, ok := strings.CutPrefix(line, " "); ok {
			lines[len(lines)-1] += rest
		} else {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestEveryValueSurvivesLDIF(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := string(rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "value"))
		if rapid.Bool().Draw(t, "as text") {
			value = rapid.StringN(0, 150, 200).Draw(t, "text")
		}
		var b strings.Builder
		line(&b, "description", value)
		lines := unfold(t, b.String())
		if len(lines) != 1 {
			t.Fatalf("%d lines: %q", len(lines), lines)
		}
		got, plain := strings.CutPrefix(lines[0], "description: ")
		if !plain {
			raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[0], "description:: "))
			if err != nil {
				t.Fatal(err)
			}
			got = string(raw)
		}
		if got != value {
			t.Fatalf("%q became %q", value, got)
		}
	})
}

func TestLDIF(t *testing.T) {
	changes := []Change{
		{What: "make the organisational unit OU=Größe,DC=lab", DN: "OU=Größe,DC=lab", Attributes: []Attribute{{"objectClass", []string{"top", "organizationalUnit"}}, {"ou", []string{"Größe"}}}},
		{What: "add the service principal names HOST/A to CN=A,DC=lab", DN: "CN=A,DC=lab", Existing: true, Edits: []Edit{{"servicePrincipalName", []string{"HOST/A"}, false}}, Command: "setspn -S HOST/A A"},
		{What: "allow A$ to create computer objects in\nOU=X,DC=lab", DN: "OU=X,DC=lab", Edits: []Edit{{"nTSecurityDescriptor", []string{"\x01\x00"}, true}}, grant: &ACE{}},
		{What: "allow B$ to fully control CN=C,DC=lab", DN: "CN=C,DC=lab", Later: "there has to be an account B$ first", Command: `dsacls "CN=C,DC=lab" /G "B$@lab:GA"`},
	}
	var b strings.Builder
	if err := WriteLDIF(&b, changes); err != nil {
		t.Fatal(err)
	}
	want := `version: 1

# make the organisational unit OU=Größe,DC=lab
dn:: T1U9R3LDtsOfZSxEQz1sYWI=
changetype: add
objectClass: top
objectClass: organizationalUnit
ou:: R3LDtsOfZQ==

# add the service principal names HOST/A to CN=A,DC=lab
# the object is of others, and is added to
# on Windows: setspn -S HOST/A A
dn: CN=A,DC=lab
changetype: modify
add: servicePrincipalName
servicePrincipalName: HOST/A
-

# allow A$ to create computer objects in OU=X,DC=lab
dn: OU=X,DC=lab
control: 1.2.840.113556.1.4.801 true:: MAMCAQQ=
changetype: modify
replace: nTSecurityDescriptor
nTSecurityDescriptor:: AQA=
-

# allow B$ to fully control CN=C,DC=lab
# on Windows: dsacls "CN=C,DC=lab" /G "B$@lab:GA"
# not yet: there has to be an account B$ first
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
