package kubeapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/watch"
)

// answer is what a request is answered with. It is made in a turn and sent outside it.
type answer struct {
	code     int
	warnings []string

	text string // an answer in plain text, or
	body any    // a document of its own, or
	// objects of a resource, as a list unless single, or
	resource *resource
	objects  []object
	single   bool
	version  string   // resourceVersion of a list
	stream   *watcher // a watch
}

// refusal is the answer to a request that failed.
func refusal(err error) answer {
	if errors.Is(err, errNoPage) {
		return answer{code: http.StatusNotFound, text: errNoPage.Error()}
	}
	status := statusOf(err)
	return answer{code: int(status.Code), body: status}
}

// form is how a client wants objects to be sent.
type form struct {
	format format
	with   included
	now    time.Time
}

// document is the body of an answer that is not text.
func (s *Server) document(a answer, f form) (any, error) {
	switch {
	case a.body != nil:
		return a.body, nil
	case f.format == asTable:
		version := a.version
		if a.single {
			version = a.objects[0].GetResourceVersion()
		}
		return table(a.resource, a.objects, version, f.with, f.now), nil
	case a.single:
		return a.objects[0], nil
	}
	return s.listOf(a.resource, a.objects, a.version)
}

// listOf makes the list kind of a resource. As in a real server its items do not repeat
// their kind.
func (s *Server) listOf(r *resource, objects []object, version string) (runtime.Object, error) {
	kind := r.GroupVersion().WithKind(r.Kind + "List")
	list, err := s.scheme.New(kind)
	if err != nil {
		return nil, fmt.Errorf("make an empty %s: %w", kind.Kind, err)
	}
	list.GetObjectKind().SetGroupVersionKind(kind)
	items := []runtime.Object{}
	for _, o := range objects {
		item := o.DeepCopyObject()
		item.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
		items = append(items, item)
	}
	if err := meta.SetList(list, items); err != nil {
		return nil, fmt.Errorf("fill a %s: %w", kind.Kind, err)
	}
	if about, err := meta.ListAccessor(list); err == nil {
		about.SetResourceVersion(version)
	}
	return list, nil
}

// send writes an answer.
func (s *Server) send(w http.ResponseWriter, a answer, f form) {
	header := w.Header()
	header.Set("Cache-Control", "no-cache, private")
	if a.text != "" {
		header.Set("Content-Type", "text/plain; charset=utf-8")
		header.Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(a.code)
		fmt.Fprintln(w, a.text)
		return
	}
	doc, err := s.document(a, f)
	if err != nil {
		a = refusal(err)
		doc = a.body
	}
	data, err := json.Marshal(doc)
	if err != nil {
		a = refusal(fmt.Errorf("encode the answer: %w", err))
		data, _ = json.Marshal(a.body) // a Status is plain data
	}
	for _, text := range a.warnings {
		if value, err := utilnet.NewWarningHeader(299, "-", text); err == nil {
			header.Add("Warning", value)
		}
	}
	header.Set("Content-Type", "application/json")
	w.WriteHeader(a.code)
	_, _ = w.Write(append(data, '\n')) // the client may be gone, which ends its request
}

// follow streams a watch until it ends, the client goes or the server closes.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, a answer, f form) {
	w.Header().Set("Cache-Control", "no-cache, private")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.code)
	out, flush := json.NewEncoder(w), http.NewResponseController(w)
	for headings := true; ; {
		messages, over := a.stream.take()
		for _, m := range messages {
			e := metav1.WatchEvent{Type: string(m.kind), Object: runtime.RawExtension{Object: m.document(a.resource, f, headings)}}
			if out.Encode(e) != nil {
				return
			}
			headings = false
		}
		if flush.Flush() != nil || over {
			return
		}
		select {
		case <-a.stream.wake:
		case <-r.Context().Done():
			return
		case <-s.closed:
			return
		}
	}
}

// document is the object that a message is about, in the form the client wants. Only the
// first table of a watch has headings.
func (m message) document(r *resource, f form, headings bool) runtime.Object {
	o, ok := m.object.(object)
	if !ok || f.format != asTable {
		return m.object
	}
	rows := []object{o}
	if m.kind == watch.Bookmark {
		rows = nil
	}
	t := table(r, rows, o.GetResourceVersion(), f.with, m.at)
	if !headings {
		t.ColumnDefinitions = nil
	}
	return t
}
