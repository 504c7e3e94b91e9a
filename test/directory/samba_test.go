//go:build samba

package directory_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/directory"
)

const domainController = "dc1.lab.example"

// samba is the domain controller of test/directory/lab.
func samba(t *testing.T) *lab {
	t.Helper()
	dir := os.Getenv("ARCWRIGHT_LAB")
	if dir == "" {
		t.Fatal("run it inside test/directory/lab")
	}
	pem, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("there is no certificate in ca.pem")
	}
	return &lab{
		server: directory.Server{Address: domainController, Domain: "lab.example", RootCAs: pool, User: `LAB\Administrator`, Password: "Ground-control-1"},
		dial:   new(net.Dialer).DialContext, clock: clock.Real{},
		plain: func(t *testing.T) *ldap.Conn {
			t.Helper()
			conn, err := ldap.DialURL("ldaps://"+domainController, ldap.DialWithTLSConfig(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
			if err != nil {
				t.Fatal(err)
			}
			return conn
		},
		resolve: func(t *testing.T, name string) []string {
			t.Helper()
			addresses, err := net.DefaultResolver.LookupHost(t.Context(), name)
			if err != nil {
				t.Error(err)
			}
			return addresses
		},
	}
}

// lasting gives a user a password that lasts for a day: Samba takes no less for an age.
func lasting(t *testing.T, conn *ldap.Conn, dn string) {
	add(t, conn, "CN=a-day,CN=Password Settings Container,CN=System,"+domainDN, map[string][]string{
		"objectClass": {"msDS-PasswordSettings"}, "msDS-PasswordSettingsPrecedence": {"1"}, "msDS-PasswordReversibleEncryptionEnabled": {"FALSE"},
		"msDS-PasswordHistoryLength": {"0"}, "msDS-PasswordComplexityEnabled": {"FALSE"}, "msDS-MinimumPasswordLength": {"0"}, "msDS-MinimumPasswordAge": {"0"},
		"msDS-MaximumPasswordAge": {"-864000000001"}, "msDS-LockoutThreshold": {"0"}, "msDS-LockoutObservationWindow": {"-18000000000"}, "msDS-LockoutDuration": {"-18000000000"},
		"msDS-PSOAppliesTo": {dn},
	})
}

// ahead is by how much the domain controller's clock is.
func ahead() string { return os.Getenv("ARCWRIGHT_LAB_AHEAD") }

func TestSamba(t *testing.T) {
	if ahead() != "" {
		t.Fatal("its clock must be right for this")
	}
	l := samba(t)
	suite(t, l)
	t.Run("Kerberos signs in", func(t *testing.T) {
		user(t, l.admin(t), "ticket", "CN=Users,"+domainDN)
		s := l.server
		s.Auth, s.User, s.Password = planner.DirectoryKerberos, "ticket@lab.example", password
		c, err := directory.Open(t.Context(), s, l.dial, l.clock)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Look(t.Context(), want(site("whole"))); err != nil {
			t.Error(err)
		}
		s.Password = "not-it"
		if _, err := directory.Open(t.Context(), s, l.dial, l.clock); directory.ClassOf(err) != directory.ClassSignIn {
			t.Errorf("with a wrong password: %v", err)
		}
	})
	t.Run("LDIF makes the same by a client that nobody here wrote", func(t *testing.T) { byLDIF(t, l) })
	t.Run("without TLS nobody is let in", func(t *testing.T) {
		conn, err := ldap.DialURL("ldap://" + domainController)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.Bind(l.server.User, l.server.Password); !ldap.IsErrorWithCode(err, ldap.LDAPResultStrongAuthRequired) {
			t.Errorf("bound: %v", err)
		}
	})
	t.Run("a password lasts for a day", func(t *testing.T) { // TestSambaLater looks at it later
		conn := l.admin(t)
		lasting(t, conn, user(t, conn, "late", "CN=Users,"+domainDN))
		l.raw(t, "late@lab.example", password)
	})
	t.Run("tickets of the domain let into a simulated host", func(t *testing.T) { signInByTickets(t, l, hostKeytab(t, l)) })
}

func byLDIF(t *testing.T, l *lab) {
	in := site("ldif")
	user(t, l.admin(t), "ldif-operator", "CN=Users,"+domainDN)
	for pass := range 4 {
		s := l.look(t, want(in))
		if len(s.Changes) == 0 {
			if pass < 2 || len(s.Findings) > 0 {
				t.Errorf("after %d passes nothing is left to do, and %v is found", pass, codes(s))
			}
			return
		}
		var text strings.Builder
		if err := directory.WriteLDIF(&text, s.Changes); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "ldapmodify", "-x", "-H", "ldaps://"+domainController, "-D", "Administrator@lab.example", "-w", l.server.Password)
		cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+filepath.Join(os.Getenv("ARCWRIGHT_LAB"), "ca.pem"))
		cmd.Stdin = strings.NewReader(text.String())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("ldapmodify: %v\n%s\nof\n%s", err, out, text.String())
		}
	}
	t.Error("four passes were not enough")
}

// hostKeytab makes the account of a host that speaks WinRM by Kerberos, HTTP and WSMAN, and
// the keytab that its service end needs. A test that joins Kerberos to the simulated hosts
// takes both from here: $ARCWRIGHT_LAB/krb5.conf is the client's configuration.
func hostKeytab(t *testing.T, l *lab) string {
	t.Helper()
	dir := os.Getenv("ARCWRIGHT_LAB")
	conn := l.admin(t)
	name := "keytab-hv1"
	dn := computer(t, conn, name, "CN=Computers,"+domainDN, 4098, map[string][]string{
		"servicePrincipalName": {"HOST/" + name + ".lab.example", "HTTP/" + name + ".lab.example", "WSMAN/" + name + ".lab.example"},
		// Without it tickets are RC4.
		"msDS-SupportedEncryptionTypes": {"24"},
	})
	replace(t, conn, dn, "unicodePwd", encodedPassword(password))
	replace(t, conn, dn, "userAccountControl", "4096")
	file := filepath.Join(dir, name+".keytab")
	samba := exec.CommandContext(t.Context(), "samba-tool", "domain", "exportkeytab", file, "--principal=KEYTAB-HV1$", "-s", filepath.Join(dir, "etc", "smb.conf"))
	if out, err := samba.CombinedOutput(); err != nil {
		t.Fatalf("samba-tool: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), "klist", "-ke", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "aes256-cts-hmac-sha1-96") {
		t.Errorf("the keytab holds: %v\n%s", err, out)
	}
	return file
}

// TestSambaAhead is for a domain controller whose clock is ten minutes ahead.
func TestSambaAhead(t *testing.T) {
	if ahead() != "+10m" {
		t.Fatal("its clock must be ahead for this")
	}
	l := samba(t)
	conn := l.admin(t)
	user(t, conn, "early", "CN=Users,"+domainDN)
	s := l.server
	s.Auth, s.User, s.Password = planner.DirectoryKerberos, "early@lab.example", password
	_, err := directory.Open(t.Context(), s, l.dial, l.clock)
	if directory.ClassOf(err) != directory.ClassClock || !strings.Contains(err.Error(), "the clock of the server is off by") {
		t.Errorf("Kerberos: %v", err)
	}
	l.with(t, func(ctx context.Context, c *directory.Client) {
		if skew := c.Skew(); skew < 9*time.Minute || skew > 11*time.Minute {
			t.Errorf("the clock is off by %s", skew)
		}
		sight, err := c.Look(ctx, want(site("early")))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(codes(sight), "directory-clock site.directory.server") {
			t.Errorf("found %v", codes(sight))
		}
	})
}

// TestSambaLater is for the domain controller of TestSamba, two days later.
func TestSambaLater(t *testing.T) {
	if ahead() != "+2d" {
		t.Fatal("its clock must be ahead for this")
	}
	_, err := samba(t).open(t, "late@lab.example", password)
	var refused *directory.SignInError
	if !errors.As(err, &refused) || refused.Reason != directory.PasswordExpired {
		t.Errorf("signed in: %v", err)
	}
}
