package tui

import (
	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
)

// An accountsPage asks how hosts, directory and Azure are reached, and where things are
// stored. Secrets are only ever named here.
type accountsPage struct{ formPage }

func newAccountsPage(d *desk) *accountsPage {
	s := d.draft.site
	hint := func(f *field, text string) *field {
		f.hint = func() string { return text }
		return f
	}
	head := func(f *field, title string) *field {
		f.head = title
		return f
	}
	const secret = "env:NAME, file:PATH, keyring:SERVICE/NAME or prompt"
	location := textField("Custom location", "site.azure.customLocation", s.Azure.CustomLocation, keep(func(s *planner.Site) *string { return &s.Azure.CustomLocation }))
	location.hidden = func() bool { return d.draft.profile.Generation != profiles.AzureLocal }
	auth := string(s.Access.Auth)
	f := newForm(d,
		head(hint(textField("User", "site.access.user", s.Access.User, keep(func(s *planner.Site) *string { return &s.Access.User })), `DOMAIN\name, an administrator on every host`), "Hosts"),
		hint(textField("Its password is in", "site.access.password", string(s.Access.Password), take(readSecret, func(s *planner.Site) *planner.SecretRef { return &s.Access.Password })), secret),
		choiceField("Sign-in", "site.access.auth", auth, plainOptions([]planner.AuthMethod{planner.AuthNTLM, planner.AuthBasic, planner.AuthKerberos}), keep(func(s *planner.Site) *planner.AuthMethod { return &s.Access.Auth })),
		head(hint(textField("Domain", "site.directory.domain", s.Directory.Domain, keep(func(s *planner.Site) *string { return &s.Directory.Domain })), "corp.contoso.com"), "Directory"),
		hint(textField("Organisational unit", "site.directory.ou", s.Directory.OU, keep(func(s *planner.Site) *string { return &s.Directory.OU })), "optional, such as OU=Hosts,DC=corp,DC=contoso,DC=com"),
		hint(textField("Cloud agent object", "site.directory.cloudAgentRole", s.Directory.CloudAgentRole, keep(func(s *planner.Site) *string { return &s.Directory.CloudAgentRole })), "optional, the pre-staged computer object"),
		head(hint(textField("Tenant", "site.azure.tenant", s.Azure.Tenant, keep(func(s *planner.Site) *string { return &s.Azure.Tenant })), "its identifier: az account show"), "Azure"),
		hint(textField("Subscription", "site.azure.subscription", s.Azure.Subscription, keep(func(s *planner.Site) *string { return &s.Azure.Subscription })), "its identifier: az account show"),
		hint(textField("Resource group", "site.azure.resourceGroup", s.Azure.ResourceGroup, keep(func(s *planner.Site) *string { return &s.Azure.ResourceGroup })), "one that exists in the region"),
		hint(textField("Region", "site.azure.region", s.Azure.Region, keep(func(s *planner.Site) *string { return &s.Azure.Region })), "such as westeurope"),
		hint(textField("Application", "site.azure.application", s.Azure.Application, keep(func(s *planner.Site) *string { return &s.Azure.Application })), "optional, the identifier to register with"),
		hint(textField("Its secret is in", "site.azure.secret", string(s.Azure.Secret), take(readSecret, func(s *planner.Site) *planner.SecretRef { return &s.Azure.Secret })), secret),
		hint(location, "the name of the instance's: az customlocation list"),
		head(hint(textField("Images", "site.storage.images", s.Storage.Images, keep(func(s *planner.Site) *string { return &s.Storage.Images })), `C:\ClusterStorage\Volume01\Images`), "Storage"),
		hint(textField("Working files", "site.storage.working", s.Storage.Working, keep(func(s *planner.Site) *string { return &s.Storage.Working })), `C:\ClusterStorage\Volume01\AksHci`),
		hint(textField("Cloud agent files", "site.storage.cloudConfig", s.Storage.CloudConfig, keep(func(s *planner.Site) *string { return &s.Storage.CloudConfig })), `C:\ClusterStorage\Volume01\CloudConfig`),
	)
	return &accountsPage{newFormPage(d, screenAccounts, f)}
}

func (p *accountsPage) view(s size) string { return block(p.shown(min(s.w, 100), s.h), s) }
