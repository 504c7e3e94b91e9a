package kubeapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// Request is everything about a request that decides what it does to the cluster. A
// request with a secret in it holds that secret. An object that a client sent as protobuf
// is here as JSON, which means the same.
type Request struct {
	Method      string
	Path        string
	Query       string // as on the wire, without the question mark
	ContentType string
	Agent       string // User-Agent, which names the field manager unless Query does
	User        string
	Body        []byte
}

// call is a request that has been understood: its path leads somewhere, its options are
// allowed and its body is decoded as far as that goes without the object it changes.
type call struct {
	Request
	target   target
	resource *resource // of a resource path
	options  options

	list   metav1.ListOptions
	chosen selector // of a list or watch

	object   object // of a create or update
	warnings []string
	patch    types.PatchType
	intent   *unstructured.Unstructured // of an apply
	delete   metav1.DeleteOptions
}

func (c *call) key() key {
	return key{c.resource, types.NamespacedName{Namespace: c.target.namespace, Name: c.target.name}}
}

// understand reads a request without looking at the cluster.
func (s *Server) understand(r Request) (*call, error) {
	c := &call{Request: r, target: parsePath(r.Path)}
	query, err := url.ParseQuery(r.Query)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	switch c.target.place {
	case placeNowhere:
		return nil, errNoPage
	case placeResource:
	default:
		if r.Method != http.MethodGet {
			return nil, notAllowed(r.Method)
		}
		return c, nil
	}
	c.resource = s.catalogue.byPath[c.target.version.WithResource(c.target.plural)]
	if c.resource == nil || c.target.subresource != "" ||
		c.target.namespace != "" && !c.resource.is(namespaced) ||
		c.target.namespace == "" && c.target.name != "" && c.resource.is(namespaced) {
		return nil, errNoPage
	}
	switch {
	case r.Method == http.MethodGet:
		err = s.understandRead(c, query)
	case r.Method == http.MethodPost && c.target.name == "" && (c.target.namespace != "" || !c.resource.is(namespaced)):
		err = s.understandCreate(c, query)
	case r.Method == http.MethodPut && c.target.name != "":
		err = s.understandUpdate(c, query)
	case r.Method == http.MethodPatch && c.target.name != "":
		err = s.understandPatch(c, query)
	case r.Method == http.MethodDelete && c.target.name != "":
		c.delete, err = s.bodies.readDelete(query, r.ContentType, r.Body)
		c.options.dryRun = len(c.delete.DryRun) > 0
	default:
		err = notAllowed(r.Method)
	}
	return c, err
}

func (s *Server) understandRead(c *call, query url.Values) error {
	if err := metav1.Convert_url_Values_To_v1_ListOptions(&query, &c.list, nil); err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	if c.target.name != "" && !c.list.Watch {
		return nil
	}
	chosen, err := s.readSelector(c.target, c.resource, c.list)
	c.chosen = chosen
	return err
}

func (s *Server) understandCreate(c *call, query url.Values) (err error) {
	if c.options, err = readCreate(query, c.Agent); err != nil {
		return err
	}
	if err := s.readObject(c); err != nil {
		return err
	}
	return placed(c.object, c.target.namespace)
}

func (s *Server) understandUpdate(c *call, query url.Values) (err error) {
	if c.options, err = readUpdate(query, c.Agent); err != nil {
		return err
	}
	if err := s.readObject(c); err != nil {
		return err
	}
	return named(c.object, c.key())
}

// readObject decodes the object in a body, and makes the body readable if it is not.
func (s *Server) readObject(c *call) (err error) {
	if c.object, c.warnings, err = s.bodies.object(c.ContentType, c.Body, c.resource, c.options.validation); err != nil {
		return err
	}
	if !isProtobuf(c.ContentType) {
		return nil
	}
	if c.Body, err = json.Marshal(c.object); err != nil {
		return fmt.Errorf("encode the object as JSON: %w", err)
	}
	c.ContentType = runtime.ContentTypeJSON
	return nil
}

func (s *Server) understandPatch(c *call, query url.Values) (err error) {
	if c.patch, err = patchType(c.ContentType); err != nil {
		return err
	}
	if c.options, err = readPatch(query, c.Agent, c.patch); err != nil {
		return err
	}
	if c.patch != types.ApplyYAMLPatchType {
		return nil
	}
	if c.intent, err = intent(c.Body, c.options.validation); err != nil {
		return err
	}
	if c.intent.GetName() == "" {
		c.intent.SetName(c.target.name)
	}
	return named(c.intent, c.key())
}

// named gives an object without a namespace that of the path, and checks that it is the
// one that the path names.
func named(o metav1.Object, k key) error {
	if o.GetName() != k.Name {
		return apierrors.NewBadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", o.GetName(), k.Name))
	}
	return placed(o, k.Namespace)
}

func placed(o metav1.Object, namespace string) error {
	if o.GetNamespace() == "" && namespace != "" {
		o.SetNamespace(namespace)
	}
	if o.GetNamespace() != namespace {
		return apierrors.NewBadRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	return nil
}
