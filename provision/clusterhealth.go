package provision

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
)

// health judges the failover cluster as the first host that is in it sees it.
func (i *inspection) health() {
	const (
		nodes = "Azure/aksArc:issues/315 (read 2026-11-22)"
		core  = "ASD:AKS-Hybrid/known-issues-networking.yml (read 2026-11-22)"
	)
	h := i.fabricHealth()
	if h == nil {
		return
	}
	// A host that answers by another's name may be any of the nodes.
	mixed := slices.ContainsFunc(i.visits, func(v visit) bool { return errors.Is(v.err, errOtherHost) })
	for _, n := range h.Nodes {
		path := "inventory.failoverCluster"
		at := slices.IndexFunc(i.visits, func(v visit) bool { return strings.EqualFold(shortName(v.host.Name), shortName(n.Name)) })
		switch {
		case at >= 0:
			path = hostPath(at)
		case !mixed:
			i.add(planner.Finding{
				Code: FindingMore, Severity: planner.Warn, Path: path, Owner: planner.OwnerYou, Evidence: n.Name + " is " + n.State, Source: "Azure/aksArc#288 (read 2026-11-22)",
				Message: n.Name + " is a node of the failover cluster and no host of the inventory",
				Remedy:  "add it to the inventory and plan again; of a deployment that is there, drain and evict it before an update, and add it afterwards: Suspend-ClusterNode -Name " + n.Name + " -Drain; Remove-ClusterNode -Name " + n.Name,
			})
		}
		if n.State == "Up" {
			continue
		}
		f := planner.Finding{
			Code: FindingNode, Severity: planner.Block, Path: path, Owner: planner.OwnerYou, Evidence: n.Name + " is " + n.State, Source: nodes,
			Message: fmt.Sprintf("%s is %s in the failover cluster: machines may be placed on it that then never start", n.Name, strings.ToLower(n.State)),
			Remedy:  "bring it back before the change: Start-ClusterNode -Name " + n.Name,
		}
		if n.State == "Paused" {
			f.Remedy = "end its maintenance before the change: Resume-ClusterNode -Name " + n.Name
		}
		i.add(f)
	}
	for _, r := range h.Offline {
		i.add(planner.Finding{
			Code: FindingResource, Severity: planner.Block, Path: "inventory.failoverCluster", Owner: planner.OwnerYou, Source: core,
			Evidence: fmt.Sprintf("%s (%s) is %s", r.Name, r.Type, r.State),
			Message:  fmt.Sprintf("%s of the failover cluster is %s", r.Name, strings.ToLower(r.State)),
			Remedy:   fmt.Sprintf("bring it online: Start-ClusterResource -Name '%s'; if it fails, look in the cluster's events", r.Name),
		})
	}
	i.volumes(h)
}

// volumes judges the shared volumes: each node has a view of its own, and those that see the
// same are named together.
func (i *inspection) volumes(h *healthReply) {
	type view struct{ name, state, reason string }
	var views []view
	nodes := map[view][]string{}
	for _, v := range h.Volumes {
		seen := view{v.Name, v.State, v.Reason}
		if nodes[seen] == nil {
			views = append(views, seen)
		}
		nodes[seen] = append(nodes[seen], v.Node)
	}
	for _, v := range views {
		on := strings.Join(nodes[v], ", ")
		f := planner.Finding{
			Code: FindingVolume, Severity: planner.Warn, Path: "inventory.failoverCluster.volumes", Owner: planner.OwnerYou,
			Evidence: strings.TrimSuffix(fmt.Sprintf("%s on %s: %s, %s", v.name, on, v.state, v.reason), ", "),
			Message:  fmt.Sprintf("the shared volume %s is redirected on %s: machines on it are slow", v.name, on),
			Remedy:   "look why: Get-ClusterSharedVolumeState; wait for a repair or a backup to end, or take the volume out of maintenance",
		}
		if v.state != "FileSystemRedirected" && v.state != "BlockRedirected" {
			f.Severity = planner.Block
			f.Message = fmt.Sprintf("the shared volume %s is %s on %s", v.name, strings.ToLower(v.state), on)
			f.Remedy = "bring it online before the change: images and machines are kept on it"
		}
		i.add(f)
	}
}

// fabricHealth is the failover cluster as the first host that tells of it sees it; nil
// when there is none.
func (i *inspection) fabricHealth() *healthReply {
	for _, v := range i.read() {
		if v.detail.Fabric != nil {
			return v.detail.Fabric
		}
	}
	return nil
}
