package planner

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// AccessFindings judges how hosts are signed in to, on its own.
func AccessFindings(a Access) []Finding {
	j := &judge{}
	j.signIn(a)
	if p := a.Proxy; p != nil {
		j.reference("site.access.proxy.password", p.Password, false)
		j.accessProxy(p)
	}
	return j.findings
}

// accessProxy judges what may be a secret where none belongs.
func (j *judge) accessProxy(p *AccessProxy) {
	if strings.Contains(p.Address, "@") {
		j.add(Finding{Code: "secret-reference", Severity: Block, Path: "site.access.proxy.address", Owner: OwnerYou, Message: "the address of the proxy holds an account, and perhaps its password",
			Remedy: "write name:port, the account as user and a reference to its password as password"})
	}
}

// signIn judges how the hosts are signed in to.
func (j *judge) signIn(a Access) {
	add := func(key, evidence, message, remedy string) {
		j.add(Finding{Code: "access-sign-in", Severity: Block, Path: "site.access." + key, Owner: OwnerYou, Evidence: evidence, Message: message, Remedy: remedy})
	}
	methods := []AuthMethod{AuthNTLM, AuthKerberos, AuthBasic, AuthCertificate}
	if a.Auth != "" && !slices.Contains(methods, a.Auth) {
		add("auth", string(a.Auth), fmt.Sprintf("%s is no way to sign in", quoted(a.Auth)), "write ntlm, kerberos, basic or certificate")
	}
	if a.Auth == AuthCertificate && (a.Certificate == "" || a.Key == "") {
		add("certificate", "", "signing in by certificate needs a certificate and its key", "name the two PEM files as certificate and key")
	}
	if a.Auth != AuthCertificate && (a.Certificate != "" || a.Key != "") {
		add("certificate", a.Certificate, "a certificate is named and not signed in with", "write auth: certificate, or leave it out")
	}
	if k := a.Kerberos; k != nil {
		switch {
		case a.Auth != AuthKerberos:
			add("kerberos", string(a.Auth), "Kerberos is described and not signed in with", "write auth: kerberos, or leave it out")
		case k.Keytab != "" && k.CCache != "":
			add("kerberos", k.CCache, "a keytab and a file of tickets are named, and one proves the account", "leave one out")
		case strings.ToUpper(k.Realm) != k.Realm:
			add("kerberos.realm", k.Realm, fmt.Sprintf("%s is not in capitals, as the realms of Active Directory are", quoted(k.Realm)), "write "+strings.ToUpper(k.Realm))
		}
	}
	for _, host := range slices.Sorted(maps.Keys(a.Pins)) {
		if b, err := hex.DecodeString(a.Pins[host]); err != nil || len(b) != 32 {
			add("pins."+host, a.Pins[host], "the pinned key is no SHA-256", "write 64 hexadecimal digits")
		}
	}
	if p := a.Proxy; p != nil && p.Address != "environment" && !strings.Contains(p.Address, "@") {
		colon := strings.LastIndexByte(p.Address, ':')
		if port, err := strconv.ParseUint(p.Address[colon+1:], 10, 16); colon < 1 || err != nil || port == 0 || strings.Contains(p.Address, "/") {
			add("proxy.address", p.Address, fmt.Sprintf("%s is no address of a proxy", quoted(p.Address)), "write name:port, or environment")
		}
	}
}
