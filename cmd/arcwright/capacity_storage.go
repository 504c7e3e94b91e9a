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
		fmt.Fprintf(p.out, "  %-14s %-12s %s %6d pods, %4d vCPUs  %s\n", s.Cluster, s.OS, bar(float64(s.Placed), float64(s.Pods)), s.Pods, s.VCPUs, verdict)
		for _, pool := range s.Pools {
			proposed := ""
			if s.Proposed {
				proposed = "  (proposed)"
			}
			fmt.Fprintf(p.out, "    %-24s %4d of %-20s each offers %.3g cores, %s, %d pods%s\n", pool.Name, pool.Count, pool.VMSize, float64(pool.CPU)/1000, roughly(pool.Memory), pool.Pods, proposed)
		}
		fmt.Fprintf(p.out, "    %s\n", p.paint.dim(s.Reason.Rule))
	}
}

// drawStorage shows the pool of the hosts' drives and who takes it.
func (p *program) drawStorage(s planner.StorageRoom) {
	fmt.Fprintln(p.out, p.paint.bold("\nstorage"))
	if s.Stock == planner.StockUnknown {
		fmt.Fprintf(p.out, "  %s\n", s.Reason.Rule)
	} else {
		verdict := p.paint.good(string(s.Stock))
		if s.Stock == planner.StockShort {
			verdict = p.paint.bad(string(s.Stock))
		}
		fmt.Fprintf(p.out, "  %-26s %s %9s of %9s on the drives  %s\n", fmt.Sprintf("%d drives", s.Drives), bar(float64(s.Needed), float64(s.Raw-s.Repair)), roughly(s.Needed), roughly(s.Raw-s.Repair), verdict)
		fmt.Fprintf(p.out, "  %s raw, %s kept for repair; %s (%d %% is data) leaves %s; best in %d volumes of %s\n", roughly(s.Raw), roughly(s.Repair), s.Resiliency, s.Efficiency, roughly(s.Usable), s.Volumes, roughly(s.VolumeSize))
	}
	for _, n := range s.Needs {
		what := n.Purpose
		if n.Class != "" {
			what += " of " + n.Class
		}
		fmt.Fprintf(p.out, "  %9s  %-40s %9s on the drives as %-18s %s\n", roughly(n.Size), what, roughly(n.OnDrives), n.Resiliency, p.paint.dim(n.Rule))
	}
	for _, what := range s.Unknown {
		fmt.Fprintf(p.out, "  %9s  %s: no page says how large they grow; the site may\n", "?", what)
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
