package kerberos

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/config"
)

// Config says which realms there are and where their KDCs listen. The zero Config works
// for a user who is named with a realm, where the realm's name leads to its KDCs in DNS:
// in Active Directory the name of a domain has the addresses of its controllers.
type Config struct {
	// Realm is the realm of a user who is named without one, or by DOMAIN\name.
	Realm string
	// KDCs are the KDCs of realms, each name:port or a name, whose port is then 88. A realm
	// that is not in here has one: its own name in lower case.
	KDCs map[string][]string
	// Domains are realms by the name of a host, or by a domain with a dot before it. A host
	// that none fits is asked for in the user's realm, which may refer to another.
	Domains map[string]string
	// Skew is how far a KDC's clock may be off; 0 is five minutes, as in Active Directory.
	Skew time.Duration
}

const (
	defaultSkew = 5 * time.Minute
	kdcPort     = "88"
)

// ParseConfig reads the sections libdefaults, realms and domain_realm of a krb5.conf. Of
// its other sections, of files that it includes and of SRV records nothing is used.
func ParseConfig(text []byte) (Config, error) {
	read, err := guarded(func() (*config.Config, error) { return config.NewFromReader(bytes.NewReader(text)) })
	var beyond config.UnsupportedDirective
	if err != nil && !errors.As(err, &beyond) {
		return Config{}, fmt.Errorf("read Kerberos configuration: %w", err)
	}
	c := Config{Realm: read.LibDefaults.DefaultRealm, KDCs: map[string][]string{}, Domains: map[string]string{}, Skew: read.LibDefaults.Clockskew}
	for _, r := range read.Realms {
		for _, kdc := range r.KDC {
			kdc = strings.TrimPrefix(strings.TrimPrefix(kdc, "tcp/"), "udp/")
			c.KDCs[r.Realm] = append(c.KDCs[r.Realm], kdc)
		}
	}
	maps.Copy(c.Domains, read.DomainRealm)
	return c, nil
}

// kdcs are the addresses of a realm's KDCs.
func (c Config) kdcs(realm string) []string {
	names := c.KDCs[realm]
	if len(names) == 0 {
		names = []string{strings.ToLower(realm)}
	}
	addresses := make([]string, 0, len(names))
	for _, name := range names {
		if _, _, err := net.SplitHostPort(name); err != nil {
			name = net.JoinHostPort(strings.Trim(name, "[]"), kdcPort)
		}
		addresses = append(addresses, name)
	}
	return addresses
}

// realmOf is the realm that a host is said to be in, empty when nothing is said.
func (c Config) realmOf(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if realm, ok := c.Domains[host]; ok {
		return realm
	}
	for rest := host; ; {
		dot := strings.IndexByte(rest, '.')
		if dot < 0 {
			return ""
		}
		rest = rest[dot+1:]
		if realm, ok := c.Domains["."+rest]; ok {
			return realm
		}
	}
}

func (c Config) skew() time.Duration {
	if c.Skew == 0 {
		return defaultSkew
	}
	return c.Skew
}

// errDamaged is a file that its decoder could not make sense of.
var errDamaged = errors.New("it is damaged")

// guarded turns a panic of a decoder of gokrb5 into an error: those of its files index what
// a file that was cut off does not hold.
func guarded[T any](decode func() (T, error)) (v T, err error) {
	defer func() {
		if recover() != nil {
			err = errDamaged
		}
	}()
	return decode()
}
