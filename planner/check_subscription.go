package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// Subscription is what the site's Azure subscription has, as whoever runs it tells. What is
// left out is not judged.
type Subscription struct {
	// Providers are the resource providers that are registered.
	Providers []string `yaml:"providers,omitempty" json:"providers,omitempty"`
	// Role is that of the site's application on the resource group, such as Contributor.
	Role string `yaml:"role,omitempty" json:"role,omitempty"`
	// ResourceGroup is whether the site's resource group is there, ResourceGroupRegion the
	// region it is in.
	ResourceGroup       Known  `yaml:"resourceGroup,omitempty" json:"resourceGroup,omitempty"`
	ResourceGroupRegion string `yaml:"resourceGroupRegion,omitempty" json:"resourceGroupRegion,omitempty"`
}

// subscription judges what the subscription has against what the registration needs.
func (j *judge) subscription() {
	rules, site := j.rules.Azure, j.in.Site.Azure
	if link := rules.PrivateLink; site.PrivateLink == Yes && link.Value != profiles.Supported {
		f := Finding{Code: "azure-private-link", Path: "site.azure.privateLink", Evidence: "yes", Source: cite(link.Source),
			Message: j.rules.Title + " does not reach Azure through private endpoints: the connection to Azure Arc stalls"}
		if link.Unstated {
			f.Severity, f.Message = Warn, "whether "+j.rules.Title+" can reach Azure through private endpoints only is not settled: its pages contradict each other"
			f.Remedy = "Read the page that is named, of the release that is installed, before the change."
		}
		j.add(f)
	}
	have := j.in.Inventory.Azure
	if have == nil {
		return
	}
	const path = "inventory.azure."
	if len(have.Providers) > 0 {
		var missing []string
		for _, want := range rules.Providers.Value {
			if !slices.ContainsFunc(have.Providers, func(one string) bool { return strings.EqualFold(one, want) }) {
				missing = append(missing, want)
			}
		}
		if len(missing) > 0 {
			j.add(Finding{Code: "azure-provider", Path: path + "providers", Evidence: "without " + strings.Join(missing, ", "), Source: cite(rules.Providers.Source),
				Message: "the subscription has not registered " + strings.Join(missing, ", "), Remedy: "az provider register --wait --namespace " + missing[0] + ", and the same for each; it takes about 10 minutes"})
		}
	}
	if roles := rules.Roles; have.Role != "" && !roles.Unstated && !slices.ContainsFunc(roles.Value, func(one string) bool { return strings.EqualFold(one, have.Role) }) {
		j.add(Finding{Code: "azure-role", Path: path + "role", Evidence: have.Role, Source: cite(roles.Source),
			Message: fmt.Sprintf("the application has the role %s, and needs %s", have.Role, strings.Join(roles.Value, " or ")), Remedy: "give it " + strings.Join(roles.Value, " or ") + " on the resource group"})
	}
	if have.ResourceGroup == No {
		j.add(Finding{Code: "azure-resource-group", Path: path + "resourceGroup", Evidence: "not there", Message: fmt.Sprintf("the resource group %s is not there", site.ResourceGroup),
			Remedy: fmt.Sprintf("create it: az group create --name %s --location %s", site.ResourceGroup, site.Region)})
	}
	if own := have.ResourceGroupRegion; own != "" && own != site.Region {
		j.add(Finding{Code: "azure-group-region", Path: path + "resourceGroupRegion", Evidence: own + ", the site is for " + site.Region,
			Message: fmt.Sprintf("the resource group is in %s, the site is for %s", own, site.Region)})
	}
}
