package kubeapi

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// historyLimit is how many events a watch can reach back at least. A real server keeps
// etcd's last five minutes.
const historyLimit = 1000

// store holds the objects of a cluster. It is used inside turns only.
type store struct {
	revision uint64
	objects  map[*resource]map[types.NamespacedName]object
	history  []event // the newest last, without gaps
	watchers map[*watcher]struct{}
}

// event is one change of one object.
type event struct {
	kind     watch.EventType
	key      key
	revision uint64
	at       time.Time
	old, new object // old is nil for an object that is new; new of a deleted one is its last state
}

// step is one change that a request is about to make.
type step struct {
	key    key
	object object
	gone   bool
}

func newStore() *store {
	return &store{objects: map[*resource]map[types.NamespacedName]object{}, watchers: map[*watcher]struct{}{}}
}

// version is the resourceVersion of everything the store holds.
func (s *store) version() string { return strconv.FormatUint(s.revision, 10) }

// get returns an object, or nil.
func (s *store) get(k key) object { return s.objects[k.resource][k.NamespacedName] }

// list returns the objects of a resource by namespace and name; an empty namespace
// stands for all.
func (s *store) list(r *resource, namespace string) []object {
	var out []object
	for name, o := range s.objects[r] {
		if namespace == "" || name.Namespace == namespace {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b object) int {
		return cmp.Or(cmp.Compare(a.GetNamespace(), b.GetNamespace()), cmp.Compare(a.GetName(), b.GetName()))
	})
	return out
}

// commit takes steps one after the other. Every step gets a revision, which becomes the
// resourceVersion of its object.
func (s *store) commit(steps []step, now time.Time) {
	for _, step := range steps {
		old := s.get(step.key)
		s.revision++
		step.object.SetResourceVersion(s.version())
		e := event{key: step.key, revision: s.revision, at: now, old: old, new: step.object}
		switch {
		case step.gone:
			e.kind = watch.Deleted
			delete(s.objects[step.key.resource], step.key.NamespacedName)
		case old == nil:
			e.kind = watch.Added
			s.put(step.key, step.object)
		default:
			e.kind = watch.Modified
			s.put(step.key, step.object)
		}
		s.remember(e)
		for w := range s.watchers {
			w.offer(e)
		}
	}
}

func (s *store) put(k key, o object) {
	if s.objects[k.resource] == nil {
		s.objects[k.resource] = map[types.NamespacedName]object{}
	}
	s.objects[k.resource][k.NamespacedName] = o
}

func (s *store) remember(e event) {
	if len(s.history) == 2*historyLimit {
		s.history = slices.Clone(s.history[historyLimit:])
	}
	s.history = append(s.history, e)
}

// since returns the events after a revision. ok is false if some are forgotten.
func (s *store) since(revision uint64) (events []event, ok bool) {
	if revision >= s.revision {
		return nil, true
	}
	if revision < s.oldest() {
		return nil, false
	}
	return s.history[revision-s.oldest():], true
}

// oldest is the first revision a watch can still start from.
func (s *store) oldest() uint64 { return s.revision - uint64(len(s.history)) }
