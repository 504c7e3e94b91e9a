package sim

import (
	"encoding/json"

	"github.com/arcwright/arcwright/planner"
)

// hostAnswer is a host as read-host prints it: sizes in bytes, the skew in seconds.
type hostAnswer struct {
	Name      string            `json:"name"`
	Address   string            `json:"address"`
	Maker     string            `json:"maker"`
	Model     string            `json:"model"`
	Processor planner.Processor `json:"processor"`
	Memory    int64             `json:"memory"`
	Firmware  planner.Firmware  `json:"firmware"`
	OS        planner.OS        `json:"os"`
	Domain    string            `json:"domain"`
	Skew      *float64          `json:"skew"` // null without a domain to compare with
	Drives    []driveAnswer     `json:"drives"`
	Adapters  []planner.Adapter `json:"adapters"`
	Switches  []planner.Switch  `json:"switches"`
	Module    string            `json:"aksHciModule"`
	Prepared  bool              `json:"prepared"`
	Features  []string          `json:"features"`
	Cluster   *clusterAnswer    `json:"failoverCluster"`
	Unread    []unreadAnswer    `json:"unread"`
}

type unreadAnswer struct {
	Part    string `json:"part"`
	Message string `json:"message"`
}

type driveAnswer struct {
	Role  planner.DriveRole `json:"role"`
	Count int               `json:"count"`
	Model string            `json:"model"`
	Media string            `json:"media"`
	Bus   string            `json:"bus"`
	Size  int64             `json:"size"`
}

type clusterAnswer struct {
	Name     string                   `json:"name"`
	Address  *string                  `json:"address"`
	Volumes  []volumeAnswer           `json:"volumes"`
	Networks []planner.ClusterNetwork `json:"networks"`
}

type volumeAnswer struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
	Free int64  `json:"free"`
}

func (w *world) readHost(h *host, params json.RawMessage) (any, error) {
	if err := decode(params, &struct{}{}); err != nil {
		return nil, err
	}
	a := hostAnswer{
		Name: h.Name, Address: h.Address.String(), Maker: h.Maker, Model: h.Model,
		Processor: h.Processor, Memory: int64(h.Memory), Firmware: h.Firmware, OS: h.OS,
		Domain:   h.Domain,
		Adapters: list(h.Adapters), Switches: list(h.Switches), Features: list(h.Features),
		Module: h.Module, Prepared: h.Prepared || h.site.config != nil,
		Drives: []driveAnswer{}, Unread: []unreadAnswer{},
	}
	if old := w.conditions.modules[h]; a.Module == "" && len(old) > 0 {
		a.Module = old[0]
	}
	if skew := h.Skew.Seconds(); h.Domain != "" {
		a.Skew = &skew
	} else {
		a.Unread = append(a.Unread, unreadAnswer{"skew", "the host is in no domain to compare its clock with"})
	}
	for _, d := range h.Drives {
		a.Drives = append(a.Drives, driveAnswer{d.Role, d.Count, d.Model, d.Media, d.Bus, int64(d.Size)})
	}
	if c := w.inventory.Cluster; c.Name != "" {
		a.Cluster = &clusterAnswer{Name: c.Name, Networks: list(c.Nets), Volumes: []volumeAnswer{}}
		if c.Address != nil {
			text := c.Address.String()
			a.Cluster.Address = &text
		}
		for _, v := range c.Volumes {
			a.Cluster.Volumes = append(a.Cluster.Volumes, volumeAnswer{v.Path, int64(v.Size), int64(v.Free)})
		}
	}
	return a, nil
}

// list is a slice that is an array in JSON even when it is empty.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
