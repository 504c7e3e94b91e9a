package sim

import (
	"strings"
	"testing"

	"github.com/arcwright/arcwright/sim/kubeapi"
)

func TestTheLogKeepsNoValuesOfSecrets(t *testing.T) {
	const path = "/api/v1/namespaces/default/secrets/db"
	for _, c := range []struct{ name, body, want string }{
		{"a whole object", `{"metadata":{"name":"db"},"data":{"p":"aHVudGVyMg=="},"stringData":{"q":"hunter2"}}`,
			`{"data":{"p":"d2l0aGhlbGQgNw=="},"metadata":{"name":"db"},"stringData":{"q":"withheld 7"}}`},
		{"a value that is taken away", `{"data":{"p":null}}`, `{"data":{"p":null}}`},
		{"one value by JSON patch", `[{"op":"replace","path":"/data/p","value":"aHVudGVyMg=="}]`, `[{"op":"replace","path":"/data/p","value":"d2l0aGhlbGQgNw=="}]`},
		{"all values by JSON patch", `[{"op":"add","path":"/stringData","value":{"p":"hunter2"}}]`, `[{"op":"add","path":"/stringData","value":{"p":"withheld 7"}}]`},
		{"a test of a value is left out", `[{"op":"test","path":"/data/p","value":"aHVudGVyMg=="},{"op":"remove","path":"/data/p"}]`, `[{"op":"remove","path":"/data/p"}]`},
		{"a label stays", `[{"op":"add","path":"/metadata/labels/a","value":"b"}]`, `[{"op":"add","path":"/metadata/labels/a","value":"b"}]`},
		{"what kubectl keeps of the object", `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"hunter2","x":"y"}}}`, `{"metadata":{"annotations":{"x":"y"}}}`},
		{"what is no document", `{hunter2`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := string(withoutSecrets(kubeapi.Request{Path: path, Body: []byte(c.body)}, 7).Body)
			if got != c.want || strings.Contains(got, "hunter2") || strings.Contains(got, "aHVudGVyMg") {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	other := kubeapi.Request{Path: "/api/v1/namespaces/default/configmaps/db", Body: []byte(`{"data":{"p":"q"}}`)}
	if got := withoutSecrets(other, 7); string(got.Body) != string(other.Body) {
		t.Errorf("a config map lost its values: %s", got.Body)
	}
}
