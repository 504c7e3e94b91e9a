package provision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/arcwright/arcwright/planner"
	"github.com/arcwright/arcwright/provision/clock"
)

// deployment judges what there is of AKS on the hosts, and what a deployment would need.
// What this site's own runs have made, by their records on the hosts, is no complaint.
func (i *inspection) deployment(ctx context.Context) {
	if len(i.read()) == 0 {
		return
	}
	in := i.in
	in.Inventory = i.sight.Inventory
	plan := planner.Make(in)
	a, on, err := readFirst[akshci](ctx, i, "read-akshci", map[string]any{})
	if err != nil {
		f := unread(on.host.Name, err)
		f.Path, f.Message = hostPath(on.index), "what there is of AKS could not be read on "+on.host.Name
		i.add(f)
		return
	}
	own := a.owner(configRecord, string(configRecord)) == in.Site.Name || a.owner(installRecord, string(installRecord)) == in.Site.Name
	there := a.Config != nil || a.Configured || a.InstallState != notInstalled && a.InstallState != ""
	switch {
	case there && !own:
		i.foreign(a)
	case !there && !own:
		i.leftovers()
	}
	i.foreignClusters(a)
	if there && own {
		i.add(planner.Finding{
			Code: FindingNotProbed, Severity: planner.Note, Path: "site.network", Owner: planner.OwnerYou, Evidence: "AKS is " + strings.ToLower(string(a.InstallState)) + " by this site",
			Message: "the planned addresses and the free memory were not judged: machines of this site's own use them", Remedy: "nothing",
		})
		return
	}
	i.probe(ctx, plan)
	i.spareMemory(plan)
}

// readFirst runs a script on the first of the hosts that answers it; they are asked one after
// the other. With an error, on is the host that was asked last.
func readFirst[T any](ctx context.Context, i *inspection, script string, params any) (reply T, on *visit, err error) {
	for _, on = range i.read() {
		reply, err = func() (T, error) {
			ctx, cancel := clock.WithTimeout(ctx, i.clock, readLimit)
			defer cancel()
			r, err := i.dial(ctx, on.host.Name)
			if err != nil {
				return reply, err
			}
			defer r.Close()
			return ask[T](ctx, i.catalogue, r, on.host.Name, script, params, nil)
		}()
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return reply, on, err
}

// foreign is a deployment that this site has no record of.
func (i *inspection) foreign(a akshci) {
	var names []string
	for _, c := range a.Clusters {
		names = append(names, c.Name)
	}
	evidence := string(a.InstallState)
	if a.Config != nil {
		evidence += ", in " + a.Config.Working
	}
	if len(names) > 0 {
		evidence += ", clusters " + strings.Join(names, ", ")
	}
	f := planner.Finding{
		Code: FindingForeign, Severity: planner.Block, Path: "inventory.hosts", Owner: planner.OwnerYou, Evidence: evidence,
		Message: "AKS is configured on these hosts, and no record says that this site made it: it is never changed",
		Remedy:  "if nobody needs it, take it away on a host with Uninstall-AksHci, and check again",
		Source:  "ASD:AKS-Hybrid/known-issues-installation.yml (read 2026-11-22)",
	}
	for _, kind := range []recordKind{installRecord, configRecord} {
		if owner := a.owner(kind, string(kind)); owner != "" {
			f.Message = fmt.Sprintf("AKS on these hosts was made by the site %s: it is never changed", owner)
			f.Remedy = fmt.Sprintf("plan with the site %s, or take that deployment away first", owner)
			break
		}
	}
	if a.InstallState == installFailed || a.InstallState == installing {
		f.Message = "an installation of AKS has been left half made on these hosts"
	}
	i.add(f)
}

// foreignClusters are workload clusters of planned names that somebody else has made.
func (i *inspection) foreignClusters(a akshci) {
	for n, c := range i.in.Site.Clusters {
		if a.cluster(c.Name) == nil || a.owner(clusterRecord, c.Name) == i.in.Site.Name {
			continue
		}
		i.add(planner.Finding{
			Code: FindingCluster, Severity: planner.Block, Path: fmt.Sprintf("site.clusters[%d].name", n), Owner: planner.OwnerYou,
			Message:  fmt.Sprintf("there is a cluster %s already that this site has not made: it is never changed", c.Name),
			Evidence: fmt.Sprintf("cluster %s is %s", c.Name, a.cluster(c.Name).State), Remedy: "choose another name",
		})
	}
}

// leftovers are agents without a deployment: an earlier one was not taken away whole, and
// the next installation fails on what it finds.
func (i *inspection) leftovers() {
	const page = "Azure/aksArc:issues/25 (read 2026-11-22)"
	if h := i.fabricHealth(); h != nil {
		for _, r := range h.AgentRoles {
			i.add(planner.Finding{
				Code: FindingLeftover, Severity: planner.Block, Path: "inventory.failoverCluster", Owner: planner.OwnerYou, Source: page,
				Message:  fmt.Sprintf("the failover cluster still has the cloud agent's role %s of an earlier deployment", r.Name),
				Evidence: fmt.Sprintf("role %s, %s", r.Name, r.State),
				Remedy:   fmt.Sprintf("if nobody needs it: Remove-ClusterGroup -Name '%s' -RemoveResources, and remove its computer object and DNS record", r.Name),
			})
		}
	}
	for _, v := range i.read() {
		var names []string
		for _, s := range v.detail.Services {
			names = append(names, fmt.Sprintf("%s (%s)", s.Name, strings.ToLower(s.State)))
		}
		if len(names) == 0 {
			continue
		}
		slices.Sort(names)
		i.add(planner.Finding{
			Code: FindingLeftover, Severity: planner.Block, Path: hostPath(v.index), Owner: planner.OwnerYou, Source: page,
			Message:  v.host.Name + " still has services of an earlier deployment of AKS",
			Evidence: strings.Join(names, ", "),
			Remedy:   "if nobody needs them, run Uninstall-AksHci on the host, and check again",
		})
	}
}
