package planner

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"net/netip"
)

func exampleSite(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile("../examples/quickstart/site.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestDecodeNamesEachMistakeWithItsPlace(t *testing.T) {
	good := exampleSite(t)
	for _, c := range []struct {
		name, old, new     string
		code, path, remedy string
		line               int
	}{
		{"an unknown key suggests the nearest", "gateway:", "gatway:", "input-unknown-key", "site.network.gatway", `did you mean "gateway"?`, 39},
		{"a swapped letter is recognised", "vmSize: Standard_A4_v2\n\n", "vmSzie: Standard_A4_v2\n\n", "input-unknown-key", "site.management.vmSzie", `did you mean "vmSize"?`, 43},
		{"a missing key is named", "  domain: corp.contoso.com\n", "", "input-missing-key", "site.directory.domain", "add it", 15},
		{"a word where a number belongs", "services: 3", "services: many", "input-type", "site.clusters[0].services", "write it like 3", 50},
		{"a fraction where a whole number belongs", "services: 3", "services: 3.5", "input-type", "site.clusters[0].services", "write it like 3", 50},
		{"an impossible address", "gateway: 10.40.20.1", "gateway: 10.40.20.256", "input-type", "site.network.gateway", "10.40.20.10", 39},
		{"an impossible subnet", "10.40.20.0/24", "10.40.20.0/33", "input-type", "site.network.subnet", "10.40.20.0/24", 38},
		{"an impossible date", "2026-12-05", "2026-13-05", "input-type", "site.plannedFor", "2026-12-05", 5},
		{"a value outside the list suggests the nearest", "addressing: static", "addressing: statik", "input-value", "site.network.addressing", `did you mean "static"?`, 37},
		{"a list where one value belongs", "name: quickstart", "name: [a, b]", "input-type", "site.name", "write it like name", 4},
		{"a value where a list belongs", "dns: [10.40.10.5, 10.40.10.6]", "dns: 10.40.10.5", "input-type", "site.network.dns", "dash", 40},
		{"a key given twice", "plannedFor: 2026-12-05\n", "plannedFor: 2026-12-05\nplannedFor: 2026-12-06\n", "input-duplicate-key", "site.plannedFor", "remove one", 6},
		{"another version", "arcwright.dev/v1", "arcwright.dev/v2", "input-version", "site.version", "arcwright.dev/v1", 2},
		{"another kind", "kind: Site", "kind: Sight", "input-version", "site.kind", "kind: Site", 3},
		{"an inventory", "kind: Site", "kind: Inventory", "input-kind", "site.kind", "give the site", 3},
		{"an alias", "name: quickstart", "name: &a quickstart", "input-syntax", "site.name", "write the value out", 4},
		{"a key without a value", "services: 3", "services:", "input-missing-key", "site.clusters[0].services", "write one", 50},
		{"a tab", "  name: branchnet", "\tname: branchnet", "input-syntax", "site", "a tab", 0},
		{"two documents", "plannedFor:", "---\nplannedFor:", "input-syntax", "site", "one document", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("the example does not hold %q", c.old)
			}
			_, _, findings := DecodeSite("site.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
			if len(findings) == 0 {
				t.Fatal("nothing was found")
			}
			f := findings[0]
			if f.Code != c.code || f.Path != c.path || !strings.Contains(f.Remedy, c.remedy) || f.Severity != Block || f.File != "site.yaml" {
				t.Errorf("got %s at %s: %s; %s", f.Code, f.Path, f.Message, f.Remedy)
			}
			if f.Line < 1 || c.line != 0 && f.Line != c.line {
				t.Errorf("line %d, want %d", f.Line, c.line)
			}
		})
	}
}

func TestAnEmptyFileIsNamed(t *testing.T) {
	for _, text := range []string{"", "\n\n", "# only a comment\n"} {
		if _, _, findings := DecodeSite("s", []byte(text)); len(findings) != 1 || findings[0].Code != "input-syntax" {
			t.Errorf("%q: %v", text, findings)
		}
	}
}

func TestAFileTooLargeIsRefusedUnread(t *testing.T) {
	_, _, findings := DecodeInventory("i", make([]byte, MaxDocument+1))
	if len(findings) != 1 || !strings.Contains(findings[0].Message, "4194305 bytes") {
		t.Errorf("%v", findings)
	}
}

func TestSitesAndInventoriesSurviveTheirOwnFiles(t *testing.T) {
	addresses := cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})
	for _, name := range []string{"quickstart", "worked-akshci", "worked-azurelocal", "baseline", "hci-20h2"} {
		in := exampleInput(t, name)
		text, err := EncodeSite(in.Site)
		if err != nil {
			t.Fatal(err)
		}
		site, _, findings := DecodeSite("again", text)
		if diff := cmp.Diff(in.Site, site, addresses, cmpopts.EquateEmpty()); diff != "" || len(findings) > 0 {
			t.Errorf("%s: %v\n%s", name, findings, diff)
		}
		if text, err = EncodeInventory(in.Inventory); err != nil {
			t.Fatal(err)
		}
		inventory, _, findings := DecodeInventory("again", text)
		if diff := cmp.Diff(in.Inventory, inventory, addresses, cmpopts.EquateEmpty()); diff != "" || len(findings) > 0 {
			t.Errorf("%s: %v\n%s", name, findings, diff)
		}
	}
}

func FuzzDecodeSite(f *testing.F) {
	f.Add([]byte(exampleSite(f)))
	f.Add([]byte("version: arcwright.dev/v1\nkind: Site\nclusters: [{name: {}}]\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("? {}\n: []"))
	f.Fuzz(func(t *testing.T, data []byte) {
		site, _, findings := DecodeSite("f", data)
		if len(findings) == 0 {
			if _, err := EncodeSite(site); err != nil {
				t.Errorf("what was read cannot be written: %v", err)
			}
		}
		for _, finding := range findings {
			if finding.Line < 1 || finding.Message == "" || finding.Remedy == "" {
				t.Errorf("a finding without place, message or remedy: %+v", finding)
			}
		}
	})
}

func FuzzDecodeInventory(f *testing.F) {
	text, err := os.ReadFile("../examples/quickstart/inventory.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("version: arcwright.dev/v1\nkind: Inventory\nhosts: [{memory: 1}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, findings := DecodeInventory("f", data)
		for _, finding := range findings {
			if finding.Line < 1 || finding.Message == "" || finding.Remedy == "" {
				t.Errorf("a finding without place, message or remedy: %+v", finding)
			}
		}
	})
}
