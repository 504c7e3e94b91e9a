package planner

import (
	"strings"
	"testing"
)

func TestAFileOfAnotherKindIsSaidToBeOne(t *testing.T) {
	for _, test := range []struct {
		name, data     string
		message        string
		code, inRemedy string
	}{
		{"a plan", "version: arcwright.dev/plan/v1\nkind: Plan\n", "this is a plan, where a site is wanted", "input-kind", "the plan was made of"},
		{"an inventory", "version: arcwright.dev/v1\nkind: Inventory\n", "this is an inventory, where a site is wanted", "input-kind", "names the inventory"},
		{"what check prints as JSON", `{"version": "arcwright.dev/findings/v1", "site": "quickstart", "findings": []}`, "what arcwright prints for other programs (arcwright.dev/findings/v1)", "input-kind", "examples/"},
		{"a schema", `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}`, "a JSON Schema", "input-kind", "examples/"},
		{"a Kubernetes object", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n", "a Kubernetes object of kind Deployment", "input-kind", "examples/"},
		{"a file of another program", "services:\n  web: {image: nginx}\nvolumes: {}\nsecrets: {}\nconfigs: {}\n", `a file with other keys ("services", "volumes", "secrets", ...)`, "input-kind", "examples/"},
		{"prose", "Dear colleague,\nthe site is below.\n", `a text without keys, which begins "Dear colleague, the site is below."`, "input-kind", "examples/"},
		{"a list", "- a\n- b\n", "this is a list", "input-kind", "examples/"},
		{"a program", "\x7fELF\x02\x01\x01\x00\x00", "this is no text file: byte 8 of it is zero", "input-syntax", "UTF-8"},
		{"Latin-1", "name: caf\xe9\n", "this is no text file in UTF-8", "input-syntax", "UTF-8"},
		{"nothing", "", "the file is empty", "input-syntax", "examples/"},
		{"comments alone", "# nothing yet\n", "the file is empty", "input-syntax", "examples/"},
		{"a site that lacks its first lines", "name: a\nplannedFor: 2026-12-05\n", "does not say its version", "input-version", "version: arcwright.dev/v1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, findings := DecodeSite("site.yaml", []byte(test.data))
			if len(findings) == 0 {
				t.Fatal("nothing was found")
			}
			f := findings[0]
			if f.Code != test.code || !strings.Contains(f.Message, test.message) || !strings.Contains(f.Remedy, test.inRemedy) || f.Line < 1 {
				t.Errorf("%s at %d: %s; %s", f.Code, f.Line, f.Message, f.Remedy)
			}
			if f.Code == "input-kind" && strings.Contains(f.Remedy, "write ") {
				t.Errorf("a file of another kind is told to be changed: %s", f.Remedy)
			}
		})
	}
}

func TestASiteInUTF16IsRead(t *testing.T) {
	text := []byte{0xff, 0xfe}
	for _, c := range []byte(exampleSite(t)) {
		text = append(text, c, 0)
	}
	if site, _, findings := DecodeSite("site.yaml", text); len(findings) > 0 || site.Name != "quickstart" {
		t.Errorf("%q, findings %v", site.Name, findings)
	}
}
