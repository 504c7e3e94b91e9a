package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision"
	"github.com/arcwright/arcwright/provision/kerberos"
	"github.com/arcwright/arcwright/provision/winrm"
)

// An access reads the files that a site's access names. Relative ones count from base.
type access struct {
	planner.Access
	base string
}

func (a access) read(name string) ([]byte, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(a.base, name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	return text, nil
}

// authorities reads a PEM file; nil without one.
func (a access) authorities(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	text, err := a.read(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, usagef("export the authority's certificate as Base-64 (PEM)", "%s holds no certificate", name)
	}
	return pool, nil
}

// fill completes the way to the live hosts.
func (a access) fill(reach *provision.Reach) error {
	var err error
	if reach.RootCAs, err = a.authorities(a.CA); err != nil {
		return err
	}
	reach.Pins = map[string]winrm.Pin{}
	for host, text := range a.Pins {
		var pin winrm.Pin
		if n, err := hex.Decode(pin[:], []byte(text[:min(len(text), 2*len(pin))])); err != nil || n != len(pin) || len(text) != 2*len(pin) {
			return usagef("write the SHA-256 of its public key in 64 hexadecimal digits", "the key pinned for %s is no SHA-256", host)
		}
		reach.Pins[strings.ToLower(host)] = pin
	}
	reach.Proxy = a.proxy(reach)
	switch a.Auth {
	case planner.AuthCertificate:
		return a.certificate(reach)
	case planner.AuthKerberos:
		return a.kerberos(reach)
	}
	return nil
}

func (a access) certificate(reach *provision.Reach) error {
	if a.Certificate == "" || a.Key == "" {
		return usagef("name both PEM files", "signing in by certificate needs a certificate and its key")
	}
	cert, err := a.read(a.Certificate)
	if err != nil {
		return err
	}
	key, err := a.read(a.Key)
	if err != nil {
		return err
	}
	if reach.Certificate, err = tls.X509KeyPair(cert, key); err != nil {
		return usagef("both are PEM files, the key without a passphrase", "%s and %s are no certificate and its key: %v", a.Certificate, a.Key, err)
	}
	return nil
}

// kerberos reads where the realm is. What the site says goes before what a krb5.conf says.
func (a access) kerberos(reach *provision.Reach) error {
	var k planner.Kerberos
	if a.Kerberos != nil {
		k = *a.Kerberos
	}
	// An environment is not the site's: its paths count from here.
	file, named := k.Config, k.Config != ""
	if !named {
		file, named = os.Getenv("KRB5_CONFIG"), os.Getenv("KRB5_CONFIG") != ""
	}
	var text []byte
	var err error
	if k.Config != "" {
		if text, err = a.read(file); err != nil {
			return err
		}
	} else if text, err = os.ReadFile(cmp.Or(file, "/etc/krb5.conf")); err != nil && (named || !errors.Is(err, fs.ErrNotExist)) {
		return unreadable(cmp.Or(file, "/etc/krb5.conf"), err)
	}
	if reach.Realm, err = kerberos.ParseConfig(text); err != nil {
		return usagef("correct it, or name another as access.kerberos.config", "%s: %v", cmp.Or(file, "/etc/krb5.conf"), err)
	}
	reach.Realm.Realm = cmp.Or(k.Realm, reach.Realm.Realm)
	if len(k.KDCs) > 0 {
		realm := reach.Realm.Realm
		if _, suffix, found := strings.Cut(a.User, "@"); realm == "" && found {
			realm = strings.ToUpper(suffix)
		}
		reach.Realm.KDCs[realm] = k.KDCs
	}
	if k.Keytab != "" {
		if reach.Keytab, err = a.read(k.Keytab); err != nil {
			return err
		}
	}
	if k.CCache != "" {
		if reach.CCache, err = a.read(k.CCache); err != nil {
			return err
		}
	}
	return nil
}

// proxy finds the proxy of each host, nil when the site names none.
func (a access) proxy(reach *provision.Reach) func(context.Context, string) (winrm.Proxy, error) {
	p := a.Proxy
	if p == nil {
		return nil
	}
	config := &httpproxy.Config{HTTPSProxy: "http://" + p.Address, NoProxy: strings.Join(p.NoProxy, ",")}
	if p.Address == "environment" {
		config = httpproxy.FromEnvironment()
		if len(p.NoProxy) > 0 {
			config.NoProxy = strings.Join(append(p.NoProxy, config.NoProxy), ",")
		}
	}
	which := config.ProxyFunc()
	return func(ctx context.Context, address string) (winrm.Proxy, error) {
		found, err := which(&url.URL{Scheme: "https", Host: address})
		switch {
		case err != nil:
			return winrm.Proxy{}, usagef("write http://name:port", "the environment's proxy is no address") // which may hold a password
		case found == nil:
			return winrm.Proxy{}, nil
		case found.Scheme != "http":
			return winrm.Proxy{}, usagef("write http://name:port", "the proxy %s is not reached by plain HTTP", found.Host)
		}
		proxy := winrm.Proxy{Address: found.Host, User: cmp.Or(p.User, found.User.Username())}
		if found.Port() == "" {
			proxy.Address += ":80"
		}
		if p.Password != "" {
			if proxy.Password, err = reach.Secret(ctx, p.Password); err != nil {
				return winrm.Proxy{}, &provision.ErrSecret{Ref: p.Password, Err: err}
			}
		} else {
			proxy.Password, _ = found.User.Password()
		}
		return proxy, nil
	}
}
