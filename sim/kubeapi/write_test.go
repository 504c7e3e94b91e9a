package kubeapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/arcwright/arcwright/sim/kubeapi"
	"github.com/arcwright/arcwright/sim/timeline"
)

func TestAnObjectGoesThroughItsWholeLife(t *testing.T) {
	c := start(t)
	maps := c.dynamic(t).Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace("default")
	made, err := maps.Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"generateName": "settings-"}, "data": map[string]any{"a": "1"},
	}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	name := made.GetName()
	if len(name) != len("settings-")+5 || made.GetUID() == "" || made.GetNamespace() != "default" {
		t.Errorf("created %v", made.Object)
	}
	stale := made.DeepCopy()
	_ = unstructured.SetNestedField(made.Object, "2", "data", "a")
	changed, err := maps.Update(t.Context(), made, metav1.UpdateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if changed.GetResourceVersion() == stale.GetResourceVersion() || changed.GetUID() != stale.GetUID() {
		t.Errorf("updated %v", changed.Object)
	}
	if _, err := maps.Update(t.Context(), stale, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		t.Errorf("update from a stale copy: %v", err)
	}
	same, err := maps.Update(t.Context(), changed, metav1.UpdateOptions{})
	if err != nil || same.GetResourceVersion() != changed.GetResourceVersion() {
		t.Errorf("an update that changes nothing: %v, %v", same, err)
	}
	if err := maps.Delete(t.Context(), name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: new(types.UID)}}); !apierrors.IsConflict(err) {
		t.Errorf("delete of another object with the same name: %v", err)
	}
	if err := maps.Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := maps.Get(t.Context(), name, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("get after delete: %v", err)
	}
}

func TestTypedClientsMayWriteProtobuf(t *testing.T) {
	var heard []kubeapi.Request
	c := start(t, func(o *kubeapi.Options) {
		o.Accepted = func(_ *timeline.Turn, r kubeapi.Request) error { heard = append(heard, r); return nil }
	})
	config := c.config()
	config.ContentType = "" // what a typed client makes of it is its own choice: protobuf
	client := kubernetes.NewForConfigOrDie(config)
	made, err := client.CoreV1().Secrets("default").Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "key"}, StringData: map[string]string{"k": "v"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if string(made.Data["k"]) != "v" || made.Type != "Opaque" {
		t.Errorf("secret %+v", made)
	}
	made.Labels = map[string]string{"a": "b"}
	if _, err := client.CoreV1().Secrets("default").Update(t.Context(), made, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := client.CoreV1().Secrets("default").Delete(t.Context(), "key", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	second := start(t)
	for _, r := range heard {
		if r.Method != http.MethodDelete && (r.ContentType != "application/json" || !json.Valid(r.Body)) {
			t.Errorf("heard of %s %s %q", r.Method, r.ContentType, r.Body)
		}
		var err error
		second.line.Do(func(turn *timeline.Turn) { err = second.Replay(turn, r) })
		if err != nil {
			t.Error(err)
		}
		if got := second.ask(t, http.MethodGet, "/api/v1/namespaces/default/secrets/key", ""); r.Method == http.MethodPut && !strings.Contains(got.text, `"labels":{"a":"b"}`) {
			t.Errorf("replayed to %s", got.text)
		}
	}
	if len(heard) != 3 {
		t.Errorf("heard of %d requests", len(heard))
	}
}

func TestPatches(t *testing.T) {
	const start1 = `{"apiVersion":"apps/v1","kind":"Deployment","spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"one","image":"i:1"},{"name":"two","image":"i:1"}]}}}}`
	c := start(t)
	for _, row := range []struct{ name, kind, patch, images string }{
		{"JSON", "application/json-patch+json", `[{"op":"test","path":"/spec/replicas","value":1},{"op":"replace","path":"/spec/template/spec/containers/1/image","value":"i:2"}]`, "one=i:1 two=i:2"},
		{"merge", "application/merge-patch+json", `{"spec":{"template":{"spec":{"containers":[{"name":"two","image":"i:2"}]}}}}`, "two=i:2"},
		{"strategic merge", "application/strategic-merge-patch+json", `{"spec":{"template":{"spec":{"containers":[{"name":"two","image":"i:2"}]}}}}`, "one=i:1 two=i:2"},
		{"copy", "application/json-patch+json", `[{"op":"copy","from":"/spec/template/spec/containers/0/image","path":"/spec/template/spec/containers/1/image"},{"op":"remove","path":"/spec/template/spec/containers/0"}]`, "two=i:1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			name := strings.ReplaceAll(strings.ToLower(row.name), " ", "-")
			path := "/apis/apps/v1/namespaces/default/deployments/" + name
			c.must(t, http.MethodPatch, path+"?fieldManager=a", start1, "application/apply-patch+yaml")
			c.must(t, http.MethodPatch, path, row.patch, row.kind)
			got, err := c.typed(t).AppsV1().Deployments("default").Get(t.Context(), name, metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var images []string
			for _, container := range got.Spec.Template.Spec.Containers {
				images = append(images, container.Name+"="+container.Image)
			}
			if strings.Join(images, " ") != row.images || got.Generation != 2 {
				t.Errorf("generation %d, containers %v", got.Generation, images)
			}
		})
	}
}

func TestWritesAreRefused(t *testing.T) {
	c := start(t)
	c.must(t, http.MethodPost, "/api/v1/namespaces/default/configmaps", `{"metadata":{"name":"there"},"immutable":true,"data":{"a":"1"}}`, "application/json")
	c.must(t, http.MethodPost, "/apis/coordination.k8s.io/v1/namespaces/default/leases", `{"metadata":{"name":"l"}}`, "application/json")
	c.must(t, http.MethodPost, "/apis/scheduling.k8s.io/v1/priorityclasses", `{"metadata":{"name":"p"},"value":1}`, "application/json")
	const roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings"
	c.must(t, http.MethodPost, roles, `{"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"}}`, "application/json")
	c.must(t, http.MethodPost, "/apis/apps/v1/namespaces/default/deployments", `{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}}}}`, "application/json")
	c.must(t, http.MethodPost, "/api/v1/namespaces/default/secrets", `{"metadata":{"name":"s"}}`, "application/json")
	const maps, there = "/api/v1/namespaces/default/configmaps", "/api/v1/namespaces/default/configmaps/there"
	const asJSON, asMerge, asPatch = "application/json", "application/merge-patch+json", "application/json-patch+json"
	copies := `[{"op":"add","path":"/x","value":{"a":"` + strings.Repeat("a", 1000) + `"}}`
	for i := range 40 {
		copies += fmt.Sprintf(`,{"op":"copy","from":"/x","path":"/x/c%d"}`, i)
	}
	for _, row := range []struct {
		name, method, path, kind, body string
		code                           int
		reason                         metav1.StatusReason
		has                            string
	}{
		{"a second object of the name", "POST", maps, asJSON, `{"metadata":{"name":"there"}}`, 409, "AlreadyExists", `configmaps "there" already exists`},
		{"a namespace that is not there", "POST", "/api/v1/namespaces/nowhere/configmaps", asJSON, `{"metadata":{"name":"x"}}`, 404, "NotFound", `namespaces "nowhere" not found`},
		{"a bad name", "POST", maps, asJSON, `{"metadata":{"name":"Not_a_name"}}`, 422, "Invalid", "a lowercase RFC 1123 subdomain"},
		{"no name", "POST", maps, asJSON, `{}`, 422, "Invalid", "name or generateName is required"},
		{"a label that is none", "POST", maps, asJSON, `{"metadata":{"name":"x","labels":{"a b":"c"}}}`, 422, "Invalid", "metadata.labels"},
		{"a resourceVersion on a new object", "POST", maps, asJSON, `{"metadata":{"name":"x","resourceVersion":"1"}}`, 500, "", "resourceVersion should not be set"},
		{"another kind", "POST", maps, asJSON, `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"x"}}`, 400, "BadRequest", "cannot be handled as a ConfigMap"},
		{"another version", "POST", maps, asJSON, `{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"x"}}`, 400, "BadRequest", "does not match the expected API version (v1)"},
		{"a kind that is not there", "POST", maps, asJSON, `{"kind":"Widget","apiVersion":"v1"}`, 400, "BadRequest", `no kind "Widget"`},
		{"no JSON", "POST", maps, asJSON, `{`, 400, "BadRequest", "cannot be handled as a ConfigMap"},
		{"an unknown field, strictly", "POST", maps + "?fieldValidation=Strict", asJSON, `{"metadata":{"name":"x"},"dta":{}}`, 400, "BadRequest", `unknown field "dta"`},
		{"JSON that claims to be protobuf", "POST", maps, "application/vnd.kubernetes.protobuf", `{"metadata":{"name":"x"}}`, 400, "BadRequest", "cannot be handled"},
		{"CBOR", "POST", maps, "application/cbor", "\xd9\xd9\xf7\xa0", 415, "UnsupportedMediaType", "application/json"},
		{"a form", "POST", maps, "application/x-www-form-urlencoded", "a=b", 415, "UnsupportedMediaType", "application/json"},
		{"a patch that is no patch type", "PATCH", there, asJSON, "{}", 415, "UnsupportedMediaType", "application/merge-patch+json"},
		{"a patch of nothing there", "PATCH", maps + "/gone", asMerge, "{}", 404, "NotFound", `configmaps "gone" not found`},
		{"an update of nothing there", "PUT", maps + "/gone", asJSON, `{"metadata":{"name":"gone"}}`, 404, "NotFound", `configmaps "gone" not found`},
		{"an update of another name", "PUT", there, asJSON, `{"metadata":{"name":"other"}}`, 400, "BadRequest", "does not match the name on the URL"},
		{"a patch that renames", "PATCH", there, asMerge, `{"metadata":{"name":"other"}}`, 400, "BadRequest", "does not match the name on the URL"},
		{"a patch of another uid", "PATCH", there, asMerge, `{"metadata":{"uid":"other"}}`, 409, "Conflict", "Precondition failed: UID"},
		{"a patch for another version", "PATCH", there, asMerge, `{"metadata":{"resourceVersion":"1"}}`, 409, "Conflict", "has been modified"},
		{"a patch into another kind", "PATCH", there, asMerge, `{"kind":"Secret"}`, 400, "BadRequest", "cannot be handled as a ConfigMap"},
		{"a patch of sealed data", "PATCH", there, asMerge, `{"data":{"a":"2"}}`, 422, "Invalid", "field is immutable when `immutable` is set"},
		{"a merge patch that is a list", "PATCH", there, asMerge, `[]`, 400, "BadRequest", ""},
		{"a patch whose test fails", "PATCH", there, asPatch, `[{"op":"test","path":"/data/a","value":"2"}]`, 422, "Invalid", "testing value /data/a failed"},
		{"a patch that is no list", "PATCH", there, asPatch, `{}`, 400, "BadRequest", ""},
		{"a patch of many operations", "PATCH", there, asPatch, "[" + strings.Repeat(`{"op":"test","path":"/a"},`, 10000) + `{"op":"test","path":"/a"}]`, 413, "RequestEntityTooLarge", "10000"},
		{"copies of copies", "PATCH", there, asPatch, copies + "]", 413, "RequestEntityTooLarge", "limit is 3145728"},
		{"force without apply", "PATCH", there + "?force=true", asMerge, `{}`, 422, "Invalid", "force: Forbidden"},
		{"an update of a lease for no version", "PUT", "/apis/coordination.k8s.io/v1/namespaces/default/leases/l", asJSON, `{"metadata":{"name":"l"}}`, 422, "Invalid", "must be specified for an update"},
		{"another value of a priority class", "PATCH", "/apis/scheduling.k8s.io/v1/priorityclasses/p", asMerge, `{"value":2}`, 422, "Invalid", "value: Invalid value: 2: field is immutable"},
		{"another role of a binding", "PATCH", roles + "/b", asMerge, `{"roleRef":{"name":"s"}}`, 422, "Invalid", "roleRef: Invalid value"},
		{"another selector of a deployment", "PATCH", "/apis/apps/v1/namespaces/default/deployments/d", asMerge, `{"spec":{"selector":{"matchLabels":{"a":"c"}}}}`, 422, "Invalid", "spec.selector: Invalid value"},
		{"another type of a secret", "PATCH", "/api/v1/namespaces/default/secrets/s", asMerge, `{"type":"x"}`, 422, "Invalid", "type: Invalid value"},
		{"a role with a name of two parts", "POST", roles, asJSON, `{"metadata":{"name":"a/b"}}`, 422, "Invalid", "may not contain '/'"},
		{"a delete of another version", "DELETE", there, asJSON, `{"preconditions":{"resourceVersion":"1"}}`, 409, "Conflict", "Precondition failed: ResourceVersion in precondition: 1"},
		{"a delete of nothing there", "DELETE", maps + "/gone", "", "", 404, "NotFound", `configmaps "gone" not found`},
		{"a delete of a whole collection", "DELETE", maps, "", "", 405, "MethodNotAllowed", ""},
		{"a delete with options that are none", "DELETE", there, asJSON, `{"kind":"Pod","apiVersion":"v1"}`, 400, "BadRequest", "cannot be handled as a DeleteOptions"},
		{"a delete of kube-system", "DELETE", "/api/v1/namespaces/kube-system", "", "", 403, "Forbidden", "this namespace may not be deleted"},
		{"a create in no namespace", "POST", "/api/v1/configmaps", asJSON, `{"metadata":{"name":"x"}}`, 405, "MethodNotAllowed", ""},
		{"a body of 4 MiB", "POST", maps, asJSON, strings.Repeat(" ", 4<<20), 413, "RequestEntityTooLarge", "limit is 3145728"},
		{"a query that is none", "POST", maps + "?dryRun=%zz", asJSON, "{}", 400, "BadRequest", "invalid URL escape"},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := c.everything(t)
			var headers []string
			if row.kind != "" {
				headers = append(headers, "Content-Type: "+row.kind)
			}
			c.ask(t, row.method, row.path, row.body, headers...).refused(t, row.code, row.reason, row.has)
			if diff := cmp.Diff(before, c.everything(t)); diff != "" {
				t.Errorf("a refused request changed the cluster (-before +after):\n%s", diff)
			}
		})
	}
}

func TestUnknownFieldsAreWarnedAboutUnlessIgnored(t *testing.T) {
	c := start(t)
	for query, want := range map[string]string{"": `299 - "unknown field \"dta\""`, "?fieldValidation=Warn": `299 - "unknown field \"dta\""`, "?fieldValidation=Ignore": ""} {
		got := c.must(t, http.MethodPost, "/api/v1/namespaces/default/configmaps"+query, `{"metadata":{"generateName":"x-"},"dta":{}}`, "application/json")
		if got.Header.Get("Warning") != want {
			t.Errorf("%q: warning %q, want %q", query, got.Header.Get("Warning"), want)
		}
	}
}

func TestClientsCannotWriteAStatus(t *testing.T) {
	c := start(t)
	c.put(t, "n1")
	got := c.must(t, http.MethodPatch, "/api/v1/nodes/n1", `{"spec":{"unschedulable":true},"status":{"nodeInfo":{"kubeletVersion":"v9"}}}`, "application/merge-patch+json")
	node, err := c.typed(t).CoreV1().Nodes().Get(t.Context(), "n1", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !node.Spec.Unschedulable || node.Status.NodeInfo.KubeletVersion != "v1.28.5" {
		t.Errorf("node %s", got.text)
	}
	if strings.Contains(got.text, `"f:status"`) {
		t.Errorf("somebody owns the status: %s", got.text)
	}
}

func TestFinalizersKeepAnObjectUntilTheyAreGone(t *testing.T) {
	c := start(t)
	const path = "/api/v1/namespaces/default/configmaps/kept"
	c.must(t, http.MethodPatch, path+"?fieldManager=a", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"finalizers":["example.com/wait"]}}`, "application/apply-patch+yaml")
	for range 2 {
		got := c.must(t, http.MethodDelete, path, "", "")
		if got.doc["metadata"].(map[string]any)["deletionTimestamp"] != "2026-11-22T03:00:00Z" {
			t.Errorf("delete of a kept object: %s", got.text)
		}
	}
	c.ask(t, http.MethodPatch, path, `{"metadata":{"finalizers":["example.com/wait","example.com/more"]}}`, "Content-Type: application/merge-patch+json").
		refused(t, 422, "Invalid", "no new finalizers can be added")
	c.must(t, http.MethodPatch, path, `{"metadata":{"finalizers":null}}`, "application/merge-patch+json")
	c.ask(t, http.MethodGet, path, "").refused(t, 404, "NotFound", "")
}

func TestANamespaceTakesItsContentsWithIt(t *testing.T) {
	c := start(t)
	c.must(t, http.MethodPost, "/api/v1/namespaces", `{"metadata":{"name":"shop"}}`, "application/json")
	c.must(t, http.MethodPost, "/api/v1/namespaces/shop/secrets", `{"metadata":{"name":"s"}}`, "application/json")
	c.must(t, http.MethodPost, "/apis/apps/v1/namespaces/shop/daemonsets", `{"metadata":{"name":"d"}}`, "application/json")
	c.must(t, http.MethodPost, "/api/v1/namespaces/shop/configmaps", `{"metadata":{"name":"kept","finalizers":["example.com/wait"]}}`, "application/json")
	got := c.must(t, http.MethodDelete, "/api/v1/namespaces/shop", "", "")
	if got.doc["status"].(map[string]any)["phase"] != "Terminating" {
		t.Errorf("delete of a namespace: %s", got.text)
	}
	c.ask(t, http.MethodGet, "/api/v1/namespaces/shop/secrets/s", "").refused(t, 404, "NotFound", "")
	c.ask(t, http.MethodGet, "/apis/apps/v1/namespaces/shop/daemonsets/d", "").refused(t, 404, "NotFound", "")
	c.ask(t, http.MethodPost, "/api/v1/namespaces/shop/secrets", `{"metadata":{"name":"new"}}`).refused(t, 403, "Forbidden", "because it is being terminated")
	c.must(t, http.MethodGet, "/api/v1/namespaces/shop", "", "")
	c.must(t, http.MethodPatch, "/api/v1/namespaces/shop/configmaps/kept", `{"metadata":{"finalizers":null}}`, "application/merge-patch+json")
	c.ask(t, http.MethodGet, "/api/v1/namespaces/shop", "").refused(t, 404, "NotFound", "")

	c.must(t, http.MethodPost, "/api/v1/namespaces", `{"metadata":{"name":"shop"}}`, "application/json")
	c.must(t, http.MethodDelete, "/api/v1/namespaces/shop", "", "")
	c.ask(t, http.MethodGet, "/api/v1/namespaces/shop", "").refused(t, 404, "NotFound", "")
}

func TestTheWorldHearsOfChangesOnly(t *testing.T) {
	var heard []string
	refuse := errors.New("the log is full")
	c := start(t, func(o *kubeapi.Options) {
		o.Accepted = func(_ *timeline.Turn, r kubeapi.Request) error {
			heard = append(heard, fmt.Sprintf("%s %s %q by %s", r.Method, r.Path, r.Body, r.User))
			if strings.Contains(r.Path, "full") {
				return refuse
			}
			return nil
		}
	})
	const apply, labelled = "application/apply-patch+yaml", `{"apiVersion":"v1","kind":"Namespace","metadata":{"labels":{"a":"b"}}}`
	c.must(t, http.MethodPatch, "/api/v1/namespaces/a?fieldManager=m", labelled, apply)
	c.must(t, http.MethodPatch, "/api/v1/namespaces/a?fieldManager=m", labelled, apply)
	c.must(t, http.MethodPatch, "/api/v1/namespaces/b?fieldManager=m&dryRun=All", labelled, apply)
	c.must(t, http.MethodGet, "/api/v1/namespaces", "", "")
	c.ask(t, http.MethodPost, "/api/v1/namespaces", `{"metadata":{"name":"a"}}`).refused(t, 409, "AlreadyExists", "")
	c.ask(t, http.MethodPatch, "/api/v1/namespaces/full?fieldManager=m", labelled, "Content-Type: "+apply).refused(t, 500, "", "the log is full")
	c.ask(t, http.MethodGet, "/api/v1/namespaces/full", "").refused(t, 404, "NotFound", "")
	want := []string{
		fmt.Sprintf("PATCH /api/v1/namespaces/a %q by operator", labelled),
		fmt.Sprintf("PATCH /api/v1/namespaces/full %q by operator", labelled),
	}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
}
