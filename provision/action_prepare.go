package provision

import (
	"context"

	"github.com/arcwright/arcwright/planner"
)

// prepareParams are the parameters of prepare-host.
type prepareParams struct {
	Module string `json:"module"`
}

func (p prepareParams) need() error { return missing("module", p.Module) }

// prepareHost installs the module on one host and prepares it. A host that is prepared is
// prepared, whoever did it; another version of the module is left to a person, because
// versions must not be mixed on a site.
func prepareHost(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[prepareParams](step)
	if err != nil {
		return nil, err
	}
	m := newMaking(s, step, hostRecord, step.On, "prepare-host")
	m.judge = func(ctx context.Context, _ bool) (sighting, error) {
		h, err := runScript[hostReply](ctx, s, step.On, "read-host", map[string]any{}, nil)
		if err != nil {
			return sighting{}, err
		}
		if h.Module == p.Module && h.Prepared {
			return sighting{presence: thingWhole, shared: true}, nil
		}
		view, _, err := s.view(step.On).ask(ctx, false)
		if err != nil {
			return sighting{}, err
		}
		f := sighting{presence: thingAbsent, owner: view.owner(hostRecord, step.On), exact: true}
		if h.Module != "" && h.Module != p.Module {
			f.presence, f.reason = thingOther, unmet(property{"the AksHci module", p.Module, h.Module})
		}
		return f, nil
	}
	return m, nil
}
