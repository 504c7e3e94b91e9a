package kubeapi

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// selector chooses objects of one resource.
type selector struct {
	namespace string // empty for all
	name      string // empty for all
	labels    labels.Selector
	fields    fields.Selector
}

// readSelector reads the selectors of a list or watch.
func (s *Server) readSelector(t target, r *resource, o metav1.ListOptions) (selector, error) {
	sel := selector{namespace: t.namespace, name: t.name}
	var err error
	if sel.labels, err = labels.Parse(o.LabelSelector); err != nil {
		return sel, apierrors.NewBadRequest(fmt.Sprintf("unable to parse requirement: %v", err))
	}
	if sel.fields, err = fields.ParseSelector(o.FieldSelector); err != nil {
		return sel, apierrors.NewBadRequest(err.Error())
	}
	known := selectable(s.empty(r))
	for _, requirement := range sel.fields.Requirements() {
		if _, ok := known[requirement.Field]; !ok {
			return sel, apierrors.NewBadRequest(fmt.Sprintf("field label not supported: %s", requirement.Field))
		}
	}
	return sel, nil
}

// matches reports whether an object, which may be nil, is chosen.
func (s selector) matches(o object) bool {
	return o != nil &&
		(s.namespace == "" || o.GetNamespace() == s.namespace) &&
		(s.name == "" || o.GetName() == s.name) &&
		s.labels.Matches(labels.Set(o.GetLabels())) &&
		(s.fields.Empty() || s.fields.Matches(selectable(o)))
}

// selectable is the fields of an object that a field selector may name.
func selectable(o object) fields.Set {
	set := fields.Set{"metadata.name": o.GetName(), "metadata.namespace": o.GetNamespace()}
	switch o := o.(type) {
	case *corev1.Node:
		set["spec.unschedulable"] = strconv.FormatBool(o.Spec.Unschedulable)
	case *corev1.Namespace:
		set["status.phase"] = string(o.Status.Phase)
	case *corev1.Pod:
		set["spec.nodeName"] = o.Spec.NodeName
		set["spec.serviceAccountName"] = o.Spec.ServiceAccountName
		set["status.phase"] = string(o.Status.Phase)
		set["status.podIP"] = o.Status.PodIP
	case *corev1.Secret:
		set["type"] = string(o.Type)
	case *corev1.Service:
		set["spec.type"] = string(o.Spec.Type)
		set["spec.clusterIP"] = o.Spec.ClusterIP
	case *corev1.Event:
		set["involvedObject.kind"] = o.InvolvedObject.Kind
		set["involvedObject.namespace"] = o.InvolvedObject.Namespace
		set["involvedObject.name"] = o.InvolvedObject.Name
		set["involvedObject.uid"] = string(o.InvolvedObject.UID)
		set["reason"] = o.Reason
		set["type"] = o.Type
	}
	return set
}
