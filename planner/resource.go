package planner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ResourceKind is a kind of what add-ons work with in Azure.
type ResourceKind string

// The kinds.
const (
	LogAnalytics      ResourceKind = "log-analytics-workspace"
	MonitorWorkspace  ResourceKind = "monitor-workspace"
	KeyVault          ResourceKind = "key-vault"
	StorageAccount    ResourceKind = "storage-account"
	ContainerRegistry ResourceKind = "container-registry"
	AutomationAccount ResourceKind = "automation-account"
)

// An AzureResource is there, or is made by somebody else before the change.
type AzureResource struct {
	Kind ResourceKind `yaml:"kind" json:"kind"`
	Name string       `yaml:"name" json:"name"`
	// Region is where it is; the site's own when left out.
	Region string `yaml:"region,omitempty" json:"region,omitempty"`
	// PublicAccess is whether it can be reached over the internet.
	PublicAccess Known `yaml:"publicAccess,omitempty" json:"publicAccess,omitempty"`
}

// resourceNames are Azure's rules for names
// (AD:articles/azure-resource-manager/management/resource-name-rules.md). It has none for
// monitor workspaces.
var resourceNames = map[ResourceKind]struct {
	form  *regexp.Regexp
	rules string
}{
	LogAnalytics:      {regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$`), "4 to 63 letters, digits and inner hyphens"},
	KeyVault:          {regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9]|-[A-Za-z0-9]){2,23}$`), "3 to 24 letters, digits and single hyphens that begin with a letter"},
	StorageAccount:    {storageAccount, "3 to 24 lower-case letters and digits"},
	ContainerRegistry: {regexp.MustCompile(`^[A-Za-z0-9]{5,50}$`), "5 to 50 letters and digits"},
	AutomationAccount: {regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]$`), "6 to 50 letters, digits and inner hyphens that begin with a letter"},
}

// keyVaultMax is the most characters in the name of a key vault, whose form counts a hyphen
// and what follows it as one.
const keyVaultMax = 24

// resources judges what the site names in Azure, and what its add-ons lack there.
func (j *judge) resources() {
	list := j.in.Site.Azure.Resources
	first := map[string]int{}
	for i, r := range list {
		at := fmt.Sprintf("site.azure.resources[%d]", i)
		rule := resourceNames[r.Kind]
		if rule.form != nil && (!rule.form.MatchString(r.Name) || r.Kind == KeyVault && len(r.Name) > keyVaultMax) {
			j.add(Finding{Code: "azure-resource-name", Path: at + ".name", Evidence: r.Name, Message: fmt.Sprintf("%q cannot name a %s", r.Name, words(r.Kind)), Remedy: "use " + rule.rules})
		}
		key := string(r.Kind) + "/" + strings.ToLower(r.Name)
		if other, again := first[key]; again {
			j.add(Finding{Code: "azure-resource-twice", Path: at, Evidence: key, Message: fmt.Sprintf("the %s %s is listed twice, first as %d", words(r.Kind), r.Name, other)})
		} else {
			first[key] = i
		}
		if known := j.rules.Regions; r.Region != "" && r.Region != strings.ToLower(strings.ReplaceAll(r.Region, " ", "")) && !known.Unstated {
			j.add(Finding{Code: "azure-resource-region", Severity: Block, Path: at + ".region", Evidence: r.Region, Message: fmt.Sprintf("%q is no region as Azure writes it", r.Region), Remedy: "write " + strings.ToLower(strings.ReplaceAll(r.Region, " ", ""))})
		} else if own := j.in.Site.Azure.Region; r.Region != "" && r.Region != own {
			j.add(Finding{Code: "azure-resource-region", Path: at + ".region", Evidence: r.Region + ", the site is in " + own, Message: fmt.Sprintf("the %s %s is in %s, the clusters are in %s", words(r.Kind), r.Name, r.Region, own)})
		}
		if r.Kind == KeyVault && r.PublicAccess == No {
			j.add(Finding{Code: "key-vault-access", Path: at + ".publicAccess", Evidence: "no public access", Message: fmt.Sprintf("the key vault %s cannot be reached over the internet", r.Name)})
		}
	}
	j.wantedResources(list)
}

// wantedResources notes what add-ons work with and nobody has named.
func (j *judge) wantedResources(list []AzureResource) {
	missing := map[string][]string{}
	var order []string
	for _, c := range j.in.Site.Clusters {
		for _, name := range c.AddOns {
			a, _ := j.rules.AddOn(name)
			for _, kind := range a.Resources {
				named := slices.ContainsFunc(list, func(r AzureResource) bool { return string(r.Kind) == kind }) || kind == string(StorageAccount) && c.Backup != nil
				if named {
					continue
				}
				if missing[kind] == nil {
					order = append(order, kind)
				}
				if !slices.Contains(missing[kind], name) {
					missing[kind] = append(missing[kind], name)
				}
			}
		}
	}
	slices.Sort(order)
	for _, kind := range order {
		who := strings.Join(missing[kind], ", ")
		j.add(Finding{Code: "azure-resource-missing", Path: "site.azure.resources", Evidence: kind + " for " + who, Message: fmt.Sprintf("%s wants a %s, and the site names none", who, words(ResourceKind(kind))),
			Remedy: "have one made, and write it as kind: " + kind + " with its name"})
	}
}

func words(kind ResourceKind) string { return strings.ReplaceAll(string(kind), "-", " ") }
