package kerberos_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/kerberos"
	simkerberos "github.com/arcwright/arcwright/sim/kerberos"
)

// program finds one of MIT Kerberos, or skips the test: it is a package of its own.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/bin") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	t.Skipf("%s is not installed (Debian: krb5-kdc krb5-user krb5-admin-server)", name)
	return ""
}

// A mitRealm is a KDC of MIT Kerberos on a loopback port.
type mitRealm struct {
	t       *testing.T
	dir     string
	env     []string
	address string
	config  kerberos.Config
}

func (m *mitRealm) run(input, name string, args ...string) string {
	m.t.Helper()
	c := exec.CommandContext(m.t.Context(), program(m.t, name), args...)
	c.Env, c.Stdin = m.env, strings.NewReader(input)
	out, err := c.CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// krb5conf is the configuration of a client, also read by our own parser.
func krb5conf(t *testing.T, dir, address string) string {
	t.Helper()
	path := filepath.Join(dir, "krb5.conf")
	write(t, path, fmt.Sprintf(`# for tests
[libdefaults]
  default_realm = %s
  dns_lookup_kdc = false
  dns_lookup_realm = false
  rdns = false
  dns_canonicalize_hostname = false
  udp_preference_limit = 1
[realms]
  %s = {
    kdc = %s
  }
[domain_realm]
  .lab.example = %s
`, realmName, realmName, address, realmName))
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func newMIT(t *testing.T) *mitRealm {
	t.Helper()
	kdc := program(t, "krb5kdc")
	program(t, "kadmin.local")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mitRealm{t: t, dir: t.TempDir(), address: l.Addr().String()}
	_, port, _ := net.SplitHostPort(m.address)
	conf := krb5conf(t, m.dir, m.address)
	write(t, filepath.Join(m.dir, "kdc.conf"), fmt.Sprintf(`[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = 127.0.0.1:%s
[realms]
  %s = {
    database_name = %s/principal
    key_stash_file = %s/stash
    acl_file = %s/acl
    default_principal_flags = +preauth
  }
[logging]
  kdc = FILE:%s/kdc.log
`, port, realmName, m.dir, m.dir, m.dir, m.dir))
	m.env = []string{"KRB5_CONFIG=" + conf, "KRB5_KDC_PROFILE=" + filepath.Join(m.dir, "kdc.conf"), "KRB5CCNAME=FILE:" + filepath.Join(m.dir, "ccache"), "PATH=" + os.Getenv("PATH")}
	m.run("", "kdb5_util", "create", "-s", "-r", realmName, "-P", "master")
	for _, query := range []string{
		"addprinc -pw " + right + " arc", "addprinc -pw " + right + " -pwexpire yesterday old",
		"addprinc -randkey HTTP/" + host, "ktadd -k " + filepath.Join(m.dir, "host.keytab") + " HTTP/" + host,
		"ktadd -norandkey -k " + filepath.Join(m.dir, "arc.keytab") + " arc",
	} {
		m.run("", "kadmin.local", "-r", realmName, "-q", query)
	}
	_ = l.Close()
	c := exec.Command(kdc, "-n", "-r", realmName)
	c.Env = m.env
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	for limit := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
		conn, err := net.Dial("tcp", m.address)
		if err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("the KDC does not answer: %v", err)
		}
	}
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	if m.config, err = kerberos.ParseConfig(text); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *mitRealm) file(name string) []byte {
	m.t.Helper()
	b, err := os.ReadFile(filepath.Join(m.dir, name))
	if err != nil {
		m.t.Fatal(err)
	}
	return b
}

// fromKeytab are the keys of a keytab file.
func fromKeytab(t *testing.T, path string) func(service, realm string, version int, cipher int32) ([]byte, bool) {
	t.Helper()
	keys, err := keytab.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return func(service, realm string, version int, cipher int32) ([]byte, bool) {
		key, _, err := keys.GetEncryptionKey(types.NewPrincipalName(2, service), realm, version, cipher)
		return key.KeyValue, err == nil
	}
}

// A KDC that nobody here wrote gives tickets by password, keytab and file of tickets, which a
// host with a keytab takes.
func TestTicketsOfMITKerberos(t *testing.T) {
	m := newMIT(t)
	m.run(right+"\n", "kinit", "arc")
	acceptor := &simkerberos.Acceptor{Now: time.Now, Key: fromKeytab(t, filepath.Join(m.dir, "host.keytab"))}
	for name, id := range map[string]kerberos.Identity{
		"by password":        {User: "arc", Password: right},
		"by keytab":          {User: "arc@LAB.EXAMPLE", Keytab: m.file("arc.keytab")},
		"by file of tickets": {CCache: m.file("ccache")},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := kerberos.New(m.config, id, new(net.Dialer).DialContext, clock.Real{})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				x, err := c.Begin(t.Context(), host, [16]byte{9})
				if err != nil {
					t.Fatal(err)
				}
				got, _, ok := acceptor.Accept(inner(t, x.Token))
				if !ok || got.User != "arc@LAB.EXAMPLE" || got.Bindings != [16]byte{9} {
					t.Fatalf("the host takes %q: %v", got.User, ok)
				}
				if err := x.Finish(frame(0x0200, got.Reply)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for name, row := range map[string]struct {
		id   kerberos.Identity
		host string
		want kerberos.Code
	}{
		"a wrong password":    {kerberos.Identity{User: "arc", Password: "wrong-horse"}, host, kerberos.CodePreauthFailed},
		"an unknown user":     {kerberos.Identity{User: "nobody", Password: right}, host, kerberos.CodeClientUnknown},
		"an expired password": {kerberos.Identity{User: "old", Password: right}, host, kerberos.CodePasswordExpired},
		"an unknown host":     {kerberos.Identity{User: "arc", Password: right}, "hv99.lab.example", kerberos.CodeServiceUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := kerberos.New(m.config, row.id, new(net.Dialer).DialContext, clock.Real{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Begin(t.Context(), row.host, [16]byte{}); !hasCode(err, row.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("a clock that is ten minutes off", func(t *testing.T) {
		c, err := kerberos.New(m.config, kerberos.Identity{User: "arc", Password: right}, new(net.Dialer).DialContext, late{})
		if err != nil {
			t.Fatal(err)
		}
		var e *kerberos.Error
		if _, err := c.Begin(t.Context(), host, [16]byte{}); !errors.As(err, &e) || e.Code != kerberos.CodeSkew || (e.Off-10*time.Minute).Abs() > time.Minute {
			t.Errorf("got %v", err)
		}
	})
}

type late struct{ clock.Real }

func (late) Now() time.Time { return time.Now().UTC().Add(-10 * time.Minute) }

// Clients that nobody here wrote get tickets from the simulated KDC.
func TestMITClientsOfTheSimulatedRealm(t *testing.T) {
	program(t, "kinit")
	program(t, "kvno")
	kdc := simkerberos.NewKDC(simkerberos.Options{
		Realm: realmName, Key: bytes.Repeat([]byte{1}, 32), Now: time.Now,
		Accounts: func(name string) (simkerberos.Account, bool) {
			return simkerberos.Account{Password: right}, name == "arc"
		},
		Service: func(name string) ([]byte, bool) { return bytes.Repeat([]byte{7}, 32), name == "HTTP/"+host },
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- kdc.Serve(l) }()
	t.Cleanup(func() {
		_ = kdc.Close()
		<-served
	})
	dir := t.TempDir()
	m := &mitRealm{t: t, dir: dir, env: []string{"KRB5_CONFIG=" + krb5conf(t, dir, l.Addr().String()), "KRB5CCNAME=FILE:" + filepath.Join(dir, "ccache"), "PATH=" + os.Getenv("PATH")}}
	m.run(right+"\n", "kinit", "arc")
	m.run("", "kvno", "HTTP/"+host)
	if list := m.run("", "klist"); !strings.Contains(list, "krbtgt/LAB.EXAMPLE@LAB.EXAMPLE") || !strings.Contains(list, "HTTP/"+host+"@LAB.EXAMPLE") {
		t.Errorf("klist says %s", list)
	}
	// With the tickets of kinit our own client needs no KDC.
	c, err := kerberos.New(kerberos.Config{}, kerberos.Identity{User: "arc@LAB.EXAMPLE", CCache: m.file("ccache")}, func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("nobody is to be asked")
	}, clock.Real{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Begin(t.Context(), host, [16]byte{}); err != nil {
		t.Error(err)
	}
	if _, err := kerberos.New(kerberos.Config{}, kerberos.Identity{User: "eve@LAB.EXAMPLE", CCache: m.file("ccache")}, nil, clock.Real{}); err == nil {
		t.Error("tickets of another user are taken")
	}
}
