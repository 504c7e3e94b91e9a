package kubeapi

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// checkNew returns what is wrong with an object that is about to be stored, whether it
// is new or not. It knows the metadata of every kind and the content of storage classes.
func checkNew(r *resource, o object) field.ErrorList {
	errs := validation.ValidateObjectMetaAccessor(o, r.is(namespaced), r.named, field.NewPath("metadata"))
	if class, ok := o.(*storagev1.StorageClass); ok {
		errs = append(errs, checkStorageClass(class)...)
	}
	return errs
}

func checkStorageClass(class *storagev1.StorageClass) field.ErrorList {
	var errs field.ErrorList
	if class.Provisioner == "" {
		errs = append(errs, field.Required(field.NewPath("provisioner"), ""))
	}
	switch policy := *class.ReclaimPolicy; policy {
	case corev1.PersistentVolumeReclaimDelete, corev1.PersistentVolumeReclaimRetain:
	default:
		errs = append(errs, field.NotSupported(field.NewPath("reclaimPolicy"), policy,
			[]corev1.PersistentVolumeReclaimPolicy{corev1.PersistentVolumeReclaimDelete, corev1.PersistentVolumeReclaimRetain}))
	}
	switch mode := *class.VolumeBindingMode; mode {
	case storagev1.VolumeBindingImmediate, storagev1.VolumeBindingWaitForFirstConsumer:
	default:
		errs = append(errs, field.NotSupported(field.NewPath("volumeBindingMode"), mode,
			[]storagev1.VolumeBindingMode{storagev1.VolumeBindingImmediate, storagev1.VolumeBindingWaitForFirstConsumer}))
	}
	return errs
}

// checkChange returns what is wrong with replacing an object by another.
func checkChange(old, new object) field.ErrorList {
	errs := validation.ValidateObjectMetaAccessorUpdate(new, old, field.NewPath("metadata"))
	fixed := func(name string, was, is any) {
		errs = append(errs, validation.ValidateImmutableField(is, was, field.NewPath(name))...)
	}
	switch old := old.(type) {
	case *storagev1.StorageClass:
		new := new.(*storagev1.StorageClass)
		fixed("parameters", old.Parameters, new.Parameters)
		fixed("provisioner", old.Provisioner, new.Provisioner)
		fixed("reclaimPolicy", old.ReclaimPolicy, new.ReclaimPolicy)
		fixed("volumeBindingMode", old.VolumeBindingMode, new.VolumeBindingMode)
	case *schedulingv1.PriorityClass:
		fixed("value", old.Value, new.(*schedulingv1.PriorityClass).Value)
	case *rbacv1.ClusterRoleBinding:
		fixed("roleRef", old.RoleRef, new.(*rbacv1.ClusterRoleBinding).RoleRef)
	case *rbacv1.RoleBinding:
		fixed("roleRef", old.RoleRef, new.(*rbacv1.RoleBinding).RoleRef)
	case *appsv1.Deployment:
		fixed("spec.selector", old.Spec.Selector, new.(*appsv1.Deployment).Spec.Selector)
	case *appsv1.DaemonSet:
		fixed("spec.selector", old.Spec.Selector, new.(*appsv1.DaemonSet).Spec.Selector)
	case *appsv1.ReplicaSet:
		fixed("spec.selector", old.Spec.Selector, new.(*appsv1.ReplicaSet).Spec.Selector)
	case *appsv1.StatefulSet:
		fixed("spec.selector", old.Spec.Selector, new.(*appsv1.StatefulSet).Spec.Selector)
	case *corev1.Secret:
		fixed("type", old.Type, new.(*corev1.Secret).Type)
		errs = append(errs, checkSealed(old.Immutable, sameAPI(old.Data, new.(*corev1.Secret).Data), new.(*corev1.Secret).Immutable)...)
	case *corev1.ConfigMap:
		new := new.(*corev1.ConfigMap)
		same := sameAPI(old.Data, new.Data) && sameAPI(old.BinaryData, new.BinaryData)
		errs = append(errs, checkSealed(old.Immutable, same, new.Immutable)...)
	}
	return errs
}

// checkSealed guards the data of a config map or secret that was declared immutable.
func checkSealed(old *bool, sameData bool, new *bool) field.ErrorList {
	if old == nil || !*old {
		return nil
	}
	var errs field.ErrorList
	if new == nil || !*new {
		errs = append(errs, field.Forbidden(field.NewPath("immutable"), "field is immutable when `immutable` is set"))
	}
	if !sameData {
		errs = append(errs, field.Forbidden(field.NewPath("data"), "field is immutable when `immutable` is set"))
	}
	return errs
}

// checkMortal returns why a namespace may not be deleted.
func checkMortal(name string) error {
	switch name {
	case corev1.NamespaceDefault, "kube-system", "kube-public":
		return fmt.Errorf("this namespace may not be deleted")
	}
	return nil
}
