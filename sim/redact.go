package sim

import (
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/arcwright/arcwright/sim/kubeapi"
)

// withoutSecrets is a request as the log may keep it: one about Kubernetes secrets loses
// their values, so a secret of a world that is opened again is there and empty.
func withoutSecrets(r kubeapi.Request) kubeapi.Request {
	if !strings.Contains(r.Path+"/", "/secrets/") {
		return r
	}
	var body any
	// JSON is YAML as well, so this reads whatever form the client has chosen.
	if err := yaml.Unmarshal(r.Body, &body); err != nil {
		r.Body = nil
		return r
	}
	text, err := json.Marshal(blank(body))
	if err != nil {
		text = nil // a key that is no text: not an object that was accepted
	}
	r.Body = text
	return r
}

// blank empties the values of a secret, whole or in a list of JSON patch operations.
func blank(body any) any {
	switch b := body.(type) {
	case []any:
		for i, operation := range b {
			b[i] = blankOperation(operation)
		}
	case map[string]any:
		for _, key := range []string{"data", "stringData"} {
			if values, ok := b[key].(map[string]any); ok {
				for name := range values {
					values[name] = ""
				}
			}
		}
		// What kubectl apply keeps of the object that it was given.
		if meta, ok := b["metadata"].(map[string]any); ok {
			if notes, ok := meta["annotations"].(map[string]any); ok {
				delete(notes, "kubectl.kubernetes.io/last-applied-configuration")
			}
		}
	}
	return body
}

func blankOperation(operation any) any {
	o, ok := operation.(map[string]any)
	if !ok {
		return operation
	}
	path, _ := o["path"].(string)
	switch {
	case path == "" || path == "/":
		o["value"] = blank(o["value"])
	case path == "/data" || path == "/stringData":
		o["value"] = map[string]any{}
	case strings.HasPrefix(path, "/data/") || strings.HasPrefix(path, "/stringData/"):
		if _, has := o["value"]; has {
			o["value"] = ""
		}
	}
	return o
}
