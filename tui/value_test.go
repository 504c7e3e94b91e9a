package tui

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
)

func TestValuesAreRead(t *testing.T) {
	for _, c := range []struct {
		name string
		read func(string) (string, error)
		text string
		want string
		err  string
	}{
		{"a number", number, " 12 ", "12", ""},
		{"a number below zero", number, "-1", "", "write a number"},
		{"a number that is none", number, "many", "", "write a number"},
		{"a range", span, "10.0.0.10 - 10.0.0.60", "10.0.0.10-10.0.0.60", ""},
		{"a range the wrong way round is the planner's to judge", span, "10.0.0.60-10.0.0.10", "10.0.0.60-10.0.0.10", ""},
		{"half a range", span, "10.0.0.10", "", "write two addresses with a hyphen"},
		{"an empty range", span, " ", "", ""},
		{"a subnet", subnet, "10.40.20.0/24", "10.40.20.0/24", ""},
		{"a subnet without a length", subnet, "10.40.20.0", "", "write an address and a prefix length"},
		{"addresses", addresses, "10.0.0.5,10.0.0.6  10.0.0.7", "10.0.0.5, 10.0.0.6, 10.0.0.7", ""},
		{"a word among addresses", addresses, "10.0.0.5, dns", "", `"dns" is no address`},
		{"no addresses", addresses, "", "", ""},
		{"a reference to a secret", secret, "env:PASSWORD", "env:PASSWORD", ""},
		{"a secret that is asked for", secret, "prompt", "prompt", ""},
		{"a secret itself", secret, "Hunter2", "", "write where the secret is"},
		{"half a reference", secret, "env:", "", "write where the secret is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.read(c.text)
			if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("%q is %q, %v", c.text, got, err)
			}
		})
	}
}

func number(text string) (string, error) {
	n, err := readNumber(text)
	return printNumber(n), err
}

func span(text string) (string, error) {
	r, err := optional(text, readRange)
	return printRange(r), err
}

func subnet(text string) (string, error) {
	p, err := or(text, readPrefix)
	return printPrefix(p), err
}

func addresses(text string) (string, error) {
	all, err := readAddresses(text)
	return printAddresses(all), err
}

func secret(text string) (string, error) {
	s, err := readSecret(text)
	return string(s), err
}

// What is typed where a secret is named never gets into the site.
func TestASecretNeverGetsIntoTheSite(t *testing.T) {
	m := in(t, example(t, "quickstart"), stageAccounts, 80, 24)
	press(m, "tab")
	write(m, "Hunter2")
	if got := m.desk.draft.site.Access.Password; strings.Contains(string(got), "unter") {
		t.Errorf("the site has the password %q", got)
	}
	press(m, "ctrl+right")
	if m.stage != stageAccounts || !strings.HasPrefix(m.desk.notice, "Its password is in: write where the secret is") {
		t.Errorf("the stage is %s and the notice %q", m.stage, m.desk.notice)
	}
	write(m, "keyring:arcwright/hosts")
	if got := m.desk.draft.site.Access.Password; got != "keyring:arcwright/hosts" {
		t.Errorf("the site has the reference %q", got)
	}
}

func TestTimesAreWritten(t *testing.T) {
	for _, c := range []struct {
		d           time.Duration
		clock, rule string
	}{
		{0, "0:00", "0 s"},
		{9*time.Second + 600*time.Millisecond, "0:10", "10 s"},
		{4*time.Minute + 9*time.Second, "4:09", "4 min"},
		{time.Hour, "1:00:00", "1 h"},
		{time.Hour + 57*time.Minute + 20*time.Second, "1:57:20", "1 h 57 min"},
		{59*time.Minute + 40*time.Second, "59:40", "1 h"},
	} {
		if got := clockTime(c.d); got != c.clock {
			t.Errorf("%v is %q, want %q", c.d, got, c.clock)
		}
		if got := usual(c.d); got != c.rule {
			t.Errorf("%v is usually %q, want %q", c.d, got, c.rule)
		}
	}
}

func TestOutputCannotMoveTheCursor(t *testing.T) {
	if got := printable("a\tb\x1b[2Jc\r\u009bd"); got != "a b·[2Jc··d" {
		t.Errorf("it is %q", got)
	}
}

func TestEveryFieldWritesItsKey(t *testing.T) {
	m := guided(t, example(t, "quickstart"), 120, 40)
	typed := map[stage][]string{
		stageHosts:    {"", "branch-9", "2027-01-02"},
		stageAccounts: {`CORP\op`, "prompt", "right", "corp.example.com", "OU=X", "ca-x", "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222", "rg", "eastus", "33333333-3333-3333-3333-333333333333", "env:X", `C:\i`, `C:\w`, `C:\c`},
		stageNetwork:  {"net9", "right", "10.9.0.0/24", "10.9.0.1", "10.9.0.5, 10.9.0.6", "9", "Switch9", "10.9.0.10-10.9.0.90", "10.9.0.100-10.9.0.200", "10.40.10.30/24"},
	}
	for _, s := range setupStages {
		m.enter(s)
		for _, text := range typed[s] {
			switch text {
			case "":
			case "right":
				press(m, "right")
			default:
				write(m, text)
			}
			press(m, "tab")
		}
	}
	m.enter(stageHosts)
	press(m, "right")
	got := m.desk.draft.site
	want := example(t, "quickstart").Site
	want.Platform, want.Name, want.PlannedFor = "windows-server-2025", "branch-9", got.PlannedFor
	want.Access = planner.Access{User: `CORP\op`, Password: "prompt", Auth: planner.AuthBasic}
	want.Directory = planner.Directory{Domain: "corp.example.com", OU: "OU=X", CloudAgentRole: "ca-x"}
	want.Azure.Tenant, want.Azure.Subscription, want.Azure.Application = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222", "33333333-3333-3333-3333-333333333333"
	want.Azure.ResourceGroup, want.Azure.Region, want.Azure.Secret = "rg", "eastus", "env:X"
	want.Storage = planner.Storage{Images: `C:\i`, Working: `C:\w`, CloudConfig: `C:\c`}
	want.Network.Name, want.Network.Addressing, want.Network.VLAN, want.Network.Switch = "net9", planner.DHCP, 9, "Switch9"
	want.Network.Subnet, want.Network.Gateway = netip.MustParsePrefix("10.9.0.0/24"), netip.MustParseAddr("10.9.0.1")
	want.Network.DNS = []netip.Addr{netip.MustParseAddr("10.9.0.5"), netip.MustParseAddr("10.9.0.6")}
	// under dhcp there is a scope in place of a node pool
	want.Network.DHCPScope = &planner.Range{Start: netip.MustParseAddr("10.9.0.10"), End: netip.MustParseAddr("10.9.0.90")}
	want.Network.VIPPool = &planner.Range{Start: netip.MustParseAddr("10.9.0.100"), End: netip.MustParseAddr("10.9.0.200")}
	agent := netip.MustParsePrefix("10.40.10.30/24")
	want.Network.CloudAgent = &agent
	if got.PlannedFor.String() != "2027-01-02" {
		t.Errorf("the day is %s", got.PlannedFor)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error("the site (-want +got):\n" + diff)
	}
}
