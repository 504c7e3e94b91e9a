// Package kubeapi is the Kubernetes API server of one simulated cluster. It speaks the
// real protocol over TLS, so that client-go, kubectl and curl cannot tell the difference
// for what it serves: discovery, and create, get, list, watch, update, patch, server-side
// apply and delete of a table of built-in resources.
//
// Objects are kept as Kubernetes' own Go types, and its own field manager merges
// server-side apply and knows the owner of every field. Times are the world's, names and
// UIDs come from a seed, and every request takes a turn of the world's time line: the
// same requests at the same times make the same cluster, byte for byte.
//
// Nothing runs in the cluster. There are no controllers, no scheduler and no garbage
// collection by owner, no custom resources, no subresources, and whoever may log in may
// do everything. A path that is not served answers 404.
package kubeapi

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/applyconfigurations"

	"github.com/arcwright/arcwright/sim/timeline"
)

// Options describe one cluster and its surroundings.
type Options struct {
	Name    string // of the cluster
	Version string // of Kubernetes, such as v1.28.5
	Line    *timeline.Line
	Born    time.Time // when the cluster came to be: the age of what is in it from the start
	Seed    uint64
	// CloudAgent is the host name of the platform's cloud agent, which the default
	// storage class names. Without it there is no default storage class.
	CloudAgent string
	// StorageContainer is where the disks of the default storage class are put.
	StorageContainer string

	Certificate tls.Certificate   // the server's own
	ClientCAs   *x509.CertPool    // who may sign client certificates; nil for nobody
	Tokens      map[string]string // bearer tokens and the users they stand for

	// Accepted hears of every request that is about to change the cluster, in the turn
	// in which it does. Requests that are refused, dry runs and those that change nothing
	// are not reported. If it returns an error the request is answered with a 500 and has
	// no effect. Nil accepts everything.
	Accepted func(*timeline.Turn, Request) error
	// Trouble decides what goes wrong with a request, in the turn in which it is looked
	// at. Nil is no trouble.
	Trouble func(turn *timeline.Turn, method, path string) Trouble
}

// Server is the API server of one cluster. Make it with New.
type Server struct {
	options    Options
	scheme     *runtime.Scheme
	catalogue  *catalogue
	namespaces *resource
	bodies     bodies
	owners     map[*resource]owners
	store      *store

	http    *http.Server
	mu      sync.Mutex // guards closing, after which no request begins
	working sync.WaitGroup
	closing bool
	closed  chan struct{}
}

// New returns the API server of a fresh cluster. It does not take a turn, so it may be
// called from inside one. The first server of a process takes some 70 ms longer than the
// others, for the schema of server-side apply.
func New(o Options) (*Server, error) {
	scheme := newScheme()
	s := &Server{options: o, scheme: scheme, catalogue: newCatalogue(), bodies: newBodies(scheme),
		owners: map[*resource]owners{}, store: newStore(), closed: make(chan struct{})}
	s.namespaces = s.catalogue.of("Namespace")
	types := applyconfigurations.NewTypeConverter(scheme)
	for _, r := range s.catalogue.list {
		owners, err := newOwners(scheme, types, r)
		if err != nil {
			return nil, err
		}
		s.owners[r] = owners
	}
	if err := s.furnish(); err != nil {
		return nil, fmt.Errorf("furnish cluster %s: %w", o.Name, err)
	}
	s.http = &http.Server{
		Handler: s,
		// What a client does to its connection is its own affair; it is told of errors.
		ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{o.Certificate},
			MinVersion:   tls.VersionTLS12,
			// Like a real server: a bad certificate is answered with a 401.
			ClientAuth: tls.RequestClientCert,
		},
	}
	return s, nil
}

// Serve answers connections from a listener until Close, and then returns nil. It may be
// called for several listeners.
func (s *Server) Serve(l net.Listener) error {
	err := s.http.ServeTLS(l, "", "")
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve the API of cluster %s: %w", s.options.Name, err)
}

// Close ends all connections and waits for the requests on them. It must not be called
// from inside a turn.
func (s *Server) Close() error {
	s.mu.Lock()
	if !s.closing {
		s.closing = true
		close(s.closed)
	}
	s.mu.Unlock()
	err := s.http.Close()
	s.working.Wait()
	if err != nil {
		return fmt.Errorf("close the API of cluster %s: %w", s.options.Name, err)
	}
	return nil
}

// begin counts a request in, unless the server is closing.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.working.Add(1)
	return true
}

// Replay applies a request that Accepted has heard of to a cluster in the state in which
// it was accepted then. Accepted and Trouble are not called.
func (s *Server) Replay(turn *timeline.Turn, r Request) error {
	c, err := s.understand(r)
	if err != nil {
		return fmt.Errorf("replay %s %s: %w", r.Method, r.Path, err)
	}
	if r.Method == http.MethodGet || c.options.dryRun {
		return fmt.Errorf("replay %s %s: the request changes nothing", r.Method, r.Path)
	}
	w, err := s.plan(c, turn.Now())
	if err != nil {
		return fmt.Errorf("replay %s %s: %w", r.Method, r.Path, err)
	}
	s.store.commit(w.steps, turn.Now())
	return nil
}

// perform does what a call asks for, in a turn.
func (s *Server) perform(t *timeline.Turn, c *call) (answer, error) {
	switch {
	case c.target.place == placeHealth:
		return answer{code: http.StatusOK, text: "ok"}, nil
	case c.target.place == placeVersion:
		return answer{code: http.StatusOK, body: versionInfo(s.options.Version)}, nil
	case c.target.place != placeResource:
		found, err := s.discover(c.target)
		return answer{code: http.StatusOK, body: found}, err
	case c.Method == http.MethodGet:
		return s.read(t, c)
	}
	w, err := s.plan(c, t.Now())
	if err != nil {
		return answer{}, err
	}
	if len(w.steps) > 0 && !c.options.dryRun {
		if s.options.Accepted != nil {
			if err := s.options.Accepted(t, c.Request); err != nil {
				return answer{}, err
			}
		}
		s.store.commit(w.steps, t.Now())
	}
	a := answer{code: w.code, resource: c.resource, objects: []object{w.result}, single: true, warnings: w.warnings}
	if w.deleted {
		a = answer{code: w.code, body: deletionOf(c.key(), w.result)}
	}
	return a, nil
}

// read answers a get, list or watch.
func (s *Server) read(t *timeline.Turn, c *call) (answer, error) {
	a := answer{code: http.StatusOK, resource: c.resource, version: s.store.version()}
	if c.list.Watch {
		w, err := s.watch(t, c)
		a.stream = w
		return a, err
	}
	if c.target.name != "" {
		o := s.store.get(c.key())
		if o == nil {
			return a, notFound(c.key())
		}
		a.single, a.objects = true, []object{o}
		return a, nil
	}
	if err := s.listable(c.list); err != nil {
		return a, err
	}
	for _, o := range s.store.list(c.resource, c.target.namespace) {
		if c.chosen.matches(o) {
			a.objects = append(a.objects, o)
		}
	}
	return a, nil
}

// listable refuses a list of the past. A limit is ignored, which a server may do, so
// there is never a rest to continue with.
func (s *Server) listable(o metav1.ListOptions) error {
	exact := o.ResourceVersionMatch == metav1.ResourceVersionMatchExact && o.ResourceVersion != s.store.version()
	if o.Continue != "" || exact {
		return expired("The provided resource version or continue parameter is too old to display a consistent list result.")
	}
	return nil
}
