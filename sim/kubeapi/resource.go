package kubeapi

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// traits are the ways in which resources differ.
type traits uint8

const (
	namespaced traits = 1 << iota
	inAll             // belongs to the category "all"
	hasStatus         // has a status that only the cluster itself writes
	counted           // counts the changes of its spec in metadata.generation
	guarded           // an update must name the resourceVersion it is for
)

// resource is one kind of object that the server stores.
type resource struct {
	schema.GroupVersionKind
	plural string
	short  string
	traits traits
	// named says why a name is not allowed. prefix is set for a generateName.
	named validation.ValidateNameFunc
}

func (r *resource) is(t traits) bool { return r.traits&t != 0 }

func (r *resource) singular() string { return strings.ToLower(r.Kind) }

func (r *resource) group() schema.GroupResource {
	return schema.GroupResource{Group: r.Group, Resource: r.plural}
}

// verbs is what the server does for every resource.
func verbs() []string {
	return []string{"create", "delete", "get", "list", "patch", "update", "watch"}
}

// resources is everything the server stores, in order of discovery. All of it is stable
// since Kubernetes 1.25.
func resources() []*resource {
	const (
		core       = ""
		apps       = "apps"
		lease      = "coordination.k8s.io"
		networking = "networking.k8s.io"
		policy     = "policy"
		rbac       = "rbac.authorization.k8s.io"
		scheduling = "scheduling.k8s.io"
		storage    = "storage.k8s.io"
	)
	subdomain := validation.NameIsDNSSubdomain
	rows := []struct {
		group, kind, plural, short string
		traits                     traits
		named                      validation.ValidateNameFunc
	}{
		{core, "ConfigMap", "configmaps", "cm", namespaced, subdomain},
		{core, "Event", "events", "ev", namespaced, subdomain},
		{core, "Namespace", "namespaces", "ns", hasStatus, validation.NameIsDNSLabel},
		{core, "Node", "nodes", "no", hasStatus, subdomain},
		{core, "Pod", "pods", "po", namespaced | inAll | hasStatus, subdomain},
		{core, "Secret", "secrets", "", namespaced, subdomain},
		{core, "ServiceAccount", "serviceaccounts", "sa", namespaced, subdomain},
		{core, "Service", "services", "svc", namespaced | inAll | hasStatus, validation.NameIsDNS1035Label},
		{apps, "DaemonSet", "daemonsets", "ds", namespaced | inAll | hasStatus | counted, subdomain},
		{apps, "Deployment", "deployments", "deploy", namespaced | inAll | hasStatus | counted, subdomain},
		{apps, "ReplicaSet", "replicasets", "rs", namespaced | inAll | hasStatus | counted, subdomain},
		{apps, "StatefulSet", "statefulsets", "sts", namespaced | inAll | hasStatus | counted, subdomain},
		{lease, "Lease", "leases", "", namespaced | guarded, subdomain},
		{networking, "NetworkPolicy", "networkpolicies", "netpol", namespaced | counted, subdomain},
		{policy, "PodDisruptionBudget", "poddisruptionbudgets", "pdb", namespaced | hasStatus | counted | guarded, subdomain},
		{rbac, "ClusterRoleBinding", "clusterrolebindings", "", 0, segment},
		{rbac, "ClusterRole", "clusterroles", "", 0, segment},
		{rbac, "RoleBinding", "rolebindings", "", namespaced, segment},
		{rbac, "Role", "roles", "", namespaced, segment},
		{scheduling, "PriorityClass", "priorityclasses", "pc", 0, subdomain},
		{storage, "CSIDriver", "csidrivers", "", guarded, subdomain},
		{storage, "StorageClass", "storageclasses", "sc", 0, subdomain},
	}
	var out []*resource
	for _, row := range rows {
		gvk := schema.GroupVersionKind{Group: row.group, Version: "v1", Kind: row.kind}
		out = append(out, &resource{gvk, row.plural, row.short, row.traits, row.named})
	}
	return out
}

// segment says why a name cannot be part of a path. It is all that is asked of the names
// of roles.
func segment(name string, prefix bool) []string {
	var reasons []string
	if !prefix && (name == "." || name == "..") {
		reasons = append(reasons, "may not be '"+name+"'")
	}
	for _, part := range []string{"/", "%"} {
		if strings.Contains(name, part) {
			reasons = append(reasons, "may not contain '"+part+"'")
		}
	}
	return reasons
}

// catalogue finds resources. It does not change after it is made.
type catalogue struct {
	list   []*resource
	byPath map[schema.GroupVersionResource]*resource
}

func newCatalogue() *catalogue {
	c := &catalogue{list: resources(), byPath: map[schema.GroupVersionResource]*resource{}}
	for _, r := range c.list {
		c.byPath[r.GroupVersion().WithResource(r.plural)] = r
	}
	return c
}

// groups returns the group versions in order of discovery, the core group first.
func (c *catalogue) groups() []schema.GroupVersion {
	var out []schema.GroupVersion
	for _, r := range c.list {
		if gv := r.GroupVersion(); len(out) == 0 || out[len(out)-1] != gv {
			out = append(out, gv)
		}
	}
	return out
}

// of returns the resource of a kind, which must be in the table.
func (c *catalogue) of(kind string) *resource {
	for _, r := range c.list {
		if r.Kind == kind {
			return r
		}
	}
	panic("kubeapi: no resource of kind " + kind)
}
