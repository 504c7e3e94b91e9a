package planner

import (
	"fmt"
	"path"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// IdentityMode is how people sign in to a cluster and get their rights there.
type IdentityMode string

// The modes. With Kubernetes only certificates of the cluster itself sign in; the others
// sign in with Microsoft Entra ID or with Active Directory.
const (
	AzureIdentity      IdentityMode = "azure-rbac" // rights by role assignments in Azure
	EntraIdentity      IdentityMode = "entra"      // rights by roles of Kubernetes
	DirectoryIdentity  IdentityMode = "ad-sso"
	KubernetesIdentity IdentityMode = "kubernetes"
)

// Identity is how people sign in to a cluster. It is chosen when a cluster is made.
type Identity struct {
	Mode IdentityMode `yaml:"mode" json:"mode"`
	// Admins are the identifiers of groups of Microsoft Entra ID, or accounts of Active
	// Directory, who are cluster administrators.
	Admins []string `yaml:"admins,omitempty" json:"admins,omitempty"`
	// Account is the cluster's own account in Active Directory, Principal the name that it
	// answers by, such as k8s/apiserver@CORP.CONTOSO.COM, Keytab where its key is.
	Account   string    `yaml:"account,omitempty" json:"account,omitempty"`
	Principal string    `yaml:"principal,omitempty" json:"principal,omitempty"`
	Keytab    SecretRef `yaml:"keytab,omitempty" json:"keytab,omitempty"`
}

// identities judges how people sign in to the clusters.
func (j *judge) identities() {
	owner := map[string]string{}
	for i, c := range j.in.Site.Clusters {
		id := c.Identity
		if id == nil {
			continue
		}
		at := fmt.Sprintf("site.clusters[%d].identity", i)
		if a, known := j.rules.AddOn(string(id.Mode)); known && a.Standing == profiles.Unsupported {
			j.add(Finding{Code: "identity-mode", Path: at + ".mode", Evidence: string(id.Mode), Source: cite(a.Source),
				Message: fmt.Sprintf("%s cannot sign people in by %s", j.rules.Title, id.Mode), Remedy: "use " + a.Instead})
			continue
		}
		if id.Mode == EntraIdentity && j.rules.Generation != profiles.AzureLocal {
			j.add(Finding{Code: "identity-mode", Path: at + ".mode", Evidence: string(id.Mode), Message: fmt.Sprintf("%s cannot sign people in with Microsoft Entra ID", j.rules.Title), Remedy: "write mode: ad-sso or kubernetes"})
			continue
		}
		switch id.Mode {
		case AzureIdentity, EntraIdentity:
			j.entra(at, c, *id)
		case DirectoryIdentity:
			j.singleSignOn(at, c, *id, owner)
		}
	}
}

// entra judges sign-in with Microsoft Entra ID.
func (j *judge) entra(at string, c Cluster, id Identity) {
	if len(id.Admins) == 0 && id.Mode == EntraIdentity {
		j.add(Finding{Code: "identity-admins", Path: at + ".admins", Evidence: "none", Message: "no group administers " + c.Name + ": nobody who signs in has any right there"})
	}
	for k, group := range id.Admins {
		if !identifier.MatchString(group) {
			j.add(Finding{Code: "identity-admins", Severity: Block, Path: fmt.Sprintf("%s.admins[%d]", at, k), Evidence: group, Message: fmt.Sprintf("%q is not the identifier of a group", group),
				Remedy: "copy the object identifier of the group from Microsoft Entra ID"})
		}
	}
}

// singleSignOn judges sign-in with Active Directory.
func (j *judge) singleSignOn(at string, c Cluster, id Identity, owner map[string]string) {
	if j.in.Site.Directory.Domain == "" {
		j.add(Finding{Code: "identity-directory", Path: at + ".mode", Evidence: "no domain", Message: fmt.Sprintf("people are to sign in to %s with Active Directory, and the site names no domain", c.Name)})
	}
	if p := id.Principal; p != "" {
		service, realm, _ := strings.Cut(p, "@")
		switch {
		case !strings.Contains(service, "/") || realm == "":
			j.add(Finding{Code: "identity-principal", Path: at + ".principal", Evidence: p, Message: fmt.Sprintf("%q is no name of a service with its realm", p)})
		case realm != strings.ToUpper(realm):
			j.add(Finding{Code: "identity-principal", Path: at + ".principal", Evidence: p, Message: fmt.Sprintf("the realm %s is not in capitals", realm), Remedy: "write " + service + "@" + strings.ToUpper(realm)})
		}
	}
	if kind, file, _ := strings.Cut(string(id.Keytab), ":"); kind == "file" && path.Base(strings.ReplaceAll(file, `\`, "/")) != "current.keytab" {
		j.add(Finding{Code: "identity-keytab", Path: at + ".keytab", Evidence: path.Base(strings.ReplaceAll(file, `\`, "/")), Message: "the keytab of " + c.Name + " is not called current.keytab"})
	}
	if id.Account != "" {
		name := strings.ToLower(accountName(id.Account))
		if other, again := owner[name]; again {
			j.add(Finding{Code: "identity-account", Path: at + ".account", Evidence: id.Account + ", " + other, Message: fmt.Sprintf("%s and %s share the account %s", other, c.Name, id.Account)})
		} else {
			owner[name] = c.Name
		}
	}
}
