package planner

import (
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/profiles"
)

// diskDriver is the provisioner of the AksHci generation's built-in disk driver.
const diskDriver = "disk.csi.akshci.com"

// diskParameters are a storage class's own parameters, from the driver's reference: 32 MiB
// blocks, disks that grow, and ext4, without which a pod with an fsGroup is denied its files.
// The others are the deployment's, and are copied from the class that the platform ships.
var diskParameters = [...][2]string{
	{"blocksize", "33554432"}, {"dynamic", "true"}, {"fsType", "ext4"}, {"logicalsectorsize", "4096"}, {"physicalsectorsize", "4096"},
}

// A recipe writes the steps of one plan.
type recipe struct {
	in    Input
	book  AddressMap
	room  Headroom
	steps []Step
}

// steps writes what will be done, in an order in which every step comes after those it
// needs.
func steps(in Input, book AddressMap, room Headroom) []Step {
	r := &recipe{in: in, book: book, room: room}
	if in.Profile.Generation == profiles.AzureLocal {
		r.azureLocal()
	} else {
		r.aksHci()
	}
	return r.steps
}

// mostTimed is the number of machines that estimates stop growing at.
const mostTimed = 10_000

// add appends a step. machines is how many its estimate is made for.
func (r *recipe) add(s Step, machines int) {
	if e, ok := r.in.Profile.Estimate(string(s.Kind)); ok {
		s.Estimate = e.For(min(machines, mostTimed))
	}
	r.steps = append(r.steps, s)
}

func (r *recipe) aksHci() {
	site := r.in.Site
	first := ""
	var prepared []string
	names := hostNames(r.in.Inventory.Hosts)
	for i, h := range r.in.Inventory.Hosts {
		if i == 0 {
			first = h.Name
		}
		id := "prepare-host/" + names[i]
		prepared = append(prepared, id)
		r.add(Step{ID: id, Kind: PrepareHost, Target: "host/" + names[i], On: h.Name,
			Params: map[string]any{"module": moduleVersion(r.in.Profile)},
			Undo:   "none: the module and the roles stay on the host"}, 0)
	}
	r.add(Step{ID: "configure", Kind: Configure, Target: "site", On: first, Needs: prepared, Params: r.configuration(),
		Undo: "until the installation it is overwritten by configuring again"}, 0)
	r.add(Step{ID: "install", Kind: Install, Target: "site", On: first, Needs: []string{"configure"}, Params: map[string]any{},
		Undo: "Uninstall-AksHci, which removes every cluster"}, 0)
	for i, n := range site.Networks {
		r.add(Step{ID: "create-network/" + n.Name, Kind: CreateNetwork, Target: "site", On: first, Needs: []string{"install"},
			Params: map[string]any{"network": networkParams(n, r.book.Networks[i].Pools)}, Undo: "Remove-AksHciClusterNetwork, once no cluster lives in it"}, 0)
	}
	for i := range site.Clusters {
		r.cluster(i, first)
	}
}

// networkParams are what a network is made with.
func networkParams(net Network, pools []Pool) map[string]any {
	network := map[string]any{"name": net.Name, "switch": net.Switch, "vlan": net.VLAN, "addressing": string(net.Addressing)}
	if net.Addressing != DHCP {
		network["subnet"], network["gateway"] = net.Subnet.String(), net.Gateway.String()
		dns := []any{}
		for _, at := range net.DNS {
			dns = append(dns, at.String())
		}
		network["dns"] = dns
	}
	for _, p := range pools {
		switch {
		case p.Kind == NodeAddresses && net.Addressing != DHCP:
			network["nodePool"] = rangeParam(p.Range)
		case p.Kind == VirtualAddresses:
			network["vipPool"] = rangeParam(p.Range)
		}
	}
	return network
}

// configuration is what the network and the platform are configured with.
func (r *recipe) configuration() map[string]any {
	site := r.in.Site
	agent := ""
	if r.book.CloudAgent != nil {
		agent = r.book.CloudAgent.String()
	}
	params := map[string]any{
		"network": networkParams(site.Network, r.book.Pools),
		"config": map[string]any{"images": site.Storage.Images, "working": site.Storage.Working, "cloudConfig": site.Storage.CloudConfig, "cloudAgent": agent,
			"managementVMSize": orDefault(site.Management.VMSize, r.in.Profile.Defaults.Management), "cloudAgentRole": site.Directory.CloudAgentRole},
		"registration": map[string]any{"tenant": site.Azure.Tenant, "subscription": site.Azure.Subscription, "resourceGroup": site.Azure.ResourceGroup,
			"region": site.Azure.Region, "application": site.Azure.Application},
	}
	if p := withoutSecrets(site).Proxy; p != nil {
		direct := p.NoProxy
		if len(direct) == 0 {
			direct = r.in.Profile.Network.NoProxy.Value
		}
		params["proxy"] = map[string]any{"http": p.HTTP, "https": p.HTTPS, "noProxy": strings.Join(direct, ",")}
	}
	return params
}

// cluster writes the steps of one workload cluster.
func (r *recipe) cluster(i int, on string) {
	c, defaults := r.in.Site.Clusters[i], r.in.Profile.Defaults
	target, created := "cluster/"+c.Name, "create-cluster/"+c.Name
	balancer := map[string]any{"kind": string(c.Balancer.Kind), "vmSize": ""}
	machines := counted(c.Control.Count)
	if c.Balancer.Kind == HAProxy {
		balancer["vmSize"] = orDefault(c.Balancer.VMSize, defaults.LoadBalancer)
		machines++
	}
	params := map[string]any{"name": c.Name, "kubernetes": "v" + strings.TrimPrefix(c.Kubernetes, "v"), "loadBalancer": balancer,
		"controlPlane": map[string]any{"count": c.Control.Count, "vmSize": orDefault(c.Control.VMSize, defaults.ControlPlane)}}
	if len(c.NodePools) > 0 {
		params["nodePool"] = r.pool(c.NodePools[0])
		machines += counted(c.NodePools[0].Count)
	}
	needs := []string{"install"}
	if n, own := networkOf(r.in.Site, c); !own {
		params["network"] = n.Name
		needs = append(needs, "create-network/"+n.Name)
	}
	if before, ok := r.waitsFor(i); ok {
		needs = append(needs, "create-cluster/"+before)
	}
	r.add(Step{ID: created, Kind: CreateCluster, Target: target, On: on, Needs: needs, Params: params,
		Undo: "Remove-AksHciCluster, with everything that runs in it"}, machines)

	ready := []string{}
	linux, windows := counted(c.Control.Count), 0
	for j, p := range c.NodePools {
		if p.OS == Linux {
			linux += counted(p.Count)
		} else {
			windows += counted(p.Count)
		}
		if j == 0 {
			continue
		}
		id := fmt.Sprintf("create-node-pool/%s/%s", c.Name, p.Name)
		ready = append(ready, id)
		params := r.pool(p)
		params["cluster"] = c.Name
		r.add(Step{ID: id, Kind: CreateNodePool, Target: target, On: on, Needs: []string{created}, Params: params,
			Undo: "Remove-AksHciNodePool, with everything that runs on it"}, counted(p.Count))
	}
	fetched := "fetch-credential/" + c.Name
	r.add(Step{ID: fetched, Kind: FetchCredential, Target: target, On: on, Needs: []string{created}, Params: map[string]any{"cluster": c.Name},
		Undo: "none: the file is in the run folder"}, 0)
	waited := "wait-nodes/" + c.Name
	r.add(Step{ID: waited, Kind: WaitNodes, Target: target, Needs: append([]string{fetched}, ready...),
		Params: map[string]any{"cluster": c.Name, "linux": linux, "windows": windows}, Undo: "none: it changes nothing"}, linux+windows)
	if c.Namespace != "" {
		r.add(Step{ID: "apply-namespace/" + c.Name, Kind: ApplyNamespace, Target: target, Needs: []string{waited},
			Params: map[string]any{"cluster": c.Name, "name": c.Namespace}, Undo: "delete the namespace, with everything in it"}, 0)
	}
	if c.StorageClass != "" {
		parameters := map[string]any{}
		for _, p := range diskParameters {
			parameters[p[0]] = p[1]
		}
		r.add(Step{ID: "apply-storage/" + c.Name, Kind: ApplyStorage, Target: target, Needs: []string{waited},
			Params: map[string]any{"cluster": c.Name, "name": c.StorageClass, "provisioner": diskDriver, "parameters": parameters,
				"copyFrom": map[string]any{"class": "default", "parameters": []any{"container", "group", "hostname", "port"}}},
			Undo: "delete the storage class; volumes made with it stay"}, 0)
	}
}

// pool is what a node pool is created with.
func (r *recipe) pool(p NodePool) map[string]any {
	pods := p.MaxPods
	if pods == 0 {
		pods = r.in.Profile.Limits.PodsPerNode.Value
	}
	return map[string]any{"name": p.Name, "os": string(p.OS), "count": p.Count, "vmSize": orDefault(p.VMSize, workerSize(r.in.Profile, p.OS)),
		"maxPods": pods, "maxCount": p.MaxCount}
}

// waitsFor names the cluster whose creation must end before that of the i-th may begin,
// so that no more are created at one time than the platform bears. The AksHci generation
// has that limit on hosts that are half full or more (ASD:AKS-Hybrid/concepts-support.md),
// Azure Local always, and a lower one when a pool grows by itself.
func (r *recipe) waitsFor(i int) (string, bool) {
	limits := r.in.Profile.Limits
	limit := limits.ConcurrentClusters
	if own := limits.ConcurrentClustersAutoscaler; !own.Unstated && own.Value > 0 && autoscales(r.in.Site) {
		limit = own
	}
	if limit.Unstated || limit.Value <= 0 || i < limit.Value {
		return "", false
	}
	if r.in.Profile.Generation != profiles.AzureLocal && !halfFull(r.room) {
		return "", false
	}
	return r.in.Site.Clusters[i-limit.Value].Name, true
}

func autoscales(site Site) bool {
	for _, c := range site.Clusters {
		for _, p := range c.NodePools {
			if p.MaxCount > 0 {
				return true
			}
		}
	}
	return false
}

// halfFull reports whether the machines take half of the hosts' memory or more.
func halfFull(h Headroom) bool {
	all := h.States[0]
	return all.Needed >= all.Usable-all.Needed
}

// hostNames are the hosts' first labels, or their full names where two would be alike.
func hostNames(hosts []Host) []string {
	seen := map[string]int{}
	for _, h := range hosts {
		seen[shortName(h.Name)]++
	}
	names := make([]string, len(hosts))
	for i, h := range hosts {
		if names[i] = shortName(h.Name); seen[names[i]] > 1 {
			names[i] = h.Name
		}
	}
	return names
}

// moduleVersion is the version of the AksHci module that the profile was made for.
func moduleVersion(p profiles.Profile) string {
	for _, m := range p.Modules {
		if m.Name == "AksHci" {
			return m.Version
		}
	}
	return ""
}

func orDefault(own string, standard profiles.Figure[string]) string {
	if own != "" {
		return own
	}
	return standard.Value
}

func rangeParam(r Range) map[string]any {
	return map[string]any{"start": r.Start.String(), "end": r.End.String()}
}
