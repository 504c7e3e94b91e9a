package kubeapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/applyconfigurations/core/v1"
	networking "k8s.io/client-go/applyconfigurations/networking/v1"
	storage "k8s.io/client-go/applyconfigurations/storage/v1"
)

var asArcwright = metav1.ApplyOptions{FieldManager: "arcwright"}

func TestApplyingANamespaceTwiceChangesItOnce(t *testing.T) {
	c := start(t)
	spaces := c.typed(t).CoreV1().Namespaces()
	intent := v1.Namespace("shop").WithLabels(map[string]string{"team": "web"})
	first, err := spaces.Apply(t.Context(), intent, asArcwright)
	if err != nil {
		t.Fatal(err)
	}
	c.pass(time.Minute)
	second, err := spaces.Apply(t.Context(), intent, asArcwright)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second apply changed the namespace (-first +second):\n%s", diff)
	}
	if first.Status.Phase != "Active" || first.Labels["kubernetes.io/metadata.name"] != "shop" || first.UID == "" {
		t.Errorf("namespace %+v", first)
	}
	if !first.CreationTimestamp.Time.Equal(born.Add(time.Hour)) {
		t.Errorf("created at %s, world time is %s", first.CreationTimestamp, born.Add(time.Hour))
	}
}

func TestManagedFieldsNameWhoAndWhen(t *testing.T) {
	c := start(t)
	maps := c.typed(t).CoreV1().ConfigMaps("default")
	if _, err := maps.Apply(t.Context(), v1.ConfigMap("shared", "default").WithData(map[string]string{"a": "1"}), asArcwright); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Minute)
	got, err := maps.Patch(t.Context(), "shared", types.MergePatchType, []byte(`{"data":{"b":"2"}}`), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	type entry struct{ Manager, Operation, Time, Fields string }
	var entries []entry
	for _, e := range got.ManagedFields {
		entries = append(entries, entry{e.Manager, string(e.Operation), e.Time.UTC().Format(time.RFC3339), string(e.FieldsV1.GetRawBytes())})
	}
	want := []entry{
		{"arcwright", "Apply", "2026-11-22T03:00:00Z", `{"f:data":{"f:a":{}}}`},
		{"tester", "Update", "2026-11-22T03:01:00Z", `{"f:data":{"f:b":{}}}`},
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("managedFields (-want +got):\n%s", diff)
	}
}

func TestAConflictNamesTheOtherManager(t *testing.T) {
	c := start(t)
	maps := c.typed(t).CoreV1().ConfigMaps("default")
	if _, err := maps.Apply(t.Context(), v1.ConfigMap("shared", "default").WithData(map[string]string{"a": "1", "b": "1"}),
		metav1.ApplyOptions{FieldManager: "planner"}); err != nil {
		t.Fatal(err)
	}
	mine := v1.ConfigMap("shared", "default").WithData(map[string]string{"a": "2"})
	_, err := maps.Apply(t.Context(), mine, asArcwright)
	if !apierrors.IsConflict(err) || !strings.Contains(err.Error(), `conflict with "planner": .data.a`) {
		t.Fatalf("apply over another manager: %v", err)
	}
	forced, err := maps.Apply(t.Context(), mine, metav1.ApplyOptions{FieldManager: "arcwright", Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a": "2", "b": "1"}, forced.Data); diff != "" {
		t.Errorf("after force (-want +got):\n%s", diff)
	}
}

func TestAFieldLeftOutOfTheNextApplyIsRemoved(t *testing.T) {
	c := start(t)
	maps := c.typed(t).CoreV1().ConfigMaps("default")
	for _, data := range []map[string]string{{"a": "1", "b": "1"}, {"a": "1"}} {
		if _, err := maps.Apply(t.Context(), v1.ConfigMap("mine", "default").WithData(data), asArcwright); err != nil {
			t.Fatal(err)
		}
	}
	got, err := maps.Get(t.Context(), "mine", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a": "1"}, got.Data); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
}

func TestAStorageClassCannotChangeItsParameters(t *testing.T) {
	c := start(t)
	classes := c.typed(t).StorageV1().StorageClasses()
	class := func(container string) *storage.StorageClassApplyConfiguration {
		return storage.StorageClass("fast-mirror").WithProvisioner("disk.csi.akshci.com").
			WithParameters(map[string]string{"container": container, "fsType": "ext4"})
	}
	made, err := classes.Apply(t.Context(), class("fast"), asArcwright)
	if err != nil {
		t.Fatal(err)
	}
	if *made.ReclaimPolicy != "Delete" || *made.VolumeBindingMode != "Immediate" {
		t.Errorf("defaults %v %v", *made.ReclaimPolicy, *made.VolumeBindingMode)
	}
	_, err = classes.Apply(t.Context(), class("slow"), asArcwright)
	if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "parameters: Invalid value") || !strings.Contains(err.Error(), "field is immutable") {
		t.Errorf("change of parameters: %v", err)
	}
	if _, err = classes.Apply(t.Context(), class("fast").WithAllowVolumeExpansion(true), asArcwright); err != nil {
		t.Errorf("allowVolumeExpansion may change: %v", err)
	}
	_, err = classes.Apply(t.Context(), storage.StorageClass("none").WithReclaimPolicy("Recycle"), asArcwright)
	if !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "provisioner: Required value") || !strings.Contains(err.Error(), `Unsupported value: "Recycle"`) {
		t.Errorf("a class of nothing: %v", err)
	}
}

func TestADryRunShowsTheOutcomeAndLeavesNoTrace(t *testing.T) {
	c := start(t)
	policies := c.typed(t).NetworkingV1().NetworkPolicies("default")
	intent := networking.NetworkPolicy("deny-all", "default").WithSpec(networking.NetworkPolicySpec())
	before := c.ask(t, http.MethodGet, "/apis/networking.k8s.io/v1/networkpolicies", "").text
	dry, err := policies.Apply(t.Context(), intent, metav1.ApplyOptions{FieldManager: "arcwright", DryRun: []string{"All"}})
	if err != nil {
		t.Fatal(err)
	}
	if dry.UID == "" || dry.Generation != 1 || len(dry.Spec.PolicyTypes) != 1 {
		t.Errorf("dry run gave %+v", dry)
	}
	if after := c.ask(t, http.MethodGet, "/apis/networking.k8s.io/v1/networkpolicies", "").text; after != before {
		t.Errorf("dry run left %s", after)
	}
	for _, row := range []struct{ method, path, body, kind string }{
		{http.MethodPost, "/api/v1/namespaces?dryRun=All", `{"metadata":{"name":"x"}}`, "application/json"},
		{http.MethodPatch, "/api/v1/namespaces/default?dryRun=All", `{"metadata":{"labels":{"x":"y"}}}`, "application/merge-patch+json"},
		{http.MethodDelete, "/apis/storage.k8s.io/v1/storageclasses/default?dryRun=All", "", "application/json"},
	} {
		before := c.everything(t)
		if got := c.ask(t, row.method, row.path, row.body, "Content-Type: "+row.kind); got.StatusCode >= 300 {
			t.Errorf("%s %s: %s", row.method, row.path, got.text)
		}
		if diff := cmp.Diff(before, c.everything(t)); diff != "" {
			t.Errorf("%s %s left a trace (-before +after):\n%s", row.method, row.path, diff)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	c := start(t)
	c.must(t, http.MethodPatch, "/api/v1/namespaces/default/configmaps/there?fieldManager=a", `{"apiVersion":"v1","kind":"ConfigMap"}`, "application/apply-patch+yaml")
	for _, row := range []struct {
		name, path, body string
		code             int
		reason           metav1.StatusReason
		has              string
	}{
		{"no field manager", "/api/v1/namespaces/x", `{"apiVersion":"v1","kind":"Namespace"}`, 422, "Invalid", "fieldManager: Required value"},
		{"an unknown field", "/api/v1/namespaces/x?fieldManager=a", `{"apiVersion":"v1","kind":"Namespace","spec":{"nosuch":1}}`, 500, "", ".spec.nosuch: field not declared in schema"},
		{"a fetched object", "/api/v1/namespaces/x?fieldManager=a", `{"apiVersion":"v1","kind":"Namespace","metadata":{"managedFields":[{}]}}`, 400, "BadRequest", "metadata.managedFields must be nil"},
		{"another kind", "/api/v1/namespaces/x?fieldManager=a", `{"apiVersion":"v1","kind":"Node"}`, 400, "BadRequest", "invalid object type"},
		{"another name", "/api/v1/namespaces/x?fieldManager=a", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"y"}}`, 400, "BadRequest", "does not match the name on the URL"},
		{"another namespace", "/api/v1/namespaces/x/pods/p?fieldManager=a", `{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"y"}}`, 400, "BadRequest", "namespace of the provided object"},
		{"a namespace that is not there", "/api/v1/namespaces/x/configmaps/p?fieldManager=a", `{"apiVersion":"v1","kind":"ConfigMap"}`, 404, "NotFound", `namespaces "x" not found`},
		{"a bad name", "/api/v1/namespaces/X_?fieldManager=a", `{"apiVersion":"v1","kind":"Namespace"}`, 422, "Invalid", "lowercase RFC 1123 label"},
		{"no YAML", "/api/v1/namespaces/x?fieldManager=a", "\t{", 400, "BadRequest", "error decoding YAML"},
		{"a list", "/api/v1/namespaces/x?fieldManager=a", "- a", 400, "BadRequest", "error decoding YAML"},
		{"metadata that is a word", "/api/v1/namespaces/x?fieldManager=a", "metadata: a", 400, "BadRequest", "metadata is not an object"},
		{"the same key twice, strictly", "/api/v1/namespaces/x?fieldManager=a&fieldValidation=Strict", "kind: Namespace\nkind: Namespace", 400, "BadRequest", "already set"},
		{"another generation of the object", "/api/v1/namespaces/default/configmaps/there?fieldManager=a", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"1"}}`, 409, "Conflict", "has been modified"},
		{"an object that should be there", "/api/v1/namespaces/x?fieldManager=a", `{"apiVersion":"v1","kind":"Namespace","metadata":{"uid":"u"}}`, 409, "Conflict", "no existing object"},
		{"half a dry run", "/api/v1/namespaces/x?fieldManager=a&dryRun=Some", `{"apiVersion":"v1","kind":"Namespace"}`, 422, "Invalid", `dryRun: Unsupported value`},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := c.everything(t)
			got := c.ask(t, http.MethodPatch, row.path, row.body, "Content-Type: application/apply-patch+yaml")
			got.refused(t, row.code, row.reason, row.has)
			if diff := cmp.Diff(before, c.everything(t)); diff != "" {
				t.Errorf("a refused apply changed the cluster (-before +after):\n%s", diff)
			}
		})
	}
}

// pass lets world time go by.
func (c *cluster) pass(d time.Duration) { c.line.Advance(c.line.Now().Add(d)) }

// must sends a request that has to succeed.
func (c *cluster) must(t testing.TB, method, path, body, contentType string) reply {
	t.Helper()
	got := c.ask(t, method, path, body, "Content-Type: "+contentType, "User-Agent: tester/1.0")
	if got.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, got.StatusCode, got.text)
	}
	if got.doc["kind"] == nil || got.doc["apiVersion"] == nil {
		t.Errorf("%s %s answers without a kind: %s", method, path, got.text)
	}
	return got
}

// refused checks an error answer.
func (r reply) refused(t testing.TB, code int, reason metav1.StatusReason, has string) {
	t.Helper()
	message, _ := r.doc["message"].(string)
	got, _ := r.doc["reason"].(string)
	if r.StatusCode != code || got != string(reason) || !strings.Contains(message, has) || r.doc["kind"] != "Status" {
		t.Errorf("got %d %s, want %d %s with %q", r.StatusCode, r.text, code, reason, has)
	}
	if whole, _ := r.doc["code"].(float64); int(whole) != code {
		t.Errorf("the Status says %v, HTTP says %d", r.doc["code"], code)
	}
}

// everything lists all objects of all resources, as the bytes of the answers.
func (c *cluster) everything(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	for _, gv := range []string{"/api/v1", "/apis/apps/v1", "/apis/coordination.k8s.io/v1", "/apis/networking.k8s.io/v1", "/apis/policy/v1",
		"/apis/rbac.authorization.k8s.io/v1", "/apis/scheduling.k8s.io/v1", "/apis/storage.k8s.io/v1"} {
		for _, r := range c.ask(t, http.MethodGet, gv, "").doc["resources"].([]any) {
			all.WriteString(c.ask(t, http.MethodGet, gv+"/"+r.(map[string]any)["name"].(string), "").text)
		}
	}
	return all.String()
}
