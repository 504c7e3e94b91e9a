package planner

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// toBeta writes a site file as the older version had it.
func toBeta(text string) string {
	text = strings.Replace(text, "version: "+SiteVersion+"\n", "version: arcwright.dev/v1beta1\n", 1)
	text = strings.ReplaceAll(text, "    kubernetes: ", "    kubernetesVersion: ")
	text = regexp.MustCompile(`(?m)^  (nodePool|vipPool|dhcpScope): +\{start: ([0-9.]+), end: ([0-9.]+)\}`).ReplaceAllString(text, "  $1: $2-$3")
	return strings.Replace(text, "  vipPool: ", "  virtualIPPool: ", 1)
}

func TestAnOlderSiteIsReadAsItsNewerSelf(t *testing.T) {
	for _, name := range examples {
		text, err := os.ReadFile(filepath.Join("..", "examples", name, "site.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		want, _, findings := DecodeSite("site.yaml", text)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		older := toBeta(string(text))
		got, _, findings := DecodeSite("site.yaml", []byte(older))
		if len(findings) != 1 || findings[0].Code != "input-older" || findings[0].Severity != Note || findings[0].Line == 0 {
			t.Fatalf("%s: findings %+v", name, findings)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
			t.Errorf("%s (-newer +older):\n%s", name, diff)
		}
		if !strings.Contains(findings[0].Remedy, "kubernetes for a cluster's kubernetesVersion") {
			t.Errorf("%s: remedy %q", name, findings[0].Remedy)
		}
		if strings.Contains(older, "virtualIPPool") != strings.Contains(findings[0].Remedy, "vipPool for virtualIPPool") {
			t.Errorf("%s: remedy %q", name, findings[0].Remedy)
		}

		// The set-up writes it over in the newer version, with its comments.
		rewritten, err := RewriteSite([]byte(older), got)
		if err != nil {
			t.Fatal(err)
		}
		again, _, findings := DecodeSite("site.yaml", rewritten)
		if len(findings) > 0 {
			t.Fatalf("%s: rewritten: %+v", name, findings)
		}
		if diff := cmp.Diff(want, again, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
			t.Errorf("%s (-newer +rewritten):\n%s", name, diff)
		}
		if a, b := strings.Count(string(text), "#"), strings.Count(string(rewritten), "#"); a != b {
			t.Errorf("%s: %d comments, after rewriting %d", name, a, b)
		}
	}
}

func TestAMistakeInAnOlderSiteIsFoundWhereItStands(t *testing.T) {
	text, err := os.ReadFile("../examples/baseline/site.yaml")
	if err != nil {
		t.Fatal(err)
	}
	older := toBeta(string(text))
	at := regexp.MustCompile(`(?m)^  virtualIPPool: .*$`).FindStringIndex(older)
	broken := older[:at[0]] + "  virtualIPPool: 10.0.0.5-nowhere" + older[at[1]:]
	_, _, findings := DecodeSite("site.yaml", []byte(broken))
	line := 1 + strings.Count(older[:at[0]], "\n")
	if len(findings) == 0 || findings[0].Line != line || findings[0].Path != "site.network.vipPool.end" || findings[0].Severity != Block {
		t.Errorf("findings %+v, want one at site.network.vipPool.end on line %d", findings, line)
	}
}

func TestMigrationsLeadToTheVersionThatIsRead(t *testing.T) {
	at := map[string]string{}
	for _, m := range migrations {
		if was, ok := at[m.kind]; ok && was != m.from {
			t.Errorf("%s goes on from %s, the one before it leads to %s", m.kind, m.from, was)
		}
		at[m.kind] = m.to
	}
	for kind, version := range at {
		if version != SiteVersion {
			t.Errorf("%s ends at %s, read is %s", kind, version, SiteVersion)
		}
	}
}
