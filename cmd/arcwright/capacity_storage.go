package main

import (
	"fmt"

	"github.com/arcwright/arcwright/planner"
)

// drawSizing shows the node pools held against the workloads, if the site names any.
func (p *program) drawSizing(list []planner.Sizing) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(p.out, p.paint.bold("\nworkloads"))
	for _, s := range list {
		verdict := p.paint.good("all have room")
		if s.Placed < s.Pods {
			verdict = p.paint.bad(fmt.Sprintf("%d find none", s.Pods-s.Placed))
		}
		p.row(fmt.Sprintf("  %-14s %-11s", s.Cluster, s.OS), 28, fmt.Sprintf(" %s %6d pods, %4d vCPUs  %s", bar(float64(s.Placed), float64(s.Pods)), s.Pods, s.VCPUs, verdict))
		for _, pool := range s.Pools {
			proposed := ""
			if s.Proposed {
				proposed = "  (proposed)"
			}
			hangAt(p.out, fmt.Sprintf("    %-12s %4d of %-16s  ", pool.Name, pool.Count, pool.VMSize), 8, fmt.Sprintf("each %.3g cores, %s, %s%s", float64(pool.CPU)/1000, roughly(pool.Memory), plural(pool.Pods, "pod"), proposed))
		}
		for _, line := range wrapped(s.Reason.Rule, paper-4) {
			fmt.Fprintf(p.out, "    %s\n", p.paint.dim(line))
		}
	}
}

// drawStorage shows the pool of the hosts' drives and who takes it.
func (p *program) drawStorage(s planner.StorageRoom) {
	fmt.Fprintln(p.out, p.paint.bold("\nstorage"))
	if s.Stock == planner.StockUnknown {
		hang(p.out, "  ", s.Reason.Rule)
	} else {
		verdict := p.paint.good(string(s.Stock))
		if s.Stock == planner.StockShort {
			verdict = p.paint.bad(string(s.Stock))
		}
		fmt.Fprintf(p.out, "  %-20s %s %8s of %-8s on the drives  %s\n", plural(s.Drives, "drive"), bar(float64(s.Needed), float64(s.Raw-s.Repair)), roughly(s.Needed), roughly(s.Raw-s.Repair), verdict)
		hang(p.out, "  ", fmt.Sprintf("%s raw, %s kept for repair; %s (%d %% is data) leaves %s; best in %s of %s", roughly(s.Raw), roughly(s.Repair), s.Resiliency, s.Efficiency, roughly(s.Usable), plural(s.Volumes, "volume"), roughly(s.VolumeSize)))
	}
	for _, n := range s.Needs {
		what := n.Purpose
		if n.Class != "" {
			what += " of " + n.Class
		}
		hang(p.out, fmt.Sprintf("  %9s  ", roughly(n.Size)), fmt.Sprintf("%s: %s on the drives as %s (%s)", what, roughly(n.OnDrives), n.Resiliency, n.Rule))
	}
	for _, what := range s.Unknown {
		hang(p.out, fmt.Sprintf("  %9s  ", "?"), what+": no page says how large they grow; the site may")
	}
}

// roughly writes an amount with at most three digits behind the point, for reading.
func roughly(b planner.Bytes) string {
	for _, u := range []struct {
		name string
		size planner.Bytes
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}} {
		if b >= u.size {
			return fmt.Sprintf("%.4g%s", float64(b)/float64(u.size), u.name)
		}
	}
	return b.String()
}
