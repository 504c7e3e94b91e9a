package kube

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Manager is our field manager, and the value of the label that marks what is ours.
const Manager = "arcwright"

// What marks an object as ours, and of which site.
const (
	ManagedBy = "app.kubernetes.io/managed-by"
	SiteOf    = "arcwright.dev/site"
)

// Object is one that we want. It has no namespace: everything we apply belongs to the
// whole cluster. Make it with Namespace or StorageClass.
type Object struct {
	resource schema.GroupVersionResource
	kind     string
	name     string
	site     string
	fields   map[string]any
}

var (
	namespaces     = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	storageClasses = schema.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"}
)

// Namespace is a namespace of a site.
func Namespace(name, site string) Object {
	return Object{resource: namespaces, kind: "Namespace", name: name, site: site}
}

// StorageClass is a storage class of a site: volumes are made when they are claimed, can
// grow, and go with their claim. Everything but the growing is fixed once it is made.
func StorageClass(name, site, provisioner string, parameters map[string]string) Object {
	all := map[string]any{}
	for key, value := range parameters {
		all[key] = value
	}
	return Object{resource: storageClasses, kind: "StorageClass", name: name, site: site, fields: map[string]any{
		"provisioner":          provisioner,
		"parameters":           all,
		"reclaimPolicy":        "Delete",
		"volumeBindingMode":    "Immediate",
		"allowVolumeExpansion": true,
	}}
}

// String is the kind and the name.
func (o Object) String() string { return o.kind + " " + o.name }

// intent is the object as it is applied: only what we want to manage.
func (o Object) intent() *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{}}
	for key, value := range o.fields {
		u.Object[key] = value
	}
	u.SetAPIVersion(o.resource.GroupVersion().String())
	u.SetKind(o.kind)
	u.SetName(o.name)
	u.SetLabels(map[string]string{ManagedBy: Manager})
	u.SetAnnotations(map[string]string{SiteOf: o.site})
	return u
}

// Look compares what is there with what we want. It returns false when nothing is there,
// and otherwise what differs, nothing when all is as wanted. An object that is not ours is
// an *ErrForeign.
func (c *Client) Look(ctx context.Context, want Object) (exists bool, differences []string, err error) {
	found, err := c.get(ctx, want.resource, want.name)
	if err != nil || found == nil {
		return false, nil, err
	}
	if err := want.foreign(found); err != nil {
		return true, nil, err
	}
	if !found.GetDeletionTimestamp().IsZero() {
		return true, []string{"it is being deleted"}, nil
	}
	return true, want.differences(found), nil
}

// Apply makes the object as wanted. An object that is not ours is left alone, which is
// an *ErrForeign; fields of ours that somebody else has changed since are an *ErrConflict.
func (c *Client) Apply(ctx context.Context, want Object) error {
	found, err := c.get(ctx, want.resource, want.name)
	if err != nil {
		return err
	}
	if found != nil {
		if err := want.foreign(found); err != nil {
			return &Error{OpApply, c.server, ClassInvalid, err}
		}
	}
	return c.within(ctx, OpApply, func(ctx context.Context) error {
		_, err := c.objects.Resource(want.resource).Apply(ctx, want.name, want.intent(), metav1.ApplyOptions{FieldManager: Manager})
		if conflict := want.conflict(err); conflict != nil {
			return conflict
		}
		return err
	})
}

// Parameters are those of a storage class that is there. They are nil when it is not.
func (c *Client) Parameters(ctx context.Context, class string) (map[string]string, error) {
	found, err := c.get(ctx, storageClasses, class)
	if err != nil || found == nil {
		return nil, err
	}
	parameters, _, err := unstructured.NestedStringMap(found.Object, "parameters")
	if err != nil {
		return nil, &Error{OpGet, c.server, ClassProtocol, fmt.Errorf("storage class %s: %w", class, err)}
	}
	if parameters == nil {
		parameters = map[string]string{}
	}
	return parameters, nil
}

// get is the object, or nil when there is none.
func (c *Client) get(ctx context.Context, resource schema.GroupVersionResource, name string) (*unstructured.Unstructured, error) {
	var found *unstructured.Unstructured
	err := c.within(ctx, OpGet, func(ctx context.Context) (err error) {
		found, err = c.objects.Resource(resource).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			found, err = nil, nil
		}
		return err
	})
	return found, err
}

// foreign says why an object is not ours, nil when it is.
func (o Object) foreign(found *unstructured.Unstructured) error {
	if found.GetLabels()[ManagedBy] != Manager {
		return &ErrForeign{o.String(), "it does not carry the label " + ManagedBy + "=" + Manager}
	}
	if site := found.GetAnnotations()[SiteOf]; site != o.site {
		return &ErrForeign{o.String(), fmt.Sprintf("it belongs to the site %q", site)}
	}
	return nil
}

// differences are the fields that are not as wanted, in order.
func (o Object) differences(found *unstructured.Unstructured) []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(o.fields)) {
		want, is := o.fields[key], found.Object[key]
		wantMap, ok := want.(map[string]any)
		if !ok {
			if !reflect.DeepEqual(want, is) {
				all = append(all, difference(key, want, is))
			}
			continue
		}
		isMap, _ := is.(map[string]any)
		both := maps.Clone(wantMap)
		maps.Copy(both, isMap)
		for _, inner := range slices.Sorted(maps.Keys(both)) {
			if !reflect.DeepEqual(wantMap[inner], isMap[inner]) {
				all = append(all, difference(key+"."+inner, wantMap[inner], isMap[inner]))
			}
		}
	}
	return all
}

func difference(path string, want, is any) string {
	switch {
	case is == nil:
		return fmt.Sprintf("%s is missing, wanted %v", path, want)
	case want == nil:
		return fmt.Sprintf("%s is %v, wanted none", path, is)
	}
	return fmt.Sprintf("%s is %v, wanted %v", path, is, want)
}

// conflict is the conflict in an error of an apply, nil when that is something else.
func (o Object) conflict(err error) *ErrConflict {
	var status apierrors.APIStatus
	if !apierrors.IsConflict(err) || !errors.As(err, &status) {
		return nil
	}
	c := &ErrConflict{Object: o.String()}
	if details := status.Status().Details; details != nil {
		for _, cause := range details.Causes {
			if cause.Type == metav1.CauseTypeFieldManagerConflict {
				c.Fields = append(c.Fields, cause.Field+" ("+cause.Message+")")
			}
		}
	}
	if len(c.Fields) == 0 {
		c.Fields = []string{status.Status().Message}
	}
	return c
}
