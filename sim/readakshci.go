package sim

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/arcwright/arcwright/planner"
)

// aksHciAnswer is what read-akshci prints.
type aksHciAnswer struct {
	ModuleVersion string           `json:"moduleVersion"`
	Configured    bool             `json:"configured"`
	Config        *configAnswer    `json:"config"`
	InstallState  installState     `json:"installState"`
	Version       string           `json:"version"`
	Networks      []networkAnswer  `json:"networks"`
	Clusters      []workloadAnswer `json:"clusters"`
	Records       []recordAnswer   `json:"records"`
}

type configAnswer struct {
	Network          string `json:"network"`
	Switch           string `json:"switch"`
	VLAN             int    `json:"vlan"`
	Subnet           string `json:"subnet"`
	Gateway          string `json:"gateway"`
	NodePoolStart    string `json:"nodePoolStart"`
	NodePoolEnd      string `json:"nodePoolEnd"`
	VIPPoolStart     string `json:"vipPoolStart"`
	VIPPoolEnd       string `json:"vipPoolEnd"`
	Images           string `json:"images"`
	Working          string `json:"working"`
	CloudConfig      string `json:"cloudConfig"`
	CloudAgent       string `json:"cloudAgent"`
	ManagementVMSize string `json:"managementVMSize"`
}

type networkAnswer struct {
	Name          string `json:"name"`
	Switch        string `json:"switch"`
	VLAN          int    `json:"vlan"`
	Subnet        string `json:"subnet"`
	Gateway       string `json:"gateway"`
	NodePoolStart string `json:"nodePoolStart"`
	NodePoolEnd   string `json:"nodePoolEnd"`
	VIPPoolStart  string `json:"vipPoolStart"`
	VIPPoolEnd    string `json:"vipPoolEnd"`
}

type workloadAnswer struct {
	Name         string             `json:"name"`
	State        provisioning       `json:"state"`
	Kubernetes   string             `json:"kubernetes"`
	ControlPlane controlPlaneParams `json:"controlPlane"`
	Error        string             `json:"error"`
	NodePools    []poolAnswer       `json:"nodePools"`
}

type poolAnswer struct {
	Name   string         `json:"name"`
	OS     planner.NodeOS `json:"os"`
	Count  int            `json:"count"`
	Ready  int            `json:"ready"`
	VMSize string         `json:"vmSize"`
	State  provisioning   `json:"state"`
	Error  string         `json:"error"`
}

type recordAnswer struct {
	recordParams
	At string `json:"at"`
}

func (w *world) readAksHci(h *host, params json.RawMessage) (any, error) {
	if err := decode(params, &struct{}{}); err != nil {
		return nil, err
	}
	d := h.site
	a := aksHciAnswer{ModuleVersion: h.Module, InstallState: notInstalled, Networks: []networkAnswer{}, Clusters: []workloadAnswer{}, Records: w.recordsOn(h)}
	if h.Module == "" || d.config == nil {
		return a, nil
	}
	a.Configured, a.Config, a.InstallState, a.Version = d.registered, d.config.answer(), d.state, d.version
	if d.state != installed {
		return a, nil
	}
	if err := d.login(); err != nil {
		return nil, err
	}
	for _, name := range sortedKeys(d.further) {
		a.Networks = append(a.Networks, d.further[name].setting.answer())
	}
	for _, name := range sortedKeys(d.clusters) {
		a.Clusters = append(a.Clusters, d.clusters[name].answer())
	}
	return a, nil
}

// recordsOn is the records that read-akshci finds: on the host's own drive and in the
// folder arcwright of each cluster shared volume.
func (w *world) recordsOn(h *host) []recordAnswer {
	folders := []string{strings.ToLower(h.Name + ` C:\ProgramData\arcwright`)}
	for _, v := range w.inventory.Cluster.Volumes {
		folders = append(folders, strings.ToLower(strings.TrimRight(v.Path, `\`)+`\arcwright`))
	}
	found := []recordAnswer{}
	for _, folder := range folders {
		s := w.shares[folder]
		if s == nil {
			continue
		}
		for _, key := range sortedKeys(s.records) {
			r := s.records[key]
			found = append(found, recordAnswer{r.recordParams, stamp(r.at)})
		}
	}
	return found
}

// stamp is a time as the scripts print it.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

func (c *configureParams) answer() *configAnswer {
	n, s := c.Network, c.Config
	a := &configAnswer{
		Network: n.Name, Switch: n.Switch, VLAN: n.VLAN,
		VIPPoolStart: n.VIPPool.Start.String(), VIPPoolEnd: n.VIPPool.End.String(),
		Images: s.Images, Working: s.Working, CloudConfig: s.CloudConfig, CloudAgent: s.CloudAgent, ManagementVMSize: s.ManagementVMSize,
	}
	if n.Addressing == planner.Static {
		a.Subnet, a.Gateway = n.Subnet.String(), n.Gateway.String()
		a.NodePoolStart, a.NodePoolEnd = n.NodePool.Start.String(), n.NodePool.End.String()
	}
	return a
}

// answer is a network as the cmdlets list it.
func (n networkParams) answer() networkAnswer {
	a := networkAnswer{Name: n.Name, Switch: n.Switch, VLAN: n.VLAN, VIPPoolStart: n.VIPPool.Start.String(), VIPPoolEnd: n.VIPPool.End.String()}
	if n.Addressing == planner.Static {
		a.Subnet, a.Gateway = n.Subnet.String(), n.Gateway.String()
		a.NodePoolStart, a.NodePoolEnd = n.NodePool.Start.String(), n.NodePool.End.String()
	}
	return a
}

// answer is a cluster as the script folds what the cmdlets print. While the control plane
// is still being built the cmdlets list no node pools, and they never know how many nodes
// of a pool are ready.
func (c *cluster) answer() workloadAnswer {
	a := workloadAnswer{Name: c.name, State: c.state, Kubernetes: c.version, ControlPlane: c.control.controlPlaneParams, NodePools: []poolAnswer{}}
	if c.state == failed {
		a.Error = c.err
	}
	if c.api == nil && c.state == creating {
		return a
	}
	for _, p := range c.pools {
		pa := poolAnswer{Name: p.name, OS: p.os, Count: p.count, VMSize: p.size.Name, State: p.state}
		switch p.state {
		case deployed:
			pa.Ready = p.count
		case failed:
			pa.Error = p.err
		}
		a.NodePools = append(a.NodePools, pa)
	}
	return a
}
