package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/winrm"
)

func TestProxiesOfHosts(t *testing.T) {
	secret := func(_ context.Context, ref planner.SecretRef) (string, error) { return "word of " + string(ref), nil }
	for _, tt := range []struct {
		name  string
		proxy *planner.AccessProxy
		env   map[string]string
		host  string
		want  winrm.Proxy
	}{
		{"no proxy, whatever the environment says", nil, map[string]string{"HTTPS_PROXY": "http://env:1"}, "hv01.lab.example:5986", winrm.Proxy{}},
		{"a proxy for all", &planner.AccessProxy{Address: "p:3128"}, nil, "hv01.lab.example:5986", winrm.Proxy{Address: "p:3128"}},
		{"with an account", &planner.AccessProxy{Address: "p:3128", User: "ann", Password: "env:X"}, nil, "hv01.lab.example:5986", winrm.Proxy{Address: "p:3128", User: "ann", Password: "word of env:X"}},
		{"not for a domain", &planner.AccessProxy{Address: "p:3128", NoProxy: []string{".lab.example"}}, nil, "hv01.lab.example:5986", winrm.Proxy{}},
		{"for another domain", &planner.AccessProxy{Address: "p:3128", NoProxy: []string{".lab.example"}}, nil, "hv01.other.example:5986", winrm.Proxy{Address: "p:3128"}},
		{"not for a subnet", &planner.AccessProxy{Address: "p:3128", NoProxy: []string{"10.0.0.0/8"}}, nil, "10.1.2.3:5986", winrm.Proxy{}},
		{"not for a name", &planner.AccessProxy{Address: "p:3128", NoProxy: []string{"a", "hv01.lab.example"}}, nil, "hv01.lab.example:5986", winrm.Proxy{}},
		{"of the environment", &planner.AccessProxy{Address: "environment"}, map[string]string{"HTTPS_PROXY": "http://bob:w@env:8080", "NO_PROXY": ".other.example"}, "hv01.lab.example:5986",
			winrm.Proxy{Address: "env:8080", User: "bob", Password: "w"}},
		{"not for what the environment leaves out", &planner.AccessProxy{Address: "environment"}, map[string]string{"HTTPS_PROXY": "http://env", "NO_PROXY": ".lab.example"}, "hv01.lab.example:5986", winrm.Proxy{}},
		{"of an environment without a port", &planner.AccessProxy{Address: "environment"}, map[string]string{"HTTPS_PROXY": "http://env"}, "hv01.lab.example:5986", winrm.Proxy{Address: "env:80"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"} {
				t.Setenv(name, tt.env[name])
			}
			reach := provision.Reach{Secret: secret}
			if err := (access{planner.Access{Proxy: tt.proxy}, "."}).fill(&reach); err != nil {
				t.Fatal(err)
			}
			if reach.Proxy == nil {
				if tt.want != (winrm.Proxy{}) {
					t.Error("there is no proxy")
				}
				return
			}
			got, err := reach.Proxy(t.Context(), tt.host)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestFilesOfAnAccess(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("krb5.conf", "[libdefaults]\n default_realm = CORP\n[realms]\n CORP = {\n  kdc = dc01\n }\n")
	write("keys", "keytab")
	write("tickets", "ccache")
	write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "NOTHING"})))
	t.Setenv("KRB5_CONFIG", filepath.Join(dir, "krb5.conf"))
	for _, tt := range []struct {
		name   string
		access planner.Access
		says   string // of the error; empty for none
		check  func(r provision.Reach) bool
	}{
		{"the environment's realm", planner.Access{Auth: planner.AuthKerberos}, "", func(r provision.Reach) bool {
			return r.Realm.Realm == "CORP" && strings.HasPrefix(r.Realm.KDCs["CORP"][0], "dc01")
		}},
		{"the site's realm before it", planner.Access{Auth: planner.AuthKerberos, Kerberos: &planner.Kerberos{Realm: "LAB", KDCs: []string{"dc02"}}}, "", func(r provision.Reach) bool {
			return r.Realm.Realm == "LAB" && r.Realm.KDCs["LAB"][0] == "dc02"
		}},
		{"a keytab", planner.Access{Auth: planner.AuthKerberos, Kerberos: &planner.Kerberos{Keytab: "keys"}}, "", func(r provision.Reach) bool { return string(r.Keytab) == "keytab" }},
		{"tickets", planner.Access{Auth: planner.AuthKerberos, Kerberos: &planner.Kerberos{CCache: "tickets"}}, "", func(r provision.Reach) bool { return string(r.CCache) == "ccache" }},
		{"a pin", planner.Access{Pins: map[string]string{"HV01": strings.Repeat("ab", 32)}}, "", func(r provision.Reach) bool { return r.Pins["hv01"][31] == 0xab }},
		{"a keytab that is not there", planner.Access{Auth: planner.AuthKerberos, Kerberos: &planner.Kerberos{Keytab: "none"}}, "none", nil},
		{"a configuration that is not there", planner.Access{Auth: planner.AuthKerberos, Kerberos: &planner.Kerberos{Config: "none.conf"}}, "none.conf", nil},
		{"an authority that is none", planner.Access{CA: "ca.pem"}, "holds no certificate", nil},
		{"a pin that is too long", planner.Access{Pins: map[string]string{"HV01": strings.Repeat("ab", 33)}}, "no SHA-256", nil},
		{"a certificate that is none", planner.Access{Auth: planner.AuthCertificate, Certificate: "keys", Key: "keys"}, "no certificate and its key", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reach := provision.Reach{RootCAs: (*x509.CertPool)(nil)}
			err := access{tt.access, dir}.fill(&reach)
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || !tt.check(reach) {
				t.Errorf("got %v, %+v", err, reach.Realm)
			}
		})
	}
}
