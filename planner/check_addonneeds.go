package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// addOnNeeds judges an add-on against what must be beside it: other add-ons, a domain,
// nodes, a load balancer, a release of the platform.
func (j *judge) addOnNeeds(path string, c Cluster, a profiles.AddOn, before []string) {
	if slices.Contains(before, a.Name) {
		j.add(Finding{Code: "addon-twice", Path: path, Evidence: a.Name, Message: fmt.Sprintf("%s is listed twice for %s", a.Name, c.Name)})
		return
	}
	if a.Standing == profiles.Unsupported {
		return // refused already
	}
	var missing []string
	for _, need := range a.Needs {
		if !slices.Contains(c.AddOns, need) {
			missing = append(missing, need)
		}
	}
	if len(missing) > 0 {
		list := strings.Join(missing, ", ")
		j.add(Finding{Code: "addon-needs", Path: path, Evidence: a.Name + " without " + list, Source: cite(a.Source), Message: fmt.Sprintf("%s needs %s, which %s does not have", a.Name, list, c.Name),
			Remedy: "add to addOns: " + list})
	}
	if j.laterThanInstalled(a.Since) {
		j.add(Finding{Code: "addon-release", Path: path, Evidence: a.Name + " since " + a.Since + ", installed " + j.in.Inventory.Release, Source: cite(a.Source),
			Message: fmt.Sprintf("%s came with release %s, %s is installed", a.Name, a.Since, j.in.Inventory.Release)})
	}
	if a.Directory && j.in.Site.Directory.Domain == "" {
		j.add(Finding{Code: "addon-directory", Path: path, Evidence: a.Name, Source: cite(a.Source), Message: fmt.Sprintf("%s needs Active Directory, and the site names no domain", a.Name)})
	}
	if a.WindowsNodes && !slices.ContainsFunc(c.NodePools, func(p NodePool) bool { return p.OS != Linux }) {
		j.add(Finding{Code: "addon-nodes", Path: path, Evidence: a.Name + " without Windows nodes", Source: cite(a.Source), Message: fmt.Sprintf("%s is for Windows pods, and %s has no Windows node", a.Name, c.Name)})
	}
	if a.Balancer != "" && a.Balancer != string(c.Balancer.Kind) {
		j.add(Finding{Code: "addon-balancer", Path: path, Evidence: fmt.Sprintf("%s beside %s", a.Name, c.Balancer.Kind), Source: cite(a.Source), Message: fmt.Sprintf("%s does not go with the load balancer %s of %s", a.Name, c.Balancer.Kind, c.Name),
			Remedy: "write kind: " + a.Balancer + ", or leave the add-on out; the kind cannot be changed later"})
	}
	if a.Doubt != "" {
		j.add(Finding{Code: "addon-doubt", Path: path, Evidence: a.Name, Source: cite(a.Source), Message: a.Name + ": " + a.Doubt})
	}
}

// addOnAccess notes what the add-ons of all clusters need in the subscription.
func (j *judge) addOnAccess() {
	var providers, roles []string
	for _, c := range j.in.Site.Clusters {
		for _, name := range c.AddOns {
			a, _ := j.rules.AddOn(name)
			for _, p := range a.Providers {
				if !slices.Contains(providers, p) {
					providers = append(providers, p)
				}
			}
			if one := "for " + name + " " + strings.Join(a.Roles, " or "); len(a.Roles) > 0 && !slices.Contains(roles, one) {
				roles = append(roles, one)
			}
		}
	}
	if slices.Sort(providers); len(providers) > 0 {
		list := strings.Join(providers, ", ")
		j.add(Finding{Code: "addon-provider", Path: "site.azure.subscription", Evidence: list, Message: "the add-ons need resource providers of the subscription: " + list,
			Remedy: "for each: az provider register --namespace NAME; it takes about 10 minutes, once for a subscription"})
	}
	if slices.Sort(roles); len(roles) > 0 {
		list := strings.Join(roles, "; ")
		j.add(Finding{Code: "addon-role", Path: "site.azure.subscription", Evidence: list, Message: "whoever installs the add-ons needs roles: " + list})
	}
}

// arcGateway judges the gateway that clusters reach Azure through.
func (j *judge) arcGateway() {
	name, path := j.in.Site.Azure.ArcGateway, "site.azure.arcGateway"
	if name == "" {
		return
	}
	if j.rules.Generation != profiles.AzureLocal {
		j.add(Finding{Code: "arc-gateway", Severity: Block, Path: path, Evidence: name, Message: j.rules.Title + " has no use for an Azure Arc gateway", Remedy: "remove the key"})
		return
	}
	j.add(Finding{Code: "arc-gateway", Path: path, Evidence: name, Message: "clusters that go through an Azure Arc gateway are a preview, and need port 40343 from the nodes to the failover cluster's address"})
	if most := j.rules.Instance.GatewaysMax; j.in.Inventory.Gateways > most.Value {
		j.add(Finding{Code: "arc-gateway-count", Path: "inventory.arcGateways", Evidence: fmt.Sprint(j.in.Inventory.Gateways), Source: cite(most.Source),
			Message: fmt.Sprintf("the subscription has %d Azure Arc gateways, at most %d are possible", j.in.Inventory.Gateways, most.Value)})
	}
}

// left notes what a site asks for a cluster and no step of the plan makes.
func (j *judge) left(i int, c Cluster) {
	at := fmt.Sprintf("site.clusters[%d]", i)
	var names, late []string
	created := j.rules.Generation == profiles.AzureLocal // the step that makes a cluster chooses there
	for _, name := range c.AddOns {
		a, _ := j.rules.AddOn(name)
		if !a.AtCreation || !created {
			names = append(names, name)
		}
		if a.AtCreation && !created {
			late = append(late, name)
		}
	}
	if id := c.Identity; id != nil && id.Mode == DirectoryIdentity && !created && !slices.Contains(late, string(DirectoryIdentity)) {
		late = append(late, string(DirectoryIdentity))
	}
	if len(names) > 0 {
		j.add(Finding{Code: "step-missing", Severity: Note, Path: at + ".addOns", Evidence: strings.Join(names, ", "),
			Message: fmt.Sprintf("no step of the plan installs the add-ons of %s: they are judged only", c.Name)})
	}
	if len(late) > 0 {
		list := strings.Join(late, ", ")
		j.add(Finding{Code: "addon-creation", Path: at, Evidence: list, Message: fmt.Sprintf("the plan makes %s without %s, which cannot be added later", c.Name, list)})
	}
	for _, wish := range []struct {
		key   string
		given bool
	}{{"backup", c.Backup != nil}, {"gitOps", c.GitOps != nil}, {"policy", c.Policy != nil}, {"isolation", c.Isolation != nil}} {
		if wish.given {
			j.add(Finding{Code: "step-missing", Severity: Note, Path: at + "." + wish.key, Evidence: wish.key, Message: fmt.Sprintf("no step of the plan makes the %s of %s: it is judged only", wish.key, c.Name)})
		}
	}
}
