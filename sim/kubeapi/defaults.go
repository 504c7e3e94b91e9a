package kubeapi

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// defaulter fills in what a client may leave out.
type defaulter struct{}

// Default sets the defaults that decide how an object behaves or compares. The many
// others of a pod template are left out: nothing here runs pods.
func (defaulter) Default(obj runtime.Object) {
	switch o := obj.(type) {
	case *corev1.Namespace:
		if o.Name != "" {
			o.Labels = with(o.Labels, corev1.LabelMetadataName, o.Name)
		}
	case *corev1.Secret:
		defaultSecret(o)
	case *corev1.Service:
		setDefault(&o.Spec.Type, corev1.ServiceTypeClusterIP)
		setDefault(&o.Spec.SessionAffinity, corev1.ServiceAffinityNone)
		for i := range o.Spec.Ports {
			setDefault(&o.Spec.Ports[i].Protocol, corev1.ProtocolTCP)
			setDefault(&o.Spec.Ports[i].TargetPort, intstr.FromInt32(o.Spec.Ports[i].Port))
		}
	case *appsv1.Deployment:
		setPointer(&o.Spec.Replicas, 1)
		setDefault(&o.Spec.Strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
		setPointer(&o.Spec.RevisionHistoryLimit, 10)
		setPointer(&o.Spec.ProgressDeadlineSeconds, 600)
	case *appsv1.ReplicaSet:
		setPointer(&o.Spec.Replicas, 1)
	case *appsv1.StatefulSet:
		setPointer(&o.Spec.Replicas, 1)
		setDefault(&o.Spec.PodManagementPolicy, appsv1.OrderedReadyPodManagement)
		setDefault(&o.Spec.UpdateStrategy.Type, appsv1.RollingUpdateStatefulSetStrategyType)
		setPointer(&o.Spec.RevisionHistoryLimit, 10)
	case *appsv1.DaemonSet:
		setDefault(&o.Spec.UpdateStrategy.Type, appsv1.RollingUpdateDaemonSetStrategyType)
		setPointer(&o.Spec.RevisionHistoryLimit, 10)
	case *networkingv1.NetworkPolicy:
		defaultPolicy(o)
	case *rbacv1.ClusterRoleBinding:
		defaultBinding(&o.RoleRef, o.Subjects)
	case *rbacv1.RoleBinding:
		defaultBinding(&o.RoleRef, o.Subjects)
	case *schedulingv1.PriorityClass:
		setPointer(&o.PreemptionPolicy, corev1.PreemptLowerPriority)
	case *storagev1.CSIDriver:
		defaultDriver(o)
	case *storagev1.StorageClass:
		setPointer(&o.ReclaimPolicy, corev1.PersistentVolumeReclaimDelete)
		setPointer(&o.VolumeBindingMode, storagev1.VolumeBindingImmediate)
	}
}

func defaultSecret(o *corev1.Secret) {
	setDefault(&o.Type, corev1.SecretTypeOpaque)
	for name, value := range o.StringData {
		if o.Data == nil {
			o.Data = map[string][]byte{}
		}
		o.Data[name] = []byte(value)
	}
	o.StringData = nil
}

func defaultPolicy(o *networkingv1.NetworkPolicy) {
	if len(o.Spec.PolicyTypes) > 0 {
		return
	}
	o.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	if len(o.Spec.Egress) > 0 {
		o.Spec.PolicyTypes = append(o.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
	}
}

func defaultBinding(role *rbacv1.RoleRef, subjects []rbacv1.Subject) {
	setDefault(&role.APIGroup, rbacv1.GroupName)
	for i := range subjects {
		if kind := subjects[i].Kind; kind == rbacv1.UserKind || kind == rbacv1.GroupKind {
			setDefault(&subjects[i].APIGroup, rbacv1.GroupName)
		}
	}
}

func defaultDriver(o *storagev1.CSIDriver) {
	setPointer(&o.Spec.AttachRequired, true)
	setPointer(&o.Spec.PodInfoOnMount, false)
	setPointer(&o.Spec.StorageCapacity, false)
	setPointer(&o.Spec.FSGroupPolicy, storagev1.ReadWriteOnceWithFSTypeFSGroupPolicy)
	setPointer(&o.Spec.RequiresRepublish, false)
	setPointer(&o.Spec.SELinuxMount, false)
	if len(o.Spec.VolumeLifecycleModes) == 0 {
		o.Spec.VolumeLifecycleModes = []storagev1.VolumeLifecycleMode{storagev1.VolumeLifecyclePersistent}
	}
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func setPointer[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

// with returns the map with one entry more, without touching the original.
func with(m map[string]string, name, value string) map[string]string {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]string{}
	}
	out[name] = value
	return out
}
