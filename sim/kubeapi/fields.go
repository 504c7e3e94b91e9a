package kubeapi

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// owners keeps book in metadata.managedFields of who set which field of one resource's
// objects, and merges server-side apply. The book-keeping is Kubernetes' own.
type owners struct{ fields *managedfields.FieldManager }

func newOwners(scheme *runtime.Scheme, types managedfields.TypeConverter, r *resource) (owners, error) {
	var ignored map[fieldpath.APIVersion]fieldpath.Filter
	if r.is(hasStatus) {
		ignored = fieldpath.NewExcludeFilterSetMap(map[fieldpath.APIVersion]*fieldpath.Set{
			fieldpath.APIVersion(r.GroupVersion().String()): fieldpath.NewSet(fieldpath.MakePathOrDie("status")),
		})
	}
	fields, err := managedfields.NewDefaultFieldManager(types, scheme, defaulter{}, scheme,
		r.GroupVersionKind, r.GroupVersion(), "", ignored)
	if err != nil {
		return owners{}, fmt.Errorf("make the field manager of %s: %w", r.plural, err)
	}
	return owners{fields}, nil
}

// update returns the wanted object with its owners, given who replaces live by it.
func (w owners) update(live, wanted object, manager string, now time.Time) (object, error) {
	live = live.DeepCopyObject().(object)
	known := times(live, wanted)
	out, err := w.fields.Update(live, wanted, manager)
	return dated(out, err, known, now)
}

// apply returns live as it is after a manager applied a patch to it.
func (w owners) apply(live object, patch *unstructured.Unstructured, manager string, force bool, now time.Time) (object, error) {
	live = live.DeepCopyObject().(object)
	known := times(live)
	out, err := w.fields.Apply(live, patch, manager, force)
	return dated(out, err, known, now)
}

// times collects the moments at which the objects' entries were made. The field manager
// keeps the pointer of an entry that it leaves alone and sets a new one, from the wall
// clock, on others.
func times(objects ...object) map[*metav1.Time]bool {
	known := map[*metav1.Time]bool{}
	for _, o := range objects {
		for _, entry := range o.GetManagedFields() {
			known[entry.Time] = true
		}
	}
	return known
}

// dated gives the entries that the field manager has just made the world's time.
func dated(result runtime.Object, err error, known map[*metav1.Time]bool, now time.Time) (object, error) {
	if err != nil {
		return nil, err
	}
	out := result.(object)
	entries := out.GetManagedFields()
	for i := range entries {
		if !known[entries[i].Time] {
			entries[i].Time = stamp(now)
		}
	}
	out.SetManagedFields(entries)
	return out, nil
}

// stamp is a moment as objects hold it: whole seconds, UTC.
func stamp(now time.Time) *metav1.Time {
	return &metav1.Time{Time: now.UTC().Truncate(time.Second)}
}

// sameAPI compares as the API does: an empty list, map or quantity is as good as none.
func sameAPI(a, b any) bool { return equality.Semantic.DeepEqual(a, b) }

// unchanged reports whether replacing old by new would change nothing but the times of
// managedFields; a real server then keeps the old object and its resourceVersion.
func unchanged(old, new object) bool {
	a, b := old.GetManagedFields(), new.GetManagedFields()
	if len(a) != len(b) {
		return false
	}
	dated := new.DeepCopyObject().(object)
	entries := dated.GetManagedFields()
	for i := range entries {
		entries[i].Time = a[i].Time
	}
	dated.SetManagedFields(entries)
	return sameAPI(old, dated)
}
