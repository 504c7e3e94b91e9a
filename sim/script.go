package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/arcwright/arcwright/sim/timeline"
)

// A scriptError is a script that ended with an error, as the bootstrap reports it: Code is
// PowerShell's FullyQualifiedErrorId, Type the .NET type of the exception.
type scriptError struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Type     string `json:"type"`
	Position string `json:"position"`
}

func (e *scriptError) Error() string { return e.Message + " (" + e.Code + ")" }

// stop is an error that a script of the catalogue throws on purpose.
func stop(code, format string, args ...any) *scriptError {
	return &scriptError{Code: code, Message: fmt.Sprintf(format, args...), Type: "System.InvalidOperationException", Position: "At line:1 char:1"}
}

// throw is an error of one of the vendor's cmdlets, which throw plain text: then the text
// is the id as well.
func throw(format string, args ...any) *scriptError {
	message := fmt.Sprintf(format, args...)
	return &scriptError{Code: message, Message: message, Type: "System.Management.Automation.RuntimeException", Position: "At line:1 char:1"}
}

// codeNameTaken says that a thing which was to be made exists.
const codeNameTaken = "NameTaken"

// decode reads the parameters of a script strictly. A parameter that is missing fails as
// it does under strict mode; one that no script knows is refused too, since a real script
// would silently pass it over.
func decode(params json.RawMessage, into any) *scriptError {
	d := json.NewDecoder(bytes.NewReader(params))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return stop("BadRequest", "the simulated script does not take these parameters: %v", err)
	}
	if name := missing(params, reflect.TypeOf(into).Elem()); name != "" {
		return &scriptError{
			Code: "PropertyNotFoundStrict", Type: "System.Management.Automation.PropertyNotFoundException", Position: "At line:1 char:1",
			Message: fmt.Sprintf("The property '%s' cannot be found on this object. Verify that the property exists.", name),
		}
	}
	return nil
}

// missing finds a field of a struct, not marked omitempty, that a JSON object lacks.
func missing(object json.RawMessage, t reflect.Type) string {
	var has map[string]json.RawMessage
	if t.Kind() != reflect.Struct || json.Unmarshal(object, &has) != nil {
		return ""
	}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		value, ok := has[name]
		switch {
		case f.Anonymous:
			if deeper := missing(object, f.Type); deeper != "" {
				return deeper
			}
		case name == "" || name == "-":
		case !ok && options != "omitempty":
			return name
		case ok:
			if deeper := missing(value, f.Type); deeper != "" {
				return deeper
			}
		}
	}
	return ""
}

// short runs a script that answers at once. Errors that are no *scriptError are the
// simulator's own.
func (w *world) short(t *timeline.Turn, h *host, name string, params json.RawMessage, secrets []string) (any, error) {
	switch name {
	case "read-host":
		return w.readHost(t, h, params)
	case "inspect-host":
		return w.inspectHost(t, h, params)
	case "probe-addresses":
		return w.probeAddresses(h, params)
	case "probe-network":
		return w.probeNetwork(h, params)
	case "read-remoting":
		return w.readRemoting(t, h, params)
	case "probe-delegation":
		return w.probeDelegation(h, params, secrets)
	case "read-akshci":
		return w.readAksHci(h, params)
	case "read-task":
		return h.readTask(params)
	case "get-credential":
		return w.getCredential(t, h, params)
	case "lease":
		return w.leaseScript(t, h, params)
	case "start-task":
		return w.startTask(t, h, params, secrets)
	}
	return nil, fmt.Errorf("the simulated hosts have no model of the script %q", name)
}

// jobOf is what a script does that runs as a task.
func (w *world) jobOf(k *task, params json.RawMessage, secrets []string) (job, *scriptError) {
	switch k.script {
	case "prepare-host":
		return w.prepareHost(k, params)
	case "configure-akshci":
		return w.configure(k, params, secrets)
	case "install-akshci":
		return w.install(k, params)
	case "new-network":
		return w.newNetwork(k, params)
	case "new-cluster":
		return w.newCluster(k, params)
	case "new-node-pool":
		return w.newNodePool(k, params)
	case "uninstall-akshci":
		return w.uninstall(k, params)
	case "remove-cluster":
		return w.removeClusterJob(k, params)
	case "remove-node-pool":
		return w.removeNodePoolJob(k, params)
	}
	return job{}, stop("BadRequest", "the simulated hosts have no model of the script %q", k.script)
}
