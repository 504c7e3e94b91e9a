package kerberos

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Identity is a user and one proof of being that user.
type Identity struct {
	// User is name@REALM, or name or DOMAIN\name in the realm of the Config. It may be left
	// empty with CCache, which names its user.
	User string
	// Password is the user's.
	Password string `json:"-"`
	// Keytab is a keytab file with the user's key.
	Keytab []byte `json:"-"`
	// CCache is a file of tickets, as kinit writes it. They are not renewed.
	CCache []byte `json:"-"`
}

// String is the user, without any proof.
func (i Identity) String() string { return i.User }

// GoString is String, so that no verb prints a proof.
func (i Identity) GoString() string { return i.String() }

// A proof is where the user's key comes from.
type proof struct {
	password string
	keytab   *keytab.Keytab
}

// principal is the user as the KDC knows him. A suffix that is no realm of the Config is
// an enterprise name (RFC 6806, 5): the KDC says who is meant.
func (i Identity) principal(c Config) (name types.PrincipalName, realm string, err error) {
	user := i.User
	if _, after, found := strings.Cut(user, `\`); found {
		user = after
	}
	name = types.PrincipalName{NameType: nametype.KRB_NT_PRINCIPAL, NameString: strings.Split(user, "/")}
	if at := strings.LastIndexByte(user, '@'); at >= 0 {
		suffix := strings.ToUpper(user[at+1:])
		if c.Realm == "" || c.Realm == suffix || len(c.KDCs[suffix]) > 0 {
			name.NameString = strings.Split(user[:at], "/")
			realm = suffix
		} else {
			name = types.PrincipalName{NameType: nametype.KRB_NT_ENTERPRISE, NameString: []string{user}}
			realm = c.Realm
		}
	} else {
		realm = c.Realm
	}
	if realm == "" {
		return name, "", fmt.Errorf("user %q is in no realm: write name@REALM, or name the realm", i.User)
	}
	for _, part := range append([]string{realm}, name.NameString...) {
		if part == "" {
			return name, "", fmt.Errorf("user %q is none", i.User)
		}
	}
	return name, realm, nil
}

// errNoProof is a user without a password, a keytab or tickets.
var errNoProof = errors.New("signing in by Kerberos needs a password, a keytab or a file of tickets")

// open reads the identity's files into a client.
func (i Identity) open(c *Client) error {
	if len(i.CCache) > 0 {
		return i.openTickets(c)
	}
	var err error
	if c.name, c.realm, err = i.principal(c.config); err != nil {
		return err
	}
	switch {
	case len(i.Keytab) > 0:
		c.proof.keytab, err = guarded(func() (*keytab.Keytab, error) {
			if err := checkKeytab(i.Keytab); err != nil {
				return nil, err
			}
			k := keytab.New()
			return k, k.Unmarshal(i.Keytab)
		})
		if err != nil {
			return fmt.Errorf("read keytab: %w", err)
		}
	case i.Password == "":
		return errNoProof
	}
	c.proof.password = i.Password
	return nil
}

// openTickets takes over the tickets of a file.
func (i Identity) openTickets(c *Client) error {
	file, err := guarded(func() (*credentials.CCache, error) {
		if err := checkTickets(i.CCache); err != nil {
			return nil, err
		}
		f := new(credentials.CCache)
		return f, f.Unmarshal(i.CCache)
	})
	if err != nil {
		return fmt.Errorf("read file of tickets: %w", err)
	}
	c.name, c.realm = file.DefaultPrincipal.PrincipalName, file.DefaultPrincipal.Realm
	c.fromFile = true
	for _, entry := range file.GetEntries() {
		t := &ticket{key: entry.Key, realm: entry.Client.Realm, name: entry.Client.PrincipalName, start: entry.StartTime, end: entry.EndTime}
		if t.start.Unix() == 0 {
			t.start = time.Time{}
		}
		if err := t.ticket.Unmarshal(entry.Ticket); err != nil {
			return fmt.Errorf("read file of tickets: %w", err)
		}
		server := entry.Server.PrincipalName.NameString
		switch {
		case len(server) == 2 && server[0] == ticketGranting:
			c.granting[server[1]] = t
		case len(server) == 2:
			c.services[entry.Server.PrincipalName.PrincipalNameString()] = t
		}
	}
	if i.User == "" {
		return nil
	}
	name, realm, err := i.principal(Config{Realm: c.realm})
	if err != nil {
		return err
	}
	if realm != c.realm || !strings.EqualFold(name.PrincipalNameString(), c.name.PrincipalNameString()) {
		return fmt.Errorf("the file of tickets is of %s@%s, not of %s", c.name.PrincipalNameString(), c.realm, i.User)
	}
	return nil
}

// A ticket is one with its session key.
type ticket struct {
	ticket     messages.Ticket
	key        types.EncryptionKey
	name       types.PrincipalName // whose it is, and the realm of that
	realm      string
	start, end time.Time
}

// goodFor is how long a ticket must be good still to be used.
const goodFor = time.Minute

func (t *ticket) good(now time.Time) bool { return t != nil && now.Add(goodFor).Before(t.end) }
