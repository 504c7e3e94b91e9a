package kubeapi

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A write is worked out completely before anything changes: the steps it takes and what
// the client is told. So a refused request and a dry run need no undoing.
type write struct {
	steps    []step
	result   object
	code     int
	deleted  bool // the object is gone at once
	warnings []string
}

// plan works out what a mutating call does.
func (s *Server) plan(c *call, now time.Time) (write, error) {
	switch {
	case c.Method == http.MethodPost:
		return s.create(c, now)
	case c.Method == http.MethodDelete:
		return s.remove(c, now)
	case c.Method == http.MethodPut:
		return s.update(c, c.object, c.warnings, now)
	case c.patch == types.ApplyYAMLPatchType:
		return s.apply(c, now)
	}
	live := s.store.get(c.key())
	if live == nil {
		return write{}, notFound(c.key())
	}
	doc, err := s.merge(live, c.patch, c.Body)
	if err != nil {
		return write{}, err
	}
	wanted, warnings, err := s.bodies.object(runtime.ContentTypeJSON, doc, c.resource, c.options.validation)
	if err != nil {
		return write{}, err
	}
	if err := named(wanted, c.key()); err != nil {
		return write{}, err
	}
	return s.update(c, wanted, warnings, now)
}

func (s *Server) create(c *call, now time.Time) (write, error) {
	k, wanted := c.key(), c.object.DeepCopyObject().(object)
	if wanted.GetName() == "" && wanted.GetGenerateName() != "" {
		wanted.SetName(wanted.GetGenerateName() + s.suffix(k))
	}
	k.Name = wanted.GetName()
	if wanted.GetResourceVersion() != "" {
		return write{}, errors.New("resourceVersion should not be set on objects to be created")
	}
	defaulter{}.Default(wanted)
	wanted, err := s.owners[k.resource].update(s.empty(k.resource), wanted, c.options.manager, now)
	if err != nil {
		return write{}, fmt.Errorf("note who owns the fields of %s %s: %w", k.resource.singular(), k.Name, err)
	}
	return s.add(k, wanted, c.warnings, now)
}

func (s *Server) apply(c *call, now time.Time) (write, error) {
	k := c.key()
	live := s.store.get(k)
	base := live
	if live == nil {
		base = s.empty(k.resource)
	}
	wanted, err := s.owners[k.resource].apply(base, c.intent, c.options.manager, c.options.force, now)
	switch {
	case err != nil:
		return write{}, err
	case live == nil && (wanted.GetUID() != "" || wanted.GetResourceVersion() != ""):
		return write{}, apierrors.NewConflict(k.resource.group(), k.Name, errors.New("no existing object was found for the given uid or resourceVersion"))
	case live == nil:
		return s.add(k, wanted, nil, now)
	}
	return s.replace(k, live, wanted, nil, now)
}

func (s *Server) update(c *call, wanted object, warnings []string, now time.Time) (write, error) {
	k := c.key()
	live := s.store.get(k)
	if live == nil {
		return write{}, notFound(k)
	}
	wanted = wanted.DeepCopyObject().(object)
	if wanted.GetResourceVersion() == "" && !k.resource.is(guarded) {
		wanted.SetResourceVersion(live.GetResourceVersion())
	}
	if err := current(k, live, wanted); err != nil {
		return write{}, err
	}
	defaulter{}.Default(wanted)
	wanted, err := s.owners[k.resource].update(live, wanted, c.options.manager, now)
	if err != nil {
		return write{}, fmt.Errorf("note who owns the fields of %s %s: %w", k.resource.singular(), k.Name, err)
	}
	return s.replace(k, live, wanted, warnings, now)
}

// add plans to store an object that does not exist yet.
func (s *Server) add(k key, wanted object, warnings []string, now time.Time) (write, error) {
	if err := s.inLiveNamespace(k); err != nil {
		return write{}, err
	}
	if s.store.get(k) != nil {
		return write{}, apierrors.NewAlreadyExists(k.resource.group(), k.Name)
	}
	wanted.SetUID(s.identity(k))
	wanted.SetCreationTimestamp(*stamp(now))
	wanted.SetDeletionTimestamp(nil)
	wanted.SetDeletionGracePeriodSeconds(nil)
	wanted.SetGeneration(0)
	if k.resource.is(counted) {
		wanted.SetGeneration(1)
	}
	newStatus(wanted)
	if errs := checkNew(k.resource, wanted); len(errs) > 0 {
		return write{}, apierrors.NewInvalid(k.resource.GroupKind(), k.Name, errs)
	}
	return write{[]step{{key: k, object: wanted}}, wanted, http.StatusCreated, false, warnings}, nil
}

// replace plans to put another state of an object in the place of the live one.
func (s *Server) replace(k key, live, wanted object, warnings []string, now time.Time) (write, error) {
	if err := current(k, live, wanted); err != nil {
		return write{}, err
	}
	inherit(k, live, wanted)
	if errs := append(checkNew(k.resource, wanted), checkChange(live, wanted)...); len(errs) > 0 {
		return write{}, apierrors.NewInvalid(k.resource.GroupKind(), k.Name, errs)
	}
	if unchanged(live, wanted) {
		return write{nil, live, http.StatusOK, false, warnings}, nil
	}
	steps := []step{{key: k, object: wanted}}
	if wanted.GetDeletionTimestamp() != nil && len(wanted.GetFinalizers()) == 0 {
		steps = s.finish(k, wanted)
	}
	return write{steps, wanted, http.StatusOK, false, warnings}, nil
}

// current refuses a change that was made for another state of the object.
func current(k key, live, wanted object) error {
	const modified = "the object has been modified; please apply your changes to the latest version and try again"
	switch version := wanted.GetResourceVersion(); {
	case wanted.GetUID() != "" && wanted.GetUID() != live.GetUID():
		return unmet(k, "UID", string(wanted.GetUID()), string(live.GetUID()))
	case version == "":
		return apierrors.NewInvalid(k.resource.GroupKind(), k.Name, field.ErrorList{
			field.Invalid(field.NewPath("metadata", "resourceVersion"), version, "must be specified for an update")})
	case version != live.GetResourceVersion():
		return apierrors.NewConflict(k.resource.group(), k.Name, errors.New(modified))
	}
	return nil
}

// inherit keeps what an update through the main resource cannot change.
func inherit(k key, live, wanted object) {
	wanted.SetUID(live.GetUID())
	wanted.SetCreationTimestamp(live.GetCreationTimestamp())
	wanted.SetDeletionTimestamp(live.GetDeletionTimestamp())
	wanted.SetDeletionGracePeriodSeconds(live.GetDeletionGracePeriodSeconds())
	wanted.SetSelfLink("")
	wanted.SetGeneration(live.GetGeneration())
	if k.resource.is(counted) && !samePart(live, wanted, "Spec") {
		wanted.SetGeneration(live.GetGeneration() + 1)
	}
	if k.resource.is(hasStatus) {
		part(wanted, "Status").Set(part(live, "Status"))
	}
	if space, ok := wanted.(*corev1.Namespace); ok {
		space.Spec.Finalizers = live.(*corev1.Namespace).Spec.Finalizers
	}
}

// newStatus gives a new object the status the server decides on. A node brings its own:
// the kubelet that registers it has just looked.
func newStatus(o object) {
	switch o := o.(type) {
	case *corev1.Node:
	case *corev1.Namespace:
		o.Status = corev1.NamespaceStatus{Phase: corev1.NamespaceActive}
		o.Spec.Finalizers = []corev1.FinalizerName{corev1.FinalizerKubernetes}
	case *corev1.Pod:
		o.Status = corev1.PodStatus{Phase: corev1.PodPending}
	default:
		if status := part(o, "Status"); status.IsValid() {
			status.SetZero()
		}
	}
}

// deletionOf is the Status a client gets when an object is gone at once.
func deletionOf(k key, o object) *metav1.Status {
	return &metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusSuccess,
		Details:  &metav1.StatusDetails{Name: k.Name, Group: k.resource.Group, Kind: k.resource.plural, UID: o.GetUID()},
	}
}
