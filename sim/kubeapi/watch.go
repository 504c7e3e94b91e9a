package kubeapi

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/arcwright/arcwright/sim/timeline"
)

const (
	// watchLife is how long a watch lives that does not say. A real server draws between
	// 30 and 60 minutes (kube-apiserver --min-request-timeout, 1800 s).
	watchLife = 30 * time.Minute
	// bookmarkEvery is the pace of bookmarks in world time; a real server's watch cache
	// sends them about once a minute.
	bookmarkEvery = time.Minute
)

// watcher is one open watch. The world puts messages in, the request that waits for them
// takes them out; the world never waits.
type watcher struct {
	resource *resource
	chosen   selector

	mu      sync.Mutex
	queue   []message
	wake    chan struct{} // holds a token while there is something to take
	stopped bool
}

// message is what a watch tells its client, with the moment it happened.
type message struct {
	kind   watch.EventType
	object runtime.Object
	at     time.Time
}

func (w *watcher) tell(m message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return
	}
	w.queue = append(w.queue, m)
	w.signal()
}

// stop ends the watch after what is already in the queue.
func (w *watcher) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.signal()
}

func (w *watcher) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take returns what has happened since the last call, and whether that was all.
func (w *watcher) take() (messages []message, stopped bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	messages, w.queue = w.queue, nil
	return messages, w.stopped
}

// offer tells the client of an event as far as its selector sees it: an object that
// starts to match is added, one that no longer does is deleted.
func (w *watcher) offer(e event) {
	if e.key.resource != w.resource {
		return
	}
	was, is := w.chosen.matches(e.old), e.kind != watch.Deleted && w.chosen.matches(e.new)
	switch {
	case is && was:
		w.tell(message{kind: watch.Modified, object: e.new, at: e.at})
	case is:
		w.tell(message{kind: watch.Added, object: e.new, at: e.at})
	case was:
		last := e.old.DeepCopyObject().(object)
		last.SetResourceVersion(strconv.FormatUint(e.revision, 10))
		w.tell(message{kind: watch.Deleted, object: last, at: e.at})
	}
}

// watch opens a watch. From then on every change is told to it until its time is over.
func (s *Server) watch(t *timeline.Turn, c *call) (*watcher, error) {
	if c.list.SendInitialEvents != nil {
		return nil, apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", field.ErrorList{
			field.Forbidden(field.NewPath("sendInitialEvents"), "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled")})
	}
	w := &watcher{resource: c.resource, chosen: c.chosen, wake: make(chan struct{}, 1)}
	if c.list.ResourceVersion == "" || c.list.ResourceVersion == "0" {
		for _, o := range s.store.list(c.resource, c.chosen.namespace) {
			if c.chosen.matches(o) {
				w.tell(message{kind: watch.Added, object: o, at: t.Now()})
			}
		}
	} else {
		revision, err := strconv.ParseUint(c.list.ResourceVersion, 10, 64)
		if err != nil {
			return nil, badVersion(c.list.ResourceVersion)
		}
		events, ok := s.store.since(revision)
		if !ok {
			w.tell(message{kind: watch.Error, object: statusOf(apierrors.NewResourceExpired(
				fmt.Sprintf("too old resource version: %d (%d)", revision, s.store.oldest())))})
			w.stop()
			return w, nil
		}
		for _, e := range events {
			w.offer(e)
		}
	}
	s.store.watchers[w] = struct{}{}
	life := watchLife
	if c.list.TimeoutSeconds != nil && *c.list.TimeoutSeconds > 0 {
		life = time.Duration(*c.list.TimeoutSeconds) * time.Second
	}
	s.expire(t, w, t.Now().Add(life), c.list.AllowWatchBookmarks)
	return w, nil
}

// expire ends a watch when its time is over, with bookmarks on the way if it wants them.
func (s *Server) expire(t *timeline.Turn, w *watcher, end time.Time, bookmarks bool) {
	next := end
	if soon := t.Now().Add(bookmarkEvery); bookmarks && soon.Before(end) {
		next = soon
	}
	t.At(next, func(t *timeline.Turn) {
		if _, open := s.store.watchers[w]; !open {
			return
		}
		if bookmarks {
			mark := s.empty(w.resource)
			mark.SetResourceVersion(s.store.version())
			w.tell(message{kind: watch.Bookmark, object: mark, at: t.Now()})
		}
		if t.Now().Before(end) {
			s.expire(t, w, end, bookmarks)
			return
		}
		delete(s.store.watchers, w)
		w.stop()
	})
}

func badVersion(text string) error {
	return apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", field.ErrorList{
		field.Invalid(field.NewPath("resourceVersion"), text, "must be a number")})
}
