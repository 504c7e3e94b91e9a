package sim

import (
	"cmp"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

type clusterAnswer struct {
	Name     string                   `json:"name"`
	Address  *string                  `json:"address"`
	Volumes  []volumeAnswer           `json:"volumes"`
	Networks []planner.ClusterNetwork `json:"networks"`
	Nodes    []stateAnswer            `json:"nodes"`
	Groups   []stateAnswer            `json:"groups"`
	Witness  string                   `json:"witness"`
	Places   int                      `json:"places"`
	Spaces   string                   `json:"storageSpaces"`
	Pools    []string                 `json:"pools"`
}

type volumeAnswer struct {
	Path       string  `json:"path"`
	Size       int64   `json:"size"`
	Free       int64   `json:"free"`
	Protection *string `json:"protection"`
}

// witnessTypes are the types of resource by what an inventory calls them.
var witnessTypes = map[string]string{"file share": "File Share Witness", "cloud": "Cloud Witness", "disk": "Physical Disk", "none": "none"}

// fabric is the failover cluster as read-host tells it. What nobody described is as it is in a
// cluster that is in order.
func (w *world) fabric(d *deployment) *clusterAnswer {
	c := w.inventory.Cluster
	a := &clusterAnswer{Name: c.Name, Networks: list(c.Nets), Volumes: []volumeAnswer{}, Nodes: w.nodes(),
		Witness: cmp.Or(witnessTypes[strings.ToLower(c.Witness)], c.Witness, "File Share Witness"), Places: 1}
	a.Pools = []string{cmp.Or(c.PoolHealth, "Healthy")}
	switch c.StorageSpaces {
	case planner.Yes:
		a.Spaces = "Enabled"
	case planner.No:
		a.Spaces, a.Pools = "Disabled", []string{}
	}
	if c.Stretched == planner.Yes {
		a.Places = 2
	}
	if c.Address != nil {
		text := c.Address.String()
		a.Address = &text
	}
	for _, v := range c.Volumes {
		one := volumeAnswer{Path: v.Path, Size: int64(v.Size), Free: int64(v.Free)}
		if on := flag(v.Encrypted); on != nil {
			state := "FullyDecrypted"
			if *on {
				state = "FullyEncrypted"
			}
			one.Protection = &state
		}
		a.Volumes = append(a.Volumes, one)
	}
	core := "Online"
	if len(w.conditions.offline) > 0 {
		core = "PartialOnline"
	}
	a.Groups = []stateAnswer{{Name: "Cluster Group", State: core}, {Name: "Available Storage", State: "Offline"}}
	for _, g := range c.Groups {
		if g.Name != "Cluster Group" && g.Name != "Available Storage" {
			a.Groups = append(a.Groups, stateAnswer{Name: g.Name, State: g.State})
		} else if g.Name == "Cluster Group" && core == "Online" {
			a.Groups[0].State = g.State
		}
	}
	a.Groups = append(a.Groups, w.agentRoles(d)...)
	return a
}

// nodes are the hosts as the failover cluster sees them.
func (w *world) nodes() []stateAnswer {
	var all []stateAnswer
	for _, h := range w.hosts {
		state := cmp.Or(h.ClusterState, "Up")
		if w.conditions.paused[h] {
			state = "Paused"
		}
		all = append(all, stateAnswer{Name: strings.ToUpper(h.short()), State: state})
	}
	for _, name := range w.conditions.added {
		all = append(all, stateAnswer{Name: name, State: "Up"})
	}
	return all
}

// agentRoles are the roles of cloud agents: those that were left, and that of the deployment.
func (w *world) agentRoles(d *deployment) []stateAnswer {
	all := []stateAnswer{}
	for _, role := range w.conditions.agents {
		all = append(all, stateAnswer{Name: role, State: "Offline"})
	}
	if d.state == installed {
		name, _, _ := strings.Cut(d.agentName(w.seed), ".")
		all = append(all, stateAnswer{Name: name, State: "Online"})
	}
	return all
}
