package provision

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNamesAreMasked(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"a text without names stays", "The operation failed: Generic failure", "The operation failed: Generic failure"},
		{"a host with its domain", "dial hv01.corp.example:5986", "dial <host-1>.<domain-1>:5986"},
		{"the same host, short and full", "hv01.corp.example and HV01", "<host-1>.<domain-1> and <host-1>"},
		{"what looks like a host", "moved from rack3-07 to hv12", "moved from <host-1> to <host-2>"},
		{"an account of a domain", `CORP\anna may not`, `<domain-1>\<user-1> may not`},
		{"an account in its other form", "anna@corp.example may not", "<user-1>@<domain-1> may not"},
		{"an account where it stands alone", `CORP\anna and Anna`, `<domain-1>\<user-1> and <user-1>`},
		{"the folder of a user", `C:\Users\anna\.wssd\cloudconfig`, `C:\Users\<user-1>\.wssd\cloudconfig`},
		{"a share", `\\files\images is gone`, `\\<host-1>\images is gone`},
		{"a folder is no account", `C:\ClusterStorage\Volume1\Images`, `C:\ClusterStorage\Volume1\Images`},
		{"addresses, the same one alike", "10.1.2.3 to 10.1.2.4 via 10.1.2.3", "<address-1> to <address-2> via <address-1>"},
		{"an address of IPv6", "dial [2001:db8::7]:443", "dial [<address-1>]:443"},
		{"networks inside of every cluster stay", "10.244.0.0/16 and 10.96.0.1 and 127.0.0.1", "10.244.0.0/16 and 10.96.0.1 and 127.0.0.1"},
		{"a time is no address", "at 12:50:21 on 2025-01-02", "at 12:50:21 on 2025-01-02"},
		{"a GUID", "app 11111111-2222-3333-4444-555555555555", "app <guid-1>"},
		{"a MAC address", "00-15-5D-01-02-03", "<mac-1>"},
		{"an Azure resource", "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-a/providers/Microsoft.Kubernetes/connectedClusters/shop", "/subscriptions/<guid-1>/resourceGroups/<group-1>/providers/Microsoft.Kubernetes/connectedClusters/<resource-1>"},
		{"a password in JSON", `{"password":"a\\b c","x":1}`, `{"password":"[secret]","x":1}`},
		{"a password in a line", "Password: my long phrase\nnext", "Password: [secret]\nnext"},
		{"a secret where it comes again", "token=abc12345 then abc12345", "token=[secret] then [secret]"},
		{"an option", "az login --password Hunter22 --tenant x", "az login --password [secret] --tenant x"},
		{"a header", "Authorization: Bearer abcDEF123", "Authorization: Bearer [secret]"},
		{"an address with an account", "http://bob:pw1@proxy.corp.example:3128", "http://[secret]@<host-1>.<domain-1>:3128"},
		{"a signature of a link", "https://x.blob.core.windows.net/c?sv=1&sig=aB%2Fc&se=2", "https://x.blob.core.windows.net/c?sv=1&sig=[secret]&se=2"},
		{"a sentence about a token is no token", "failed to acquire token: AADSTS700016: not found", "failed to acquire token: AADSTS700016: not found"},
		{"a long random word", "key is MIIEowIBAAKCAQEAx1c2VjcmV0LWtleS1kYXRhMIIE", "key is [secret]"},
		{"versions, codes and sizes stay", "AksHci 1.0.23.10605, v1.28.5, 0x80070005, Standard_A4_v2, x509, KB5008383", "AksHci 1.0.23.10605, v1.28.5, 0x80070005, Standard_A4_v2, x509, KB5008383"},
		{"vendors' names stay", "Post https://msk8s.api.cdp.microsoft.com/api in Common.psm1:12 System.Management.Automation.RemoteException", "Post https://msk8s.api.cdp.microsoft.com/api in Common.psm1:12 System.Management.Automation.RemoteException"},
		{"a computer in an error record", "    + PSComputerName        : FINANCE", "    + PSComputerName        : <host-1>"},
		{"accounts that are the same everywhere stay", `NT AUTHORITY\SYSTEM and Administrator`, `NT AUTHORITY\SYSTEM and Administrator`},
		{"a password made secure", "$x = ConvertTo-SecureString 'Sommer2026!' -AsPlainText -Force\nit was Sommer2026!", "$x = ConvertTo-SecureString '[secret]' -AsPlainText -Force\nit was [secret]"},
		{"a password made secure, named", `ConvertTo-SecureString -AsPlainText -String "Sommer 2026!" -Force`, `ConvertTo-SecureString -AsPlainText -String "[secret]" -Force`},
		{"a password handed on to be made secure", `'Sommer2026!' | ConvertTo-SecureString -AsPlainText`, `'[secret]' | ConvertTo-SecureString -AsPlainText`},
		{"a variable made secure is no secret", "ConvertTo-SecureString $text -AsPlainText", "ConvertTo-SecureString $text -AsPlainText"},
		{"a credential", "[PSCredential]::new('anna', 'Sommer 2026!')", "[PSCredential]::new('anna', '[secret]')"},
		{"a credential of an object", "New-Object PSCredential -ArgumentList 'anna', (ConvertTo-SecureString 'Sommer2026!' -AsPlainText -Force)", "New-Object PSCredential -ArgumentList 'anna', (ConvertTo-SecureString '[secret]' -AsPlainText -Force)"},
		{"a share with an account", `net use Z: \\files\images /user:x Pw1`, `net use Z: \\<host-1>\images /user:x [secret]`},
		{"a share with the password first", `net use Z: \\files\images Pw1 /user:x`, `net use Z: \\<host-1>\images [secret] /user:x`},
		{"a share without a password", `net use Z: \\files\images /persistent:no`, `net use Z: \\<host-1>\images /persistent:no`},
		{"a task with an account", "schtasks /create /ru x /rp Pw1 /tn y", "schtasks /create /ru x /rp [secret] /tn y"},
		{"curl with an account", "curl -u u:Pw1 -k", "curl -u u:[secret] -k"},
		{"curl with an account, written together", "curl -k -uu:Pw1 -v", "curl -k -uu:[secret] -v"},
		{"a short name of a password", "user=x pass=Pw1 host", "user=x pass=[secret] host"},
		{"a secret that is a plain word", "secret: correcthorse", "secret: [secret]"},
		{"a secret of several words", "  secret: correct horse", "  secret: [secret]"},
		{"a sentence about a secret is no secret", "cannot read secret: context deadline exceeded", "cannot read secret: context deadline exceeded"},
		{"a password of several words", "password = two words here\nnext", "password = [secret]\nnext"},
		{"a password in quotes ends with them", `password = "two words" next`, `password = "[secret]" next`},
		{"a quote in a password", `password = 'it''s mine' next`, `password = "[secret]" next`},
		{"an escaped quote in a password", `{"password":"a\"bc","x":1}`, `{"password":"[secret]","x":1}`},
		{"a password whose quotes were cut off", `password="two wor`, `password=[secret]`},
		{"a password before a remark", "password = 4sommer! # old\nuse 4sommer!", "password = [secret]\nuse [secret]"},
		{"a password with the signs of an address", "http://svc:p@ss/w0rd@proxy failed", "http://[secret]@proxy failed"},
		{"an address with a port and no account", "https://hv01.corp.example:5986/wsman", "https://<host-1>.<domain-1>:5986/wsman"},
		{"a mask in the text is no mask", "\uE0000\uE001", "0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, Mask(row.text, nil).Text); diff != "" {
				t.Errorf("masked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKnownSecretsAreMasked(t *testing.T) {
	var r Redactor
	r.Add("plainword")
	if got := Mask("it said plainword", &r).Text; got != "it said "+Redacted {
		t.Errorf("got %q", got)
	}
}

func TestAReportCanBePasted(t *testing.T) {
	r := FailureReport{Program: "v1", System: "linux/amd64", Failure: ReportText(strings.Repeat("a line\n", 5000)+"``` on hv01.corp.example", nil)}
	text := r.Markdown()
	for _, want := range []string{"arcwright v1 on linux/amd64", "platform: not said", "masked: 1 domain, 1 host", "````text\n(what came before is left out)\n", "\n``` on <host-1>.<domain-1>\n````\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report has no %q:\n%s", want, text[:min(len(text), 600)])
		}
	}
	if len(text) > longestReport+2000 {
		t.Errorf("the report has %d bytes", len(text))
	}
}

// canary stands where something secret or private would.
const canary = "Zq7CanarySrv09x"

// hidings are lines in which a canary must be recognised.
var hidings = []string{
	"password=%s", "Password: %s", `"clientSecret": "%s"`, `\"clientSecret\": \"%s\"`, "--password %s", "--client-secret '%s'", "-Password %s",
	"Authorization: Bearer %s", "Authorization: Basic %s", "http://bob:%s@proxy.corp.example/", "https://a.blob.core.windows.net/x?sv=1&sig=%s&y=2",
	"AccountKey=%s;EndpointSuffix=core", "token: %s", "client-key-data: %s", `CORP\%s`, `%s\anna`, `C:\Users\%s\x.log`, "/home/%s/x", "%s.corp.example", "hv01.%s.example",
	"anna@%s.example", "%s@corp.example", `\\%s\share`, "PSComputerName        : %s", "Powershell remoting to %s was not successful.", "Machine='%s'",
	"/subscriptions/x/resourceGroups/%s/providers/Microsoft.X", "resource group '%s'", "/connectedClusters/%s", "-----BEGIN RSA PRIVATE KEY-----\nabc%sdef\n-----END RSA PRIVATE KEY-----",
	"-----BEGIN RSA PRIVATE KEY-----\n%s", "eyJhbGciOi.%s.x", "node %s is down",
	"ConvertTo-SecureString '%s' -AsPlainText -Force", `ConvertTo-SecureString -String "a %s" -AsPlainText`, "'%s' | ConvertTo-SecureString -AsPlainText", "[PSCredential]::new('x', 'a %s')",
	`net use Z: \\files\x /user:x %s`, `net use Z: \\files\x %s /user:x`, "schtasks /create /ru x /rp %s /tn y", "cmdkey /add:x /user:y /pass:%s", "curl -u u:%s https://x.example",
	"pass=%s", "secret: %s", "secret: two %s here", "password = two %s here", "http://svc:p@ss/%s@proxy", "password = 'it''s %s'", `"password": "a\"%s"`, `password="two %s`,
}

func FuzzACanaryNeverSurvivesTheMask(f *testing.F) {
	for i := range hidings {
		f.Add("at hv01: ", " failed\n\x1b[31mred", uint(i))
	}
	f.Add("\uE0007\uE001\\\"\x00-----BEGIN X", "\"'@\\\\=&&", uint(3))
	f.Fuzz(func(t *testing.T, before, after string, which uint) {
		hiding := fmt.Sprintf(hidings[which%uint(len(hidings))], canary)
		text := before + "\n" + hiding + "\n" + after
		masked := Mask(text, nil)
		if strings.Contains(strings.ToLower(masked.Text), strings.ToLower(canary)) {
			t.Fatalf("%q is left of %q:\n%q", canary, hiding, masked.Text)
		}
		if strings.ContainsAny(masked.Text, "\x00\x1b\r") {
			t.Fatalf("control characters are left: %q", masked.Text)
		}
	})
}

func TestMaskingTakesTimeInProportionToTheText(t *testing.T) {
	for _, line := range []string{"hv01.corp.example 10.1.2.3 CORP\\anna password=abc token: x\n", "-----BEGIN A-----\n", "aaaa", "\\\\", "a.", "http://a", "http://a:b", "net use ", "net use \\\\a b", "password = 'a", "curl -u a:b ", "secret: a b"} {
		text := strings.Repeat(line, 1<<14/len(line))
		took := func(text string) time.Duration {
			best := time.Hour
			for range 2 {
				begun := time.Now()
				Mask(text, nil)
				best = min(best, time.Since(begun))
			}
			return best
		}
		one, four := took(text), took(strings.Repeat(text, 4))
		t.Logf("%q: 16 KB %v, 64 KB %v", line, one, four)
		if four > 12*one+50*time.Millisecond {
			t.Errorf("%q: 16 KB takes %v, 64 KB %v", line, one, four)
		}
	}
}
