package provision

import (
	"context"
	"fmt"

	"github.com/arcwright/arcwright/planner"
)

// Remain is something on a site that a run has left there and the plan did not ask for,
// or that nobody goes on with.
type Remain struct {
	// Step is the id of the step it belongs to; empty when it belongs to none.
	Step string
	// What says what it is and where.
	What string
}

// Remains looks at the site of a plan for what a run that has ended has left behind: a
// lease that is held, tasks that still run, and clusters, node pools and an installation
// that are half made, failed, or recorded and not there. It changes nothing and needs no
// lease. The caller holds a busy token of the clock.
func Remains(ctx context.Context, reach Reach, plan planner.Plan) ([]Remain, error) {
	s, err := newSession(Options{Plan: plan, Reach: reach})
	if err != nil {
		return nil, err
	}
	defer s.close()
	var found []Remain
	_, l, err := s.lease(ctx, leaseRead)
	if err != nil {
		return nil, fmt.Errorf("read the lease: %w", err)
	}
	if l.Owner != "" {
		found = append(found, Remain{What: "the lease of " + l.Owner + " on " + s.leaseHost})
	}
	for _, step := range plan.Steps {
		if step.On == "" || step.Kind == planner.FetchCredential {
			continue
		}
		tasks := series{s: s, host: step.On, step: step.ID}
		t, err := tasks.read(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the tasks of %s: %w", step.ID, err)
		}
		if t.Exists && t.State == phaseRunning {
			found = append(found, Remain{step.ID, fmt.Sprintf("the task %s on %s, which is still running", t.Script, step.On)})
		}
	}
	host, err := leaseHost(plan)
	if err != nil {
		return nil, err
	}
	view, _, err := s.view(host).ask(ctx, true)
	if err != nil {
		return nil, fmt.Errorf("read what there is of AKS on %s: %w", host, err)
	}
	return append(found, view.remains()...), nil
}

// remains are the things that are neither whole nor absent.
func (a *akshci) remains() []Remain {
	var found []Remain
	switch a.InstallState {
	case installing:
		found = append(found, Remain{string(planner.Install), "an installation that was begun and is not finished"})
	case installFailed:
		found = append(found, Remain{string(planner.Install), "an installation that failed"})
	}
	there := map[string]bool{}
	for _, c := range a.Clusters {
		there[string(clusterRecord)+" "+c.Name] = true
		step := a.step(clusterRecord, c.Name)
		if c.State != deployed {
			found = append(found, Remain{step, fmt.Sprintf("the cluster %s, %s", c.Name, unfinished(c.State))})
		}
		for _, p := range c.NodePools {
			there[string(poolRecord)+" "+c.Name+"/"+p.Name] = true
			if p.State != deployed && c.State == deployed {
				found = append(found, Remain{a.step(poolRecord, c.Name+"/"+p.Name), fmt.Sprintf("the node pool %s of %s, %s", p.Name, c.Name, unfinished(p.State))})
			}
		}
	}
	for _, r := range a.Records {
		if (r.Kind == clusterRecord || r.Kind == poolRecord) && !there[string(r.Kind)+" "+r.Name] {
			found = append(found, Remain{r.Step, fmt.Sprintf("the record of the %s %s, which is not there", r.Kind, r.Name)})
		}
	}
	return found
}

// step is the step that the record of a thing names; empty without one.
func (a *akshci) step(kind recordKind, name string) string {
	for _, r := range a.Records {
		if r.Kind == kind && r.Name == name {
			return r.Step
		}
	}
	return ""
}

func unfinished(s deployState) string {
	if s == deployFailed {
		return "which the platform reports as failed"
	}
	return "which is not finished"
}
