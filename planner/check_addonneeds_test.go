package planner

import (
	"strings"
	"testing"
	"time"
)

// clustered changes the first cluster.
func clustered(f func(*Cluster)) func(*Input) {
	return func(in *Input) { f(&in.Site.Clusters[0]) }
}

func TestAddOnsHaveWhatTheyNeed(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	const at = "site.clusters[0].addOns"
	noDomain := func(in *Input) {
		in.Inventory.Hosts = in.Inventory.Hosts[:1]
		in.Site.Directory, in.Inventory.Hosts[0].Domain = Directory{}, ""
	}
	windows := clustered(func(c *Cluster) {
		c.NodePools = append(c.NodePools, NodePool{Name: "win", OS: Windows2022, Count: 1})
	})
	offered := func(regions ...string) func(*Input) {
		return func(in *Input) { in.Inventory.Offered = []ServiceRegions{{"azure-policy", regions}} }
	}
	twins(t, []twin{
		{"an add-on twice", ws, nil, addOns("istio", "istio"), addOns("istio"), "addon-twice", Warn, at + "[1]"},
		{"an extension without the connection", ws, nil, addOns("azure-policy"), addOns("azure-arc", "azure-policy"), "addon-needs", Warn, at + "[0]"},
		{"a secret store alone", local, nil, addOns("secret-store"), addOns("secret-store", "workload-identity", "cert-manager", "trust-manager"), "addon-needs", Warn, at + "[0]"},
		{"an add-on of a later release", local, addOns("workload-identity"), func(in *Input) { in.Inventory.Release = "2408" }, func(in *Input) { in.Inventory.Release = "2411" }, "addon-release", Block, at + "[0]"},
		{"single sign-on without a domain", ws, addOns("ad-sso"), noDomain, nil, "addon-directory", Block, at + "[0]"},
		{"accounts for Windows without Windows", ws, addOns("gmsa"), nil, windows, "addon-nodes", Warn, at + "[0]"},
		{"single sign-on that no step chooses", ws, addOns("ad-sso"), nil, addOns("istio"), "addon-creation", Warn, "site.clusters[0]"},
		{"sign-in that no step chooses", ws, nil, clustered(func(c *Cluster) { c.Identity = &Identity{Mode: DirectoryIdentity} }), clustered(func(c *Cluster) { c.Identity = &Identity{Mode: KubernetesIdentity} }), "addon-creation", Warn, "site.clusters[0]"},
		{"a backup that no step makes", ws, nil, clustered(func(c *Cluster) { c.Backup = &Backup{} }), nil, "step-missing", Note, "site.clusters[0].backup"},
		{"an add-on that no step installs", local, nil, addOns("istio"), addOns("azure-rbac", "workload-identity"), "step-missing", Note, "site.clusters[0].addOns"},
		{"two load balancers", ws, addOns("metallb"), nil, clustered(func(c *Cluster) { c.Balancer.Kind = NoBalancer }), "addon-balancer", Block, at + "[0]"},
		{"a load balancer that is not the cluster's", local, addOns("metallb"), clustered(func(c *Cluster) { c.Balancer.Kind = NoBalancer }), nil, "addon-balancer", Block, at + "[0]"},
		{"a network of the community", ws, nil, addOns("calico"), nil, "addon-community", Note, at + "[0]"},
		{"a network that pages dispute", local, nil, addOns("calico"), nil, "addon-doubt", Note, at + "[0]"},
		{"providers to register", ws, nil, addOns("azure-policy"), addOns("istio"), "addon-provider", Note, "site.azure.subscription"},
		{"roles to have", local, nil, addOns("azure-rbac"), addOns("istio"), "addon-role", Note, "site.azure.subscription"},
		{"snapshots that AksHci does not have", ws, nil, addOns("volume-snapshots"), nil, "addon-unsupported", Block, at + "[0]"},
		{"a region that Azure does not name", ws, addOns("azure-policy"), offered("northeurope", "eastus"), offered("westeurope"), "addon-region", Warn, at + "[0]"},
		{"a region that nobody asked about", ws, addOns("azure-policy"), nil, offered("westeurope"), "addon-region", Note, "site.azure.region"},
		{"HTTPS that is opened", ws, addOns("azure-monitor-containers"), func(in *Input) { in.Inventory.Egress = &Egress{Inspected: Yes} }, func(in *Input) { in.Inventory.Egress = &Egress{Inspected: No} }, "addon-inspected", Block, at + "[0]"},
	})
}

func TestIdentitiesAreJudged(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	const at = "site.clusters[0].identity"
	as := func(id Identity) func(*Input) { return clustered(func(c *Cluster) { c.Identity = &id }) }
	sso := func(principal string) func(*Input) {
		return as(Identity{Mode: DirectoryIdentity, Principal: principal})
	}
	both := func(second string) func(*Input) {
		return func(in *Input) {
			in.Site.Clusters = append(in.Site.Clusters, in.Site.Clusters[0])
			in.Site.Clusters[1].Name = "second"
			in.Site.Clusters[0].Identity = &Identity{Mode: DirectoryIdentity, Account: `CONTOSO\apiserver1`}
			in.Site.Clusters[1].Identity = &Identity{Mode: DirectoryIdentity, Account: second}
		}
	}
	twins(t, []twin{
		{"rights in Azure under AksHci", ws, nil, as(Identity{Mode: AzureIdentity}), as(Identity{Mode: KubernetesIdentity}), "identity-mode", Block, at + ".mode"},
		{"Entra ID under AksHci", ws, nil, as(Identity{Mode: EntraIdentity}), as(Identity{Mode: DirectoryIdentity}), "identity-mode", Block, at + ".mode"},
		{"Active Directory on Azure Local", local, nil, as(Identity{Mode: DirectoryIdentity}), as(Identity{Mode: AzureIdentity}), "identity-mode", Block, at + ".mode"},
		{"nobody administers", local, nil, as(Identity{Mode: EntraIdentity}), as(Identity{Mode: EntraIdentity, Admins: []string{"3f2a8c1e-5b7d-4c0a-9e61-7d0f6a2b4c11"}}), "identity-admins", Warn, at + ".admins"},
		{"a group by its name", local, nil, as(Identity{Mode: EntraIdentity, Admins: []string{"aks-admins"}}), nil, "identity-admins", Block, at + ".admins[0]"},
		{"no domain to ask", ws, as(Identity{Mode: DirectoryIdentity}), func(in *Input) { in.Site.Directory.Domain = "" }, nil, "identity-directory", Block, at + ".mode"},
		{"a realm in small letters", ws, nil, sso("k8s/apiserver@corp.contoso.com"), sso("k8s/apiserver@CORP.CONTOSO.COM"), "identity-principal", Block, at + ".principal"},
		{"a principal without a service", ws, nil, sso("apiserver@CORP.CONTOSO.COM"), sso("k8s/apiserver@CORP.CONTOSO.COM"), "identity-principal", Block, at + ".principal"},
		{"a keytab of another name", ws, nil, as(Identity{Mode: DirectoryIdentity, Keytab: `file:C:\keys\shop.keytab`}), as(Identity{Mode: DirectoryIdentity, Keytab: "file:/keys/current.keytab"}), "identity-keytab", Block, at + ".keytab"},
		{"a keytab in the file", ws, nil, as(Identity{Mode: DirectoryIdentity, Keytab: "hunter2"}), as(Identity{Mode: DirectoryIdentity, Keytab: "env:KEYTAB"}), "secret-reference", Block, at + ".keytab"},
		{"one account for two", ws, nil, both("APISERVER1@corp.contoso.com"), both(`CONTOSO\apiserver2`), "identity-account", Block, "site.clusters[1].identity.account"},
	})
}

func TestBackupsAreJudged(t *testing.T) {
	const ws = "quickstart"
	const at = "site.clusters[0].backup"
	set := func(change func(*Backup)) func(*Input) {
		return clustered(func(c *Cluster) {
			b := Backup{Velero: "1.17.1", Plugin: "1.13.0", StorageAccount: "contosobackup", Container: "velero", Prefix: c.Name, RepositoryPassword: "env:REPO",
				Credential: "file:velero.env", Uploader: "kopia", Every: 24 * time.Hour, Takes: time.Hour, Keep: 720 * time.Hour, RecoveryPoint: 26 * time.Hour}
			change(&b)
			c.Backup = &b
		})
	}
	good := set(func(*Backup) {})
	second := func(prefix string) func(*Input) {
		return func(in *Input) {
			good(in)
			other := in.Site.Clusters[0]
			own := *other.Backup
			own.Prefix, other.Name, other.Backup = prefix, "second", &own
			in.Site.Clusters = append(in.Site.Clusters, other)
		}
	}
	twins(t, []twin{
		{"an account with a hyphen", ws, nil, set(func(b *Backup) { b.StorageAccount = "contoso-backup" }), good, "backup-account", Block, at + ".storageAccount"},
		{"a container with capitals", ws, nil, set(func(b *Backup) { b.Container = "Velero" }), good, "backup-container", Block, at + ".container"},
		{"a container with two hyphens", ws, nil, set(func(b *Backup) { b.Container = "velero--shop" }), set(func(b *Backup) { b.Container = "velero-shop" }), "backup-container", Block, at + ".container"},
		{"two clusters in one place", ws, nil, second("shop/"), second("other"), "backup-shared", Block, "site.clusters[1].backup.prefix"},
		{"a plugin of another version", ws, nil, set(func(b *Backup) { b.Plugin = "1.11.0" }), good, "backup-version", Warn, at + ".plugin"},
		{"an uploader that is none", ws, nil, set(func(b *Backup) { b.Uploader = "rsync" }), good, "backup-uploader", Block, at + ".uploader"},
		{"restic after its end", ws, nil, set(func(b *Backup) { b.Uploader = "restic" }), good, "backup-uploader", Block, at + ".uploader"},
		{"restic before its end", ws, nil, set(func(b *Backup) { b.Uploader, b.Velero, b.Plugin = "restic", "1.16.0", "1.12.0" }), good, "backup-uploader", Warn, at + ".uploader"},
		{"snapshots", ws, nil, set(func(b *Backup) { b.Snapshots = true }), good, "backup-snapshots", Block, at + ".snapshots"},
		{"the password of everybody", ws, nil, set(func(b *Backup) { b.RepositoryPassword = "" }), good, "backup-password", Warn, at + ".repositoryPassword"},
		{"a password in the file", ws, nil, set(func(b *Backup) { b.RepositoryPassword = "hunter2" }), good, "secret-reference", Block, at + ".repositoryPassword"},
		{"a key in the file", ws, nil, set(func(b *Backup) { b.Credential = "hunter2" }), good, "secret-reference", Block, at + ".credential"},
		{"claims of Windows", ws, good, clustered(func(c *Cluster) {
			c.Workloads = []Workload{{Name: "ledger", OS: Windows2022, Replicas: 1, Claim: 1 << 30}}
		}), nil, "backup-windows", Warn, at},
		{"more lost than allowed", ws, nil, set(func(b *Backup) { b.RecoveryPoint = 24 * time.Hour }), good, "backup-times", Warn, at + ".every"},
		{"kept for one interval", ws, nil, set(func(b *Backup) { b.Keep = 47 * time.Hour }), good, "backup-times", Warn, at + ".keep"},
		{"a negative time", ws, nil, set(func(b *Backup) { b.Takes = -time.Hour }), good, "backup-times", Block, at},
	})
}

func TestRepositoriesAreJudged(t *testing.T) {
	const ws = "quickstart"
	const at = "site.clusters[0].gitOps"
	set := func(change func(*GitOps)) func(*Input) {
		return all(addOns("azure-arc", "flux-v2"), clustered(func(c *Cluster) {
			g := GitOps{URL: "https://github.com/contoso/shop", Branch: "main", Kustomizations: []Kustomization{{Name: "infra", Path: "infra"}, {Name: "apps", Path: "apps", DependsOn: []string{"infra"}, Prune: true}}}
			change(&g)
			c.GitOps = &g
		}))
	}
	good := set(func(*GitOps) {})
	twins(t, []twin{
		{"no Flux", ws, good, addOns(), nil, "gitops-addon", Warn, at},
		{"no address", ws, nil, set(func(g *GitOps) { g.URL = "contoso/shop" }), good, "gitops-url", Block, at + ".url"},
		{"no encryption", ws, nil, set(func(g *GitOps) { g.URL = "http://git.corp.contoso.com/shop" }), good, "gitops-url", Warn, at + ".url"},
		{"a token in the address", ws, nil, set(func(g *GitOps) { g.URL = "https://me:hunter2@github.com/contoso/shop" }), good, "secret-reference", Block, at + ".url"},
		{"SSH without a key", ws, nil, set(func(g *GitOps) { g.URL = "git@github.com:contoso/shop" }), set(func(g *GitOps) { g.URL, g.Credential = "ssh://git@github.com/contoso/shop", "file:id" }), "gitops-credential", Block, at + ".credential"},
		{"a key in the file", ws, nil, set(func(g *GitOps) { g.Credential = "hunter2" }), good, "secret-reference", Block, at + ".credential"},
		{"a branch and a tag", ws, nil, set(func(g *GitOps) { g.Tag = "v1" }), good, "gitops-state", Block, at},
		{"one name twice", ws, nil, set(func(g *GitOps) { g.Kustomizations[1].Name = "infra" }), good, "gitops-kustomization", Block, at + ".kustomizations[1].name"},
		{"a dependency that is not there", ws, nil, set(func(g *GitOps) { g.Kustomizations[1].DependsOn[0] = "base" }), good, "gitops-dependency", Block, at + ".kustomizations[1].dependsOn"},
		{"a circle", ws, nil, set(func(g *GitOps) { g.Kustomizations[0].DependsOn = []string{"apps"} }), good, "gitops-dependency", Block, at + ".kustomizations[0].dependsOn"},
		{"everything is pruned", ws, nil, set(func(g *GitOps) { g.Kustomizations[1].Path = "./" }), good, "gitops-prune", Warn, at + ".kustomizations[1].prune"},
	})
}

func TestWhatIsRefusedInClustersIsJudged(t *testing.T) {
	const ws = "quickstart"
	const at = "site.clusters[0]"
	policy := func(effect PolicyEffect, excluded ...string) func(*Input) {
		return clustered(func(c *Cluster) { c.Policy = &Policy{effect, excluded} })
	}
	deny := func(exempt ...string) func(*Input) {
		return clustered(func(c *Cluster) { c.Isolation = &Isolation{DefaultDeny: true, Exempt: exempt} })
	}
	system := []string{"calico-system", "calico-apiserver", "tigera-operator", "azure-arc"}
	guarded := addOns("azure-arc", "azure-policy", "velero", "flux-v2")
	twins(t, []twin{
		{"policies without the add-on", ws, policy(PolicyAudit), addOns("istio"), guarded, "policy-addon", Warn, at + ".policy"},
		{"a denial of add-ons", ws, guarded, policy(PolicyDeny, "velero"), policy(PolicyDeny, "velero", "flux-system"), "policy-excluded", Warn, at + ".policy.excluded"},
		{"an audit of add-ons", ws, guarded, policy(PolicyDeny), policy(PolicyAudit), "policy-excluded", Warn, at + ".policy.excluded"},
		{"too many pods", ws, all(guarded, policy(PolicyAudit)), clustered(func(c *Cluster) { c.NodePools[0].Count = 100 }), nil, "policy-pods", Warn, at + ".policy"},
		{"a refusal that flannel does not know", ws, deny(system...), addOns("flannel"), nil, "isolation-flannel", Block, at + ".isolation.defaultDeny"},
		{"a refusal of the system", ws, nil, deny("azure-arc"), deny(system...), "isolation-exempt", Warn, at + ".isolation.exempt"},
		{"a refusal of add-ons", ws, guarded, deny(system...), deny(append(system, "velero", "flux-system", "gatekeeper-system")...), "isolation-exempt", Warn, at + ".isolation.exempt"},
	})
}

func TestAzureAndTheWaysOutAreJudged(t *testing.T) {
	const ws, local = "quickstart", "worked-azurelocal"
	resource := func(list ...AzureResource) func(*Input) {
		return func(in *Input) { in.Site.Azure.Resources = list }
	}
	kind := func(kind ResourceKind, name string) func(*Input) {
		return resource(AzureResource{Kind: kind, Name: name})
	}
	out := func(e Egress) func(*Input) { return func(in *Input) { in.Inventory.Egress = &e } }
	benefit := func(cores Cores) func(*Input) {
		return func(in *Input) { in.Site.Azure.HybridBenefit = &HybridBenefit{cores} }
	}
	tool := func(name, version string, onHost bool) func(*Input) {
		return func(in *Input) { in.Inventory.Tools = []Tool{{name, version, onHost}} }
	}
	gateway := func(in *Input) { in.Site.Azure.ArcGateway = "azl-gw" }
	const first, blocked, closed = "site.azure.resources[0]", "inventory.egress.blocked[0]", "inventory.egress.closed[0]"
	twins(t, []twin{
		{"a registry with a hyphen", ws, nil, kind(ContainerRegistry, "contoso-images"), kind(ContainerRegistry, "contosoImages"), "azure-resource-name", Block, first + ".name"},
		{"a vault with two hyphens", ws, nil, kind(KeyVault, "kv--shop"), kind(KeyVault, "kv-shop"), "azure-resource-name", Block, first + ".name"},
		{"a vault with a long name", ws, nil, kind(KeyVault, "k-v-"+strings.Repeat("a-", 10)+"b"), kind(KeyVault, "k"+strings.Repeat("a-", 11)+"b"), "azure-resource-name", Block, first + ".name"},
		{"a short workspace", ws, nil, kind(LogAnalytics, "law"), kind(LogAnalytics, "law1"), "azure-resource-name", Block, first + ".name"},
		{"an account that begins with a digit", ws, nil, kind(AutomationAccount, "1automation"), kind(AutomationAccount, "automation1"), "azure-resource-name", Block, first + ".name"},
		{"a storage account with capitals", ws, nil, kind(StorageAccount, "Backup1"), kind(StorageAccount, "backup1"), "azure-resource-name", Block, first + ".name"},
		{"one workspace twice", ws, nil, resource(AzureResource{Kind: LogAnalytics, Name: "law1"}, AzureResource{Kind: LogAnalytics, Name: "LAW1"}), resource(AzureResource{Kind: LogAnalytics, Name: "law1"}), "azure-resource-twice", Warn, "site.azure.resources[1]"},
		{"a workspace elsewhere", ws, nil, resource(AzureResource{Kind: LogAnalytics, Name: "law1", Region: "eastus"}), resource(AzureResource{Kind: LogAnalytics, Name: "law1", Region: "westeurope"}), "azure-resource-region", Warn, first + ".region"},
		{"a region that is not written so", ws, nil, resource(AzureResource{Kind: LogAnalytics, Name: "law1", Region: "West Europe"}), nil, "azure-resource-region", Block, first + ".region"},
		{"a workspace that nobody named", ws, addOns("azure-monitor-containers"), nil, kind(LogAnalytics, "law1"), "azure-resource-missing", Note, "site.azure.resources"},
		{"an account that nobody named", ws, addOns("velero"), nil, clustered(func(c *Cluster) { c.Backup = &Backup{StorageAccount: "backup1", Container: "velero"} }), "azure-resource-missing", Note, "site.azure.resources"},
		{"a vault behind a wall", local, nil, resource(AzureResource{Kind: KeyVault, Name: "kv-azl", PublicAccess: No}), resource(AzureResource{Kind: KeyVault, Name: "kv-azl", PublicAccess: Yes}), "key-vault-access", Block, first + ".publicAccess"},
		{"a gateway that is a preview", local, nil, gateway, nil, "arc-gateway", Note, "site.azure.arcGateway"},
		{"a gateway without use", ws, nil, gateway, nil, "arc-gateway", Block, "site.azure.arcGateway"},
		{"too many gateways", local, gateway, func(in *Input) { in.Inventory.Gateways = 6 }, func(in *Input) { in.Inventory.Gateways = 5 }, "arc-gateway-count", Block, "inventory.arcGateways"},
		{"HTTPS that is opened", local, nil, out(Egress{Inspected: Yes}), out(Egress{Inspected: Unknown}), "egress-inspected", Block, "inventory.egress.inspected"},
		{"tenants that are restricted", local, nil, out(Egress{TenantRestrictions: Yes}), out(Egress{TenantRestrictions: No}), "egress-tenant", Block, "inventory.egress.tenantRestrictions"},
		{"images that are not reached", ws, nil, out(Egress{Blocked: []string{"MCR.microsoft.com:443"}}), out(Egress{Blocked: []string{"www.contoso.com"}}), "egress-blocked", Block, blocked},
		{"a name of the region", local, nil, out(Egress{Blocked: []string{"eastus.his.arc.azure.com"}}), out(Egress{Blocked: []string{"westus.his.arc.azure.com"}}), "egress-blocked", Block, blocked},
		{"a name under a star", ws, nil, out(Egress{Blocked: []string{"eastus.data.mcr.microsoft.com"}}), out(Egress{Blocked: []string{"mcr.microsoft.com:80"}}), "egress-blocked", Block, blocked},
		{"what an add-on needs", ws, out(Egress{Blocked: []string{"contoso.vault.azure.net"}}), addOns("azure-arc", "key-vault"), addOns("azure-arc"), "egress-blocked", Block, blocked},
		{"a closed port", ws, nil, out(Egress{Closed: []ClosedPort{{Number: 55000}}}), out(Egress{Closed: []ClosedPort{{Number: 55000, Protocol: "udp"}}}), "port-closed", Block, closed},
		{"a closed port the other way", ws, nil, out(Egress{Closed: []ClosedPort{{6443, TCP, "hosts", "nodes"}}}), out(Egress{Closed: []ClosedPort{{6443, "tcp", "nodes", "hosts"}}}), "port-closed", Block, closed},
		{"a closed port that iWARP needs", local, nil, out(Egress{Closed: []ClosedPort{{Number: 5445}}}), out(Egress{Closed: []ClosedPort{{Number: 5446}}}), "port-closed", Warn, closed},
		{"licences for half of the cores", local, nil, benefit(128), benefit(256), "benefit-cores", Block, "site.azure.hybridBenefit.cores"},
		{"licences for half of the processors", ws, nil, benefit(1), benefit(10000), "benefit-cores", Warn, "site.azure.hybridBenefit.cores"},
		{"a benefit that stays", local, nil, benefit(256), nil, "benefit-final", Note, "site.azure.hybridBenefit"},
		{"an old extension", local, nil, tool("aksarc", "1.4.23", false), tool("aksarc", "1.10.0", false), "tool-old", Warn, "inventory.tools[0].version"},
		{"a tool on a host", local, nil, tool("azure-cli", "2.77.0", true), tool("azure-cli", "2.77.0", false), "tool-on-host", Warn, "inventory.tools[0].onHost"},
	})
}

// TestASecretNeverReachesAPlan: whatever stands where a reference belongs is taken out, and
// the input keeps it.
func TestASecretNeverReachesAPlan(t *testing.T) {
	in := exampleInput(t, "quickstart")
	in.Site.Directory.DeploymentUser = &DeploymentUser{Name: "lcm", Password: "hunter2"}
	c := &in.Site.Clusters[0]
	c.Identity = &Identity{Mode: DirectoryIdentity, Keytab: "hunter2"}
	c.Backup = &Backup{StorageAccount: "a", Container: "b", Credential: "hunter2", RepositoryPassword: "hunter2"}
	c.GitOps = &GitOps{URL: "https://me:hunter2@github.com/contoso/shop", Credential: "hunter2"}
	data, err := Encode(Make(in))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "hunter2") {
		t.Error("a secret is in the plan")
	}
	if in.Site.Clusters[0].Backup.Credential != "hunter2" || in.Site.Clusters[0].GitOps.Credential != "hunter2" || in.Site.Directory.DeploymentUser.Password != "hunter2" {
		t.Error("the input was changed")
	}
	if got := len(References(in.Site)); got != 6 {
		t.Errorf("%d findings about references, want 6", got)
	}
}

func TestWhatIsChosenAtCreationIsInTheStep(t *testing.T) {
	in := exampleInput(t, "worked-azurelocal")
	for _, s := range Make(in).Steps {
		for _, key := range []string{"enable-azure-rbac", "aad-admin-group-object-ids", "enable-workload-identity", "enable-oidc-issuer", "gateway-id"} {
			if s.Params[key] != nil {
				t.Errorf("%s has %s, which nobody asked for", s.ID, key)
			}
		}
	}
	in.Site.Azure.ArcGateway = "/subscriptions/s/gateways/g"
	c := &in.Site.Clusters[0]
	c.AddOns = []string{"workload-identity"}
	c.Identity = &Identity{Mode: AzureIdentity, Admins: []string{"3f2a8c1e-5b7d-4c0a-9e61-7d0f6a2b4c11", "8d5b0c64-1f7e-4a39-b2c8-5e90d1a7f322"}}
	for _, s := range Make(in).Steps {
		if s.ID != "create-aksarc/clustera" {
			continue
		}
		want := map[string]any{"enable-azure-rbac": true, "enable-workload-identity": true, "enable-oidc-issuer": true, "gateway-id": "/subscriptions/s/gateways/g",
			"aad-admin-group-object-ids": "3f2a8c1e-5b7d-4c0a-9e61-7d0f6a2b4c11,8d5b0c64-1f7e-4a39-b2c8-5e90d1a7f322"}
		for key, value := range want {
			if s.Params[key] != value {
				t.Errorf("%s is %v, want %v", key, s.Params[key], value)
			}
		}
		return
	}
	t.Error("no step makes the cluster")
}
