package provision

import (
	"context"
	"fmt"
	"maps"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/kube"
)

// storageParams are the parameters of apply-storage. CopyFrom names parameters that only
// the platform's own class tells, such as the cloud agent's name.
type storageParams struct {
	namedParams
	Provisioner string            `json:"provisioner"`
	Parameters  map[string]string `json:"parameters"`
	CopyFrom    struct {
		Class      string   `json:"class"`
		Parameters []string `json:"parameters"`
	} `json:"copyFrom"`
}

func (p storageParams) need() error {
	return missing("cluster", p.Cluster, "name", p.Name, "provisioner", p.Provisioner)
}

func applyStorage(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[storageParams](step)
	if err != nil {
		return nil, err
	}
	return &applying{s: s, cluster: p.Cluster, want: func(ctx context.Context, k kubeClient) (kube.Object, Observation, error) {
		all := maps.Clone(p.Parameters)
		if all == nil {
			all = map[string]string{}
		}
		if len(p.CopyFrom.Parameters) > 0 {
			standard, err := k.Parameters(ctx, p.CopyFrom.Class)
			if err != nil {
				return kube.Object{}, Observation{}, err
			}
			for _, name := range p.CopyFrom.Parameters {
				value, ok := standard[name]
				if !ok {
					return kube.Object{}, Observation{State: StateUnknown, Reason: fmt.Sprintf(
						"storage class %s, from which %s is copied, does not have it yet", p.CopyFrom.Class, name)}, nil
				}
				all[name] = value
			}
		}
		return kube.StorageClass(p.Name, s.plan.Site.Name, p.Provisioner, all), Observation{}, nil
	}}, nil
}
