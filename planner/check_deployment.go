package planner

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// A DeploymentUser is the account that deploys an Azure Local instance and updates it later.
type DeploymentUser struct {
	// Name has no domain: letters, digits, hyphens and underscores.
	Name     string    `yaml:"name" json:"name"`
	Password SecretRef `yaml:"password,omitempty" json:"password,omitempty"`
}

var deploymentName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// preparedDirectory judges what was prepared in Active Directory, and the account that
// deploys an instance.
func (j *judge) preparedDirectory() {
	j.deploymentUser(j.in.Site.Directory.DeploymentUser)
	d := j.in.Inventory.Directory
	if d == nil {
		return
	}
	const path = "inventory.directory"
	if d.InheritanceBlocked == No {
		j.add(Finding{Code: "directory-inheritance", Severity: j.forGeneration(Warn), Path: path + ".inheritanceBlocked", Evidence: "inherited",
			Message: "group policies from above the organisational unit reach the hosts"})
	}
	if d.EnforcedPolicies == Yes {
		j.add(Finding{Code: "directory-enforced", Path: path + ".enforcedPolicies", Evidence: "enforced", Message: "enforced group policies reach the hosts though inheritance is blocked"})
	}
	if d.DynamicUpdates == No && hasAgent(j.rules) && j.in.Site.Directory.CloudAgentRole == "" {
		j.add(Finding{Code: "directory-updates", Path: path + ".dynamicUpdates", Evidence: "no dynamic updates", Message: "the zone of the domain takes no dynamic updates, and the cloud agent's record is not made beforehand"})
	}
	if d.Prepared == No && j.rules.Generation == profiles.AzureLocal {
		j.add(Finding{Code: "directory-prepared", Path: path + ".prepared", Evidence: "not prepared", Message: "the organisational unit was not prepared for the instance"})
	}
}

// deploymentUser judges an account by its name. Its password is nowhere but where the
// reference says, so its rules are told and not looked at.
func (j *judge) deploymentUser(u *DeploymentUser) {
	if u == nil {
		return
	}
	const path = "site.directory.deploymentUser"
	if j.rules.Generation != profiles.AzureLocal {
		j.add(Finding{Code: "deployment-user-unused", Path: path, Evidence: u.Name, Message: fmt.Sprintf("%s has no account that deploys it", j.rules.Title)})
		return
	}
	most, least := j.rules.Instance.DeploymentUserMax, j.rules.Instance.DeploymentPasswordMin
	switch {
	case strings.ContainsAny(u.Name, `\@`):
		j.add(Finding{Code: "deployment-user", Path: path + ".name", Evidence: u.Name, Source: cite(most.Source), Message: fmt.Sprintf("%q names a domain, and must not", u.Name), Remedy: "write the name alone"})
	case !deploymentName.MatchString(u.Name) || len(u.Name) > most.Value:
		j.add(Finding{Code: "deployment-user", Path: path + ".name", Evidence: u.Name, Source: cite(most.Source), Message: fmt.Sprintf("%q cannot name the account that deploys the instance", u.Name)})
	case strings.EqualFold(u.Name, accountName(j.in.Site.Access.User)):
		j.add(Finding{Code: "deployment-user", Path: path + ".name", Evidence: u.Name, Source: cite(most.Source), Message: fmt.Sprintf("%q is also the account that the hosts are reached with", u.Name), Remedy: "use an account that is no local administrator's"})
	}
	if u.Password != "" {
		j.add(Finding{Code: "deployment-password", Path: path + ".password", Evidence: fmt.Sprintf("%d characters of four classes", least.Value), Source: cite(least.Source),
			Message: fmt.Sprintf("the password of %s must have at least %d characters: lower-case and capital letters, digits and others; it was not looked at", u.Name, least.Value)})
	}
}

// accountName is an account's name without its domain.
func accountName(user string) string {
	if _, name, ok := strings.Cut(user, `\`); ok {
		return name
	}
	name, _, _ := strings.Cut(user, "@")
	return name
}
