package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/arcwright/arcwright/planner"
)

// accessFlags are the flags for what a site says under access.
type accessFlags struct {
	secret, auth, proxyPassword string
	pins                        []string
	kerberos                    planner.Kerberos
	proxy                       planner.AccessProxy
}

func (f *accessFlags) add(c *cobra.Command, a *planner.Access) {
	c.Flags().StringVar(&f.secret, "password", "prompt", "reference to its password: env:NAME, file:PATH, keyring:SERVICE/NAME or prompt")
	c.Flags().StringVar(&f.auth, "auth", string(planner.AuthNTLM), "how to sign in: ntlm, kerberos, basic or certificate")
	c.Flags().StringVar(&a.CA, "ca", "", "PEM file with the authority of the hosts' certificates")
	c.Flags().StringArrayVar(&f.pins, "pin", nil, "key that a host's certificate must hold besides: HOST=SHA256, 64 hexadecimal digits")
	c.Flags().IntVar(&a.Port, "port", 0, "port of the HTTPS listener (default 5986)")
	c.Flags().StringVar(&f.kerberos.Config, "krb5-conf", "", "with --auth kerberos, the configuration (default $KRB5_CONFIG or /etc/krb5.conf, if there is one)")
	c.Flags().StringVar(&f.kerberos.Realm, "realm", "", "with --auth kerberos, the realm of an account without one")
	c.Flags().StringArrayVar(&f.kerberos.KDCs, "kdc", nil, "with --auth kerberos, a KDC of the realm (default the realm's name)")
	c.Flags().StringVar(&f.kerberos.Keytab, "keytab", "", "with --auth kerberos, a keytab instead of the password")
	c.Flags().StringVar(&f.kerberos.CCache, "ccache", "", "with --auth kerberos, a file of tickets instead of the password")
	c.Flags().StringVar(&a.Certificate, "certificate", "", "with --auth certificate, the PEM file of the certificate")
	c.Flags().StringVar(&a.Key, "key", "", "with --auth certificate, the PEM file of its key")
	c.Flags().StringVar(&f.proxy.Address, "proxy", "", "HTTP proxy to the hosts: NAME:PORT, or environment for HTTPS_PROXY and NO_PROXY")
	c.Flags().StringVar(&f.proxy.User, "proxy-user", "", "account at the proxy")
	c.Flags().StringVar(&f.proxyPassword, "proxy-password", "", "reference to its password, as --password")
	c.Flags().StringSliceVar(&f.proxy.NoProxy, "no-proxy", nil, "hosts reached without the proxy: names, .domains, addresses, subnets")
	_ = c.RegisterFlagCompletionFunc("auth", cobra.FixedCompletions([]string{"ntlm", "kerberos", "basic", "certificate"}, cobra.ShellCompDirectiveNoFileComp))
}

// into completes an access with the flags, and refuses those that mean nothing together.
func (f *accessFlags) into(a *planner.Access, c *cobra.Command, live bool) error {
	a.Password, a.Auth = planner.SecretRef(f.secret), planner.AuthMethod(f.auth)
	for name, ref := range map[string]string{"password": f.secret, "proxy-password": f.proxyPassword} {
		if ref != "" && !planner.IsReference(planner.SecretRef(ref)) {
			return usagef("write env:NAME, file:PATH, keyring:SERVICE/NAME or prompt; if it was a password, change it: it is in this shell's history", "--%s takes a reference to the password, not the password itself", name)
		}
	}
	if a.Auth == planner.AuthKerberos {
		a.Kerberos = &f.kerberos
	}
	for _, name := range []string{"krb5-conf", "realm", "kdc", "keytab", "ccache"} {
		if c.Flags().Changed(name) && a.Auth != planner.AuthKerberos {
			return usagef("add --auth kerberos", "--%s is for signing in by Kerberos", name)
		}
	}
	for _, pin := range f.pins {
		host, key, found := strings.Cut(pin, "=")
		if !found || host == "" {
			return usagef("write --pin hv01.corp.contoso.com=64 hexadecimal digits", "%q pins no key of a host", pin)
		}
		if a.Pins == nil {
			a.Pins = map[string]string{}
		}
		a.Pins[host] = key
	}
	if f.proxy.Address != "" {
		f.proxy.Password = planner.SecretRef(f.proxyPassword)
		a.Proxy = &f.proxy
	}
	for _, name := range []string{"proxy-user", "proxy-password", "no-proxy"} {
		if c.Flags().Changed(name) && f.proxy.Address == "" {
			return usagef("add --proxy NAME:PORT", "--%s is for a proxy", name)
		}
	}
	if f.kerberos.Keytab != "" || f.kerberos.CCache != "" || a.Auth == planner.AuthCertificate {
		if c.Flags().Changed("password") {
			return usagef("leave one out", "the password is not needed beside a keytab, tickets or a certificate")
		}
		a.Password = "" // nobody is asked for it
	}
	// A simulated site has its own certificate.
	if found := planner.AccessFindings(*a); len(found) > 0 && live {
		return usagef(found[0].Remedy, "%s", found[0].Message)
	}
	return nil
}
