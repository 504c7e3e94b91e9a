package sim

import (
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/timeline"
)

type clusterParams struct {
	Name         string             `json:"name"`
	Kubernetes   string             `json:"kubernetes"`
	ControlPlane controlPlaneParams `json:"controlPlane"`
	LoadBalancer loadBalancerParams `json:"loadBalancer"`
	NodePool     poolParams         `json:"nodePool"`
	Network      string             `json:"network,omitempty"` // the deployment's own when empty
}

type controlPlaneParams struct {
	Count  int    `json:"count"`
	VMSize string `json:"vmSize"`
}

type loadBalancerParams struct {
	Kind   planner.BalancerKind `json:"kind"`
	VMSize string               `json:"vmSize,omitempty"`
}

type poolParams struct {
	Name     string         `json:"name"`
	OS       planner.NodeOS `json:"os"`
	Count    int            `json:"count"`
	VMSize   string         `json:"vmSize"`
	MaxPods  int            `json:"maxPods,omitempty"`
	MaxCount int            `json:"maxCount,omitempty"`
}

// clusterName is the pattern that the cmdlet's own error names.
var clusterName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*[a-z0-9]$`)

// newCluster is New-AksHciCluster. It does not look whether the hosts have room: without
// it, the machines are waited for until the cmdlet gives up.
func (w *world) newCluster(k *task, params json.RawMessage) (job, *scriptError) {
	var p clusterParams
	if err := decode(params, &p); err != nil {
		return job{}, err
	}
	d := k.host.site
	if err := d.answers(k.host); err != nil {
		return job{}, err
	}
	if d.clusters[p.Name] != nil {
		return job{}, stop(codeNameTaken, "a cluster with the name %s has been made by somebody else", p.Name)
	}
	c, err := w.checkCluster(p)
	if err != nil {
		return job{}, err
	}
	c.network = d.network
	if p.Network != "" {
		if c.network = d.further[p.Network]; c.network == nil {
			return job{}, stop("NetworkMissing", "there is no network %s for the cluster", p.Network)
		}
	}
	var made *cluster
	return job{
		stages: []stage{
			{
				says: says("AksHci", "Initializing environment", "Importing Configuration", "Importing Configuration Completed",
					"Verifying product installation state", "  Installation state is: "+string(installed)),
				takes: span{5 * time.Second, 20 * time.Second},
			},
			{
				says:  says("Kva", "Creating the cluster "+p.Name+" with Kubernetes "+p.Kubernetes),
				takes: span{5 * time.Second, 15 * time.Second},
				begin: func(t *timeline.Turn) *scriptError {
					if d.clusters[p.Name] != nil {
						return throw("A workload cluster with the name '%s' already exists.", p.Name)
					}
					made = c
					d.made[p.Name]++
					c.make = d.made[p.Name]
					c.say = k.say
					d.clusters[p.Name] = c
					w.build(t, d, c)
					return nil
				},
				waits: func() string { return c.waiting(c.state) },
			},
			{says: says("AksHci", "Done"), takes: span{time.Second, 3 * time.Second}},
		},
		limit: longestWait,
		late: func(*timeline.Turn) *scriptError {
			c.lapse(d)
			return throw("kvactl.exe cluster create returned a non zero exit code 1 [Error: timed out waiting for the condition]")
		},
		failed: func(_ *timeline.Turn, err *scriptError) {
			if made != nil && k.breakage == err {
				made.fail(d, err.Message)
			}
		},
	}, nil
}

// answers refuses whatever needs a management cluster while there is none.
func (d *deployment) answers(h *host) *scriptError {
	switch {
	case h.Module == "":
		return noModule()
	case d.state != installed:
		return throw("AksHci is not installed: the installation state is %s.", d.state)
	}
	return d.login()
}

// checkCluster refuses what New-AksHciCluster does
// (https://learn.microsoft.com/azure/aks/hybrid/reference/ps/new-akshcicluster).
func (w *world) checkCluster(p clusterParams) (*cluster, *scriptError) {
	if !clusterName.MatchString(p.Name) {
		return nil, throw("%s is not a valid cluster name. It must match the pattern '%s'.", p.Name, clusterName)
	}
	if !w.platform.offers(p.Kubernetes) {
		return nil, throw("The Kubernetes version %s is not available. Get-AksHciKubernetesVersion lists those that are.", p.Kubernetes)
	}
	if !slices.Contains(w.platform.Limits.ControlPlaneCounts.Value, p.ControlPlane.Count) {
		return nil, throw("%d is not a valid number of control plane nodes.", p.ControlPlane.Count)
	}
	c := &cluster{name: p.Name, version: p.Kubernetes, state: creating}
	c.control.controlPlaneParams, c.balancer.loadBalancerParams = p.ControlPlane, p.LoadBalancer
	var err *scriptError
	if c.control.size, err = w.platform.size(p.ControlPlane.VMSize, profiles.ControlPlane); err != nil {
		return nil, err
	}
	if p.LoadBalancer.Kind != planner.HAProxy && p.LoadBalancer.Kind != planner.NoBalancer {
		return nil, throw("%s is not a load balancer of this platform.", p.LoadBalancer.Kind)
	}
	if p.LoadBalancer.Kind == planner.HAProxy {
		if c.balancer.size, err = w.platform.size(p.LoadBalancer.VMSize, profiles.LoadBalancer); err != nil {
			return nil, err
		}
	}
	pool, err := w.checkPool(p.NodePool)
	if err != nil {
		return nil, err
	}
	c.pools = []*nodePool{pool}
	return c, nil
}

// checkPool refuses what New-AksHciNodePool does
// (https://learn.microsoft.com/azure/aks/hybrid/reference/ps/new-akshcinodepool).
func (w *world) checkPool(p poolParams) (*nodePool, *scriptError) {
	if !clusterName.MatchString(p.Name) {
		return nil, throw("%s is not a valid node pool name. It must match the pattern '%s'.", p.Name, clusterName)
	}
	if p.OS != planner.Linux && p.OS != planner.Windows2019 && p.OS != planner.Windows2022 {
		return nil, stop("BadRequest", "%s is no operating system of a node pool", p.OS)
	}
	if p.Count < 0 {
		return nil, throw("%d is not a number of nodes.", p.Count)
	}
	if least := w.platform.Limits.PodsPerNodeMin; p.MaxPods != 0 && !least.Unstated && p.MaxPods < least.Value {
		return nil, throw("A node must allow at least %d pods, not %d.", least.Value, p.MaxPods)
	}
	if p.MaxCount != 0 && p.MaxCount < p.Count {
		return nil, throw("The most nodes of a pool (%d) cannot be fewer than its nodes (%d).", p.MaxCount, p.Count)
	}
	size, err := w.platform.size(p.VMSize, profiles.Worker)
	if err != nil {
		return nil, err
	}
	if p.MaxPods == 0 {
		p.MaxPods = w.platform.Limits.PodsPerNode.Value
	}
	return &nodePool{name: p.Name, os: p.OS, size: size, count: p.Count, pods: p.MaxPods, state: creating}, nil
}

// waiting is what to print while a cluster or a pool is in a state that is not final.
func (c *cluster) waiting(state provisioning) string {
	if state != creating {
		return ""
	}
	if why := c.waits(); why != "" {
		return "azurestackhciProvider: " + why
	}
	return "Waiting for " + c.name + " to be provisioned"
}

// lapse is what becomes of a cluster when the cmdlet has given up: without room or an
// address it has failed, else the work goes on.
func (c *cluster) lapse(d *deployment) {
	c.say = nil
	if why := c.waits(); why != "" && c.state == creating {
		c.fail(d, why)
	}
}

func (c *cluster) fail(d *deployment, why string) {
	c.giveUp(d)
	c.state, c.err, c.say = failed, why, nil
	for _, p := range c.pools {
		if p.state == creating {
			p.state, p.err = failed, why
		}
	}
}
