package provision

import (
	"context"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/kube"
)

// namedParams are the parameters of a step that applies one object to a cluster.
type namedParams struct {
	onCluster
	Name string `json:"name"`
}

func (p namedParams) need() error { return missing("cluster", p.Cluster, "name", p.Name) }

func applyNamespace(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[namedParams](step)
	if err != nil {
		return nil, err
	}
	return &applying{s: s, cluster: p.Cluster, want: func(context.Context, kubeClient) (kube.Object, Observation, error) {
		return kube.Namespace(p.Name, s.plan.Site.Name), Observation{}, nil
	}}, nil
}
