package provision

import (
	"context"
	"fmt"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/kube"
)

// nodesParams are the parameters of wait-nodes: how many machines of each system there
// should be, control planes among the Linux ones.
type nodesParams struct {
	onCluster
	Linux   int `json:"linux"`
	Windows int `json:"windows"`
}

// readiness is the action that waits for a cluster's nodes. It makes nothing.
type readiness struct {
	s    *session
	want nodesParams
}

func waitNodes(step planner.Step, s *session) (action, error) {
	p, err := paramsOf[nodesParams](step)
	if err != nil {
		return nil, err
	}
	return &readiness{s: s, want: p}, nil
}

// Observe says done when there are as many nodes as planned and all of them are ready.
func (r *readiness) Observe(ctx context.Context) (Observation, error) {
	k, o, err := r.s.kubeOrWait(r.want.Cluster)
	if k == nil || err != nil {
		return o, err
	}
	nodes, err := k.Nodes(ctx)
	if err != nil {
		return Observation{}, err
	}
	if waiting := r.want.waiting(nodes); waiting != "" {
		return Observation{State: StateWorking, Reason: waiting}, nil
	}
	return Observation{State: StateDone}, nil
}

// mostNames is how many nodes a reason names.
const mostNames = 3

// waiting says what is waited for, empty when nothing is.
func (p nodesParams) waiting(nodes []kube.Node) string {
	ready, linux, windows := 0, 0, 0
	var names []string
	for _, n := range nodes {
		if n.OS == string(planner.Linux) {
			linux++
		} else if n.OS != "" {
			windows++
		}
		if n.Ready {
			ready++
		} else if len(names) < mostNames {
			name := n.Name
			if n.Reason != "" {
				name += " (" + tidy(n.Reason) + ")"
			}
			names = append(names, name)
		}
	}
	wanted := p.Linux + p.Windows
	if ready == len(nodes) && linux >= p.Linux && windows >= p.Windows && ready >= wanted {
		return ""
	}
	var for_ []string
	if unready := len(nodes) - ready; unready > 0 {
		text := strings.Join(names, ", ")
		if more := unready - len(names); more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		for_ = append(for_, text)
	}
	for_ = append(for_, absentees(p.Linux-linux, "Linux")...)
	for_ = append(for_, absentees(p.Windows-windows, "Windows")...)
	return fmt.Sprintf("%d of %d nodes ready; waiting for %s", ready, max(wanted, len(nodes)), strings.Join(for_, ", "))
}

func absentees(n int, system string) []string {
	switch {
	case n <= 0:
		return nil
	case n == 1:
		return []string{"1 " + system + " node that has not joined"}
	}
	return []string{fmt.Sprintf("%d %s nodes that have not joined", n, system)}
}

// Submit is never called: nodes are ready or on their way.
func (r *readiness) Submit(context.Context, int) error { return ErrNoRepair }

// Repair cannot do anything about a node.
func (r *readiness) Repair(context.Context, int) error { return ErrNoRepair }
