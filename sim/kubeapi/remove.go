package kubeapi

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// remove plans a DELETE. An object with finalizers stays, marked, until they are gone. A
// namespace takes its contents with it, all in the same moment: there is no controller
// here that would need time for it.
func (s *Server) remove(c *call, now time.Time) (write, error) {
	k := c.key()
	live := s.store.get(k)
	if live == nil {
		return write{}, notFound(k)
	}
	if err := preconditions(k, live, c.delete.Preconditions); err != nil {
		return write{}, err
	}
	if space, ok := live.(*corev1.Namespace); ok {
		if err := checkMortal(k.Name); err != nil {
			return write{}, apierrors.NewForbidden(k.resource.group(), k.Name, err)
		}
		return s.removeNamespace(k, space, now), nil
	}
	if len(live.GetFinalizers()) > 0 {
		marked := markDeleted(k, live, now)
		if marked == nil {
			return write{result: live, code: http.StatusOK}, nil
		}
		return write{steps: []step{{key: k, object: marked}}, result: marked, code: http.StatusOK}, nil
	}
	gone := live.DeepCopyObject().(object)
	return write{steps: s.finish(k, gone), result: gone, code: http.StatusOK, deleted: true}, nil
}

func preconditions(k key, live object, wanted *metav1.Preconditions) error {
	if wanted == nil {
		return nil
	}
	if wanted.UID != nil && *wanted.UID != live.GetUID() {
		return unmet(k, "UID", string(*wanted.UID), string(live.GetUID()))
	}
	if wanted.ResourceVersion != nil && *wanted.ResourceVersion != live.GetResourceVersion() {
		return unmet(k, "ResourceVersion", *wanted.ResourceVersion, live.GetResourceVersion())
	}
	return nil
}

// unmet is a request that was meant for an object with another identity or state.
func unmet(k key, what, want, have string) error {
	return apierrors.NewConflict(k.resource.group(), k.Name,
		errors.New("Precondition failed: "+what+" in precondition: "+want+", "+what+" in object meta: "+have))
}

// markDeleted returns the object as it waits for its finalizers, or nil if it already
// does.
func markDeleted(k key, live object, now time.Time) object {
	if live.GetDeletionTimestamp() != nil {
		return nil
	}
	marked := live.DeepCopyObject().(object)
	marked.SetDeletionTimestamp(stamp(now))
	marked.SetDeletionGracePeriodSeconds(new(int64))
	if k.resource.is(counted) {
		marked.SetGeneration(marked.GetGeneration() + 1)
	}
	return marked
}

// finish plans the end of an object, and of a terminating namespace that it was the last
// to keep alive.
func (s *Server) finish(k key, o object) []step {
	if k.resource == s.namespaces && s.populated(k.Name, 0) {
		return []step{{key: k, object: o}}
	}
	steps := []step{{key: k, object: o, gone: true}}
	if !k.resource.is(namespaced) {
		return steps
	}
	outer := s.namespaceKey(k.Namespace)
	space := s.store.get(outer)
	if space == nil || space.GetDeletionTimestamp() == nil || len(space.GetFinalizers()) > 0 || s.populated(k.Namespace, 1) {
		return steps
	}
	return append(steps, step{key: outer, object: space.DeepCopyObject().(object), gone: true})
}

func (s *Server) removeNamespace(k key, live *corev1.Namespace, now time.Time) write {
	if live.DeletionTimestamp != nil {
		return write{result: live, code: http.StatusOK}
	}
	marked := markDeleted(k, live, now).(*corev1.Namespace)
	marked.Status.Phase = corev1.NamespaceTerminating
	w := write{steps: []step{{key: k, object: marked}}, result: marked, code: http.StatusOK}
	left := 0
	for _, r := range s.catalogue.list {
		if !r.is(namespaced) {
			continue
		}
		for _, o := range s.store.list(r, k.Name) {
			inner := key{r, types.NamespacedName{Namespace: k.Name, Name: o.GetName()}}
			if len(o.GetFinalizers()) == 0 {
				w.steps = append(w.steps, step{key: inner, object: o.DeepCopyObject().(object), gone: true})
				continue
			}
			left++
			if marked := markDeleted(inner, o, now); marked != nil {
				w.steps = append(w.steps, step{key: inner, object: marked})
			}
		}
	}
	if left == 0 && len(marked.Finalizers) == 0 {
		w.steps = append(w.steps, step{key: k, object: marked.DeepCopyObject().(object), gone: true})
	}
	return w
}

// populated reports whether a namespace holds more than the given number of objects.
func (s *Server) populated(namespace string, more int) bool {
	count := 0
	for _, r := range s.catalogue.list {
		if r.is(namespaced) {
			count += len(s.store.list(r, namespace))
		}
	}
	return count > more
}

func (s *Server) namespaceKey(name string) key {
	return key{s.namespaces, types.NamespacedName{Name: name}}
}

// inLiveNamespace checks that a new object's namespace is there to take it.
func (s *Server) inLiveNamespace(k key) error {
	if !k.resource.is(namespaced) {
		return nil
	}
	space := s.store.get(s.namespaceKey(k.Namespace))
	if space == nil {
		return apierrors.NewNotFound(s.namespaces.group(), k.Namespace)
	}
	if space.GetDeletionTimestamp() == nil {
		return nil
	}
	err := apierrors.NewForbidden(k.resource.group(), k.Name,
		errors.New("unable to create new content in namespace "+k.Namespace+" because it is being terminated"))
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause,
		Message: fmt.Sprintf("namespace %s is being terminated", k.Namespace), Field: "metadata.namespace"}}
	return err
}
