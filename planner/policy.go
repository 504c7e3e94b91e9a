package planner

import (
	"fmt"
	"slices"
	"strings"
)

// PolicyEffect is what Azure Policy does with what a policy does not allow.
type PolicyEffect string

// The effects.
const (
	PolicyAudit    PolicyEffect = "audit"
	PolicyDeny     PolicyEffect = "deny"
	PolicyDisabled PolicyEffect = "disabled"
)

// Policy is how Azure Policy for Kubernetes is assigned to a cluster.
type Policy struct {
	Effect PolicyEffect `yaml:"effect" json:"effect"`
	// Excluded are namespaces that the policies leave out, beside those of the system.
	Excluded []string `yaml:"excluded,omitempty" json:"excluded,omitempty"`
}

// Isolation is what pods may reach on the network.
type Isolation struct {
	// DefaultDeny is whether everything is refused that no policy allows.
	DefaultDeny bool `yaml:"defaultDeny" json:"defaultDeny"`
	// Exempt are namespaces that the refusal leaves out, beside kube-system.
	Exempt []string `yaml:"exempt,omitempty" json:"exempt,omitempty"`
}

// The most pods of a cluster that Azure Policy watches
// (AD:articles/governance/policy/concepts/policy-for-kubernetes.md).
const policyPods = 10000

// Namespaces that policies always leave out, and those of the system that a refusal by
// default must leave out.
var (
	policyAlways = []string{"kube-system", "gatekeeper-system", "azure-arc"}
	denyAlways   = []string{"kube-system"}
	denySystem   = []string{"calico-system", "calico-apiserver", "tigera-operator"}
)

// policies judges what is refused in the clusters.
func (j *judge) policies() {
	for i, c := range j.in.Site.Clusters {
		at := fmt.Sprintf("site.clusters[%d]", i)
		if p := c.Policy; p != nil {
			j.policy(at+".policy", c, *p)
		}
		if n := c.Isolation; n != nil && n.DefaultDeny {
			j.isolation(at+".isolation", c, *n)
		}
	}
}

func (j *judge) policy(at string, c Cluster, p Policy) {
	if !slices.Contains(c.AddOns, "azure-policy") {
		j.add(Finding{Code: "policy-addon", Path: at, Evidence: "no azure-policy", Message: c.Name + " has policies assigned, and azure-policy is not among its add-ons"})
	}
	if missing := j.unnamed(c, p.Excluded, policyAlways); p.Effect == PolicyDeny && len(missing) > 0 {
		list := strings.Join(missing, ", ")
		j.add(Finding{Code: "policy-excluded", Path: at + ".excluded", Evidence: "without " + list, Message: fmt.Sprintf("policies that deny in %s do not leave out the namespaces of its add-ons: %s", c.Name, list), Remedy: "add to excluded: " + list})
	}
	pods := 0
	for _, pool := range c.NodePools {
		each := pool.MaxPods
		if each <= 0 {
			each = j.rules.Limits.PodsPerNode.Value
		}
		pods += counted(max(pool.Count, pool.MaxCount)) * min(each, 1000)
	}
	if p.Effect != PolicyDisabled && pods > policyPods {
		j.add(Finding{Code: "policy-pods", Path: at, Evidence: fmt.Sprintf("%d pods", pods), Message: fmt.Sprintf("%s may run %d pods, Azure Policy watches %d", c.Name, pods, policyPods)})
	}
}

func (j *judge) isolation(at string, c Cluster, n Isolation) {
	if slices.Contains(c.AddOns, "flannel") {
		j.add(Finding{Code: "isolation-flannel", Path: at + ".defaultDeny", Evidence: "flannel", Message: c.Name + " is to refuse by default, and flannel knows no network policies"})
	}
	wanted := j.unnamed(c, n.Exempt, denyAlways)
	for _, name := range append(slices.Clone(denySystem), "azure-arc") {
		if !slices.Contains(n.Exempt, name) && !slices.Contains(wanted, name) {
			wanted = append(wanted, name)
		}
	}
	slices.Sort(wanted)
	if len(wanted) > 0 {
		list := strings.Join(wanted, ", ")
		j.add(Finding{Code: "isolation-exempt", Path: at + ".exempt", Evidence: "without " + list, Message: fmt.Sprintf("what refuses by default in %s does not leave out %s", c.Name, list), Remedy: "add to exempt: " + list})
	}
}

// unnamed are the namespaces of a cluster's add-ons that a list leaves out.
func (j *judge) unnamed(c Cluster, list, always []string) []string {
	var missing []string
	for _, name := range c.AddOns {
		a, _ := j.rules.AddOn(name)
		for _, space := range a.Namespaces {
			if !slices.Contains(list, space) && !slices.Contains(always, space) && !slices.Contains(missing, space) {
				missing = append(missing, space)
			}
		}
	}
	slices.Sort(missing)
	return missing
}
