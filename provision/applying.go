package provision

import (
	"context"
	"errors"
	"strings"

	"github.com/arcwright/arcwright/provision/kube"
)

// applying is the action of an object that is applied to a cluster.
type applying struct {
	s       *session
	cluster string
	// want is the object, or an observation of why it cannot be told yet.
	want func(context.Context, kubeClient) (kube.Object, Observation, error)
}

// Observe compares what is there with what is wanted.
func (a *applying) Observe(ctx context.Context) (Observation, error) {
	k, o, err := a.s.kubeOrWait(a.cluster)
	if k == nil || err != nil {
		return o, err
	}
	want, o, err := a.want(ctx, k)
	if err != nil || o.State != "" {
		return o, err
	}
	exists, differences, err := k.Look(ctx, want)
	var foreign *kube.ErrForeign
	switch {
	case errors.As(err, &foreign):
		return Observation{State: StateForeign, Reason: foreign.Error()}, nil
	case err != nil:
		return Observation{}, err
	case !exists:
		return Observation{State: StateAbsent}, nil
	case len(differences) > 0:
		return Observation{State: StateBroken, Reason: want.String() + " is otherwise: " + strings.Join(differences, "; ")}, nil
	}
	return Observation{State: StateDone}, nil
}

// Submit applies the object.
func (a *applying) Submit(ctx context.Context, _ int) error {
	k, err := a.s.kube(a.cluster)
	if err != nil {
		return err
	}
	want, o, err := a.want(ctx, k)
	if err != nil {
		return err
	}
	if o.State != "" {
		return &errUnknown{o.Reason}
	}
	return k.Apply(ctx, want)
}

// Repair leaves what differs to a person: what is fixed in an object can only be changed
// by deleting it.
func (a *applying) Repair(context.Context, int) error { return ErrNoRepair }
