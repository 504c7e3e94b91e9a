package kubeapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDefaultsFillWhatIsLeftOut(t *testing.T) {
	c := start(t)
	for _, row := range []struct{ name, path, body, want string }{
		{"a service", "/api/v1/namespaces/default/services", `{"spec":{"ports":[{"port":80}]}}`,
			`{"spec":{"type":"ClusterIP","sessionAffinity":"None","ports":[{"port":80,"protocol":"TCP","targetPort":80}]},"status":{"loadBalancer":{}}}`},
		{"a secret", "/api/v1/namespaces/default/secrets", `{"stringData":{"a":"b"}}`, `{"type":"Opaque","data":{"a":"Yg=="}}`},
		{"a network policy with nothing in it", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", `{"spec":{"podSelector":{}}}`,
			`{"spec":{"podSelector":{},"policyTypes":["Ingress"]}}`},
		{"a network policy with egress", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", `{"spec":{"podSelector":{},"egress":[{}]}}`,
			`{"spec":{"podSelector":{},"egress":[{}],"policyTypes":["Ingress","Egress"]}}`},
		{"a network policy that says what it is", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", `{"spec":{"podSelector":{},"policyTypes":["Egress"]}}`,
			`{"spec":{"podSelector":{},"policyTypes":["Egress"]}}`},
		{"a role binding", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
			`{"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u"},{"kind":"ServiceAccount","name":"s"}]}`,
			`{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},"subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"u"},{"kind":"ServiceAccount","name":"s"}]}`},
		{"a cluster role binding", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", `{"roleRef":{"kind":"ClusterRole","name":"r"}}`,
			`{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"r"}}`},
		{"a priority class", "/apis/scheduling.k8s.io/v1/priorityclasses", `{"value":7}`, `{"value":7,"preemptionPolicy":"PreemptLowerPriority"}`},
		{"a CSI driver", "/apis/storage.k8s.io/v1/csidrivers", `{"spec":{"attachRequired":false}}`,
			`{"spec":{"attachRequired":false,"podInfoOnMount":false,"storageCapacity":false,"fsGroupPolicy":"ReadWriteOnceWithFSType","requiresRepublish":false,"seLinuxMount":false,"volumeLifecycleModes":["Persistent"]}}`},
		{"a storage class", "/apis/storage.k8s.io/v1/storageclasses", `{"provisioner":"p","reclaimPolicy":"Retain"}`,
			`{"provisioner":"p","reclaimPolicy":"Retain","volumeBindingMode":"Immediate"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var body, want map[string]any
			if err := json.Unmarshal([]byte(row.body), &body); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(row.want), &want); err != nil {
				t.Fatal(err)
			}
			body["metadata"] = map[string]any{"generateName": "x-"}
			text, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			got := c.must(t, http.MethodPost, row.path, string(text), "application/json").doc
			for _, name := range []string{"apiVersion", "kind", "metadata"} {
				delete(got, name)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for path, replicas := range map[string]any{"deployments": 1.0, "replicasets": 1.0, "statefulsets": 1.0, "daemonsets": nil} {
		got := c.must(t, http.MethodPost, "/apis/apps/v1/namespaces/default/"+path, `{"metadata":{"name":"x"}}`, "application/json").doc
		if spec := got["spec"].(map[string]any); spec["replicas"] != replicas || got["metadata"].(map[string]any)["generation"] != 1.0 {
			t.Errorf("%s: %v", path, got)
		}
	}
}
