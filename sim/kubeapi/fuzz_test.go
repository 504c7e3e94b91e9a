package kubeapi_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// serve hands a request to the server without a network.
func (c *cluster) serve(method, path, query, contentType string, body []byte) *httptest.ResponseRecorder {
	r := &http.Request{Method: method, URL: &url.URL{Path: path, RawQuery: query}, Body: http.NoBody,
		Header: http.Header{"Authorization": {"Bearer letmein"}, "Content-Type": {contentType}}}
	if body != nil {
		reset := httptest.NewRequest(method, "/", bytes.NewReader(body))
		r.Body = reset.Body
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

func FuzzPath(f *testing.F) {
	for _, path := range []string{"/", "", "api", "/api", "/api/", "/api/v1", "/api/v1/namespaces/default", "/api/v1/namespaces/default/status",
		"/api/v1/namespaces/default/pods/p/log", "/apis", "/apis/apps", "/apis/apps/v1", "/apis/apps/v1/namespaces/default/deployments/d",
		"/api/v1//nodes", "/apis///", "/api/v1/namespaces/\x00/pods", "/openapi/v3", "/version/", "/readyz/ping"} {
		f.Add(path, "limit=1")
	}
	f.Add("/api/v1/nodes", "labelSelector=a in (b,c)&fieldSelector=metadata.name=x")
	c := unserved(f)
	f.Fuzz(func(t *testing.T, path, query string) {
		if values, err := url.ParseQuery(query); err == nil && values.Has("watch") {
			return // a watch does not end
		}
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			if got := c.serve(method, path, query, "", nil); got.Code >= 500 {
				t.Errorf("%s %q?%q: %d %s", method, path, query, got.Code, got.Body)
			}
		}
	})
}

func FuzzPatch(f *testing.F) {
	const asJSON, asMerge, asStrategic, asApply = "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"
	f.Add(asJSON, []byte(`[{"op":"add","path":"/metadata/labels","value":{"a":"b"}},{"op":"move","from":"/spec","path":"/x"}]`))
	f.Add(asJSON, []byte(`[null,{"op":"copy","from":"","path":"/a"},{"op":"test"},{"op":"remove","path":"/metadata/finalizers/-1"}]`))
	f.Add(asMerge, []byte(`{"metadata":{"labels":null},"spec":{"template":{"spec":{"containers":[{"name":"a"}]}}}}`))
	f.Add(asMerge, []byte(`{"kind":null,"apiVersion":null,"metadata":null}`))
	f.Add(asStrategic, []byte(`{"spec":{"$patch":"replace","template":{"spec":{"containers":[{"$patch":"delete","name":"a"}],"$setElementOrder/containers":[{"name":"a"}]}}}}`))
	f.Add(asStrategic, []byte(`{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$retainKeys":["x"]}}`))
	f.Add(asApply, []byte("apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 2, template: {spec: {containers: [{name: a}]}}}"))
	f.Add(asApply, []byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {labels: [1], finalizers: {}}\nspec: 7"))
	f.Add("application/x", []byte(nil))
	c := unserved(f)
	const path = "/apis/apps/v1/namespaces/default/deployments/d"
	made := []byte(`{"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"name":"a","image":"i"},{"name":"b"}]}}}}`)
	f.Fuzz(func(t *testing.T, kind string, patch []byte) {
		if got := c.serve(http.MethodPatch, path, "fieldManager=a&force=true", asApply, made); got.Code >= 300 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
		got := c.serve(http.MethodPatch, path, "fieldManager=b&force=true", kind, patch)
		if strings.Contains(got.Body.String(), "panicked") {
			t.Errorf("%s %q: %s", kind, patch, got.Body)
		}
		if got := c.serve(http.MethodDelete, path, "", "", nil); got.Code >= 300 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
		// A finalizer may keep it.
		c.serve(http.MethodPatch, path, "", asMerge, []byte(`{"metadata":{"finalizers":null}}`))
	})
}

func FuzzBody(f *testing.F) {
	f.Add("application/json", []byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x-"},"data":{"a":"b"}}`))
	f.Add("application/yaml", []byte("metadata: {generateName: x-}\nbinaryData: {a: !!binary aGk=}"))
	f.Add("application/vnd.kubernetes.protobuf", []byte("k8s\x00\n\x0f\n\x02v1\x12\tConfigMap\x12\x00"))
	f.Add("text/plain; charset", []byte("x"))
	c := unserved(f)
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		for _, method := range []string{http.MethodPost, http.MethodDelete} {
			path := "/api/v1/namespaces/default/configmaps"
			if method == http.MethodDelete {
				path += "/x"
			}
			if got := c.serve(method, path, "", kind, body); strings.Contains(got.Body.String(), "panicked") {
				t.Errorf("%s %s %q: %s", method, kind, body, got.Body)
			}
		}
	})
}
