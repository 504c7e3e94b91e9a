package kubeapi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/duration"
)

const (
	none       = "<none>"
	defaultKey = "storageclass.kubernetes.io/is-default-class"
	rolePrefix = "node-role.kubernetes.io/"
)

// included is how much of each object a table carries beside its cells.
type included string

func readIncluded(text string) (included, error) {
	switch i := included(text); i {
	case "":
		return "Metadata", nil
	case "None", "Metadata", "Object":
		return i, nil
	}
	return "", apierrors.NewBadRequest(fmt.Sprintf("unrecognized includeObject value: %q", text))
}

// table lays objects of one resource out as kubectl get prints them.
func table(r *resource, objects []object, version string, with included, now time.Time) *metav1.Table {
	t := &metav1.Table{
		TypeMeta: metav1.TypeMeta{Kind: "Table", APIVersion: "meta.k8s.io/v1"},
		ListMeta: metav1.ListMeta{ResourceVersion: version}, ColumnDefinitions: columns(r), Rows: []metav1.TableRow{},
	}
	for _, o := range objects {
		row := metav1.TableRow{Cells: cells(o, now)}
		switch with {
		case "Metadata":
			partial := &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{Kind: "PartialObjectMetadata", APIVersion: "meta.k8s.io/v1"}}
			partial.ObjectMeta = part(o, "ObjectMeta").Interface().(metav1.ObjectMeta)
			row.Object = runtime.RawExtension{Object: partial}
		case "Object":
			row.Object = runtime.RawExtension{Object: o}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// columns are the headings of a resource. Those of priority 1 are for the wide output.
func columns(r *resource) []metav1.TableColumnDefinition {
	column := func(priority int32, names ...string) (out []metav1.TableColumnDefinition) {
		for _, name := range names {
			c := metav1.TableColumnDefinition{Name: name, Type: "string", Priority: priority, Description: name + " of the " + r.singular() + "."}
			if name == "Name" {
				c.Format = "name"
			}
			out = append(out, c)
		}
		return out
	}
	switch r.Kind {
	case "Node":
		return append(column(0, "Name", "Status", "Roles", "Age", "Version"),
			column(1, "Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime")...)
	case "Namespace":
		return column(0, "Name", "Status", "Age")
	case "Pod":
		return append(column(0, "Name", "Ready", "Status", "Restarts", "Age"), column(1, "IP", "Node")...)
	case "StorageClass":
		return column(0, "Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age")
	}
	return column(0, "Name", "Age")
}

// cells is the row of an object, in the order of its resource's columns.
func cells(o object, now time.Time) []any {
	name, age := o.GetName(), duration.HumanDuration(now.Sub(o.GetCreationTimestamp().Time))
	switch o := o.(type) {
	case *corev1.Node:
		info := o.Status.NodeInfo
		return []any{name, nodeStatus(o), nodeRoles(o), age, info.KubeletVersion,
			nodeAddress(o, corev1.NodeInternalIP), nodeAddress(o, corev1.NodeExternalIP),
			known(info.OSImage), known(info.KernelVersion), known(info.ContainerRuntimeVersion)}
	case *corev1.Namespace:
		return []any{name, string(o.Status.Phase), age}
	case *corev1.Pod:
		return append([]any{name}, podCells(o, age)...)
	case *storagev1.StorageClass:
		if o.Annotations[defaultKey] == "true" {
			name += " (default)"
		}
		return []any{name, o.Provisioner, string(*o.ReclaimPolicy), string(*o.VolumeBindingMode),
			o.AllowVolumeExpansion != nil && *o.AllowVolumeExpansion, age}
	}
	return []any{name, age}
}

func nodeStatus(n *corev1.Node) string {
	status := "Unknown"
	for _, c := range n.Status.Conditions {
		switch {
		case c.Type != corev1.NodeReady:
		case c.Status == corev1.ConditionTrue:
			status = "Ready"
		default:
			status = "NotReady"
		}
	}
	if n.Spec.Unschedulable {
		status += ",SchedulingDisabled"
	}
	return status
}

func nodeRoles(n *corev1.Node) string {
	var roles []string
	for label := range n.Labels {
		if role, ok := strings.CutPrefix(label, rolePrefix); ok && role != "" {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	if len(roles) == 0 {
		return none
	}
	return strings.Join(roles, ",")
}

func nodeAddress(n *corev1.Node, kind corev1.NodeAddressType) string {
	for _, a := range n.Status.Addresses {
		if a.Type == kind {
			return a.Address
		}
	}
	return none
}

func known(text string) string {
	if text == "" {
		return "<unknown>"
	}
	return text
}

func podCells(p *corev1.Pod, age string) []any {
	ready, restarts := 0, int32(0)
	for _, c := range p.Status.ContainerStatuses {
		restarts += c.RestartCount
		if c.Ready {
			ready++
		}
	}
	status := string(p.Status.Phase)
	switch {
	case p.DeletionTimestamp != nil:
		status = "Terminating"
	case p.Status.Reason != "":
		status = p.Status.Reason
	}
	orNone := func(text string) string {
		if text == "" {
			return none
		}
		return text
	}
	return []any{fmt.Sprintf("%d/%d", ready, len(p.Spec.Containers)), status, fmt.Sprint(restarts), age,
		orNone(p.Status.PodIP), orNone(p.Spec.NodeName)}
}
