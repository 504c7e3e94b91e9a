package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// azureLocal writes the steps of an Azure Local site. Parameters are those of the az
// commands, by their long names without the dashes; the commands run where arcwright runs.
func (r *recipe) azureLocal() {
	site := r.in.Site
	r.logicalNetwork("logical-network", site.Network, r.book.Pools)
	for i, n := range site.Networks {
		r.logicalNetwork("logical-network/"+n.Name, n, r.book.Networks[i].Pools)
	}
	for i := range site.Clusters {
		r.aksArc(i)
	}
}

func (r *recipe) logicalNetwork(id string, net Network, pools []Pool) {
	azure := r.in.Site.Azure
	network := map[string]any{
		"name": net.Name, "resource-group": azure.ResourceGroup, "custom-location": azure.CustomLocation, "location": azure.Region,
		"vm-switch-name": net.Switch, "vlan": net.VLAN, "ip-allocation-method": "Static",
		"address-prefixes": net.Subnet.String(), "gateway": net.Gateway.String(),
	}
	dns := []any{}
	for _, at := range net.DNS {
		dns = append(dns, at.String())
	}
	network["dns-servers"] = dns
	for _, p := range pools {
		if p.Kind == NodeAddresses {
			network["ip-pool-start"], network["ip-pool-end"] = p.Range.Start.String(), p.Range.End.String()
		}
	}
	r.add(Step{ID: id, Kind: LogicalNetwork, Target: "site", Params: network,
		Undo: "az stack-hci-vm network lnet delete, once no cluster uses it"}, 0)
}

// aksArc writes the steps of one cluster of Azure Local.
func (r *recipe) aksArc(i int) {
	site := r.in.Site
	c, defaults := site.Clusters[i], r.in.Profile.Defaults
	target, created := "cluster/"+c.Name, "create-aksarc/"+c.Name
	home, own := networkOf(site, c)
	params := map[string]any{
		"name": c.Name, "resource-group": site.Azure.ResourceGroup, "custom-location": site.Azure.CustomLocation, "vnet-ids": home.Name,
		"kubernetes-version": c.Kubernetes, "control-plane-count": c.Control.Count,
		"control-plane-vm-size": orDefault(c.Control.VMSize, defaults.ControlPlane), "load-balancer-count": 0,
	}
	if c.Control.Address != nil {
		params["control-plane-ip"] = c.Control.Address.String()
	}
	if r.book.Pods.IsValid() {
		params["pod-cidr"] = r.book.Pods.String()
	}
	chosenAtCreation(params, site, c)
	machines := counted(c.Control.Count)
	if len(c.NodePools) > 0 {
		first := c.NodePools[0]
		machines += counted(first.Count)
		for key, value := range r.arcPool(first) {
			params[key] = value
		}
	}
	needs := []string{"logical-network"}
	if !own {
		needs[0] += "/" + home.Name
	}
	if before, ok := r.waitsFor(i); ok {
		needs = append(needs, "create-aksarc/"+before)
	}
	r.add(Step{ID: created, Kind: CreateAksArc, Target: target, Needs: needs, Params: params,
		Undo: "az aksarc delete, with everything that runs in it"}, machines)
	for j, p := range c.NodePools {
		if j == 0 {
			continue
		}
		params := r.arcPool(p)
		params["cluster-name"], params["name"], params["resource-group"] = c.Name, p.Name, site.Azure.ResourceGroup
		params["os-type"], params["os-sku"] = osType(p.OS), r.sku(p.OS)
		r.add(Step{ID: fmt.Sprintf("add-aksarc-pool/%s/%s", c.Name, p.Name), Kind: AddAksArcPool, Target: target, Needs: []string{created}, Params: params,
			Undo: "az aksarc nodepool delete, with everything that runs on it"}, counted(p.Count))
	}
}

// chosenAtCreation adds what can be chosen only when a cluster is made: who signs in and how,
// the identities of workloads, and the gateway to Azure.
func chosenAtCreation(params map[string]any, site Site, c Cluster) {
	if id := c.Identity; id != nil && (id.Mode == AzureIdentity || id.Mode == EntraIdentity) && len(id.Admins) > 0 {
		params["aad-admin-group-object-ids"] = strings.Join(id.Admins, ",")
	}
	if slices.Contains(c.AddOns, string(AzureIdentity)) || c.Identity != nil && c.Identity.Mode == AzureIdentity {
		params["enable-azure-rbac"] = true
	}
	if slices.Contains(c.AddOns, workloadIdentity) {
		params["enable-oidc-issuer"], params["enable-workload-identity"] = true, true
	}
	if gateway := site.Azure.ArcGateway; gateway != "" {
		params["gateway-id"] = gateway
	}
}

// workloadIdentity is the add-on that gives pods identities of Microsoft Entra ID.
const workloadIdentity = "workload-identity"

// unappliedFindings reports what the site asks to have inside the clusters of a platform
// for whose clusters there is no step that does it.
func unappliedFindings(in Input) []Finding {
	if in.Profile.Generation != profiles.AzureLocal {
		return nil
	}
	var list []Finding
	for i, c := range in.Site.Clusters {
		for _, wish := range []struct{ key, value string }{{"namespace", c.Namespace}, {"storageClass", c.StorageClass}} {
			if wish.value != "" {
				list = append(list, Finding{Code: "step-missing", Severity: Warn, Path: fmt.Sprintf("site.clusters[%d].%s", i, wish.key),
					Message:  fmt.Sprintf("on %s no step of the plan makes %s", in.Profile.Title, quoted(wish.value)),
					Evidence: wish.value, Remedy: "make it with kubectl once the cluster is there, and remove the key", Owner: OwnerYou})
			}
		}
	}
	return list
}

// arcPool is what both commands say of a node pool.
func (r *recipe) arcPool(p NodePool) map[string]any {
	pods := p.MaxPods
	if pods == 0 {
		pods = r.in.Profile.Limits.PodsPerNode.Value
	}
	params := map[string]any{"node-count": p.Count, "node-vm-size": orDefault(p.VMSize, workerSize(r.in.Profile, p.OS)), "max-pods": pods}
	if p.MaxCount > 0 {
		params["enable-cluster-autoscaler"], params["min-count"], params["max-count"] = true, p.Count, p.MaxCount
	}
	return params
}

func osType(os NodeOS) string {
	if os == Linux {
		return "Linux"
	}
	return "Windows"
}

// sku is what the platform calls an operating system.
func (r *recipe) sku(os NodeOS) string {
	for _, n := range r.in.Profile.NodeOS {
		if n.Name == string(os) {
			return n.SKU
		}
	}
	return ""
}
