package directory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/arcwright/arcwright/planner"
)

// Flags of userAccountControl ([MS-ADTS] 2.2.16).
const (
	accountDisabled    = 0x2
	passwordNotNeeded  = 0x20
	workstationAccount = 0x1000
)

// globalSecurity is the groupType of a global security group, as the signed number that the
// attribute has ([MS-ADTS] 2.2.12).
const (
	globalSecurity = -2147483646
	securityGroup  = -2147483648
)

func (s *survey) lookComputers(ctx context.Context) error {
	for _, w := range s.want.Computers {
		entries, err := s.client.find(ctx, fmt.Sprintf("(sAMAccountName=%s)", ldap.EscapeFilter(w.account())),
			append(common[:], "objectSid", "userAccountControl", "servicePrincipalName", "dNSHostName")...)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			if err := s.missingComputer(ctx, w); err != nil {
				return err
			}
			continue
		}
		o, err := s.object(entries[0])
		if err != nil {
			return err
		}
		s.computers[w.account()] = o
		if err := s.judgeComputer(ctx, w, o); err != nil {
			return err
		}
	}
	return nil
}

// missingComputer tells of an object that does not exist.
func (s *survey) missingComputer(ctx context.Context, w Computer) error {
	f := planner.Finding{Code: "directory-object", Severity: planner.Block, Path: w.Path, Evidence: w.account(), Source: makingPage,
		Message: fmt.Sprintf("there is no computer object for the %s %s", w.Role, w.Name), Remedy: doIt}
	switch {
	case w.Exists && w.Role == RoleHost:
		f.Remedy = "join the host to the domain once more, or correct the inventory; an object that somebody has deleted can be restored from the recycle bin"
	case w.Exists:
		f.Remedy = "restore the object from the recycle bin of the directory, or repair the name resource in the Failover Cluster Manager"
	case w.Role == RoleHost:
		f.Severity = planner.Warn
	case w.Role == RoleAgent:
		f.Source = prestagePage
	}
	if !w.Exists && w.Unit == "" {
		f.Remedy = "say in which organisational unit it belongs: directory.ou"
	}
	s.add(f)
	if w.Exists || w.Unit == "" {
		return nil
	}
	// A host joins with its object; of the others Windows enables the object when the role
	// comes online, and refuses one that is enabled.
	control := workstationAccount | accountDisabled
	if w.Role == RoleHost {
		control = workstationAccount | passwordNotNeeded
	}
	c := Change{Path: w.Path, What: fmt.Sprintf("make the computer object of the %s %s in %s", w.Role, w.Name, tidyDN(w.Unit)), DN: child("CN", w.Name, tidyDN(w.Unit)),
		Attributes: []Attribute{
			{"objectClass", []string{"top", "person", "organizationalPerson", "user", "computer"}},
			{"cn", []string{w.Name}}, {"sAMAccountName", []string{w.account()}},
			{"userAccountControl", []string{strconv.Itoa(control)}},
			{"dNSHostName", []string{w.DNSName}}, s.mark(),
		}}
	if len(w.SPNs) > 0 {
		c.Attributes = append(c.Attributes, Attribute{"servicePrincipalName", w.SPNs})
	}
	s.change(c)
	unit, err := s.lookUnit(ctx, w.Unit)
	if err != nil {
		return err
	}
	s.mayMake(unit, "computer", w.Path)
	return s.lookHolders(ctx, w, nil, w.SPNs)
}

// judgeComputer judges an object that has the right name.
func (s *survey) judgeComputer(ctx context.Context, w Computer, o *object) error {
	if !o.is("computer") {
		s.add(planner.Finding{Code: "directory-object-other", Severity: planner.Block, Path: w.Path, Evidence: o.dn,
			Message: fmt.Sprintf("the account %s is no computer", w.account()), Remedy: "choose another name, or have that account renamed"})
		return nil
	}
	if up, _, _ := above(o.dn); w.Unit != "" && !sameDN(up, w.Unit) {
		f := planner.Finding{Code: "directory-object-elsewhere", Severity: planner.Warn, Path: w.Path, Evidence: up, Source: systemPage,
			Message: fmt.Sprintf("the computer object of the %s %s is not in %s", w.Role, w.Name, w.Unit),
			Remedy:  fmt.Sprintf("have it moved, or correct directory.ou: Move-ADObject \"%s\" -TargetPath \"%s\"", o.dn, tidyDN(w.Unit))}
		if w.Role == RoleAgent {
			f.Remedy = strings.Replace(f.Remedy, "directory.ou", "directory.servicesOU", 1)
		}
		s.add(f)
	}
	// A number that cannot be read has no flags, and that is told as enabled.
	control, _ := strconv.Atoi(o.entry.GetAttributeValue("userAccountControl"))
	disabled := control&accountDisabled != 0
	switch {
	case w.Exists && disabled:
		s.add(planner.Finding{Code: "directory-object-disabled", Severity: planner.Block, Path: w.Path, Evidence: fmt.Sprintf("userAccountControl %d", control), Source: makingPage,
			Message: fmt.Sprintf("the computer object of the %s %s is disabled", w.Role, w.Name), Remedy: fmt.Sprintf("find out why, and have it enabled: Enable-ADAccount \"%s\"", o.dn)})
	case !w.Exists && !disabled && w.Role != RoleHost:
		s.add(planner.Finding{Code: "directory-object-other", Severity: planner.Warn, Path: w.Path, Evidence: fmt.Sprintf("userAccountControl %d", control), Source: prestagePage,
			Message: fmt.Sprintf("the computer object of the %s %s is enabled: something may be using it", w.Role, w.Name),
			Remedy:  "if this site's own cloud agent runs, this is as it should be; if not, have the object disabled, or choose another name"})
	}
	return s.names(ctx, w, o)
}

// names judges the service principal names of an object.
func (s *survey) names(ctx context.Context, w Computer, o *object) error {
	var lacking []string
	has := o.entry.GetAttributeValues("servicePrincipalName")
	for _, name := range w.SPNs {
		if !slices.ContainsFunc(has, func(h string) bool { return strings.EqualFold(h, name) }) {
			lacking = append(lacking, name)
		}
	}
	if err := s.lookHolders(ctx, w, o, w.SPNs); err != nil {
		return err
	}
	lacking = slices.DeleteFunc(lacking, func(name string) bool { return s.denied["held "+strings.ToLower(name)] })
	if len(lacking) == 0 {
		return nil
	}
	s.add(planner.Finding{Code: "directory-spn", Severity: planner.Warn, Path: w.Path, Evidence: strings.Join(lacking, ", "),
		Message: fmt.Sprintf("%s lacks service principal names: Kerberos does not find it by them", o.dn), Remedy: doIt})
	s.change(Change{Path: w.Path, What: "add the service principal names " + strings.Join(lacking, ", ") + " to " + o.dn, DN: o.dn, Existing: !o.ours,
		Edits: []Edit{{"servicePrincipalName", lacking, false}}, Command: "setspn -S " + lacking[0] + " " + strings.TrimSuffix(w.account(), "$")})
	return nil
}

// lookHolders finds other accounts that have the names: with two, no ticket is given at all.
func (s *survey) lookHolders(ctx context.Context, w Computer, own *object, names []string) error {
	if len(names) == 0 {
		return nil
	}
	var filter strings.Builder
	for _, name := range names {
		fmt.Fprintf(&filter, "(servicePrincipalName=%s)", ldap.EscapeFilter(name))
	}
	entries, err := s.client.find(ctx, "(|"+filter.String()+")", "servicePrincipalName")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if own != nil && sameDN(e.DN, own.dn) {
			continue
		}
		var held []string
		for _, name := range names {
			if slices.ContainsFunc(e.GetAttributeValues("servicePrincipalName"), func(h string) bool { return strings.EqualFold(h, name) }) {
				held = append(held, name)
				s.denied["held "+strings.ToLower(name)] = true
			}
		}
		s.add(planner.Finding{Code: "directory-spn-held", Severity: planner.Block, Path: w.Path, Evidence: e.DN,
			Message: fmt.Sprintf("%s has the service principal names of %s: %s", e.DN, w.Name, strings.Join(held, ", ")),
			Remedy:  fmt.Sprintf("have them taken away there: setspn -D %s ACCOUNT", held0(held))})
	}
	return nil
}

func held0(names []string) string {
	if len(names) == 0 {
		return "NAME"
	}
	return names[0]
}

func (s *survey) lookGroups(ctx context.Context) error {
	for _, w := range s.want.Groups {
		entries, err := s.client.find(ctx, fmt.Sprintf("(sAMAccountName=%s)", ldap.EscapeFilter(w.Name)), append(common[:], "groupType")...)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			f := planner.Finding{Code: "directory-group-missing", Severity: planner.Warn, Path: w.Path, Evidence: w.Name, Source: kubectlPage,
				Message: "there is no group " + w.Name, Remedy: doIt}
			if w.Unit == "" {
				f.Remedy = "say in which organisational unit it belongs: directory.servicesOU or directory.ou"
				s.add(f)
				continue
			}
			s.add(f)
			unit, err := s.lookUnit(ctx, w.Unit)
			if err != nil {
				return err
			}
			s.mayMake(unit, "group", w.Path)
			s.change(Change{Path: w.Path, What: "make the group " + w.Name + " in " + tidyDN(w.Unit), DN: child("CN", w.Name, tidyDN(w.Unit)),
				Attributes: []Attribute{{"objectClass", []string{"top", "group"}}, {"cn", []string{w.Name}}, {"sAMAccountName", []string{w.Name}},
					{"groupType", []string{strconv.Itoa(globalSecurity)}}, s.mark()}})
			continue
		}
		o, err := s.object(entries[0])
		if err != nil {
			return err
		}
		// groupType is a signed number whose sign is the flag of security groups.
		kind, _ := strconv.ParseInt(o.entry.GetAttributeValue("groupType"), 10, 64)
		if !o.is("group") || kind&securityGroup == 0 {
			s.add(planner.Finding{Code: "directory-object-other", Severity: planner.Block, Path: w.Path, Evidence: o.dn, Source: kubectlPage,
				Message: w.Name + " is no security group", Remedy: "name another group"})
		}
	}
	return nil
}
