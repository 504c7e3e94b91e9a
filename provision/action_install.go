package provision

import (
	"fmt"

	"github.com/arcwright/arcwright/planner"
)

// installParams are the parameters of install: there are none.
type installParams struct{}

func (installParams) need() error { return nil }

// install makes the management cluster. An installation that did not succeed must be
// cleared away before the next, which is never done while there is a workload cluster.
func install(step planner.Step, s *session) (action, error) {
	if _, err := paramsOf[installParams](step); err != nil {
		return nil, err
	}
	m := newMaking(s, step, installRecord, string(installRecord), "install-akshci")
	m.undo, m.undone = "uninstall-akshci", map[string]any{}
	m.judge = m.in(func(a *akshci) sighting {
		f := sighting{keep: clustersLeft(a)}
		switch a.InstallState {
		case installed:
			f.presence = thingWhole
		case installFailed:
			f.presence, f.reason = thingFailed, "the installation of AKS failed"
		case installing:
			f.presence, f.reason = thingHalted, "the installation of AKS was begun and nobody goes on with it"
		default:
			f.presence = thingAbsent
		}
		return f
	})
	return m, nil
}

// clustersLeft says which workload clusters stand on an installation, by the platform or
// by the records; empty when there are none.
func clustersLeft(a *akshci) string {
	name := ""
	for _, r := range a.Records {
		if r.Kind == clusterRecord {
			name = r.Name
		}
	}
	for _, c := range a.Clusters {
		name = c.Name
	}
	if name == "" {
		return ""
	}
	return fmt.Sprintf("the cluster %s stands on it", name)
}
