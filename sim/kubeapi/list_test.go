package kubeapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/arcwright/arcwright/sim/kubeapi"
)

// asTable is what kubectl get accepts.
const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

func TestListsSelect(t *testing.T) {
	c := start(t)
	c.put(t, "cp-1", func(n *kubeapi.Node) { n.ControlPlane = true })
	c.put(t, "lin-1")
	c.put(t, "win-1", func(n *kubeapi.Node) { n.OS = kubeapi.Windows })
	c.must(t, http.MethodPatch, "/api/v1/nodes/lin-1", `{"spec":{"unschedulable":true}}`, "application/merge-patch+json")
	c.must(t, http.MethodPost, "/api/v1/namespaces/default/configmaps", `{"metadata":{"name":"same"}}`, "application/json")
	c.must(t, http.MethodPost, "/api/v1/namespaces/kube-system/configmaps", `{"metadata":{"name":"same"}}`, "application/json")
	for _, row := range []struct {
		name, path string
		query      url.Values
		want       string
	}{
		{"everything, by name", "/api/v1/nodes", nil, "cp-1 lin-1 win-1"},
		{"a limit changes nothing", "/api/v1/nodes", url.Values{"limit": {"1"}}, "cp-1 lin-1 win-1"},
		{"a label", "/api/v1/nodes", url.Values{"labelSelector": {"kubernetes.io/os=windows"}}, "win-1"},
		{"a label that exists", "/api/v1/nodes", url.Values{"labelSelector": {"node-role.kubernetes.io/control-plane"}}, "cp-1"},
		{"labels that do not", "/api/v1/nodes", url.Values{"labelSelector": {"!node-role.kubernetes.io/control-plane,kubernetes.io/os in (linux)"}}, "lin-1"},
		{"a name", "/api/v1/nodes", url.Values{"fieldSelector": {"metadata.name=lin-1"}}, "lin-1"},
		{"another name", "/api/v1/nodes", url.Values{"fieldSelector": {"metadata.name!=lin-1"}}, "cp-1 win-1"},
		{"a field of the kind", "/api/v1/nodes", url.Values{"fieldSelector": {"spec.unschedulable=true"}}, "lin-1"},
		{"one namespace", "/api/v1/namespaces/default/configmaps", nil, "default/same"},
		{"all namespaces", "/api/v1/configmaps", nil, "default/same kube-system/same"},
		{"a namespace by field", "/api/v1/configmaps", url.Values{"fieldSelector": {"metadata.namespace=kube-system"}}, "kube-system/same"},
		{"a namespace that is not there", "/api/v1/namespaces/nowhere/configmaps", nil, ""},
		{"nothing there", "/api/v1/pods", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := c.must(t, http.MethodGet, row.path+"?"+row.query.Encode(), "", "")
			var names []string
			for _, item := range got.doc["items"].([]any) {
				if kind, ok := item.(map[string]any)["kind"]; ok {
					t.Errorf("an item repeats its kind %v", kind)
				}
				meta := item.(map[string]any)["metadata"].(map[string]any)
				name := meta["name"].(string)
				if namespace, ok := meta["namespace"].(string); ok {
					name = namespace + "/" + name
				}
				names = append(names, name)
			}
			if strings.Join(names, " ") != row.want {
				t.Errorf("got %v, want %s", names, row.want)
			}
		})
	}
	for query, has := range map[string]string{
		"labelSelector=a+b+c":           "unable to parse requirement",
		"fieldSelector=a":               "invalid selector",
		"fieldSelector=spec.colour%3Dx": "field label not supported: spec.colour",
	} {
		c.ask(t, http.MethodGet, "/api/v1/nodes?"+query, "").refused(t, 400, "BadRequest", has)
	}
	c.ask(t, http.MethodGet, "/api/v1/nodes?continue=abc", "").refused(t, 410, "Expired", "too old")
	c.ask(t, http.MethodGet, "/api/v1/nodes?resourceVersion=2&resourceVersionMatch=Exact", "").refused(t, 410, "Expired", "too old")
}

func TestKubectlGetPrintsAsUsual(t *testing.T) {
	c := start(t)
	c.put(t, "moc-cp1", func(n *kubeapi.Node) { n.ControlPlane = true })
	c.put(t, "moc-lin1", func(n *kubeapi.Node) { n.Ready = false })
	c.must(t, http.MethodPatch, "/api/v1/nodes/moc-cp1", `{"spec":{"unschedulable":true}}`, "application/merge-patch+json")
	c.must(t, http.MethodPost, "/api/v1/namespaces/default/pods", `{"metadata":{"name":"web"},"spec":{"containers":[{"name":"c","image":"i"}]}}`, "application/json")
	c.must(t, http.MethodPost, "/api/v1/namespaces/default/secrets", `{"metadata":{"name":"key"}}`, "application/json")
	c.pass(90 * time.Minute)
	for _, row := range []struct{ path, want string }{
		{"/api/v1/nodes", `NAME STATUS ROLES AGE VERSION
moc-cp1 Ready,SchedulingDisabled control-plane 90m v1.28.5
moc-lin1 NotReady <none> 90m v1.28.5
`},
		{"/api/v1/nodes/moc-lin1", `NAME STATUS ROLES AGE VERSION
moc-lin1 NotReady <none> 90m v1.28.5
`},
		{"/api/v1/namespaces", `NAME STATUS AGE
default Active 150m
kube-node-lease Active 150m
kube-public Active 150m
kube-system Active 150m
`},
		{"/apis/storage.k8s.io/v1/storageclasses", `NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE
default (default) disk.csi.akshci.com Delete Immediate true 150m
`},
		{"/api/v1/namespaces/default/pods", `NAME READY STATUS RESTARTS AGE
web 0/1 Pending 0 90m
`},
		{"/api/v1/namespaces/default/secrets", `NAME AGE
key 90m
`},
	} {
		t.Run(row.path, func(t *testing.T) {
			got := c.ask(t, http.MethodGet, row.path, "", "Accept: "+asTable)
			var table metav1.Table
			if err := json.Unmarshal([]byte(got.text), &table); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			for _, column := range table.ColumnDefinitions {
				if column.Priority == 0 {
					out.WriteString(strings.ToUpper(column.Name) + " ")
				}
			}
			for _, r := range table.Rows {
				out.WriteString("\n")
				for i, cell := range r.Cells {
					if table.ColumnDefinitions[i].Priority == 0 {
						text, _ := json.Marshal(cell)
						out.WriteString(strings.Trim(string(text), `"`) + " ")
					}
				}
				if len(r.Cells) != len(table.ColumnDefinitions) || !strings.Contains(string(r.Object.Raw), `"kind":"PartialObjectMetadata"`) {
					t.Errorf("row %v with %s", r.Cells, r.Object.Raw)
				}
			}
			printed := strings.NewReplacer(" \n", "\n", `\u003c`, "<", `\u003e`, ">").Replace(out.String() + "\n")
			if diff := cmp.Diff(row.want, printed); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	whole := c.ask(t, http.MethodGet, "/api/v1/nodes/moc-cp1?includeObject=Object", "", "Accept: "+asTable)
	if !strings.Contains(whole.text, `"object":{"kind":"Node"`) {
		t.Errorf("includeObject=Object: %s", whole.text)
	}
	if bare := c.ask(t, http.MethodGet, "/api/v1/nodes?includeObject=None", "", "Accept: "+asTable); strings.Contains(bare.text, "PartialObjectMetadata") {
		t.Errorf("includeObject=None: %s", bare.text)
	}
	c.ask(t, http.MethodGet, "/api/v1/nodes?includeObject=Some", "", "Accept: "+asTable).refused(t, 400, "BadRequest", "unrecognized includeObject")
}
