package sim

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/arcwright/arcwright/sim/kubeapi"
)

// withoutSecrets is a request as the log may keep it: one about Kubernetes secrets loses
// their values. In their place stands a mark of the request, another in each, so that
// what changed a secret when it was made changes it as well when it is made again.
func withoutSecrets(r kubeapi.Request, mark int64) kubeapi.Request {
	if !strings.Contains(r.Path+"/", "/secrets/") {
		return r
	}
	var body any
	// JSON is YAML as well, so this reads whatever form the client has chosen.
	if err := yaml.Unmarshal(r.Body, &body); err != nil {
		r.Body = nil
		return r
	}
	text, err := json.Marshal(withholder{fmt.Sprintf("withheld %d", mark)}.object(body))
	if err != nil {
		text = nil // a key that is no text: not an object that was accepted
	}
	r.Body = text
	return r
}

// withholder puts a mark in the place of every value of a secret.
type withholder struct{ mark string }

// value is the mark as the key data or stringData wants it; nothing stays nothing, which
// takes a value away.
func (w withholder) value(key string, was any) any {
	switch {
	case was == nil:
		return nil
	case key == "data":
		return base64.StdEncoding.EncodeToString([]byte(w.mark))
	}
	return w.mark
}

// object withholds the values of a secret, whole or in a list of JSON patch operations.
func (w withholder) object(body any) any {
	switch b := body.(type) {
	case []any:
		kept := []any{}
		for _, operation := range b {
			if o := w.operation(operation); o != nil {
				kept = append(kept, o)
			}
		}
		return kept
	case map[string]any:
		for _, key := range []string{"data", "stringData"} {
			if values, ok := b[key].(map[string]any); ok {
				for name := range values {
					values[name] = w.value(key, values[name])
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

// operation withholds the value of one JSON patch operation. A test of a value would fail
// against the mark; it passed when the request was made, so it is left out.
func (w withholder) operation(operation any) any {
	o, ok := operation.(map[string]any)
	if !ok {
		return operation
	}
	path, _ := o["path"].(string)
	key, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	secret := path == "" || path == "/" || key == "data" || key == "stringData"
	value, has := o["value"]
	switch {
	case !secret || !has:
	case o["op"] == "test":
		return nil
	case key == "":
		o["value"] = w.object(value)
	case path == "/"+key:
		if values, ok := value.(map[string]any); ok {
			for name := range values {
				values[name] = w.value(key, values[name])
			}
		}
	default:
		o["value"] = w.value(key, value)
	}
	return o
}
