package provision

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/arcwright/arcwright/planner"
)

// ErrNotCarriedOut is a step that this program plans but does not carry out.
type ErrNotCarriedOut struct{ Kind planner.StepKind }

// Error names the kind of step.
func (e *ErrNotCarriedOut) Error() string {
	return fmt.Sprintf("arcwright does not carry out %s steps", e.Kind)
}

func (e *ErrNotCarriedOut) code() string { return "invalid" }

// newAction is the one place that knows which action carries out which kind of step.
func newAction(step planner.Step, s *session) (action, error) {
	var a action
	var err error
	switch step.Kind {
	case planner.PrepareHost:
		a, err = prepareHost(step, s)
	case planner.Configure:
		a, err = configure(step, s)
	case planner.Install:
		a, err = install(step, s)
	case planner.CreateNetwork:
		a, err = createNetwork(step, s)
	case planner.CreateCluster:
		a, err = createCluster(step, s)
	case planner.CreateNodePool:
		a, err = createNodePool(step, s)
	case planner.FetchCredential:
		a, err = fetchCredential(step, s)
	case planner.WaitNodes:
		a, err = waitNodes(step, s)
	case planner.ApplyNamespace:
		a, err = applyNamespace(step, s)
	case planner.ApplyStorage:
		a, err = applyStorage(step, s)
	default:
		return nil, &ErrNotCarriedOut{step.Kind}
	}
	if err != nil {
		return nil, fmt.Errorf("read parameters of %s: %w", step.ID, err)
	}
	return discreet{a, s}, nil
}

// paramsOf are a step's parameters as the action's type, checked by need.
func paramsOf[T interface{ need() error }](step planner.Step) (T, error) {
	var p T
	text, err := json.Marshal(step.Params)
	if err != nil {
		return p, &errParams{err}
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, &errParams{err}
	}
	if err := p.need(); err != nil {
		return p, &errParams{err}
	}
	return p, nil
}

// scriptParams are a step's parameters as its script gets them: an object, also without any.
func scriptParams(step planner.Step) map[string]any {
	if step.Params == nil {
		return map[string]any{}
	}
	return step.Params
}

// errParams is a step whose parameters are not what its kind takes. No retry mends it.
type errParams struct{ err error }

func (e *errParams) Error() string { return e.err.Error() }
func (e *errParams) Unwrap() error { return e.err }
func (e *errParams) code() string  { return "invalid" }

// missing is a needed parameter that is empty, nil when there is none. It takes pairs of name and value.
func missing(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return fmt.Errorf("%s is missing", pairs[i])
		}
	}
	return nil
}

// discreet is an action whose observations hold no secret.
type discreet struct {
	action
	s *session
}

// Observe takes the secrets out of what was seen.
func (d discreet) Observe(ctx context.Context) (Observation, error) {
	o, err := d.action.Observe(ctx)
	o.Reason = d.s.redact(o.Reason)
	o.Output = d.s.redact(o.Output)
	return o, err
}
