package directory

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/arcwright/arcwright/planner"
)

// zone finds where the directory keeps the domain's DNS zone; empty when it does not.
func (s *survey) zone(ctx context.Context) (string, error) {
	root := s.client.root
	for _, under := range []string{"CN=MicrosoftDNS,DC=DomainDnsZones," + root.naming, "CN=MicrosoftDNS,DC=ForestDnsZones," + root.forest, "CN=MicrosoftDNS,CN=System," + root.naming} {
		entry, err := s.client.read(ctx, child("DC", s.want.Domain, under), "objectClass")
		if err == nil {
			return entry.DN, nil
		}
		if class := ClassOf(err); class != ClassMissing && class != ClassRights && class != ClassRefused {
			return "", err
		}
	}
	return "", nil
}

func (s *survey) lookRecords(ctx context.Context) error {
	if len(s.want.Records) == 0 {
		return nil
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return err
	}
	if zone == "" {
		s.add(planner.Finding{Code: "directory-zone", Severity: planner.Note, Path: "site.directory.domain", Evidence: s.want.Domain,
			Message: "the directory does not keep the DNS zone " + s.want.Domain + ", or does not show it: the records of the site were not looked at",
			Remedy:  "see to the records where the zone is kept"})
		return nil
	}
	for _, w := range s.want.Records {
		label, ok := strings.CutSuffix(strings.ToLower(w.Name), "."+s.want.Domain)
		if !ok {
			continue // another zone
		}
		if err := s.lookRecord(ctx, w, child("DC", label, zone)); err != nil {
			return err
		}
	}
	return nil
}

func (s *survey) lookRecord(ctx context.Context, w Record, dn string) error {
	entry, err := s.client.read(ctx, dn, append(common[:], "dnsRecord", "dNSTombstoned")...)
	if ClassOf(err) == ClassMissing {
		s.missingRecord(w, dn, nil)
		return nil
	}
	if err != nil {
		return err
	}
	o, err := s.object(entry)
	if err != nil {
		return err
	}
	var addresses []netip.Addr
	var kinds, kept []string
	for _, raw := range entry.GetRawAttributeValues("dnsRecord") {
		r, err := ParseDNSRecord(raw)
		if err != nil {
			return s.protocol("read "+dn, err)
		}
		if at, ok := r.Address(); ok {
			addresses = append(addresses, at)
		} else if r.Type != DNSGone {
			kinds, kept = append(kinds, r.Type.String()), append(kept, string(raw))
		}
	}
	s.records[w.Name] = o
	gone := strings.EqualFold(entry.GetAttributeValue("dNSTombstoned"), "TRUE")
	switch {
	case gone || len(addresses)+len(kept) == 0:
		s.missingRecord(w, dn, o)
	case len(addresses) == 0:
		slices.Sort(kinds)
		s.otherRecord(w, fmt.Sprintf("the DNS name of the %s %s is taken by a record that is of no address", w.Role, w.Name), strings.Join(slices.Compact(kinds), ", "),
			"find out whose record it is, and have it removed or choose another name")
	case !slices.Contains(addresses, w.Address.Unmap()):
		remedy := "find out whose address it is, and correct the record or the site"
		if o.ours {
			remedy = doIt
			s.change(s.recordEdit(w, o, kept))
		}
		s.otherRecord(w, fmt.Sprintf("the DNS record of the %s %s is of another address than %s", w.Role, w.Name, w.Address), list(addresses), remedy)
	}
	return nil
}

// otherRecord tells of a name that has something else than the address that is planned.
func (s *survey) otherRecord(w Record, message, evidence, remedy string) {
	f := planner.Finding{Code: "directory-record-other", Severity: planner.Block, Path: w.Path, Message: message, Evidence: evidence, Remedy: remedy, Source: prestagePage}
	if w.Role != RoleAgent {
		f.Severity, f.Source = planner.Warn, systemPage
	}
	s.add(f)
}

func list(addresses []netip.Addr) string {
	var text []string
	for _, a := range addresses {
		text = append(text, a.String())
	}
	slices.Sort(text)
	return strings.Join(text, ", ")
}

// missingRecord tells of a record that does not exist. there is what is left of one that was
// deleted, or a name without records.
func (s *survey) missingRecord(w Record, dn string, there *object) {
	f := planner.Finding{Code: "directory-record", Severity: planner.Block, Path: w.Path, Evidence: w.Name, Source: prestagePage,
		Message: fmt.Sprintf("there is no DNS record for the %s %s", w.Role, w.Name), Remedy: doIt}
	if w.Role != RoleAgent {
		f.Severity, f.Source = planner.Warn, systemPage
	}
	s.add(f)
	if there != nil {
		s.change(s.recordEdit(w, there, nil))
		return
	}
	s.change(Change{Path: w.Path, What: fmt.Sprintf("make the DNS record %s of %s", w.Name, w.Address), DN: dn,
		Attributes: []Attribute{{"objectClass", []string{"top", "dnsNode"}}, {"dnsRecord", []string{recordText(w.Address)}}, s.mark()},
		Command:    s.recordCommand(w)})
}

// recordEdit gives a name the one address that it is planned with. kept are its records of
// other kinds, which stay.
func (s *survey) recordEdit(w Record, o *object, kept []string) Change {
	return Change{Path: w.Path, What: fmt.Sprintf("give the DNS record %s the address %s", w.Name, w.Address), DN: o.dn, Existing: !o.ours,
		Edits: []Edit{{"dnsRecord", append(kept, recordText(w.Address)), true}, {"dNSTombstoned", []string{"FALSE"}, true}}, Command: s.recordCommand(w)}
}

func (s *survey) recordCommand(w Record) string {
	label := strings.TrimSuffix(strings.ToLower(w.Name), "."+s.want.Domain)
	kind := "-A -IPv4Address"
	if !w.Address.Unmap().Is4() {
		kind = "-AAAA -IPv6Address"
	}
	return fmt.Sprintf("Add-DnsServerResourceRecord -ZoneName %s -Name %s %s %s", s.want.Domain, ldap.EscapeDN(label), kind, w.Address)
}

// recordText is the value of dnsRecord; one of an address is never too long.
func recordText(at netip.Addr) string {
	b, _ := addressRecord(at, 1).Bytes()
	return string(b)
}
