package sim

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/arcwright/arcwright/profiles"
	"github.com/arcwright/arcwright/sim/timeline"
)

type prepareParams struct {
	Module string `json:"module"`
}

// prepareHost installs the AksHci module and runs Initialize-AksHciNode. A host without
// Hyper-V gets the role and wants a restart; when the script is run again, somebody has
// restarted it.
func (w *world) prepareHost(k *task, params json.RawMessage) (job, *scriptError) {
	var p prepareParams
	if err := decode(params, &p); err != nil {
		return job{}, err
	}
	h := k.host
	download := stage{
		says:  says("AksHci", "Installing the module AksHci "+p.Module+" from PSGallery"),
		takes: span{70 * time.Second, 240 * time.Second},
		done: func(*timeline.Turn) *scriptError {
			if !w.platform.publishes(p.Module) {
				return &scriptError{
					Code: "NoMatchFoundForCriteria,Microsoft.PowerShell.PackageManagement.Cmdlets.InstallPackage", Type: "System.Exception",
					Message: "No match was found for the specified search criteria and module name 'AksHci' with the version '" + p.Module + "'.",
				}
			}
			h.Module = p.Module
			return nil
		},
	}
	if h.Module == p.Module {
		download = stage{takes: span{time.Second, 3 * time.Second}}
	}
	initialize := stage{
		says: append(says("AksHci", "Initializing environment"), says("Moc",
			"WinRM service is already running on this machine.",
			"Checking roles and features on "+h.short())...),
		takes: span{60 * time.Second, 240 * time.Second},
		done: func(*timeline.Turn) *scriptError {
			if !slices.Contains(h.Features, "Hyper-V") {
				h.Features = append(slices.Clone(h.Features), "Hyper-V")
				return stop("RestartNeeded", "%s must be restarted before it can be used: drain it, restart it, and run again", h.short())
			}
			h.Prepared = true
			return nil
		},
	}
	return job{stages: []stage{download, initialize}}, nil
}

// publishes reports whether the gallery has a version of the AksHci module.
func (p platform) publishes(version string) bool {
	return slices.ContainsFunc(p.Modules, func(m profiles.Module) bool { return m.Name == "AksHci" && m.Version == version }) ||
		version != "" && slices.ContainsFunc(p.Releases, func(r profiles.Release) bool { return r.Module == version })
}
