// Package directory_test holds provision/directory against directories that speak LDAP: the
// simulated one in every run, and Samba's domain controller with the tag samba, inside
// test/directory/lab.
package directory_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/provision/clock"
	"github.com/arcwright/arcwright/provision/directory"
)

// A lab is a directory that a suite is run against.
type lab struct {
	server directory.Server // signs in its administrator
	dial   clock.DialFunc
	clock  clock.Clock
	// plain connects a client that nobody here wrote, signed in as nobody.
	plain func(t *testing.T) *ldap.Conn
	// expire makes the password of a user expire, whose distinguished name is given; nil where
	// that takes days.
	expire func(t *testing.T, l *lab, dn string)
	// resolve asks the directory's DNS server, if it has one.
	resolve func(t *testing.T, name string) []string
}

const (
	domainDN = "DC=lab,DC=example"
	password = "Correct-horse-9"
)

// open signs in; an empty user is the administrator.
func (l *lab) open(t *testing.T, user, secret string) (*directory.Client, error) {
	t.Helper()
	s := l.server
	if user != "" {
		s.User, s.Password = user, secret
	}
	l.clock.Busy(+1)
	defer l.clock.Busy(-1)
	return directory.Open(t.Context(), s, l.dial, l.clock)
}

// with runs f with a client of the administrator.
func (l *lab) with(t *testing.T, f func(context.Context, *directory.Client)) {
	t.Helper()
	l.as(t, "", "", f)
}

func (l *lab) as(t *testing.T, user, secret string, f func(context.Context, *directory.Client)) {
	t.Helper()
	c, err := l.open(t, user, secret)
	if err != nil {
		t.Fatal(err)
	}
	l.clock.Busy(+1)
	defer l.clock.Busy(-1)
	defer c.Close()
	f(t.Context(), c)
}

func (l *lab) look(t *testing.T, w directory.Wanted) (s directory.Sight) {
	t.Helper()
	l.with(t, func(ctx context.Context, c *directory.Client) {
		var err error
		if s, err = c.Look(ctx, w); err != nil {
			t.Fatal(err)
		}
	})
	return s
}

func (l *lab) apply(t *testing.T, w directory.Wanted, o directory.Options) (r directory.Result) {
	t.Helper()
	l.with(t, func(ctx context.Context, c *directory.Client) {
		var err error
		if r, err = c.Apply(ctx, w, o); err != nil {
			t.Fatal(err)
		}
	})
	return r
}

// raw is a connection of a client that nobody here wrote, signed in.
func (l *lab) raw(t *testing.T, user, secret string) *ldap.Conn {
	t.Helper()
	conn := l.plain(t)
	t.Cleanup(func() { conn.Close() })
	if err := conn.Bind(user, secret); err != nil {
		t.Fatal(err)
	}
	return conn
}

func (l *lab) admin(t *testing.T) *ldap.Conn {
	t.Helper()
	return l.raw(t, l.server.User, l.server.Password)
}

func encodedPassword(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(`"` + text + `"`)) {
		b.Write([]byte{byte(u), byte(u >> 8)})
	}
	return b.String()
}

func add(t *testing.T, conn *ldap.Conn, dn string, attributes map[string][]string) {
	t.Helper()
	request := ldap.NewAddRequest(dn, nil)
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		request.Attribute(name, attributes[name])
	}
	if err := conn.Add(request); err != nil {
		t.Fatalf("add %s: %v", dn, err)
	}
}

func replace(t *testing.T, conn *ldap.Conn, dn, name string, values ...string) {
	t.Helper()
	request := ldap.NewModifyRequest(dn, nil)
	request.Replace(name, values)
	if err := conn.Modify(request); err != nil {
		t.Fatalf("change %s of %s: %v", name, dn, err)
	}
}

func unit(t *testing.T, conn *ldap.Conn, dn string) {
	t.Helper()
	add(t, conn, dn, map[string][]string{"objectClass": {"organizationalUnit"}})
}

// user makes a user who may sign in, and returns its distinguished name.
func user(t *testing.T, conn *ldap.Conn, name, in string) string {
	t.Helper()
	dn := "CN=" + name + "," + in
	add(t, conn, dn, map[string][]string{"objectClass": {"user"}, "sAMAccountName": {name}, "userPrincipalName": {name + "@lab.example"},
		"userAccountControl": {"512"}, "unicodePwd": {encodedPassword(password)}})
	return dn
}

func computer(t *testing.T, conn *ldap.Conn, name, in string, control int, more map[string][]string) string {
	t.Helper()
	dn := "CN=" + name + "," + in
	attributes := map[string][]string{"objectClass": {"computer"}, "sAMAccountName": {strings.ToUpper(name) + "$"}, "userAccountControl": {strconv.Itoa(control)}}
	maps.Copy(attributes, more)
	add(t, conn, dn, attributes)
	return dn
}

func read(t *testing.T, conn *ldap.Conn, dn string, attributes ...string) *ldap.Entry {
	t.Helper()
	request := ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", attributes, nil)
	result, err := conn.Search(request)
	if err != nil || len(result.Entries) != 1 {
		t.Fatalf("read %s: %v", dn, err)
	}
	return result.Entries[0]
}

// site is a site of two hosts, whose names begin with a prefix of their own: the suite's
// tests share one directory.
func site(prefix string) planner.Input {
	agent := netip.MustParsePrefix("10.9.0.30/24")
	in := planner.Input{
		Site: planner.Site{Name: prefix, Access: planner.Access{User: `LAB\` + prefix + "-operator"},
			Directory: planner.Directory{
				Domain: "lab.example", OU: "OU=Hosts,OU=" + prefix + "," + domainDN, ServicesOU: "OU=Services,OU=" + prefix + "," + domainDN,
				ClusterName: prefix + "-cl", CloudAgentRole: prefix + "-ca", Groups: []string{prefix + " cluster admins"},
			},
			Network: planner.Network{CloudAgent: &agent}},
		Profile: profiles.Profile{Generation: profiles.AksHci},
	}
	for i := range 2 {
		in.Inventory.Hosts = append(in.Inventory.Hosts, planner.Host{Name: fmt.Sprintf("%s-hv%d.lab.example", prefix, i+1), Address: netip.AddrFrom4([4]byte{10, 9, 0, byte(11 + i)})})
	}
	return in
}

func want(in planner.Input) directory.Wanted {
	return directory.Want(in, planner.Plan{Addresses: planner.AddressMap{CloudAgent: in.Site.Network.CloudAgent}})
}

func codes(s directory.Sight) []string {
	var list []string
	for _, f := range s.Findings {
		list = append(list, f.Code+" "+f.Path)
	}
	return list
}

func whats(changes []directory.Change) []string {
	var list []string
	for _, c := range changes {
		list = append(list, c.What)
	}
	return list
}

// everything is all objects that others made, with what they have, but for what the server
// counts and works out.
func everything(t *testing.T, conn *ldap.Conn, site string) map[string]map[string][]string {
	t.Helper()
	all := map[string]map[string][]string{}
	for _, base := range []string{domainDN, "DC=DomainDnsZones," + domainDN} {
		request := ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"*", "nTSecurityDescriptor"}, nil)
		result, err := conn.Search(request)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range result.Entries {
			if e.GetAttributeValue("adminDescription") == directory.Mark(site) {
				continue
			}
			has := map[string][]string{}
			for _, a := range e.Attributes {
				switch strings.ToLower(a.Name) {
				case "usnchanged", "whenchanged", "lastlogon", "lastlogontimestamp", "logoncount", "badpwdcount", "ridnextrid", "ridpreviousallocationpool", "ridallocationpool", "rIDUsedPool":
				default:
					has[a.Name] = a.Values
				}
			}
			all[e.DN] = has
		}
	}
	return all
}

// suite is what every directory must pass.
func suite(t *testing.T, l *lab) {
	t.Run("all that a site needs is made, and then there is nothing to do", func(t *testing.T) { madeWhole(t, l) })
	t.Run("the rights are those that were meant", func(t *testing.T) { rightsHold(t, l) })
	t.Run("what others have made is only added to when that is asked for", func(t *testing.T) { othersKept(t, l) })
	t.Run("a user without rights is told so, and nothing is made", func(t *testing.T) { withoutRights(t, l) })
	t.Run("a wrong unit is told, and nothing is made or moved", func(t *testing.T) { wrongUnit(t, l) })
	t.Run("who is not let in is told why", func(t *testing.T) { notLetIn(t, l) })
	t.Run("names that others hold are told", func(t *testing.T) { namesHeld(t, l) })
	t.Run("records of others stay as they are", func(t *testing.T) { recordsKept(t, l) })
	t.Run("a cluster that exists must have its object", func(t *testing.T) { clusterExists(t, l) })
	t.Run("a server of another domain is told", func(t *testing.T) {
		in := site("elsewhere")
		in.Site.Directory.Domain = "corp.example"
		if s := l.look(t, want(in)); !slices.ContainsFunc(s.Findings, func(f planner.Finding) bool { return f.Code == "directory-other" && f.Severity == planner.Block }) {
			t.Errorf("found %v", codes(s))
		}
	})
	t.Run("the key of another server is refused", func(t *testing.T) {
		s := l.server
		s.Pin[0] = 1
		l.clock.Busy(+1)
		defer l.clock.Busy(-1)
		if _, err := directory.Open(t.Context(), s, l.dial, l.clock); directory.ClassOf(err) != directory.ClassTrust {
			t.Errorf("opened: %v", err)
		}
	})
}

func madeWhole(t *testing.T, l *lab) {
	in := site("whole")
	conn := l.admin(t)
	user(t, conn, "whole-operator", "CN=Users,"+domainDN)
	before := everything(t, conn, "whole")
	r := l.apply(t, want(in), directory.Options{})
	wanted := []string{
		"make the organisational unit OU=whole,DC=lab,DC=example",
		"make the organisational unit OU=Hosts,OU=whole,DC=lab,DC=example",
		"make the organisational unit OU=Services,OU=whole,DC=lab,DC=example",
		"make the computer object of the host whole-hv1 in OU=Hosts,OU=whole,DC=lab,DC=example",
		"make the computer object of the host whole-hv2 in OU=Hosts,OU=whole,DC=lab,DC=example",
		"make the computer object of the failover cluster whole-cl in OU=Hosts,OU=whole,DC=lab,DC=example",
		"make the computer object of the cloud agent whole-ca in OU=Services,OU=whole,DC=lab,DC=example",
		"make the group whole cluster admins in OU=Services,OU=whole,DC=lab,DC=example",
		"make the DNS record whole-hv1.lab.example of 10.9.0.11",
		"make the DNS record whole-hv2.lab.example of 10.9.0.12",
		"make the DNS record whole-ca.lab.example of 10.9.0.30",
		"allow whole-operator to fully control all of OU=Hosts,OU=whole,DC=lab,DC=example",
		"allow whole-operator to fully control CN=whole-cl,OU=Hosts,OU=whole,DC=lab,DC=example",
		"allow WHOLE-CL$ to fully control CN=whole-ca,OU=Services,OU=whole,DC=lab,DC=example",
	}
	got := slices.DeleteFunc(whats(r.Made), func(s string) bool { return strings.HasPrefix(s, "allow WHOLE-CL$ to fully control DC=") })
	if len(got) != len(r.Made)-1 {
		t.Errorf("the right over the record was not given: %q", whats(r.Made))
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
	if len(r.After.Findings) > 0 || len(r.After.Changes) > 0 {
		t.Errorf("afterwards there is %v, and %v to do", codes(r.After), whats(r.After.Changes))
	}
	if diff := cmp.Diff(before, everything(t, conn, "whole")); diff != "" {
		t.Errorf("what others made was changed:\n%s", diff)
	}
	if again := l.apply(t, want(in), directory.Options{Existing: true}); len(again.Made) > 0 {
		t.Errorf("the second time %v was made", whats(again.Made))
	}
	for dn, control := range map[string]string{"CN=whole-cl,OU=Hosts,OU=whole," + domainDN: "4098", "CN=whole-ca,OU=Services,OU=whole," + domainDN: "4098", "CN=whole-hv1,OU=Hosts,OU=whole," + domainDN: "4128"} {
		if e := read(t, conn, dn, "userAccountControl"); e.GetAttributeValue("userAccountControl") != control {
			t.Errorf("%s has userAccountControl %s, want %s", dn, e.GetAttributeValue("userAccountControl"), control)
		}
	}
	if l.resolve != nil {
		if got := l.resolve(t, "whole-ca.lab.example"); !slices.Equal(got, []string{"10.9.0.30"}) {
			t.Errorf("whole-ca.lab.example is %v by DNS", got)
		}
	}
}

// signsIn gives a computer object a password, enables it and signs in with it.
func signsIn(t *testing.T, l *lab, conn *ldap.Conn, dn, account string) *ldap.Conn {
	t.Helper()
	replace(t, conn, dn, "unicodePwd", encodedPassword(password))
	replace(t, conn, dn, "userAccountControl", "4096")
	return l.raw(t, account+"@lab.example", password)
}

// The proof of a right is that it can be used, and that it could not be before.
func rightsHold(t *testing.T, l *lab) {
	in := site("rights")
	in.Site.Directory.CloudAgentRole = "" // so that the failover cluster has to make the object
	conn := l.admin(t)
	unit(t, conn, "OU=rights,"+domainDN)
	unit(t, conn, in.Site.Directory.OU)
	unit(t, conn, in.Site.Directory.ServicesOU)
	user(t, conn, "rights-operator", "CN=Users,"+domainDN)
	cluster := computer(t, conn, "rights-cl", in.Site.Directory.OU, 4098, nil)
	as := signsIn(t, l, conn, cluster, "RIGHTS-CL$")
	make := func(name string, in string) error {
		request := ldap.NewAddRequest("CN="+name+","+in, nil)
		request.Attribute("objectClass", []string{"computer"})
		request.Attribute("sAMAccountName", []string{strings.ToUpper(name) + "$"})
		request.Attribute("userAccountControl", []string{"4098"})
		return as.Add(request)
	}
	if err := make("rights-early", in.Site.Directory.OU); !ldap.IsErrorWithCode(err, ldap.LDAPResultInsufficientAccessRights) {
		t.Fatalf("before: %v", err)
	}
	replace(t, conn, cluster, "userAccountControl", "4098")
	r := l.apply(t, want(in), directory.Options{Existing: true})
	if slices.ContainsFunc(r.After.Findings, func(f planner.Finding) bool { return f.Code == "directory-right" }) {
		t.Errorf("afterwards %v", codes(r.After))
	}
	replace(t, conn, cluster, "userAccountControl", "4096")
	as = l.raw(t, "RIGHTS-CL$@lab.example", password)
	if err := make("rights-made", in.Site.Directory.OU); err != nil {
		t.Errorf("the failover cluster cannot make a computer object: %v", err)
	}
	if err := make("rights-other", in.Site.Directory.ServicesOU); !ldap.IsErrorWithCode(err, ldap.LDAPResultInsufficientAccessRights) {
		t.Errorf("in another unit: %v", err)
	}
	request := ldap.NewAddRequest("CN=rights-user,"+in.Site.Directory.OU, nil)
	request.Attribute("objectClass", []string{"group"})
	request.Attribute("sAMAccountName", []string{"rights-user"})
	if err := as.Add(request); !ldap.IsErrorWithCode(err, ldap.LDAPResultInsufficientAccessRights) {
		t.Errorf("a group: %v", err)
	}
	// The operator controls what is below the unit as well.
	operator := l.raw(t, "rights-operator@lab.example", password)
	replace(t, operator, "CN=rights-made,"+in.Site.Directory.OU, "description", "changed by the operator")
}

func othersKept(t *testing.T, l *lab) {
	in := site("others")
	conn := l.admin(t)
	user(t, conn, "others-operator", "CN=Users,"+domainDN)
	unit(t, conn, "OU=others,"+domainDN)
	unit(t, conn, in.Site.Directory.OU)
	computer(t, conn, "others-hv1", in.Site.Directory.OU, 4098, map[string][]string{"servicePrincipalName": {"HOST/others-hv1.lab.example"}})
	before := everything(t, conn, "others")
	r := l.apply(t, want(in), directory.Options{})
	if diff := cmp.Diff(before, everything(t, conn, "others")); diff != "" {
		t.Errorf("what others made was changed:\n%s", diff)
	}
	left := []string{
		"add the service principal names HOST/OTHERS-HV1, WSMAN/OTHERS-HV1, WSMAN/others-hv1.lab.example to CN=others-hv1,OU=Hosts,OU=others,DC=lab,DC=example",
		"allow others-operator to fully control all of OU=Hosts,OU=others,DC=lab,DC=example",
	}
	if diff := cmp.Diff(left, whats(r.After.Changes)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	r = l.apply(t, want(in), directory.Options{Existing: true})
	if len(r.After.Changes) > 0 || !cmp.Equal(whats(r.Made), left) {
		t.Errorf("asked to, it made %v and left %v", whats(r.Made), whats(r.After.Changes))
	}
	after := everything(t, conn, "others")
	for dn, has := range before {
		now := after[dn]
		for name, values := range has {
			if name == "nTSecurityDescriptor" {
				keptEntries(t, dn, values[0], now[name][0])
			} else if name == "servicePrincipalName" {
				for _, v := range values {
					if !slices.Contains(now[name], v) {
						t.Errorf("%s lost %s", dn, v)
					}
				}
			} else if !cmp.Equal(values, now[name]) {
				t.Errorf("%s of %s was %q and is %q", name, dn, values, now[name])
			}
		}
	}
}

// keptEntries checks that every entry of a descriptor is still there.
func keptEntries(t *testing.T, dn, before, after string) {
	t.Helper()
	a, errA := directory.ParseDescriptor([]byte(before))
	b, errB := directory.ParseDescriptor([]byte(after))
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	if a.Owner != b.Owner || a.Group != b.Group {
		t.Errorf("%s has another owner", dn)
	}
	for _, e := range a.DACL.Entries {
		if !slices.ContainsFunc(b.DACL.Entries, func(o directory.ACE) bool { return cmp.Equal(e, o) }) {
			t.Errorf("%s lost an entry for %s", dn, e.Trustee)
		}
	}
}

func withoutRights(t *testing.T, l *lab) {
	in := site("weak")
	conn := l.admin(t)
	user(t, conn, "weak-operator", "CN=Users,"+domainDN)
	unit(t, conn, "OU=weak,"+domainDN)
	unit(t, conn, in.Site.Directory.OU)
	before := everything(t, conn, "weak")
	l.as(t, `LAB\weak-operator`, password, func(ctx context.Context, c *directory.Client) {
		s, err := c.Look(ctx, want(in))
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, f := range s.Findings {
			if f.Code == "directory-account" {
				found++
			}
		}
		if found < 3 { // units, computers, rights
			t.Errorf("found %v", codes(s))
		}
		r, err := c.Apply(ctx, want(in), directory.Options{Existing: true})
		if directory.ClassOf(err) != directory.ClassRights || len(r.Made) > 0 {
			t.Errorf("made %v, error %v", whats(r.Made), err)
		}
	})
	if diff := cmp.Diff(before, everything(t, conn, "weak")); diff != "" {
		t.Errorf("changed:\n%s", diff)
	}
}

func wrongUnit(t *testing.T, l *lab) {
	in := site("wrong")
	in.Site.Directory.OU = "OU=Hosts,OU=wrong,DC=corp,DC=example"
	in.Site.Directory.ServicesOU, in.Site.Directory.Groups, in.Site.Directory.ClusterName = "", nil, ""
	s := l.look(t, want(in))
	if slices.ContainsFunc(s.Changes, func(c directory.Change) bool { return strings.Contains(c.What, "organisational unit") }) ||
		!slices.ContainsFunc(s.Findings, func(f planner.Finding) bool {
			return f.Code == "directory-unit" && strings.Contains(f.Remedy, "must be below "+domainDN)
		}) {
		t.Errorf("of a unit in another domain: %v, to do: %v", codes(s), whats(s.Changes))
	}
	in.Site.Directory.OU = "CN=Users," + domainDN
	conn := l.admin(t)
	unit(t, conn, "OU=wrong,"+domainDN)
	unit(t, conn, "OU=Hosts,OU=wrong,"+domainDN)
	in.Site.Directory.OU = "ou=hosts, ou=Wrong, dc=LAB,dc=example" // as people write it
	in.Inventory.Hosts[0].Domain, in.Inventory.Hosts[1].Domain = "lab.example", "lab.example"
	names := func(i int) map[string][]string {
		host := fmt.Sprintf("wrong-hv%d", i)
		return map[string][]string{"servicePrincipalName": {"HOST/" + host, "HOST/" + host + ".lab.example", "WSMAN/" + host, "WSMAN/" + host + ".lab.example"}}
	}
	computer(t, conn, "wrong-hv1", "CN=Computers,"+domainDN, 4128, names(1))
	computer(t, conn, "wrong-hv2", "OU=Hosts,OU=wrong,"+domainDN, 4130, names(2))
	s = l.look(t, want(in))
	var got []string
	for _, code := range codes(s) {
		if strings.HasPrefix(code, "directory-object") || strings.HasPrefix(code, "directory-unit") || strings.HasPrefix(code, "directory-spn") {
			got = append(got, code)
		}
	}
	if diff := cmp.Diff([]string{"directory-object-disabled inventory.hosts[1]", "directory-object-elsewhere inventory.hosts[0]"}, got); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	l.apply(t, want(in), directory.Options{Existing: true})
	read(t, conn, "CN=wrong-hv1,CN=Computers,"+domainDN, "cn") // it was not moved
}

func notLetIn(t *testing.T, l *lab) {
	conn := l.admin(t)
	in := "CN=Users," + domainDN
	user(t, conn, "gate-good", in)
	replace(t, conn, user(t, conn, "gate-change", in), "pwdLastSet", "0")
	replace(t, conn, user(t, conn, "gate-off", in), "userAccountControl", "514")
	type row struct {
		user, secret string
		reason       directory.Reason
	}
	rows := map[string]row{
		"a wrong password":                 {"gate-good@lab.example", "not-it", directory.WrongPassword},
		"a user that there is not":         {"gate-nobody@lab.example", password, directory.WrongPassword},
		"a password that is to be changed": {"gate-change@lab.example", password, directory.MustChange},
		"a disabled account":               {"gate-off@lab.example", password, directory.AccountDisabled},
		"the right one":                    {`LAB\gate-good`, password, ""},
	}
	if l.expire != nil {
		l.expire(t, l, user(t, conn, "gate-late", in))
		rows["an expired password"] = row{"gate-late@lab.example", password, directory.PasswordExpired}
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			c, err := l.open(t, row.user, row.secret)
			if err == nil {
				c.Close()
			}
			var refused *directory.SignInError
			switch {
			case row.reason == "" && err != nil:
				t.Error(err)
			case row.reason == "":
			case !errors.As(err, &refused) || directory.ClassOf(err) != directory.ClassSignIn:
				t.Errorf("error %v", err)
			case refused.Reason != row.reason && !(row.reason == directory.WrongPassword && refused.Reason == directory.NoSuchUser):
				t.Errorf("told %v", err)
			}
			if err != nil && strings.Contains(err.Error(), row.secret) {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func namesHeld(t *testing.T, l *lab) {
	in := site("held")
	conn := l.admin(t)
	unit(t, conn, "OU=held,"+domainDN)
	computer(t, conn, "held-thief", "OU=held,"+domainDN, 4098, map[string][]string{"servicePrincipalName": {"WSMAN/held-hv1.lab.example"}})
	add(t, conn, "CN=held cluster admins,OU=held,"+domainDN, map[string][]string{"objectClass": {"group"}, "sAMAccountName": {"held cluster admins"}, "groupType": {"2"}})
	user(t, conn, "HELD-CA$", "OU=held,"+domainDN)
	s := l.look(t, want(in))
	for _, code := range []string{"directory-spn-held inventory.hosts[0]", "directory-object-other site.directory.groups[0]", "directory-object-other site.directory.cloudAgentRole"} {
		if !slices.Contains(codes(s), code) {
			t.Errorf("%s was not found among %v", code, codes(s))
		}
	}
}

func recordsKept(t *testing.T, l *lab) {
	in := site("dns")
	conn := l.admin(t)
	zone := "DC=lab.example,CN=MicrosoftDNS,DC=DomainDnsZones," + domainDN
	record := func(r directory.DNSRecord) string {
		b, err := r.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	other := directory.DNSRecord{Type: directory.DNSA, Rank: 0xf0, Serial: 1, TTL: 900e9, Data: "\x0a\x09\x00\x63"}
	add(t, conn, "DC=dns-ca,"+zone, map[string][]string{"objectClass": {"dnsNode"}, "dnsRecord": {record(other)}})
	add(t, conn, "DC=dns-hv1,"+zone, map[string][]string{"objectClass": {"dnsNode"}, "dNSTombstoned": {"TRUE"},
		"dnsRecord": {record(directory.DNSRecord{Type: directory.DNSGone, Rank: 0xf0, Serial: 1, Data: "\x00\x00\x00\x00\x00\x00\x00\x01"})}})
	r := l.apply(t, want(in), directory.Options{})
	if e := read(t, conn, "DC=dns-ca,"+zone, "dnsRecord"); e.GetAttributeValue("dnsRecord") != record(other) {
		t.Error("the record of others was changed")
	}
	for _, code := range []string{"directory-record-other site.directory.cloudAgentRole", "directory-record inventory.hosts[0]"} {
		if !slices.Contains(codes(r.After), code) {
			t.Errorf("%s was not found among %v", code, codes(r.After))
		}
	}
	r = l.apply(t, want(in), directory.Options{Existing: true})
	if !slices.Contains(whats(r.Made), "give the DNS record dns-hv1.lab.example the address 10.9.0.11") {
		t.Errorf("made %v", whats(r.Made))
	}
	if l.resolve != nil {
		if got := l.resolve(t, "dns-hv1.lab.example"); !slices.Equal(got, []string{"10.9.0.11"}) {
			t.Errorf("dns-hv1.lab.example is %v by DNS", got)
		}
	}
	// A name of others without an address loses nothing, whatever is allowed.
	alias := record(directory.DNSRecord{Type: 5, Rank: 0xf0, Serial: 1, TTL: 900e9, Data: "\x11\x03\x03www\x03lab\x07example\x00"})
	note := record(directory.DNSRecord{Type: 16, Rank: 0xf0, Serial: 1, TTL: 900e9, Data: "\x04note"})
	add(t, conn, "DC=dns-alias,"+zone, map[string][]string{"objectClass": {"dnsNode"}, "dnsRecord": {alias}})
	in.Site.Directory.CloudAgentRole = "dns-alias"
	r = l.apply(t, want(in), directory.Options{Existing: true})
	if e := read(t, conn, "DC=dns-alias,"+zone, "dnsRecord"); !slices.Equal(e.GetAttributeValues("dnsRecord"), []string{alias}) {
		t.Errorf("the alias of others was changed: made %v", whats(r.Made))
	}
	if !slices.Contains(codes(r.After), "directory-record-other site.directory.cloudAgentRole") {
		t.Errorf("the alias was not found among %v", codes(r.After))
	}
	// One of ours follows the plan, and keeps what others have added to it.
	agent := netip.MustParsePrefix("10.9.0.31/24")
	in.Site.Directory.CloudAgentRole = "dns-own"
	l.apply(t, want(in), directory.Options{})
	in.Site.Network.CloudAgent = &agent
	addition := ldap.NewModifyRequest("DC=dns-own,"+zone, nil)
	addition.Add("dnsRecord", []string{note})
	if err := conn.Modify(addition); err != nil {
		t.Fatal(err)
	}
	if r = l.apply(t, want(in), directory.Options{}); !slices.Equal(whats(r.Made), []string{"give the DNS record dns-own.lab.example the address 10.9.0.31"}) {
		t.Errorf("made %v", whats(r.Made))
	}
	if e := read(t, conn, "DC=dns-own,"+zone, "dnsRecord"); !slices.Contains(e.GetAttributeValues("dnsRecord"), note) || len(e.GetAttributeValues("dnsRecord")) != 2 {
		t.Errorf("the addition of others was lost, or the old address kept: %d records", len(e.GetAttributeValues("dnsRecord")))
	}
}

func clusterExists(t *testing.T, l *lab) {
	in := site("real")
	in.Inventory.Cluster.Name = "real-cl"
	s := l.look(t, want(in))
	for _, f := range s.Findings {
		if f.Code == "directory-object" && f.Path == "inventory.failoverCluster" && strings.Contains(f.Remedy, "recycle bin") {
			if slices.ContainsFunc(s.Changes, func(c directory.Change) bool {
				return strings.Contains(c.What, "computer object of the failover cluster")
			}) {
				t.Error("the object of a cluster that exists would be made")
			}
			return
		}
	}
	t.Errorf("found %v", codes(s))
}
