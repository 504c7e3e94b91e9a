package provision

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/arcwright/arcwright/planner"
)

// A Transcript is every cmdlet that a plan will run, before it runs.
type Transcript struct {
	Version string           `json:"version"`
	Site    string           `json:"site"`
	Plan    string           `json:"plan"`
	Steps   []StepTranscript `json:"steps"`
	// Around are the scripts that run around the steps: those that look, that hold the
	// lease, and the one that starts a step's script as a task.
	Around []ScriptTranscript `json:"around"`
}

// StepTranscript is what one step runs.
type StepTranscript struct {
	Step string           `json:"step"`
	Kind planner.StepKind `json:"kind"`
	// Host is where it runs, empty for a step that goes to a cluster's API.
	Host string `json:"host,omitempty"`
	// Script is what does the step; nil when no script does.
	Script *ScriptTranscript `json:"script,omitempty"`
	// Repair is what runs first where a look finds the step's thing broken.
	Repair *ScriptTranscript `json:"repair,omitempty"`
	// Instead says what a step without a script does.
	Instead string `json:"instead,omitempty"`
}

// ScriptTranscript is one script with the cmdlets that it calls, in the order of their
// first places. Functions and methods of .NET are in its text only.
type ScriptTranscript struct {
	Name   string     `json:"name"`
	SHA256 string     `json:"sha256"`
	Kind   ScriptKind `json:"kind"`
	// Params is the SHA-256 of the parameters, as they are sent; empty for a script whose
	// parameters the plan does not decide.
	Params string           `json:"params,omitempty"`
	Calls  []CallTranscript `json:"calls"`
}

// CallTranscript is one cmdlet. A script may call it several times; then Parameters are
// those of all its calls.
type CallTranscript struct {
	Cmdlet     string                `json:"cmdlet"`
	Parameters []ParameterTranscript `json:"parameters"`
	// Only says when it is called, where the host decides that.
	Only string `json:"only,omitempty"`
}

// ParameterTranscript is a parameter. With neither of the others it is found on the host.
type ParameterTranscript struct {
	Name string `json:"name"`
	// Value is what the plan gives, or what stands in the script.
	Value string `json:"value,omitempty"`
	// Secret is the reference to the secret that it holds, never the secret.
	Secret string `json:"secret,omitempty"`
	// Result is the cmdlet whose result it is.
	Result string `json:"result,omitempty"`
	// Switch is set on one that has no value.
	Switch bool `json:"switch,omitempty"`
}

// scriptsOf says which script does a step of a kind, and which clears it away.
var scriptsOf = map[planner.StepKind]struct{ does, clears, instead string }{
	planner.PrepareHost:     {does: "prepare-host"},
	planner.Configure:       {does: "configure-akshci"},
	planner.Install:         {does: "install-akshci", clears: "uninstall-akshci"},
	planner.CreateNetwork:   {does: "new-network"},
	planner.CreateCluster:   {does: "new-cluster", clears: "remove-cluster"},
	planner.CreateNodePool:  {does: "new-node-pool", clears: "remove-node-pool"},
	planner.FetchCredential: {does: "get-credential"},
	planner.WaitNodes:       {instead: "reads the nodes from the cluster's API"},
	planner.ApplyNamespace:  {instead: "applies a namespace with its policies to the cluster's API (server-side apply)"},
	planner.ApplyStorage:    {instead: "applies a storage class to the cluster's API (server-side apply)"},
}

// around are the scripts of Transcript.Around.
var around = []string{"read-host", "read-akshci", "lease", "start-task", "read-task"}

// TranscriptOf says what a plan will run. A step that this program does not carry out
// says so.
func TranscriptOf(plan planner.Plan) (Transcript, error) {
	calls, err := loadCalls()
	if err != nil {
		return Transcript{}, err
	}
	catalogue := LoadCatalogue()
	t := Transcript{Version: "arcwright.dev/transcript/v1", Site: plan.Site.Name, Plan: plan.Digest, Steps: []StepTranscript{}}
	for _, step := range plan.Steps {
		s := StepTranscript{Step: step.ID, Kind: step.Kind, Host: step.On}
		of, known := scriptsOf[step.Kind]
		s.Instead = of.instead
		if !known {
			s.Instead = "nothing: " + (&ErrNotCarriedOut{step.Kind}).Error()
		}
		params, digest, err := sentParams(scriptParams(step))
		if err != nil {
			return Transcript{}, fmt.Errorf("%s: %w", step.ID, err)
		}
		for name, to := range map[string]**ScriptTranscript{of.does: &s.Script, of.clears: &s.Repair} {
			if name == "" {
				continue
			}
			script := catalogue.Script(name)
			*to = &ScriptTranscript{Name: name, SHA256: script.SHA256, Kind: script.Kind, Calls: called(calls[name], params, plan.Site)}
		}
		if s.Script != nil && s.Script.Kind == ScriptTask {
			s.Script.Params = digest
		}
		t.Steps = append(t.Steps, s)
	}
	for _, name := range around {
		script := catalogue.Script(name)
		t.Around = append(t.Around, ScriptTranscript{Name: name, SHA256: script.SHA256, Kind: script.Kind, Calls: called(calls[name], nil, plan.Site)})
	}
	return t, nil
}

// sentParams are a step's parameters as a script reads them, with their digest.
func sentParams(given any) (map[string]any, string, error) {
	text, err := json.Marshal(given)
	if err != nil {
		return nil, "", fmt.Errorf("parameters have no JSON form: %w", err)
	}
	var params map[string]any
	if err := json.Unmarshal(text, &params); err != nil {
		return nil, "", fmt.Errorf("parameters are no JSON object: %w", err)
	}
	sum := sha256.Sum256(text)
	return params, hex.EncodeToString(sum[:]), nil
}

// called is what some calls are given. Without parameters of a step, no condition is judged.
func called(calls []cmdletCall, params map[string]any, site planner.Site) []CallTranscript {
	all := []CallTranscript{}
	for _, c := range calls {
		if params != nil && !c.When.holds(params) {
			continue
		}
		call := CallTranscript{Cmdlet: c.Cmdlet, Only: c.Only, Parameters: []ParameterTranscript{}}
		for _, p := range c.With {
			if params != nil && !p.when.holds(params) {
				continue
			}
			if given, ok := p.given(params, site); ok {
				call.Parameters = append(call.Parameters, given)
			}
		}
		all = append(all, call)
	}
	return all
}

// reference is a key of the parameters within a suffix.
var reference = regexp.MustCompile(`\$[A-Za-z.]+`)

// given is a parameter with what a plan gives it; it is not given when no choice fits.
func (p parameter) given(params map[string]any, site planner.Site) (ParameterTranscript, bool) {
	out := ParameterTranscript{Name: p.name, Value: p.literal, Result: p.result, Switch: p.on}
	switch {
	case p.secret != "":
		out.Secret = string(site.Azure.Secret)
	case p.choices != nil:
		value, _ := textOf(params, p.path)
		choice, ok := p.choices[value]
		out.Value = choice
		return out, ok
	case p.path != "" && params != nil:
		value, _ := textOf(params, p.path)
		out.Value = value + reference.ReplaceAllStringFunc(p.suffix, func(key string) string {
			text, _ := textOf(params, key[1:])
			return text
		})
	}
	return out, true
}
