package kubeapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/restmapper"
)

func TestDiscoveryMapsEveryKindToItsResource(t *testing.T) {
	c := start(t)
	client, err := discovery.NewDiscoveryClientForConfig(c.config())
	if err != nil {
		t.Fatal(err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client))
	for kind, want := range map[schema.GroupKind]schema.GroupVersionResource{
		{Kind: "Namespace"}:                                 {Version: "v1", Resource: "namespaces"},
		{Kind: "Node"}:                                      {Version: "v1", Resource: "nodes"},
		{Group: "apps", Kind: "DaemonSet"}:                  {Group: "apps", Version: "v1", Resource: "daemonsets"},
		{Group: "storage.k8s.io", Kind: "StorageClass"}:     {Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"},
		{Group: "networking.k8s.io", Kind: "NetworkPolicy"}: {Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"},
		{Group: "policy", Kind: "PodDisruptionBudget"}:      {Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"},
		{Group: "scheduling.k8s.io", Kind: "PriorityClass"}: {Group: "scheduling.k8s.io", Version: "v1", Resource: "priorityclasses"},
		{Group: "rbac.authorization.k8s.io", Kind: "Role"}:  {Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "roles"},
		{Group: "coordination.k8s.io", Kind: "Lease"}:       {Group: "coordination.k8s.io", Version: "v1", Resource: "leases"},
	} {
		mapping, err := mapper.RESTMapping(kind)
		if err != nil {
			t.Errorf("%v: %v", kind, err)
			continue
		}
		if diff := cmp.Diff(want, mapping.Resource); diff != "" {
			t.Errorf("%v (-want +got):\n%s", kind, diff)
		}
	}
	if _, err := mapper.RESTMapping(schema.GroupKind{Group: "velero.io", Kind: "Backup"}); err == nil {
		t.Error("a kind that is not installed was found")
	}
	version, err := client.ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if version.String() != "v1.28.5" || version.Major != "1" || version.Minor != "28" {
		t.Errorf("version %v", version)
	}
	short, err := restmapper.NewShortcutExpander(mapper, client, func(string) {}).ResourceFor(schema.GroupVersionResource{Resource: "sc"})
	if err != nil || short.Resource != "storageclasses" {
		t.Errorf("short name sc is %v, %v", short, err)
	}
}

func TestEveryGroupIsFoundFromAnyEnd(t *testing.T) {
	c := start(t)
	groups := c.ask(t, http.MethodGet, "/apis", "")
	for _, group := range groups.doc["groups"].([]any) {
		name := group.(map[string]any)["name"].(string)
		if one := c.ask(t, http.MethodGet, "/apis/"+name, ""); one.StatusCode != http.StatusOK || one.doc["name"] != name {
			t.Errorf("/apis/%s: %d %s", name, one.StatusCode, one.text)
		}
		list := c.ask(t, http.MethodGet, "/apis/"+name+"/v1", "")
		if list.StatusCode != http.StatusOK || len(list.doc["resources"].([]any)) == 0 {
			t.Errorf("/apis/%s/v1: %d %s", name, list.StatusCode, list.text)
		}
	}
}

// kubectlAccept is what kubectl and client-go send for discovery since 1.26.
const kubectlAccept = "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

func TestPathsOutsideResources(t *testing.T) {
	c := start(t)
	for _, row := range []struct {
		name, path, accept string
		code               int
		has                string
	}{
		{"health", "/healthz", "", 200, "ok"},
		{"readiness with details", "/readyz?verbose", "", 200, "ok"},
		{"liveness", "/livez", "", 200, "ok"},
		{"core versions for an aggregated discovery", "/api", kubectlAccept, 200, `"kind":"APIVersions"`},
		{"groups for an aggregated discovery", "/apis", kubectlAccept, 200, `"kind":"APIGroupList"`},
		{"aggregated discovery and nothing else", "/apis", strings.Split(kubectlAccept, ",")[0], 406, "NotAcceptable"},
		{"protobuf and nothing else", "/api/v1/nodes", "Accept: application/vnd.kubernetes.protobuf", 406, "NotAcceptable"},
		{"protobuf or else JSON", "/api/v1/nodes", "Accept: application/vnd.kubernetes.protobuf,application/json", 200, `"kind":"NodeList"`},
		{"OpenAPI is not there", "/openapi/v3", "", 404, "404 page not found"},
		{"a group that is not there", "/apis/velero.io/v1", "", 404, "404 page not found"},
		{"a version that is not there", "/apis/apps/v1beta1/deployments", "", 404, "404 page not found"},
		{"a resource that is not there", "/api/v1/widgets", "", 404, "404 page not found"},
		{"a subresource", "/api/v1/nodes/n1/status", "", 404, "404 page not found"},
		{"a cluster resource inside a namespace", "/api/v1/namespaces/default/nodes", "", 404, "404 page not found"},
		{"a named object without its namespace", "/api/v1/pods/p1", "", 404, "404 page not found"},
		{"an empty part", "/api/v1//nodes", "", 404, "404 page not found"},
		{"nowhere", "/", "", 404, "404 page not found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			accept := row.accept
			if accept == "" {
				accept = "Accept: */*"
			}
			got := c.ask(t, http.MethodGet, row.path, "", accept)
			if got.StatusCode != row.code || !strings.Contains(got.text, row.has) {
				t.Errorf("%d %s", got.StatusCode, got.text)
			}
		})
	}
	if got := c.ask(t, http.MethodPost, "/version", ""); got.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /version: %d %s", got.StatusCode, got.text)
	}
}
